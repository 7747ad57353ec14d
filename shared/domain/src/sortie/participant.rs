//! A young person on the list of an outing, and the state of the price that was held.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::hidden_in_debug;
use crate::{BeneficiaryId, Email, FileNumber, Line, Phase};

/// A young person on the list of an outing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// The beneficiary.
    pub beneficiary: BeneficiaryId,
    /// *Prénom*.
    pub first_name: Line,
    /// *Nom*.
    pub last_name: Line,
    /// *N° de dossier*.
    pub file: FileNumber,
    /// The address that is told of a cancellation; `None` once the account is closed.
    pub email: Option<Email>,
    /// The time of joining.
    pub joined_at: Timestamp,
    /// Presence, which decides whether the price is held.
    pub presence: Presence,
}

hidden_in_debug!(Participant);

/// The presence of a participant, which decides whether the participant pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// The price is held; it is spent once the outing is settled.
    Present,
    /// Declared absent: the price was released.
    Absent,
    /// The outing was cancelled: the price was released, and a mail said so.
    Released,
}

impl Presence {
    /// The code in storage and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Released => "released",
        }
    }
}

/// The state of a participant's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Held: it has left the wallet, and belongs to the partner only once the outing is settled.
    Held,
    /// Captured: it belongs to the partner.
    Spent,
    /// Released: it is back in the wallet.
    GivenBack,
}

impl Presence {
    /// The state of the price for this presence, while the outing is in this phase.
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
