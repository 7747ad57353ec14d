//! Payments at the desk and same-day cancellations (guide §7.1, §7.2).

mod cancellation;
#[cfg(test)]
mod examples;
mod payment;
mod record;
mod refusal;
mod ticket;

pub use cancellation::Cancellation;
pub use payment::{Counter, Pay, Payment};
pub use record::{DeskPayer, OutingPayer, Payer, Transaction, TransactionState};
pub use refusal::TransactionRefusal;
pub use ticket::Ticket;
