//! Statements whose money waits for a later batch, or for a person to check them.

use epass_domain::{Batch, Statement, StatementNumber, Week};

use super::batch_item::CLOSING;
use super::listed::{ReimbursementPage, Reimbursements, page};
use super::statement_item::CARRIED;
use super::statement_item::{CarriedItem, DUE, TO_CHECK, carried_owner, statement};
use crate::dynamo::{Commit, Item, StoreError, Table, from_item, text};
use crate::writes::Expression;

impl Reimbursements {
    /// A page of the statements whose money is due and in no batch, the oldest first; reads the index, so at most a
    /// second late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due(
        &self,
        after: Option<&StatementNumber>,
        limit: usize,
    ) -> Result<ReimbursementPage<Statement, StatementNumber>, StoreError> {
        self.waiting(DUE, after, limit).await
    }

    /// As [`Reimbursements::due`], for statements about which the bank contradicts itself.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to_check(
        &self,
        after: Option<&StatementNumber>,
        limit: usize,
    ) -> Result<ReimbursementPage<Statement, StatementNumber>, StoreError> {
        self.waiting(TO_CHECK, after, limit).await
    }

    pub(super) async fn waiting(
        &self,
        what_for: &str,
        after: Option<&StatementNumber>,
        limit: usize,
    ) -> Result<ReimbursementPage<Statement, StatementNumber>, StoreError> {
        let query = self
            .0
            .query(Table::Reimbursements)
            .index_name("by_due")
            .key_condition_expression("due = :due AND #number > :after")
            .expression_attribute_names("#number", "number")
            .expression_attribute_values(":due", text(what_for))
            // Every number sorts after a single zero.
            .expression_attribute_values(":after", text(after.map_or_else(|| "0".to_owned(), StatementNumber::code)))
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        let (items, _) = self.0.page(query).await?;
        page(items, limit, statement, |statement| statement.number.clone())
    }

    /// Adds an earlier statement to the batch that is being closed; `false` when the statement was changed since it was
    /// read, or the batch is no longer closing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn carry(&self, before: &Statement, after: &Statement, batch: &Batch) -> Result<bool, StoreError> {
        let carried = Item::from([
            ("owner".to_owned(), text(carried_owner(batch.week))),
            ("entry".to_owned(), text(format!("{CARRIED}{}", after.number))),
        ]);
        let closing = Expression::new("phase = :closing").value(":closing", text(CLOSING));
        let writes = vec![
            self.change_statement(before, after),
            self.0.replace(Table::Reimbursements, carried),
            self.0.require(&Self::batch_key(batch.week), closing),
        ];
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    /// The earlier statements that a batch pays, by number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn carried(&self, week: Week) -> Result<Vec<Statement>, StoreError> {
        let mut numbers = Vec::new();
        let mut start = None;
        loop {
            let query = self.under(&carried_owner(week)).consistent_read(true).set_exclusive_start_key(start);
            let (items, more) = self.0.page(query).await?;
            for item in items {
                let CarriedItem { entry } = from_item(Table::Reimbursements, item)?;
                numbers.extend(entry.strip_prefix(CARRIED).and_then(|code| StatementNumber::parse(code).ok()));
            }
            start = more;
            if start.is_none() {
                return self.all(&numbers).await;
            }
        }
    }
}
