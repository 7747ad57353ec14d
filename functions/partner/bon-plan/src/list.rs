//! The list of a partner's bons plans, with the state and the number of registrants of each.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{BonPlanId, BonPlanState, Envelope, ParisDay, Terms};
use epass_store::{Attendances, BonPlanLine, Found};
use epass_web::{App, Desk, Input, Page, Problem, ProblemBody, Reply, cursor, filters, said, words};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::HERE;

const LINES_A_PAGE: i32 = 25;

/// The page of the list to show.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listed {
    /// The `next` value of the previous page.
    after: String,
    /// The action that was just done.
    #[param(ignore)]
    fait: String,
}

/// The page of the list.
#[derive(Template, Deref)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    first: String,
    following: String,
    #[deref]
    body: MyBonPlanList,
}

/// A page of the partner's bons plans, newest first.
#[derive(Serialize, ToSchema)]
struct MyBonPlanList {
    /// The bons plans of this page.
    bons_plans: Vec<Line>,
    /// Send it as `after` to get the next page.
    next: Option<String>,
    /// Whether a convention is in force. Without one, no bon plan can be written or sent.
    may_write: bool,
}

/// A bon plan in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = MyBonPlanLine)]
struct Line {
    id: String,
    title: String,
    /// The envelope; none for a draft.
    #[schema(value_type = Option<words::DeskEnvelope>)]
    envelope: Option<Envelope>,
    /// The first day; none for a draft.
    #[schema(value_type = Option<String>, format = Date)]
    first_day: Option<ParisDay>,
    /// The last day, included; none for a draft.
    #[schema(value_type = Option<String>, format = Date)]
    last_day: Option<ParisDay>,
    /// The state: `draft`, `submitted`, `published`, `refused`, `withdrawn` or `taken_down`.
    #[schema(value_type = words::BonPlanState)]
    state: String,
    /// Whether the last date is over.
    is_over: bool,
    /// The number of registrants with a place; none if registration was never open.
    registered: Option<u32>,
    /// The number of registrants in the waiting list.
    waiting: Option<u32>,
    /// The number of places; none if there is no limit.
    places: Option<u32>,
}

/// Lists the partner's bons plans.
#[utoipa::path(get, path = "/mes-bons-plans", params(Listed), responses(
    (status = 200, description = "A page of 25", body = MyBonPlanList),
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
    let deleted = input.form.fait == "supprime";
    let next = found.next.map(|place| place.bon_plan.to_string());
    Ok(Reply::ok(ListPage {
        page: desk.page("Mes bons plans", HERE).with_notice(deleted.then_some("Votre brouillon est supprimé.")),
        first: after.map_or_else(String::new, |_| HERE.to_owned()),
        following: next.as_ref().map_or_else(String::new, |next| format!("{HERE}?after={next}")),
        body: MyBonPlanList {
            bons_plans: found.lines.iter().map(line).collect::<Result<_, _>>()?,
            next,
            may_write: desk.in_force().is_ok(),
        },
    }))
}

/// A draft has never been published. Any other bon plan may have been; its counters tell.
fn may_have_registrants(line: &BonPlanLine) -> bool {
    line.standing != BonPlanState::DRAFT
}

impl Line {
    fn of(line: &BonPlanLine, terms: Option<Terms>, now: Timestamp) -> Self {
        Self {
            id: line.bon_plan_id.to_string(),
            title: line.title.to_string(),
            envelope: line.envelope,
            first_day: line.first_day,
            last_day: line.ends.map(|ends| ends.day()),
            state: line.standing.clone(),
            is_over: line.ends.is_some_and(|ends| ends.is_over(now)),
            registered: terms.as_ref().map(|terms| terms.taken),
            waiting: terms.as_ref().map(|terms| terms.waiting),
            places: terms.and_then(|terms| terms.places),
        }
    }

    /// The days in words; none for a draft.
    fn days(&self) -> Option<String> {
        self.first_day.zip(self.last_day).map(|(first, last)| said(first, last))
    }

    fn label(&self) -> &'static str {
        BonPlanState::label_of(&self.state)
    }
}
