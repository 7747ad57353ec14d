//! One outing: where it stands, who comes, what the establishment may do with it, and its timeline.

use askama::Template;
use axum::extract::{Path, State};
use epass_domain::{Action, Participant, Party, Phase, Presence, Refusal, Sortie, folded};
use epass_sortie::{ParticipantShown, Shown, Timeline};
use epass_web::{App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, School, filters};
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::ShowForm;
use crate::{HERE, link, own_alone, path};

const PARTICIPANTS_A_PAGE: usize = 50;

/// An outing, as its establishment sees it.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "show.html")]
#[schema(as = EstablishmentSortie)]
pub(crate) struct Show {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    /// The sheet, and where it stands.
    #[serde(rename = "sortie")]
    shown: Shown,
    /// How many of those on the list have their credit back, once it is cancelled.
    released: usize,
    /// Those on the list by last name, or those of them that were looked for: a page of 50.
    participants: Vec<ParticipantShown>,
    /// How many there are on all pages.
    found: usize,
    /// Give it back as `page` to get the next page.
    next_page: Option<usize>,
    /// Who did what, and when.
    timeline: Timeline,
    #[serde(skip)]
    may: May,
    #[serde(skip)]
    here: String,
    #[serde(skip)]
    link: String,
    #[serde(skip)]
    searched: bool,
    #[serde(skip)]
    first: String,
    #[serde(skip)]
    following: String,
}

/// What the establishment may do with it now.
struct May {
    edit: bool,
    share: bool,
    validate: bool,
    take_off: bool,
    print: bool,
    cancel: bool,
}

/// Shows one.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}",
    params(("sortie" = String, Path, description = "Its code"), ShowForm), responses(
    (status = 200, description = "The outing", body = Show),
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
        let again = look(&app, &school, &sortie, &ShowForm::default()).await?;
        return Err(Problem::invalid(&invalid, Filled::default(), |form| again.with(form)));
    }
    let mut show = look(&app, &school, &sortie, &input.form).await?;
    show.form = resumed.form(show.form);
    show.page = show.page.with_notice(notice(&input.form.fait, sortie.state.phase()));
    Ok(Reply::ok(show))
}

/// The page of an outing as it is.
pub(crate) async fn look(app: &App, school: &School, sortie: &Sortie, asked: &ShowForm) -> Result<Show, Problem> {
    let (page, suivi) = asked.parse().unwrap_or_default();
    let sorties = &app.store.sorties;
    let (steps, participants) =
        tokio::join!(sorties.steps(&sortie.id, suivi, Timeline::LINES), sorties.participants(&sortie.id));
    Ok(Show::of((app, school), sortie, (Timeline::of(steps?), &participants?), (asked, page)))
}

/// A rule's no, at the top of the page as it stands now.
pub(crate) async fn refused(app: &App, pass: &Pass, id: &str, refusal: Refusal) -> Problem {
    let page = async {
        let (school, sortie) = own_alone(app, pass, id).await?;
        look(app, &school, &sortie, &ShowForm::default()).await
    };
    match page.await {
        Ok(page) => {
            let here = page.here.clone();
            Problem::refused(refusal, "sortie", Filled::default(), |form| page.with(form)).of_page(here)
        }
        Err(problem) => problem,
    }
}

/// What was just done; nothing once the outing went on since.
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

/// Those whose name or number contains what was typed; a number is looked for without its spaces.
fn sought<'a>(participants: &'a [Participant], typed: &str) -> Vec<&'a Participant> {
    let words = folded(typed);
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let is_sought = |one: &&Participant| {
        let name = folded(&format!("{} {} {}", one.first_name, one.last_name, one.first_name));
        name.contains(&words) || (!digits.is_empty() && one.file.as_str().contains(&digits))
    };
    participants.iter().filter(is_sought).collect()
}

impl Show {
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
        Self {
            page: school.someone.page(sortie.sheet.title.as_str(), HERE),
            form: Filled::with([("participant", asked.participant.as_str())]),
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
            may: May::of(sortie),
            searched: !asked.participant.trim().is_empty(),
            here,
            link: link(app, sortie),
            first,
            following,
        }
    }

    /// With what was typed, and what is wrong with it.
    pub(crate) fn with(self, form: Filled) -> Self {
        Self { form, ..self }
    }

    /// Whether some participants of a cancelled outing wait for their credit.
    fn is_releasing(&self) -> bool {
        self.shown.state == Phase::Cancelled.code() && self.released < self.shown.joined as usize
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
