//! Transactions: paying, cancelling, and a partner's history.
//!
//! `transactions`: key `partner_id`, `transaction_id` (UUIDv7): a partner's history by date is a range. Index
//! `by_beneficiary` (`beneficiary_id`, `transaction_id`) is a young person's history, and a partner's search for one; the
//! settlement of an outing, which many paid, is not in it. Paying is one transaction over wallet, trace and voucher; so is
//! cancelling, which for an outing is one over trace and outing.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{
    Beneficiary, BeneficiaryId, Campaign, Cancellation, DeskPayer, Envelope, Euros, Fault, Line, Month, OutingPayer,
    ParisDay, PartnerId, Payer, Payment, Reference, SortieId, Step, Tally, Total, Transaction, TransactionId,
    TransactionState, Voucher, Week, folded,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::beneficiaries::{Beneficiaries, beneficiary, voucher};
use crate::dynamo::{
    Commit, Dynamo, Found, Item, Key, Reason, StoreError, Table, from_item, refused_at, text, to_item, unexpected,
};
use crate::persons::{LateCredit, Way};
use crate::sorties::Sorties;
use crate::writes::Expression;

/// What became of a payment.
#[derive(Debug)]
pub enum Paid {
    /// It is stored now.
    Now,
    /// It was stored before, by the first of these requests.
    Before(Box<Transaction<DeskPayer>>),
    /// The wallet is not what the payment was decided on: decide again on this one. Nothing has changed.
    WalletMoved(Box<Beneficiary>),
    /// The voucher is not what the payment was decided on. Nothing has changed.
    VoucherMoved(Option<Voucher>),
}

/// What became of a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// The wallet has the money back, or the outing is to be settled again.
    Now,
    /// Somebody cancelled it since it was read. Nothing has changed.
    Before,
}

/// Which transactions of a partner are asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose history.
    pub partner: PartnerId,
    /// First Paris day.
    pub from: Option<ParisDay>,
    /// Last Paris day, included.
    pub to: Option<ParisDay>,
    /// Only those paid, or only those cancelled ([`TransactionState::code`]).
    pub state: Option<&'static str>,
    /// Only one envelope's.
    pub envelope: Option<Envelope>,
    /// Only one young person's.
    pub beneficiary: Option<BeneficiaryId>,
    /// Only those whose payer's name has this part, folded ([`folded`]): of a young person, an outing or its school.
    pub name: Option<String>,
}

/// A page of a history, latest first.
#[derive(Clone, Debug)]
pub struct History<P = Payer> {
    /// The lines.
    pub transactions: Vec<Transaction<P>>,
    /// Give it back to get the next page.
    pub next: Option<TransactionId>,
}

impl<P> Default for History<P> {
    fn default() -> Self {
        Self { transactions: Vec::new(), next: None }
    }
}

/// How many lines one query of a filtered history looks at.
const LOOKED_AT: usize = 1000;

/// How many such queries one request makes for a name.
const PAGES_FOR_A_NAME: usize = 10;

/// The repository.
#[derive(Clone, Debug)]
pub struct Transactions(pub(crate) Dynamo);

impl Transactions {
    /// The key of a transaction, for a batch read.
    pub fn key(partner: &PartnerId, id: TransactionId) -> Key {
        Key::new(Table::Transactions, "partner_id", partner).and("transaction_id", id)
    }

    /// The transaction in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, partner: &PartnerId, id: TransactionId) -> Result<Option<Transaction>, StoreError> {
        found.item(&Self::key(partner, id)).map(|item| transaction(item.clone())).transpose()
    }

    /// The same of a transaction that one young person paid at the desk.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`], also where an outing paid.
    pub fn payment_in(
        found: &Found,
        partner: &PartnerId,
        id: TransactionId,
    ) -> Result<Option<Transaction<DeskPayer>>, StoreError> {
        found.item(&Self::key(partner, id)).map(|item| paid_at_desk(item.clone())).transpose()
    }

    /// Debits the wallet, leaves the trace and uses the voucher up: all of it once, or nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record(&self, payment: &Payment) -> Result<Paid, StoreError> {
        let trace = payment.transaction();
        let wallets = Beneficiaries(self.0.clone());
        let mut writes = vec![self.put_trace(&Transaction::from(trace.clone())), wallets.debit(payment)];
        if payment.uses_voucher() {
            writes.push(wallets.use_voucher(trace));
        }
        let mut reasons = match self.0.transact(writes).await? {
            Commit::Done => return Ok(Paid::Now),
            Commit::Refused(reasons) => reasons.into_iter(),
        };
        let mut next = || reasons.next().unwrap_or_default();
        let (first, wallet, number) = (next(), next(), next());
        match (first.item, wallet.item) {
            (Some(first), _) => Ok(Paid::Before(Box::new(paid_at_desk(first)?))),
            (None, Some(wallet)) => Ok(Paid::WalletMoved(Box::new(beneficiary(wallet)?))),
            (None, None) if number.failed => Ok(Paid::VoucherMoved(voucher(number.item.as_ref()))),
            (None, None) => Err(StoreError::Failed("a refused payment names no reason".into())),
        }
    }

    /// The trace of a payment or of a settlement; there is none yet under its id.
    pub(crate) fn put_trace(&self, of: &Transaction) -> TransactWriteItem {
        self.0.put_new(Table::Transactions, transaction_item(of), "transaction_id")
    }

    /// Gives the money, and a voucher, back: all of it once, or nothing. The condition states the rule: paid, and
    /// today's. A wallet that was renewed for another campaign gets nothing: what was paid ended with its campaign. Where an account was
    /// closed since, what it left gets it. Where an outing paid, nobody gets anything back: it is validated again, and `reopened` is
    /// the line of its timeline.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Failed`] where wallet, voucher or outing refuse for any other reason: nothing has changed.
    pub async fn cancel(&self, cancellation: &Cancellation, reopened: &Step) -> Result<Cancelled, StoreError> {
        let cancelled = cancellation.transaction();
        let TransactionState::Cancelled { at } = cancelled.state else {
            return Ok(Cancelled::Before);
        };
        let change = Expression::new("SET #state = :cancelled, cancelled_at = :at")
            .name("#state", "state")
            .value(":cancelled", text(cancelled.state.code()))
            .value(":at", text(at))
            .value(":paid", text(TransactionState::Paid.code()))
            .value(":today", text(ParisDay::of(at).iso()));
        let trace = self.0.change_if(
            &Self::key(&cancelled.partner, cancelled.id),
            change,
            "#state = :paid AND paris_day = :today",
        );
        match &cancelled.payer {
            Payer::Desk(payer) => self.give_back(cancelled, payer, trace).await,
            Payer::Outing(outing) => {
                let mut writes = vec![trace];
                writes.extend(Sorties(self.0.clone()).reopening(&outing.sortie, cancelled.id, reopened));
                match self.0.transact(writes).await? {
                    Commit::Done => Ok(Cancelled::Now),
                    Commit::Refused(reasons) if refused_at(&reasons) == Some(0) => Ok(Cancelled::Before),
                    Commit::Refused(_) => Err(StoreError::Failed("an outing does not know its settlement".into())),
                }
            }
        }
    }

    /// The account was closed since: the money goes to what it left, or to the account that its owner came back with. Where
    /// that has ended, the trace alone is cancelled. Its vouchers are gone.
    async fn cancel_of_closed(
        &self,
        trace: TransactWriteItem,
        cancelled: &Transaction,
        payer: &DeskPayer,
    ) -> Result<Cancelled, StoreError> {
        let Transaction { envelope, amount, campaign, .. } = *cancelled;
        let late = LateCredit { of: payer.beneficiary, envelope, amount, campaign };
        let commit = match late.store(&self.0, std::slice::from_ref(&trace), Way::Back).await? {
            Some(commit) => commit,
            None => self.0.transact(vec![trace]).await?,
        };
        match commit {
            Commit::Done => Ok(Cancelled::Now),
            Commit::Refused(reasons) if refused_at(&reasons) == Some(0) => Ok(Cancelled::Before),
            Commit::Refused(reasons) => Err(unexpected("a cancellation of a closed account", &reasons)),
        }
    }

    /// Gives back what was paid at the desk. What has no place to go back to is left out, for named reasons only: the wallet is
    /// another campaign's, the voucher is gone.
    async fn give_back(
        &self,
        cancelled: &Transaction,
        payer: &DeskPayer,
        trace: TransactWriteItem,
    ) -> Result<Cancelled, StoreError> {
        const WHAT: &str = "a cancellation";
        let wallets = Beneficiaries(self.0.clone());
        let (amount, campaign) = (cancelled.amount, cancelled.campaign);
        let mut wallet = Some(wallets.credit(payer.beneficiary, cancelled.envelope, amount, campaign));
        let is_voucher = payer.reference.is_voucher();
        let mut voucher = is_voucher.then(|| wallets.free_voucher(&payer.reference, cancelled.id));
        loop {
            let writes = std::iter::once(trace.clone()).chain(wallet.clone()).chain(voucher.clone());
            let Commit::Refused(reasons) = self.0.transact(writes.collect()).await? else {
                return Ok(Cancelled::Now);
            };
            match (refused_at(&reasons), wallet.is_some(), voucher.is_some()) {
                (Some(0), _, _) => return Ok(Cancelled::Before),
                (Some(1), true, _) if is_gone(&reasons[1]) => {
                    return self.cancel_of_closed(trace, cancelled, payer).await;
                }
                (Some(1), true, _) if is_of_another_campaign(&reasons[1], campaign)? => wallet = None,
                (Some(1), false, true) | (Some(2), true, true) if reasons.last().is_some_and(is_gone) => voucher = None,
                _ => return Err(unexpected(WHAT, &reasons)),
            }
        }
    }

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
                // No index knows names: what was looked at for one request is bounded, and the next page goes on.
                Some(last) if asked.name.is_some() && pages == PAGES_FOR_A_NAME => {
                    return Ok(History { transactions, next: Some(last) });
                }
                Some(last) => start = Some(last),
                None => return Ok(History { transactions, next: None }),
            }
        }
    }

    /// A page of a young person's own history, latest first, wherever it was paid; by the index, so a second late at
    /// worst.
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

    /// Up to `evaluated` lines of the range, filtered, and the last one looked at where there may be more.
    async fn range(
        &self,
        asked: &Asked,
        after: Option<TransactionId>,
        evaluated: usize,
    ) -> Result<(Vec<Transaction>, Option<TransactionId>), StoreError> {
        let (first, end) = asked.bounds();
        // A bound of the range that starts after the last line shown: exclusive, so no start key has to be rebuilt.
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
    /// Everything of a partner.
    pub const fn all(partner: PartnerId) -> Self {
        Self { partner, from: None, to: None, state: None, envelope: None, beneficiary: None, name: None }
    }

    const fn filters(&self) -> bool {
        self.state.is_some() || self.envelope.is_some() || self.beneficiary.is_some() || self.name.is_some()
    }

    /// Whether the payer is who is looked for by name, in either order of first and last name.
    fn names(&self, one: &Transaction) -> bool {
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

    fn bounds_of(from: Option<ParisDay>, to: Option<ParisDay>) -> (TransactionId, TransactionId) {
        let first = from.map_or(TransactionId(uuid::Uuid::nil()), |day| TransactionId::earliest(day.starts()));
        let end = to.map_or(TransactionId(uuid::Uuid::max()), |day| TransactionId::earliest(day.ends()));
        (first, end)
    }
}

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

    /// What a partner took in a week that is over, by month and envelope; cancelled transactions do not count.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tally(&self, partner: &PartnerId, week: Week) -> Result<Tally, StoreError> {
        let first = Month::of(week.first_day());
        // Most weeks lie in one month: then no day has to be read.
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

    /// What a partner's transactions of a week add up to, read once more and added up without any other: the auditor's count.
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

    /// Reads some attributes of all transactions of a week that stand, consistently, by the megabyte.
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

    /// Stores past transactions as they are, without touching a wallet: what demo data and imports are made of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(&self, past: &[Transaction]) -> Result<(), StoreError> {
        for chunk in past.chunks(100) {
            let writes = chunk.iter().map(|one| self.put_trace(one)).collect();
            self.0.transact(writes).await?;
        }
        Ok(())
    }
}

/// Whether a wallet was renewed for another campaign: it takes nothing of this one back.
fn is_of_another_campaign(wallet: &Reason, campaign: Campaign) -> Result<bool, StoreError> {
    let stands = wallet.item.clone().map(beneficiary).transpose()?;
    Ok(stands.is_some_and(|stands| stands.wallet.campaign != campaign))
}

/// Whether a write met no item: the account of a wallet is closed, a voucher is gone.
fn is_gone(refused: &Reason) -> bool {
    refused.failed && refused.item.is_none()
}

/// One attribute as it is kept, read without the rest of its item: a batch reads a million of them.
fn attribute<T>(item: &Item, name: &str, read: impl Fn(&str) -> Result<T, Fault>) -> Option<T> {
    read(item.get(name)?.as_s().ok()?).ok()
}

fn amount(item: &Item) -> Option<Euros> {
    item.get("amount_cents")?.as_n().ok()?.parse().ok().map(Euros::from_cents)
}

/// A trace at rest; beside these attributes stand those of its payer.
#[derive(Serialize, Deserialize)]
struct TransactionItem {
    partner_id: PartnerId,
    transaction_id: TransactionId,
    envelope: Envelope,
    amount_cents: u64,
    campaign: Campaign,
    at: Timestamp,
    paris_day: String,
    state: String,
    cancelled_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct DeskItem {
    beneficiary_id: BeneficiaryId,
    first_name: Line,
    last_name: Line,
    reference: Reference,
    available_cents: u64,
}

#[derive(Serialize, Deserialize)]
struct OutingItem {
    sortie_id: SortieId,
    title: Line,
    establishment: Line,
    present: u32,
}

fn transaction_item(of: &Transaction) -> Item {
    let mut item = to_item(&TransactionItem {
        partner_id: of.partner.clone(),
        transaction_id: of.id,
        envelope: of.envelope,
        amount_cents: of.amount.cents(),
        campaign: of.campaign,
        at: of.at,
        paris_day: ParisDay::of(of.at).iso(),
        state: of.state.code().to_owned(),
        cancelled_at: match of.state {
            TransactionState::Paid => None,
            TransactionState::Cancelled { at } => Some(at),
        },
    });
    item.extend(match &of.payer {
        Payer::Desk(payer) => to_item(&DeskItem {
            beneficiary_id: payer.beneficiary,
            first_name: payer.first_name.clone(),
            last_name: payer.last_name.clone(),
            reference: payer.reference.clone(),
            available_cents: payer.available.cents(),
        }),
        Payer::Outing(outing) => to_item(&OutingItem {
            sortie_id: outing.sortie.clone(),
            title: outing.title.clone(),
            establishment: outing.establishment.clone(),
            present: outing.present,
        }),
    });
    item
}

fn transaction(item: Item) -> Result<Transaction, StoreError> {
    if item.contains_key("sortie_id") { paid_by(item, outing_payer) } else { paid_at_desk(item).map(Into::into) }
}

/// A trace of which it is known that one young person paid.
fn paid_at_desk(item: Item) -> Result<Transaction<DeskPayer>, StoreError> {
    paid_by(item, |item| {
        let payer: DeskItem = from_item(Table::Transactions, item)?;
        Ok(DeskPayer {
            beneficiary: payer.beneficiary_id,
            first_name: payer.first_name,
            last_name: payer.last_name,
            reference: payer.reference,
            available: Euros::from_cents(payer.available_cents),
        })
    })
}

fn outing_payer(item: Item) -> Result<Payer, StoreError> {
    let payer: OutingItem = from_item(Table::Transactions, item)?;
    Ok(Payer::Outing(OutingPayer {
        sortie: payer.sortie_id,
        title: payer.title,
        establishment: payer.establishment,
        present: payer.present,
    }))
}

fn paid_by<P>(item: Item, payer: impl Fn(Item) -> Result<P, StoreError>) -> Result<Transaction<P>, StoreError> {
    let payer = payer(item.clone())?;
    let item: TransactionItem = from_item(Table::Transactions, item)?;
    Ok(Transaction {
        id: item.transaction_id,
        partner: item.partner_id,
        payer,
        envelope: item.envelope,
        amount: Euros::from_cents(item.amount_cents),
        campaign: item.campaign,
        at: item.at,
        state: item.cancelled_at.map_or(TransactionState::Paid, |at| TransactionState::Cancelled { at }),
    })
}

#[cfg(test)]
mod tests {
    use epass_domain::{CardNumber, VoucherNumber};

    use super::*;

    #[test]
    fn a_transaction_reads_back_paid_and_cancelled() {
        let at: Timestamp = "2026-11-22T12:00:00.123456Z".parse().unwrap();
        let line = |text| Line::parse(text, 100).unwrap();
        let payer = DeskPayer {
            beneficiary: BeneficiaryId(uuid::Uuid::max()),
            first_name: line("Léa"),
            last_name: line("Martin"),
            reference: Reference::Card(CardNumber::mint(1)),
            available: Euros::ZERO,
        };
        let by_voucher = DeskPayer { reference: Reference::Voucher(VoucherNumber::mint(1)), ..payer.clone() };
        let outing = OutingPayer {
            sortie: SortieId::mint(1),
            title: line("Le Cid"),
            establishment: line("Lycée Marie-Curie"),
            present: 29,
        };
        let paid = Transaction {
            id: TransactionId::earliest(at),
            partner: PartnerId::mint(1),
            payer: Payer::Desk(payer),
            envelope: Envelope::Performance,
            amount: Euros::from_cents(12_50),
            campaign: Campaign::at(at),
            at,
            state: TransactionState::Paid,
        };
        let cancelled =
            Transaction { payer: Payer::Desk(by_voucher), state: TransactionState::Cancelled { at }, ..paid.clone() };
        let settled = Transaction { payer: Payer::Outing(outing), envelope: Envelope::Outing, ..paid.clone() };
        let reopened = Transaction { state: TransactionState::Cancelled { at }, ..settled.clone() };
        for stored in [paid, cancelled, settled, reopened] {
            let item = transaction_item(&stored);
            let is_one_persons = matches!(stored.payer, Payer::Desk(_));
            assert_eq!(item.contains_key("beneficiary_id"), is_one_persons, "an outing is in nobody's own history");
            assert_eq!(transaction(item).unwrap(), stored);
        }
    }
}
