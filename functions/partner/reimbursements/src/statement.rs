//! One statement: its page, its PDF and its file for a spreadsheet.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use derive_more::Deref;
use epass_domain::{BankReason, Creditor, Outcome, ParisDay, Statement, StatementNumber, TransferReference, Week};
use epass_store::Reimbursements;
use epass_web::{
    App, Caller, Desk, Page, Problem, ProblemBody, Reply, csv as sheet, filters, named, said, see_other, words,
};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::coming::{EnvelopeShown, by_envelope};
use crate::lines::{self, DayShown};
use crate::standing::{Batches, CHECKED, Standing};
use crate::{HERE, pdf as document};

/// The most transactions on the page; the PDF and the file have all of them.
const LINES_ON_THE_PAGE: usize = 200;

/// The page of one statement.
#[derive(Template, Deref)]
#[template(path = "statement.html")]
struct SheetPage {
    page: Page,
    #[deref]
    body: Sheet,
}

/// One statement.
#[derive(Serialize, ToSchema)]
#[schema(as = Statement)]
struct Sheet {
    /// The statement's number, such as `2026-W47-12345678`.
    number: String,
    /// The week, such as `2026-W47`.
    week: String,
    /// The Monday of the week.
    #[schema(value_type = String, format = Date)]
    first_day: ParisDay,
    /// The Sunday of the week.
    #[schema(value_type = String, format = Date)]
    last_day: ParisDay,
    /// The day of the batch that closed the week.
    #[schema(value_type = String, format = Date)]
    issued_on: ParisDay,
    /// The number of paid transactions.
    count: u32,
    /// The sum of these transactions, in cents.
    amount_cents: u64,
    /// The count and the sum by envelope.
    envelopes: Vec<EnvelopeShown>,
    #[serde(flatten)]
    standing: Standing,
    /// The orders to the bank, oldest first; all except the last have failed.
    transfers: Vec<TransferShown>,
    /// The transactions by day, with cancelled ones.
    days: Vec<DayShown>,
    /// Whether all transactions are listed; otherwise only the last 200 are.
    complete: bool,
}

impl SheetPage {
    /// The days of the week, in words.
    fn days_said(&self) -> String {
        said(self.first_day, self.last_day)
    }
}

/// An order to the bank.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementTransfer)]
struct TransferShown {
    /// The reference of the transfer on the partner's bank statement.
    reference: String,
    holder: String,
    /// The masked IBAN.
    iban: String,
    /// The day on which the bank was asked to execute the transfer.
    #[schema(value_type = String, format = Date)]
    execution_day: ParisDay,
    /// The outcome: `ordered`, `in_batch`, `sent`, `paid`, `rejected`, `returned` or `to_check`.
    #[schema(value_type = words::TransferOutcome)]
    #[serde(serialize_with = "code")]
    outcome: OutcomeShown,
    /// The day since when the outcome is known.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<ParisDay>,
    /// The bank's reason in words, with its code.
    #[schema(value_type = Option<String>, example = "compte clos (AC04)")]
    reason: Option<String>,
    /// The code of the reason in ISO 20022's external code sets, if we know it.
    #[schema(value_type = Option<String>, example = "AC04")]
    reason_code: Option<&'static str>,
}

/// The outcome of an order to the bank: its code in JSON, and its label.
struct OutcomeShown {
    code: &'static str,
    label: &'static str,
}

fn code<S: Serializer>(outcome: &OutcomeShown, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(outcome.code)
}

impl TransferShown {
    /// All orders of a statement; `standing` is the state of the last one.
    fn all(statement: &Statement, standing: &Standing) -> Vec<Self> {
        let numbered = statement.transfers.iter().zip(1..);
        let shown = numbered.map(|(order, attempt)| {
            let (code, label, on) = match &order.outcome {
                Outcome::Ordered if statement.is_to_check() => ("ordered", "Demandé", None),
                Outcome::Ordered => (standing.state.code(), standing.label(), None),
                Outcome::Paid { on } => ("paid", "Payé", Some(*on)),
                Outcome::Failed { on, failure, .. } => (failure.code(), failure.label(), Some(*on)),
                Outcome::ToCheck { on, .. } => ("to_check", CHECKED, Some(*on)),
            };
            // While the bank's reports contradict each other, the reason is meaningless.
            let reason = order.reason().filter(|_| order.has_failed()).map(BankReason::of);
            Self {
                reference: TransferReference { statement: statement.number.clone(), attempt }.code(),
                holder: order.payee.holder.to_string(),
                iban: order.payee.iban.masked(),
                execution_day: order.execution_day,
                outcome: OutcomeShown { code, label },
                on,
                reason: reason.map(BankReason::sentence),
                reason_code: reason.and_then(BankReason::code),
            }
        });
        shown.collect()
    }
}

/// Shows a statement with its totals, transfers and transactions.
#[utoipa::path(get, path = "/remboursements/{week}", params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "The statement", body = Sheet),
    (status = 404, description = "No statement of yours", body = ProblemBody),
))]
pub(crate) async fn show(State(app): State<App>, caller: Caller, Path(week): Path<String>) -> Result<Reply, Problem> {
    let (desk, statement) = enter(&app, &caller, &week).await?;
    let (batches, lines) = tokio::try_join!(
        Batches::read(&app, std::slice::from_ref(&statement), &[]),
        lines::of_week(&app, &statement.number, LINES_ON_THE_PAGE),
    )?;
    let approved = Creditor::of(&desk.partner).payee;
    let standing = Standing::of(&statement, batches.paying(&statement), approved.as_ref(), app.now());
    let (week, sum, (lines, complete)) = (statement.number.week, statement.sum(), lines);
    let page = desk.page(format!("Relevé {}", statement.number), HERE);
    let body = Sheet {
        number: statement.number.code(),
        week: week.code(),
        first_day: week.first_day(),
        last_day: week.last_day(),
        issued_on: statement.issued_on,
        count: sum.count,
        amount_cents: sum.amount().cents(),
        envelopes: by_envelope(&statement.takings),
        transfers: TransferShown::all(&statement, &standing),
        standing,
        days: DayShown::all(&lines),
        complete,
    };
    Ok(Reply::ok(SheetPage { page, body }))
}

/// Redirects to the statement's PDF, which never changes. The link is valid for one minute.
#[utoipa::path(get, path = "/remboursements/{week}/releve.pdf", params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "The document, where `Location` leads", body = Vec<u8>, content_type = "application/pdf"),
    (status = 303, description = "To the document, at `Location`: a link that lives for a minute"),
    (status = 404, description = "No statement of yours", body = ProblemBody),
))]
pub(crate) async fn pdf(State(app): State<App>, caller: Caller, Path(week): Path<String>) -> Result<Response, Problem> {
    let (_, statement) = enter(&app, &caller, &week).await?;
    let kept = document::of(&app, &statement).await?;
    Ok(see_other(&app.files.link(&kept.key, &format!("releve-{}.pdf", statement.number)).await?))
}

/// Returns the statement's transactions, with cancelled ones, as a file for a spreadsheet.
#[utoipa::path(get, path = "/remboursements/{week}/releve.csv", params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "UTF-8 with a byte order mark, semicolons", content_type = "text/csv", body = String),
    (status = 404, description = "No statement of yours", body = ProblemBody),
))]
pub(crate) async fn csv(State(app): State<App>, caller: Caller, Path(week): Path<String>) -> Result<Response, Problem> {
    let (_, Statement { number, .. }) = &enter(&app, &caller, &week).await?;
    let (lines, _) = lines::of_week(&app, number, lines::MOST_LINES).await?;
    let rows = lines.iter().map(|line| lines::row(number, line));
    Ok(sheet::download(&format!("releve-{number}.csv"), lines::HEADS, rows))
}

/// The partner, and its statement of a week, in one concurrent read.
async fn enter(app: &App, caller: &Caller, week: &str) -> Result<(Desk, Statement), Problem> {
    let week = named(week, Week::parse)?;
    let number = StatementNumber { week, partner: caller.partner()?.clone() };
    let (desk, found) = app.enter_desk(caller, &[Reimbursements::key(&number)]).await?;
    let statement = Reimbursements::in_found(&found, &number)?.ok_or(Problem::not_found())?;
    Ok((desk, statement))
}
