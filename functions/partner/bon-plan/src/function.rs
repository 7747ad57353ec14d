//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, DeleteItem, GetItem, PutItem, PutObject, Query, UpdateItem};
use epass_web::function::Table::{Accounts, Attendances, BonsPlans, Kept, Outbox, Partners, Sessions, Shelves};
use epass_web::function::{Entry, Function, Needs, on, on_documents, on_index};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("partner-bon-plan", "A partner's bons plans, from the first draft to the list of who comes.")
        // An uploaded picture can decode to 128 MB, and more memory also brings more CPU to re-encode it.
        .with_memory(2048)
        .with_timeout(30)
        .with_menu(&[
            Entry::under(Role::Partner, "Mes bons plans", 30, "Je suis mes bons plans", "/mes-bons-plans")
                .needing(Needs::Convention),
            Entry::under(Role::Partner, "Mes bons plans", 31, "Créer un Bon Plan", "/mes-bons-plans/nouveau")
                .needing(Needs::InForce),
        ])
        .with_grants(&[
            // Forms that were refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            on(BonsPlans, &[BatchGetItem, PutItem, UpdateItem, DeleteItem]),
            on_index(BonsPlans, "by_partner"),
            on_index(Attendances, "by_line"),
            on(Attendances, &[BatchGetItem, Query, UpdateItem]),
            // A bon plan that is withdrawn or changed is removed from its shelves.
            on(Shelves, &[DeleteItem]),
            on(Outbox, &[PutItem]),
            on_documents("bon-plan/", &[PutObject]),
        ]);
