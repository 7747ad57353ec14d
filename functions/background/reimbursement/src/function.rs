//! The declaration of this room's function and its grants.

use epass_web::function::Action::{BatchGetItem, ConditionCheckItem, GetItem, PutItem, PutObject, Query, Scan};
use epass_web::function::Table::{Outbox, Partners, Reimbursements, Transactions};
use epass_web::function::{Function, Setting, on, on_documents, on_index};

/// The function's declaration.
pub const FUNCTION: Function = Function::new(
    "background-reimbursement",
    "Closes weeks - statements, audit, the bank's file of transfers - a slice at a time.",
)
// Ten thousand partners take some seconds of processor time, which grows with memory.
.with_memory(1024)
.with_timeout(900)
.with_settings(&[Setting::DebtorName, Setting::DebtorIban, Setting::DebtorBic, Setting::FirstWeek])
.with_grants(&[
    // It scans the table.
    on(Partners, &[Scan, GetItem]),
    on(Transactions, &[Query]),
    on(Reimbursements, &[GetItem, BatchGetItem, Query, PutItem, ConditionCheckItem]),
    on_index(Reimbursements, "by_due"),
    on(Outbox, &[PutItem]),
    on_documents("transfers/", &[PutObject]),
]);
