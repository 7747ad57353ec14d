//! Adds up transactions: for a batch, and for the audit that counts them again.

use epass_domain::{
    BeneficiaryId, DeskPayer, Envelope, Month, ParisDay, PartnerId, Tally, Total, Transaction, TransactionState, Week,
};

use super::history::Asked;
use super::items::{amount, attribute, paid_at_desk};
use super::one::Transactions;
use crate::dynamo::{Item, StoreError, Table, text};

impl Transactions {
    /// A young person's latest transactions, newest first; by the index, so a second late at worst.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn latest_of(
        &self,
        beneficiary: BeneficiaryId,
        limit: i32,
    ) -> Result<Vec<Transaction<DeskPayer>>, StoreError> {
        let query = self
            .0
            .query(Table::Transactions)
            .index_name("by_beneficiary")
            .key_condition_expression("beneficiary_id = :beneficiary")
            .expression_attribute_values(":beneficiary", text(beneficiary))
            .scan_index_forward(false)
            .limit(limit);
        let (items, _) = self.0.page(query).await?;
        items.into_iter().map(paid_at_desk).collect()
    }

    /// The totals of a partner's week that is over, by month and envelope, without cancelled transactions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tally(&self, partner: &PartnerId, week: Week) -> Result<Tally, StoreError> {
        let first = Month::of(week.first_day());
        // Most weeks are in one month: then no day has to be read.
        let is_of_one_month = first == Month::of(week.last_day());
        let wanted = if is_of_one_month { "envelope, amount_cents" } else { "envelope, amount_cents, paris_day" };
        let mut tally = Tally::default();
        self.each_paid(partner, week, wanted, |item| {
            let month = if is_of_one_month { first } else { Month::of(attribute(item, "paris_day", ParisDay::parse)?) };
            tally.add(month, attribute(item, "envelope", Envelope::parse)?, amount(item)?);
            Some(())
        })
        .await?;
        Ok(tally)
    }

    /// The auditor's count: the total of a partner's transactions of a week, read again and computed independently of
    /// the tally.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recount(&self, partner: &PartnerId, week: Week) -> Result<Total, StoreError> {
        let mut total = Total::default();
        self.each_paid(partner, week, "amount_cents", |item| {
            total.add(amount(item)?);
            Some(())
        })
        .await?;
        Ok(total)
    }

    /// Reads some attributes of all paid transactions of a week, consistently, by the megabyte.
    async fn each_paid(
        &self,
        partner: &PartnerId,
        week: Week,
        wanted: &str,
        mut take: impl FnMut(&Item) -> Option<()>,
    ) -> Result<(), StoreError> {
        let (first, end) = Asked::bounds_of(Some(week.first_day()), Some(week.last_day()));
        if end <= first {
            return Ok(());
        }
        let query = self
            .0
            .query(Table::Transactions)
            .key_condition_expression("partner_id = :partner AND transaction_id BETWEEN :first AND :last")
            .filter_expression("#state = :paid")
            .projection_expression(wanted)
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":partner", text(partner))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(end.before()))
            .expression_attribute_values(":paid", text(TransactionState::Paid.code()))
            .consistent_read(true);
        let mut start = None;
        loop {
            let (items, more) = self.0.page(query.clone().set_exclusive_start_key(start)).await?;
            for item in &items {
                take(item).ok_or_else(|| StoreError::Unreadable {
                    table: Table::Transactions,
                    reason: format!("one of {wanted} is missing or wrong"),
                })?;
            }
            start = more;
            if start.is_none() {
                return Ok(());
            }
        }
    }
}
