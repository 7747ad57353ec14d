//! The Lambda function of this room: its grants.

use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{
    Accounts, Beneficiaries, Counters, Partners, Persons, Sessions, Sorties, Transactions,
};
use epass_web::function::{Function, on};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("partner-sortie-settlement", "Absentees of an outing, and its settlement.").with_grants(&[
        on(Accounts, &[BatchGetItem]),
        on(Sessions, &[BatchGetItem]),
        on(Partners, &[BatchGetItem]),
        on(Beneficiaries, &[BatchGetItem, UpdateItem]),
        on(Counters, &[BatchGetItem, UpdateItem]),
        on(Sorties, &[BatchGetItem, Query, PutItem, UpdateItem]),
        on(Transactions, &[PutItem]),
        // The credit that a closed account gets back.
        on(Persons, &[GetItem, UpdateItem]),
    ]);
