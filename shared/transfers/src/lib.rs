//! The messages to and from the bank: credit transfers as ISO 20022 `pain.001.001.09`, and their status reports as
//! `pain.002`.

mod encoding;
mod order;
mod report;
mod sepa;

pub use order::{Debtor, MAX_TRANSFER, Order, Totals, Transfer, write};
pub use report::{MAX_REPORT_BYTES, read_report};
pub use sepa::sepa_text;
