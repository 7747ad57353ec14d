//! The Lambda function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, Query, UpdateItem};
use epass_web::function::Table::{Accounts, Partners, References, Sessions, TillKeys, Transactions};
use epass_web::function::{Entry, Function, Needs, on, on_index};

/// The Lambda function.
pub const FUNCTION: Function =
    Function::new("partner-history", "Je suis mes transactions: search, totals, receipt, CSV.")
        .with_menu(&[Entry::under(Role::Partner, "Transactions", 21, "Je suis mes transactions", "/transactions")
            .needing(Needs::Convention)])
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Partners, &[BatchGetItem]),
            // A till's API key, and the counter of its uses.
            on(TillKeys, &[BatchGetItem, UpdateItem]),
            on(References, &[BatchGetItem]),
            on(Transactions, &[BatchGetItem, Query]),
            on_index(Transactions, "by_beneficiary"),
        ]);
