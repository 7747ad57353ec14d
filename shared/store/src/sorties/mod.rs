//! Outings: the sheet, the participants, and the timeline.
//!
//! `sorties`: key `sortie_id`, `entry`. Entry `#` is the head: state and counters. Everybody who joins writes it and
//! lists show it, so it stays under 1 KB. `#sheet` is the rest of the sheet; `young#<beneficiary>` a participant;
//! `log#<step>` an entry of the timeline. Indexes: `by_partner` (`partner_id`, `day_key`) and `by_establishment`
//! (`establishment_id`, `day_key`) list heads by day; `by_beneficiary` (`beneficiary_id`, `day_key`) is a young
//! person's own list; `by_due` (`due`, `due_day`) holds only outings for which a reminder or the release of held prices
//! is due.
//!
//! A participation, its price, the counter and the entry of the timeline change in one transaction. So does a
//! settlement of any size: prices are held when people join and given back when they are declared absent, so that a
//! settlement only writes the head and the partner's transaction.

mod deciding;
mod due;
mod given_back;
mod items;
mod lists;
mod one;
mod others;
mod participating;
mod refused;

pub use deciding::Settled;
pub use due::DueLine;
pub use items::Due;
pub use lists::{Participation, ParticipationPage, SortieLine, SortiePage, SortiePlace, SortiesAsked};
pub use one::{Sorties, StepPage};
