//! *Mes sorties*: a young person opens the link of an outing or types its code, joins, leaves, and sees what it costs
//! (`product.md`, *Sortie*).

mod function;
mod list;
mod one;

use epass_domain::Role;
use epass_web::{Access, Room, routes};

pub use function::FUNCTION;

const HERE: &str = "/sorties";

/// The routes of this room.
pub fn room() -> Room {
    let young = Access::Only(Role::Beneficiary);
    Room::new(&FUNCTION)
        .open(young, routes!(list::list))
        .open(young, routes!(one::show))
        .open(young, routes!(one::join))
        .open(young, routes!(one::leave))
}

/// What became of a price, for people: a badge's kind and its word.
const fn said(share: epass_domain::Share) -> (&'static str, &'static str) {
    match share {
        epass_domain::Share::Held => ("warn", "Retenu"),
        epass_domain::Share::Spent => ("", "Réglé"),
        epass_domain::Share::GivenBack => ("good", "Rendu"),
    }
}
