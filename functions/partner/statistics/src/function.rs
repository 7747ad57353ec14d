//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, Query};
use epass_web::function::Table::{Accounts, Partners, Reimbursements, Sessions, Transactions};
use epass_web::function::{Entry, Function, Needs, on};

/// The Lambda function.
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
