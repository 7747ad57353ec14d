//! The file that a batch sends to the bank, and the bank's reports that were applied to the batch.

use serde::{Deserialize, Serialize};

use crate::{ParisDay, Week};

/// An applied report of the bank, and its effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedReport {
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// The day of its application.
    pub on: ParisDay,
    /// The number of transfers that it newly marked as executed.
    pub executed: u32,
    /// The number of transfers whose money it made due again.
    pub rejected: u32,
    /// The number of transfers that a person has to check because of it.
    pub contradicted: u32,
}

/// The generated pain.001 file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankFile {
    /// Its key in the private bucket.
    pub key: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// The requested execution day.
    pub execution_day: ParisDay,
}

impl BankFile {
    /// The message identification of the file (ISO 20022, *MsgId*), which the bank's reports refer to. A new execution
    /// day makes a new file with a new identification.
    pub fn message(week: Week, execution_day: ParisDay) -> String {
        format!("EPASS-{week}-{}", execution_day.iso())
    }

    /// Whether the bank can no longer execute it on its day, or not reliably: that day is past, or today.
    pub fn is_late(&self, today: ParisDay) -> bool {
        self.execution_day <= today
    }
}
