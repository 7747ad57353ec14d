//! Transactions: paying, cancelling, and a partner's history.
//!
//! `transactions`: key `partner_id`, `transaction_id` (UUIDv7): a partner's history by date is a range. Index
//! `by_beneficiary` (`beneficiary_id`, `transaction_id`) serves a young person's history, and a partner's search for
//! one; it does not hold the settlement of an outing, which many paid. A payment is one transaction over wallet, trace
//! and voucher, and so is its cancellation; for an outing, a cancellation is one over trace and outing.

mod cancelling;
mod history;
mod items;
mod one;
mod tallying;

pub use cancelling::Cancelled;
pub use history::{Asked, History};
pub use one::{Paid, Transactions};
