//! What a partner writes (guide §8.2): raw text in, a typed bon plan out, every fault gathered.

use epass_domain::{
    BonPlan, BonPlanId, BonPlanState, Content, Days, Envelope, Fault, Invalid, Line, MinimumAge, Offer, Paragraph,
    ParisDay, Picture, Place, Places, Postcode, RegistrationTerms, optional,
};
use epass_web::{Filled, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::picture::{Kept, kept};

/// A bon plan as it is typed, and as it is filled in already: what one reads can be changed and sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BonPlanForm {
    /// A new one's id, from its form: the same form sent twice makes one bon plan. Left out, each request makes one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The revision that was read. A bon plan that has changed since is not overwritten; left out, what stands is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// What to do: `draft` keeps it for later, `send` sends it to the team.
    #[schema(value_type = words::BonPlanStep)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub then: String,

    /// *Titre*.
    #[schema(example = "Rencontre avec une autrice")]
    pub title: String,
    /// *Description*.
    pub description: String,
    /// *Rubrique*: `reading`, `cinema` or `performance`, one of the convention's.
    #[schema(value_type = words::DeskEnvelope)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub envelope: String,
    /// The picture that is kept already, as it was read; empty for none.
    pub kept_picture: String,
    /// `yes` takes the kept picture away.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remove_picture: String,
    /// A new picture for who sends JSON: JPEG, PNG or WebP, 2 MB at most, in base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub picture_base64: String,
    /// What the picture shows, for who does not see it; needed with a picture.
    pub picture_alt: String,

    /// *Lieu*.
    #[schema(example = "Librairie de l’Étoile")]
    pub place: String,
    /// Number and street; may be empty.
    pub place_street: String,
    /// *Code postal*.
    #[schema(example = "13001")]
    pub place_postcode: String,
    /// *Commune*.
    #[schema(example = "Marseille")]
    pub place_commune: String,
    /// *Premier jour*, `2026-11-28` or `28/11/2026`.
    #[schema(example = "2026-11-28")]
    pub first_day: String,
    /// *Dernier jour*; empty for a single day.
    pub last_day: String,
    /// *Horaires*; may be empty.
    #[schema(example = "20 h 30")]
    pub times: String,

    /// *Tarif*: `free` or `reduced`.
    #[schema(value_type = words::OfferCode)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub offer: String,
    /// *Prix ou réduction*, needed with `reduced`.
    pub terms: String,

    /// *Âge minimum*, 15 to 25; may be empty.
    pub minimum_age: String,
    /// *Conditions d'accès*; may be empty.
    pub access_conditions: String,
    /// *Présence d'un accompagnateur*: `yes` or `no`.
    #[schema(value_type = words::YesNo)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub accompanied: String,

    /// *Modalités de réservation*; may be empty.
    pub how_to_book: String,
    /// *Nombre de places*, 1 to 10 000; empty for no limit.
    pub places: String,
    /// *Inscription*: `yes` where one has to register here, or `no`.
    #[schema(value_type = words::YesNo)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub registration: String,
    /// The last day on which one may register; empty for the first day.
    pub closing_day: String,
}

/// What to do with what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Keep it for later.
    Keep,
    /// *J'envoie mon Bon Plan*.
    Send,
}

impl Then {
    /// Whether a bon plan that says what was asked is where it was asked to be: the same form came before.
    pub const fn is_done(self, state: &BonPlanState) -> bool {
        match self {
            Self::Keep => matches!(state, BonPlanState::Draft | BonPlanState::Refused { .. }),
            Self::Send => matches!(state, BonPlanState::Submitted { .. }),
        }
    }
}

/// A form without fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it says.
    pub content: Content,
    /// Its picture.
    pub picture: Option<Picture>,
    /// What to do with it.
    pub then: Then,
}

const PLACE: usize = 80;
const STREET: usize = 100;
const COMMUNE: usize = 50;
const ALT: usize = 120;
const YES: &str = "yes";

impl BonPlanForm {
    /// The empty form of a new one.
    pub fn new(id: BonPlanId) -> Self {
        Self { id: id.to_string(), ..Self::default() }
    }

    /// The form as it is filled in with a bon plan.
    pub fn of(plan: &BonPlan) -> Self {
        let content = &plan.content;
        let line = |line: &Option<Line>| line.as_ref().map_or_else(String::new, ToString::to_string);
        let text = |words: &Option<Paragraph>| words.as_ref().map_or_else(String::new, ToString::to_string);
        let yes = |is: bool| if is { YES.to_owned() } else { "no".to_owned() };
        Self {
            id: String::new(),
            revision: Some(plan.revision),
            then: String::new(),
            title: content.title.to_string(),
            description: content.description.to_string(),
            envelope: content.envelope.code().to_owned(),
            kept_picture: plan.picture.as_ref().map_or_else(String::new, kept),
            remove_picture: String::new(),
            picture_base64: String::new(),
            picture_alt: plan.picture.as_ref().map_or_else(String::new, |picture| picture.alt.to_string()),
            place: content.place.name.to_string(),
            place_street: line(&content.place.street),
            place_postcode: content.place.postcode.to_string(),
            place_commune: content.place.commune.to_string(),
            first_day: content.days.first().iso(),
            last_day: content.days.last().iso(),
            times: line(&content.times),
            offer: content.offer.code().to_owned(),
            terms: match &content.offer {
                Offer::Free => String::new(),
                Offer::Reduced(terms) => terms.to_string(),
            },
            minimum_age: content.minimum_age.map_or_else(String::new, |age| age.years().to_string()),
            access_conditions: text(&content.access_conditions),
            accompanied: yes(content.accompanied),
            how_to_book: text(&content.how_to_book),
            places: content.places.map_or_else(String::new, |places| places.count().to_string()),
            registration: yes(content.registration.is_some()),
            closing_day: content.registration.map_or_else(String::new, |terms| terms.closing_day().iso()),
        }
    }

    /// The values of the page's fields.
    ///
    /// # Panics
    /// Never: texts have a form encoding.
    pub fn filled(&self) -> Filled {
        let encoded = serde_html_form::to_string(self).expect("texts can be encoded");
        let pairs: Vec<(String, String)> = serde_html_form::from_str(&encoded).expect("what was encoded decodes");
        Filled::with(pairs)
    }

    /// Reads the form `today`. `received` is the picture that came along, kept by now, or what is wrong with it.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self, received: Option<Result<Kept, Fault>>, today: ParisDay) -> Result<Written, Invalid> {
        let mut invalid = Invalid::default();
        let title = invalid.field("title", Line::parse(&self.title, Content::TITLE));
        let description = invalid.field("description", Paragraph::parse(&self.description, Content::TEXT));
        let envelope = invalid.field("envelope", desk_envelope(&self.envelope));
        let picture = self.picture(received, &mut invalid);
        let place = self.place(&mut invalid);
        let days = self.days(today, &mut invalid);
        let times = invalid.field("times", optional(&self.times, |text| Line::parse(text, Content::TIMES)));
        let offer = self.offer(&mut invalid);
        let minimum_age = invalid.field("minimum_age", optional(&self.minimum_age, MinimumAge::parse));
        let words = |text: &str| optional(text, |text| Paragraph::parse(text, Content::TEXT));
        let access_conditions = invalid.field("access_conditions", words(&self.access_conditions));
        let accompanied = invalid.field("accompanied", yes_or_no(&self.accompanied));
        let how_to_book = invalid.field("how_to_book", words(&self.how_to_book));
        let places = invalid.field("places", optional(&self.places, Places::parse));
        let registration = self.registration(days, &mut invalid);
        let then = invalid.field("then", then(&self.then));
        invalid.finish(|| {
            let content = Content {
                title: title?,
                description: description?,
                envelope: envelope?,
                place: place?,
                days: days?,
                times: times?,
                offer: offer?,
                minimum_age: minimum_age?,
                access_conditions: access_conditions?,
                how_to_book: how_to_book?,
                accompanied: accompanied?,
                places: places?,
                registration: registration?,
            };
            Some(Written { content, picture: picture?, then: then? })
        })
    }

    fn picture(&self, received: Option<Result<Kept, Fault>>, invalid: &mut Invalid) -> Option<Option<Picture>> {
        let kept = match received {
            Some(received) => Some(invalid.field("picture", received)?),
            None if self.remove_picture == YES => None,
            None => invalid.field("picture", optional(&self.kept_picture, Kept::parse))?,
        };
        match kept {
            None => Some(None),
            Some(kept) => {
                let alt = invalid.field("picture_alt", Line::parse(&self.picture_alt, ALT))?;
                Some(Some(kept.described(alt)))
            }
        }
    }

    fn place(&self, invalid: &mut Invalid) -> Option<Place> {
        let name = invalid.field("place", Line::parse(&self.place, PLACE));
        let street = invalid.field("place_street", optional(&self.place_street, |text| Line::parse(text, STREET)));
        let postcode = invalid.field("place_postcode", Postcode::parse(&self.place_postcode));
        let commune = invalid.field("place_commune", Line::name(&self.place_commune, COMMUNE));
        Some(Place { name: name?, street: street?, postcode: postcode?, commune: commune? })
    }

    /// A blank last day is the first one; what is wrong with the pair stands at the field that was typed.
    fn days(&self, today: ParisDay, invalid: &mut Invalid) -> Option<Days> {
        let first = invalid.field("first_day", ParisDay::parse(&self.first_day));
        let last = invalid.field("last_day", optional(&self.last_day, ParisDay::parse));
        let (first, last) = (first?, last?);
        let at = if last.is_some() { "last_day" } else { "first_day" };
        invalid.field(at, Days::new(first, last.unwrap_or(first), today))
    }

    fn offer(&self, invalid: &mut Invalid) -> Option<Offer> {
        match self.offer.as_str() {
            "free" => Some(Offer::Free),
            "reduced" => invalid.field("terms", Line::parse(&self.terms, Offer::TERMS)).map(Offer::Reduced),
            _ => invalid.field("offer", Err(Fault::missing())),
        }
    }

    fn registration(&self, days: Option<Days>, invalid: &mut Invalid) -> Option<Option<RegistrationTerms>> {
        if !invalid.field("registration", yes_or_no(&self.registration))? {
            return Some(None);
        }
        let closing_day = invalid.field("closing_day", optional(&self.closing_day, ParisDay::parse))?;
        invalid.field("closing_day", RegistrationTerms::new(closing_day, days?)).map(Some)
    }
}

/// An envelope that is spent at a desk.
fn desk_envelope(code: &str) -> Result<Envelope, Fault> {
    const NOT_HERE: Fault = Fault::new("envelope", "Choisissez une rubrique de votre convention.");
    let envelope = Envelope::parse(code)?;
    if Envelope::DESK.contains(&envelope) { Ok(envelope) } else { Err(NOT_HERE) }
}

fn yes_or_no(word: &str) -> Result<bool, Fault> {
    match word {
        YES => Ok(true),
        "no" => Ok(false),
        _ => Err(Fault::missing()),
    }
}

/// Without a word it is kept: only who says so sends.
fn then(word: &str) -> Result<Then, Fault> {
    const UNKNOWN: Fault = Fault::new("then", "Indiquez « draft » ou « send ».");
    match word {
        "" | "draft" => Ok(Then::Keep),
        "send" => Ok(Then::Send),
        _ => Err(UNKNOWN),
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::Rendition;

    use super::*;

    fn today() -> ParisDay {
        ParisDay::parse("22/11/2026").unwrap()
    }

    fn complete() -> BonPlanForm {
        BonPlanForm {
            then: "send".into(),
            title: "Rencontre avec une autrice".into(),
            description: "Une heure de lecture.\nPuis un goûter.".into(),
            envelope: "reading".into(),
            place: "Librairie des Lices".into(),
            place_postcode: "13001".into(),
            place_commune: "Marseille".into(),
            first_day: "28/11/2026".into(),
            offer: "free".into(),
            accompanied: "no".into(),
            registration: "yes".into(),
            places: "50".into(),
            ..BonPlanForm::default()
        }
    }

    fn faults(form: &BonPlanForm) -> Vec<(&'static str, &'static str)> {
        let invalid = form.parse(None, today()).err().unwrap_or_default();
        invalid.faults().iter().map(|(field, fault)| (*field, fault.code)).collect()
    }

    fn picture() -> Picture {
        let rendition = |size: &str, width, height| Rendition {
            key: format!("bon-plan/0123456789abcdef0123456789abcdef-{size}.jpg"),
            width,
            height,
        };
        Picture {
            large: rendition("large", 1200, 900),
            small: rendition("small", 400, 300),
            alt: Line::parse("Une autrice", 100).unwrap(),
        }
    }

    #[test]
    fn an_empty_form_names_every_field_that_is_needed_in_its_order() {
        let needed = [
            "title",
            "description",
            "envelope",
            "place",
            "place_postcode",
            "place_commune",
            "first_day",
            "offer",
            "accompanied",
            "registration",
        ];
        assert_eq!(faults(&BonPlanForm::default()), needed.map(|field| (field, "missing")));
    }

    #[test]
    fn what_is_filled_in_reads_back_as_it_was() {
        let written = complete().parse(None, today()).unwrap();
        assert_eq!(written.then, Then::Send);
        assert_eq!(written.content.days.last(), written.content.days.first(), "a single day");
        assert_eq!(written.content.registration.unwrap().closing_day(), written.content.days.first());
        let of = |content: Content, picture| BonPlan {
            id: BonPlanId(uuid_nil()),
            partner: epass_domain::PartnerId::mint(1),
            partner_name: Line::parse("Librairie", 100).unwrap(),
            referent_email: epass_domain::Email::parse("a@b.fr").unwrap(),
            referent_name: None,
            content,
            picture,
            state: BonPlanState::Draft,
            revision: 3,
            first_published_at: None,
        };
        let plan = of(written.content, Some(picture()));
        let again = BonPlanForm { then: "draft".into(), ..BonPlanForm::of(&plan) };
        let read = again.parse(None, today()).unwrap();
        assert_eq!((read.content, read.picture, read.then), (plan.content, plan.picture, Then::Keep));
    }

    fn uuid_nil() -> uuid::Uuid {
        uuid::Uuid::nil()
    }

    #[test]
    fn every_fault_is_told_at_its_field() {
        let form = BonPlanForm {
            title: "T".repeat(81),
            envelope: "outing".into(),
            place_postcode: "99999".into(),
            first_day: "21/11/2026".into(),
            offer: "reduced".into(),
            minimum_age: "14".into(),
            accompanied: "peut-être".into(),
            places: "0".into(),
            then: "publish".into(),
            ..complete()
        };
        let told = [
            ("title", "too_long"),
            ("envelope", "envelope"),
            ("place_postcode", "postcode"),
            ("first_day", "day_past"),
            ("terms", "missing"),
            ("minimum_age", "minimum_age"),
            ("accompanied", "missing"),
            ("places", "places"),
            ("then", "then"),
        ];
        assert_eq!(faults(&form), told);
        let days = BonPlanForm { last_day: "27/11/2026".into(), closing_day: "31/02/2027".into(), ..complete() };
        assert_eq!(faults(&days), [("last_day", "days"), ("closing_day", "no_such_day")]);
        let late = BonPlanForm { closing_day: "29/11/2026".into(), ..complete() };
        assert_eq!(faults(&late), [("closing_day", "closing_day")]);
    }

    #[test]
    fn a_picture_needs_words_and_can_be_taken_away() {
        let with = BonPlanForm { kept_picture: kept(&picture()), ..complete() };
        assert_eq!(faults(&with), [("picture_alt", "missing")]);
        let described = BonPlanForm { picture_alt: "Une autrice".into(), ..with };
        assert_eq!(described.parse(None, today()).unwrap().picture, Some(picture()));
        let without = BonPlanForm { remove_picture: "yes".into(), ..described };
        assert_eq!(without.parse(None, today()).unwrap().picture, None);
    }
}
