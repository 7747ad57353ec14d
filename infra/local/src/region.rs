//! The AWS region of this machine.

/// The region of local clients without `AWS_REGION`. Only S3's signature checks it: both sides must use the same.
pub const REGION: &str = "eu-west-3";
