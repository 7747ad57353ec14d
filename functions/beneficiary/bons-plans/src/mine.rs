//! *Mes inscriptions*: the bons plans that a young person registered for.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{ArrivalId, BonPlan, BonPlanState, Envelope, ParisDay, Standing};
use epass_store::BonsPlans;
use epass_web::{App, Input, Page, Pass, Problem, ProblemBody, Reply, cursor, filters, said_dates, words};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{MINE, path_of};

const LINES: i32 = 25;

/// A page of the caller's registrations.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MineForm {
    /// The `next` of the previous page.
    after: String,
}

/// The page of the caller's registrations.
#[derive(Template, Deref)]
#[template(path = "mine.html")]
struct ListPage {
    page: Page,
    /// The texts of each registration, in the same order.
    looks: Vec<Look>,
    first: String,
    following: String,
    #[deref]
    body: BonPlanRegistrations,
}

/// The texts of a registration that only the page shows.
struct Look {
    /// The partner and the venue; the name is written once when both are the same.
    whereabouts: String,
    /// The days in words.
    days: String,
    envelope: Envelope,
}

/// The caller's registrations, latest first.
#[derive(Serialize, ToSchema)]
struct BonPlanRegistrations {
    /// At most 25 registrations.
    registrations: Vec<Line>,
    /// The position of the next page: send it as `after`. Null on the last page.
    next: Option<String>,
}

/// A registration.
#[derive(Serialize, ToSchema)]
#[schema(as = BonPlanRegistrationLine)]
struct Line {
    /// The id of the bon plan.
    bon_plan: String,
    title: String,
    partner_name: String,
    place: String,
    #[schema(value_type = String, format = Date)]
    first_day: ParisDay,
    times: Option<String>,
    /// The path of the small picture.
    picture: Option<String>,
    /// `in` with a place, `waiting` in the waiting list.
    #[schema(value_type = words::RegistrationStanding)]
    standing: Standing,
    /// The beginning of the last date: until then the place is kept, and from then on nobody moves up the waiting
    /// list.
    #[schema(value_type = String, format = DateTime)]
    last_begins_at: Timestamp,
    /// Whether the partner withdrew the bon plan.
    withdrawn: bool,
    /// Whether the team took the bon plan down.
    taken_down: bool,
    /// Whether the last date is over.
    over: bool,
}

/// Lists the caller's registrations.
#[utoipa::path(get, path = "/bons-plans/inscriptions", params(MineForm), responses(
    (status = 200, description = "A page of 25", body = BonPlanRegistrations),
    (status = 422, description = "No such page", body = ProblemBody),
))]
pub(crate) async fn mine(State(app): State<App>, pass: Pass, input: Input<MineForm>) -> Result<Reply, Problem> {
    let after = cursor("after", &input.form.after, ArrivalId::parse)?;
    let (someone, _) = app.enter(&pass, &[]).await?;
    let (registered, next) = app.store.attendances.of(pass.beneficiary()?, after, LINES).await?;
    let keys: Vec<_> = registered.iter().map(|one| BonsPlans::key(one.bon_plan)).collect();
    let found = if keys.is_empty() { Default::default() } else { app.store.read(&keys).await? };
    let (mut registrations, mut looks) = (Vec::new(), Vec::new());
    for one in &registered {
        if let Some(plan) = BonsPlans::in_found(&found, one.bon_plan)? {
            registrations.push(Line::of(&plan, one.standing, app.now()));
            looks.push(Look::of(&plan));
        }
    }
    let next = next.map(|arrival| arrival.to_string());
    Ok(Reply::ok(ListPage {
        page: someone.page("Mes inscriptions", MINE),
        looks,
        first: after.map_or_else(String::new, |_| MINE.to_owned()),
        following: next.as_deref().map_or_else(String::new, |next| format!("{MINE}?after={next}")),
        body: BonPlanRegistrations { registrations, next },
    }))
}

impl ListPage {
    fn lines(&self) -> impl Iterator<Item = (&Line, &Look)> {
        self.registrations.iter().zip(&self.looks)
    }
}

impl Look {
    fn of(plan: &BonPlan) -> Self {
        let (content, partner) = (&plan.content, &plan.partner_name);
        Self {
            whereabouts: match content.place.is_named_as(partner) {
                true => format!("{partner}, {}", content.place.commune),
                false => format!("{partner} – {}, {}", content.place.name, content.place.commune),
            },
            days: said_dates(&content.dates),
            envelope: content.envelope,
        }
    }
}

impl Line {
    fn of(plan: &BonPlan, standing: Standing, now: Timestamp) -> Self {
        let content = &plan.content;
        Self {
            bon_plan: plan.id.to_string(),
            title: content.title.to_string(),
            partner_name: plan.partner_name.to_string(),
            place: format!("{}, {}", content.place.name, content.place.commune),
            first_day: content.dates.first_day(),
            times: content.times.as_ref().map(ToString::to_string),
            picture: plan.picture.as_ref().map(|picture| path_of(&picture.small)),
            standing,
            withdrawn: matches!(plan.state, BonPlanState::Withdrawn { .. }),
            taken_down: matches!(plan.state, BonPlanState::TakenDown { .. }),
            last_begins_at: content.dates.last_begins_at(),
            over: plan.is_over(now),
        }
    }
}
