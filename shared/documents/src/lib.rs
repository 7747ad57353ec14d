//! The documents to sign or to file, as tagged PDFs: Typst templates filled with data, never with markup.

mod convention;
mod press;
#[cfg(feature = "samples")]
pub mod samples;
mod statement;

pub use convention::{ConventionText, Credit, convention_pdf};
pub use press::RenderError;
pub use statement::{EnvelopeTotal, PayeeText, StatementDay, StatementLine, StatementText, statement_pdf};
