//! Where a bon plan stands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Paragraph;

/// Where a bon plan stands. Whether it is [over](crate::BonPlan::is_over) follows from its dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BonPlanState {
    /// Waits for the team.
    Submitted {
        /// Since when.
        at: Timestamp,
    },
    /// Shown to young people.
    Published {
        /// Since when.
        at: Timestamp,
    },
    /// The team said no; the partner may correct and send it again.
    Refused {
        /// When.
        at: Timestamp,
        /// Why, for the partner to read.
        reason: Paragraph,
    },
    /// The partner took it back, for good; it can be duplicated.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// The team took it down, for good; it can be duplicated.
    TakenDown {
        /// When.
        at: Timestamp,
        /// Why, for the partner to read.
        reason: Paragraph,
    },
}

impl BonPlanState {
    /// The word at rest and in JSON for a [`BonPlanDraft`].
    pub const DRAFT: &str = "draft";

    /// The word at rest and in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "submitted",
            Self::Published { .. } => "published",
            Self::Refused { .. } => "refused",
            Self::Withdrawn { .. } => "withdrawn",
            Self::TakenDown { .. } => "taken_down",
        }
    }

    /// What the screens call it.
    pub fn label(&self) -> &'static str {
        Self::label_of(self.code())
    }

    /// What the screens call the state of this word; nothing for a word that is none.
    pub fn label_of(code: &str) -> &'static str {
        match code {
            Self::DRAFT => "Brouillon",
            "submitted" => "À valider",
            "published" => "Publié",
            "refused" => "À corriger",
            "withdrawn" => "Retiré",
            "taken_down" => "Retiré par l’équipe",
            _ => "",
        }
    }
}
