//! Readers of typed, pasted and scanned text: whole numbers, amounts, dates, names, telephone numbers, card numbers.
//! Each reader returns the value or a fault whose sentence names the rule; no reader drops text that it does not
//! understand.
//!
//! The types (`Euros`, `ParisDay`, `Phone`…) call these readers in their `parse`. Their `kept` reads data stored before
//! a rule became stricter, and checks the form only.

pub(crate) mod amount;
mod chosen;
pub(crate) mod code;
pub(crate) mod country;
pub(crate) mod date;
mod invisible;
pub(crate) mod name;
pub(crate) mod phone;
mod scanned;
mod whole;

pub use chosen::{chosen, ticked};
pub use invisible::is_invisible;
pub(crate) use invisible::{readable, visible};
pub use name::may_be_in_a_name;
pub use scanned::scanned;
pub use whole::whole_number;
