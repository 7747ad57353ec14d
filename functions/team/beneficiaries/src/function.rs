//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, DeleteItem, GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{
    Accounts, Beneficiaries, Enrolments, Kept, Outbox, Partners, Persons, Profiles, References, Sessions, Transactions,
};
use epass_web::function::{Entry, Function, Setting, on, on_index};

/// The function.
pub const FUNCTION: Function = Function::new(
    "team-beneficiaries",
    "The team's view of young people: search, card suspended, reinstated or replaced, namesakes.",
)
// Hashes the password of an enrolled person.
.with_memory(1024)
.with_settings(&[Setting::PersonKey])
.with_menu(&[
    Entry::under(Role::Team, "Jeunes", 30, "Je recherche un jeune", "/equipe/jeunes"),
    Entry::under(Role::Team, "Jeunes", 31, "Doublons à décider", "/equipe/doublons"),
])
.with_grants(&[
    // The form that was refused, or whose session had ended.
    on(Kept, &[GetItem, PutItem]),
    on(Accounts, &[GetItem, BatchGetItem, PutItem]),
    on(Sessions, &[BatchGetItem]),
    on(Partners, &[BatchGetItem]),
    on(Beneficiaries, &[BatchGetItem, PutItem, UpdateItem]),
    on(Profiles, &[BatchGetItem, PutItem, UpdateItem]),
    on(References, &[GetItem, BatchGetItem, PutItem, DeleteItem]),
    on(Persons, &[BatchGetItem, PutItem]),
    on(Enrolments, &[GetItem, PutItem]),
    on(Outbox, &[PutItem]),
    on_index(Accounts, "by_email"),
    on_index(Profiles, "by_name"),
    on_index(Enrolments, "by_waiting"),
    on_index(Transactions, "by_beneficiary"),
]);
