//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, GetItem, GetObject, PutItem, PutObject, Query};
use epass_web::function::Table::{Accounts, Outbox, Partners, Reimbursements, Sessions};
use epass_web::function::{Entry, Function, STARTS_REIMBURSEMENT, Setting, on, on_documents, on_index};

/// The function.
pub const FUNCTION: Function = Function::new(
    "team-reimbursements",
    "Batches: how far they are, the bank's file, what the bank says of it, what waits.",
)
// For a bank's report of several megabytes.
.with_memory(1024)
.with_timeout(29)
.with_settings(&[Setting::FirstWeek])
.with_menu(&[Entry::tab(Role::Team, 50, "Remboursements", "/equipe/remboursements")])
.with_grants(&[
    on(Accounts, &[BatchGetItem]),
    on(Sessions, &[BatchGetItem]),
    on(Partners, &[GetItem, BatchGetItem]),
    on(Reimbursements, &[GetItem, BatchGetItem, Query, PutItem]),
    on_index(Reimbursements, "by_batch"),
    on_index(Reimbursements, "by_due"),
    on(Outbox, &[PutItem]),
    on_documents("transfers/", &[GetObject]),
    on_documents("report/", &[GetObject, PutObject]),
    STARTS_REIMBURSEMENT,
]);
