//! The page to project in class: a link, its QR code and the short code by which pupils join, and how many did.

use askama::Template;
use axum::extract::{Path, State};
use epass_domain::{Party, Phase, Refusal, Sortie};
use epass_web::{App, Filled, Page, Pass, Problem, ProblemBody, Reply, School, filters, words};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{HERE, link, own_alone, path};

/// How pupils join, and how many did. It names nobody: a whole class looks at it.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "share.html")]
#[schema(as = EstablishmentSortieShare)]
struct Share {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    /// The code that pupils type.
    #[schema(example = "K7QX2M9ZD")]
    id: String,
    #[serde(skip)]
    code: String,
    /// The link that they open.
    #[schema(example = "https://e-passjeunes.fr/sorties/K7QX2M9ZD")]
    link: String,
    /// *Statut*.
    #[schema(value_type = words::SortieState)]
    state: Phase,
    #[serde(skip)]
    when: String,
    /// *Prix unitaire*, in cents.
    price_cents: u64,
    /// How many have joined.
    joined: u32,
    /// How many are expected.
    expected: u16,
    /// *Total*, in cents.
    total_cents: u64,
    #[serde(skip)]
    partner: String,
    #[serde(skip)]
    here: String,
}

/// Shows how pupils join. Programs may ask for it often: it is how the number of participants is kept up to date.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}/partage",
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "Link and code, and how many have joined", body = Share),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "Nobody can join now (`sortie_state`)", body = ProblemBody),
))]
pub(crate) async fn share(State(app): State<App>, pass: Pass, Path(id): Path<String>) -> Result<Reply, Problem> {
    let (school, sortie) = own_alone(&app, &pass, &id).await?;
    let share = Share::of(&app, &school, &sortie);
    match sortie.state.phase() {
        Phase::Confirmed => Ok(Reply::ok(share)),
        // On this page, not on the sheet: that one names the participants.
        phase => Err(Problem::refused(
            Refusal::SortieState(phase, Party::Establishment),
            "partage",
            Filled::default(),
            |form| Share { form, ..share },
        )),
    }
}

impl Share {
    fn of(app: &App, school: &School, sortie: &Sortie) -> Self {
        let sheet = &sortie.sheet;
        Self {
            page: school.someone.page(sheet.title.as_str(), HERE),
            form: Filled::default(),
            id: sortie.id.as_str().to_owned(),
            code: sortie.id.to_string(),
            link: link(app, sortie),
            state: sortie.state.phase(),
            when: epass_web::said(sheet.day, sheet.day),
            price_cents: sheet.price.euros().cents(),
            joined: sortie.joined,
            expected: sheet.expected.count(),
            total_cents: sortie.total().cents(),
            partner: sortie.partner_name.to_string(),
            here: path(&sortie.id),
        }
    }

    fn is_open(&self) -> bool {
        self.state == Phase::Confirmed
    }
}
