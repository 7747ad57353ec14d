//! *Je suis mes remboursements* (guide §7.3): the expected payout of the running week, the statements of closed
//! weeks, and the state of their transfers.

mod coming;
mod form;
mod function;
mod lines;
mod pdf;
mod standing;
mod statement;
mod year;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Creditor, Payee, Role, Statement, Week};
use epass_web::{Access, App, Desk, Input, Page, Problem, ProblemBody, Reply, Room, cursor, filters, routes, said};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use coming::WeekShown;
pub use form::StatementsForm;
pub use function::FUNCTION;
use standing::{Batches, Standing};

pub(crate) const TITLE: &str = "Je suis mes remboursements";
pub(crate) const HERE: &str = "/remboursements";
/// The number of statements on a page: half a year.
const STATEMENTS_A_PAGE: usize = 26;

/// The routes of this room.
pub fn room() -> Room {
    let partner = Access::Only(Role::Partner);
    Room::new(&FUNCTION)
        .open(partner, routes!(list))
        .open(partner, routes!(statement::show))
        .open(partner, routes!(statement::pdf))
        .open(partner, routes!(statement::csv))
        .open(partner, routes!(year::download))
}

/// The page of the statements.
#[derive(Template, Deref)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    /// The address of the first page; empty on the first page itself.
    first: String,
    #[deref]
    body: StatementList,
}

/// Statements, latest first. The first page also has the weeks without a statement.
#[derive(Serialize, ToSchema)]
struct StatementList {
    /// Whether a bank account is approved; without one, all payouts wait.
    has_account: bool,
    /// The running week; only on the first page.
    running: Option<WeekShown>,
    /// The weeks that are over but not closed yet; only on the first page.
    waiting: Vec<WeekShown>,
    /// The statements of this page, at most 26.
    statements: Vec<StatementLine>,
    /// Send it as `avant` to get the next page.
    next: Option<String>,
    /// The years of these statements; each year can be downloaded as one file.
    years: Vec<i16>,
}

/// A statement in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementLine)]
struct StatementLine {
    /// The statement's number, such as `2026-W47-12345678`.
    number: String,
    /// The week, such as `2026-W47`; the statement is at `/remboursements/{week}`.
    #[schema(value_type = String)]
    week: Week,
    /// The number of paid transactions.
    count: u32,
    /// The sum of these transactions, in cents.
    amount_cents: u64,
    #[serde(flatten)]
    standing: Standing,
}

impl StatementLine {
    fn of(statement: &Statement, batches: &Batches, approved: Option<&Payee>, now: Timestamp) -> Self {
        Self {
            number: statement.number.code(),
            week: statement.number.week,
            count: statement.sum().count,
            amount_cents: statement.sum().amount().cents(),
            standing: Standing::of(statement, batches.paying(statement), approved, now),
        }
    }

    /// The days of the statement's week, in words.
    fn days(&self) -> String {
        days(self.week)
    }
}

/// The days of a week, in words.
pub(crate) fn days(week: Week) -> String {
    said(week.first_day(), week.last_day())
}

/// Lists the partner's statements, and on the first page the weeks without one. It needs no convention in force: what
/// is due stays due.
#[utoipa::path(get, path = "/remboursements", params(StatementsForm), responses(
    (status = 200, description = "A page of 26 statements, and what comes", body = StatementList),
    (status = 422, description = "No such page", body = ProblemBody),
))]
async fn list(State(app): State<App>, desk: Desk, input: Input<StatementsForm>) -> Result<Reply, Problem> {
    let (before, now) = (cursor("avant", &input.form.avant, Week::parse)?, app.now());
    let statements = app.store.reimbursements.of_partner(&desk.partner.id, before, STATEMENTS_A_PAGE);
    let is_first = before.is_none();
    let (statements, running) = tokio::join!(statements, async {
        if is_first { WeekShown::running(&app, &desk).await.map(Some) } else { Ok(None) }
    });
    let (statements, running) = (statements?, running?);
    let over = if is_first { coming::weeks_over(now) } else { Vec::new() };
    let batches = Batches::read(&app, &statements.lines, &over).await?;
    let not_closed = coming::not_closed(&over, &batches, &statements.lines);
    let waiting = WeekShown::waiting(&app, &desk, &not_closed).await?;
    let approved = Creditor::of(&desk.partner).payee;
    let line = |statement| StatementLine::of(statement, &batches, approved.as_ref(), now);
    let body = StatementList {
        has_account: approved.is_some(),
        running,
        waiting,
        statements: statements.lines.iter().map(line).collect(),
        next: statements.next.map(Week::code),
        years: years(&statements.lines),
    };
    let first = if is_first { String::new() } else { HERE.to_owned() };
    Ok(Reply::ok(ListPage { page: desk.page(TITLE, HERE), first, body }))
}

/// The years in which the weeks of these statements end, without duplicates.
fn years(statements: &[Statement]) -> Vec<i16> {
    let mut years: Vec<i16> = statements.iter().map(|one| one.number.week.last_day().date().year()).collect();
    years.dedup();
    years
}

impl ListPage {
    fn following(&self) -> String {
        self.next.as_ref().map_or_else(String::new, |next| format!("{HERE}?avant={next}"))
    }
}
