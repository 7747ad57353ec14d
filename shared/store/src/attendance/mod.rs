//! Registrations for bons plans: places, waiting list, and counters that prevent overselling.
//!
//! `attendances`: key `bon_plan_id`, `entry`. Entry `#` holds the terms and counters, the one item that every
//! registration writes; `young#<beneficiary>` is a registration; `wait#<arrival>` is a place in the waiting list, so
//! that one consistent read finds the first. Index `by_line` (`bon_plan_id`, `line`) lists registrations in order of
//! arrival, places before the waiting list; index `by_beneficiary` (`beneficiary_id`, `arrival`) is a young person's
//! own list. A place and its counter change in one transaction.

mod items;
mod list;
mod opening;
mod registering;
mod settling;

pub use list::{Attendances, AttendeePage, Registered};
pub use registering::{Candidate, Joined};
