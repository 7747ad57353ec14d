//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, DeleteItem, GetItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{
    Accounts, Beneficiaries, Counters, Establishments, Kept, Outbox, Partners, Persons, Sessions, Sorties,
};
use epass_web::function::{Entry, Function, on, on_index};

/// The function.
pub const FUNCTION: Function =
    Function::new("establishment-sortie", "An establishment's outings, from the request to the sheet of the day.")
        // A cancellation releases hundreds of participants before it answers.
        .with_timeout(30)
        .with_menu(&[
            Entry::tab(Role::Establishment, 10, "Mes sorties", "/etablissement/sorties"),
            Entry::tab(Role::Establishment, 30, "Créer une sortie", "/etablissement/sorties/nouvelle"),
        ])
        .with_grants(&[
            // The form that was refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Establishments, &[BatchGetItem]),
            on(Partners, &[GetItem, BatchGetItem]),
            on(Sorties, &[BatchGetItem, Query, PutItem, UpdateItem, DeleteItem]),
            on_index(Sorties, "by_establishment"),
            // The credit of removed participants, and of those of a cancelled outing.
            on(Beneficiaries, &[UpdateItem]),
            on(Outbox, &[PutItem]),
            // The credit that goes back to a closed account.
            on(Persons, &[GetItem, UpdateItem]),
            // The rate limits of mails.
            on(Counters, &[UpdateItem]),
        ]);
