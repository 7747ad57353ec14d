//! The lists of a bon plan (guide §8.2, nota): registrants with a place and the waiting list, each by time of
//! registration, with contact details.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use derive_more::Deref;
use epass_domain::{ArrivalId, Attendee, BonPlan, BonPlanId, Fault, Invalid, Standing, chosen};
use epass_store::{Attendances, OwnBonPlan, StoreError};
use epass_web::{App, Input, Page, Pass, Problem, ProblemBody, Reply, csv, cursor, filters, words};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::preview::Attendance;
use crate::{HERE, own, own_alone, path};

const LINES_A_PAGE: i32 = 50;
const LINES_OF_A_FILE_AT_ONCE: i32 = 1_000;

/// The list and the page of it to show.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct RegistrantsForm {
    /// `in` (the default): registrants with a place; `waiting`: the waiting list.
    #[param(value_type = words::RegistrantsListOrNone)]
    liste: String,
    /// The `next` value of the previous page.
    after: String,
}

impl RegistrantsForm {
    fn standing(&self) -> Result<Standing, Invalid> {
        const NEITHER: Fault = Fault::new("liste", "Demandez la liste « in » ou « waiting ».");
        let mut invalid = Invalid::default();
        let known = |word: &str| [Standing::In, Standing::Waiting].into_iter().find(|one| one.code() == word);
        let standing = invalid.field("liste", chosen(&self.liste, |word| known(word).ok_or(NEITHER)));
        invalid.finish(|| Some(standing?.unwrap_or(Standing::In)))
    }
}

/// The page of one of the two lists.
#[derive(Template, Deref)]
#[template(path = "registrants.html")]
struct ListPage {
    page: Page,
    path: String,
    first: String,
    following: String,
    #[deref]
    body: BonPlanRegistrants,
}

/// The registrants of a bon plan.
#[derive(Serialize, ToSchema)]
struct BonPlanRegistrants {
    /// The bon plan's title.
    title: String,
    /// The numbers of registrants; none before the first publication.
    attendance: Option<Attendance>,
    /// The number of places; none if there is no limit.
    places: Option<u32>,
    /// Whether this is the waiting list.
    are_waiting: bool,
    /// The registrants, by time of registration.
    registrants: Vec<Registrant>,
    /// Send it as `after` to get the next page.
    next: Option<String>,
}

/// A registrant, with a place or in the waiting list.
#[derive(Serialize, ToSchema)]
#[schema(as = BonPlanRegistrant)]
struct Registrant {
    first_name: String,
    last_name: String,
    email: String,
    /// The phone number, formatted for people; none if none was given.
    phone: Option<String>,
    /// The time of registration: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    registered_at: Timestamp,
}

/// Lists the registrants with a place, or the waiting list.
#[utoipa::path(get, path = "/mes-bons-plans/{plan}/inscrits", params(("plan" = String, Path, description = "The bon plan"), RegistrantsForm), responses(
    (status = 200, description = "A page of 50", body = BonPlanRegistrants),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
    (status = 422, description = "No such list or page", body = ProblemBody),
))]
pub(crate) async fn registrants(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<RegistrantsForm>,
) -> Result<Reply, Problem> {
    let standing = input.form.standing()?;
    let after = cursor("after", &input.form.after, ArrivalId::parse)?;
    let (desk, kept, found) = own(&app, &pass, &id, |id| vec![Attendances::terms_key(id)]).await?;
    let plan = sent(kept)?;
    let page = app.store.attendances.list(plan.id, standing, after, LINES_A_PAGE).await?;
    let path = format!("{}/inscrits", path(plan.id));
    let this = format!("{path}?liste={}", standing.code());
    let next = page.next.map(|next| next.to_string());
    Ok(Reply::ok(ListPage {
        page: desk.page("Liste des inscrits", HERE),
        path,
        first: after.map_or_else(String::new, |_| this.clone()),
        following: next.as_ref().map_or_else(String::new, |next| format!("{this}&after={next}")),
        body: BonPlanRegistrants {
            title: plan.content.title.to_string(),
            attendance: Attendances::terms_in(&found, plan.id)?.as_ref().map(Attendance::of),
            places: plan.content.places.map(epass_domain::Places::count),
            are_waiting: standing == Standing::Waiting,
            registrants: page.attendees.iter().map(Registrant::of).collect(),
            next,
        },
    }))
}

/// Returns all registrants as a file for a spreadsheet: those with a place, then the waiting list.
#[utoipa::path(get, path = "/mes-bons-plans/{plan}/inscrits.csv", params(("plan" = String, Path, description = "The bon plan")), responses(
    (status = 200, description = "UTF-8 with a byte order mark, semicolons", content_type = "text/csv", body = String),
    (status = 404, description = "No bon plan of yours", body = ProblemBody),
))]
pub(crate) async fn export(State(app): State<App>, pass: Pass, Path(id): Path<String>) -> Result<Response, Problem> {
    let (_, kept) = own_alone(&app, &pass, &id).await?;
    let plan = sent(kept)?;
    let heads = ["Liste", "Rang", "Prénom", "Nom", "Adresse mail", "Téléphone", "Inscription", "Heure de Paris"];
    let mut rows = Vec::new();
    for standing in [Standing::In, Standing::Waiting] {
        let all = all(&app, plan.id, standing).await?;
        rows.extend(all.iter().enumerate().map(|(before, attendee)| row(before + 1, attendee)));
    }
    Ok(csv::download("inscrits.csv", heads, rows))
}

/// A bon plan that is not a draft; a draft has no list.
fn sent(kept: OwnBonPlan) -> Result<BonPlan, Problem> {
    match kept {
        OwnBonPlan::Draft(_) => Err(Problem::not_found()),
        OwnBonPlan::Sent(plan) => Ok(*plan),
    }
}

/// Reads a whole list, page by page.
async fn all(app: &App, plan: BonPlanId, standing: Standing) -> Result<Vec<Attendee>, StoreError> {
    let (mut attendees, mut after) = (Vec::new(), None);
    loop {
        let page = app.store.attendances.list(plan, standing, after, LINES_OF_A_FILE_AT_ONCE).await?;
        attendees.extend(page.attendees);
        after = page.next;
        if after.is_none() {
            return Ok(attendees);
        }
    }
}

fn row(rank: usize, of: &Attendee) -> [String; 8] {
    let list = match of.standing {
        Standing::In => "Inscrit",
        Standing::Waiting => "Liste d’attente",
    };
    let [day, hour] = csv::day_and_hour(of.registered_at);
    [
        list.to_owned(),
        rank.to_string(),
        of.first_name.to_string(),
        of.last_name.to_string(),
        of.email.to_string(),
        of.phone.as_ref().map_or_else(String::new, ToString::to_string),
        day,
        hour,
    ]
}

impl Registrant {
    fn of(attendee: &Attendee) -> Self {
        Self {
            first_name: attendee.first_name.to_string(),
            last_name: attendee.last_name.to_string(),
            email: attendee.email.to_string(),
            phone: attendee.phone.as_ref().map(ToString::to_string),
            registered_at: attendee.registered_at,
        }
    }
}
