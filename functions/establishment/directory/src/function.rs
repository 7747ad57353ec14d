//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::GetItem;
use epass_web::function::Table::Directory;
use epass_web::function::{Entry, Function, on, on_index};

/// The function.
pub const FUNCTION: Function = Function::new("establishment-directory", "CULTURO, where the e-PASS JEUNES is taken.")
    .with_menu(&[
        Entry::under(Role::Beneficiary, "Mon pass", 14, "Où utiliser mon crédit", "/culturo"),
        Entry::tab(Role::Establishment, 20, "CULTURO", "/culturo"),
    ])
    .with_grants(&[on(Directory, &[GetItem]), on_index(Directory, "by_department")]);
