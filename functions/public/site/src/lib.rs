//! public-site
