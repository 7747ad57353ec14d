//! The statement of a week: a partner's transactions, and the transfer that pays them (guide §7.3).

use std::fmt;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Serialize;

use crate::press::{RenderError, Template, render};

static STATEMENT: LazyLock<Template> =
    LazyLock::new(|| Template::new("statement.typ", include_str!("../templates/statement.typ")));

/// The data of a statement. Each text is printed verbatim, whatever it contains; an empty one omits its row. It names
/// no young person.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct StatementText {
    /// The number, which is also the transfer's reference: "2026-W47-12345678".
    pub number: String,
    /// The Monday of the week: "16/11/2026".
    pub first_day: String,
    /// The Sunday of the week: "22/11/2026".
    pub last_day: String,
    /// The date of the document and of the PDF's metadata.
    pub issued_on: Date,
    /// *Raison sociale*.
    pub legal_name: String,
    /// *Nom commercial ou d'usage*; may be empty.
    pub trade_name: String,
    /// The dossier's number.
    pub dossier_number: String,
    /// SIRET, grouped: "123 456 789 00012".
    pub siret: String,
    /// *Adresse administrative*, on one line; may be empty.
    pub administrative_address: String,
    /// The account that is paid; none while no account was approved.
    pub payee: Option<PayeeText>,
    /// The number of transactions that were not cancelled.
    pub count: u32,
    /// Their total: "1 234,50 €".
    pub total: String,
    /// The number of cancelled transactions.
    pub cancelled: u32,
    /// The envelopes that have transactions.
    pub totals: Vec<EnvelopeTotal>,
    /// The days that have transactions, in order.
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
    /// The execution date that the bank is asked for: "24/11/2026".
    pub planned_on: String,
}

/// The total of one envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnvelopeTotal {
    /// The envelope's label: "Lecture".
    pub label: String,
    /// The number of transactions.
    pub count: u32,
    /// The total: "12,50 €".
    pub amount: String,
    /// Its percentage of the whole, 0 to 100.
    pub percent: u32,
}

/// One day of the week, with its transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementDay {
    /// The date in words: "Lundi 16 novembre 2026".
    pub day: String,
    /// The total without cancelled transactions: "12,50 €".
    pub total: String,
    /// The transactions, in order of time.
    pub lines: Vec<StatementLine>,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatementLine {
    /// The time: "14 h 05".
    pub time: String,
    /// The kind of transaction: "Paiement en caisse", or an outing with its head count.
    pub what: String,
    /// The envelope's label.
    pub envelope: String,
    /// A short number that identifies the transaction.
    pub number: String,
    /// The amount: "12,50 €".
    pub amount: String,
    /// The running total of the week, this line included: "1 234,50 €". A page break shows it as carried over.
    pub running: String,
    /// Whether it was cancelled: such a line is shown and not counted.
    pub cancelled: bool,
}

/// The fields hold names and bank details, which must not appear in logs.
impl fmt::Debug for StatementText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StatementText").field("number", &self.number).finish_non_exhaustive()
    }
}

/// The fields hold names and bank details, which must not appear in logs.
impl fmt::Debug for PayeeText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PayeeText(***)")
    }
}

/// Renders the statement as a tagged PDF, PDF/A-2a and PDF/UA-1: the same text always gives the same bytes.
///
/// It takes some tens of milliseconds of CPU time for a few hundred lines, and seconds for thousands, without yielding:
/// run it where blocking is allowed.
///
/// # Errors
/// [`RenderError`] when the template or its output is refused.
pub fn statement_pdf(text: &StatementText) -> Result<Vec<u8>, RenderError> {
    render(&STATEMENT, text, format!("epass-statement/{}", text.number))
}
