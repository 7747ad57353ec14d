//! What people type, paste and scan, read in one place: whole numbers, amounts, dates, names, telephone numbers, numbers of
//! cards. Each reader gives the value or the sentence that names the rule; none strips what it does not understand.
//!
//! The types (`Euros`, `ParisDay`, `Phone`…) call these readers in their `parse`. What was stored before a rule became
//! stricter is read back by their `kept`, which asks for the form only.

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
