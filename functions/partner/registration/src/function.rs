//! What the function of this room is, and what it may do.

use epass_web::function::Action::{GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Kept, Outbox, Partners, Sirets};
use epass_web::function::{Function, on};

/// The function.
pub const FUNCTION: Function =
    Function::new("partner-registration", "Registers a partner and mails its identifier and provisional password.")
        .with_memory(1024)
        .with_grants(&[
            // A form that was refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            on(Accounts, &[PutItem]),
            on(Partners, &[PutItem]),
            on(Outbox, &[PutItem]),
            on(Sirets, &[PutItem]),
            // Limits of mails.
            on(Counters, &[UpdateItem]),
        ]);
