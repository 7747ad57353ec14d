//! What the function of this room is, and what it may do.

use epass_web::function::Action::{BatchGetItem, DeleteItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Partners, Sessions};
use epass_web::function::{Function, on, on_index};

/// The function.
pub const FUNCTION: Function =
    Function::new("account-login", "Signs in, signs out, and leads each role to its own space.")
        // Argon2: a share of processor, not of memory.
        .with_memory(1024)
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            // Who signs in with an address.
            on_index(Accounts, "by_email"),
            on(Sessions, &[BatchGetItem, PutItem, DeleteItem]),
            on(Partners, &[BatchGetItem]),
            on(Counters, &[BatchGetItem, UpdateItem, DeleteItem]),
        ]);
