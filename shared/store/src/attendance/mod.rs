//! Who comes to a bon plan: places, the line, and the counters that nobody oversells.
//!
//! `attendances`: key `bon_plan_id`, `entry`. Entry `#` is the terms and counters, the one item that everybody writes;
//! `young#<beneficiary>` is a registration; `wait#<arrival>` is a place in line, so that the first one is one consistent read.
//! Index `by_line` (`bon_plan_id`, `line`) lists registrations in the order in which people came, those with a place apart
//! from those in line; index `by_beneficiary` (`beneficiary_id`, `arrival`) is a young person's own list. A place and its
//! counter move in one transaction.

mod items;
mod list;
mod opening;
mod registering;
mod settling;

pub use list::{Attendances, AttendeePage, Registered};
pub use registering::{Candidate, Joined};
