//! Statements, and the batches that pay them.
//!
//! `reimbursements`: key `owner`, `entry`. A statement lies under its partner, by week, and is put if absent: there is one of each.
//! Under `batches`, by week, lie the batches; under `communes`, by week, what each took in each commune; under `batch#` and the
//! week, what it carries of earlier weeks. Index `by_batch` (`week`, `rank`) is a week's statements, the largest first; index
//! `by_due` (`due`, `number`) holds only the statements whose money is due and in no batch (`yes`), and those that a person has to
//! check (`check`). What a batch pays is decided on
//! consistent reads and conditions: the indexes only propose and show.

mod batch_item;
mod batches;
mod listed;
mod statement_item;
mod statements;
mod waiting;

pub use listed::{ReimbursementPage, Reimbursements};
