//! *Je demande ma convention* and *Je télécharge ma convention* (guide §4, §5).

mod function;

use std::cmp::Ordering;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use derive_more::Deref;
use epass_domain::{Role, Stage};
use epass_dossier::{CONFIRMATION, DossierForm, Outcome, Standing, declare};
use epass_web::{
    Access, App, Desk, Done, Filled, Input, Page, Problem, ProblemBody, Reply, Resumed, Room, Told, Wants, filters,
    named, routes, see_other,
};
use serde::Serialize;
use utoipa::ToSchema;

pub use function::FUNCTION;

const ASK: &str = "/convention/demande";
const HERE: &str = "/convention";

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION)
        .open(Access::Only(Role::Partner), routes!(form, ask))
        .open(Access::Only(Role::Partner), routes!(show))
        .open(Access::Only(Role::Partner), routes!(download))
}

/// The page of the request for a convention.
#[derive(Template, Deref)]
#[template(path = "ask.html")]
struct AskPage {
    page: Page,
    form: Filled,
    rib_known: bool,
    #[deref]
    body: Ask,
}

/// The request for a convention: a form of four parts, filled in with the known values.
#[derive(Serialize, ToSchema)]
struct Ask {
    /// The state of the convention.
    standing: Standing,
    /// The known values; complete them and send them back.
    dossier: DossierForm,
}

/// The page of the convention.
#[derive(Template, Deref)]
#[template(path = "convention.html")]
struct ConventionPage {
    page: Page,
    #[deref]
    body: MyConvention,
}

/// The convention and its versions.
#[derive(Serialize, ToSchema)]
struct MyConvention {
    /// The state of the convention.
    standing: Standing,
    /// The address to which the two signed copies are to be sent.
    copies_address: Option<String>,
}

/// Shows the form, filled in with the known values (guide §4, nota).
#[utoipa::path(get, path = "/convention/demande", responses(
    (status = 200, description = "The form, filled in", body = Ask),
))]
async fn form(desk: Desk, resumed: Resumed) -> Result<Reply, Problem> {
    let dossier = DossierForm::of(&desk.partner);
    Ok(Reply::ok(AskPage {
        page: resumed.told(desk.page("Je demande ma convention", ASK)),
        form: resumed.form(dossier.filled()),
        rib_known: desk.partner.dossier().is_some(),
        body: Ask { standing: Standing::of(&desk.partner), dossier },
    }))
}

/// Declares the four parts and submits the convention to the team (*Je valide ma demande*). If it is already
/// submitted, the new declaration replaces the previous one.
#[utoipa::path(post, path = "/convention/demande", request_body = DossierForm, responses(
    (status = 200, description = "Asked for", body = Standing),
    (status = 303, description = "The same, for a browser; or it is asked to confirm what would stop all sales"),
    (status = 409, description = "The dossier changed since it was read", body = ProblemBody),
    (status = 422, description = "Faulty fields, the SIRET of another partner, or a change that has to be confirmed (`new_convention_to_confirm`)", body = ProblemBody),
    (status = 429, description = "Too many mails to the referent, or of this partner on this day", body = ProblemBody),
))]
async fn ask(
    State(app): State<App>,
    desk: Desk,
    headers: HeaderMap,
    input: Input<DossierForm>,
) -> Result<Reply, Problem> {
    let asked = declare(&app, &desk.partner, Wants::of(&headers), input).await?;
    let Outcome::Declared(partner, entailed) = asked else {
        return Ok(Reply::ok(Told(Standing::of(&desk.partner))).see(CONFIRMATION));
    };
    let done = if entailed.new_convention { "demande" } else { "dossier" };
    Ok(Reply::ok(Told(Standing::of(&partner))).see(format!("{HERE}?fait={done}")))
}

/// Shows the state of the convention and the documents of its validated versions (*Je télécharge ma convention*).
#[utoipa::path(get, path = "/convention", responses((status = 200, description = "The convention", body = MyConvention)))]
async fn show(State(app): State<App>, desk: Desk, input: Input<Done>) -> Result<Reply, Problem> {
    let page = desk.page("Je télécharge ma convention", HERE).with_notice(notice(&input.form.fait));
    let copies_address = app.settings.copies_address.as_ref().map(ToString::to_string);
    Ok(Reply::ok(ConventionPage { page, body: MyConvention { standing: Standing::of(&desk.partner), copies_address } }))
}

/// Redirects to the PDF of one of the partner's own validated versions. The link is valid for one minute.
#[utoipa::path(get, path = "/convention/{version}/pdf", params(("version" = u32, Path, description = "1, 2, 3…")), responses(
    (status = 200, description = "The document, where `Location` leads", body = Vec<u8>, content_type = "application/pdf"),
    (status = 303, description = "To the document, at `Location`: a link that lives for a minute"),
    (status = 404, description = "No such version, or not validated", body = ProblemBody),
))]
async fn download(State(app): State<App>, desk: Desk, Path(version): Path<String>) -> Result<Response, Problem> {
    let version: u32 = named(&version, str::parse)?;
    let validated = desk.partner.validated_version(version).ok_or(Problem::not_found())?;
    let name = format!("convention-e-pass-jeunes-{}-v{version}.pdf", desk.partner.id);
    Ok(see_other(&app.files.link(&validated.pdf.key, &name).await?))
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "demande" => Some(
            "Votre demande est envoyée. L’équipe e-PASS JEUNES l’examine ; sa décision sera envoyée par mail à votre référent.",
        ),
        "dossier" => Some("Votre dossier est mis à jour."),
        _ => None,
    }
}

impl AskPage {
    /// Whether the form is shown. With a convention in force there is nothing to ask for, but typed values are still
    /// shown.
    fn shows_form(&self) -> bool {
        !self.standing.in_force || !self.form.faults().is_empty()
    }
}

impl ConventionPage {
    /// The steps of the convention: each label, and whether the step is before, at or after the current one.
    fn steps(&self) -> [(&'static str, Ordering); 4] {
        let labels = ["Demande", "Examen par l’équipe", "Convention validée", "Copies signées reçues"];
        let reached = match self.standing.stage {
            Stage::Registered | Stage::Refused => 0,
            Stage::Requested => 1,
            Stage::CopiesAwaited => 3,
            Stage::Signed => 4,
        };
        std::array::from_fn(|step| (labels[step], step.cmp(&reached)))
    }
}
