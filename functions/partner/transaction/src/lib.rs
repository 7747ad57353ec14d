//! partner-transaction
