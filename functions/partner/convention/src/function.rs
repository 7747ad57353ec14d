//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, DeleteItem, GetItem, GetObject, PutItem, PutObject, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Kept, Outbox, Partners, Sessions, Sirets};
use epass_web::function::{Entry, Function, Needs, Setting, on, on_documents};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("partner-convention", "Asks for a convention, with the RIB, and downloads it.")
        .with_timeout(30)
        .with_settings(&[Setting::CopiesAddress])
        .with_menu(&[
            Entry::under(Role::Partner, "Mon dossier", 11, "Je demande ma convention", "/convention/demande")
                .needing(Needs::NoConvention),
            Entry::under(Role::Partner, "Mon dossier", 13, "Je télécharge ma convention", "/convention"),
        ])
        .with_grants(&[
            // Forms that were refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem, PutItem]),
            on(Sirets, &[GetItem, PutItem, DeleteItem, UpdateItem]),
            on(Outbox, &[PutItem]),
            on_documents("rib/", &[PutObject]),
            on_documents("convention/", &[GetObject]),
            // The rate limits of mails.
            on(Counters, &[UpdateItem]),
        ]);
