//! The state of a bon plan.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Paragraph;

/// The state of a bon plan. Whether it is [over](crate::BonPlan::is_over) follows from its dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BonPlanState {
    /// It waits for the team.
    Submitted {
        /// The time at which this state began.
        at: Timestamp,
    },
    /// It is shown to young people.
    Published {
        /// The time at which this state began.
        at: Timestamp,
    },
    /// The team refused it; the partner may correct and send it again.
    Refused {
        /// The time of the refusal.
        at: Timestamp,
        /// The reason, for the partner to read.
        reason: Paragraph,
    },
    /// The partner withdrew it permanently; it can be duplicated.
    Withdrawn {
        /// The time of the withdrawal.
        at: Timestamp,
    },
    /// The team took it down permanently; it can be duplicated.
    TakenDown {
        /// The time at which it was taken down.
        at: Timestamp,
        /// The reason, for the partner to read.
        reason: Paragraph,
    },
}

impl BonPlanState {
    /// The code in storage and in JSON for a [`BonPlanDraft`].
    pub const DRAFT: &str = "draft";

    /// The code in storage and in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "submitted",
            Self::Published { .. } => "published",
            Self::Refused { .. } => "refused",
            Self::Withdrawn { .. } => "withdrawn",
            Self::TakenDown { .. } => "taken_down",
        }
    }

    /// The label on the screens.
    pub fn label(&self) -> &'static str {
        Self::label_of(self.code())
    }

    /// The label on the screens for this code; empty for an unknown code.
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
