//! The history of a partner's or a young person's transactions, latest first.

use epass_domain::{
    BeneficiaryId, DeskPayer, Envelope, ParisDay, PartnerId, Payer, Transaction, TransactionId, folded,
};

use super::items::{paid_at_desk, transaction};
use super::one::Transactions;
use crate::dynamo::{StoreError, Table, text};

/// The filters of a partner's history.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The partner.
    pub partner: PartnerId,
    /// The first Paris day.
    pub from: Option<ParisDay>,
    /// The last Paris day, included.
    pub to: Option<ParisDay>,
    /// Only those paid, or only those cancelled ([`TransactionState::code`]).
    pub state: Option<&'static str>,
    /// Only those of this envelope.
    pub envelope: Option<Envelope>,
    /// Only those of this young person.
    pub beneficiary: Option<BeneficiaryId>,
    /// Only those whose payer's name contains this text, folded ([`folded`]): of a young person, an outing or its
    /// school.
    pub name: Option<String>,
}

/// A page of a history, latest first.
#[derive(Clone, Debug)]
pub struct History<P = Payer> {
    /// The lines.
    pub transactions: Vec<Transaction<P>>,
    /// The cursor of the next page.
    pub next: Option<TransactionId>,
}

impl<P> Default for History<P> {
    fn default() -> Self {
        Self { transactions: Vec::new(), next: None }
    }
}

/// The number of lines that one query of a filtered history reads.
const LOOKED_AT: usize = 1000;

/// The most such queries that one request makes when it filters by name.
const PAGES_FOR_A_NAME: usize = 10;

impl Transactions {
    /// A page of `limit` lines, after the one given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn history(
        &self,
        asked: &Asked,
        after: Option<TransactionId>,
        limit: usize,
    ) -> Result<History, StoreError> {
        let mut transactions = Vec::new();
        let mut start = after;
        let mut pages = 0;
        loop {
            let wanted = limit + 1 - transactions.len();
            let (page, more) = self.range(asked, start, if asked.filters() { LOOKED_AT } else { wanted }).await?;
            transactions.extend(page.into_iter().filter(|one| asked.names(one)));
            pages += 1;
            if transactions.len() > limit {
                transactions.truncate(limit);
                let next = transactions.last().map(|last| last.id);
                return Ok(History { transactions, next });
            }
            match more {
                // No index holds names: one request reads a bounded number of lines, and the next page continues.
                Some(last) if asked.name.is_some() && pages == PAGES_FOR_A_NAME => {
                    return Ok(History { transactions, next: Some(last) });
                }
                Some(last) => start = Some(last),
                None => return Ok(History { transactions, next: None }),
            }
        }
    }

    /// A page of a young person's own history, with any partner, latest first; reads the index, so at most a second
    /// late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of(
        &self,
        beneficiary: BeneficiaryId,
        after: Option<TransactionId>,
        limit: usize,
    ) -> Result<History<DeskPayer>, StoreError> {
        let before = after.unwrap_or(TransactionId(uuid::Uuid::max()));
        let query = self
            .0
            .query(Table::Transactions)
            .index_name("by_beneficiary")
            .key_condition_expression("beneficiary_id = :owner AND transaction_id < :before")
            .expression_attribute_values(":owner", text(beneficiary))
            .expression_attribute_values(":before", text(before))
            .scan_index_forward(false)
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        let (items, _) = self.0.page(query).await?;
        let mut transactions = items.into_iter().map(paid_at_desk).collect::<Result<Vec<_>, _>>()?;
        let next = if transactions.len() > limit { Some(transactions[limit - 1].id) } else { None };
        transactions.truncate(limit);
        Ok(History { transactions, next })
    }

    /// Reads up to `evaluated` lines of the range, filters them, and returns the last one read if there may be more.
    pub(super) async fn range(
        &self,
        asked: &Asked,
        after: Option<TransactionId>,
        evaluated: usize,
    ) -> Result<(Vec<Transaction>, Option<TransactionId>), StoreError> {
        let (first, end) = asked.bounds();
        // The range ends before the last line shown: exclusive, so no start key has to be rebuilt.
        let upper = after.map_or(end, |after| after.min(end));
        if upper <= first {
            return Ok((Vec::new(), None));
        }
        let upper = upper.before();
        let (index, hash, owner) = match asked.beneficiary {
            Some(beneficiary) => (Some("by_beneficiary".to_owned()), "beneficiary_id", beneficiary.to_string()),
            None => (None, "partner_id", asked.partner.to_string()),
        };
        let mut query = self
            .0
            .query(Table::Transactions)
            .set_index_name(index)
            .key_condition_expression("#owner = :owner AND transaction_id BETWEEN :first AND :last")
            .expression_attribute_names("#owner", hash)
            .expression_attribute_values(":owner", text(owner))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(upper))
            .scan_index_forward(false)
            .limit(i32::try_from(evaluated).unwrap_or(i32::MAX));
        let mut filters = Vec::new();
        if let Some(state) = asked.state {
            filters.push("#state = :state");
            query =
                query.expression_attribute_names("#state", "state").expression_attribute_values(":state", text(state));
        }
        if let Some(envelope) = asked.envelope {
            filters.push("envelope = :envelope");
            query = query.expression_attribute_values(":envelope", text(envelope.code()));
        }
        if asked.beneficiary.is_some() {
            filters.push("partner_id = :partner");
            query = query.expression_attribute_values(":partner", text(&asked.partner));
        }
        if !filters.is_empty() {
            query = query.filter_expression(filters.join(" AND "));
        }
        let (items, last) = self.0.page(query).await?;
        let transactions = items.into_iter().map(transaction).collect::<Result<Vec<_>, _>>()?;
        let last = last.and_then(|key| TransactionId::parse(key.get("transaction_id")?.as_s().ok()?).ok());
        Ok((transactions, last))
    }
}

impl Asked {
    /// All transactions of a partner.
    pub const fn all(partner: PartnerId) -> Self {
        Self { partner, from: None, to: None, state: None, envelope: None, beneficiary: None, name: None }
    }

    const fn filters(&self) -> bool {
        self.state.is_some() || self.envelope.is_some() || self.beneficiary.is_some() || self.name.is_some()
    }

    /// Whether the payer's name matches the filter, in either order of first and last name.
    pub(super) fn names(&self, one: &Transaction) -> bool {
        let Some(part) = &self.name else { return true };
        let whole = match &one.payer {
            Payer::Desk(payer) => format!("{} {} {}", payer.first_name, payer.last_name, payer.first_name),
            Payer::Outing(outing) => format!("{} {}", outing.title, outing.establishment),
        };
        folded(&whole).contains(part.as_str())
    }

    /// The first id of the first day, and the first id after the last day.
    fn bounds(&self) -> (TransactionId, TransactionId) {
        Self::bounds_of(self.from, self.to)
    }

    pub(super) fn bounds_of(from: Option<ParisDay>, to: Option<ParisDay>) -> (TransactionId, TransactionId) {
        let first = from.map_or(TransactionId(uuid::Uuid::nil()), |day| TransactionId::earliest(day.starts()));
        let end = to.map_or(TransactionId(uuid::Uuid::max()), |day| TransactionId::earliest(day.ends()));
        (first, end)
    }
}
