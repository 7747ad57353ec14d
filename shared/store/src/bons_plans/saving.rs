//! Saves the decisions of partner and team about a bon plan, with its terms of registration and its shelves.

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

/// The number of tries of a save that meets concurrent registrations.
const TRIES: usize = 50;

impl BonsPlans {
    /// Stores a new bon plan that was sent without a draft, with its notification mails. A second call is a no-op.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create(&self, plan: &BonPlan, mails: &[Entry]) -> Result<(), StoreError> {
        let mut writes = vec![self.0.put_new(Table::BonsPlans, bon_plan_item(plan), "bon_plan_id")];
        writes.extend(self.letters(mails));
        self.0.transact(writes).await.map(|_| ())
    }

    /// Stores a new draft. A second call is a no-op.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create_draft(&self, draft: &BonPlanDraft) -> Result<(), StoreError> {
        let new = self.0.put_new(Table::BonsPlans, draft_item(draft), "bon_plan_id");
        self.0.transact(vec![new]).await.map(|_| ())
    }

    /// Stores a changed draft, on the condition that it is still `before`.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`BonPlanRefusal`] is [`BonPlanRefusal::Changed`] when it was changed, sent or deleted
    /// since it was read.
    pub async fn save_draft(
        &self,
        before: &BonPlanDraft,
        after: &BonPlanDraft,
    ) -> Result<Result<(), BonPlanRefusal>, StoreError> {
        self.unless_changed(vec![self.0.put_if(Table::BonsPlans, draft_item(after), read_as(before.revision))]).await
    }

    /// Replaces a sent draft by its bon plan, with its notification mails.
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

    /// Stores the change of a bon plan from `before` to `after`, with its notification mails, in one transaction. A
    /// published bon plan is on the shelves and open for registration while its partner's convention is in force; one
    /// that is no longer published is removed from the shelves and closed.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`BonPlanRefusal`] is [`BonPlanRefusal::Changed`] when it was changed since it was
    /// read, and [`BonPlanRefusal::PartnerBlocked`] when it would be published and its partner has no convention in
    /// force.
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
                // A registration changed the counters since they were read.
                Commit::Refused(_) => {}
            }
        }
        Err(StoreError::Busy("a bon plan's counters keep changing".into()))
    }

    /// The writes that update terms and shelves.
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

    /// Notes that all registrants of a bon plan that is gone have their notice. A second call is a no-op.
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

    /// Stores a bon plan as it is, on its shelves if it is published. For demo data and imports.
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

/// The condition that the item has the revision that was read.
fn read_as(revision: u32) -> Expression {
    Expression::new("revision = :read").value(":read", number(revision))
}
