//! Statements: issued once, changed by conditions, listed by partner and by batch.

use std::num::NonZeroUsize;

use epass_domain::{PartnerId, Statement, StatementNumber, StatementRefusal, Week};

use super::listed::WALKED_AT_ONCE;
use super::listed::{ReimbursementPage, Reimbursements, page};
use super::statement_item::{rank, statement, statement_item};
use crate::dynamo::{Commit, Found, Key, StoreError, Table, number, refused_at, text, unexpected};
use crate::outbox::{Entry, Outbox};
use crate::writes::Expression;

/// Statements of one transaction: each has a mail with it, and a transaction holds 100 writes.
const ISSUED_AT_ONCE: NonZeroUsize = NonZeroUsize::new(25).expect("25 is not zero");

/// Keys of one batch read.
const READ_AT_ONCE: usize = 100;

impl Reimbursements {
    /// The key of a statement, for a batch read.
    pub fn key(of: &StatementNumber) -> Key {
        Key::new(Table::Reimbursements, "owner", &of.partner).and("entry", of.week)
    }

    /// The statement in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, number: &StatementNumber) -> Result<Option<Statement>, StoreError> {
        found.item(&Self::key(number)).map(|item| statement(item.clone())).transpose()
    }

    /// One statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, number: &StatementNumber) -> Result<Option<Statement>, StoreError> {
        self.0.get_item(&Self::key(number)).await?.map(statement).transpose()
    }

    /// Those of these partners' statements of a week that stand, in any order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_week(&self, week: Week, partners: &[PartnerId]) -> Result<Vec<Statement>, StoreError> {
        let numbered = |partner: &PartnerId| StatementNumber { week, partner: partner.clone() };
        self.all(&partners.iter().map(numbered).collect::<Vec<_>>()).await
    }

    /// Those of these statements that stand, in their order.
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

    /// Issues statements, each once and with the mail that tells of it; one that stands stays as it is, and its mail is not
    /// written again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn issue(&self, issued: &[(Statement, Entry)]) -> Result<(), StoreError> {
        for some in issued.chunks(ISSUED_AT_ONCE.get()) {
            let refused = self.put_all(some).await?;
            // One that stands already refuses its neighbours too: then each one by itself.
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

    /// Stores a changed statement, with the mails that tell of it, or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`StatementRefusal::Changed`] when somebody else changed it since.
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

    /// A page of a partner's statements, latest first, before a week.
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

    /// A partner's statements of some weeks, in their order; at most a few hundred.
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

    /// A page of a week's statements, the largest first; by the index, so a second late at worst.
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

    /// Every statement that has an order in a batch, by number: those of its week, and those of earlier weeks that it carries.
    /// Which they are is fixed once the batch is made, so that the index may say it; how they stand is read consistently.
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
