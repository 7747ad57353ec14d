//! public-hotline
