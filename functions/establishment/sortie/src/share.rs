//! The page to project in class: the link, its QR code, the short code to join, and the number of participants.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{ParisDay, Party, Phase, Sortie, SortieId, SortieRefusal};
use epass_web::{App, FieldFault, Filled, Page, Pass, Problem, ProblemBody, Reply, School, filters, said, words};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{HERE, link, own_alone, path};

/// The page to project.
#[derive(Template, Deref)]
#[template(path = "share.html")]
struct SharePage {
    page: Page,
    form: Filled,
    day: ParisDay,
    partner: String,
    here: String,
    #[deref]
    body: EstablishmentSortieShare,
}

/// How pupils join, and the number of participants. It names nobody, because a whole class sees it.
#[derive(Serialize, ToSchema)]
struct EstablishmentSortieShare {
    /// The code that pupils type to join.
    #[schema(value_type = String, example = "K7QX2M9ZD")]
    id: SortieId,
    /// The link that pupils open to join.
    #[schema(example = "https://e-passjeunes.fr/sorties/K7QX2M9ZD")]
    link: String,
    /// *Statut*.
    #[schema(value_type = words::SortieState)]
    state: Phase,
    /// *Prix unitaire*, in cents.
    price_cents: u64,
    /// The number of participants.
    joined: u32,
    /// The expected number of participants.
    expected: u16,
    /// *Total*, in cents.
    total_cents: u64,
}

/// Gives the link and the code to join. Polling is allowed: this is how the number of participants is kept up to
/// date.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}/partage",
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "Link and code, and how many have joined", body = EstablishmentSortieShare),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "Nobody can join now (`sortie_state`)", body = ProblemBody),
))]
pub(crate) async fn share(State(app): State<App>, pass: Pass, Path(id): Path<String>) -> Result<Reply, Problem> {
    let (school, sortie) = own_alone(&app, &pass, &id).await?;
    let share = SharePage::of(&app, &school, &sortie);
    match sortie.state.phase() {
        Phase::Confirmed => Ok(Reply::ok(share)),
        // On this page, because the sheet names the participants.
        phase => Err(share.refused(SortieRefusal::State(phase, Party::Establishment))),
    }
}

impl SharePage {
    fn of(app: &App, school: &School, sortie: &Sortie) -> Self {
        let sheet = &sortie.sheet;
        Self {
            page: school.someone.page(sheet.title.as_str(), HERE),
            form: Filled::default(),
            day: sheet.day,
            partner: sortie.partner_name.to_string(),
            here: path(&sortie.id),
            body: EstablishmentSortieShare {
                id: sortie.id.clone(),
                link: link(app, sortie),
                state: sortie.state.phase(),
                price_cents: sheet.price.euros().cents(),
                joined: sortie.joined,
                expected: sheet.expected.count(),
                total_cents: sortie.total().cents(),
            },
        }
    }

    /// The refusal at the top of this page.
    fn refused(self, refusal: SortieRefusal) -> Problem {
        let fault = FieldFault { field: "partage".into(), code: refusal.code().into(), message: refusal.to_string() };
        Problem::from(refusal).on(Self { form: self.form.refused(vec![fault]), ..self })
    }

    fn is_open(&self) -> bool {
        self.state == Phase::Confirmed
    }

    /// The day in French words.
    fn when(&self) -> String {
        said(self.day, self.day)
    }
}
