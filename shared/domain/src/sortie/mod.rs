//! The *sortie*: an outing that a school organises, that a partner confirms, and that pupils pay from their own wallets
//! (guide §9; `product.md`, *Sortie*).

mod decisions;
#[cfg(test)]
pub(crate) mod examples;
mod hold;
mod invitation;
mod outing;
mod participant;
mod price;
mod refusal;
mod reminder;
mod rights;
mod settlement;
mod sheet;
mod terms;
mod timeline;

pub use hold::Hold;
pub use invitation::Invitation;
pub use outing::{Sortie, SortieState};
pub use participant::{Participant, Presence, Share};
pub use price::Price;
pub use refusal::SortieRefusal;
pub use reminder::Reminder;
pub use rights::{Action, Party, Phase};
pub use settlement::Settlement;
pub use sheet::{Expected, Sheet};
pub use terms::SettlementTerms;
pub use timeline::{Did, Step};
