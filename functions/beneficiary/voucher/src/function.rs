//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, DeleteItem, GetItem, PutItem, UpdateItem};
use epass_web::function::Table::{Accounts, Beneficiaries, Profiles, References, Sessions};
use epass_web::function::{Entry, Function, on};

/// The function.
pub const FUNCTION: Function =
    Function::new("beneficiary-voucher", "Makes, shows and revokes a young person's vouchers.")
        .with_menu(&[Entry::tab(Role::Beneficiary, 20, "Mes vouchers", "/mes-vouchers")])
        .with_grants(&[
            on(Accounts, &[BatchGetItem]),
            on(Sessions, &[BatchGetItem]),
            on(Beneficiaries, &[BatchGetItem]),
            on(Profiles, &[GetItem, BatchGetItem, UpdateItem]),
            on(References, &[BatchGetItem, PutItem, DeleteItem]),
        ]);
