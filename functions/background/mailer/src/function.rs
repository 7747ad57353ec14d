//! What the function of this room is, and what it may do.

use epass_web::function::Action::{GetItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{Attendances, BonsPlans, Outbox};
use epass_web::function::{Event, Function, SENDS_MAILS, on, on_index};

/// The function.
pub const FUNCTION: Function =
    Function::new("background-mailer", "Sends the outbox to SES, at least once, in order for each recipient.")
        // Shorter than a lease (shared/store/src/outbox.rs).
        .with_timeout(60)
        .with_events(&[
            // New mails, and those that the team tries again; the mailer's own leases and marks do not call it back.
            Event::Stream {
                name: "Pending",
                of: Outbox,
                pattern: r#"{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"state":{"S":["pending"]}}}}"#,
                batch: 25,
                parallel: 2,
                leftovers: "MailerLeftovers",
            },
            // Mails that SES did not take or the stream did not bring, and withdrawn bons plans whose registrants are not all told.
            Event::Schedule {
                name: "Sweep",
                expression: "rate(5 minutes)",
                in_paris: false,
                input: None,
                retried: false,
            },
        ])
        .with_grants(&[
            on(Outbox, &[GetItem, PutItem, UpdateItem]),
            on(Outbox, &[Query]),
            on_index(Outbox, "by_state"),
            on_index(BonsPlans, "by_stage"),
            // Withdrawn bons plans.
            on(BonsPlans, &[GetItem, UpdateItem]),
            // And who is told of it.
            on(Attendances, &[Query, UpdateItem]),
            SENDS_MAILS,
        ]);
