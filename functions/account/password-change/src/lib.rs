//! account-password-change
