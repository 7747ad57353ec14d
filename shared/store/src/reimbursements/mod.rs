//! Statements, and the batches that pay them.
//!
//! `reimbursements`: key `owner`, `entry`. A statement is stored under its partner, by week, if it is absent, so that
//! it is unique. The owner `batches` holds the batches, by week; `communes`, by week, each batch's totals by commune;
//! `batch#` and the week, the statements of earlier weeks that the batch pays. Index `by_batch` (`week`, `rank`) lists
//! a week's statements, the largest first; index `by_due` (`due`, `number`) holds only the statements whose money is
//! due and in no batch (`yes`), and those that a person has to check (`check`). Consistent reads and conditions decide
//! what a batch pays; the indexes only propose and show.

mod batch_item;
mod batches;
mod listed;
mod statement_item;
mod statements;
mod waiting;

pub use listed::{ReimbursementPage, Reimbursements};
