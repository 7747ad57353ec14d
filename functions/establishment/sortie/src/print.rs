//! The printed sheet of the day: the voucher that the accompanying person hands to the partner, and the list of names
//! with boxes. No other page shows the voucher's number.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{Party, Sortie, SortieRefusal, SortieState, VoucherNumber};
use epass_sortie::{ParticipantShown, Shown};
use epass_web::{App, Page, Pass, Problem, ProblemBody, Reply, filters};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{HERE, on_its_page, own_alone, path};

/// The page to print.
#[derive(Template, Deref)]
#[template(path = "print.html")]
struct PrintPage {
    page: Page,
    here: String,
    #[deref]
    body: EstablishmentSortieSheet,
}

/// The sheet of the day.
#[derive(Serialize, ToSchema)]
struct EstablishmentSortieSheet {
    /// The outing.
    #[serde(rename = "sortie")]
    shown: Shown,
    /// The voucher's number, 12 characters: the partner types or scans it to settle the outing.
    #[schema(value_type = String)]
    voucher_number: VoucherNumber,
    /// All participants, by last name.
    participants: Vec<ParticipantShown>,
}

/// Gives the sheet of the day.
#[utoipa::path(get, path = "/etablissement/sorties/{sortie}/impression",
    params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "Voucher and list", body = EstablishmentSortieSheet),
    (status = 404, description = "No outing of yours", body = ProblemBody),
    (status = 409, description = "It is not validated, or no longer (`sortie_state`)", body = ProblemBody),
))]
pub(crate) async fn print(State(app): State<App>, pass: Pass, Path(id): Path<String>) -> Result<Reply, Problem> {
    let (school, sortie) = own_alone(&app, &pass, &id).await?;
    let voucher_number = on_its_page(&sortie.id, async { voucher(&sortie) }).await?;
    let participants = app.store.sorties.participants(&sortie.id).await?;
    let body = EstablishmentSortieSheet {
        shown: Shown::of(&sortie, Party::Establishment),
        voucher_number,
        participants: participants.iter().map(ParticipantShown::of).collect(),
    };
    Ok(Reply::ok(PrintPage { page: school.someone.page("Feuille de sortie", HERE), here: path(&sortie.id), body }))
}

/// The voucher of a validated outing.
fn voucher(sortie: &Sortie) -> Result<VoucherNumber, Problem> {
    match &sortie.state {
        SortieState::Validated { voucher, .. } => Ok(voucher.clone()),
        state => Err(SortieRefusal::State(state.phase(), Party::Establishment).into()),
    }
}
