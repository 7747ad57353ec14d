//! Outings: the sheet, who participates, and what was done.
//!
//! `sorties`: key `sortie_id`, `entry`. Entry `#` is the head, state and counters, which everybody who joins writes and
//! which lists show: it stays under 1 KB. `#sheet` is the rest of the sheet; `young#<beneficiary>` a participant;
//! `log#<step>` a line of the timeline. Indexes: `by_partner` (`partner_id`, `day_key`) and `by_establishment`
//! (`establishment_id`, `day_key`) list heads by day; `by_beneficiary` (`beneficiary_id`, `day_key`) is a young person's
//! own list; `by_due` (`due`, `due_day`) holds only what waits for a reminder or for its money to be given back.
//!
//! A place, its price, the counter and the line of the timeline move in one transaction. So does a settlement of any size:
//! prices are held when people join and given back when they are declared absent, so that nothing is left to move but the
//! head and the partner's transaction.

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
