//! partner-registration
