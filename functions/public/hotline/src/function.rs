//! What the function of this room is, and what it may do.

use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Kept, Outbox, Partners, Sessions};
use epass_web::function::{Function, on};

/// The function.
pub const FUNCTION: Function =
    Function::new("public-hotline", "Hotline mail, a question to the team, acknowledged to its sender.").with_grants(
        &[
            // A form that was refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            // Who asks, to fill in name and address.
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            on(Counters, &[UpdateItem]),
            on(Outbox, &[PutItem]),
        ],
    );
