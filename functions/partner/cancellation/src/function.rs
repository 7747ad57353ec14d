//! The Lambda function of this room: its grants.

use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{
    Accounts, Beneficiaries, Partners, Persons, References, Sessions, Sorties, TillKeys, Transactions,
};
use epass_web::function::{Function, on};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("partner-cancellation", "Cancels a transaction on the day it was made and gives the money back.")
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            // A till's API key, and the counter of its uses.
            on(TillKeys, &[BatchGetItem, UpdateItem]),
            on(Transactions, &[BatchGetItem, UpdateItem]),
            on(Beneficiaries, &[UpdateItem]),
            on(References, &[UpdateItem]),
            // An outing that is to be settled again, and the entry of its timeline.
            on(Sorties, &[UpdateItem, PutItem]),
            // The credit that a closed account gets back.
            on(Persons, &[GetItem, UpdateItem]),
        ]);
