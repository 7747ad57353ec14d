//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, UpdateItem};
use epass_web::function::Table::{Accounts, Outbox, Sessions};
use epass_web::function::{Entry, Function, on, on_index};

/// The function.
pub const FUNCTION: Function = Function::new("team-mails", "The mails that could not be sent, and another try.")
    .with_menu(&[Entry::tab(Role::Team, 70, "Mails", "/equipe/mails")])
    .with_grants(&[
        on(Accounts, &[BatchGetItem]),
        on(Sessions, &[BatchGetItem]),
        on(Outbox, &[UpdateItem]),
        on_index(Outbox, "by_state"),
    ]);
