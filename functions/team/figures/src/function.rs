//! What the function of this room is, and what it may do.

use epass_web::function::Action::{BatchGetItem, Query};
use epass_web::function::Table::{Accounts, Reimbursements, Sessions};
use epass_web::function::{Function, Setting, on, on_index};

/// The function.
pub const FUNCTION: Function = Function::new("team-figures", "Key figures of a campaign, from its batches.")
    .with_settings(&[Setting::FirstWeek])
    .with_grants(&[
        on(Accounts, &[BatchGetItem]),
        on(Sessions, &[BatchGetItem]),
        on(Reimbursements, &[Query]),
        on_index(Reimbursements, "by_batch"),
    ]);
