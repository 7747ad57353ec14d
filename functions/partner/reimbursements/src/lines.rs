//! The transactions of a statement, by day, without the names of young people.

use epass_domain::{ParisDay, Payer, StatementNumber, Total, Transaction, TransactionState, paris_hour};
use epass_store::Asked;
use epass_web::{App, Problem, csv, said, words};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The most transactions of a statement, above what a partner can take in a week. An incomplete document would not
/// add up, so it is not made.
pub(crate) const MOST_LINES: usize = 50_000;

/// The latest transactions of a statement's week up to a limit, in chronological order and with cancelled ones, and
/// whether they are complete.
pub(crate) async fn of_week(
    app: &App,
    number: &StatementNumber,
    limit: usize,
) -> Result<(Vec<Transaction>, bool), Problem> {
    let (from, to) = (Some(number.week.first_day()), Some(number.week.last_day()));
    let asked = Asked { from, to, ..Asked::all(number.partner.clone()) };
    let mut history = app.store.transactions.history(&asked, None, limit).await?;
    history.transactions.reverse();
    Ok((history.transactions, history.next.is_none()))
}

/// The total of the paid transactions.
pub(crate) fn sum(lines: &[Transaction]) -> Total {
    let standing = lines.iter().filter(|line| line.state == TransactionState::Paid);
    standing.map(|line| Total::of(1, line.amount)).sum()
}

/// The transactions grouped by day.
pub(crate) fn by_day(lines: &[Transaction]) -> impl Iterator<Item = (ParisDay, &[Transaction])> {
    let days = lines.chunk_by(|one, next| ParisDay::of(one.at) == ParisDay::of(next.at));
    days.filter_map(|day| Some((ParisDay::of(day.first()?.at), day)))
}

/// A day of a statement.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementDay)]
pub(crate) struct DayShown {
    #[schema(value_type = String, format = Date)]
    day: ParisDay,
    /// The sum of the day's paid transactions, in cents.
    pub(crate) amount_cents: u64,
    /// The transactions of the day, in chronological order.
    pub(crate) lines: Vec<LineShown>,
}

impl DayShown {
    pub(crate) fn all(lines: &[Transaction]) -> Vec<Self> {
        let shown = |(day, lines): (ParisDay, &[Transaction])| Self {
            day,
            amount_cents: sum(lines).amount().cents(),
            lines: lines.iter().map(LineShown::of).collect(),
        };
        by_day(lines).map(shown).collect()
    }

    /// The day, in words.
    pub(crate) fn said(&self) -> String {
        said(self.day, self.day)
    }
}

/// A transaction of a statement.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementTransaction)]
pub(crate) struct LineShown {
    pub(crate) id: String,
    /// The time of the payment: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The text `Paiement en caisse`, or the outing with its number of participants.
    pub(crate) what: String,
    #[schema(value_type = words::Envelope)]
    pub(crate) envelope: epass_domain::Envelope,
    pub(crate) amount_cents: u64,
    /// The state: `paid` or `cancelled`; a cancelled transaction does not count.
    #[schema(value_type = words::TransactionState)]
    pub(crate) state: &'static str,
}

impl LineShown {
    fn of(line: &Transaction) -> Self {
        Self {
            id: line.id.to_string(),
            at: line.at,
            what: what(&line.payer),
            envelope: line.envelope,
            amount_cents: line.amount.cents(),
            state: line.state.code(),
        }
    }

    /// The time of day in Paris.
    pub(crate) fn hour(&self) -> String {
        paris_hour(self.at)
    }
}

/// The text for what was paid.
pub(crate) fn what(payer: &Payer) -> String {
    match payer {
        Payer::Desk(_) => "Paiement en caisse".to_owned(),
        Payer::Outing(outing) => {
            let plural = if outing.present > 1 { "s" } else { "" };
            format!(
                "Sortie «\u{A0}{}\u{A0}», {}, {} participant{plural}",
                outing.title, outing.establishment, outing.present
            )
        }
    }
}

/// The column headings of a statement's file for a spreadsheet. The sum of *Montant compté* is the statement's total.
pub(crate) const HEADS: [&str; 12] = [
    "Relevé",
    "Date",
    "Heure de Paris",
    "Transaction",
    "Type",
    "Rubrique",
    "Montant (€)",
    "Montant compté (€)",
    "État",
    "Sortie",
    "Établissement",
    "Participants",
];

/// A row of that file.
pub(crate) fn row(number: &StatementNumber, line: &Transaction) -> [String; 12] {
    let (kind, [title, establishment, present]) = match &line.payer {
        Payer::Desk(_) => ("Paiement en caisse", Default::default()),
        Payer::Outing(outing) => {
            ("Sortie", [outing.title.to_string(), outing.establishment.to_string(), outing.present.to_string()])
        }
    };
    let [day, hour] = csv::day_and_hour(line.at);
    [
        number.code(),
        day,
        hour,
        line.id.number(),
        kind.to_owned(),
        line.envelope.label().to_owned(),
        line.amount.figures(),
        line.counted().figures(),
        line.state.label().to_owned(),
        title,
        establishment,
        present,
    ]
}
