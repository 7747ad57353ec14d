//! What a partner typed of a bon plan and did not send yet.

use serde::{Deserialize, Serialize};

use crate::{BonPlanId, Content, Line, PartnerId, Picture};

/// A bon plan that was never sent: what its partner typed so far, seen by nobody else, and checked when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonPlanDraft {
    /// The key; the bon plan that it becomes keeps it.
    pub id: BonPlanId,
    /// Whose it is.
    pub partner: PartnerId,
    /// What lists call it: the title, or when it was last saved where it has none.
    pub name: Line,
    /// What is typed.
    pub text: DraftText,
    /// Counts the changes, as [`BonPlan::revision`] does.
    pub revision: u32,
}

/// What is typed of a bon plan and not sent yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftText {
    /// The fields of its form as JSON, complete or not, faulty or not; the room that has the form reads them.
    Typed(String),
    /// The content of another one that it is a copy of.
    Copied {
        /// What it says.
        content: Box<Content>,
        /// Its picture.
        picture: Option<Picture>,
    },
}

impl std::fmt::Debug for DraftText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DraftText(***)")
    }
}

impl BonPlanDraft {
    /// A new one.
    pub const fn new(id: BonPlanId, partner: PartnerId, name: Line, text: DraftText) -> Self {
        Self { id, partner, name, text, revision: 1 }
    }

    /// Keeps what was typed.
    #[must_use]
    pub fn save(self, name: Line, text: DraftText) -> Self {
        Self { name, text, revision: self.revision + 1, ..self }
    }
}
