//! The function of this room: its menu entries and its grants.

use epass_domain::Role;
use epass_web::function::Action::{BatchGetItem, GetItem, GetObject, PutItem, PutObject, UpdateItem};
use epass_web::function::Table::{Accounts, Directory, Kept, Outbox, Partners, Sessions, Sirets};
use epass_web::function::{Entry, Function, Setting, on, on_documents, on_index};

/// The function.
pub const FUNCTION: Function = Function::new(
    "team-conventions",
    "The team's queue of conventions: validate, refuse, signed copies, changes of IBAN.",
)
// Typesets the convention.
.with_memory(1024)
.with_timeout(30)
.with_settings(&[Setting::CopiesAddress])
.with_menu(&[Entry::tab(Role::Team, 10, "Conventions", "/equipe/conventions")])
.with_grants(&[
    // The form that was refused, or whose session had ended.
    on(Kept, &[GetItem, PutItem]),
    on(Accounts, &[BatchGetItem]),
    on(Sessions, &[BatchGetItem]),
    on(Partners, &[GetItem, BatchGetItem, PutItem]),
    on(Sirets, &[GetItem, UpdateItem]),
    on_index(Partners, "by_stage"),
    on_index(Partners, "by_bank_change"),
    on(Outbox, &[PutItem]),
    on_documents("rib/", &[GetObject]),
    on_documents("convention/", &[PutObject]),
    // The public directory is updated too.
    on(Directory, &[PutItem]),
]);
