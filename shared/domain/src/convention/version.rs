//! One version of the convention: requested, refused or in force.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ConventionRefusal, Envelope, Paragraph};

/// One version of the convention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convention {
    /// 1, 2, 3…
    pub version: u32,
    /// Where it stands.
    pub state: ConventionState,
}

/// Where a convention stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConventionState {
    /// Waits for the team.
    Requested {
        /// Since when.
        at: Timestamp,
    },
    /// The team said no; the partner may correct and ask again.
    Refused {
        /// When.
        at: Timestamp,
        /// Why, for the partner to read.
        reason: Paragraph,
    },
    /// In force.
    Validated(Validated),
}

/// What a validated convention allows, and its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validated {
    /// When.
    pub at: Timestamp,
    /// The activities that it names: the only envelopes that may be taken.
    pub envelopes: Vec<Envelope>,
    /// The document.
    pub pdf: ConventionPdf,
    /// When the two signed copies arrived (guide §4, nota).
    pub copies_received_at: Option<Timestamp>,
}

/// The convention's PDF as it is kept: the same bytes for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConventionPdf {
    /// The key in the private bucket.
    pub key: String,
    /// SHA-256 of the bytes, lower-case hexadecimal.
    pub sha256: String,
}

/// An earlier version, still downloadable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierConvention {
    /// Its number.
    pub version: u32,
    /// What it was.
    pub validated: Validated,
}

impl Convention {
    /// What may be done under it.
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
