//! The sheet of the day, on paper: the voucher that the accompanying person hands to the partner, and the list of names with
//! boxes. The only place where the voucher's number is shown.

use askama::Template;
use axum::extract::{Path, State};
use epass_domain::{Party, Refusal, SortieState};
use epass_sortie::{ParticipantShown, Shown};
use epass_web::{App, Page, Pass, Problem, ProblemBody, Reply, filters};
use serde::Serialize;
use utoipa::ToSchema;

use crate::show::refused;
use crate::{HERE, own_alone, path};

/// The sheet of the day.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "print.html")]
#[schema(as = EstablishmentSortieSheet)]
struct Print {
    #[serde(skip)]
    page: Page,
    /// The outing.
    #[serde(rename = "sortie")]
    shown: Shown,
    /// What the partner types or scans to settle, 12 characters.
    voucher_number: String,
    #[serde(skip)]
    voucher_said: String,
    /// Everybody on the list, by last name.
    participants: Vec<ParticipantShown>,
    #[serde(skip)]
    here: String,
}

/// Shows the sheet of the day.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}/impression",
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "Voucher and list", body = Print),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "It is not validated, or no longer (`sortie_state`)", body = ProblemBody),
))]
pub(crate) async fn print(State(app): State<App>, pass: Pass, Path(id): Path<String>) -> Result<Reply, Problem> {
    let (school, sortie) = own_alone(&app, &pass, &id).await?;
    let SortieState::Validated { voucher, .. } = &sortie.state else {
        return Err(refused(&app, &pass, &id, Refusal::SortieState(sortie.state.phase(), Party::Establishment)).await);
    };
    let participants = app.store.sorties.participants(&sortie.id).await?;
    Ok(Reply::ok(Print {
        page: school.someone.page("Feuille de sortie", HERE),
        shown: Shown::of(&sortie, Party::Establishment),
        voucher_number: voucher.as_str().to_owned(),
        voucher_said: voucher.to_string(),
        participants: participants.iter().map(ParticipantShown::of).collect(),
        here: path(&sortie.id),
    }))
}
