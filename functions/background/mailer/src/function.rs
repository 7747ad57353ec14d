//! The declaration of this room's function and its grants.

use epass_web::function::Action::{GetItem, PutItem, Query, UpdateItem};
use epass_web::function::Table::{Attendances, BonsPlans, Outbox};
use epass_web::function::{Event, Function, SENDS_MAILS, on, on_index};

/// The function's declaration.
pub const FUNCTION: Function =
    Function::new("background-mailer", "Sends the outbox to SES, at least once, in order for each recipient.")
        // Shorter than a lease (shared/store/src/outbox.rs).
        .with_timeout(60)
        .with_events(&[
            // New mails, and those that the team retries; the mailer's own leases and marks do not invoke it.
            Event::Stream {
                name: "Pending",
                of: Outbox,
                pattern: r#"{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"state":{"S":["pending"]}}}}"#,
                batch: 25,
                parallel: 2,
                leftovers: "MailerLeftovers",
            },
            // Mails that SES refused or that the stream missed, and withdrawn bons plans with registrants who are not
            // told yet.
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
            // Their registrants.
            on(Attendances, &[Query, UpdateItem]),
            SENDS_MAILS,
        ]);
