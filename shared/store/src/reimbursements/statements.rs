//! Statements: issued once, changed by conditional writes, listed by partner and by batch.

use std::num::NonZeroUsize;

use epass_domain::{PartnerId, Statement, StatementNumber, StatementRefusal, Week};

use super::listed::WALKED_AT_ONCE;
use super::listed::{ReimbursementPage, Reimbursements, page};
use super::statement_item::{rank, statement, statement_item};
use crate::dynamo::{Commit, Found, Key, StoreError, Table, number, refused_at, text, unexpected};
use crate::outbox::{Entry, Outbox};
use crate::writes::Expression;

/// Statements per transaction: each has a mail with it, and a transaction holds 100 writes.
const ISSUED_AT_ONCE: NonZeroUsize = NonZeroUsize::new(25).expect("25 is not zero");

/// Keys per batch read.
const READ_AT_ONCE: usize = 100;

impl Reimbursements {
    /// The key of a statement, for a batch read.
    pub fn key(of: &StatementNumber) -> Key {
        Key::new(Table::Reimbursements, "owner", &of.partner).and("entry", of.week)
    }

    /// Reads the statement from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, number: &StatementNumber) -> Result<Option<Statement>, StoreError> {
        found.item(&Self::key(number)).map(|item| statement(item.clone())).transpose()
    }

    /// Finds a statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, number: &StatementNumber) -> Result<Option<Statement>, StoreError> {
        self.0.get_item(&Self::key(number)).await?.map(statement).transpose()
    }

    /// The existing statements of these partners for a week, in any order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_week(&self, week: Week, partners: &[PartnerId]) -> Result<Vec<Statement>, StoreError> {
        let numbered = |partner: &PartnerId| StatementNumber { week, partner: partner.clone() };
        self.all(&partners.iter().map(numbered).collect::<Vec<_>>()).await
    }

    /// The existing ones among these statements, in the order given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all(&self, numbers: &[StatementNumber]) -> Result<Vec<Statement>, StoreError> {
        let mut statements = Vec::with_capacity(numbers.len());
        for some in numbers.chunks(READ_AT_ONCE) {
            let keys: Vec<Key> = some.iter().map(Self::key).collect();
            let found = self.0.read(&keys).await?;
            for number in some {
                statements.extend(Self::in_found(&found, number)?);
            }
        }
        Ok(statements)
    }

    /// Issues statements, each with its mail. Idempotent: a statement that exists is not changed, and its mail is not
    /// stored again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn issue(&self, issued: &[(Statement, Entry)]) -> Result<(), StoreError> {
        for some in issued.chunks(ISSUED_AT_ONCE.get()) {
            let refused = self.put_all(some).await?;
            // An existing statement refuses the whole transaction: retry one by one.
            for one in some.iter().filter(|_| refused) {
                self.put_all(std::slice::from_ref(one)).await?;
            }
        }
        Ok(())
    }

    async fn put_all(&self, issued: &[(Statement, Entry)]) -> Result<bool, StoreError> {
        let outbox = Outbox(self.0.clone());
        let writes = issued.iter().flat_map(|(statement, mail)| {
            [self.0.put_new(Table::Reimbursements, statement_item(statement), "owner"), outbox.entry(mail)]
        });
        Ok(matches!(self.0.transact(writes.collect()).await?, Commit::Refused(_)))
    }

    /// Stores a changed statement, with its notification mails, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`StatementRefusal::Changed`] when it was changed since it was read.
    pub async fn save(
        &self,
        before: &Statement,
        after: &Statement,
        mails: &[Entry],
    ) -> Result<Result<(), StatementRefusal>, StoreError> {
        let outbox = Outbox(self.0.clone());
        let mut writes = vec![self.change_statement(before, after)];
        writes.extend(mails.iter().map(|mail| outbox.entry(mail)));
        match self.0.transact(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(reasons) if refused_at(&reasons) == Some(0) => Ok(Err(StatementRefusal::Changed)),
            Commit::Refused(reasons) => Err(unexpected("a statement", &reasons)),
        }
    }

    pub(super) fn change_statement(
        &self,
        before: &Statement,
        after: &Statement,
    ) -> aws_sdk_dynamodb::types::TransactWriteItem {
        let unchanged = Expression::new("revision = :read").value(":read", number(before.revision));
        self.0.put_if(Table::Reimbursements, statement_item(after), unchanged)
    }

    /// A page of a partner's statements before a week, latest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_partner(
        &self,
        partner: &PartnerId,
        before: Option<Week>,
        limit: usize,
    ) -> Result<ReimbursementPage<Statement, Week>, StoreError> {
        let items = self.before(partner.as_str(), before, limit).await?;
        page(items, limit, statement, |statement| statement.number.week)
    }

    /// A partner's statements of a range of weeks, in order; at most a few hundred.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_partner_between(
        &self,
        partner: &PartnerId,
        first: Week,
        last: Week,
    ) -> Result<Vec<Statement>, StoreError> {
        self.between(partner.as_str(), first, last).await?.into_iter().map(statement).collect()
    }

    /// A page of a week's statements, the largest first; reads the index, so at most a second late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_batch(
        &self,
        week: Week,
        after: Option<&str>,
        limit: usize,
    ) -> Result<ReimbursementPage<Statement, String>, StoreError> {
        let query = self
            .0
            .query(Table::Reimbursements)
            .index_name("by_batch")
            .key_condition_expression("week = :week AND #rank < :before")
            .expression_attribute_names("#rank", "rank")
            .expression_attribute_values(":week", text(week))
            // Ranks begin with digits.
            .expression_attribute_values(":before", text(after.unwrap_or("~")))
            .scan_index_forward(false)
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        let (items, _) = self.0.page(query).await?;
        page(items, limit, statement, rank)
    }

    /// The statements that have an order in a batch, by number: those of its week, and those of earlier weeks that it
    /// pays. The list is fixed once the batch is made, so it may come from the index; the statements themselves are
    /// read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ordered_in(&self, week: Week) -> Result<Vec<Statement>, StoreError> {
        let (mut numbers, mut after) = (Vec::new(), None);
        loop {
            let page = self.of_batch(week, after.as_deref(), WALKED_AT_ONCE).await?;
            numbers.extend(page.lines.into_iter().map(|statement| statement.number));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut statements = self.all(&numbers).await?;
        statements.extend(self.carried(week).await?);
        statements.retain(|statement| statement.orders_in(week).next().is_some());
        statements.sort_by(|a, b| a.number.cmp(&b.number));
        Ok(statements)
    }
}
