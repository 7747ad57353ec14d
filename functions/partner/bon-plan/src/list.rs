//! The list, with where each bon plan stands and how many come.

use askama::Template;
use axum::extract::State;
use epass_domain::{BonPlanId, BonPlanState, Envelope, ParisDay, Terms};
use epass_store::{Attendances, BonPlanLine, Found};
use epass_web::{App, Desk, Input, Page, Problem, ProblemBody, Reply, cursor, filters, words};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::HERE;

const LINES_A_PAGE: i32 = 25;

/// Which page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listed {
    /// The `next` of the page before.
    after: String,
}

/// A page of the partner's bons plans, the latest begun first.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "list.html")]
#[schema(as = MyBonPlanList)]
struct List {
    #[serde(skip)]
    page: Page,
    /// The lines.
    bons_plans: Vec<Line>,
    /// Give it back as `after` to get the next page.
    next: Option<String>,
    /// Whether a convention is in force: without one, nothing can be written or sent.
    may_write: bool,
    #[serde(skip)]
    first: String,
    #[serde(skip)]
    following: String,
}

/// A bon plan as it is listed.
#[derive(Serialize, ToSchema)]
#[schema(as = MyBonPlanLine)]
struct Line {
    id: String,
    title: String,
    #[schema(value_type = words::DeskEnvelope)]
    envelope: Envelope,
    /// The first day.
    #[schema(format = Date)]
    first_day: String,
    /// The last day, included.
    #[schema(format = Date)]
    last_day: String,
    #[serde(skip)]
    days: String,
    /// `draft`, `submitted`, `published`, `refused` or `withdrawn`.
    #[schema(value_type = words::BonPlanState)]
    state: String,
    #[serde(skip)]
    label: &'static str,
    /// Whether its last day is over.
    is_over: bool,
    /// How many have a place; none where nobody has been able to register.
    registered: Option<u32>,
    /// How many wait in line.
    waiting: Option<u32>,
    /// How many may come; none where there is no limit.
    places: Option<u32>,
}

/// Lists the partner's bons plans.
#[utoipa::path(get, path = "/mes-bons-plans", params(Listed), responses(
    (status = 200, description = "A page of 25", body = List),
    (status = 422, description = "No such page", body = ProblemBody),
))]
pub(crate) async fn list(State(app): State<App>, desk: Desk, input: Input<Listed>) -> Result<Reply, Problem> {
    let after = cursor("after", &input.form.after, BonPlanId::parse)?;
    let found = app.store.bons_plans.of_partner(&desk.partner.id, after, LINES_A_PAGE).await?;
    let counted: Vec<_> = found.lines.iter().filter(|line| may_have_registrants(line)).collect();
    let keys: Vec<_> = counted.iter().map(|line| Attendances::terms_key(line.bon_plan_id)).collect();
    let counts = if keys.is_empty() { Found::default() } else { app.store.read(&keys).await? };
    let line = |line: &BonPlanLine| -> Result<Line, Problem> {
        Ok(Line::of(line, Attendances::terms_in(&counts, line.bon_plan_id)?, app.now()))
    };
    let next = found.next.map(|place| place.bon_plan.to_string());
    Ok(Reply::ok(List {
        page: desk.page("Mes bons plans", HERE),
        bons_plans: found.lines.iter().map(line).collect::<Result<_, _>>()?,
        may_write: desk.in_force().is_ok(),
        first: after.map_or_else(String::new, |_| HERE.to_owned()),
        following: next.as_ref().map_or_else(String::new, |next| format!("{HERE}?after={next}")),
        next,
    }))
}

/// A draft has never been published; the others may have been, and the counters say so.
fn may_have_registrants(line: &BonPlanLine) -> bool {
    line.standing != BonPlanState::Draft.code()
}

impl Line {
    fn of(line: &BonPlanLine, terms: Option<Terms>, now: Timestamp) -> Self {
        Self {
            id: line.bon_plan_id.to_string(),
            title: line.title.to_string(),
            envelope: line.envelope,
            first_day: line.first_day.iso(),
            last_day: line.last_day.iso(),
            days: epass_web::said(line.first_day, line.last_day),
            label: BonPlanState::label_of(&line.standing),
            state: line.standing.clone(),
            is_over: line.last_day < ParisDay::of(now),
            registered: terms.as_ref().map(|terms| terms.taken),
            waiting: terms.as_ref().map(|terms| terms.waiting),
            places: terms.and_then(|terms| terms.places),
        }
    }
}
