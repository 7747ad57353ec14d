//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, GetObject, PutObject, Query};
use epass_web::function::Table::{Accounts, Partners, Reimbursements, Sessions, Transactions};
use epass_web::function::{Entry, Function, Needs, on, on_documents};

/// The Lambda function.
pub const FUNCTION: Function = Function::new(
    "partner-reimbursements",
    "Je suis mes remboursements: what comes, statements, where their money stands, PDF, CSV, a year in one file.",
)
// More memory brings more CPU, which renders the statements' PDFs.
.with_memory(1024)
.with_timeout(29)
.with_menu(&[Entry::under(Role::Partner, "Transactions", 22, "Je suis mes remboursements", "/remboursements")
    .needing(Needs::Convention)])
.with_grants(&[
    on(Accounts, &[BatchGetItem]),
    on(Sessions, &[BatchGetItem]),
    on(Partners, &[BatchGetItem]),
    on(Reimbursements, &[BatchGetItem, Query]),
    on(Transactions, &[Query]),
    on_documents("statement/", &[GetObject, PutObject]),
]);
