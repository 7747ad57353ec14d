//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{Accounts, Outbox, Partners, Sessions, TillKeys};
use epass_web::function::{Entry, Function, Needs, on};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("partner-till", "Mes caisses: makes, lists and revokes the keys of a shop's own tills.")
        .with_menu(&[
            Entry::under(Role::Partner, "Mon dossier", 14, "Mes caisses", "/dossier/caisse").needing(Needs::Convention)
        ])
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            on(TillKeys, &[BatchGetItem, Query, PutItem, UpdateItem]),
            on(Outbox, &[PutItem]),
        ]);
