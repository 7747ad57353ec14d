//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, Query};
use epass_web::function::Table::{Accounts, Reimbursements, Sessions};
use epass_web::function::{Entry, Function, Setting, on, on_index};

/// The function.
pub const FUNCTION: Function = Function::new("team-figures", "Key figures of a campaign, from its batches.")
    .with_settings(&[Setting::FirstWeek])
    .with_menu(&[Entry::tab(Role::Team, 60, "Chiffres clés", "/equipe/chiffres")])
    .with_grants(&[
        on(Accounts, &[BatchGetItem]),
        on(Sessions, &[BatchGetItem]),
        on(Reimbursements, &[Query]),
        on_index(Reimbursements, "by_batch"),
    ]);
