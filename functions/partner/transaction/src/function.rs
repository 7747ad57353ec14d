//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{
    Accounts, Beneficiaries, Counters, Partners, References, Sessions, TillKeys, Transactions,
};
use epass_web::function::{Entry, Function, Needs, on};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("partner-transaction", "The desk: looks a young person up and takes a payment.")
        .with_menu(&[Entry::under(
            Role::Partner,
            "Transactions",
            20,
            "Je réalise une transaction",
            "/transactions/nouvelle",
        )
        .needing(Needs::InForce)])
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            // A till's API key, and the counter of its uses.
            on(TillKeys, &[BatchGetItem, UpdateItem]),
            on(References, &[BatchGetItem, UpdateItem]),
            on(Beneficiaries, &[GetItem, BatchGetItem, UpdateItem]),
            on(Counters, &[BatchGetItem, UpdateItem]),
            on(Transactions, &[BatchGetItem, PutItem]),
        ]);
