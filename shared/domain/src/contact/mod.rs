//! Contact data as typed in a form: names, addresses, telephone numbers, websites.

mod email;
mod optional;
mod phone;
mod postcode;
mod website;
mod words;

pub use email::{Email, FoldedEmail};
pub use optional::optional;
pub use phone::Phone;
pub use postcode::Postcode;
pub use website::Website;
pub use words::{Line, Paragraph};
