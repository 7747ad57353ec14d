//! What the function of this room is, and what it may do.

use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{
    Accounts, Beneficiaries, Counters, Partners, Persons, Sessions, Sorties, Transactions,
};
use epass_web::function::{Function, on};

/// The function.
pub const FUNCTION: Function =
    Function::new("partner-sortie-settlement", "Absentees of an outing, and its settlement.").with_grants(&[
        on(Accounts, &[BatchGetItem]),
        on(Sessions, &[BatchGetItem]),
        on(Partners, &[BatchGetItem]),
        on(Beneficiaries, &[BatchGetItem, UpdateItem]),
        on(Counters, &[BatchGetItem, UpdateItem]),
        on(Sorties, &[BatchGetItem, Query, PutItem, UpdateItem]),
        on(Transactions, &[PutItem]),
        // Credit of a closed account that comes back.
        on(Persons, &[GetItem, UpdateItem]),
    ]);
