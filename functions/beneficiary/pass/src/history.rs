//! *Mon historique*: what was paid, where, and what was cancelled.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{DeskPayer, Envelope, Transaction, TransactionId};
use epass_store::{Found, Key, Partners};
use epass_web::{App, Input, Page, Pass, Problem, ProblemBody, Reply, cursor, filters, words};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::enter;

const HERE: &str = "/mon-pass/historique";
const LINES_A_PAGE: usize = 25;

/// Which page of the history.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// The `next` of the page before.
    pub after: String,
}

/// A page of the history, latest first.
#[derive(Template, Deref)]
#[template(path = "history.html")]
struct HistoryPage {
    page: Page,
    first_href: &'static str,
    next_href: String,
    #[deref]
    body: PassHistory,
}

/// A page of the history, latest first.
#[derive(Serialize, ToSchema)]
pub struct PassHistory {
    transactions: Vec<Line>,
    /// Give it back as `after` to get the next page.
    next: Option<String>,
}

/// A transaction as its payer sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = PassHistoryLine)]
struct Line {
    id: String,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The partner's name on the door.
    partner: String,
    /// Where the partner trades.
    commune: Option<String>,
    #[schema(value_type = words::Envelope)]
    envelope: Envelope,
    amount_cents: u64,
    /// `paid` or `cancelled`.
    #[schema(value_type = words::TransactionState)]
    state: &'static str,
}

/// Lists what was paid with the pass.
#[utoipa::path(get, path = "/mon-pass/historique", params(HistoryQuery), responses(
    (status = 200, description = "A page of 25", body = PassHistory),
    (status = 422, description = "No such page", body = ProblemBody),
))]
pub async fn show_history(State(app): State<App>, pass: Pass, input: Input<HistoryQuery>) -> Result<Reply, Problem> {
    let after = cursor("after", &input.form.after, TransactionId::parse)?;
    let (someone, beneficiary) = enter(&app, &pass).await?;
    let history = app.store.transactions.of(beneficiary.id, after, LINES_A_PAGE).await?;
    let partners = partners_of(&app, &history.transactions).await?;
    let transactions = history.transactions.iter().map(|one| Line::of(one, &partners)).collect::<Result<_, _>>()?;
    Ok(Reply::ok(HistoryPage {
        page: someone.page("Mon historique", HERE),
        first_href: if after.is_some() { HERE } else { "" },
        next_href: history.next.map_or_else(String::new, |id| format!("{HERE}?after={id}")),
        body: PassHistory { transactions, next: history.next.map(|id| id.to_string()) },
    }))
}

/// The partners of these transactions, in one round trip; there are as many as lines at most.
async fn partners_of(app: &App, transactions: &[Transaction<DeskPayer>]) -> Result<Found, Problem> {
    let keys: Vec<Key> = transactions.iter().map(|one| Partners::key(&one.partner)).collect();
    if keys.is_empty() {
        return Ok(Found::default());
    }
    Ok(app.store.read(&keys).await?)
}

impl Line {
    fn of(transaction: &Transaction<DeskPayer>, partners: &Found) -> Result<Self, Problem> {
        // A partner is never deleted; were one missing, its number still says whom to ask about.
        let partner = Partners::in_found(partners, &transaction.partner)?;
        let name = partner.as_ref().map(|partner| partner.known_as().to_string());
        let commune =
            partner.as_ref().and_then(|partner| Some(partner.dossier()?.activity.address.commune.to_string()));
        Ok(Self {
            id: transaction.id.to_string(),
            at: transaction.at,
            partner: name.unwrap_or_else(|| format!("Partenaire n° {}", transaction.partner)),
            commune,
            envelope: transaction.envelope,
            amount_cents: transaction.amount.cents(),
            state: transaction.state.code(),
        })
    }
}
