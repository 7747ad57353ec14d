//! The team's reimbursements (`product.md`, *Reimbursement*): the batches and their progress, the money that waits
//! and why, the bank's file, and the bank's reports.

mod asked_again;
mod batch;
mod form;
mod function;
mod kept;
mod preview;
mod read;
mod report;
mod run;
mod statement;
mod waiting;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Role, Statement, StatementNumber, TransferStage, Week};
use epass_web::{
    Access, App, Filled, Input, Page, Problem, Reply, Resumed, Room, Staff, cursor, filters, routes, words,
};
use serde::Serialize;
use utoipa::ToSchema;
use waiting::Creditors;

pub use batch::BatchShown;
pub use form::{BatchForm, FailureForm, FindingForm, ListForm, NoForm, RevisionForm, RunForm};
pub use function::FUNCTION;

pub(crate) const HERE: &str = "/equipe/remboursements";
/// The batches of a page: half a year.
const BATCHES: usize = 26;
/// The statements of a page.
const STATEMENTS: usize = 50;

/// The routes of this room.
pub fn room() -> Room {
    let team = Access::Only(Role::Team);
    Room::new(&FUNCTION)
        .open(team, routes!(list))
        .open(team, routes!(run::start))
        .open(team, routes!(batch::show))
        .open(team, routes!(batch::download))
        .open(team, routes!(asked_again::sending, batch::sent))
        .open(team, routes!(batch::not_sent))
        .open(team, routes!(asked_again::paying, batch::paid))
        .open(team, routes!(batch::not_paid))
        .open(team, routes!(asked_again::making_anew, batch::make_anew))
        .open(team, routes!(report::import))
        .open(team, routes!(preview::show_report, report::apply))
        .open(team, routes!(statement::show_statement))
        .open(team, routes!(statement::fail))
        .open(team, routes!(statement::pay))
        .open(team, routes!(statement::retry))
        .open(team, routes!(asked_again::finding, statement::verify))
}

/// The page of the batches and of the waiting statements.
#[derive(Template, Deref)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    form: Filled,
    first: String,
    first_waiting: String,
    #[deref]
    body: List,
}

/// The batches, latest first, and the statements whose money waits.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchList)]
struct List {
    /// At most 26 batches.
    batches: Vec<BatchShown>,
    /// The position of the next page of batches: send it as `avant`. Null on the last page.
    next: Option<String>,
    /// Statements about which the bank's reports contradict each other, oldest first; at most 50.
    to_check: Vec<StatementLine>,
    /// Statements whose money is due and in no batch, oldest first; at most 50.
    waiting: Vec<StatementLine>,
    /// The position of their next page: send it as `apres`. Null on the last page.
    next_waiting: Option<String>,
}

/// A statement in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamStatementLine)]
pub(crate) struct StatementLine {
    /// The number, such as `2026-W47-12345678`.
    number: String,
    /// *Numéro de dossier*.
    partner: String,
    partner_name: String,
    commune: Option<String>,
    /// The number of transactions, without the cancelled ones.
    count: u32,
    /// The amount, in whole cents.
    amount_cents: u64,
    /// The state: `upcoming`, `in_batch`, `sent`, `paid`, `rejected` or `to_check`.
    #[schema(value_type = words::StatementState)]
    state: TransferStage,
    /// The reason for which it waits, in words; null when it does not wait.
    waits_for: Option<&'static str>,
}

impl StatementLine {
    /// The class of the state's badge.
    fn tone(&self) -> &'static str {
        statement::tone(self.state)
    }

    /// The lines of these statements, each with the reason for which it waits; `batch` is that of their orders.
    async fn all(
        app: &App,
        statements: &[Statement],
        batch: Option<&epass_domain::Batch>,
    ) -> Result<Vec<Self>, Problem> {
        let creditors = Creditors::of(app, statements).await?;
        Ok(statements.iter().map(|statement| Self::of(statement, batch, creditors.why(statement))).collect())
    }

    fn of(statement: &Statement, batch: Option<&epass_domain::Batch>, waits_for: Option<&'static str>) -> Self {
        Self {
            number: statement.number.code(),
            partner: statement.number.partner.to_string(),
            partner_name: statement.partner_name.to_string(),
            commune: statement.commune.as_ref().map(ToString::to_string),
            count: statement.sum().count,
            amount_cents: statement.sum().amount().cents(),
            state: statement.stage(batch),
            waits_for,
        }
    }
}

/// Lists the batches, and the statements whose money waits.
#[utoipa::path(get, path = "/equipe/remboursements", params(ListForm), responses(
    (status = 200, description = "Batches, and statements whose money waits", body = List),
    (status = 422, description = "No such page", body = epass_web::ProblemBody),
))]
async fn list(
    State(app): State<App>,
    staff: Staff,
    resumed: Resumed,
    input: Input<ListForm>,
) -> Result<Reply, Problem> {
    let mut list = ListPage::of(&app, &staff, &input.form).await?;
    list.form = resumed.form(list.form);
    list.page = list.page.with_notice(run::notice(&input.form.fait));
    Ok(Reply::ok(list))
}

impl ListPage {
    async fn of(app: &App, staff: &Staff, asked: &ListForm) -> Result<Self, Problem> {
        let store = &app.store.reimbursements;
        let before = cursor("avant", &asked.avant, Week::parse)?;
        let after = cursor("apres", &asked.apres, StatementNumber::parse)?;
        let (batches, waiting, to_check) = tokio::try_join!(
            store.batches(before, BATCHES),
            store.due(after.as_ref(), STATEMENTS),
            store.to_check(None, STATEMENTS),
        )?;
        Ok(Self {
            page: staff.page("Remboursements", HERE),
            form: Filled::default(),
            first: before.map_or_else(String::new, |_| HERE.to_owned()),
            first_waiting: after.map_or_else(String::new, |_| HERE.to_owned()),
            body: List {
                batches: batches.lines.iter().map(BatchShown::of).collect(),
                next: batches.next.map(Week::code),
                to_check: StatementLine::all(app, &to_check.lines, None).await?,
                waiting: StatementLine::all(app, &waiting.lines, None).await?,
                next_waiting: waiting.next.map(|number| number.code()),
            },
        })
    }

    /// The address of the next page of one list; the other list begins at its first page there.
    fn following(&self, query: &str, next: Option<&String>) -> String {
        next.map_or_else(String::new, |next| format!("{HERE}?{query}={next}"))
    }

    /// The batch that is being made, whose progress the page shows.
    fn running(&self) -> Option<&BatchShown> {
        self.batches.iter().find(|batch| batch.is_running())
    }
}
