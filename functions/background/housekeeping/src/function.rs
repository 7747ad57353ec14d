//! The declaration of this room's function and its grants.

use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, Query, Scan, UpdateItem};
use epass_web::function::Table::{Beneficiaries, Outbox, Partners, Persons, Sorties, TillKeys};
use epass_web::function::{Event, Function, on, on_index};

/// The function's declaration.
pub const FUNCTION: Function = Function::new(
    "background-housekeeping",
    "Reminders of outings and of till keys that end, and the money of cancelled outings.",
)
.with_timeout(300)
.with_events(&[
    // Reminders, each morning.
    Event::Schedule {
        name: "Remind",
        expression: "cron(0 8 * * ? *)",
        in_paris: true,
        input: Some(r#"{"chore":"remind"}"#),
        retried: true,
    },
    // Till keys that expire within a month.
    Event::Schedule {
        name: "TillKeys",
        expression: "cron(30 8 * * ? *)",
        in_paris: true,
        input: Some(r#"{"chore":"till_keys"}"#),
        retried: true,
    },
    // Cancelled outings with too many participants for the establishment's request, or whose request was cut off.
    Event::Schedule {
        name: "Release",
        expression: "rate(5 minutes)",
        in_paris: false,
        input: Some(r#"{"chore":"release"}"#),
        retried: false,
    },
])
.with_grants(&[
    on(Sorties, &[BatchGetItem, Query, UpdateItem]),
    on_index(Sorties, "by_due"),
    on(Beneficiaries, &[UpdateItem]),
    on(Outbox, &[PutItem]),
    // Credit of a closed account that comes back.
    on(Persons, &[GetItem, UpdateItem]),
    on(TillKeys, &[Scan, UpdateItem]),
    on(Partners, &[GetItem]),
]);
