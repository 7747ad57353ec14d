//! What partner and team decide about a bon plan, with its terms of registration and its shelves.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{BonPlan, BonPlanDraft, BonPlanId, BonPlanRefusal, Terms};

use super::items::{TELLING, bon_plan_item, draft_item};
use super::one::BonsPlans;
use crate::attendance::Attendances;
use crate::directory::Directory;
use crate::dynamo::{Commit, StoreError, Table, number, text};
use crate::outbox::{Entry, Outbox};
use crate::shelves::Shelves;
use crate::writes::Expression;

/// How often a save is tried again because somebody registered meanwhile.
const TRIES: usize = 50;

impl BonsPlans {
    /// Stores a new one that was sent at once, with the mails that tell of it. Again, it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create(&self, plan: &BonPlan, mails: &[Entry]) -> Result<(), StoreError> {
        let mut writes = vec![self.0.put_new(Table::BonsPlans, bon_plan_item(plan), "bon_plan_id")];
        writes.extend(self.letters(mails));
        self.0.transact(writes).await.map(|_| ())
    }

    /// Stores a new draft. Again, it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create_draft(&self, draft: &BonPlanDraft) -> Result<(), StoreError> {
        let new = self.0.put_new(Table::BonsPlans, draft_item(draft), "bon_plan_id");
        self.0.transact(vec![new]).await.map(|_| ())
    }

    /// Stores a draft that was `before`.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`BonPlanRefusal`] is [`BonPlanRefusal::Changed`] when it changed since, or was sent or deleted.
    pub async fn save_draft(
        &self,
        before: &BonPlanDraft,
        after: &BonPlanDraft,
    ) -> Result<Result<(), BonPlanRefusal>, StoreError> {
        self.unless_changed(vec![self.0.put_if(Table::BonsPlans, draft_item(after), read_as(before.revision))]).await
    }

    /// A draft was sent: stores the bon plan that it became, with the mails that tell of it.
    ///
    /// # Errors
    /// As [`BonsPlans::save_draft`].
    pub async fn send_draft(
        &self,
        before: &BonPlanDraft,
        after: &BonPlan,
        mails: &[Entry],
    ) -> Result<Result<(), BonPlanRefusal>, StoreError> {
        let mut writes = vec![self.0.put_if(Table::BonsPlans, bon_plan_item(after), read_as(before.revision))];
        writes.extend(self.letters(mails));
        self.unless_changed(writes).await
    }

    /// Deletes a draft.
    ///
    /// # Errors
    /// As [`BonsPlans::save_draft`].
    pub async fn delete_draft(&self, draft: &BonPlanDraft) -> Result<Result<(), BonPlanRefusal>, StoreError> {
        self.unless_changed(vec![self.0.remove_if(&Self::key(draft.id), read_as(draft.revision))]).await
    }

    async fn unless_changed(&self, writes: Vec<TransactWriteItem>) -> Result<Result<(), BonPlanRefusal>, StoreError> {
        match self.0.transact(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(_) => Ok(Err(BonPlanRefusal::Changed)),
        }
    }

    /// Stores a bon plan that was `before` as it is `after` a decision, with the mails that tell of it, or nothing. What is published is on the
    /// shelves and open for registration from then on, while its partner's convention is in force; what no longer is, is
    /// neither.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`BonPlanRefusal`] is [`BonPlanRefusal::Changed`] when somebody else changed it since, and
    /// [`BonPlanRefusal::PartnerBlocked`] when it would be published and its partner has no convention in force.
    pub async fn save(
        &self,
        before: &BonPlan,
        after: &BonPlan,
        mails: &[Entry],
    ) -> Result<Result<(), BonPlanRefusal>, StoreError> {
        let publishes = after.is_published() && !before.is_published();
        for _ in 0..TRIES {
            let mut writes = vec![self.0.put_if(Table::BonsPlans, bon_plan_item(after), read_as(before.revision))];
            if publishes {
                writes.push(Directory(self.0.clone()).is_listed(&after.partner));
            }
            writes.extend(self.beside(before, after).await?);
            writes.extend(self.letters(mails));
            match self.0.transact(writes).await? {
                Commit::Done => return Ok(Ok(())),
                Commit::Refused(reasons) if reasons.first().is_some_and(|plan| plan.failed) => {
                    return Ok(Err(BonPlanRefusal::Changed));
                }
                Commit::Refused(reasons) if publishes && reasons.get(1).is_some_and(|listed| listed.failed) => {
                    return Ok(Err(BonPlanRefusal::PartnerBlocked));
                }
                // Somebody registered or left while this was read.
                Commit::Refused(_) => {}
            }
        }
        Err(StoreError::Busy("a bon plan's counters keep changing".into()))
    }

    /// The writes that keep terms and shelves in step.
    async fn beside(&self, before: &BonPlan, after: &BonPlan) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (attendances, shelves) = (Attendances(self.0.clone()), Shelves(self.0.clone()));
        let mut writes = Vec::new();
        if before.is_published() {
            writes.extend(shelves.hide(before));
        }
        let terms = Terms::of(after);
        match (before.first_published_at, after.first_published_at) {
            (_, None) => {}
            (None, Some(_)) => {
                writes.push(attendances.open(after.id, &terms));
                writes.extend(shelves.show(after, terms.is_full()));
            }
            (Some(_), Some(_)) if after.is_published() => {
                let seen = attendances.terms(after.id).await?.ok_or_else(no_terms)?;
                let terms = Terms { taken: seen.taken, waiting: seen.waiting, ..terms };
                writes.push(attendances.reopen(after.id, &terms));
                writes.extend(shelves.show(after, terms.is_full()));
            }
            (Some(_), Some(_)) => writes.push(attendances.close(after.id)),
        }
        Ok(writes)
    }

    fn letters(&self, mails: &[Entry]) -> Vec<TransactWriteItem> {
        let outbox = Outbox(self.0.clone());
        mails.iter().map(|mail| outbox.entry(mail)).collect()
    }

    /// All registrants of one that is gone are told. Again, it changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn told(&self, id: BonPlanId) -> Result<(), StoreError> {
        let update = self
            .0
            .update(&Self::key(id))
            .update_expression("REMOVE #stage, stage_since")
            .condition_expression("#stage = :telling")
            .expression_attribute_names("#stage", "stage")
            .expression_attribute_values(":telling", text(TELLING));
        self.0.apply(update).await.map(|_| ())
    }

    /// Stores one as it is, on its shelves where it is published: what demo data and imports are made of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(&self, plan: &BonPlan) -> Result<(), StoreError> {
        let mut writes = vec![self.0.put_new(Table::BonsPlans, bon_plan_item(plan), "bon_plan_id")];
        if plan.first_published_at.is_some() {
            writes.push(Attendances(self.0.clone()).open(plan.id, &Terms::of(plan)));
        }
        if plan.is_published() {
            writes.extend(Shelves(self.0.clone()).show(plan, false));
        }
        self.0.transact(writes).await.map(|_| ())
    }
}

fn no_terms() -> StoreError {
    StoreError::Failed("a bon plan that was published has no terms".into())
}

/// That the item is of the revision that was read.
fn read_as(revision: u32) -> Expression {
    Expression::new("revision = :read").value(":read", number(revision))
}
