//! Statements, and the batches that pay them.
//!
//! `reimbursements`: key `owner`, `entry`. A statement lies under its partner, by week, and is put if absent: there is one of each.
//! Under `batches`, by week, lie the batches; under `communes`, by week, what each took in each commune; under `batch#` and the
//! week, what it carries of earlier weeks. Index `by_batch` (`week`, `rank`) is a week's statements, the largest first; index
//! `by_due` (`due`, `number`) holds only the statements whose money is due and in no batch (`yes`), and those that a person has to
//! check (`check`). What a batch pays is decided on
//! consistent reads and conditions: the indexes only propose and show.

use std::num::NonZeroUsize;

use epass_domain::{
    AppliedReport, BankFile, Batch, BatchPhase, CommuneTakings, Company, Difference, Envelope, Euros, Figures, Line,
    Made, Month, ParisDay, PartnerId, Refusal, Statement, StatementNumber, Takings, Total, Transfer, Week,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dynamo::{
    Commit, Dynamo, Found, Item, Key, StoreError, Table, from_item, number, refused_at, text, to_item, unexpected,
};
use crate::outbox::{Entry, Outbox};
use crate::writes::Expression;

/// A page of a list, and what to give back to get the next one.
#[derive(Clone, Debug)]
pub struct ReimbursementPage<T, P> {
    /// The lines.
    pub lines: Vec<T>,
    /// The place of the last one, where there are more.
    pub next: Option<P>,
}

/// The repository.
#[derive(Clone, Debug)]
pub struct Reimbursements(pub(crate) Dynamo);

const BATCHES: &str = "batches";
const COMMUNES: &str = "communes";
const CARRIED: &str = "carried#";
const DUE: &str = "yes";
const TO_CHECK: &str = "check";
/// Statements of one transaction: each has a mail with it, and a transaction holds 100 writes.
const ISSUED_AT_ONCE: NonZeroUsize = NonZeroUsize::new(25).expect("25 is not zero");
/// Statements of a page that nobody looks at: well under the megabyte of one query.
const WALKED_AT_ONCE: usize = 200;
/// Keys of one batch read.
const READ_AT_ONCE: usize = 100;

impl Reimbursements {
    /// The key of a statement, for a batch read.
    pub fn key(of: &StatementNumber) -> Key {
        Key::new(Table::Reimbursements, "owner", &of.partner).and("entry", of.week)
    }

    /// The key of a batch, for a batch read.
    pub fn batch_key(week: Week) -> Key {
        Key::new(Table::Reimbursements, "owner", BATCHES).and("entry", week)
    }

    /// The statement in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, number: &StatementNumber) -> Result<Option<Statement>, StoreError> {
        found.item(&Self::key(number)).map(|item| statement(item.clone())).transpose()
    }

    /// The batch in what a batch read found.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn batch_in_found(found: &Found, week: Week) -> Result<Option<Batch>, StoreError> {
        found.item(&Self::batch_key(week)).map(|item| batch(item.clone())).transpose()
    }

    /// One statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, number: &StatementNumber) -> Result<Option<Statement>, StoreError> {
        self.0.get_item(&Self::key(number)).await?.map(statement).transpose()
    }

    /// One batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batch(&self, week: Week) -> Result<Option<Batch>, StoreError> {
        self.0.get_item(&Self::batch_key(week)).await?.map(batch).transpose()
    }

    /// A page of batches, latest first, before a week.
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

    /// The batches of some weeks, in their order; at most a few hundred.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batches_between(&self, first: Week, last: Week) -> Result<Vec<Batch>, StoreError> {
        self.between(BATCHES, first, last).await?.into_iter().map(batch).collect()
    }

    /// What the batches of some weeks took in each commune, week by week.
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

    /// Opens a batch, unless it was opened: the one that stands.
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

    /// Stores how far a batch is; `false` when somebody else changed it since it was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn advance(&self, before: &Batch, after: &Batch) -> Result<bool, StoreError> {
        Ok(matches!(self.0.transact(vec![self.change_batch(before, after)]).await?, Commit::Done))
    }

    /// The same of one that adds up now, with what it took in each commune.
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

    /// A page of statements whose money is due and in no batch, the oldest first; by the index, so a second late at worst.
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

    /// The same of statements about which the bank contradicts itself.
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

    async fn waiting(
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
            // A number is never as short as one zero.
            .expression_attribute_values(":after", text(after.map_or_else(|| "0".to_owned(), StatementNumber::code)))
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        let (items, _) = self.0.page(query).await?;
        page(items, limit, statement, |statement| statement.number.clone())
    }

    /// Pays an earlier statement with the batch that is being closed; `false` when the statement was changed since, or the
    /// batch is past that.
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

    /// Stores what became of a statement, with the mails that tell of it, or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Refusal::StatementChanged`] when somebody else changed it since.
    pub async fn save(
        &self,
        before: &Statement,
        after: &Statement,
        mails: &[Entry],
    ) -> Result<Result<(), Refusal>, StoreError> {
        let outbox = Outbox(self.0.clone());
        let mut writes = vec![self.change_statement(before, after)];
        writes.extend(mails.iter().map(|mail| outbox.entry(mail)));
        match self.0.transact(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(reasons) if refused_at(&reasons) == Some(0) => Ok(Err(Refusal::StatementChanged)),
            Commit::Refused(reasons) => Err(unexpected("a statement", &reasons)),
        }
    }

    fn change_statement(&self, before: &Statement, after: &Statement) -> aws_sdk_dynamodb::types::TransactWriteItem {
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

    fn under(&self, owner: &str) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        self.0
            .query(Table::Reimbursements)
            .key_condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", text(owner))
    }

    /// One line more than a page of what lies under an owner before a week, latest first.
    async fn before(&self, owner: &str, before: Option<Week>, limit: usize) -> Result<Vec<Item>, StoreError> {
        let query = self
            .under(owner)
            .key_condition_expression("#owner = :owner AND entry < :before")
            .expression_attribute_values(":before", text(before.map_or_else(|| "~".to_owned(), Week::code)))
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        Ok(self.0.page(query).await?.0)
    }

    /// All that lies under an owner from one week to another; nothing where the last comes before the first, a range that
    /// DynamoDB refuses.
    async fn between(&self, owner: &str, first: Week, last: Week) -> Result<Vec<Item>, StoreError> {
        if last < first {
            return Ok(Vec::new());
        }
        let query = self
            .under(owner)
            .key_condition_expression("#owner = :owner AND entry BETWEEN :first AND :last")
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last));
        let (mut all, mut start) = (Vec::new(), None);
        loop {
            let (items, more) = self.0.page(query.clone().set_exclusive_start_key(start)).await?;
            all.extend(items);
            start = more;
            if start.is_none() {
                return Ok(all);
            }
        }
    }
}

fn page<T, P>(
    items: Vec<Item>,
    limit: usize,
    read: impl Fn(Item) -> Result<T, StoreError>,
    place: impl Fn(&T) -> P,
) -> Result<ReimbursementPage<T, P>, StoreError> {
    let has_more = items.len() > limit;
    let lines = items.into_iter().take(limit).map(read).collect::<Result<Vec<_>, _>>()?;
    let next = lines.last().filter(|_| has_more).map(place);
    Ok(ReimbursementPage { lines, next })
}

fn carried_owner(week: Week) -> String {
    format!("batch#{week}")
}

/// The largest statements sort last: twelve digits of cents, then the partner.
fn rank(of: &Statement) -> String {
    format!("{:012}#{}", of.sum().amount().cents(), of.number.partner)
}

#[derive(Deserialize)]
struct CarriedItem {
    entry: String,
}

#[derive(Serialize, Deserialize)]
struct TakingsItem {
    month: Month,
    envelope: Envelope,
    count: u32,
    amount_cents: u64,
}

impl From<&Takings> for TakingsItem {
    fn from(of: &Takings) -> Self {
        Self { month: of.month, envelope: of.envelope, count: of.count, amount_cents: of.amount.cents() }
    }
}

impl From<TakingsItem> for Takings {
    fn from(item: TakingsItem) -> Self {
        let amount = Euros::from_cents(item.amount_cents);
        Self { month: item.month, envelope: item.envelope, count: item.count, amount }
    }
}

#[derive(Serialize, Deserialize)]
struct TotalItem {
    count: u32,
    amount_cents: u64,
}

impl From<Total> for TotalItem {
    fn from(of: Total) -> Self {
        Self { count: of.count, amount_cents: of.amount().cents() }
    }
}

impl From<TotalItem> for Total {
    fn from(item: TotalItem) -> Self {
        Self::of(item.count, Euros::from_cents(item.amount_cents))
    }
}

#[derive(Serialize, Deserialize)]
struct StatementItem {
    owner: PartnerId,
    entry: Week,
    revision: u32,
    issued_on: ParisDay,
    partner_name: Line,
    company: Company,
    commune: Option<Line>,
    takings: Vec<TakingsItem>,
    transfers: Vec<Transfer>,
}

fn statement_item(of: &Statement) -> Item {
    let mut item = to_item(&StatementItem {
        owner: of.number.partner.clone(),
        entry: of.number.week,
        revision: of.revision,
        issued_on: of.issued_on,
        partner_name: of.partner_name.clone(),
        company: of.company.clone(),
        commune: of.commune.clone(),
        takings: of.takings.iter().map(Into::into).collect(),
        transfers: of.transfers.clone(),
    });
    item.insert("week".into(), text(of.number.week));
    item.insert("rank".into(), text(rank(of)));
    let waits = if of.is_to_check() { Some(TO_CHECK) } else { of.is_due().then_some(DUE) };
    if let Some(what_for) = waits {
        item.insert("due".into(), text(what_for));
        item.insert("number".into(), text(&of.number));
    }
    item
}

fn statement(item: Item) -> Result<Statement, StoreError> {
    let item: StatementItem = from_item(Table::Reimbursements, item)?;
    Ok(Statement {
        number: StatementNumber { week: item.entry, partner: item.owner },
        revision: item.revision,
        issued_on: item.issued_on,
        partner_name: item.partner_name,
        company: item.company,
        commune: item.commune,
        takings: item.takings.into_iter().map(Into::into).collect(),
        transfers: item.transfers,
    })
}

const CLOSING: &str = "closing";

#[derive(Serialize, Deserialize)]
struct BatchItem {
    owner: String,
    entry: Week,
    revision: u32,
    opened_on: ParisDay,
    partners: u32,
    walked: u32,
    #[serde(default)]
    replaced: Vec<BankFile>,
    #[serde(flatten)]
    phase: PhaseItem,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
enum PhaseItem {
    Closing { after: Option<PartnerId> },
    Auditing { execution_day: ParisDay, made_at: Option<Timestamp> },
    Stopped { at: Timestamp, difference: Difference },
    Made(MadeItem),
}

#[derive(Serialize, Deserialize)]
struct MadeItem {
    statements: TotalItem,
    held: TotalItem,
    carried: TotalItem,
    transfers: TotalItem,
    takings: Vec<TakingsItem>,
    file: Option<BankFile>,
    sent_on: Option<ParisDay>,
    paid_on: Option<ParisDay>,
    /// Missing where it was stored before what is noted could be taken back: then a batch that was sent counts as answered.
    is_answered: Option<bool>,
    #[serde(default)]
    reports: Vec<AppliedReport>,
}

fn batch_item(of: &Batch) -> Item {
    let phase = match of.phase.clone() {
        BatchPhase::Closing { after } => PhaseItem::Closing { after },
        BatchPhase::Auditing { execution_day, made_at } => {
            PhaseItem::Auditing { execution_day, made_at: Some(made_at) }
        }
        BatchPhase::Stopped { at, difference } => PhaseItem::Stopped { at, difference },
        BatchPhase::Made(Made { figures, file, sent_on, paid_on, is_answered, reports }) => PhaseItem::Made(MadeItem {
            statements: figures.statements.into(),
            held: figures.held.into(),
            carried: figures.carried.into(),
            transfers: figures.transfers.into(),
            takings: figures.takings.iter().map(Into::into).collect(),
            file,
            sent_on,
            paid_on,
            is_answered: Some(is_answered),
            reports,
        }),
    };
    to_item(&BatchItem {
        owner: BATCHES.to_owned(),
        entry: of.week,
        revision: of.revision,
        opened_on: of.opened_on,
        partners: of.partners,
        walked: of.walked,
        replaced: of.replaced.clone(),
        phase,
    })
}

fn batch(item: Item) -> Result<Batch, StoreError> {
    let item: BatchItem = from_item(Table::Reimbursements, item)?;
    let phase = match item.phase {
        PhaseItem::Closing { after } => BatchPhase::Closing { after },
        PhaseItem::Auditing { execution_day, made_at } => {
            BatchPhase::Auditing { execution_day, made_at: made_at.unwrap_or_else(|| item.opened_on.starts()) }
        }
        PhaseItem::Stopped { at, difference } => BatchPhase::Stopped { at, difference },
        PhaseItem::Made(made) => BatchPhase::Made(Made {
            figures: Figures {
                statements: made.statements.into(),
                held: made.held.into(),
                carried: made.carried.into(),
                transfers: made.transfers.into(),
                takings: made.takings.into_iter().map(Into::into).collect(),
            },
            file: made.file,
            sent_on: made.sent_on,
            paid_on: made.paid_on,
            is_answered: made.is_answered.unwrap_or(made.sent_on.is_some()),
            reports: made.reports,
        }),
    };
    let BatchItem { entry, revision, opened_on, partners, walked, replaced, .. } = item;
    Ok(Batch { week: entry, revision, opened_on, partners, walked, phase, replaced })
}

#[derive(Serialize, Deserialize)]
struct CommunesItem {
    owner: String,
    entry: Week,
    communes: Vec<CommuneItem>,
}

#[derive(Serialize, Deserialize)]
struct CommuneItem {
    commune: Option<Line>,
    month: Month,
    partners: u32,
    #[serde(flatten)]
    total: TotalItem,
}

impl CommunesItem {
    fn of(week: Week, communes: &[CommuneTakings]) -> Self {
        let told = |of: &CommuneTakings| CommuneItem {
            commune: of.commune.clone(),
            month: of.month,
            partners: of.partners,
            total: of.total.into(),
        };
        Self { owner: COMMUNES.to_owned(), entry: week, communes: communes.iter().map(told).collect() }
    }

    fn read(self) -> (Week, Vec<CommuneTakings>) {
        let read = |item: CommuneItem| CommuneTakings {
            commune: item.commune,
            month: item.month,
            partners: item.partners,
            total: item.total.into(),
        };
        (self.entry, self.communes.into_iter().map(read).collect())
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::{Address, AuditRule, Bic, Failure, Iban, Outcome, Payee, Postcode, Siret};

    use super::*;

    fn week() -> Week {
        Week::parse("2026-W47").unwrap()
    }

    fn line(text: &str) -> Line {
        Line::parse(text, 100).unwrap()
    }

    fn some_statement(outcome: Outcome) -> Statement {
        let today = week().next().first_day();
        let iban = Iban::french(30006, 1, 7);
        let payee = Payee { holder: line("L’Œil"), iban, bic: Bic::parse("AGRIFRPP").unwrap(), town: None };
        let takings = |month, cents| Takings {
            month: Month::parse(month).unwrap(),
            envelope: Envelope::Outing,
            count: 3,
            amount: Euros::from_cents(cents),
        };
        Statement {
            number: StatementNumber { week: week(), partner: PartnerId::mint(1) },
            revision: 2,
            issued_on: today,
            partner_name: line("L’Œil écoute"),
            company: Company {
                legal_name: line("SARL L’Œil"),
                siret: Siret::made_up(1),
                address: Some(Address {
                    street: line("1 rue des Arènes"),
                    postcode: Postcode::parse("13200").unwrap(),
                    commune: line("Arles"),
                }),
            },
            commune: Some(line("Arles")),
            takings: vec![takings("2026-11", 24_000), takings("2026-12", 1)],
            transfers: vec![Transfer {
                batch: week(),
                payee,
                execution_day: today.next_target_day(),
                outcome,
                verified: false,
            }],
        }
    }

    #[test]
    fn a_statement_reads_back_and_only_one_that_is_due_lies_in_the_index_of_those() {
        let on = week().last_day();
        let reason = Some(line("AC04"));
        let failed = Outcome::Failed { on, failure: Failure::Rejected, reason, again: false };
        let disputed = Outcome::ToCheck { on, reason: None };
        for (outcome, waits) in [
            (Outcome::Ordered, None),
            (Outcome::Paid { on }, None),
            (failed, Some(&text(DUE))),
            (disputed, Some(&text(TO_CHECK))),
        ] {
            let stored = some_statement(outcome);
            let item = statement_item(&stored);
            assert_eq!(item.get("due"), waits);
            assert_eq!(item["rank"].as_s().unwrap(), "000000024001#10000001");
            assert_eq!(statement(item).unwrap(), stored);
        }
        let without_account = Statement { transfers: Vec::new(), commune: None, ..some_statement(Outcome::Ordered) };
        assert!(statement_item(&without_account).contains_key("due"));
        assert_eq!(statement(statement_item(&without_account)).unwrap(), without_account);
    }

    #[test]
    fn a_batch_reads_back_in_every_phase() {
        let now = week().next().first_day().starts();
        let open = Batch::open(week(), 2, now).unwrap();
        let difference = Difference {
            rule: AuditRule::LinesDoNotAddUp,
            partner: Some(PartnerId::mint(1)),
            stated_cents: 1,
            found_cents: 2,
        };
        let total = Total::of(1, Euros::from_cents(24_001));
        let figures = Figures {
            statements: total,
            transfers: total,
            takings: some_statement(Outcome::Ordered).takings,
            ..Figures::default()
        };
        let today = week().next().first_day();
        let file = BankFile { key: "transfers/1.xml".into(), sha256: "0".into(), execution_day: today };
        let walked = open.walked(PartnerId::mint(1), 1);
        let sealed = walked.sealed(now);
        let made = sealed.made(figures, Some(file));
        let stopped = sealed.stopped(difference, now);
        let empty = sealed.made(Figures::default(), None);
        let report = AppliedReport { sha256: "1".into(), on: today, executed: 1, rejected: 0, contradicted: 1 };
        let reported = made.reported(report, true).unwrap();
        let sent = made.sent(today).unwrap();
        let later = today.plus_days(9).starts();
        let anew = made.made_anew(later).unwrap();
        for stored in [open, walked, sealed, stopped, empty, sent, made.paid(today).unwrap(), reported, anew] {
            assert_eq!(batch(batch_item(&stored)).unwrap(), stored);
        }
    }

    #[test]
    fn a_batch_that_was_sent_before_that_could_be_taken_back_stays_sent() {
        let now = week().next().first_day().starts();
        let today = week().next().first_day();
        let file = BankFile { key: "transfers/1.xml".into(), sha256: "0".into(), execution_day: today };
        let made = Batch::open(week(), 1, now).unwrap().sealed(now).made(Figures::default(), Some(file));
        let older = |of: &Batch| {
            let mut item = batch_item(of);
            for name in ["is_answered", "reports", "replaced"] {
                item.remove(name).unwrap();
            }
            batch(item).unwrap()
        };
        assert!(older(&made).sent(today).unwrap().not_sent().is_ok());
        assert!(older(&made.sent(today).unwrap()).not_sent().is_err());
    }

    #[test]
    fn what_was_taken_in_communes_reads_back() {
        let month = Month::parse("2026-11").unwrap();
        let total = Total::of(3, Euros::from_cents(12_50));
        let communes = [Some(line("Arles")), None].map(|commune| CommuneTakings { commune, month, partners: 2, total });
        let item = to_item(&CommunesItem::of(week(), &communes));
        let read = from_item::<CommunesItem>(Table::Reimbursements, item).unwrap().read();
        assert_eq!(read, (week(), communes.to_vec()));
    }
}
