//! A bon plan as young people see it: one view and one template part for the public page, the partner's preview and
//! the team's decision, so that the team decides on exactly what is published.

mod telling;

use epass_domain::{
    BonPlan, BonPlanId, ClockTime, Content, Dates, Envelope, Line, Paragraph, ParisDay, Rendition, Slot, folded,
};
use epass_web::{said, with_hours, words};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

pub use telling::{place_freed, place_sure, tell_of_end};

/// A bon plan as young people see it; `templates/bon_plan.html` shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlan)]
pub struct Shown {
    /// The id of the bon plan.
    pub id: String,
    /// *Titre*.
    #[schema(example = "Rencontre avec une autrice")]
    pub title: String,
    /// *Description*; line breaks are kept.
    pub description: String,
    /// *Rubrique*.
    #[schema(value_type = words::DeskEnvelope)]
    pub envelope: Envelope,
    /// The trade name of the partner.
    pub partner_name: String,
    /// The venue.
    pub place: Place,
    /// The first day, `2026-11-28`.
    #[schema(format = Date)]
    pub first_day: String,
    /// The last day, included.
    #[schema(format = Date)]
    pub last_day: String,
    /// The dates, in chronological order of their beginning.
    pub dates: Vec<DateShown>,
    /// A note on the times in the partner's words.
    #[schema(example = "ouverture des portes à 19 h 30")]
    pub times: Option<String>,
    /// `free` or `reduced`.
    #[schema(value_type = words::OfferCode)]
    pub offer: &'static str,
    /// `Gratuit`, or the price or reduction in the partner's words.
    #[schema(example = "Gratuit")]
    pub terms: String,
    /// *Âge minimum* in years, on the first day; null when there is none.
    pub minimum_age: Option<u8>,
    /// *Conditions d'accès*.
    pub access_conditions: Option<String>,
    /// *Modalités de réservation*.
    pub how_to_book: Option<String>,
    /// *Présence d'accompagnateur*.
    pub accompanied: bool,
    /// The number of places; null when there is no limit.
    pub places: Option<u32>,
    /// Whether young people must register on this site.
    pub registration_required: bool,
    /// The last day of registration.
    #[schema(format = Date)]
    pub closing_day: Option<String>,
    /// The instant at which registration closes (excluded): the end of the closing day, or the beginning of the last
    /// date.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closes_at: Option<Timestamp>,
    /// The picture; null when there is none.
    pub picture: Option<Picture>,
}

/// One date of a bon plan: a day, or consecutive days with the same hours.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlanDate)]
pub struct DateShown {
    /// The first day, `2026-11-28`.
    #[schema(value_type = String, format = Date)]
    pub first_day: ParisDay,
    /// The last day, included.
    #[schema(value_type = String, format = Date)]
    pub last_day: ParisDay,
    /// The beginning of each day, `16:00`, Paris time; null for whole days.
    #[schema(value_type = Option<String>, example = "16:00")]
    pub begin: Option<ClockTime>,
    /// The end of each day, `18:00`, Paris time; null for whole days.
    #[schema(value_type = Option<String>, example = "18:00")]
    pub end: Option<ClockTime>,
    /// The instant at which the first day begins.
    #[schema(value_type = String, format = DateTime)]
    pub begins_at: Timestamp,
    /// The instant at which the last day ends.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
}

impl DateShown {
    fn of(slot: &Slot) -> Self {
        Self {
            first_day: slot.first(),
            last_day: slot.last(),
            begin: slot.hours().map(|hours| hours.begin()),
            end: slot.hours().map(|hours| hours.end()),
            begins_at: slot.begins_at(),
            ends_at: slot.ends_at(),
        }
    }

    /// The date in French words.
    pub fn said(&self) -> String {
        with_hours(self.first_day, self.last_day, self.begin.zip(self.end))
    }

    /// All dates of a bon plan.
    pub fn all(dates: &Dates) -> Vec<Self> {
        dates.slots().iter().map(Self::of).collect()
    }
}

/// The venue of a bon plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlanPlace)]
pub struct Place {
    /// The name of the venue.
    pub name: String,
    /// Number and street; may be null.
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
    /// The text alternative: what the picture shows, in words.
    pub alt: String,
    /// The large size, at most 1200 × 1600 pixels.
    pub large: Image,
    /// The small size, at most 400 × 600 pixels.
    pub small: Image,
}

/// One size of a picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BonPlanImage)]
pub struct Image {
    /// The path of the image on this site.
    pub path: String,
    /// The width in pixels.
    pub width: u32,
    /// The height in pixels.
    pub height: u32,
}

/// The public address of one size of a picture. The file name is made from the content, so that it reveals nothing to
/// those who do not have the picture.
pub fn image_path(of: &Rendition) -> String {
    format!("/images/bons-plans/{}", of.name())
}

/// The end of registration, in words: « samedi 28 novembre 2026 inclus », « samedi 28 novembre 2026 à 16 h ».
fn until(closes_at: Timestamp) -> String {
    let day = ParisDay::of(closes_at);
    if closes_at == day.starts() {
        let last = ParisDay::of(closes_at - SignedDuration::from_secs(1));
        format!("{} inclus", said(last, last))
    } else {
        format!("{} à {}", said(day, day), epass_domain::paris_hour(closes_at))
    }
}

impl Shown {
    /// The view of a bon plan. `path_of` gives the site's path of one size of the picture.
    pub fn of(plan: &BonPlan, path_of: impl Fn(&Rendition) -> String) -> Self {
        Self::of_content(plan.id, &plan.partner_name, (&plan.content, plan.picture.as_ref()), path_of)
    }

    /// The view of a bon plan that is not submitted yet.
    pub fn of_content(
        id: BonPlanId,
        partner_name: &Line,
        (content, picture): (&Content, Option<&epass_domain::Picture>),
        path_of: impl Fn(&Rendition) -> String,
    ) -> Self {
        let text = |words: &Option<Paragraph>| words.as_ref().map(ToString::to_string);
        let image = |of: &Rendition| Image { path: path_of(of), width: of.width, height: of.height };
        let closes_at = content.registration.map(|_| content.closes_at());
        Self {
            id: id.to_string(),
            title: content.title.to_string(),
            description: content.description.to_string(),
            envelope: content.envelope,
            partner_name: partner_name.to_string(),
            place: Place {
                name: content.place.name.to_string(),
                street: content.place.street.as_ref().map(ToString::to_string),
                postcode: content.place.postcode.to_string(),
                commune: content.place.commune.to_string(),
            },
            first_day: content.dates.first_day().iso(),
            last_day: content.dates.last_day().iso(),
            dates: DateShown::all(&content.dates),
            times: content.times.as_ref().map(ToString::to_string),
            offer: content.offer.code(),
            terms: content.offer.said().to_owned(),
            minimum_age: content.minimum_age.map(epass_domain::MinimumAge::years),
            access_conditions: text(&content.access_conditions),
            how_to_book: text(&content.how_to_book),
            accompanied: content.accompanied,
            places: content.places.map(epass_domain::Places::count),
            registration_required: content.registration.is_some(),
            closing_day: content.registration.map(|terms| terms.closing_day().iso()),
            closes_at,
            picture: picture.map(|picture| Picture {
                alt: picture.alt.to_string(),
                large: image(&picture.large),
                small: image(&picture.small),
            }),
        }
    }

    /// Whether the venue has the partner's name, which is then shown once.
    pub fn place_is_partner(&self) -> bool {
        folded(&self.place.name) == folded(&self.partner_name)
    }

    /// The end of registration, in words.
    pub fn closing(&self) -> Option<String> {
        self.closes_at.map(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_when_one_may_register_is_said_as_people_say_it() {
        let said = |at: &str| until(at.parse().unwrap()).replace('\u{A0}', " ");
        assert_eq!(said("2026-11-29T00:00:00+01:00"), "samedi 28 novembre 2026 inclus");
        assert_eq!(said("2026-11-28T16:00:00+01:00"), "samedi 28 novembre 2026 à 16 h 00");
    }
}
