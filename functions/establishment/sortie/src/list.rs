//! *Mes sorties*: the list, latest day first.

use askama::Template;
use axum::extract::State;
use epass_sortie::{Line, ListForm, states};
use epass_store::SortiePage;
use epass_web::{App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, School, filters};
use serde::Serialize;
use utoipa::ToSchema;

use crate::HERE;

const LINES_A_PAGE: usize = 25;

/// A page of the establishment's outings, latest day first.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "list.html")]
#[schema(as = EstablishmentSortieList)]
struct List {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    /// The lines.
    sorties: Vec<Line>,
    /// Give it back as `after` to get the next page.
    next: Option<String>,
    #[serde(skip)]
    filtered: bool,
    #[serde(skip)]
    first: String,
    #[serde(skip)]
    following: String,
}

/// Lists the establishment's outings.
#[utoipa::path(get, path = "/etablissement/sorties", params(ListForm), responses(
    (status = 200, description = "A page of 25", body = List),
    (status = 422, description = "Faulty filters, or no such page of the list", body = ProblemBody),
))]
pub(crate) async fn list(State(app): State<App>, pass: Pass, input: Input<ListForm>) -> Result<Reply, Problem> {
    let (school, _) = app.enter_school(&pass, &[]).await?;
    let nothing = |form| List { form, ..List::of(&school, &input.form, SortiePage::default()) };
    let after = input.form.place()?;
    let asked = input.form.parse().map_err(|invalid| input.typed.clone().problem(&invalid, nothing))?;
    let sorties = &app.store.sorties;
    let found = sorties.of_establishment(&school.establishment.id, &asked, after.as_ref(), LINES_A_PAGE).await?;
    Ok(Reply::ok(List { form: input.typed, ..List::of(&school, &input.form, found) }))
}

impl List {
    fn of(school: &School, asked: &ListForm, found: SortiePage) -> Self {
        let here = |after: Option<&str>| format!("{HERE}?{}", asked.query(after)).trim_end_matches('?').to_owned();
        let next = found.next.map(|next| next.as_str().to_owned());
        Self {
            page: school.someone.page("Mes sorties", HERE),
            form: Filled::default(),
            sorties: found.lines.iter().map(Line::of).collect(),
            filtered: asked.filters(),
            first: if asked.after.is_empty() { String::new() } else { here(None) },
            following: next.as_deref().map_or_else(String::new, |next| here(Some(next))),
            next,
        }
    }

    /// The choices of *Statut*.
    fn states() -> [(&'static str, &'static str); 6] {
        states()
    }
}
