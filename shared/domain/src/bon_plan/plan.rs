//! A bon plan that was sent to the team at least once.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{BirthDate, BonPlanId, BonPlanState, Content, DraftText, Email, Line, PartnerId, Picture};

/// A deal that a partner offers to young people, after it was sent to the team at least once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonPlan {
    /// The key.
    pub id: BonPlanId,
    /// The partner that owns it.
    pub partner: PartnerId,
    /// The public name of the partner when this was last sent.
    pub partner_name: Line,
    /// The address for the team's decisions: the referent's, when this was last sent.
    pub referent_email: Email,
    /// The referent's name when this was last sent; `None` in records older than this field.
    #[serde(default)]
    pub referent_name: Option<Line>,
    /// The content as it was last sent.
    pub content: Content,
    /// The picture.
    pub picture: Option<Picture>,
    /// The partner's unsent corrections, while it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftText>,
    /// The current state.
    pub state: BonPlanState,
    /// The number of changes, for optimistic locking: a decision names the revision that it read.
    pub revision: u32,
    /// The time of its first publication; `None` until then. From then on it may have registrants.
    pub first_published_at: Option<Timestamp>,
}

impl BonPlan {
    /// Whether its last date is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.content.dates.end_at()
    }

    /// The time at which the partner withdrew it or the team took it down; `None` while it stands.
    pub const fn gone_since(&self) -> Option<Timestamp> {
        match self.state {
            BonPlanState::Withdrawn { at } | BonPlanState::TakenDown { at, .. } => Some(at),
            BonPlanState::Submitted { .. } | BonPlanState::Published { .. } | BonPlanState::Refused { .. } => None,
        }
    }

    /// Whether registrants have to be told of its end: it was published, and not over when it was withdrawn or taken
    /// down.
    pub fn has_registrants_to_tell(&self) -> bool {
        self.gone_since().is_some_and(|at| self.first_published_at.is_some() && !self.is_over(at))
    }

    /// Whether it is public.
    pub const fn is_published(&self) -> bool {
        matches!(self.state, BonPlanState::Published { .. })
    }

    /// Whether the partner may save corrections without sending them: only while it is refused.
    pub const fn is_to_be_corrected(&self) -> bool {
        matches!(self.state, BonPlanState::Refused { .. })
    }

    /// Whether the partner may still change or withdraw it.
    pub const fn is_standing(&self) -> bool {
        self.gone_since().is_none()
    }

    /// Whether the team may take it down: it was published once, and is neither withdrawn nor taken down.
    pub const fn may_be_taken_down(&self) -> bool {
        self.first_published_at.is_some() && self.is_standing()
    }

    /// The latest birth date that reaches the minimum age on the first day; `None` without a minimum age.
    pub fn born_by(&self) -> Option<BirthDate> {
        self.content.minimum_age.map(|age| age.born_by(self.content.dates.first_day()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bon_plan::examples::{content, day, submitted};

    #[test]
    fn what_was_kept_before_dates_had_hours_still_opens() {
        let mut kept = serde_json::to_value(submitted()).unwrap();
        let said = kept["content"].as_object_mut().unwrap();
        said.remove("dates");
        said.insert("days".into(), serde_json::json!({ "first": "2026-11-28", "last": "2026-11-29" }));
        let opened: BonPlan = serde_json::from_value(kept).unwrap();
        assert_eq!(opened.content.times, content().times, "what was typed stays as a note");
        assert_eq!(opened.content.dates.end_at(), day("29/11/2026").ends());
    }
}
