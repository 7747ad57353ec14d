//! *Mes sorties*: a young person opens the link of an outing or types its code, joins, leaves, and sees its price
//! (`product.md`, *Sortie*).

mod function;
mod list;
mod one;

use epass_domain::{Role, Share};
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

/// The badge of a price's outcome: its kind and its word.
const fn said(share: Share) -> (&'static str, &'static str) {
    match share {
        Share::Held => ("warn", "Retenu"),
        Share::Spent => ("", "Réglé"),
        Share::GivenBack => ("good", "Rendu"),
    }
}
