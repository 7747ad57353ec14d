//! What the function of this room is, and what it may do.

use epass_web::function::Action::BatchGetItem;
use epass_web::function::Table::{Accounts, Beneficiaries, Partners, Sessions, Transactions};
use epass_web::function::{Function, on, on_index};

/// The function.
pub const FUNCTION: Function = Function::new(
    "beneficiary-pass",
    "Mon pass: what is left, the card, the code that a desk scans, and what was paid.",
)
.with_grants(&[
    on(Accounts, &[BatchGetItem]),
    on(Sessions, &[BatchGetItem]),
    on(Beneficiaries, &[BatchGetItem]),
    on(Partners, &[BatchGetItem]),
    on_index(Transactions, "by_beneficiary"),
]);
