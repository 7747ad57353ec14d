//! partner-convention
