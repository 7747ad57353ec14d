//! The timeline of an outing: its events, their authors and their times.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FileNumber, Line, Paragraph, Party, StepId};

/// An entry of an outing's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its key, which orders the timeline.
    pub id: StepId,
    /// The time of the event.
    pub at: Timestamp,
    /// The party that acted.
    pub by: Party,
    /// The author as the other party may read it: the name of an establishment or partner; for a young person the N° de
    /// dossier, which identifies nobody once the account is closed.
    pub who: Line,
    /// The event.
    pub did: Did,
}

/// An event in the life of an outing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Did {
    /// The sheet was sent to the partner.
    Requested,
    /// The corrected sheet was sent again.
    Resubmitted {
        /// The new version.
        version: u32,
    },
    /// *Confirmée*.
    Confirmed,
    /// *À revoir*.
    Returned {
        /// The changes that the partner asks for.
        comment: Paragraph,
    },
    /// A young person joined.
    Joined,
    /// A young person left.
    Left,
    /// The establishment removed a participant from the list.
    TakenOff {
        /// The participant's N° de dossier.
        file: FileNumber,
    },
    /// *Validée*.
    Validated {
        /// The number of participants on the list.
        joined: u32,
    },
    /// *Déclaré absent*.
    DeclaredAbsent {
        /// The participant's N° de dossier.
        file: FileNumber,
    },
    /// *Replacé en présent*.
    DeclaredPresent {
        /// The participant's N° de dossier.
        file: FileNumber,
    },
    /// *Encaissée*.
    Settled {
        /// The number of participants who were paid for.
        present: u32,
        /// The number of absentees.
        absent: u32,
    },
    /// The settlement was cancelled on the same day.
    Reopened,
    /// *Annulée*.
    Cancelled {
        /// The reason.
        reason: Paragraph,
    },
}

/// A count with its word, which takes no `s` for zero and one.
fn counted(count: u32, of: &str) -> String {
    if count < 2 { format!("{count} {of}") } else { format!("{count} {of}s") }
}

impl Did {
    /// The sentence part that follows the author's name.
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

    /// The text that came with the event.
    pub fn remark(&self) -> Option<&Paragraph> {
        match self {
            Self::Returned { comment } => Some(comment),
            Self::Cancelled { reason } => Some(reason),
            _ => None,
        }
    }
}
