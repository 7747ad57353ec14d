//! partner-cancellation
