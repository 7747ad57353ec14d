//! What the function of this room is, and what it may do.

use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{
    Accounts, Beneficiaries, Partners, Persons, References, Sessions, Sorties, TillKeys, Transactions,
};
use epass_web::function::{Function, on};

/// The function.
pub const FUNCTION: Function =
    Function::new("partner-cancellation", "Cancels a transaction on the day it was made and gives the money back.")
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            // A till's key, and the count of its uses.
            on(TillKeys, &[BatchGetItem, UpdateItem]),
            on(Transactions, &[BatchGetItem, UpdateItem]),
            on(Beneficiaries, &[UpdateItem]),
            on(References, &[UpdateItem]),
            // An outing that is to be settled again, and the line of its timeline.
            on(Sorties, &[UpdateItem, PutItem]),
            // Credit of a closed account that comes back.
            on(Persons, &[GetItem, UpdateItem]),
        ]);
