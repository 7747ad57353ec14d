//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, ConditionCheckItem, DeleteItem, GetItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{Accounts, Attendances, BonsPlans, Directory, Kept, Outbox, Sessions, Shelves};
use epass_web::function::{Entry, Function, on, on_index};

/// The function.
pub const FUNCTION: Function =
    Function::new("team-bons-plans", "The team's queue of bons plans: publish, refuse or take down with a reason.")
        .with_menu(&[Entry::tab(Role::Team, 20, "Bons plans", "/equipe/bons-plans")])
        .with_grants(&[
            // The form that was refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(BonsPlans, &[GetItem, PutItem, UpdateItem]),
            on_index(BonsPlans, "by_stage"),
            // The terms at publication, and the waiting list when a change adds places.
            on(Attendances, &[GetItem, BatchGetItem, Query, PutItem, UpdateItem, DeleteItem, ConditionCheckItem]),
            on(Shelves, &[BatchGetItem, PutItem, UpdateItem, DeleteItem]),
            on(Directory, &[ConditionCheckItem]),
            on(Outbox, &[PutItem]),
        ]);
