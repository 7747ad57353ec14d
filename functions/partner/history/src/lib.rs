//! *Je suis mes transactions* (guide §7.2): the partner's history, its receipts, and its export.

mod export;
mod form;
mod function;

use std::borrow::Cow;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use derive_more::Deref;
use epass_domain::{Envelope, ParisDay, Payer, SortieId, Transaction, TransactionId, TransactionState, Week};
use epass_store::{Asked, Beneficiaries, History, Key, Transactions};
use epass_web::{
    Access, App, Caller, Desk, Done, Filled, Input, Page, Problem, ProblemBody, Reply, Room, filters, named, routes,
    words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

pub use form::{Filters, HistoryForm};
pub use function::FUNCTION;

const TITLE: &str = "Je suis mes transactions";
const HERE: &str = "/transactions";
const UNDONE_AT_THE_DESK: &str = "La transaction est annulée : le crédit est rendu au jeune.";
const REOPENED: &str = "L’encaissement est annulé : la sortie redevient Validée, et peut être encaissée à nouveau.";
const LINES_A_PAGE: usize = 25;
/// The most transactions in totals and exports, which say when they stop here. A partner has fewer in a campaign.
const MOST_LINES: usize = 20_000;
/// The most transactions in the totals of a week: those of one query.
const LINES_OF_A_WEEK: usize = 1_000;

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION)
        .open(Access::Desk, routes!(list))
        .open(Access::Desk, routes!(export))
        .open(Access::Desk, routes!(receipt))
}

/// The page of the history.
#[derive(Template, Deref)]
#[template(path = "history.html")]
struct ListPage {
    page: Page,
    form: Filled,
    links: Links,
    filtered: bool,
    #[deref]
    body: TransactionList,
}

/// A page of the history, latest transaction first.
#[derive(Default, Serialize, ToSchema)]
struct TransactionList {
    /// The transactions of this page.
    transactions: Vec<Line>,
    /// Send it as `after` to get the next page.
    next: Option<String>,
    /// The totals of all transactions that match the filters. Without filters, the first page has those of today and
    /// of this week.
    totals: Vec<Totals>,
}

/// The addresses of the other pages of the list and of its file; empty if there is none.
#[derive(Default)]
struct Links {
    first: String,
    next: String,
    csv: String,
}

/// The totals of a period.
#[derive(Serialize, ToSchema)]
#[schema(as = TransactionTotals)]
struct Totals {
    period: Period,
    /// The number of paid transactions.
    paid: usize,
    /// The sum of the paid transactions, in cents.
    paid_cents: u64,
    /// The number of cancelled transactions.
    cancelled: usize,
    /// Whether the totals cover all transactions of the period; otherwise they cover only the latest.
    complete: bool,
}

/// The transactions that totals cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TransactionPeriod)]
enum Period {
    /// Today, in Paris.
    Today,
    /// This week since Monday, which the next statement pays.
    Week,
    /// All transactions that match the filters.
    Asked,
}

/// A transaction in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = TransactionLine)]
struct Line {
    id: String,
    /// The number on receipts, statements and exports: the end of the id.
    #[schema(example = "5a9d3c2b1e0f")]
    number: String,
    /// The time of the payment: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[serde(flatten)]
    payer: PayerShown,
    #[schema(value_type = words::Envelope)]
    envelope: Envelope,
    amount_cents: u64,
    /// The state: `paid` or `cancelled`.
    #[schema(value_type = words::TransactionState)]
    state: &'static str,
    /// Whether it can still be cancelled.
    cancellable: bool,
}

/// The payer: a young person at the desk, or an outing.
#[derive(Serialize)]
#[serde(tag = "payer", rename_all = "snake_case")]
enum PayerShown {
    /// A young person at the desk.
    Desk {
        first_name: String,
        last_name: String,
        /// The number that was shown, masked except for its end.
        reference: String,
    },
    /// An outing, which pays for the participants who were present.
    Outing {
        /// The outing's id.
        sortie: SortieId,
        title: String,
        /// The school of the outing.
        establishment: String,
        /// The number of participants who were paid for.
        present: u32,
    },
}

/// The schema of [`PayerShown`] in the API description: client generators cannot flatten a schema of alternatives.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is described, and never made")]
struct TransactionPayer {
    /// The kind of payer: `desk` for a young person, `outing` for the participants who were present.
    #[schema(value_type = words::PayerKind)]
    payer: String,
    /// With `desk`: the first name.
    #[schema(nullable = false)]
    first_name: Option<String>,
    /// With `desk`: the last name.
    #[schema(nullable = false)]
    last_name: Option<String>,
    /// With `desk`: the number that was shown, masked except for its end.
    #[schema(nullable = false)]
    reference: Option<String>,
    /// With `outing`: the outing's id.
    #[schema(nullable = false)]
    sortie: Option<String>,
    /// With `outing`: the outing's title.
    #[schema(nullable = false)]
    title: Option<String>,
    /// With `outing`: the school.
    #[schema(nullable = false)]
    establishment: Option<String>,
    /// With `outing`: the number of participants who were paid for.
    #[schema(nullable = false)]
    present: Option<u32>,
}

impl PartialSchema for PayerShown {
    fn schema() -> RefOr<Schema> {
        TransactionPayer::schema()
    }
}

impl ToSchema for PayerShown {
    fn name() -> Cow<'static, str> {
        TransactionPayer::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        TransactionPayer::schemas(schemas);
    }
}

/// The page of one transaction.
#[derive(Template, Deref)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    page: Page,
    partner: String,
    siret: String,
    #[deref]
    body: TransactionReceipt,
}

/// The receipt of one transaction, to print.
#[derive(Serialize, ToSchema)]
struct TransactionReceipt {
    #[serde(flatten)]
    line: Line,
    /// The balance of the young person's envelope right after the payment; none for an outing.
    #[serde(skip_serializing_if = "Option::is_none")]
    available_cents: Option<u64>,
    /// The time of the cancellation: RFC 3339, UTC; none while the transaction is paid.
    #[schema(value_type = Option<String>, format = DateTime)]
    cancelled_at: Option<Timestamp>,
}

/// Lists the partner's transactions.
#[utoipa::path(get, path = "/transactions", params(HistoryForm), responses(
    (status = 200, description = "A page of 25", body = TransactionList, example = json!({ "next": null, "transactions": [{
        "id": "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f", "number": "5a9d3c2b1e0f", "at": "2026-11-22T13:05:00Z", "payer": "desk",
        "first_name": "Léa", "last_name": "Martin", "reference": "•••• 2345", "envelope": "reading", "amount_cents": 1250,
        "state": "paid", "cancellable": true,
    }], "totals": [
        { "period": "today", "paid": 1, "paid_cents": 1250, "cancelled": 0, "complete": true },
        { "period": "week", "paid": 1, "paid_cents": 1250, "cancelled": 0, "complete": true },
    ] })),
    (status = 422, description = "Faulty filters", body = ProblemBody),
))]
async fn list(State(app): State<App>, caller: Caller, input: Input<HistoryForm>) -> Result<Reply, Problem> {
    let (desk, asked, after) = asked(&app, &caller, &input).await?;
    let filtered = asked.is_some() && !input.form.query(None).is_empty();
    let now = app.now();
    let (history, totals) = match &asked {
        None => (History::default(), Vec::new()),
        Some(asked) => {
            let history = app.store.transactions.history(asked, after, LINES_A_PAGE).await?;
            let totals = match (filtered, after) {
                (true, _) => vec![of_all(&app, asked).await?],
                (false, None) => lately(&app, asked, &history, now).await?,
                (false, Some(_)) => Vec::new(),
            };
            (history, totals)
        }
    };
    let body = TransactionList {
        transactions: history.transactions.iter().map(|one| Line::of(one, now)).collect(),
        next: history.next.map(|id| id.to_string()),
        totals,
    };
    let links = Links::of(&input.form, after.is_none(), body.next.as_deref());
    let page = desk.page(TITLE, HERE);
    Ok(Reply::ok(ListPage { page, form: input.typed, links, filtered, body }))
}

/// Returns the whole list, with the same filters, as a file for a spreadsheet.
#[utoipa::path(get, path = "/transactions.csv", params(HistoryForm), responses(
    (status = 200, description = "UTF-8 with a byte order mark, semicolons", content_type = "text/csv", body = String),
    (status = 422, description = "Faulty filters", body = ProblemBody),
))]
async fn export(State(app): State<App>, caller: Caller, input: Input<HistoryForm>) -> Result<Response, Problem> {
    let (_, asked, _) = asked(&app, &caller, &input).await?;
    let lines = match &asked {
        None => Vec::new(),
        Some(asked) => app.store.transactions.history(asked, None, MOST_LINES).await?.transactions,
    };
    Ok(export::csv(&lines))
}

/// Shows one transaction.
#[utoipa::path(get, path = "/transactions/{id}", params(("id" = String, Path, description = "The transaction")), responses(
    (status = 200, description = "The receipt", body = TransactionReceipt, example = json!({
        "id": "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f", "number": "5a9d3c2b1e0f", "at": "2026-11-22T13:05:00Z", "payer": "desk",
        "first_name": "Léa", "last_name": "Martin", "reference": "•••• 2345", "envelope": "reading", "amount_cents": 1250,
        "state": "paid", "cancellable": true, "available_cents": 1550, "cancelled_at": null,
    })),
    (status = 404, description = "No transaction of yours", body = ProblemBody),
))]
async fn receipt(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let id = named(&id, TransactionId::parse)?;
    let (desk, found) = app.enter_desk(&caller, &[Transactions::key(caller.partner()?, id)]).await?;
    let transaction = Transactions::in_found(&found, &desk.partner.id, id)?.ok_or(Problem::not_found())?;
    let (available_cents, undone) = match &transaction.payer {
        Payer::Desk(payer) => (Some(payer.available.cents()), UNDONE_AT_THE_DESK),
        Payer::Outing(_) => (None, REOPENED),
    };
    let (title, cancelled_at) = match transaction.state {
        TransactionState::Paid => ("Transaction validée", None),
        TransactionState::Cancelled { at } => ("Transaction annulée", Some(at)),
    };
    Ok(Reply::ok(ReceiptPage {
        page: desk.page(title, HERE).with_notice(input.form.is("annulee").then_some(undone)),
        partner: desk.partner.known_as().to_string(),
        siret: desk.partner.siret().to_string(),
        body: TransactionReceipt { line: Line::of(&transaction, app.now()), available_cents, cancelled_at },
    }))
}

/// The desk, and its request; none if the number is unknown.
async fn asked(
    app: &App,
    caller: &Caller,
    input: &Input<HistoryForm>,
) -> Result<(Desk, Option<Asked>, Option<TransactionId>), Problem> {
    let parsed = input.form.parse();
    let reference = parsed.as_ref().ok().and_then(|filters| filters.reference.clone());
    let keys: Vec<Key> = reference.iter().map(Beneficiaries::reference_key).collect();
    let (desk, found) = app.enter_desk(caller, &keys).await?;
    let filters =
        parsed.map_err(|invalid| input.typed.clone().problem(&invalid, |form| ListPage::empty(&desk, form)))?;
    let beneficiary = match &reference {
        None => None,
        Some(reference) => match Beneficiaries::reference_in(&found, reference)? {
            None => return Ok((desk, None, filters.after)),
            Some(entry) => Some(entry.beneficiary),
        },
    };
    let asked = Asked {
        from: filters.from,
        to: filters.to,
        state: filters.state,
        envelope: filters.envelope,
        beneficiary,
        name: filters.name,
        ..Asked::all(desk.partner.id.clone())
    };
    Ok((desk, Some(asked), filters.after))
}

/// The totals of all lines that match the filters.
async fn of_all(app: &App, asked: &Asked) -> Result<Totals, Problem> {
    let all = app.store.transactions.history(asked, None, MOST_LINES).await?;
    Ok(Totals::of(Period::Asked, &all.transactions, all.next.is_none()))
}

/// The totals of today and of this week. If the first page goes back to Monday, nothing else is read.
async fn lately(app: &App, asked: &Asked, first: &History, now: Timestamp) -> Result<Vec<Totals>, Problem> {
    let (today, week) = (ParisDay::of(now), Week::of(ParisDay::of(now)));
    let is_whole =
        first.next.is_none() || first.transactions.last().is_some_and(|last| ParisDay::of(last.at) < week.first_day());
    let read;
    let all = if is_whole {
        first
    } else {
        let of_week = Asked { from: Some(week.first_day()), ..asked.clone() };
        read = app.store.transactions.history(&of_week, None, LINES_OF_A_WEEK).await?;
        &read
    };
    let since = |day: ParisDay| all.transactions.iter().filter(move |one| ParisDay::of(one.at) >= day);
    let complete = is_whole || all.next.is_none();
    Ok(vec![
        Totals::of(Period::Today, since(today), complete),
        Totals::of(Period::Week, since(week.first_day()), complete),
    ])
}

impl Totals {
    fn of<'a>(period: Period, lines: impl IntoIterator<Item = &'a Transaction>, complete: bool) -> Self {
        let (mut paid, mut paid_cents, mut cancelled) = (0, 0, 0);
        for one in lines {
            match one.state {
                TransactionState::Paid => (paid, paid_cents) = (paid + 1, paid_cents + one.amount.cents()),
                TransactionState::Cancelled { .. } => cancelled += 1,
            }
        }
        Self { period, paid, paid_cents, cancelled, complete }
    }
}

impl Period {
    const fn label(self) -> &'static str {
        match self {
            Self::Today => "Aujourd’hui",
            Self::Week => "Depuis lundi",
            Self::Asked => "Selon vos critères",
        }
    }
}

impl ListPage {
    fn empty(desk: &Desk, form: Filled) -> Self {
        let (page, links, body) = (desk.page(TITLE, HERE), Links::default(), TransactionList::default());
        Self { page, form, links, filtered: true, body }
    }
}

impl Links {
    /// The links of a page of the filtered list; `next` is the cursor of the next page.
    fn of(filters: &HistoryForm, is_first: bool, next: Option<&str>) -> Self {
        let page = |query: String| if query.is_empty() { HERE.to_owned() } else { format!("{HERE}?{query}") };
        Self {
            first: if is_first { String::new() } else { page(filters.query(None)) },
            next: next.map_or_else(String::new, |next| page(filters.query(Some(next)))),
            csv: format!("/transactions.csv?{}", filters.query(None)),
        }
    }
}

impl Line {
    fn of(transaction: &Transaction, now: Timestamp) -> Self {
        Self {
            id: transaction.id.to_string(),
            number: transaction.id.number(),
            at: transaction.at,
            payer: PayerShown::of(&transaction.payer),
            envelope: transaction.envelope,
            amount_cents: transaction.amount.cents(),
            state: transaction.state.code(),
            cancellable: transaction.may_cancel(now).is_ok(),
        }
    }
}

impl PayerShown {
    fn of(payer: &Payer) -> Self {
        match payer {
            Payer::Desk(payer) => Self::Desk {
                first_name: payer.first_name.to_string(),
                last_name: payer.last_name.to_string(),
                reference: payer.reference.masked(),
            },
            Payer::Outing(outing) => Self::Outing {
                sortie: outing.sortie.clone(),
                title: outing.title.to_string(),
                establishment: outing.establishment.to_string(),
                present: outing.present,
            },
        }
    }
}
