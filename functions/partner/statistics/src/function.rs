//! What the function of this room is, and what it may do.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, Query};
use epass_web::function::Table::{Accounts, Partners, Reimbursements, Sessions, Transactions};
use epass_web::function::{Entry, Function, Needs, on};

/// The function.
pub const FUNCTION: Function =
    Function::new("partner-statistics", "What a partner took in a campaign, by week and month.")
        .with_menu(&[Entry::tab(Role::Partner, 50, "Mes statistiques", "/statistiques").needing(Needs::Convention)])
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            on(Transactions, &[Query]),
            on(Reimbursements, &[Query]),
        ]);
