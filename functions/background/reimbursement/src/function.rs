//! What the function of this room is, and what it may do.

use epass_web::function::Action::{BatchGetItem, ConditionCheckItem, GetItem, PutItem, PutObject, Query, Scan};
use epass_web::function::Table::{Outbox, Partners, Reimbursements, Transactions};
use epass_web::function::{Function, Setting, on, on_documents, on_index};

/// The function.
pub const FUNCTION: Function = Function::new(
    "background-reimbursement",
    "Closes weeks - statements, audit, the bank's file of transfers - a slice at a time.",
)
// Ten thousand partners in some seconds: a share of processor.
.with_memory(1024)
.with_timeout(900)
.with_settings(&[Setting::DebtorName, Setting::DebtorIban, Setting::DebtorBic, Setting::FirstWeek])
.with_grants(&[
    // It walks through the table.
    on(Partners, &[Scan, GetItem]),
    on(Transactions, &[Query]),
    on(Reimbursements, &[GetItem, BatchGetItem, Query, PutItem, ConditionCheckItem]),
    on_index(Reimbursements, "by_due"),
    on(Outbox, &[PutItem]),
    on_documents("transfers/", &[PutObject]),
]);
