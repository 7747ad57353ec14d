//! The timeline of an outing: who did what, and when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FileNumber, Line, Paragraph, Party, StepId};

/// A line of an outing's timeline: who did what, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its place in the timeline.
    pub id: StepId,
    /// When.
    pub at: Timestamp,
    /// On whose side.
    pub by: Party,
    /// Who, as the other side may read it: an establishment's or a partner's name; of a young person the N° de dossier, which
    /// says nothing any more once the account is closed.
    pub who: Line,
    /// What.
    pub did: Did,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Did {
    /// Sent to the partner.
    Requested,
    /// Sent again, corrected.
    Resubmitted {
        /// The new version.
        version: u32,
    },
    /// *Confirmée*.
    Confirmed,
    /// *À revoir*.
    Returned {
        /// What to change.
        comment: Paragraph,
    },
    /// Joined.
    Joined,
    /// Left.
    Left,
    /// Taken off the list.
    TakenOff {
        /// Who.
        file: FileNumber,
    },
    /// *Validée*.
    Validated {
        /// How many were on the list.
        joined: u32,
    },
    /// *Déclaré absent*.
    DeclaredAbsent {
        /// Who.
        file: FileNumber,
    },
    /// *Replacé en présent*.
    DeclaredPresent {
        /// Who.
        file: FileNumber,
    },
    /// *Encaissée*.
    Settled {
        /// How many were paid for.
        present: u32,
        /// How many were absent.
        absent: u32,
    },
    /// The settlement was cancelled on its day.
    Reopened,
    /// *Annulée*.
    Cancelled {
        /// Why.
        reason: Paragraph,
    },
}

/// So many of them: none and one take no `s`.
fn counted(count: u32, of: &str) -> String {
    if count < 2 { format!("{count} {of}") } else { format!("{count} {of}s") }
}

impl Did {
    /// For people: what follows the name.
    pub fn words(&self) -> String {
        match self {
            Self::Requested => "a demandé la sortie".into(),
            Self::Resubmitted { version } => format!("a renvoyé la sortie corrigée (version {version})"),
            Self::Confirmed => "a confirmé la sortie".into(),
            Self::Returned { .. } => "a renvoyé la sortie pour modification".into(),
            Self::Joined => "a pris une place".into(),
            Self::Left => "a rendu sa place".into(),
            Self::TakenOff { file } => format!("a retiré le N° de dossier {file}"),
            Self::Validated { joined } => format!("a validé la sortie, {}", counted(*joined, "inscription")),
            Self::DeclaredAbsent { file } => format!("a déclaré absent le N° de dossier {file}"),
            Self::DeclaredPresent { file } => format!("a replacé en présent le N° de dossier {file}"),
            Self::Settled { present, absent } => {
                format!("a encaissé la sortie : {}, {}", counted(*present, "présent"), counted(*absent, "absent"))
            }
            Self::Reopened => "a annulé l’encaissement".into(),
            Self::Cancelled { .. } => "a annulé la sortie".into(),
        }
    }

    /// What was written with it.
    pub fn remark(&self) -> Option<&Paragraph> {
        match self {
            Self::Returned { comment } => Some(comment),
            Self::Cancelled { reason } => Some(reason),
            _ => None,
        }
    }
}
