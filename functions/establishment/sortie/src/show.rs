//! One outing: its state, its participants, the actions of the establishment, and its timeline.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{Action, Participant, Party, Phase, Presence, Sortie, folded};
use epass_sortie::{ParticipantShown, Shown, Timeline};
use epass_web::{App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, School, filters};
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::ShowForm;
use crate::{HERE, link, own_alone, path};

const PARTICIPANTS_A_PAGE: usize = 50;

/// The page of an outing, with the actions of the establishment.
#[derive(Template, Deref)]
#[template(path = "show.html")]
struct SheetPage {
    page: Page,
    form: Filled,
    may: May,
    here: String,
    link: String,
    searched: bool,
    first: String,
    following: String,
    #[deref]
    body: EstablishmentSortie,
}

/// An outing, as its establishment sees it.
#[derive(Serialize, ToSchema)]
struct EstablishmentSortie {
    /// The sheet and the state.
    #[serde(rename = "sortie")]
    shown: Shown,
    /// The number of participants whose credit is given back, once the outing is cancelled.
    released: usize,
    /// The participants by last name, or those that the search found: a page of 50.
    participants: Vec<ParticipantShown>,
    /// The number of participants on all pages.
    found: usize,
    /// The number of the next page: send it as `page`. Null on the last page.
    next_page: Option<usize>,
    /// The timeline of the outing.
    timeline: Timeline,
}

/// The actions that the state allows now.
struct May {
    edit: bool,
    share: bool,
    validate: bool,
    take_off: bool,
    print: bool,
    cancel: bool,
}

/// Gives one outing.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}",
    params(("sortie" = String, Path, description = "Its code"), ShowForm), responses(
    (status = 200, description = "The outing", body = EstablishmentSortie),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 422, description = "No such page", body = ProblemBody),
))]
pub(crate) async fn show(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    resumed: Resumed,
    input: Input<ShowForm>,
) -> Result<Reply, Problem> {
    let (school, sortie) = own_alone(&app, &pass, &id).await?;
    if let Err(invalid) = input.form.parse() {
        let sheet = look(&app, &school, &sortie, &ShowForm::default()).await?;
        return Err(Filled::default().problem(&invalid, |form| SheetPage { form, ..sheet }));
    }
    let mut sheet = look(&app, &school, &sortie, &input.form).await?;
    sheet.form = resumed.form(sheet.form);
    sheet.page = sheet.page.with_notice(notice(&input.form.fait, sortie.state.phase()));
    Ok(Reply::ok(sheet))
}

/// The page of an outing. A page number beyond the last page gives the first page.
async fn look(app: &App, school: &School, sortie: &Sortie, asked: &ShowForm) -> Result<SheetPage, Problem> {
    let (page, suivi) = asked.parse().unwrap_or_default();
    let sorties = &app.store.sorties;
    let (steps, participants) =
        tokio::join!(sorties.steps(&sortie.id, suivi, Timeline::LINES), sorties.participants(&sortie.id));
    Ok(SheetPage::of((app, school), sortie, (Timeline::of(steps?), &participants?), (asked, page)))
}

/// The notice of the action that was just done; none once the outing is in another state.
fn notice(done: &str, phase: Phase) -> Option<&'static str> {
    match (done, phase) {
        ("envoyee", Phase::Pending) => {
            Some("Votre demande est envoyée. Le partenaire la reçoit par mail ; sa réponse vous parvient par mail.")
        }
        ("renvoyee", Phase::Pending) => {
            Some("La fiche corrigée est envoyée au partenaire ; sa réponse vous parvient par mail.")
        }
        ("retire", Phase::Confirmed) => {
            Some("L’élève est retiré de la liste : son crédit lui est rendu, et un mail le lui dit.")
        }
        ("validee", Phase::Validated) => Some(
            "La sortie est validée : la liste est figée. Imprimez la feuille de sortie, elle porte le N° de voucher.",
        ),
        ("annulee", Phase::Cancelled) => Some(
            "La sortie est annulée. Les participants récupèrent leur crédit ; eux et le partenaire en sont avertis par mail.",
        ),
        _ => None,
    }
}

/// The participants whose name or number contains the typed text; spaces in a number are ignored.
fn sought<'a>(participants: &'a [Participant], typed: &str) -> Vec<&'a Participant> {
    let words = folded(typed);
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let is_sought = |one: &&Participant| {
        let name = folded(&format!("{} {} {}", one.first_name, one.last_name, one.first_name));
        name.contains(&words) || (!digits.is_empty() && one.file.as_str().contains(&digits))
    };
    participants.iter().filter(is_sought).collect()
}

impl SheetPage {
    fn of(
        (app, school): (&App, &School),
        sortie: &Sortie,
        (timeline, participants): (Timeline, &[Participant]),
        (asked, page): (&ShowForm, usize),
    ) -> Self {
        let here = path(&sortie.id);
        let sought = sought(participants, &asked.participant);
        let rest = sought.len().saturating_sub((page + 1).saturating_mul(PARTICIPANTS_A_PAGE));
        let next_page = (rest > 0).then_some(page + 2);
        let of_page = |page: usize| {
            let page = page.to_string();
            let pairs = [("participant", asked.participant.trim()), ("page", &page)];
            let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            format!("{here}?{}#participants", serde_html_form::to_string(given).unwrap_or_default())
        };
        let (first, following) =
            (if page > 0 { of_page(1) } else { String::new() }, next_page.map_or_else(String::new, of_page));
        let body = EstablishmentSortie {
            shown: Shown::of(sortie, Party::Establishment),
            released: participants.iter().filter(|one| one.presence == Presence::Released).count(),
            found: sought.len(),
            participants: sought
                .iter()
                .skip(page.saturating_mul(PARTICIPANTS_A_PAGE))
                .take(PARTICIPANTS_A_PAGE)
                .map(|one| ParticipantShown::of(one))
                .collect(),
            next_page,
            timeline,
        };
        Self {
            page: school.someone.page(sortie.sheet.title.as_str(), HERE),
            form: Filled::with([("participant", asked.participant.as_str())]),
            may: May::of(sortie),
            searched: !asked.participant.trim().is_empty(),
            here,
            link: link(app, sortie),
            first,
            following,
            body,
        }
    }

    /// Whether some participants of a cancelled outing still wait for their credit.
    fn is_releasing(&self) -> bool {
        self.shown.state == Phase::Cancelled && self.released < self.shown.joined as usize
    }
}

impl May {
    fn of(sortie: &Sortie) -> Self {
        let phase = sortie.state.phase();
        let may = |action| phase.allows(Party::Establishment, action);
        Self {
            edit: may(Action::Resubmit),
            share: phase == Phase::Confirmed,
            validate: may(Action::Validate),
            take_off: may(Action::TakeOff),
            print: phase == Phase::Validated,
            cancel: may(Action::Cancel),
        }
    }
}
