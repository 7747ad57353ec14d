//! One version of the convention: requested, refused or in force.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ConventionRefusal, Envelope, Paragraph};

/// One version of the convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convention {
    /// The version number, from 1.
    pub version: u32,
    /// The state of this version.
    pub state: ConventionState,
}

/// The state of a convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConventionState {
    /// It waits for the team.
    Requested {
        /// The time at which this state began.
        at: Timestamp,
    },
    /// The team refused it; the partner may correct and ask again.
    Refused {
        /// The time of the refusal.
        at: Timestamp,
        /// The reason, for the partner to read.
        reason: Paragraph,
    },
    /// In force.
    Validated(Validated),
}

/// A validated convention: the envelopes that it allows, and its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validated {
    /// The time of the validation.
    pub at: Timestamp,
    /// The activities that it names: the only envelopes that the partner may be paid from.
    pub envelopes: Vec<Envelope>,
    /// The document.
    pub pdf: ConventionPdf,
    /// The time at which the two signed copies arrived (guide §4, nota).
    pub copies_received_at: Option<Timestamp>,
}

/// The stored PDF of the convention; its bytes never change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConventionPdf {
    /// The key in the private bucket.
    pub key: String,
    /// SHA-256 of the bytes, lower-case hexadecimal.
    pub sha256: String,
}

/// An earlier version, which can still be downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierConvention {
    /// The version number.
    pub version: u32,
    /// Its content.
    pub validated: Validated,
}

impl Convention {
    /// The validated convention.
    ///
    /// # Errors
    /// [`ConventionRefusal::NotInForce`] unless it is validated.
    pub const fn in_force(&self) -> Result<&Validated, ConventionRefusal> {
        match &self.state {
            ConventionState::Validated(validated) => Ok(validated),
            ConventionState::Requested { .. } | ConventionState::Refused { .. } => Err(ConventionRefusal::NotInForce),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stage;
    use crate::convention::examples::{NOW, dossier, in_force, registered};

    #[test]
    fn nothing_is_in_force_before_the_team_validates() {
        let partner = registered();
        assert_eq!(partner.in_force(), Err(ConventionRefusal::NotInForce));
        let (partner, entailed) = partner.declare(dossier(), NOW);
        assert!(entailed.new_convention && !entailed.bank_waits);
        assert_eq!(partner.stage().0, Stage::Requested);
        assert_eq!(partner.in_force(), Err(ConventionRefusal::NotInForce));
        assert!(in_force().in_force().is_ok());
    }
}
