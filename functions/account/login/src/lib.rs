//! account-login
