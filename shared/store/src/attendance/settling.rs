//! Brings the waiting list and the shelves in line with the counters, and sends registrants a notice once.

use epass_domain::{Attendee, BeneficiaryId, BonPlan, BonPlanId};
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::items::{YOUNG, attendee};
use super::list::{Attendances, TRIES};
use crate::dynamo::{Commit, StoreError, Table, from_item, text};
use crate::outbox::{Entry, Outbox};
use crate::shelves::{Card, Shelves};
use crate::writes::Expression;

impl Attendances {
    /// Brings the waiting list and the shelves in line with the counters: while a place is free, the first in the
    /// waiting list gets it and a mail; then the lists show whether the bon plan is full. Call it after every change of
    /// the counters; it also completes what a crashed call left undone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(
        &self,
        plan: &BonPlan,
        now: Timestamp,
        told: impl Fn(&Attendee) -> Entry,
    ) -> Result<(), StoreError> {
        let row = Shelves::row_key(plan);
        let shelves = Shelves(self.0.clone());
        let places = plan.content.places.map_or(0, |places| places.count() as usize);
        for _ in 0..TRIES + places {
            let found = self.0.read(&[Self::terms_key(plan.id), row.clone()]).await?;
            let Some(terms) = Self::terms_in(&found, plan.id)? else { return Ok(()) };
            if terms.promotes() && plan.keeps_its_line(now) {
                if let Some(first) = self.first_in_line(plan.id).await? {
                    self.0.transact_patiently(self.promotion(plan.id, &first, &told(&first))).await?;
                }
                continue;
            }
            match found.read::<Card>(&row)? {
                Some(card) if card.full != terms.is_full() => {
                    self.0.transact_patiently(shelves.mark(plan, terms.is_full())).await?;
                }
                _ => return Ok(()),
            }
        }
        Err(StoreError::Busy("a bon plan's list keeps changing".into()))
    }

    /// Stores a registrant's notice about the bon plan once; `false` when it was stored before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell(&self, plan: BonPlanId, who: BeneficiaryId, mail: &Entry) -> Result<bool, StoreError> {
        let change = Expression::new("SET told_at = :now").value(":now", text(mail.made_at));
        let once = "attribute_exists(beneficiary_id) AND attribute_not_exists(told_at)";
        let writes = vec![self.0.change_if(&Self::key(plan, who), change, once), Outbox(self.0.clone()).entry(mail)];
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    /// Registrants, with a place or waiting, who got no [notice](Self::tell) yet, by consistent reads: those among the
    /// next `limit`, and the cursor of the next call; none after the last page.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn untold(
        &self,
        plan: BonPlanId,
        after: Option<BeneficiaryId>,
        limit: i32,
    ) -> Result<(Vec<Attendee>, Option<BeneficiaryId>), StoreError> {
        #[derive(Deserialize)]
        struct Last {
            entry: String,
        }
        let query = self
            .0
            .query(Table::Attendances)
            .key_condition_expression("bon_plan_id = :plan AND begins_with(#entry, :young)")
            .filter_expression("attribute_not_exists(told_at)")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":plan", text(plan))
            .expression_attribute_values(":young", text(YOUNG))
            .set_exclusive_start_key(after.map(|after| Self::key(plan, after).attributes()))
            .consistent_read(true)
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        let attendees = items.into_iter().map(attendee).collect::<Result<_, _>>()?;
        let Some(last) = more else { return Ok((attendees, None)) };
        let last: Last = from_item(Table::Attendances, last)?;
        let who = last.entry.strip_prefix(YOUNG).and_then(|id| Uuid::try_parse(id).ok().map(BeneficiaryId));
        Ok((attendees, who))
    }
}
