//! account-recovery
