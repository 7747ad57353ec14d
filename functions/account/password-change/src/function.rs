//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, DeleteItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Outbox, Partners, Sessions, TillKeys};
use epass_web::function::{Entry, Function, on};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("account-password-change", "Changes a password and ends the account's other sessions.")
        .with_memory(1024)
        .with_menu(&[
            Entry::under(Role::Partner, "Mon dossier", 15, "Je modifie mon mot de passe", "/mot-de-passe"),
            Entry::tab(Role::Team, 90, "Mon mot de passe", "/mot-de-passe"),
            Entry::tab(Role::Beneficiary, 90, "Mon mot de passe", "/mot-de-passe"),
            Entry::tab(Role::Establishment, 90, "Mon mot de passe", "/mot-de-passe"),
        ])
        .with_grants(&[
            on(Accounts, &[BatchGetItem, UpdateItem]),
            on(Sessions, &[BatchGetItem, PutItem]),
            on(Partners, &[BatchGetItem]),
            on(Counters, &[UpdateItem, DeleteItem]),
            // A partner's till keys, which may be revoked with the password change.
            on(TillKeys, &[Query, UpdateItem]),
            on(Outbox, &[PutItem]),
        ]);
