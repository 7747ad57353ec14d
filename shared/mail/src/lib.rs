//! The content of each mail, in French, as text and as HTML, and the outbox entry that carries it. A mail is a
//! variant of [`Letter`] and a template under `templates`, the single source of its subject, its text and its HTML.

mod cause;
mod deal;
mod letter;
mod markup;
mod reimbursement;
mod rendered;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod sortie;

pub use cause::{Cause, Fate};
pub use deal::Deal;
pub use letter::{Dossier, Enrolled, KeyNews, Letter, Secret};
pub use reimbursement::{FailedTransfer, Reimbursed};
pub use rendered::Rendered;
pub use sortie::{News, Outing};
