//! The Lambda function of this room: its grants.

use epass_web::function::Action::{BatchGetItem, DeleteItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Partners, Sessions};
use epass_web::function::{Function, on, on_index};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("account-login", "Signs in, signs out, and leads each role to its own space.")
        // More memory brings more CPU, which Argon2 needs.
        .with_memory(1024)
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            // Sign-in with a mail address.
            on_index(Accounts, "by_email"),
            on(Sessions, &[BatchGetItem, PutItem, DeleteItem]),
            on(Partners, &[BatchGetItem]),
            on(Counters, &[BatchGetItem, UpdateItem, DeleteItem]),
        ]);
