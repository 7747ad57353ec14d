//! partner-history
