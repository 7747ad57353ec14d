//! The file that a batch gives to the bank, and the reports of the bank that were applied to it.

use serde::{Deserialize, Serialize};

use crate::{ParisDay, Week};

/// A report of the bank, and what it changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedReport {
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// When it was applied.
    pub on: ParisDay,
    /// Transfers that are known to be executed by it.
    pub executed: u32,
    /// Transfers whose money is due again by it.
    pub rejected: u32,
    /// Transfers that a person has to check because of it.
    pub contradicted: u32,
}

/// The pain.001 that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankFile {
    /// Its key in the private bucket.
    pub key: String,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub sha256: String,
    /// When the bank is asked to execute.
    pub execution_day: ParisDay,
}

impl BankFile {
    /// What the file is called at the bank (ISO 20022, *MsgId*), which its reports name: another execution day is another
    /// file.
    pub fn message(week: Week, execution_day: ParisDay) -> String {
        format!("EPASS-{week}-{}", execution_day.iso())
    }

    /// Whether the bank cannot execute it on its day any more, or not for sure: that day is past, or today.
    pub fn is_late(&self, today: ParisDay) -> bool {
        self.execution_day <= today
    }
}
