//! The region that this machine plays.

/// The region that local clients name without `AWS_REGION`. Nothing checks it but the signature of S3, which only wants it to be
/// the same.
pub const REGION: &str = "eu-west-3";
