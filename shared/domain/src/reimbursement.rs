//! What a partner is paid back (guide §7.3): one statement a week, and the transfers that pay it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::kept_as_code;
use crate::{
    Address, BankWord, Batch, Bic, Email, Envelope, Euros, Fault, Iban, Line, Month, ParisDay, Partner, PartnerId,
    Refusal, Siret, Verdict, Week,
};

/// The number of a statement: the week and the partner's dossier, `2026-W47-12345678`. There is one of each.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StatementNumber {
    /// What it closes.
    pub week: Week,
    /// Whose it is.
    pub partner: PartnerId,
}

const NO_STATEMENT: Fault =
    Fault::new("statement_number", "Indiquez un numéro de relevé, par exemple 2026-W47-12345678.");

impl StatementNumber {
    /// Reads a number.
    ///
    /// # Errors
    /// `missing` when blank; `statement_number` when it is none.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        let (week, partner) = typed.rsplit_once('-').ok_or(NO_STATEMENT)?;
        let week = Week::parse(week).map_err(|_| NO_STATEMENT)?;
        let partner = PartnerId::parse(partner).map_err(|_| NO_STATEMENT)?;
        Some(Self { week, partner }).filter(|number| number.code() == typed).ok_or(NO_STATEMENT)
    }

    /// `2026-W47-12345678`.
    pub fn code(&self) -> String {
        format!("{}-{}", self.week, self.partner)
    }
}

impl fmt::Display for StatementNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

/// What a transfer is called at the bank (ISO 20022, *EndToEndId*): the statement's number; when it is paid again, after a
/// transfer that failed, the number and how manieth it is, `2026-W47-12345678-2`. At most 35 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TransferReference {
    /// What it pays.
    pub statement: StatementNumber,
    /// From 1.
    pub attempt: usize,
}

impl TransferReference {
    /// Reads a reference.
    ///
    /// # Errors
    /// As [`StatementNumber::parse`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = text.trim();
        if let Ok(statement) = StatementNumber::parse(typed) {
            return Ok(Self { statement, attempt: 1 });
        }
        let (number, attempt) = typed.rsplit_once('-').ok_or(NO_STATEMENT)?;
        let statement = StatementNumber::parse(number)?;
        let attempt = attempt.parse().map_err(|_| NO_STATEMENT)?;
        Some(Self { statement, attempt }).filter(|read| read.attempt > 1 && read.code() == typed).ok_or(NO_STATEMENT)
    }

    /// As the bank is told.
    pub fn code(&self) -> String {
        match self.attempt {
            0 | 1 => self.statement.code(),
            again => format!("{}-{again}", self.statement),
        }
    }
}

impl fmt::Display for TransferReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

kept_as_code!(StatementNumber, TransferReference);

/// The account that a transfer goes to, as it was approved when the transfer was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// *Nom du titulaire*.
    pub holder: Line,
    /// *IBAN*.
    pub iban: Iban,
    /// *BIC*.
    pub bic: Bic,
    /// The commune of the administrative address, in France; a bank is told it, or nothing.
    pub town: Option<Line>,
}

impl Payee {
    fn is_same_account(&self, other: &Self) -> bool {
        (&self.iban, &self.bic, &self.holder) == (&other.iban, &other.bic, &other.holder)
    }
}

/// Who a statement is made out to, as the partner's bookkeeping knows itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// *Raison sociale*.
    pub legal_name: Line,
    /// *N° SIRET*.
    pub siret: Siret,
    /// *Adresse administrative*, once declared.
    pub address: Option<Address>,
}

/// A partner as the batch needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creditor {
    /// Who.
    pub partner: PartnerId,
    /// The name that people know.
    pub name: Line,
    /// Who the statement is made out to.
    pub company: Company,
    /// Where it trades, once declared.
    pub commune: Option<Line>,
    /// The approved account, where there is one.
    pub payee: Option<Payee>,
    /// Where it is told.
    pub email: Email,
    /// Who reads it there.
    pub referent: Line,
}

impl Creditor {
    /// What the batch needs of a partner.
    pub fn of(partner: &Partner) -> Self {
        let dossier = partner.dossier();
        Self {
            partner: partner.id.clone(),
            name: partner.known_as().clone(),
            company: Company {
                legal_name: partner.legal_name().clone(),
                siret: partner.siret().clone(),
                address: dossier.map(|dossier| dossier.administrative.address.clone()),
            },
            commune: dossier.map(|dossier| dossier.activity.address.commune.clone()),
            payee: partner.paid_to.as_ref().map(|account| Payee {
                holder: account.holder.clone(),
                iban: account.iban.clone(),
                bic: account.bic.clone(),
                town: dossier.map(|dossier| dossier.administrative.address.commune.clone()),
            }),
            email: partner.referent_email().clone(),
            referent: partner.referent_name(),
        }
    }
}

/// What was taken in one envelope in one month; cancelled transactions do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Takings {
    /// When.
    pub month: Month,
    /// Of which envelope.
    pub envelope: Envelope,
    /// How many transactions.
    pub count: u32,
    /// How much together.
    pub amount: Euros,
}

/// Adds transactions up, by month and envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<(Month, Envelope), (u32, u64)>);

impl Tally {
    /// Counts one transaction that stands.
    pub fn add(&mut self, month: Month, envelope: Envelope, amount: Euros) {
        self.add_all(&Takings { month, envelope, count: 1, amount });
    }

    /// Counts several.
    pub fn add_all(&mut self, takings: &Takings) {
        let (count, cents) = self.0.entry((takings.month, takings.envelope)).or_default();
        *count += takings.count;
        *cents += takings.amount.cents();
    }

    /// By month, then in the order of the envelopes.
    pub fn takings(&self) -> Vec<Takings> {
        let told = |(&(month, envelope), &(count, cents))| Takings {
            month,
            envelope,
            count,
            amount: Euros::from_cents(cents),
        };
        self.0.iter().map(told).collect()
    }
}

/// How many transactions, and how much they are together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many.
    pub count: u32,
    /// How much, in cents.
    cents: u64,
}

impl Total {
    /// So many, so much.
    pub fn of(count: u32, amount: Euros) -> Self {
        Self { count, cents: amount.cents() }
    }

    /// How much.
    pub const fn amount(self) -> Euros {
        Euros::from_cents(self.cents)
    }

    /// What one of them comes to on average, to the cent below; none of none.
    pub fn average(self) -> Option<Euros> {
        self.cents.checked_div(u64::from(self.count)).map(Euros::from_cents)
    }

    /// One more.
    pub fn add(&mut self, amount: Euros) {
        *self += Self::of(1, amount);
    }
}

impl std::ops::AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.cents += other.cents;
    }
}

impl std::iter::Sum for Total {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}

/// What one partner gets of one week. What it closes never changes; the transfers that pay it follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Week and partner.
    pub number: StatementNumber,
    /// Counts the changes: a decision is made on the revision that was read.
    pub revision: u32,
    /// The day of the batch that closed the week.
    pub issued_on: ParisDay,
    /// The name that people knew the partner by.
    pub partner_name: Line,
    /// Who it is made out to, as the dossier said then.
    pub company: Company,
    /// Where it traded.
    pub commune: Option<Line>,
    /// At least one.
    pub takings: Vec<Takings>,
    /// In their order; none while no account is approved. All but the last one failed.
    pub transfers: Vec<Transfer>,
}

/// An order to the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The batch whose file carries it.
    pub batch: Week,
    /// To whom.
    pub payee: Payee,
    /// When the bank is asked to execute it.
    pub execution_day: ParisDay,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether a person decided its outcome after the bank contradicted itself: what the bank repeats changes it no more.
    #[serde(default)]
    pub verified: bool,
}

/// The outcome of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing else was heard of it than of its batch.
    Ordered,
    /// The bank says that this one is executed.
    Paid {
        /// Since when we know.
        on: ParisDay,
    },
    /// The money is due again.
    Failed {
        /// Since when we know.
        on: ParisDay,
        /// How.
        failure: Failure,
        /// The bank's words, where it gave some: a reason code of ISO 20022, such as `AC04`.
        reason: Option<Line>,
        /// Whether the next batch pays it to the same account too; if not, it waits for another account to be approved, or
        /// for the team.
        again: bool,
    },
    /// The bank says that this one is executed and that it is rejected: nothing is ordered, and nobody is told, before a
    /// person has found out which.
    ToCheck {
        /// Since when we know.
        on: ParisDay,
        /// The reason that it gave for the rejection.
        reason: Option<Line>,
    },
}

/// What a person found out about an order of which the bank contradicted itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundOut {
    /// It is executed: the partner has the money.
    Executed,
    /// It is not, or the money came back: it is due again.
    Failed(Failure),
}

impl FoundOut {
    /// All, as on the form.
    pub const ALL: [Self; 3] = [Self::Executed, Self::Failed(Failure::Rejected), Self::Failed(Failure::Returned)];

    /// The word of the form and of JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// As on the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Executed => "Exécuté : le partenaire a reçu la somme",
            Self::Failed(Failure::Rejected) => "Rejeté : le virement n’est jamais parti",
            Self::Failed(Failure::Returned) => "Retourné : la somme est partie, puis revenue",
        }
    }

    /// Reads the word of a form.
    ///
    /// # Errors
    /// `missing` unless one was chosen.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|found| found.code() == text).ok_or_else(Fault::missing)
    }
}

/// How an order failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Never executed.
    Rejected,
    /// Executed, and sent back by the partner's bank.
    Returned,
}

impl Failure {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Rejected, Self::Returned];

    /// The word at rest, in forms and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Returned => "returned",
        }
    }

    /// As on the screens.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Rejected => "Rejeté par la banque",
            Self::Returned => "Retourné par la banque",
        }
    }

    /// Reads the word of a form.
    ///
    /// # Errors
    /// `missing` unless one of the two was chosen.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|failure| failure.code() == text).ok_or_else(Fault::missing)
    }
}

/// Where the money of a statement stands, as a partner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferStage {
    /// Due; it waits for the next batch, or for an approved account.
    Upcoming,
    /// Its batch is closed, the bank has not got it yet.
    InBatch,
    /// The bank has the order.
    Sent,
    /// Executed.
    Paid,
    /// The bank said no: the IBAN is to be checked.
    Rejected,
    /// The bank contradicts itself: the team finds out.
    ToCheck,
}

impl TransferStage {
    /// The word of JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::InBatch => "in_batch",
            Self::Sent => "sent",
            Self::Paid => "paid",
            Self::Rejected => "rejected",
            Self::ToCheck => "to_check",
        }
    }

    /// As on the screens.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Upcoming => "À venir",
            Self::InBatch => "Dans le lot",
            Self::Sent => "Envoyé",
            Self::Paid => "Payé",
            Self::Rejected => "Rejeté",
            Self::ToCheck => "À vérifier",
        }
    }
}

impl Statement {
    /// The statement of what a partner took in a week, paid with the batch that closes it where an account is approved;
    /// none where nothing stands.
    pub fn issue(creditor: &Creditor, tally: &Tally, batch: &Batch) -> Option<Self> {
        let takings = tally.takings();
        let order = |payee: &Payee| Transfer::order(payee.clone(), batch.week, batch.opened_on.next_target_day());
        (!takings.is_empty()).then(|| Self {
            number: StatementNumber { week: batch.week, partner: creditor.partner.clone() },
            revision: 1,
            issued_on: batch.opened_on,
            partner_name: creditor.name.clone(),
            company: creditor.company.clone(),
            commune: creditor.commune.clone(),
            takings,
            transfers: creditor.payee.iter().map(order).collect(),
        })
    }

    /// How many transactions stand, and how much they are together.
    pub fn sum(&self) -> Total {
        self.takings.iter().map(|takings| Total::of(takings.count, takings.amount)).sum()
    }

    /// The order that stands, or that failed last.
    pub fn last_transfer(&self) -> Option<&Transfer> {
        self.transfers.last()
    }

    /// What the bank calls the last order.
    pub fn reference(&self) -> TransferReference {
        TransferReference { statement: self.number.clone(), attempt: self.transfers.len().max(1) }
    }

    /// The order that a batch's file carries for it; none where another order of it is known to be executed.
    pub fn transfer_in(&self, batch: Week) -> Option<&Transfer> {
        self.last_transfer()
            .filter(|transfer| transfer.batch == batch && !transfer.has_failed() && !self.was_paid_before())
    }

    /// Its orders in a batch, each with its attempt.
    pub fn orders_in(&self, batch: Week) -> impl Iterator<Item = (TransferReference, &Transfer)> {
        let orders = self.transfers.iter().zip(1..).filter(move |(order, _)| order.batch == batch);
        orders.map(|(order, attempt)| (TransferReference { statement: self.number.clone(), attempt }, order))
    }

    /// Whether an order before the last one is executed after all.
    fn was_paid_before(&self) -> bool {
        self.transfers.iter().rev().skip(1).any(Transfer::is_paid)
    }

    /// Whether the bank contradicts itself about one of its orders: the money waits for a person.
    pub fn is_to_check(&self) -> bool {
        self.transfers.iter().any(Transfer::is_to_check)
    }

    /// Whether its money is due and in no batch.
    pub fn is_due(&self) -> bool {
        !self.is_to_check() && !self.was_paid_before() && self.last_transfer().is_none_or(Transfer::has_failed)
    }

    /// Where its money stands; `batch` is that of its last order.
    pub fn stage(&self, batch: Option<&Batch>) -> TransferStage {
        if self.is_to_check() {
            return TransferStage::ToCheck;
        }
        if self.was_paid_before() {
            return TransferStage::Paid;
        }
        match self.last_transfer().map(|transfer| &transfer.outcome) {
            None | Some(Outcome::Failed { failure: Failure::Returned, .. }) => TransferStage::Upcoming,
            Some(Outcome::Failed { failure: Failure::Rejected, .. }) => TransferStage::Rejected,
            Some(Outcome::Paid { .. }) => TransferStage::Paid,
            Some(Outcome::ToCheck { .. }) => TransferStage::ToCheck,
            Some(Outcome::Ordered) => batch.map_or(TransferStage::InBatch, Batch::stage),
        }
    }

    /// Whom the next batch pays it to: the approved account, unless the bank refused that very one and the team did not say
    /// to try it again. Nobody while the bank contradicts itself.
    pub fn next_payee(&self, approved: Option<&Payee>) -> Option<Payee> {
        let payee = approved.filter(|_| self.is_due())?;
        let is_payable = match self.last_transfer() {
            None => true,
            Some(Transfer { outcome: Outcome::Failed { again, .. }, payee: refused, .. }) => {
                *again || !refused.is_same_account(payee)
            }
            Some(_) => false,
        };
        is_payable.then(|| payee.clone())
    }

    /// Ordered again, with a later batch.
    #[must_use]
    pub fn carried(mut self, payee: Payee, batch: &Batch) -> Self {
        self.transfers.push(Transfer::order(payee, batch.week, batch.opened_on.next_target_day()));
        self.changed()
    }

    /// The team notes that the last order is executed.
    ///
    /// # Errors
    /// [`Refusal::TransferNotOrdered`] unless one stands.
    pub fn paid(mut self, on: ParisDay) -> Result<Self, Refusal> {
        match self.transfers.last_mut() {
            Some(Transfer { outcome: outcome @ Outcome::Ordered, .. }) => *outcome = Outcome::Paid { on },
            Some(Transfer { outcome: Outcome::Paid { .. }, .. }) => return Ok(self),
            _ => return Err(Refusal::TransferNotOrdered),
        }
        Ok(self.changed())
    }

    /// The team notes that the bank rejected the last order, or sent it back: the money is due again.
    ///
    /// # Errors
    /// [`Refusal::TransferNotOrdered`] unless one stands.
    pub fn failed(mut self, failure: Failure, reason: Option<Line>, on: ParisDay) -> Result<Self, Refusal> {
        let stands = |transfer: &&mut Transfer| !transfer.has_failed() && !transfer.is_to_check();
        let transfer = self.transfers.last_mut().filter(stands);
        let transfer = transfer.ok_or(Refusal::TransferNotOrdered)?;
        transfer.outcome = Outcome::Failed { on, failure, reason, again: failure == Failure::Returned };
        Ok(self.changed())
    }

    /// What the bank says of one of its orders in this batch, from 1, and what that does ([`crate::reconcile`]).
    #[must_use]
    pub fn reported(&self, attempt: usize, word: &BankWord, batch: &Batch, on: ParisDay) -> (Self, Verdict) {
        let mut after = self.clone();
        let order = attempt.checked_sub(1).and_then(|place| after.transfers.get_mut(place));
        let Some(order) = order.filter(|order| order.batch == batch.week) else {
            return (after, Verdict::Unchanged);
        };
        let verdict = order.hear(word, batch, on);
        if after == *self { (after, verdict) } else { (after.changed(), verdict) }
    }

    /// A person found out what became of an order of which the bank contradicted itself.
    ///
    /// # Errors
    /// [`Refusal::TransferNotToCheck`] unless it is one of those.
    pub fn verified(mut self, attempt: usize, found: FoundOut, on: ParisDay) -> Result<Self, Refusal> {
        let order = attempt.checked_sub(1).and_then(|place| self.transfers.get_mut(place));
        let order = order.filter(|order| order.is_to_check()).ok_or(Refusal::TransferNotToCheck)?;
        order.outcome = match found {
            FoundOut::Executed => Outcome::Paid { on },
            FoundOut::Failed(failure) => {
                Outcome::Failed { on, failure, reason: order.reason().cloned(), again: failure == Failure::Returned }
            }
        };
        order.verified = true;
        Ok(self.changed())
    }

    /// The team says that the next batch pays it to the account that was refused.
    ///
    /// # Errors
    /// [`Refusal::TransferNotRejected`] unless it waits for that.
    pub fn retried(mut self) -> Result<Self, Refusal> {
        if !self.is_due() {
            return Err(Refusal::TransferNotRejected);
        }
        match self.transfers.last_mut() {
            Some(Transfer { outcome: Outcome::Failed { again, .. }, .. }) if !*again => *again = true,
            _ => return Err(Refusal::TransferNotRejected),
        }
        Ok(self.changed())
    }

    fn changed(mut self) -> Self {
        self.revision += 1;
        self
    }
}

impl Transfer {
    const fn order(payee: Payee, batch: Week, execution_day: ParisDay) -> Self {
        Self { batch, payee, execution_day, outcome: Outcome::Ordered, verified: false }
    }

    /// Whether the bank executed it.
    pub const fn is_paid(&self) -> bool {
        matches!(self.outcome, Outcome::Paid { .. })
    }

    /// Whether the bank contradicts itself about it.
    pub const fn is_to_check(&self) -> bool {
        matches!(self.outcome, Outcome::ToCheck { .. })
    }

    /// Whether a person found out that it is executed, after the bank had contradicted itself.
    pub const fn is_found_executed(&self) -> bool {
        self.verified && self.is_paid()
    }

    /// Whether the bank ever said that it is executed, whatever it said besides; a transfer that was sent back was executed before.
    pub const fn was_executed(&self) -> bool {
        let is_returned = matches!(self.outcome, Outcome::Failed { failure: Failure::Returned, .. });
        self.is_paid() || self.is_to_check() || is_returned
    }

    /// Whether nothing final is known of it.
    pub const fn is_unanswered(&self) -> bool {
        matches!(self.outcome, Outcome::Ordered)
    }

    /// The bank's reason for a rejection, where it gave one.
    pub const fn reason(&self) -> Option<&Line> {
        match &self.outcome {
            Outcome::Failed { reason, .. } | Outcome::ToCheck { reason, .. } => reason.as_ref(),
            Outcome::Ordered | Outcome::Paid { .. } => None,
        }
    }

    /// Whether the money came back, or never left.
    pub const fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed { .. })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    /// The Monday after week 47, at four.
    fn monday() -> Timestamp {
        "2026-11-23T04:00:00+01:00".parse().unwrap()
    }

    fn week(code: &str) -> Week {
        Week::parse(code).unwrap()
    }

    fn batch() -> Batch {
        Batch::open(week("2026-W47"), 1, monday()).unwrap()
    }

    fn next_batch() -> Batch {
        Batch::open(week("2026-W48"), 1, monday() + jiff::SignedDuration::from_hours(7 * 24)).unwrap()
    }

    fn line(text: &str) -> Line {
        Line::parse(text, 70).unwrap()
    }

    fn payee(account: u64) -> Payee {
        let iban = Iban::french(30006, 1, account);
        Payee { holder: line("Librairie Maupetit"), iban, bic: Bic::parse("AGRIFRPP").unwrap(), town: None }
    }

    fn creditor(payee: Option<Payee>) -> Creditor {
        let email = Email::parse("libraire@exemple.fr").unwrap();
        Creditor {
            partner: PartnerId::mint(1),
            name: line("Maupetit"),
            company: Company { legal_name: line("SARL Maupetit"), siret: Siret::made_up(1), address: None },
            commune: Some(line("Marseille")),
            payee,
            email,
            referent: line("Ada Roux"),
        }
    }

    fn tally() -> Tally {
        let mut tally = Tally::default();
        let november = Month::parse("2026-11").unwrap();
        tally.add(november, Envelope::Reading, Euros::from_cents(12_50));
        tally.add(november, Envelope::Outing, Euros::from_cents(24_000));
        tally.add(november, Envelope::Reading, Euros::from_cents(1));
        tally
    }

    fn statement(payee: Option<Payee>) -> Statement {
        Statement::issue(&creditor(payee), &tally(), &batch()).unwrap()
    }

    #[test]
    fn a_statement_adds_up_what_stands_and_is_ordered_for_the_next_target_day() {
        let issued = statement(Some(payee(1)));
        assert_eq!(issued.number.code(), "2026-W47-10000001");
        assert_eq!(issued.sum(), Total::of(3, Euros::from_cents(25_251)));
        assert_eq!(issued.transfer_in(week("2026-W47")).unwrap().execution_day.iso(), "2026-11-24");
        assert_eq!(issued.stage(Some(&batch())), TransferStage::InBatch);
        assert_eq!(Statement::issue(&creditor(None), &Tally::default(), &batch()), None, "nothing stands");
    }

    #[test]
    fn without_an_approved_account_the_money_stays_due_until_there_is_one() {
        let waiting = statement(None);
        assert!(waiting.is_due());
        assert_eq!((waiting.stage(None), waiting.next_payee(None)), (TransferStage::Upcoming, None));
        let payee = waiting.next_payee(Some(&payee(1))).unwrap();
        let carried = waiting.carried(payee, &next_batch());
        assert!(!carried.is_due());
        assert!(carried.transfer_in(week("2026-W48")).is_some());
        assert_eq!(carried.reference().code(), "2026-W47-10000001", "its first order");
    }

    #[test]
    fn a_rejected_transfer_waits_for_another_account_or_for_the_team() {
        let today = ParisDay::of(monday());
        let reason = Line::parse("AC04", 35).ok();
        let rejected = statement(Some(payee(1))).failed(Failure::Rejected, reason, today).unwrap();
        assert_eq!((rejected.stage(None), rejected.is_due()), (TransferStage::Rejected, true));
        assert_eq!(rejected.next_payee(Some(&payee(1))), None);
        assert_eq!(rejected.next_payee(Some(&payee(2))), Some(payee(2)));
        let retried = rejected.clone().retried().unwrap();
        assert_eq!(retried.next_payee(Some(&payee(1))), Some(payee(1)));
        assert_eq!(retried.retried().unwrap_err(), Refusal::TransferNotRejected);
        let again = rejected.carried(payee(2), &next_batch());
        assert_eq!(again.reference().code(), "2026-W47-10000001-2");
        assert_eq!(again.transfer_in(week("2026-W47")), None, "the first file carries it no longer");
    }

    #[test]
    fn a_returned_transfer_is_paid_with_the_next_batch() {
        let today = ParisDay::of(monday());
        let returned = statement(Some(payee(1))).paid(today).unwrap().failed(Failure::Returned, None, today).unwrap();
        assert_eq!(returned.stage(None), TransferStage::Upcoming);
        assert_eq!(returned.next_payee(Some(&payee(1))), Some(payee(1)));
        assert_eq!(returned.clone().failed(Failure::Rejected, None, today), Err(Refusal::TransferNotOrdered));
        assert_eq!(returned.paid(today), Err(Refusal::TransferNotOrdered));
    }

    #[test]
    fn a_paid_transfer_is_neither_due_nor_paid_again() {
        let today = ParisDay::of(monday());
        let paid = statement(Some(payee(1))).paid(today).unwrap();
        assert_eq!((paid.is_due(), paid.next_payee(Some(&payee(2)))), (false, None));
        assert_eq!(paid.clone().paid(today), Ok(paid));
    }

    #[test]
    fn what_the_bank_says_counts_once_and_a_late_contradiction_is_to_be_checked() {
        let (today, reason) = (ParisDay::of(monday()), Line::parse("AC04", 35).ok());
        let (executed, rejected) = (BankWord::Executed, BankWord::Rejected { reason });
        let ordered = statement(Some(payee(1)));
        let heard = |of: &Statement, attempt, word: &BankWord| of.reported(attempt, word, &batch(), today).0;
        assert_eq!(heard(&ordered, 1, &BankWord::Accepted), ordered);
        assert_eq!(heard(&ordered, 1, &executed).stage(None), TransferStage::Paid);
        let failed = heard(&ordered, 1, &rejected);
        assert_eq!(failed.stage(None), TransferStage::Rejected);
        assert_eq!(heard(&failed, 1, &rejected), failed);
        let again = failed.clone().carried(payee(2), &next_batch());
        assert_eq!(heard(&again, 1, &rejected), again, "known already");
        assert_eq!(heard(&again, 2, &executed), again, "the second order is not in this batch");
        let paid_again = again.reported(2, &executed, &next_batch(), today).0;
        assert_eq!(paid_again.stage(None), TransferStage::Paid);
        let twice = heard(&again, 1, &executed);
        assert_eq!(twice.stage(None), TransferStage::ToCheck, "the first order is executed after all");
    }

    #[test]
    fn while_the_bank_contradicts_itself_nothing_is_ordered_or_noted() {
        let (today, rejected) = (ParisDay::of(monday()), BankWord::Rejected { reason: None });
        let failed = statement(Some(payee(1))).reported(1, &rejected, &batch(), today).0;
        let disputed = failed.reported(1, &BankWord::Executed, &batch(), today).0;
        assert_eq!((disputed.is_due(), disputed.next_payee(Some(&payee(2)))), (false, None));
        assert_eq!(disputed.clone().paid(today), Err(Refusal::TransferNotOrdered));
        assert_eq!(disputed.clone().failed(Failure::Rejected, None, today), Err(Refusal::TransferNotOrdered));
        assert_eq!(disputed.clone().retried(), Err(Refusal::TransferNotRejected));
        let found = |found| disputed.clone().verified(1, found, today).unwrap();
        assert_eq!(found(FoundOut::Executed).stage(None), TransferStage::Paid);
        let rejected = found(FoundOut::Failed(Failure::Rejected));
        assert_eq!((rejected.is_due(), rejected.next_payee(Some(&payee(1)))), (true, None));
        assert_eq!(found(FoundOut::Failed(Failure::Returned)).next_payee(Some(&payee(1))), Some(payee(1)));
        assert_eq!(rejected.reported(1, &BankWord::Executed, &batch(), today).0, rejected, "a person decided");
        assert_eq!(rejected.verified(1, FoundOut::Executed, today), Err(Refusal::TransferNotToCheck));
    }

    #[test]
    fn an_order_that_was_executed_after_all_leaves_nothing_due_and_nothing_in_a_later_file() {
        let (today, rejected) = (ParisDay::of(monday()), BankWord::Rejected { reason: None });
        let failed = statement(Some(payee(1))).reported(1, &rejected, &batch(), today).0;
        let again = failed.carried(payee(2), &next_batch());
        let disputed = again.reported(1, &BankWord::Executed, &batch(), today).0;
        assert!(disputed.transfer_in(week("2026-W48")).is_some(), "it is in the file until somebody decides");
        let paid = disputed.verified(1, FoundOut::Executed, today).unwrap();
        assert_eq!(paid.transfer_in(week("2026-W48")), None);
        let failed_later = paid.reported(2, &rejected, &next_batch(), today).0;
        assert_eq!((failed_later.is_due(), failed_later.stage(None)), (false, TransferStage::Paid));
    }

    #[test]
    fn an_order_that_was_stored_before_it_could_be_verified_reads_back() {
        let stored = serde_json::to_value(statement(Some(payee(1))).transfers.remove(0)).unwrap();
        let mut older = stored.clone();
        older.as_object_mut().unwrap().remove("verified");
        assert_eq!(
            serde_json::from_value::<Transfer>(older).unwrap(),
            serde_json::from_value::<Transfer>(stored).unwrap()
        );
    }

    #[test]
    fn numbers_and_references_are_read_back_and_nothing_else() {
        for text in ["2026-W47-12345678", "2026-W47-12345678-2", "2026-W47-12345678-10"] {
            assert_eq!(TransferReference::parse(text).unwrap().code(), text);
        }
        for text in
            ["2026-W47", "2026-W47-02345678", "2026-W54-12345678", "2026-W47-12345678-1", "2026-W47-12345678-02"]
        {
            assert_eq!(TransferReference::parse(text).unwrap_err().code, "statement_number", "{text}");
        }
        assert_eq!(StatementNumber::parse("2026-W47-12345678-2").unwrap_err().code, "statement_number");
        assert_eq!(StatementNumber::parse("").unwrap_err().code, "missing");
    }

    proptest! {
        #[test]
        fn any_text_is_either_a_reference_or_a_fault(text in "(2026-W47-)?\\PC{0,20}") {
            let _ = TransferReference::parse(&text);
        }

        #[test]
        fn takings_add_up_to_the_statement(cents in proptest::collection::vec((1..3_000_u64, 0..4_usize, 10..12_i8), 1..40)) {
            let mut tally = Tally::default();
            for (amount, envelope, month) in &cents {
                let month = Month::parse(&format!("2026-{month}")).unwrap();
                tally.add(month, Envelope::ALL[*envelope], Euros::from_cents(*amount));
            }
            let issued = Statement::issue(&creditor(None), &tally, &batch()).unwrap();
            prop_assert_eq!(issued.sum().amount().cents(), cents.iter().map(|(amount, ..)| amount).sum::<u64>());
            prop_assert_eq!(issued.sum().count as usize, cents.len());
        }
    }
}
