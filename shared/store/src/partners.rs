//! Partners: dossier and convention in one item.
//!
//! `partners`: key `partner_id` (the dossier number). Index `by_stage` (`stage`, `stage_since`) holds the team's
//! queues; index `by_bank_change` (`bank_change_waiting`, `bank_change_since`) holds only partners whose new account
//! waits for approval. `sirets`: key `siret`, which makes a SIRET unique; the same table holds the index of bank
//! accounts ([`crate::BankAccounts`]). [`crate::Directory`] holds a copy for the public. Every save is conditional on
//! the revision that was read.

use aws_sdk_dynamodb::types::{Select, TransactWriteItem};
use epass_domain::{
    Account, Address, BankDetails, Company, ConventionRefusal, Creditor, Email, Line, Listing, Partner, PartnerId,
    Payee, Siret, Stage, folded, full_name,
};
use futures::future::try_join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::accounts::Accounts;
use crate::bank_accounts::BankAccounts;
use crate::directory::Directory;
use crate::dynamo::{
    Commit, Dynamo, Found, Item, Key, StoreError, Table, from_item, number, refused_at, text, to_item, unexpected,
};
use crate::outbox::{Entry, Outbox};
use crate::writes::Expression;

/// A line of the team's queues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerLine {
    /// The dossier number.
    pub partner_id: PartnerId,
    /// *Raison sociale*.
    pub legal_name: Line,
    /// *Nom commercial*.
    pub trade_name: Line,
    /// The commune of the activity, once declared.
    pub commune: Option<Line>,
    /// The convention's version, once requested.
    pub convention_version: Option<u32>,
    /// The time at which it entered this queue.
    pub stage_since: Option<Timestamp>,
    /// The time since which its new account waits for approval.
    pub bank_change_since: Option<Timestamp>,
}

impl PartnerLine {
    /// Whether names and commune contain all of these words, [`folded`].
    fn has(&self, words: &[String]) -> bool {
        let commune = self.commune.as_ref().map_or("", Line::as_str);
        let names = folded(&format!("{} {} {commune}", self.legal_name.as_str(), self.trade_name.as_str()));
        words.iter().all(|word| names.contains(word.as_str()))
    }
}

/// A page of a queue, and the cursor of the next page.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// The lines, oldest first.
    pub lines: Vec<PartnerLine>,
    /// The place of the last line, if there are more.
    pub next: Option<QueuePlace>,
}

/// A place in a queue, used as a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuePlace {
    /// The line's time in the queue.
    pub since: Timestamp,
    /// The line's partner.
    pub partner: PartnerId,
}

/// The repository of partners.
#[derive(Clone, Debug)]
pub struct Partners(pub(crate) Dynamo);

impl Partners {
    /// The key of a partner, for a batch read.
    pub fn key(partner: &PartnerId) -> Key {
        Key::new(Table::Partners, "partner_id", partner)
    }

    /// Reads the partner from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, partner: &PartnerId) -> Result<Option<Partner>, StoreError> {
        found.read(&Self::key(partner))
    }

    /// Finds a partner.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, partner: &PartnerId) -> Result<Option<Partner>, StoreError> {
        self.0.get(&Self::key(partner)).await
    }

    /// The partner that has a SIRET.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn with_siret(&self, siret: &Siret) -> Result<Option<PartnerId>, StoreError> {
        #[derive(Deserialize)]
        struct Owner {
            partner_id: PartnerId,
        }
        Ok(self.0.get::<Owner>(&siret_key(siret)).await?.map(|owner| owner.partner_id))
    }

    /// Registers a partner: its account, its dossier, its SIRET and its notification mail, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`Taken`] names the identifier that is taken.
    pub async fn register(
        &self,
        partner: &Partner,
        account: &Account,
        mail: &Entry,
    ) -> Result<Result<(), Taken>, StoreError> {
        let writes = vec![
            self.claim(partner),
            self.0.put_new(Table::Partners, partner_item(partner), "partner_id"),
            Accounts(self.0.clone()).put_new(account),
            Outbox(self.0.clone()).entry(mail),
        ];
        match self.0.transact(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(reasons) if reasons.first().is_some_and(|siret| siret.failed) => Ok(Err(Taken::Siret)),
            Commit::Refused(_) => Ok(Err(Taken::Number)),
        }
    }

    /// Stores a partner as it is, with its SIRET, if neither exists yet. For demo data and imports.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn import(&self, partner: &Partner) -> Result<(), StoreError> {
        let new = self.0.put_new(Table::Partners, partner_item(partner), "partner_id");
        let listed = Directory(self.0.clone()).follow(partner);
        let mut writes = vec![self.claim(partner), new, listed];
        writes.extend(BankAccounts(self.0.clone()).follow(None, partner));
        self.0.transact(writes).await.map(|_| ())
    }

    /// Stores the change of a partner that was `before`, with its notification mails, in one transaction.
    ///
    /// # Errors
    /// [`StoreError`]; the inner [`ConventionRefusal`] is [`ConventionRefusal::Changed`] when it was changed since it
    /// was read, and [`ConventionRefusal::SiretTaken`] when another partner has its new SIRET.
    pub async fn save(
        &self,
        before: &Partner,
        after: &Partner,
        mails: &[Entry],
    ) -> Result<Result<(), ConventionRefusal>, StoreError> {
        let unchanged = Expression::new("revision = :read").value(":read", number(before.revision));
        let mut writes = vec![self.0.put_if(Table::Partners, partner_item(after), unchanged)];
        let siret_changed = before.siret() != after.siret();
        if siret_changed {
            writes.push(self.claim(after));
            writes.push(self.0.remove(&siret_key(before.siret())));
        }
        if Listing::of(before) != Listing::of(after) {
            writes.push(Directory(self.0.clone()).follow(after));
        }
        writes.extend(BankAccounts(self.0.clone()).follow(Some(before), after));
        let outbox = Outbox(self.0.clone());
        writes.extend(mails.iter().map(|mail| outbox.entry(mail)));
        match self.0.transact(writes).await? {
            Commit::Done => Ok(Ok(())),
            Commit::Refused(reasons) => match refused_at(&reasons) {
                Some(0) => Ok(Err(ConventionRefusal::Changed)),
                Some(1) if siret_changed => Ok(Err(ConventionRefusal::SiretTaken)),
                _ => Err(unexpected("a dossier", &reasons)),
            },
        }
    }

    /// A page of the partners at a stage, longest wait first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn at_stage(&self, stage: Stage, after: Option<&QueuePlace>, limit: i32) -> Result<Queue, StoreError> {
        self.queue("by_stage", ("stage", stage.code()), "stage_since", after, limit).await
    }

    /// A page of the partners whose new account waits for approval, longest wait first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn awaiting_bank(&self, after: Option<&QueuePlace>, limit: i32) -> Result<Queue, StoreError> {
        self.queue("by_bank_change", ("bank_change_waiting", WAITING), "bank_change_since", after, limit).await
    }

    /// The first `limit` partners whose names or commune contain all of these folded words, by name, and whether there
    /// are more. Every partner is at one stage, so `by_stage` lists them all, with their names: one query for each
    /// stage, all concurrently, each by the megabyte. The region's 1,500 partners cost some thirty read units; an index
    /// of its own would cost one more write for each change of a dossier.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn named(&self, words: &[String], limit: usize) -> Result<(Vec<PartnerLine>, bool), StoreError> {
        let asked = Stage::ALL.into_iter().map(|stage| self.named_at(stage, words));
        let mut found = try_join_all(asked).await?.concat();
        found.sort_by_cached_key(|line| (folded(line.trade_name.as_str()), line.partner_id.clone()));
        let is_more = found.len() > limit;
        found.truncate(limit);
        Ok((found, is_more))
    }

    async fn named_at(&self, stage: Stage, words: &[String]) -> Result<Vec<PartnerLine>, StoreError> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = self.at_stage(stage, after.as_ref(), LINES_OF_A_MEGABYTE).await?;
            found.extend(page.lines.into_iter().filter(|line| line.has(words)));
            after = page.next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    async fn queue(
        &self,
        index: &str,
        (hash, value): (&'static str, &str),
        range: &'static str,
        after: Option<&QueuePlace>,
        limit: i32,
    ) -> Result<Queue, StoreError> {
        let start = after.map(|place| {
            Item::from([
                (hash.to_owned(), text(value)),
                (range.to_owned(), text(place.since)),
                ("partner_id".to_owned(), text(&place.partner)),
            ])
        });
        let query = self
            .0
            .query(Table::Partners)
            .index_name(index)
            .key_condition_expression("#hash = :value")
            .expression_attribute_names("#hash", hash)
            .expression_attribute_values(":value", text(value))
            .set_exclusive_start_key(start)
            .limit(limit);
        let (items, more) = self.0.page(query).await?;
        let lines: Vec<PartnerLine> =
            items.into_iter().map(|item| from_item(Table::Partners, item)).collect::<Result<_, _>>()?;
        let place = |line: &PartnerLine| {
            let since = if range == "stage_since" { line.stage_since } else { line.bank_change_since };
            since.map(|since| QueuePlace { since, partner: line.partner_id.clone() })
        };
        let next = more.and(lines.last()).and_then(place);
        Ok(Queue { lines, next })
    }

    /// The number of partners; scans the whole table, by the megabyte.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count(&self) -> Result<u32, StoreError> {
        let (mut count, mut start) = (0, None);
        loop {
            let scan = self.0.scan(Table::Partners).select(Select::Count).set_exclusive_start_key(start);
            let answer = self.0.scanned(scan).await?;
            count += u32::try_from(answer.count).unwrap_or_default();
            start = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                return Ok(count);
            }
        }
    }

    /// A page of at most `limit` partners, after the one given, in a fixed order over all of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn walk(
        &self,
        after: Option<&PartnerId>,
        limit: i32,
    ) -> Result<(Vec<Creditor>, Option<PartnerId>), StoreError> {
        let (items, next) = self.step(after, limit, CREDITOR).await?;
        let read = |item| from_item::<CreditorItem>(Table::Partners, item).map(CreditorItem::read);
        Ok((items.into_iter().map(read).collect::<Result<_, _>>()?, next))
    }

    /// As [`Partners::walk`], with the dossier numbers only.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn walk_numbers(
        &self,
        after: Option<&PartnerId>,
        limit: i32,
    ) -> Result<(Vec<PartnerId>, Option<PartnerId>), StoreError> {
        let (items, next) = self.step(after, limit, "partner_id").await?;
        Ok((items.into_iter().map(numbered).collect::<Result<_, _>>()?, next))
    }

    async fn step(
        &self,
        after: Option<&PartnerId>,
        limit: i32,
        wanted: &str,
    ) -> Result<(Vec<Item>, Option<PartnerId>), StoreError> {
        let start = after.map(|partner| Self::key(partner).attributes());
        let scan =
            self.0.scan(Table::Partners).projection_expression(wanted).set_exclusive_start_key(start).limit(limit);
        let answer = self.0.scanned(scan).await?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty()).map(numbered).transpose()?;
        Ok((answer.items.unwrap_or_default(), next))
    }

    /// Claims the partner's SIRET, on the condition that no other partner has it.
    fn claim(&self, partner: &Partner) -> TransactWriteItem {
        let item = Item::from([
            ("siret".to_owned(), text(partner.siret().as_str())),
            ("partner_id".to_owned(), text(&partner.id)),
        ]);
        let free = Expression::new("attribute_not_exists(siret) OR partner_id = :own").value(":own", text(&partner.id));
        self.0.put_if(Table::Sirets, item, free)
    }
}

/// The identifier of a registration that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The SIRET.
    Siret,
    /// The generated dossier number or identifier: retry with new ones.
    Number,
}

/// The attributes that the batch reads of a partner: the paths of [`CreditorItem`].
const CREDITOR: &str = "partner_id, trade_name, commune, paid_to, declared.registered.email, \
    declared.registered.legal_name, declared.registered.siret, declared.registered.first_name, \
    declared.registered.last_name, declared.complete.referent, \
    declared.complete.administrative.legal_name, declared.complete.administrative.siret, \
    declared.complete.administrative.address";

#[derive(Deserialize)]
struct CreditorItem {
    partner_id: PartnerId,
    trade_name: Line,
    commune: Option<Line>,
    paid_to: Option<BankDetails>,
    declared: DeclaredPart,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeclaredPart {
    Registered { legal_name: Line, siret: Siret, email: Email, first_name: Line, last_name: Line },
    Complete { referent: ReferentPart, administrative: AdministrativePart },
}

#[derive(Deserialize)]
struct ReferentPart {
    email: Email,
    first_name: Line,
    last_name: Line,
}

#[derive(Deserialize)]
struct AdministrativePart {
    legal_name: Line,
    siret: Siret,
    address: Address,
}

impl CreditorItem {
    /// Gives the same as [`Creditor::of`] of a whole partner; a test compares the two.
    fn read(self) -> Creditor {
        let (email, referent, company) = match self.declared {
            DeclaredPart::Registered { legal_name, siret, email, first_name, last_name } => {
                (email, full_name(&first_name, &last_name), Company { legal_name, siret, address: None })
            }
            DeclaredPart::Complete { referent, administrative } => {
                let AdministrativePart { legal_name, siret, address } = administrative;
                let name = full_name(&referent.first_name, &referent.last_name);
                (referent.email, name, Company { legal_name, siret, address: Some(address) })
            }
        };
        let town = company.address.as_ref().map(|address| address.commune.clone());
        let payee = self.paid_to.map(|BankDetails { holder, iban, bic, .. }| Payee { holder, iban, bic, town });
        let (partner, name, commune) = (self.partner_id, self.trade_name, self.commune);
        Creditor { partner, name, company, commune, payee, email, referent }
    }
}

fn numbered(item: Item) -> Result<PartnerId, StoreError> {
    #[derive(Deserialize)]
    struct Numbered {
        partner_id: PartnerId,
    }
    from_item::<Numbered>(Table::Partners, item).map(|one| one.partner_id)
}

const WAITING: &str = "yes";

/// More lines than a page of a query can hold: DynamoDB ends a page at a megabyte.
const LINES_OF_A_MEGABYTE: i32 = 10_000;

fn siret_key(siret: &Siret) -> Key {
    Key::new(Table::Sirets, "siret", siret.as_str())
}

pub(crate) fn partner_item(partner: &Partner) -> Item {
    let (stage, since) = partner.stage();
    let mut item = to_item(partner);
    item.insert("partner_id".into(), text(&partner.id));
    item.insert("stage".into(), text(stage.code()));
    item.insert("stage_since".into(), text(since));
    item.insert("legal_name".into(), text(partner.legal_name().as_str()));
    item.insert("trade_name".into(), text(partner.known_as().as_str()));
    if let Some(dossier) = partner.dossier() {
        item.insert("commune".into(), text(dossier.activity.address.commune.as_str()));
    }
    if let Some(convention) = &partner.convention {
        item.insert("convention_version".into(), number(convention.version));
    }
    if partner.bank_change_since.is_some() {
        item.insert("bank_change_waiting".into(), text(WAITING));
    }
    item
}
