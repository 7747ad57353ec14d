//! A bon plan as young people see it: one view and one template part, for the public's page, the partner's preview and the
//! team's decision, so that what is decided on is what is shown.

mod telling;

use epass_domain::{BonPlan, Envelope, Paragraph, Rendition};
use epass_web::{said, words};
use serde::Serialize;
use utoipa::ToSchema;

pub use telling::{place_freed, place_sure, tell_of_withdrawal};

/// A bon plan as young people see it; `templates/bon_plan.html` shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlan)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// *Titre*.
    #[schema(example = "Rencontre avec une autrice")]
    pub title: String,
    /// *Description*; line ends count.
    pub description: String,
    /// *Rubrique*.
    #[schema(value_type = words::DeskEnvelope)]
    pub envelope: Envelope,
    /// The name under which people know the partner.
    pub partner_name: String,
    /// Where it happens.
    pub place: Place,
    /// The first day, `2026-11-28`.
    #[schema(format = Date)]
    pub first_day: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub last_day: String,
    /// The days in words.
    #[serde(skip)]
    pub days: String,
    /// The times in the partner's words.
    #[schema(example = "20 h 30")]
    pub times: Option<String>,
    /// `free` or `reduced`.
    #[schema(value_type = words::OfferCode)]
    pub offer: &'static str,
    /// `Gratuit`, or the price or reduction in the partner's words.
    #[schema(example = "Gratuit")]
    pub terms: String,
    /// *Âge minimum* in years, on the first day.
    pub minimum_age: Option<u8>,
    /// *Conditions d'accès*.
    pub access_conditions: Option<String>,
    /// *Modalités de réservation*.
    pub how_to_book: Option<String>,
    /// *Présence d'accompagnateur*.
    pub accompanied: bool,
    /// How many may come; none where there is no limit.
    pub places: Option<u32>,
    /// Whether one has to register here.
    pub registration_required: bool,
    /// The last day on which one may register.
    #[schema(format = Date)]
    pub closing_day: Option<String>,
    /// The closing day in words.
    #[serde(skip)]
    pub closing: Option<String>,
    /// The picture.
    pub picture: Option<Picture>,
}

/// Where a bon plan happens.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlanPlace)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Number and street.
    pub street: Option<String>,
    /// *Code postal*.
    pub postcode: String,
    /// *Commune*.
    pub commune: String,
}

/// A bon plan's picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlanPicture)]
pub struct Picture {
    /// What it shows, in words.
    pub alt: String,
    /// At most 1200 × 1600 pixels.
    pub large: Image,
    /// At most 400 × 600 pixels.
    pub small: Image,
}

/// One size of a picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlanImage)]
pub struct Image {
    /// Its path on the site.
    pub path: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Where the site serves a size of a picture to anybody: its name is its content's, and says nothing to who does not have it.
pub fn image_path(of: &Rendition) -> String {
    format!("/images/bons-plans/{}", of.name())
}

impl Shown {
    /// `path_of` says where the site serves a size of the picture.
    pub fn of(plan: &BonPlan, path_of: impl Fn(&Rendition) -> String) -> Self {
        let content = &plan.content;
        let text = |words: &Option<Paragraph>| words.as_ref().map(ToString::to_string);
        let image = |of: &Rendition| Image { path: path_of(of), width: of.width, height: of.height };
        let closing = content.registration.map(|terms| terms.closing_day());
        Self {
            id: plan.id.to_string(),
            title: content.title.to_string(),
            description: content.description.to_string(),
            envelope: content.envelope,
            partner_name: plan.partner_name.to_string(),
            place: Place {
                name: content.place.name.to_string(),
                street: content.place.street.as_ref().map(ToString::to_string),
                postcode: content.place.postcode.to_string(),
                commune: content.place.commune.to_string(),
            },
            first_day: content.days.first().iso(),
            last_day: content.days.last().iso(),
            days: said(content.days.first(), content.days.last()),
            times: content.times.as_ref().map(ToString::to_string),
            offer: content.offer.code(),
            terms: content.offer.said().to_owned(),
            minimum_age: content.minimum_age.map(epass_domain::MinimumAge::years),
            access_conditions: text(&content.access_conditions),
            how_to_book: text(&content.how_to_book),
            accompanied: content.accompanied,
            places: content.places.map(epass_domain::Places::count),
            registration_required: content.registration.is_some(),
            closing_day: closing.map(epass_domain::ParisDay::iso),
            closing: closing.map(|day| said(day, day)),
            picture: plan.picture.as_ref().map(|picture| Picture {
                alt: picture.alt.to_string(),
                large: image(&picture.large),
                small: image(&picture.small),
            }),
        }
    }
}
