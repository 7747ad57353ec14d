//! The PDF of a statement: rendered at the first request, then stored. It contains only facts that never change, so
//! two concurrent renderings are the same: the closed takings, and the transfer order of the statement's own batch.

use bytes::Bytes;
use epass_documents::{EnvelopeTotal, PayeeText, StatementDay, StatementLine, StatementText, statement_pdf};
use epass_domain::{Euros, Statement, Transaction, TransactionState, paris_hour};
use epass_files::Document;
use epass_web::{App, Kind, Problem, said};

use crate::coming::by_envelope;
use crate::lines;

/// A document that is stored in the bucket.
pub(crate) struct Kept {
    pub(crate) key: String,
    pub(crate) bytes: Bytes,
}

/// The document of a statement, which is rendered and stored if it does not exist yet.
///
/// # Errors
/// An internal error, which is logged, when the transactions do not add up to the statement, the document is refused
/// or the bucket fails.
pub(crate) async fn of(app: &App, statement: &Statement) -> Result<Kept, Problem> {
    let key = format!("statement/{}.pdf", statement.number);
    if let Some(bytes) = app.files.read(&key).await? {
        return Ok(Kept { key, bytes });
    }
    let text = text(statement, &whole(app, statement).await?);
    let rendered = tokio::task::spawn_blocking(move || statement_pdf(&text)).await.map_err(|error| unmade(&error))?;
    let bytes = rendered.map_err(|error| unmade(&error))?;
    app.files.keep(&key, Document { media_type: "application/pdf", bytes: &bytes }).await?;
    // If two requests render it at the same time, the first stored document wins.
    let bytes = app.files.read(&key).await?.ok_or(Problem::new(Kind::Internal))?;
    Ok(Kept { key, bytes })
}

fn unmade(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a statement's document is not made");
    Problem::new(Kind::Internal)
}

/// All transactions of a statement; they must add up to it.
///
/// # Errors
/// An internal error, which is logged, when they do not.
pub(crate) async fn whole(app: &App, statement: &Statement) -> Result<Vec<Transaction>, Problem> {
    let (lines, _) = lines::of_week(app, &statement.number, lines::MOST_LINES).await?;
    if lines::sum(&lines) == statement.sum() {
        return Ok(lines);
    }
    tracing::error!(statement = %statement.number, "the transactions do not add up to the statement");
    Err(Problem::new(Kind::Internal))
}

fn text(statement: &Statement, lines: &[Transaction]) -> StatementText {
    let (week, sum, company) = (statement.number.week, statement.sum(), &statement.company);
    let first_order = statement.transfers.first().filter(|order| order.batch == week);
    let mut running = 0;
    let days = lines::by_day(lines).map(|(day, lines)| StatementDay {
        day: capitalised(&said(day, day)),
        total: lines::sum(lines).amount().to_string(),
        lines: lines.iter().map(|one| line(one, &mut running)).collect(),
    });
    let totals = by_envelope(&statement.takings).into_iter().map(|one| EnvelopeTotal {
        label: one.envelope.label().to_owned(),
        count: one.count,
        amount: Euros::from_cents(one.amount_cents).to_string(),
        percent: percent(one.amount_cents, sum.amount().cents()),
    });
    let cancelled = lines.iter().filter(|line| line.state != TransactionState::Paid).count();
    StatementText {
        number: statement.number.code(),
        first_day: week.first_day().to_string(),
        last_day: week.last_day().to_string(),
        issued_on: statement.issued_on.date(),
        legal_name: company.legal_name.to_string(),
        trade_name: statement.partner_name.to_string(),
        dossier_number: statement.number.partner.to_string(),
        siret: company.siret.to_string(),
        administrative_address: company.address.as_ref().map(ToString::to_string).unwrap_or_default(),
        payee: first_order.map(|order| PayeeText {
            holder: order.payee.holder.to_string(),
            iban_masked: order.payee.iban.masked(),
            bic: order.payee.bic.to_string(),
            planned_on: order.execution_day.to_string(),
        }),
        count: sum.count,
        total: sum.amount().to_string(),
        cancelled: u32::try_from(cancelled).unwrap_or(u32::MAX),
        totals: totals.collect(),
        days: days.collect(),
    }
}

/// A line of the document, and the running total of the paid transactions in cents.
fn line(of: &Transaction, running_cents: &mut u64) -> StatementLine {
    let cancelled = of.state != TransactionState::Paid;
    *running_cents += if cancelled { 0 } else { of.amount.cents() };
    StatementLine {
        time: paris_hour(of.at),
        what: lines::what(&of.payer),
        envelope: of.envelope.label().to_owned(),
        number: of.id.number(),
        amount: of.amount.to_string(),
        running: Euros::from_cents(*running_cents).to_string(),
        cancelled,
    }
}

/// A part of a whole as a rounded percentage.
fn percent(part: u64, whole: u64) -> u32 {
    let rounded = (part * 100 + whole / 2).checked_div(whole).unwrap_or_default();
    u32::try_from(rounded).unwrap_or(100)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
