//! Lists of bons plans: a partner’s own, and the team's queue.

use epass_domain::{BonPlanId, Ending, Envelope, Line, ParisDay, PartnerId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::items::{SUBMITTED, TELLING};
use super::one::BonsPlans;
use crate::dynamo::{Item, StoreError, Table, from_item, text};

/// A line of a partner's list or of the team's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonPlanLine {
    /// The bon plan.
    pub bon_plan_id: BonPlanId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The partner's name; none for a draft.
    pub partner_name: Option<Line>,
    /// *Titre*, or a draft's name.
    pub title: Line,
    /// The envelope; none for a draft.
    pub envelope: Option<Envelope>,
    /// The first day; none for a draft.
    pub first_day: Option<ParisDay>,
    /// The end; none for a draft.
    #[serde(rename = "last_day")]
    pub ends: Option<Ending>,
    /// [`BonPlanState::code`], or [`BonPlanState::DRAFT`].
    pub standing: String,
    /// The time since which it waits for the team.
    pub stage_since: Option<Timestamp>,
}

/// A page of lines, and the cursor of the next page.
#[derive(Clone, Debug, Default)]
pub struct BonPlanPage {
    /// The lines.
    pub lines: Vec<BonPlanLine>,
    /// The last line's place, if there are more.
    pub next: Option<LinePlace>,
}

/// A line's place in a list, used as a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePlace {
    /// The bon plan.
    pub bon_plan: BonPlanId,
    /// The time since which it waits, in the team's queue.
    pub since: Option<Timestamp>,
}

impl BonsPlans {
    /// A page of a partner's bons plans, latest created first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_partner(
        &self,
        partner: &PartnerId,
        after: Option<BonPlanId>,
        limit: i32,
    ) -> Result<BonPlanPage, StoreError> {
        let start = after.map(|after| {
            let mut start = Self::key(after).attributes();
            start.insert("partner_id".into(), text(partner));
            start
        });
        self.lines("by_partner", ("partner_id", partner.as_str()), start, (false, limit)).await
    }

    /// A page of the bons plans that wait for the team, longest wait first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn awaiting(&self, after: Option<&LinePlace>, limit: i32) -> Result<BonPlanPage, StoreError> {
        let start = after.and_then(|place| {
            let mut start = Self::key(place.bon_plan).attributes();
            start.insert("stage".into(), text(SUBMITTED));
            start.insert("stage_since".into(), text(place.since?));
            Some(start)
        });
        self.lines("by_stage", ("stage", SUBMITTED), start, (true, limit)).await
    }

    /// Bons plans that are gone while some registrants have no notice yet, longest wait first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn telling(&self, limit: i32) -> Result<Vec<BonPlanLine>, StoreError> {
        Ok(self.lines("by_stage", ("stage", TELLING), None, (true, limit)).await?.lines)
    }

    async fn lines(
        &self,
        index: &str,
        (hash, value): (&str, &str),
        start: Option<Item>,
        (forward, limit): (bool, i32),
    ) -> Result<BonPlanPage, StoreError> {
        let query = self
            .0
            .query(Table::BonsPlans)
            .index_name(index)
            .key_condition_expression("#hash = :value")
            .expression_attribute_names("#hash", hash)
            .expression_attribute_values(":value", text(value))
            .set_exclusive_start_key(start)
            .scan_index_forward(forward)
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        let lines: Vec<BonPlanLine> =
            items.into_iter().map(|item| from_item(Table::BonsPlans, item)).collect::<Result<_, _>>()?;
        let place = |line: &BonPlanLine| LinePlace { bon_plan: line.bon_plan_id, since: line.stage_since };
        let next = more.and(lines.last()).map(place);
        Ok(BonPlanPage { lines, next })
    }
}
