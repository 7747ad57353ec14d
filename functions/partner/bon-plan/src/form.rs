//! The form of a bon plan (guide §8.2): parses the raw text into a typed bon plan and collects every fault.

use epass_domain::{
    BonPlan, BonPlanId, Content, DraftText, Envelope, Fault, Invalid, Line, MinimumAge, Offer, Paragraph, ParisDay,
    Picture, Place, Places, Postcode, RegistrationTerms, chosen, optional, paris_time, ticked,
};
use epass_store::OwnBonPlan;
use epass_web::{Filled, words};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::dates::{DateForm, Rows};
use crate::picture::{Kept, kept};

/// A bon plan as typed. The API returns the same form filled in, so that it can be changed and sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct BonPlanForm {
    /// The id of a new bon plan, taken from its form. It makes the request idempotent: the same form sent twice
    /// creates one bon plan. Without it, each request creates one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The revision that was read. If the bon plan has changed since, the request does not overwrite it. Without it,
    /// the current revision is changed.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "revision")]
    pub revision: Option<u32>,
    /// The action: `draft` keeps the form for later, complete or not; `send` sends it to the team.
    #[schema(value_type = words::BonPlanStepOrNone)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub then: String,

    /// *Titre*.
    #[schema(example = "Rencontre avec une autrice")]
    pub title: String,
    /// *Description*.
    pub description: String,
    /// *Rubrique*: `reading`, `cinema` or `performance`; it must be in the convention.
    #[schema(value_type = words::DeskEnvelopeOrNone)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub envelope: String,
    /// The picture that is already stored, as returned when the bon plan was read; empty for none.
    pub kept_picture: String,
    /// `yes` removes the stored picture.
    #[schema(value_type = words::YesOrNone)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remove_picture: String,
    /// A new picture for a JSON client: JPEG, PNG or WebP, 2 MB at most, in base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub picture_base64: String,
    /// The alternative text of the picture; required with a picture.
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
    /// The dates, 12 at most; each with its start and end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<DateForm>,
    /// The dates as a posted form sends them. It rejects every field name that is not defined in this form.
    #[serde(flatten, skip_serializing)]
    #[schema(ignore)]
    pub rows: Rows,
    /// *Précision sur les horaires*; may be empty.
    #[schema(example = "ouverture des portes à 19 h 30")]
    pub times: String,

    /// *Tarif*: `free` or `reduced`.
    #[schema(value_type = words::OfferCodeOrNone)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub offer: String,
    /// *Prix ou réduction*; required with `reduced`.
    pub terms: String,

    /// *Âge minimum*, 15 to 25; may be empty.
    pub minimum_age: String,
    /// *Conditions d'accès*; may be empty.
    pub access_conditions: String,
    /// *Présence d'un accompagnateur*: `yes` or `no`.
    #[schema(value_type = words::YesNoOrNone)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub accompanied: String,

    /// *Modalités de réservation*; may be empty.
    pub how_to_book: String,
    /// *Nombre de places*, 1 to 10 000; empty for no limit.
    pub places: String,
    /// *Inscription*: `yes` if one must register here, otherwise `no`.
    #[schema(value_type = words::YesNoOrNone)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub registration: String,
    /// The last day for registration; empty for the first day. Registration always closes when the last date begins.
    pub closing_day: String,
}

/// The action that a form asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Keep it for later.
    Keep,
    /// *J'envoie mon Bon Plan*.
    Send,
}

/// A valid form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The texts, dates and terms.
    pub content: Content,
    /// The picture.
    pub picture: Option<Picture>,
}

/// A form to keep for later; it may be incomplete or faulty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// The name in lists.
    pub name: Line,
    /// The form as typed.
    pub text: DraftText,
}

const PLACE: usize = 80;
const STREET: usize = 100;
const COMMUNE: usize = 50;
const ALT: usize = 120;
const YES: &str = "yes";
/// The most characters of a field of a draft. A longer value was not typed by hand.
const TYPED: usize = 10_000;

impl BonPlanForm {
    /// The empty form of a new bon plan.
    pub fn new(id: BonPlanId) -> Self {
        Self { id: id.to_string(), ..Self::default() }
    }

    /// The form filled in with a bon plan: with its stored corrections if it has any, otherwise with the version that
    /// was sent.
    ///
    /// # Errors
    /// serde's error, for corrections that another version of the form stored.
    pub fn of(plan: &BonPlan) -> Result<Self, serde_json::Error> {
        let form = match &plan.draft {
            None => Self::of_content(&plan.content, plan.picture.as_ref()),
            Some(text) => Self::of_text(text)?,
        };
        Ok(Self { revision: Some(plan.revision), ..form })
    }

    /// The form as it was kept for later.
    ///
    /// # Errors
    /// serde's error, for a form that another version stored.
    pub fn of_text(text: &DraftText) -> Result<Self, serde_json::Error> {
        match text {
            DraftText::Typed(json) => serde_json::from_str(json).map(Self::with_known_choices),
            DraftText::Copied { content, picture } => Ok(Self::of_content(content, picture.as_ref())),
        }
    }

    fn of_content(content: &Content, picture: Option<&Picture>) -> Self {
        let line = |line: &Option<Line>| line.as_ref().map_or_else(String::new, ToString::to_string);
        let text = |words: &Option<Paragraph>| words.as_ref().map_or_else(String::new, ToString::to_string);
        let yes = |is: bool| if is { YES.to_owned() } else { "no".to_owned() };
        Self {
            id: String::new(),
            revision: None,
            then: String::new(),
            title: content.title.to_string(),
            description: content.description.to_string(),
            envelope: content.envelope.code().to_owned(),
            kept_picture: picture.map_or_else(String::new, kept),
            remove_picture: String::new(),
            picture_base64: String::new(),
            picture_alt: picture.map_or_else(String::new, |picture| picture.alt.to_string()),
            place: content.place.name.to_string(),
            place_street: line(&content.place.street),
            place_postcode: content.place.postcode.to_string(),
            place_commune: content.place.commune.to_string(),
            dates: content.dates.slots().iter().map(DateForm::of).collect(),
            rows: Rows::default(),
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
    /// Never: texts and numbers always serialise to JSON.
    pub fn filled(&self) -> Filled {
        let Ok(Value::Object(fields)) = serde_json::to_value(self) else {
            unreachable!("a form is an object");
        };
        let texts = fields.into_iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Number(number) => Some((name, number.to_string())),
            _ => None,
        });
        let dates = self.dates().into_iter().enumerate().flat_map(|(row, date)| date.fields(row));
        Filled::with(texts.chain(dates))
    }

    /// The dates from JSON or from the posted rows; blank rows are left out.
    pub fn dates(&self) -> Vec<DateForm> {
        let all = if self.dates.is_empty() { self.rows.dates() } else { self.dates.clone() };
        all.into_iter().filter(|date| !date.is_blank()).collect()
    }

    /// The action that the form asks for. Without `then` the form is kept: it is sent only on request.
    ///
    /// # Errors
    /// A fault at `then` for any other word.
    pub fn then(&self) -> Result<Then, Fault> {
        const UNKNOWN: Fault = Fault::new("then", "Indiquez « draft » ou « send ».");
        match self.then.as_str() {
            "" | "draft" => Ok(Then::Keep),
            "send" => Ok(Then::Send),
            _ => Err(UNKNOWN),
        }
    }

    /// Checks the fields that are chosen from a list against their allowed values; an empty field is valid.
    fn choices(&self, invalid: &mut Invalid) {
        invalid.field("envelope", chosen(&self.envelope, desk_envelope));
        invalid.field("offer", chosen(&self.offer, offer_word));
        invalid.field("accompanied", chosen(&self.accompanied, yes_or_no));
        invalid.field("registration", chosen(&self.registration, yes_or_no));
        invalid.field("remove_picture", ticked(&self.remove_picture));
    }

    /// Clears choices that this version does not offer; drafts of an earlier version may have them.
    fn with_known_choices(mut self) -> Self {
        let mut invalid = Invalid::default();
        self.choices(&mut invalid);
        let choices: [(&str, &mut String); 5] = [
            ("envelope", &mut self.envelope),
            ("offer", &mut self.offer),
            ("accompanied", &mut self.accompanied),
            ("registration", &mut self.registration),
            ("remove_picture", &mut self.remove_picture),
        ];
        for (field, word) in choices {
            if invalid.faults().iter().any(|(faulty, _)| *faulty == field) {
                word.clear();
            }
        }
        self
    }

    /// Keeps the form as it is, even if it is incomplete. It only rejects values that are too long to be typed,
    /// unknown choices and a picture that cannot be read.
    ///
    /// # Errors
    /// `too_long` at a field, the fault of an unknown choice, or the fault of the picture.
    pub fn sketch(&self, received: Option<Result<Kept, Fault>>, now: Timestamp) -> Result<Sketch, Invalid> {
        let mut invalid = Invalid::default();
        for (field, text) in [
            ("title", &self.title),
            ("description", &self.description),
            ("place", &self.place),
            ("place_street", &self.place_street),
            ("place_commune", &self.place_commune),
            ("times", &self.times),
            ("terms", &self.terms),
            ("access_conditions", &self.access_conditions),
            ("how_to_book", &self.how_to_book),
            ("picture_alt", &self.picture_alt),
        ] {
            if text.chars().count() > TYPED {
                let message = format!("Ce texte est trop long : {TYPED} caractères au plus.");
                invalid.add(field, Fault::told("too_long", message));
            }
        }
        self.choices(&mut invalid);
        let picture = match received {
            Some(received) => invalid.field("picture", received.map(|_| ())),
            None => invalid.field("picture", optional(&self.kept_picture, Kept::parse).map(|_| ())),
        };
        let name = self.name(now);
        invalid.finish(|| {
            picture?;
            let typed = Self {
                id: String::new(),
                revision: None,
                then: String::new(),
                kept_picture: if self.remove_picture == YES { String::new() } else { self.kept_picture.clone() },
                remove_picture: String::new(),
                picture_base64: String::new(),
                dates: self.dates(),
                rows: Rows::default(),
                ..self.clone()
            };
            Some(Sketch { name, text: DraftText::Typed(serde_json::to_string(&typed).ok()?) })
        })
    }

    /// The title, or the time at which it was kept if there is no valid title.
    fn name(&self, now: Timestamp) -> Line {
        let title: String = self.title.trim().chars().take(Content::TITLE).collect();
        let unnamed = || Line::parse(&format!("Brouillon du {}", paris_time(now)), Line::MAX);
        Line::parse(&title, Content::TITLE).or_else(|_| unnamed()).expect("a day and a time are one line")
    }

    /// The faults that prevent sending the form.
    pub fn missing(&self, before: Option<&OwnBonPlan>, now: Timestamp) -> Invalid {
        self.parse(None, before, now).err().unwrap_or_default()
    }

    /// Reads the form as if it were sent at `now`. `received` is the picture that came with the request, stored by
    /// now, or its fault; `before` is what is stored under this id.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(
        &self,
        received: Option<Result<Kept, Fault>>,
        before: Option<&OwnBonPlan>,
        now: Timestamp,
    ) -> Result<Written, Invalid> {
        let mut invalid = Invalid::default();
        let title = invalid.field("title", Line::parse(&self.title, Content::TITLE));
        let description = invalid.field("description", Paragraph::parse(&self.description, Content::TEXT));
        let envelope = invalid.field("envelope", desk_envelope(&self.envelope));
        invalid.field("remove_picture", ticked(&self.remove_picture));
        let picture = self.picture(received, &mut invalid);
        let place = self.place(&mut invalid);
        let dates = crate::dates::parse(&self.dates(), now, &mut invalid);
        let times = invalid.field("times", optional(&self.times, |text| Line::parse(text, Content::TIMES)));
        let offer = self.offer(&mut invalid);
        let minimum_age = invalid.field("minimum_age", optional(&self.minimum_age, MinimumAge::parse));
        let words = |text: &str| optional(text, |text| Paragraph::parse(text, Content::TEXT));
        let access_conditions = invalid.field("access_conditions", words(&self.access_conditions));
        let accompanied = invalid.field("accompanied", yes_or_no(&self.accompanied));
        let how_to_book = invalid.field("how_to_book", words(&self.how_to_book));
        let places = invalid.field("places", optional(&self.places, Places::parse));
        let registration = self.registration(dates.as_ref(), (published(before), now), &mut invalid);
        invalid.finish(|| {
            let content = Content {
                title: title?,
                description: description?,
                envelope: envelope?,
                place: place?,
                dates: dates?,
                times: times?,
                offer: offer?,
                minimum_age: minimum_age?,
                access_conditions: access_conditions?,
                how_to_book: how_to_book?,
                accompanied: accompanied?,
                places: places?,
                registration: registration?,
            };
            Some(Written { content, picture: picture? })
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
        let name = invalid.field("place", Line::name(&self.place, PLACE));
        let street = invalid.field("place_street", optional(&self.place_street, |text| Line::printed(text, STREET)));
        let postcode = invalid.field("place_postcode", Postcode::parse(&self.place_postcode));
        let commune = invalid.field("place_commune", Line::name(&self.place_commune, COMMUNE));
        Some(Place { name: name?, street: street?, postcode: postcode?, commune: commune? })
    }

    fn offer(&self, invalid: &mut Invalid) -> Option<Offer> {
        match self.offer.as_str() {
            "free" => Some(Offer::Free),
            "reduced" => invalid.field("terms", Line::parse(&self.terms, Offer::TERMS)).map(Offer::Reduced),
            _ => invalid.field("offer", Err(Fault::missing())),
        }
    }

    fn registration(
        &self,
        dates: Option<&epass_domain::Dates>,
        (published, now): (Option<RegistrationTerms>, Timestamp),
        invalid: &mut Invalid,
    ) -> Option<Option<RegistrationTerms>> {
        if !invalid.field("registration", yes_or_no(&self.registration))? {
            return Some(None);
        }
        let closing_day = invalid.field("closing_day", optional(&self.closing_day, ParisDay::parse))?;
        let terms = RegistrationTerms::new(closing_day, dates?);
        let terms = terms.and_then(|terms| terms.open_on(ParisDay::of(now), published));
        invalid.field("closing_day", terms).map(Some)
    }
}

/// The registration terms that are already published.
fn published(before: Option<&OwnBonPlan>) -> Option<RegistrationTerms> {
    match before {
        Some(OwnBonPlan::Sent(plan)) if plan.first_published_at.is_some() => plan.content.registration,
        _ => None,
    }
}

/// An envelope that is spent at a desk; other envelopes are faults.
fn desk_envelope(code: &str) -> Result<Envelope, Fault> {
    const NOT_HERE: Fault = Fault::new("envelope", "Choisissez une rubrique de votre convention.");
    let envelope = Envelope::parse(code)?;
    if Envelope::DESK.contains(&envelope) { Ok(envelope) } else { Err(NOT_HERE) }
}

fn offer_word(word: &str) -> Result<(), Fault> {
    const UNKNOWN: Fault = Fault::new("offer", "Choisissez « Gratuit » ou « Tarif réduit ».");
    if matches!(word, "free" | "reduced") { Ok(()) } else { Err(UNKNOWN) }
}

fn yes_or_no(word: &str) -> Result<bool, Fault> {
    const NEITHER: Fault = Fault::new("yes_or_no", "Répondez par oui ou par non.");
    match word {
        YES => Ok(true),
        "no" => Ok(false),
        "" => Err(Fault::missing()),
        _ => Err(NEITHER),
    }
}

/// Reads a number or its text: a posted form has only texts.
fn revision<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Typed {
        Number(u32),
        Text(String),
    }
    match Option::<Typed>::deserialize(from)? {
        None => Ok(None),
        Some(Typed::Number(number)) => Ok(Some(number)),
        Some(Typed::Text(text)) if text.is_empty() => Ok(None),
        Some(Typed::Text(text)) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::{BonPlanState, Rendition};

    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn date(day: &str, begin: &str, end: &str) -> DateForm {
        DateForm { day: day.into(), begin: begin.into(), end: end.into(), last_day: String::new() }
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
            dates: vec![date("28/11/2026", "16:00", "18:00")],
            offer: "free".into(),
            accompanied: "no".into(),
            registration: "yes".into(),
            places: "50".into(),
            ..BonPlanForm::default()
        }
    }

    fn faults(form: &BonPlanForm) -> Vec<(&'static str, &'static str)> {
        let invalid = form.parse(None, None, now()).err().unwrap_or_default();
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
            "day_1",
            "offer",
            "accompanied",
            "registration",
        ];
        assert_eq!(faults(&BonPlanForm::default()), needed.map(|field| (field, "missing")));
    }

    #[test]
    fn what_is_filled_in_reads_back_as_it_was() {
        let written = complete().parse(None, None, now()).unwrap();
        assert_eq!(written.content.registration.unwrap().closing_day(), written.content.dates.first_day());
        let of = |content: Content, picture| BonPlan {
            id: BonPlanId(uuid_nil()),
            partner: epass_domain::PartnerId::mint(1),
            partner_name: Line::parse("Librairie", 100).unwrap(),
            referent_email: epass_domain::Email::parse("a@b.fr").unwrap(),
            referent_name: None,
            content,
            picture,
            draft: None,
            state: BonPlanState::Submitted { at: now() },
            revision: 3,
            first_published_at: None,
        };
        let plan = of(written.content, Some(picture()));
        let again = BonPlanForm::of(&plan).unwrap();
        assert_eq!(again.revision, Some(3));
        let read = again.parse(None, None, now()).unwrap();
        assert_eq!((read.content, read.picture), (plan.content, plan.picture));
    }

    #[test]
    fn a_posted_form_and_json_are_the_same_form() {
        let posted = "then=send&revision=4&title=Rencontre&day_1=2026-11-28&begin_1=16%3A00&end_1=18%3A00&last_day_1=\
                      &day_3=2026-12-05&begin_3=&end_3=&day_2=&begin_2=&end_2=";
        let posted: BonPlanForm = serde_html_form::from_str(posted).unwrap();
        let json = r#"{"then":"send","revision":4,"title":"Rencontre","dates":[
            {"day":"2026-11-28","begin":"16:00","end":"18:00"},{"day":"2026-12-05"}]}"#;
        let json: BonPlanForm = serde_json::from_str(json).unwrap();
        assert_eq!(posted.dates(), json.dates());
        assert_eq!((posted.revision, &posted.title, &posted.then), (json.revision, &json.title, &json.then));
        let filled = posted.filled();
        assert_eq!((filled.value("day_2"), filled.value("begin_1")), ("2026-12-05", "16:00"), "blank rows close up");
        for unknown in ["titre=x", "day_13=2026-11-28", "day_0=2026-11-28", "day_1x=2026-11-28"] {
            assert!(serde_html_form::from_str::<BonPlanForm>(unknown).is_err(), "{unknown}");
        }
        assert!(serde_json::from_str::<BonPlanForm>(r#"{"days":[]}"#).is_err());
        assert!(serde_json::from_str::<BonPlanForm>(r#"{"dates":[{"jour":""}]}"#).is_err());
    }

    #[test]
    fn whatever_is_kept_for_later_comes_back_as_it_was_typed() {
        let faulty = BonPlanForm {
            then: "draft".into(),
            title: "T".repeat(300),
            place_postcode: "1300".into(),
            dates: vec![date("31/02/2026", "25:00", "")],
            ..BonPlanForm::default()
        };
        let sketch = faulty.sketch(None, now()).unwrap();
        assert_eq!(sketch.name.as_str(), "T".repeat(80));
        let again = BonPlanForm::of_text(&sketch.text).unwrap();
        assert_eq!(again, BonPlanForm { then: String::new(), ..faulty });
        let blank = BonPlanForm::default().sketch(None, now()).unwrap();
        assert_eq!(blank.name.as_str().replace('\u{A0}', " "), "Brouillon du 22/11/2026 à 13 h 00");
        let heavy = BonPlanForm { description: "x".repeat(10_001), ..BonPlanForm::default() };
        assert_eq!(heavy.sketch(None, now()).unwrap_err().faults()[0].1.code, "too_long");
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
            dates: vec![date("21/11/2026", "", "")],
            offer: "reduced".into(),
            minimum_age: "14".into(),
            accompanied: "peut-être".into(),
            places: "0".into(),
            ..complete()
        };
        let told = [
            ("title", "too_long"),
            ("envelope", "envelope"),
            ("place_postcode", "postcode"),
            ("day_1", "day_past"),
            ("terms", "missing"),
            ("minimum_age", "minimum_age"),
            ("accompanied", "yes_or_no"),
            ("places", "places"),
        ];
        assert_eq!(faults(&form), told);
        assert_eq!(BonPlanForm { then: "publish".into(), ..complete() }.then().unwrap_err().code, "then");
        let many = BonPlanForm { dates: vec![date("28/11/2026", "16:00", "18:00"); 13], ..complete() };
        assert_eq!(faults(&many), [("day_12", "dates")]);
        for (dates, told) in [
            (vec![DateForm { last_day: "27/11/2026".into(), ..date("28/11/2026", "", "") }], ("last_day_1", "days")),
            (vec![date("28/11/2026", "16:00", "")], ("end_1", "missing")),
            (vec![date("28/11/2026", "", "18:00")], ("begin_1", "missing")),
            (vec![date("", "16:00", "18:00")], ("day_1", "missing")),
            (vec![date("28/11/2026", "18:00", "16:00")], ("end_1", "hours")),
            (vec![date("28/11/2026", "16:00", "18:00"); 2], ("day_2", "date_twice")),
            (vec![date("28/11/2026", "16 heures", "18:00")], ("begin_1", "time")),
        ] {
            assert_eq!(faults(&BonPlanForm { dates, ..complete() }), [told]);
        }
        let closing = BonPlanForm { closing_day: "31/02/2027".into(), ..complete() };
        assert_eq!(faults(&closing), [("closing_day", "no_such_day")]);
        let late = BonPlanForm { closing_day: "29/11/2026".into(), ..complete() };
        assert_eq!(faults(&late), [("closing_day", "closing_day")]);
        let over = BonPlanForm { closing_day: "21/11/2026".into(), ..complete() };
        assert_eq!(faults(&over), [("closing_day", "closing_day_over")], "nobody could register");
    }

    #[test]
    fn a_picture_needs_words_and_can_be_taken_away() {
        let with = BonPlanForm { kept_picture: kept(&picture()), ..complete() };
        assert_eq!(faults(&with), [("picture_alt", "missing")]);
        let described = BonPlanForm { picture_alt: "Une autrice".into(), ..with };
        assert_eq!(described.parse(None, None, now()).unwrap().picture, Some(picture()));
        let without = BonPlanForm { remove_picture: "yes".into(), ..described };
        assert_eq!(without.parse(None, None, now()).unwrap().picture, None);
    }
}
