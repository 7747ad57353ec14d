//! Transactions: paying, cancelling, and a partner's history.
//!
//! `transactions`: key `partner_id`, `transaction_id` (UUIDv7): a partner's history by date is a range. Index
//! `by_beneficiary` (`beneficiary_id`, `transaction_id`) is a young person's history, and a partner's search for one; the
//! settlement of an outing, which many paid, is not in it. Paying is one transaction over wallet, trace and voucher; so is
//! cancelling, which for an outing is one over trace and outing.

mod cancelling;
mod history;
mod items;
mod one;
mod tallying;

pub use cancelling::Cancelled;
pub use history::{Asked, History};
pub use one::{Paid, Transactions};
