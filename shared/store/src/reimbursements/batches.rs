//! Batches: opened once, advanced by conditional writes, concluded with their totals by commune.

use epass_domain::{Batch, CommuneTakings, Week};

use super::batch_item::{BATCHES, COMMUNES, CommunesItem, batch, batch_item};
use super::listed::{ReimbursementPage, Reimbursements, page};
use crate::dynamo::{Commit, Key, StoreError, Table, from_item, number, to_item};
use crate::writes::Expression;

impl Reimbursements {
    /// The key of a batch, for a batch read.
    pub fn batch_key(week: Week) -> Key {
        Key::new(Table::Reimbursements, "owner", BATCHES).and("entry", week)
    }

    /// Finds a batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batch(&self, week: Week) -> Result<Option<Batch>, StoreError> {
        self.0.get_item(&Self::batch_key(week)).await?.map(batch).transpose()
    }

    /// A page of the batches before a week, latest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batches(
        &self,
        before: Option<Week>,
        limit: usize,
    ) -> Result<ReimbursementPage<Batch, Week>, StoreError> {
        let lines = self.before(BATCHES, before, limit).await?;
        page(lines, limit, batch, |batch| batch.week)
    }

    /// The batches of a range of weeks, in order; at most a few hundred.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batches_between(&self, first: Week, last: Week) -> Result<Vec<Batch>, StoreError> {
        self.between(BATCHES, first, last).await?.into_iter().map(batch).collect()
    }

    /// The totals of the batches by commune, for a range of weeks, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn communes_between(
        &self,
        first: Week,
        last: Week,
    ) -> Result<Vec<(Week, Vec<CommuneTakings>)>, StoreError> {
        let items = self.between(COMMUNES, first, last).await?.into_iter();
        items.map(|item| from_item::<CommunesItem>(Table::Reimbursements, item).map(CommunesItem::read)).collect()
    }

    /// Opens a batch and returns it; returns the stored one if it was opened before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(&self, new: &Batch) -> Result<Batch, StoreError> {
        let put = self.0.put_new(Table::Reimbursements, batch_item(new), "owner");
        match self.0.transact(vec![put]).await? {
            Commit::Done => Ok(new.clone()),
            Commit::Refused(mut reasons) => {
                let standing = reasons.pop().and_then(|reason| reason.item);
                standing.map(batch).transpose()?.ok_or_else(|| StoreError::Failed("a batch is and is not there".into()))
            }
        }
    }

    /// Stores the progress of a batch; `false` when it was changed since it was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn advance(&self, before: &Batch, after: &Batch) -> Result<bool, StoreError> {
        Ok(matches!(self.0.transact(vec![self.change_batch(before, after)]).await?, Commit::Done))
    }

    /// As [`Reimbursements::advance`], for a batch whose figures add up; stores its totals by commune as well.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn conclude(
        &self,
        before: &Batch,
        after: &Batch,
        communes: &[CommuneTakings],
    ) -> Result<bool, StoreError> {
        let communes = self.0.replace(Table::Reimbursements, to_item(&CommunesItem::of(after.week, communes)));
        Ok(matches!(self.0.transact(vec![self.change_batch(before, after), communes]).await?, Commit::Done))
    }

    fn change_batch(&self, before: &Batch, after: &Batch) -> aws_sdk_dynamodb::types::TransactWriteItem {
        let unchanged = Expression::new("revision = :read").value(":read", number(before.revision));
        self.0.put_if(Table::Reimbursements, batch_item(after), unchanged)
    }
}
