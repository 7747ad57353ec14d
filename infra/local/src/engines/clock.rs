//! The clock of the engines.

use std::sync::Arc;
use std::time::SystemTime;

/// Gives the time that mails and executions are dated with.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;
