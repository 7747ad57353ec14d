//! The declaration of this room's function and its grants.

use epass_web::function::Action::{BatchGetItem, DeleteItem, GetItem, PutItem, Scan, UpdateItem};
use epass_web::function::Table::{Accounts, Beneficiaries, Counters, Partners, Persons, Sirets};
use epass_web::function::{Event, Function, Setting, on};

/// The function's declaration.
pub const FUNCTION: Function = Function::new(
    "background-migration",
    "Changes what earlier versions stored; when all is changed, it reads that and ends.",
)
.with_timeout(300)
.with_settings(&[Setting::PersonKey])
.with_events(&[
    // Runs by itself after each deployment.
    Event::Schedule {
        name: "GoOn",
        expression: "rate(5 minutes)",
        in_paris: false,
        input: Some(r#"{}"#),
        retried: false,
    },
])
.with_grants(&[
    on(Accounts, &[Scan, UpdateItem]),
    on(Beneficiaries, &[GetItem]),
    on(Persons, &[Scan, BatchGetItem, PutItem, DeleteItem]),
    on(Partners, &[Scan, GetItem]),
    on(Sirets, &[UpdateItem]),
    on(Counters, &[GetItem, PutItem]),
]);
