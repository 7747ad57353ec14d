//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, DeleteItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Beneficiaries, Profiles, Sessions, Sorties};
use epass_web::function::{Entry, Function, on, on_index};

/// The function.
pub const FUNCTION: Function =
    Function::new("beneficiary-sortie", "Outings that a young person joins, leaves, or has joined.")
        .with_menu(&[Entry::tab(Role::Beneficiary, 40, "Mes sorties", "/sorties")])
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Profiles, &[BatchGetItem]),
            on(Beneficiaries, &[BatchGetItem, UpdateItem]),
            on(Sorties, &[BatchGetItem, PutItem, UpdateItem, DeleteItem]),
            on_index(Sorties, "by_beneficiary"),
        ]);
