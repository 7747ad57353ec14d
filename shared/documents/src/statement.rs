//! The statement of a week: what a partner took, and the transfer that pays it (guide §7.3).

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Serialize;

use crate::press::{RenderError, Template, render};

static STATEMENT: LazyLock<Template> =
    LazyLock::new(|| Template::new("statement.typ", include_str!("../templates/statement.typ")));

/// What a statement says. Each text is printed as it stands, whatever it contains; an empty one leaves its row out. It names no
/// young person.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct StatementText {
    /// Its number, which is also the transfer's reference: "2026-W47-12345678".
    pub number: String,
    /// Monday: "16/11/2026".
    pub first_day: String,
    /// Sunday: "22/11/2026".
    pub last_day: String,
    /// The day written on it and in the PDF's metadata.
    pub issued_on: Date,
    /// *Raison sociale*.
    pub legal_name: String,
    /// *Nom commercial ou d'usage*, may be empty.
    pub trade_name: String,
    /// The dossier's number.
    pub dossier_number: String,
    /// SIRET, grouped: "123 456 789 00012".
    pub siret: String,
    /// *Adresse administrative*, on one line, may be empty.
    pub administrative_address: String,
    /// Where the money goes; none while no account was approved.
    pub payee: Option<PayeeText>,
    /// How many transactions stand.
    pub count: u32,
    /// What they come to: "1 234,50 €".
    pub total: String,
    /// How many were cancelled.
    pub cancelled: u32,
    /// The envelopes in which something was taken.
    pub totals: Vec<EnvelopeTotal>,
    /// The days on which something was taken, in their order.
    pub days: Vec<StatementDay>,
}

/// The account that is paid.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PayeeText {
    /// *Nom du titulaire*.
    pub holder: String,
    /// IBAN, masked: "FR76 •••• •••• 0189".
    pub iban_masked: String,
    /// BIC.
    pub bic: String,
    /// When the bank is asked to execute: "24/11/2026".
    pub planned_on: String,
}

/// What was taken in one envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnvelopeTotal {
    /// The envelope's label: "Lecture".
    pub label: String,
    /// How many transactions.
    pub count: u32,
    /// How much: "12,50 €".
    pub amount: String,
    /// Its share of the whole, 0 to 100.
    pub percent: u32,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementDay {
    /// In words: "Lundi 16 novembre 2026".
    pub day: String,
    /// What stands of it: "12,50 €".
    pub total: String,
    /// In the order in which they were made.
    pub lines: Vec<StatementLine>,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// "14 h 05".
    pub time: String,
    /// What was paid: "Paiement en caisse", or an outing with its head count.
    pub what: String,
    /// The envelope's label.
    pub envelope: String,
    /// A short number to find it by.
    pub number: String,
    /// "12,50 €".
    pub amount: String,
    /// What stands of the week up to here and with it: "1 234,50 €". Carried over where a page ends.
    pub running: String,
    /// Whether it was cancelled: shown, not counted.
    pub cancelled: bool,
}

/// Names and bank details stay out of logs.
impl fmt::Debug for StatementText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StatementText").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Names and bank details stay out of logs.
impl fmt::Debug for PayeeText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PayeeText(***)")
    }
}

/// The statement as a tagged PDF, PDF/A-2a and PDF/UA-1: the same text always gives the same bytes.
///
/// CPU work of some tens of milliseconds for a few hundred lines, and of seconds for thousands, that does not yield: run it where
/// blocking is allowed.
///
/// # Errors
/// [`RenderError`] when the template, or what it gave, is refused.
pub fn statement_pdf(text: &StatementText) -> Result<Vec<u8>, RenderError> {
    render(&STATEMENT, text, format!("epass-statement/{}", text.number))
}
