//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::BatchGetItem;
use epass_web::function::Table::{Accounts, Beneficiaries, Partners, Sessions, Transactions};
use epass_web::function::{Entry, Function, on, on_index};

/// The function.
pub const FUNCTION: Function = Function::new(
    "beneficiary-pass",
    "Mon pass: what is left, the card, the code that a desk scans, and what was paid.",
)
.with_menu(&[
    Entry::under(Role::Beneficiary, "Mon pass", 10, "Mon pass", "/mon-pass"),
    Entry::under(Role::Beneficiary, "Mon pass", 11, "Mon code", "/mon-pass/code"),
    Entry::under(Role::Beneficiary, "Mon pass", 12, "Ma carte", "/mon-pass/carte"),
    Entry::under(Role::Beneficiary, "Mon pass", 13, "Mon historique", "/mon-pass/historique"),
])
.with_grants(&[
    on(Accounts, &[BatchGetItem]),
    on(Sessions, &[BatchGetItem]),
    on(Beneficiaries, &[BatchGetItem]),
    on(Partners, &[BatchGetItem]),
    on_index(Transactions, "by_beneficiary"),
]);
