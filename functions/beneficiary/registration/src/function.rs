//! The function of this room: its menu entries and its grants.

use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{
    Accounts, Beneficiaries, Counters, Enrolments, Establishments, Kept, Outbox, Persons, Profiles, References,
    Sessions,
};
use epass_web::function::{Function, Setting, on, on_index};

/// The function.
pub const FUNCTION: Function = Function::new(
    "beneficiary-registration",
    "Registers young people, confirms their address, and renews their e-PASS each campaign.",
)
.with_memory(1024)
.with_settings(&[Setting::PersonKey])
.with_grants(&[
    // The form that was refused, or whose session had ended.
    on(Kept, &[GetItem, PutItem]),
    on(Accounts, &[BatchGetItem, PutItem]),
    on(Sessions, &[BatchGetItem]),
    on(Beneficiaries, &[BatchGetItem, PutItem, UpdateItem]),
    on(Profiles, &[BatchGetItem, PutItem, UpdateItem]),
    on(Persons, &[BatchGetItem, PutItem]),
    on(References, &[PutItem]),
    on(Outbox, &[PutItem]),
    on(Enrolments, &[GetItem, PutItem]),
    on(Establishments, &[GetItem]),
    on_index(Establishments, "by_department"),
    on(Counters, &[UpdateItem]),
]);
