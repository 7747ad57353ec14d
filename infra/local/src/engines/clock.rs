//! The clock of the engines.

use std::sync::Arc;
use std::time::SystemTime;

/// The time for the dates of mails and executions.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;
