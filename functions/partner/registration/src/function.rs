//! The Lambda function of this room: its grants.

use epass_web::function::Action::{GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Kept, Outbox, Partners, Sirets};
use epass_web::function::{Function, on};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("partner-registration", "Registers a partner and mails its identifier and provisional password.")
        .with_memory(1024)
        .with_grants(&[
            // Forms that were refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            on(Accounts, &[PutItem]),
            on(Partners, &[PutItem]),
            on(Outbox, &[PutItem]),
            on(Sirets, &[PutItem]),
            // The rate limits of mails.
            on(Counters, &[UpdateItem]),
        ]);
