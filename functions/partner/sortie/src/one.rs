//! The sheet of one outing (guide §9.2, §9.3), for a partner that is signed in.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{Action, Party, Phase, SettlementTerms, Sortie, SortieId, SortieState, StepId};
use epass_sortie::{Shown, Timeline};
use epass_store::Sorties;
use epass_web::{
    App, Desk, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Told, cursor, filters, named_as,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::HERE;
use crate::answer::Answerer;
use crate::form::{ConfirmationForm, ReturnForm};

/// The part of the timeline to show.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ShowForm {
    /// The `timeline.next` value of the previous page.
    suivi: String,
    /// The action that was just done.
    #[param(ignore)]
    fait: String,
}

/// The page of an outing, with the actions that the partner may take.
#[derive(Template, Deref)]
#[template(path = "one.html")]
struct SheetPage {
    page: Page,
    form: Filled,
    answers: bool,
    settles: bool,
    here: String,
    #[deref]
    body: PartnerSortie,
}

/// An outing, as its partner sees it.
#[derive(Serialize, ToSchema)]
struct PartnerSortie {
    /// The sheet of the outing, and its state.
    #[serde(rename = "sortie")]
    shown: Shown,
    /// The id of the partner's transaction; none until the outing is settled.
    transaction: Option<String>,
    /// The timeline: each action with its author and time.
    timeline: Timeline,
    /// The reason why it can be neither confirmed nor settled now, whatever its state; none with a convention in
    /// force.
    suspended: Option<String>,
}

/// Shows one outing.
#[utoipa::path(get, path = "/mes-sorties/{sortie}",
    params(("sortie" = String, Path, description = "Its code"), ShowForm), responses(
    (status = 200, description = "The outing", body = PartnerSortie),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 422, description = "No such page of its timeline", body = ProblemBody),
))]
pub(crate) async fn show(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    resumed: Resumed,
    input: Input<ShowForm>,
) -> Result<Reply, Problem> {
    let (desk, sortie) = own(&app, &pass, &id).await?;
    let suivi = cursor("suivi", &input.form.suivi, StepId::parse)?;
    let steps = app.store.sorties.steps(&sortie.id, suivi, Timeline::LINES).await?;
    let mut sheet = SheetPage::of(&desk, &sortie, Timeline::of(steps));
    sheet.form = resumed.form(Filled::default());
    sheet.page = sheet.page.with_notice(match input.form.fait.as_str() {
        "confirmee" => Some("La sortie est confirmée : l’établissement peut la partager avec ses élèves."),
        "renvoyee" => Some("La sortie est renvoyée à l’établissement avec votre commentaire."),
        _ => None,
    });
    Ok(Reply::ok(sheet))
}

/// Confirms the outing (*Je confirme la sortie*, guide §9.2).
#[utoipa::path(post, path = "/mes-sorties/{sortie}/confirmation", request_body = ConfirmationForm,
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "Confirmed; the establishment gets a mail", body = Shown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "Its state does not allow it (`sortie_state`), or the sheet has changed (`sortie_changed`)", body = ProblemBody),
    (status = 422, description = "No version, its day is over (`sortie_over`), or no convention in force (`no_convention`)", body = ProblemBody),
))]
pub(crate) async fn confirm(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<ConfirmationForm>,
) -> Result<Reply, Problem> {
    let (desk, sortie) = own(&app, &pass, &id).await?;
    let confirmed = async {
        let version = input.form.parse()?;
        answerer(&desk, &sortie).confirm(&app, version).await
    };
    Ok(done(&input.carry("sortie", confirmed).await?, "confirmee"))
}

/// Returns the outing for changes (*Je renvoie la sortie pour modification*, guide §9.3).
#[utoipa::path(post, path = "/mes-sorties/{sortie}/renvoi", request_body = ReturnForm,
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "Sent back; the establishment gets a mail", body = Shown),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "Its state does not allow it (`sortie_state`), or the sheet has changed (`sortie_changed`)", body = ProblemBody),
    (status = 422, description = "No comment, or no version", body = ProblemBody),
))]
pub(crate) async fn send_back(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<ReturnForm>,
) -> Result<Reply, Problem> {
    let (desk, sortie) = own(&app, &pass, &id).await?;
    let returned = async {
        let (comment, version) = input.form.parse()?;
        answerer(&desk, &sortie).send_back(&app, comment, version).await
    };
    Ok(done(&input.carry("sortie", returned).await?, "renvoyee"))
}

/// Reads the desk and its outing of this code.
async fn own(app: &App, pass: &Pass, id: &str) -> Result<(Desk, Sortie), Problem> {
    let id = named_as(id, SortieId::parse, |id| id.as_str().to_owned())?;
    let (desk, found) = app.enter_desk(pass, &Sorties::keys(&id)).await?;
    let sortie = Sorties::in_found(&found, &id)?.filter(|sortie| sortie.partner == desk.partner.id);
    Ok((desk, sortie.ok_or(Problem::not_found())?))
}

/// The desk as the one who answers, under its own name.
fn answerer<'a>(desk: &'a Desk, sortie: &'a Sortie) -> Answerer<'a> {
    Answerer { partner: &desk.partner, who: desk.partner.known_as(), sortie }
}

fn done(sortie: &Sortie, done: &str) -> Reply {
    Reply::ok(Told(Shown::of(sortie, Party::Partner))).see(format!("{HERE}/{}?fait={done}", sortie.id.as_str()))
}

impl SheetPage {
    fn of(desk: &Desk, sortie: &Sortie, timeline: Timeline) -> Self {
        let phase = sortie.state.phase();
        let transaction = match &sortie.state {
            SortieState::Settled { transaction, .. } => Some(transaction.to_string()),
            _ => None,
        };
        let suspended = desk.partner.in_force().err().map(|refusal| refusal.to_string());
        Self {
            page: desk.page(sortie.sheet.title.as_str(), HERE),
            form: Filled::default(),
            answers: phase.allows(Party::Partner, Action::Confirm),
            settles: phase.allows(Party::Partner, Action::Settle),
            here: format!("{HERE}/{}", sortie.id.as_str()),
            body: PartnerSortie { shown: Shown::of(sortie, Party::Partner), transaction, timeline, suspended },
        }
    }

    /// Whether its numbers can still change.
    fn is_live(&self) -> bool {
        self.shown.state == Phase::Confirmed
    }
}
