//! *Mes sorties*: the list of outings, latest day first.

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
    body: EstablishmentSortieList,
}

/// A page of the establishment's outings, latest day first.
#[derive(Serialize, ToSchema)]
struct EstablishmentSortieList {
    /// The outings of the page.
    sorties: Vec<Line>,
    /// The position of the next page: send it as `after`. Null on the last page.
    next: Option<String>,
}

/// Lists the establishment's outings.
#[utoipa::path(get, path = "/etablissement/sorties", params(ListForm), responses(
    (status = 200, description = "A page of 25", body = EstablishmentSortieList),
    (status = 422, description = "Faulty filters, or no such page of the list", body = ProblemBody),
))]
pub(crate) async fn list(State(app): State<App>, pass: Pass, input: Input<ListForm>) -> Result<Reply, Problem> {
    let (school, _) = app.enter_school(&pass, &[]).await?;
    let view = |form, found: SortiePage| {
        let (sorties, next) = Line::all(&found);
        let (page, list) = (school.someone.page("Mes sorties", HERE), input.form.frame(HERE, form, &found));
        ListPage { page, list, body: EstablishmentSortieList { sorties, next } }
    };
    let nothing = |form| view(form, SortiePage::default());
    let after = input.form.place()?;
    let asked = input.form.parse().map_err(|invalid| input.typed.clone().problem(&invalid, nothing))?;
    let sorties = &app.store.sorties;
    let found = sorties.of_establishment(&school.establishment.id, &asked, after.as_ref(), ListFrame::LINES).await?;
    Ok(Reply::ok(view(input.typed, found)))
}
