//! *J'encaisse la sortie e-PASS* (guide §9.5): the settlement of an outing on its day, at the door, mostly on a
//! phone. Absentees are declared one by one and get their credit back at once; then the voucher's number settles the
//! outing, whatever its size, in one transaction.

mod attend;
mod form;
mod function;
mod receipt;
mod settle;

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{Participant, Party, Phase, Role, SettlementTerms, Sortie, SortieId};
use epass_sortie::{ParticipantShown, Shown};
use epass_store::{Found, Key, Sorties};
use epass_web::{
    Access, App, Desk, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, filters, named_as, routes,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{RosterForm, SettlementForm};
pub use function::FUNCTION;

const HERE: &str = "/mes-sorties";
/// The number of participants on a page.
const LINES: usize = 40;

/// The routes of this room.
pub fn room() -> Room {
    let partner = Access::Only(Role::Partner);
    Room::new(&FUNCTION)
        .open(partner, routes!(show, settle::settle))
        .open(partner, routes!(attend::declare_absent))
        .open(partner, routes!(attend::declare_present))
        .open(partner, routes!(receipt::receipt))
}

/// The settlement page.
#[derive(Template, Deref)]
#[template(path = "settlement.html")]
struct DoorPage {
    page: Page,
    form: Filled,
    marks: bool,
    filtered: bool,
    page_number: usize,
    first: String,
    following: String,
    here: String,
    #[deref]
    body: SortieSettlement,
}

/// The list of participants, and the form for the voucher.
#[derive(Serialize, ToSchema)]
struct SortieSettlement {
    /// The outing; `present`, `absent` and `total_cents` cover the whole list.
    sortie: Shown,
    /// The participants who match the filter, by last name: a page of 40.
    participants: Vec<ParticipantShown>,
    /// The number of participants on all pages.
    found: usize,
    /// Send it as `page` to get the next page.
    next_page: Option<usize>,
    /// The reason why it cannot be settled now; none if it can.
    closed: Option<String>,
}

/// Shows the list of participants and the form for the voucher.
#[utoipa::path(get, path = "/mes-sorties/{sortie}/encaissement",
    params(("sortie" = String, Path, description = "Its code"), RosterForm), responses(
    (status = 200, description = "The outing and its participants", body = SortieSettlement),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 422, description = "No such page", body = ProblemBody),
))]
async fn show(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    resumed: Resumed,
    input: Input<RosterForm>,
) -> Result<Reply, Problem> {
    let (desk, sortie) = own_alone(&app, &pass, &id).await?;
    let participants = app.store.sorties.participants(&sortie.id).await?;
    let view = |form, page| {
        let form = input.form.filled(form);
        DoorPage { form, ..DoorPage::of((&desk, &sortie), &participants, (&input.form, page), app.now()) }
    };
    let page = input.form.page().map_err(|invalid| Filled::default().problem(&invalid, |form| view(form, 0)))?;
    let mut door = view(resumed.form(Filled::default()), page);
    door.page = door.page.with_notice(match input.form.fait.as_str() {
        "absent" => Some("Déclaré absent : son crédit lui est rendu."),
        "present" => Some("Replacé en présent."),
        _ => None,
    });
    Ok(Reply::ok(door))
}

/// The path of an outing's page.
fn path(id: &SortieId) -> String {
    format!("{HERE}/{}", id.as_str())
}

/// Reads the desk and its outing of this code, and the keys of `also`, in one round trip.
async fn own(
    app: &App,
    pass: &Pass,
    id: &str,
    also: impl FnOnce(&SortieId) -> Vec<Key>,
) -> Result<(Desk, Sortie, Found), Problem> {
    let id = named_as(id, SortieId::parse, |id| id.as_str().to_owned())?;
    let mut keys = also(&id);
    keys.extend(Sorties::keys(&id));
    let (desk, found) = app.enter_desk(pass, &keys).await?;
    let sortie = Sorties::in_found(&found, &id)?.filter(|sortie| sortie.partner == desk.partner.id);
    Ok((desk, sortie.ok_or(Problem::not_found())?, found))
}

/// [`own`] without other keys.
async fn own_alone(app: &App, pass: &Pass, id: &str) -> Result<(Desk, Sortie), Problem> {
    let (desk, sortie, _) = own(app, pass, id, |_| Vec::new()).await?;
    Ok((desk, sortie))
}

impl DoorPage {
    fn of(
        (desk, sortie): (&Desk, &Sortie),
        participants: &[Participant],
        (asked, page): (&RosterForm, usize),
        now: Timestamp,
    ) -> Self {
        let here = path(&sortie.id);
        let sought: Vec<&Participant> = participants.iter().filter(|one| asked.finds(one)).collect();
        let rest = sought.len().saturating_sub((page + 1).saturating_mul(LINES));
        let next_page = (rest > 0).then_some(page + 2);
        let link = |page: usize| format!("{here}/encaissement?{}#liste", asked.query(page, ""));
        let closed = sortie.may_be_settled(&desk.partner, now).err();
        let listed = sought.iter().skip(page.saturating_mul(LINES)).take(LINES);
        Self {
            page: desk.page("J’encaisse la sortie e-PASS", HERE),
            form: Filled::default(),
            marks: closed.is_none() && sortie.sheet.terms == SettlementTerms::Actual,
            filtered: asked.filters(),
            page_number: page + 1,
            first: if page > 0 { link(0) } else { String::new() },
            following: next_page.map_or_else(String::new, |page| link(page - 1)),
            here,
            body: SortieSettlement {
                sortie: Shown::of(sortie, Party::Partner),
                found: sought.len(),
                participants: listed.map(|one| ParticipantShown::of(one)).collect(),
                next_page,
                closed: closed.map(|refusal| refusal.to_string()),
            },
        }
    }
}
