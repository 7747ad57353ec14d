//! The Lambda function of this room: its grants.

use epass_web::function::Action::{BatchGetItem, GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Kept, Outbox, Partners, Sessions};
use epass_web::function::{Function, on};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("public-hotline", "Hotline mail, a question to the team, acknowledged to its sender.").with_grants(
        &[
            // Forms that were refused, or whose session had ended.
            on(Kept, &[GetItem, PutItem]),
            // The account that is signed in, to fill in its name and address.
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            on(Counters, &[UpdateItem]),
            on(Outbox, &[PutItem]),
        ],
    );
