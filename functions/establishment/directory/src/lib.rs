//! *CULTURO* (guide §9.1): the public directory of the partners that accept the e-PASS JEUNES. Establishments choose
//! the partner of an outing here, and young people find where to spend their credit.

mod form;
mod function;

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{Accessibility, Department, Envelope, Holder, Listing, PartnerId};
use epass_store::DirectoryPage;
use epass_web::{
    Access, App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Room, filters, named, public_page_at, routes,
    words,
};
use serde::Serialize;
use utoipa::ToSchema;

pub use form::SearchForm;
pub use function::FUNCTION;

const HERE: &str = "/culturo";
/// The number of partners on a page.
const LINES: usize = 25;

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION).open(Access::Public, routes!(search)).open(Access::Public, routes!(show))
}

/// The page of a search.
#[derive(Template, Deref)]
#[template(path = "search.html")]
struct SearchPage {
    page: Page,
    form: Filled,
    first: String,
    following: String,
    filtered: bool,
    #[deref]
    body: ListedPartners,
}

/// The partners that a search found, by name.
#[derive(Serialize, ToSchema)]
struct ListedPartners {
    /// At most 25 partners.
    partners: Vec<Shown>,
    /// The position of the next page: send it as `after`. Null on the last page.
    next: Option<String>,
}

/// The public part of a partner.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = ListedPartner)]
struct Shown {
    /// The dossier number.
    #[schema(example = "41234567")]
    number: String,
    name: String,
    street: String,
    postcode: String,
    commune: String,
    phone: String,
    website: Option<String>,
    /// The envelopes that the partner accepts.
    #[schema(value_type = Vec<words::DeskEnvelope>)]
    envelopes: Vec<Envelope>,
    /// The accessibility: `motor`, `hearing`, `sight`, `mental`.
    #[schema(value_type = Vec<words::AccessibilityCode>)]
    accessibility: Vec<Accessibility>,
}

/// The page of a partner.
#[derive(Template, Deref)]
#[template(path = "partner.html")]
struct PartnerPage {
    page: Page,
    map: String,
    /// The telephone number in the form of a `tel:` link.
    dial: String,
    reader: Reader,
    #[deref]
    body: ListedPartnerPage,
}

/// One partner.
#[derive(Serialize, ToSchema)]
struct ListedPartnerPage {
    #[serde(flatten)]
    shown: Shown,
}

/// The kind of reader, which decides the actions that the page offers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    Establishment,
    Young,
    Other,
}

/// Searches the partners that have a convention in force.
#[utoipa::path(get, path = "/culturo", params(SearchForm), responses(
    (status = 200, description = "A page of 25, by name", body = ListedPartners),
    (status = 422, description = "Faulty fields, or no such page of the list", body = ProblemBody),
))]
async fn search(State(app): State<App>, pass: Option<Pass>, input: Input<SearchForm>) -> Result<Reply, Problem> {
    let page = || {
        public_page_at("CULTURO : où utiliser l’e-PASS JEUNES", pass.as_ref(), HERE).with_description(
            "Les librairies, cinémas et théâtres de Provence-Alpes-Côte d’Azur qui prennent l’e-PASS JEUNES, par nom, \
             commune, rubrique et accessibilité.",
        )
    };
    let faulty = |form| SearchPage::of(page(), form, &SearchForm::default(), DirectoryPage::default());
    let after = input.form.place()?;
    let search = input.form.parse().map_err(|invalid| input.typed.clone().problem(&invalid, faulty))?;
    let found = app.store.directory.search(&search, after, LINES).await?;
    Ok(Reply::ok(SearchPage::of(page(), input.typed, &input.form, found)))
}

/// Gives one partner.
#[utoipa::path(get, path = "/culturo/{partner}", params(("partner" = String, Path, description = "Its dossier number")), responses(
    (status = 200, description = "The partner", body = ListedPartnerPage),
    (status = 404, description = "No such partner, or no convention in force", body = ProblemBody),
))]
async fn show(State(app): State<App>, pass: Option<Pass>, Path(partner): Path<String>) -> Result<Reply, Problem> {
    let partner = named(&partner, PartnerId::parse)?;
    let listing = app.store.directory.find(&partner).await?.ok_or(Problem::not_found())?;
    let reader = match pass.as_ref().map(|pass| &pass.holder) {
        Some(Holder::Establishment(_)) => Reader::Establishment,
        Some(Holder::Beneficiary(_)) => Reader::Young,
        Some(Holder::Partner(_) | Holder::Team) | None => Reader::Other,
    };
    let envelopes: Vec<_> = listing.envelopes.iter().map(|envelope| envelope.label()).collect();
    let told = format!("{}, {} : prend l’e-PASS JEUNES pour {}.", listing.name, listing.address, envelopes.join(", "));
    let page = public_page_at(listing.name.as_str(), pass.as_ref(), HERE).with_description(&told);
    let (map, dial) = (map(&listing), listing.phone.as_str().to_owned());
    let body = ListedPartnerPage { shown: Shown::of(&listing) };
    Ok(Reply::ok(PartnerPage { page, map, dial, reader, body }))
}

/// The address of a map that shows the partner.
fn map(of: &Listing) -> String {
    let address = of.address.to_string();
    let query = serde_html_form::to_string([("query", address)]).expect("a pair of texts is a query");
    format!("https://www.openstreetmap.org/search?{query}")
}

impl Shown {
    fn of(listing: &Listing) -> Self {
        Self {
            number: listing.partner.to_string(),
            name: listing.name.to_string(),
            street: listing.address.street.to_string(),
            postcode: listing.address.postcode.to_string(),
            commune: listing.address.commune.to_string(),
            phone: listing.phone.to_string(),
            website: listing.website.as_ref().map(ToString::to_string),
            envelopes: listing.envelopes.clone(),
            accessibility: listing.accessibility.clone(),
        }
    }

    /// The colour of the partner's card: that of its first envelope.
    fn tone(&self) -> &'static str {
        self.envelopes.first().map_or("", |envelope| envelope.code())
    }
}

impl PartnerPage {
    /// The goods that an envelope buys here, in words.
    const fn buys(envelope: &Envelope) -> &'static str {
        match envelope {
            Envelope::Reading => "Des livres et des bandes dessinées.",
            Envelope::Cinema => "Des places de cinéma.",
            Envelope::Performance => "Des spectacles et des expositions.",
            Envelope::Outing => "Des sorties organisées par les établissements.",
        }
    }
}

impl SearchPage {
    fn of(page: Page, form: Filled, asked: &SearchForm, found: DirectoryPage) -> Self {
        Self {
            page,
            form,
            first: if asked.after.is_empty() { String::new() } else { asked.path("") },
            following: found.next.as_deref().map_or_else(String::new, |next| asked.path(next)),
            filtered: asked.filters(),
            body: ListedPartners { partners: found.listings.iter().map(Shown::of).collect(), next: found.next },
        }
    }

    /// The options of *Département*.
    fn departments() -> [(&'static str, &'static str); 6] {
        Department::ALL.map(|one| (one.code(), one.label()))
    }

    /// The options of *Rubrique*.
    fn envelopes() -> [(&'static str, &'static str); 3] {
        Envelope::DESK.map(|one| (one.code(), one.label()))
    }

    /// The options of *Accessibilités*.
    fn accessibility() -> [(&'static str, &'static str); 4] {
        Accessibility::ALL.map(|one| (one.code(), one.label()))
    }
}
