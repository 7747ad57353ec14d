//! *Mes sorties e-PASS* (guide §9.2 to §9.4): a partner follows the outings that schools propose, and confirms or
//! returns them, signed in or through the link of a mail.

mod answer;
mod form;
mod function;
mod list;
mod mail;
mod one;

use epass_domain::Role;
use epass_web::{Access, Room, routes};

pub use form::{ConfirmationForm, ReturnForm};
pub use function::FUNCTION;

const HERE: &str = "/mes-sorties";

/// The routes of this room.
pub fn room() -> Room {
    let partner = Access::Only(Role::Partner);
    Room::new(&FUNCTION)
        .open(partner, routes!(list::list))
        .open(partner, routes!(one::show))
        .open(partner, routes!(one::confirm))
        .open(partner, routes!(one::send_back))
        .open(Access::Public, routes!(mail::open))
        .open(Access::Public, routes!(mail::confirm_invited))
        .open(Access::Public, routes!(mail::send_back_invited))
}
