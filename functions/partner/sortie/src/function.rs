//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{Accounts, Kept, Outbox, Partners, Sessions, Sorties};
use epass_web::function::{Entry, Function, Needs, on, on_index};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("partner-sortie", "A partner follows outings and answers for them, signed in or from a mail.")
        .with_menu(&[Entry::tab(Role::Partner, 40, "Mes sorties e-PASS", "/mes-sorties").needing(Needs::Convention)])
        .with_grants(&[
            // Forms that were refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            on(Sorties, &[BatchGetItem, Query, PutItem, UpdateItem]),
            on_index(Sorties, "by_partner"),
            on(Outbox, &[PutItem]),
        ]);
