//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{
    BatchGetItem, ConditionCheckItem, DeleteItem, GetItem, GetObject, PutItem, Query, UpdateItem,
};
use epass_web::function::Table::{
    Accounts, Attendances, Beneficiaries, BonsPlans, Directory, Outbox, Profiles, Sessions, Shelves,
};
use epass_web::function::{Entry, Function, on, on_documents, on_index};

/// The function.
pub const FUNCTION: Function = Function::new(
    "beneficiary-bons-plans",
    "Bons plans for young people: browse, filter, register, wait in line, leave.",
)
.with_menu(&[
    Entry::under(Role::Beneficiary, "Bons plans", 30, "Tous les bons plans", "/bons-plans"),
    Entry::under(Role::Beneficiary, "Bons plans", 31, "Mes inscriptions", "/bons-plans/inscriptions"),
])
.with_grants(&[
    on(Accounts, &[BatchGetItem]),
    on(Sessions, &[BatchGetItem]),
    on(Profiles, &[BatchGetItem]),
    on(BonsPlans, &[BatchGetItem]),
    on(Beneficiaries, &[BatchGetItem, ConditionCheckItem]),
    on(Attendances, &[GetItem, BatchGetItem, Query, PutItem, UpdateItem, DeleteItem, ConditionCheckItem]),
    on_index(Attendances, "by_beneficiary"),
    // The lists, and the mark of a bon plan that is full.
    on(Shelves, &[GetItem, BatchGetItem, Query, UpdateItem]),
    on(Directory, &[GetItem, ConditionCheckItem]),
    on(Outbox, &[PutItem]),
    on_documents("bon-plan/", &[GetObject]),
]);
