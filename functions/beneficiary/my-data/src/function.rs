//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, ConditionCheckItem, DeleteItem, GetItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{
    Accounts, Attendances, Beneficiaries, BonsPlans, Counters, Outbox, Partners, Persons, Profiles, References,
    Sessions, Shelves, Sorties, Transactions,
};
use epass_web::function::{Entry, Function, Setting, on, on_index};

/// The function.
pub const FUNCTION: Function =
    Function::new("beneficiary-my-data", "Shows a young person all that is stored about them, and closes the account.")
        .with_memory(1024)
        .with_timeout(29)
        .with_settings(&[Setting::PersonKey])
        .with_menu(&[Entry::tab(Role::Beneficiary, 50, "Mes données", "/mes-donnees")])
        .with_grants(&[
            on(Accounts, &[BatchGetItem, DeleteItem]),
            on(Profiles, &[BatchGetItem, DeleteItem]),
            on(References, &[BatchGetItem, DeleteItem]),
            on(Beneficiaries, &[BatchGetItem, UpdateItem, DeleteItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            on(BonsPlans, &[BatchGetItem]),
            on(Attendances, &[GetItem, BatchGetItem, Query, UpdateItem, DeleteItem, ConditionCheckItem]),
            on_index(Attendances, "by_beneficiary"),
            // Outings that the young person leaves, or whose list forgets the name.
            on(Sorties, &[BatchGetItem, PutItem, UpdateItem, DeleteItem]),
            on_index(Sorties, "by_beneficiary"),
            on(Shelves, &[BatchGetItem, UpdateItem]),
            on(Persons, &[BatchGetItem, PutItem, DeleteItem]),
            on(Transactions, &[UpdateItem]),
            on_index(Transactions, "by_beneficiary"),
            on(Counters, &[UpdateItem, DeleteItem]),
            on(Outbox, &[PutItem]),
        ]);
