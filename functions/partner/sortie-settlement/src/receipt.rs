//! The receipt of a settled outing, to print.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{ParisDay, Party, Sortie, SortieState};
use epass_sortie::Shown;
use epass_web::{App, Desk, Done, Input, Page, Pass, Problem, ProblemBody, Reply, filters};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{HERE, own_alone};

/// The receipt as a page.
#[derive(Template, Deref)]
#[template(path = "receipt.html")]
pub(crate) struct ReceiptPage {
    page: Page,
    number: String,
    siret: String,
    cancellable: bool,
    #[deref]
    body: SortieReceipt,
}

/// The receipt of a settled outing: the amount owed to the partner.
#[derive(Serialize, ToSchema)]
pub(crate) struct SortieReceipt {
    /// The id of the partner's transaction.
    transaction: String,
    /// The time of the settlement.
    #[schema(value_type = String, format = DateTime)]
    settled_at: Timestamp,
    /// The voucher's number.
    #[schema(example = "00000-0K7P5-2")]
    voucher: String,
    /// The outing; its `total_cents` is the amount owed.
    sortie: Shown,
}

/// Shows the receipt of a settled outing.
#[utoipa::path(get, path = "/mes-sorties/{sortie}/recu", params(("sortie" = String, Path, description = "Its code")), responses(
    (status = 200, description = "The receipt", body = SortieReceipt),
    (status = 404, description = "No outing of yours, or not settled", body = ProblemBody),
))]
pub(crate) async fn receipt(
    State(app): State<App>,
    pass: Pass,
    Path(id): Path<String>,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let (desk, sortie) = own_alone(&app, &pass, &id).await?;
    let mut receipt = ReceiptPage::of(&desk, &sortie).ok_or(Problem::not_found())?;
    receipt.cancellable = ParisDay::of(receipt.settled_at) == ParisDay::of(app.now());
    receipt.page = receipt.page.with_notice(input.form.is("encaissee").then_some("La sortie est encaissée."));
    Ok(Reply::ok(receipt))
}

impl ReceiptPage {
    /// The receipt of a settled outing; none if it is not settled.
    pub(crate) fn of(desk: &Desk, sortie: &Sortie) -> Option<Self> {
        let SortieState::Settled { at, voucher, transaction } = &sortie.state else { return None };
        Some(Self {
            page: desk.page("Reçu de la sortie", HERE),
            number: transaction.number(),
            siret: desk.partner.siret().to_string(),
            cancellable: false,
            body: SortieReceipt {
                transaction: transaction.to_string(),
                settled_at: *at,
                voucher: voucher.to_string(),
                sortie: Shown::of(sortie, Party::Partner),
            },
        })
    }
}
