//! What the function of this room is, and what it may do.

use epass_web::function::Action::{BatchGetItem, Query};
use epass_web::function::Table::{Accounts, Partners, Reimbursements, Sessions, Transactions};
use epass_web::function::{Function, on};

/// The function.
pub const FUNCTION: Function =
    Function::new("partner-statistics", "What a partner took in a campaign, by week and month.").with_grants(&[
        on(Accounts, &[BatchGetItem]),
        on(Sessions, &[BatchGetItem]),
        on(Partners, &[BatchGetItem]),
        on(Transactions, &[Query]),
        on(Reimbursements, &[Query]),
    ]);
