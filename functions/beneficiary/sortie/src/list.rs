//! The list of the outings that a young person joined, and the field for the code of another one.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Invalid, ParisDay, Phase, Share, SortieId};
use epass_store::{Participation, ParticipationPage, SortiePlace};
use epass_web::{App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, cursor, filters, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{HERE, said};

const LINES: i32 = 25;

/// A position in the caller's outings, or the code of an outing.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListForm {
    /// The code of an outing, as the establishment shared it: the answer redirects a browser to its page.
    #[param(value_type = String, required = false)]
    sortie_code: Option<String>,
    /// The `next` of the previous page.
    after: String,
}

/// The page of the caller's outings, with the field for a code.
#[derive(Template, Deref)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    form: Filled,
    first: String,
    following: String,
    #[deref]
    body: MySorties,
}

/// The caller's outings, latest day first.
#[derive(Serialize, ToSchema)]
struct MySorties {
    /// At most 25 outings.
    sorties: Vec<Line>,
    /// The position of the next page: send it as `after`. Null on the last page.
    next: Option<String>,
}

/// An outing that the caller joined.
#[derive(Serialize, ToSchema)]
#[schema(as = MySortieLine)]
struct Line {
    /// The code of the outing.
    id: String,
    title: String,
    #[schema(value_type = String, format = Date)]
    day: ParisDay,
    establishment: String,
    partner: String,
    /// The state: `confirmed`, `validated`, `settled` or `cancelled`.
    #[schema(value_type = words::SortieState)]
    state: Phase,
    price_cents: u64,
    /// The outcome of the price: `held`, `spent` or `given_back`.
    #[schema(value_type = words::SortieShare)]
    share: Share,
}

/// Lists the caller's outings; with a code, redirects to that outing.
#[utoipa::path(get, path = "/sorties", params(ListForm), responses(
    (status = 200, description = "A page of 25", body = MySorties),
    (status = 422, description = "No such code, or no such page", body = ProblemBody),
))]
pub(crate) async fn list(State(app): State<App>, pass: Pass, input: Input<ListForm>) -> Result<Reply, Problem> {
    let after = cursor("after", &input.form.after, SortiePlace::parse)?;
    let (someone, _) = app.enter(&pass, &[]).await?;
    let mut invalid = Invalid::default();
    let code = input.form.sortie_code.as_deref();
    let code = code.and_then(|code| invalid.field("sortie_code", SortieId::parse(code)));
    let found = app.store.sorties.of_beneficiary(pass.beneficiary()?, after.as_ref(), LINES).await?;
    let is_first = after.is_none();
    let view = |form| ListPage::of(someone.page("Mes sorties", HERE), form, found, is_first);
    if !invalid.faults().is_empty() {
        return Err(input.typed.problem(&invalid, view));
    }
    let reply = Reply::ok(view(Filled::default()));
    Ok(match code {
        Some(code) => reply.see(format!("{HERE}/{}", code.as_str())),
        None => reply,
    })
}

impl ListPage {
    fn of(page: Page, form: Filled, found: ParticipationPage, is_first: bool) -> Self {
        let next = found.next.map(|next| next.as_str().to_owned());
        let path = |next: &str| format!("{HERE}?after={}", next.replace('#', "%23"));
        Self {
            page,
            form,
            first: if is_first { String::new() } else { HERE.to_owned() },
            following: next.as_deref().map_or_else(String::new, path),
            body: MySorties { sorties: found.participations.iter().map(Line::of).collect(), next },
        }
    }
}

impl Line {
    fn of(one: &Participation) -> Self {
        let sortie = &one.sortie;
        Self {
            id: sortie.id.as_str().to_owned(),
            title: sortie.title.to_string(),
            day: sortie.day,
            establishment: sortie.establishment_name.to_string(),
            partner: sortie.partner_name.to_string(),
            state: sortie.phase,
            price_cents: sortie.price.euros().cents(),
            share: one.presence.share(sortie.phase),
        }
    }

    /// The day in words.
    fn when(&self) -> String {
        epass_web::said(self.day, self.day)
    }

    const fn badge(&self) -> &'static str {
        epass_sortie::badge(self.state)
    }

    /// The badge of the price: its kind and its word.
    const fn said(&self) -> (&'static str, &'static str) {
        said(self.share)
    }
}
