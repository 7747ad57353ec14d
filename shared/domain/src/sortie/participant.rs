//! A young person on the list of an outing, and where the price of the place is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::hidden_in_debug;
use crate::{BeneficiaryId, Email, FileNumber, Line, Phase};

/// A young person on the list of an outing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Who.
    pub beneficiary: BeneficiaryId,
    /// *Prénom*.
    pub first_name: Line,
    /// *Nom*.
    pub last_name: Line,
    /// *N° de dossier*.
    pub file: FileNumber,
    /// Where to write if it is cancelled; nowhere once the account is closed.
    pub email: Option<Email>,
    /// When.
    pub joined_at: Timestamp,
    /// Whether the price is held.
    pub presence: Presence,
}

hidden_in_debug!(Participant);

/// Whether a participant pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// The price is held, or spent once the outing is settled.
    Present,
    /// Declared absent: the price was given back.
    Absent,
    /// The outing was cancelled: the price was given back, and a mail said so.
    Released,
}

impl Presence {
    /// The word at rest and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Released => "released",
        }
    }
}

/// Where a participant's price is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Out of the wallet, and the partner's only once the outing is settled.
    Held,
    /// The partner's.
    Spent,
    /// Back in the wallet.
    GivenBack,
}

impl Presence {
    /// Where the price of somebody with this presence is, while the outing is in this state.
    pub const fn share(self, phase: Phase) -> Share {
        match (self, phase) {
            (Self::Absent | Self::Released, _) => Share::GivenBack,
            (Self::Present, Phase::Settled) => Share::Spent,
            (
                Self::Present,
                Phase::Pending | Phase::Returned | Phase::Confirmed | Phase::Validated | Phase::Cancelled,
            ) => Share::Held,
        }
    }
}
