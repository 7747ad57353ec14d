//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, DeleteItem, GetItem, PutItem, PutObject, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Directory, Kept, Outbox, Partners, Sessions, Sirets};
use epass_web::function::{Entry, Function, Needs, Setting, on, on_documents};

/// The Lambda function.
pub const FUNCTION: Function = Function::new("partner-dossier", "Shows a partner's dossier and changes it.")
    .with_settings(&[Setting::CopiesAddress])
    .with_menu(&[
        Entry::under(Role::Partner, "Mon dossier", 10, "Je consulte mon dossier", "/dossier"),
        Entry::under(Role::Partner, "Mon dossier", 12, "Je modifie mon dossier", "/dossier/modifier")
            .needing(Needs::Convention),
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
        // The public directory is updated with the dossier.
        on(Directory, &[PutItem, DeleteItem]),
        // The rate limits of mails.
        on(Counters, &[UpdateItem]),
    ]);
