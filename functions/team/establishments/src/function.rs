//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, DeleteItem, GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Establishments, Kept, Outbox, Sessions};
use epass_web::function::{Entry, Function, on, on_index};

/// The function.
pub const FUNCTION: Function =
    Function::new("team-establishments", "The team's establishments: list, create, change, send the sign-in.")
        .with_menu(&[Entry::tab(Role::Team, 40, "Établissements", "/equipe/etablissements")])
        .with_grants(&[
            // The form that was refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            on(Accounts, &[GetItem, BatchGetItem, PutItem, UpdateItem]),
            on(Sessions, &[BatchGetItem]),
            on(Establishments, &[GetItem, PutItem]),
            on_index(Establishments, "by_department"),
            on(Outbox, &[PutItem]),
            on(Counters, &[UpdateItem, DeleteItem]),
        ]);
