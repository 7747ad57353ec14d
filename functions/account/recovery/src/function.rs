//! The Lambda function of this room: its grants.

use epass_web::function::Action::{BatchGetItem, DeleteItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Counters, Outbox};
use epass_web::function::{Function, on, on_index};

/// The Lambda function.
pub const FUNCTION: Function = Function::new("account-recovery", "Mails a provisional password, or an identifier.")
    .with_memory(1024)
    .with_grants(&[
        on(Accounts, &[BatchGetItem, UpdateItem]),
        on_index(Accounts, "by_email"),
        on(Counters, &[UpdateItem, DeleteItem]),
        on(Outbox, &[PutItem]),
    ]);
