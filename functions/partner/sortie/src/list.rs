//! The list of outings (guide §9.4), by date and state, with the current number of participants.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_sortie::{Line, ListForm, ListFrame};
use epass_store::SortiePage;
use epass_web::{App, Input, Page, Pass, Problem, ProblemBody, Reply, filters};
use serde::Serialize;
use utoipa::ToSchema;

use crate::HERE;

/// A page of the list, with its filters.
#[derive(Template, Deref)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    list: ListFrame,
    #[deref]
    body: PartnerSorties,
}

/// A page of the partner's outings, latest day first.
#[derive(Serialize, ToSchema)]
struct PartnerSorties {
    /// The outings of this page, at most 25.
    sorties: Vec<Line>,
    /// Send it as `after` to get the next page.
    next: Option<String>,
}

/// Lists the partner's outings.
#[utoipa::path(get, path = "/mes-sorties", params(ListForm), responses(
    (status = 200, description = "A page of 25", body = PartnerSorties),
    (status = 422, description = "Faulty filters, or no such page of the list", body = ProblemBody),
))]
pub(crate) async fn list(State(app): State<App>, pass: Pass, input: Input<ListForm>) -> Result<Reply, Problem> {
    let (desk, _) = app.enter_desk(&pass, &[]).await?;
    let view = |form, found: SortiePage| {
        let (sorties, next) = Line::all(&found);
        let (page, list) = (desk.page("Mes sorties e-PASS", HERE), input.form.frame(HERE, form, &found));
        ListPage { page, list, body: PartnerSorties { sorties, next } }
    };
    let nothing = |form| view(form, SortiePage::default());
    let after = input.form.place()?;
    let asked = input.form.parse().map_err(|invalid| input.typed.clone().problem(&invalid, nothing))?;
    let found = app.store.sorties.of_partner(&desk.partner.id, &asked, after.as_ref(), ListFrame::LINES).await?;
    Ok(Reply::ok(view(input.typed, found)))
}
