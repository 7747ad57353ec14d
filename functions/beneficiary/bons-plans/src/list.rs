//! The public list of bons plans.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{ClockTime, Envelope, ParisDay};
use epass_store::Card;
use epass_web::{
    App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, filters, public_page_at, said_many, with_hours, words,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::HERE;
use crate::form::BrowseForm;

/// The description of the list for search engines.
const DESCRIPTION: &str = "Rencontres, avant-premières, spectacles et livres à petit prix : les bons plans que les partenaires de \
                           l’e-PASS JEUNES proposent aux 15 à 25 ans en Provence-Alpes-Côte d’Azur.";
const TITLE: &str = "Les bons plans";
const CARDS: usize = 25;

/// The page of the list, with its filters.
#[derive(Template, Deref)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    form: Filled,
    first: String,
    following: String,
    filtered: bool,
    #[deref]
    body: BonPlanList,
}

/// A page of bons plans, in the order of their last day.
#[derive(Serialize, ToSchema)]
struct BonPlanList {
    /// At most 25 lines. With filters, a page may hold fewer and still have a next page.
    bons_plans: Vec<Line>,
    /// The position of the next page: send it as `after`. Null on the last page.
    next: Option<String>,
    /// The communes that can be selected, by name.
    communes: Vec<Commune>,
}

/// A commune that can be selected.
#[derive(Serialize, ToSchema)]
struct Commune {
    #[schema(example = "aix-en-provence")]
    code: String,
    #[schema(example = "Aix-en-Provence")]
    name: String,
}

/// A bon plan in the list.
#[derive(Serialize, ToSchema)]
#[schema(as = BonPlanLine)]
struct Line {
    id: String,
    title: String,
    partner_name: String,
    commune: String,
    #[schema(value_type = words::DeskEnvelope)]
    envelope: Envelope,
    #[schema(value_type = String, format = Date)]
    first_day: ParisDay,
    /// The last day on which one of its dates begins.
    #[schema(value_type = String, format = Date)]
    last_day: ParisDay,
    /// The number of dates.
    dates: u8,
    /// The beginning of each day, `16:00`, Paris time; null for whole days and when there are several dates.
    #[schema(value_type = Option<String>, example = "16:00")]
    begin: Option<ClockTime>,
    /// The end of each day, under the same conditions.
    #[schema(value_type = Option<String>, example = "18:00")]
    end: Option<ClockTime>,
    /// A note on the times in the partner's words.
    times: Option<String>,
    /// `free` or `reduced`.
    #[schema(value_type = words::OfferCode)]
    offer: String,
    /// The price or reduction in the partner's words; null when the offer is free.
    terms: Option<String>,
    /// The path of the small picture.
    picture: Option<String>,
    /// Whether no place is left; one can still join the waiting list.
    full: bool,
}

/// Lists the published bons plans that are not over.
#[utoipa::path(get, path = "/bons-plans", params(BrowseForm), responses(
    (status = 200, description = "A page of 25", body = BonPlanList),
    (status = 422, description = "Faulty filters", body = ProblemBody),
))]
pub(crate) async fn list(
    State(app): State<App>,
    pass: Option<Pass>,
    input: Input<BrowseForm>,
) -> Result<Reply, Problem> {
    let page = || public_page_at(TITLE, pass.as_ref(), HERE).with_description(DESCRIPTION);
    let shelves = &app.store.shelves;
    let (asked, after) = match input.form.parse(app.now()) {
        Ok(asked) => asked,
        Err(invalid) => {
            let communes = communes(shelves.communes().await?);
            return Err(input.typed.problem(&invalid, |form| ListPage::faulty(page(), form, communes)));
        }
    };
    let (shelf, communes) = tokio::join!(shelves.browse(&asked, after.as_ref(), CARDS), shelves.communes());
    let shelf = shelf?;
    let next = shelf.next.map(|place| place.as_str().to_owned());
    let page = ListPage {
        page: page(),
        form: input.typed,
        first: after.map_or_else(String::new, |_| input.form.path(None)),
        following: next.as_deref().map_or_else(String::new, |next| input.form.path(Some(next))),
        filtered: input.form.filters(),
        body: BonPlanList {
            bons_plans: shelf.cards.into_iter().map(Line::of).collect(),
            next,
            communes: self::communes(communes?),
        },
    };
    Ok(Reply::ok(page))
}

/// The options of *Commune*, from code and name.
fn communes(of: Vec<(String, String)>) -> Vec<Commune> {
    of.into_iter().map(|(code, name)| Commune { code, name }).collect()
}

impl ListPage {
    /// The page with refused filters, without any line.
    fn faulty(page: Page, form: Filled, communes: Vec<Commune>) -> Self {
        let body = BonPlanList { bons_plans: Vec::new(), next: None, communes };
        Self { page, form, first: String::new(), following: String::new(), filtered: true, body }
    }

    fn envelopes() -> [(&'static str, &'static str); 3] {
        Envelope::DESK.map(|one| (one.code(), one.label()))
    }

    fn choices(&self) -> Vec<(&str, &str)> {
        self.communes.iter().map(|one| (one.code.as_str(), one.name.as_str())).collect()
    }
}

impl Line {
    fn of(card: Card) -> Self {
        Self {
            id: card.bon_plan_id.to_string(),
            title: card.title,
            partner_name: card.partner_name,
            commune: card.commune,
            envelope: card.envelope,
            first_day: card.first_day,
            last_day: card.last_day,
            dates: card.dates.unwrap_or(1),
            begin: card.begin,
            end: card.end,
            times: card.times,
            offer: card.offer,
            terms: card.terms,
            picture: card.picture.map(|name| format!("{HERE}/images/{name}")),
            full: card.full,
        }
    }

    /// The days in words, with the hours when there is a single date.
    fn days(&self) -> String {
        match self.dates {
            count @ 2.. => said_many(count.into(), self.first_day, self.last_day),
            _ => with_hours(self.first_day, self.last_day, self.begin.zip(self.end)),
        }
    }
}
