//! *Mon historique*: the payments and the cancellations of a young person.

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

/// The position in the history.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// The `next` of the previous page.
    pub after: String,
}

/// The page of the history.
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
    /// The position of the next page: send it as `after`. Null on the last page.
    next: Option<String>,
}

/// A transaction as its payer sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = PassHistoryLine)]
struct Line {
    id: String,
    /// The instant of the payment, RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The trade name of the partner.
    partner: String,
    /// The commune of the partner's activity; null when it is not declared.
    commune: Option<String>,
    #[schema(value_type = words::Envelope)]
    envelope: Envelope,
    amount_cents: u64,
    /// The state: `paid` or `cancelled`.
    #[schema(value_type = words::TransactionState)]
    state: &'static str,
}

/// Lists the caller's payments, latest first.
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

/// The partners of these transactions, in one round trip; at most one per line.
async fn partners_of(app: &App, transactions: &[Transaction<DeskPayer>]) -> Result<Found, Problem> {
    let keys: Vec<Key> = transactions.iter().map(|one| Partners::key(&one.partner)).collect();
    if keys.is_empty() {
        return Ok(Found::default());
    }
    Ok(app.store.read(&keys).await?)
}

impl Line {
    fn of(transaction: &Transaction<DeskPayer>, partners: &Found) -> Result<Self, Problem> {
        // Partners are never deleted. If one were missing, its number would still identify it.
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
