//! background-mailer
