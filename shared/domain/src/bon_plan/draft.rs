//! A draft of a bon plan: what the partner typed and has not sent yet.

use serde::{Deserialize, Serialize};

use crate::{BonPlanId, Content, Line, PartnerId, Picture};

/// A bon plan that was never sent. Only its partner sees it; it is validated when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonPlanDraft {
    /// The key; the bon plan that it becomes keeps the same key.
    pub id: BonPlanId,
    /// The partner that owns it.
    pub partner: PartnerId,
    /// The name in lists: the title, or the time of the last save if it has none.
    pub name: Line,
    /// The text.
    pub text: DraftText,
    /// The number of changes, for optimistic locking, as in [`BonPlan::revision`].
    pub revision: u32,
}

/// Text of a bon plan that was not sent yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftText {
    /// The fields of the form as JSON, possibly incomplete or invalid. The room that owns the form parses them.
    Typed(String),
    /// The content of the bon plan that this one was copied from.
    Copied {
        /// The copied content.
        content: Box<Content>,
        /// The copied picture.
        picture: Option<Picture>,
    },
}

impl std::fmt::Debug for DraftText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DraftText(***)")
    }
}

impl BonPlanDraft {
    /// A new draft.
    pub const fn new(id: BonPlanId, partner: PartnerId, name: Line, text: DraftText) -> Self {
        Self { id, partner, name, text, revision: 1 }
    }

    /// Saves the text.
    #[must_use]
    pub fn save(self, name: Line, text: DraftText) -> Self {
        Self { name, text, revision: self.revision + 1, ..self }
    }
}
