//! The *bon plan* (guide §8; `product.md`, *Bon plan*): what a partner writes, and how it goes from a draft to the public.

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::folded;
use crate::{
    BirthDate, BonPlanId, Email, Envelope, Fault, Line, Paragraph, ParisDay, Partner, PartnerId, Postcode, Refusal,
    whole_number,
};

/// A deal that a partner offers to young people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonPlan {
    /// The key.
    pub id: BonPlanId,
    /// Whose it is.
    pub partner: PartnerId,
    /// The name under which people know the partner, as it was when this was last sent.
    pub partner_name: Line,
    /// Where the team's decisions are told: the referent, as it was when this was last sent.
    pub referent_email: Email,
    /// The referent's name, as it was then; none in what was stored before it was kept.
    #[serde(default)]
    pub referent_name: Option<Line>,
    /// What it says.
    pub content: Content,
    /// Its picture.
    pub picture: Option<Picture>,
    /// Where it stands.
    pub state: BonPlanState,
    /// Counts the changes: a decision is made on the revision that was read.
    pub revision: u32,
    /// When it was first published; none until then. From then on it may have registrants.
    pub first_published_at: Option<Timestamp>,
}

/// Where a bon plan stands. Whether it is [over](BonPlan::is_over) follows from its days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BonPlanState {
    /// The partner is writing.
    Draft,
    /// Waits for the team.
    Submitted {
        /// Since when.
        at: Timestamp,
    },
    /// Shown to young people.
    Published {
        /// Since when.
        at: Timestamp,
    },
    /// The team said no; the partner may correct and send it again.
    Refused {
        /// When.
        at: Timestamp,
        /// Why, for the partner to read.
        reason: Paragraph,
    },
    /// The partner took it back, for good; it can be duplicated.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

impl BonPlanState {
    /// The word at rest and in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted { .. } => "submitted",
            Self::Published { .. } => "published",
            Self::Refused { .. } => "refused",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// What the screens call it.
    pub fn label(&self) -> &'static str {
        Self::label_of(self.code())
    }

    /// What the screens call the state of this word; nothing for a word that is none.
    pub fn label_of(code: &str) -> &'static str {
        match code {
            "draft" => "Brouillon",
            "submitted" => "À valider",
            "published" => "Publié",
            "refused" => "À corriger",
            "withdrawn" => "Retiré",
            _ => "",
        }
    }
}

/// What a bon plan says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// *Titre*, at most [`Content::TITLE`] characters.
    pub title: Line,
    /// *Description*, at most [`Content::TEXT`] characters.
    pub description: Paragraph,
    /// One that the convention names.
    pub envelope: Envelope,
    /// Where it happens.
    pub place: Place,
    /// When it happens.
    pub days: Days,
    /// At what times, in the partner's words: « 20 h 30 ». At most [`Content::TIMES`] characters.
    pub times: Option<Line>,
    /// What it costs.
    pub offer: Offer,
    /// *Âge minimum*, on the first day.
    pub minimum_age: Option<MinimumAge>,
    /// *Conditions d'accès*, at most [`Content::TEXT`] characters.
    pub access_conditions: Option<Paragraph>,
    /// *Modalités de réservation*, at most [`Content::TEXT`] characters.
    pub how_to_book: Option<Paragraph>,
    /// *Présence d'accompagnateur*: whether somebody accompanies the young people.
    pub accompanied: bool,
    /// How many may come; none where there is no limit.
    pub places: Option<Places>,
    /// Where one has to register: until when.
    pub registration: Option<RegistrationTerms>,
}

impl Content {
    /// The most characters of a title: what a card shows without cutting it.
    pub const TITLE: usize = 80;
    /// The most characters of a description, of access conditions and of how to book.
    pub const TEXT: usize = 3_000;
    /// The most characters of the times.
    pub const TIMES: usize = 60;
}

/// Where a bon plan happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its name, at most 80 characters.
    pub name: Line,
    /// Number and street, at most 100 characters.
    pub street: Option<Line>,
    /// *Code postal*.
    pub postcode: Postcode,
    /// *Commune*, at most 50 characters.
    pub commune: Line,
}

impl Place {
    /// The commune as filters name it: plain lower-case letters and digits joined by hyphens, so that « Aix en
    /// Provence » and « AIX-EN-PROVENCE » are one.
    pub fn commune_code(&self) -> String {
        commune_code(self.commune.as_str())
    }
}

/// A commune's name as filters name it: `aix-en-provence`.
pub fn commune_code(name: &str) -> String {
    folded(name).replace(' ', "-")
}

/// The first and the last day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    first: ParisDay,
    last: ParisDay,
}

impl Days {
    /// From `first` to `last`, as a partner may announce them `today`.
    ///
    /// # Errors
    /// For the last day: `days` when it comes before the first; `day_past` when it is over; `day_far` when it is more than
    /// a year ahead.
    pub fn new(first: ParisDay, last: ParisDay, today: ParisDay) -> Result<Self, Fault> {
        if last < first {
            return Err(Fault::new("days", "Le dernier jour vient avant le premier."));
        }
        if last < today {
            return Err(Fault::new("day_past", "Ce jour est passé : indiquez un jour à venir."));
        }
        if last > year_after(today) {
            return Err(Fault::new("day_far", "Indiquez un jour dans l’année qui vient."));
        }
        Ok(Self { first, last })
    }

    /// The first day.
    pub const fn first(self) -> ParisDay {
        self.first
    }

    /// The last day; the same as the first for a single one.
    pub const fn last(self) -> ParisDay {
        self.last
    }
}

impl std::fmt::Display for Days {
    /// `le 28/11/2026`, or `du 28/11/2026 au 29/11/2026`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            write!(f, "le {}", self.first)
        } else {
            write!(f, "du {} au {}", self.first, self.last)
        }
    }
}

fn year_after(day: ParisDay) -> ParisDay {
    ParisDay::new(day.date().saturating_add(Span::new().years(1)))
}

/// What it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// *Gratuit*.
    Free,
    /// *Tarif réduit*: the price or the reduction in the partner's words, at most [`Offer::TERMS`] characters.
    Reduced(Line),
}

impl Offer {
    /// The most characters of a price or reduction.
    pub const TERMS: usize = 60;

    /// The word at rest, in filters and in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Reduced(_) => "reduced",
        }
    }

    /// For people: `Gratuit`, or the partner's words.
    pub fn said(&self) -> &str {
        match self {
            Self::Free => "Gratuit",
            Self::Reduced(terms) => terms.as_str(),
        }
    }
}

/// *Âge minimum*, 15 to 25 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct MinimumAge(u8);

impl MinimumAge {
    /// Reads an age in years.
    ///
    /// # Errors
    /// `missing` when blank; `minimum_age` unless it is a whole number from 15 to 25.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let years = whole_number(text, 15..=25, Self::FAULT)?;
        u8::try_from(years).map_err(|_| Self::FAULT).map(Self)
    }

    const FAULT: Fault =
        Fault::new("minimum_age", "Indiquez un âge de 15 à 25 ans, en années entières et sans signe, ou laissez vide.");

    /// Whole years.
    pub const fn years(self) -> u8 {
        self.0
    }

    /// The latest birth date of those who are old enough on `day`.
    fn born_by(self, day: ParisDay) -> BirthDate {
        let years = i64::from(self.0);
        BirthDate::at(day.date().saturating_sub(Span::new().years(years)))
    }
}

impl TryFrom<u8> for MinimumAge {
    type Error = Fault;
    fn try_from(years: u8) -> Result<Self, Fault> {
        if (15..=25).contains(&years) { Ok(Self(years)) } else { Err(Self::FAULT) }
    }
}

impl From<MinimumAge> for u8 {
    fn from(age: MinimumAge) -> Self {
        age.0
    }
}

/// How many may come, 1 to 10 000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Places(u32);

impl Places {
    const FAULT: Fault = Fault::new(
        "places",
        "Indiquez un nombre entier de places, de 1 à 10\u{202F}000, sans signe ni virgule, ou laissez vide.",
    );

    /// Reads a number of places.
    ///
    /// # Errors
    /// `missing` when blank; `places` unless it is a whole number from 1 to 10 000.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        whole_number(text, 1..=10_000, Self::FAULT).map(Self)
    }

    /// How many.
    pub const fn count(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Places {
    type Error = Fault;
    fn try_from(count: u32) -> Result<Self, Fault> {
        if (1..=10_000).contains(&count) { Ok(Self(count)) } else { Err(Self::FAULT) }
    }
}

impl From<Places> for u32 {
    fn from(places: Places) -> Self {
        places.0
    }
}

/// Until when one may register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationTerms {
    closing_day: ParisDay,
}

impl RegistrationTerms {
    /// Registration until the end of `closing_day`; without one, until the end of the first day.
    ///
    /// # Errors
    /// For the closing day: `closing_day` when it comes after the last day.
    pub fn new(closing_day: Option<ParisDay>, days: Days) -> Result<Self, Fault> {
        let closing_day = closing_day.unwrap_or(days.first());
        if closing_day > days.last() {
            return Err(Fault::new("closing_day", "Les inscriptions ne peuvent pas se clore après le dernier jour."));
        }
        Ok(Self { closing_day })
    }

    /// The last day on which one may register.
    pub const fn closing_day(self) -> ParisDay {
        self.closing_day
    }

    /// The first instant at which one no longer may.
    pub fn closes_at(self) -> Timestamp {
        self.closing_day.ends()
    }
}

/// A picture, as it is kept: two sizes of it, in words too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// For the page of one.
    pub large: Rendition,
    /// For lists.
    pub small: Rendition,
    /// What it shows, for who does not see it; at most 120 characters.
    pub alt: Line,
}

/// One size of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendition {
    /// The key in the bucket: `bon-plan/` and a name made of the content's digest.
    pub key: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Rendition {
    /// Where the keys of pictures begin.
    pub const FOLDER: &str = "bon-plan/";

    /// The name in the key, which is also the last part of its path on the site.
    pub fn name(&self) -> &str {
        self.key.strip_prefix(Self::FOLDER).unwrap_or(&self.key)
    }
}

impl BonPlan {
    /// A new one.
    pub fn draft(id: BonPlanId, partner: &Partner, content: Content, picture: Option<Picture>) -> Self {
        Self {
            id,
            partner: partner.id.clone(),
            partner_name: partner.known_as().clone(),
            referent_email: partner.referent_email().clone(),
            referent_name: Some(partner.referent_name()),
            content,
            picture,
            state: BonPlanState::Draft,
            revision: 1,
            first_published_at: None,
        }
    }

    /// A draft that says the same.
    #[must_use]
    pub fn duplicate(&self, id: BonPlanId) -> Self {
        Self { id, state: BonPlanState::Draft, revision: 1, first_published_at: None, ..self.clone() }
    }

    /// Whether its last day is over.
    pub fn is_over(&self, today: ParisDay) -> bool {
        self.content.days.last() < today
    }

    /// Whether its withdrawal is news to somebody: it was published, and not over when it was withdrawn.
    pub fn has_registrants_to_tell(&self) -> bool {
        match self.state {
            BonPlanState::Withdrawn { at } => self.first_published_at.is_some() && !self.is_over(ParisDay::of(at)),
            _ => false,
        }
    }

    /// Whether the public sees it.
    pub const fn is_published(&self) -> bool {
        matches!(self.state, BonPlanState::Published { .. })
    }

    /// Whether the partner may save it without sending it: before it was sent, or after it was refused.
    pub const fn is_draft(&self) -> bool {
        matches!(self.state, BonPlanState::Draft | BonPlanState::Refused { .. })
    }

    /// Whether the partner may still change or withdraw it.
    pub const fn is_standing(&self) -> bool {
        !matches!(self.state, BonPlanState::Withdrawn { .. })
    }

    /// Keeps what was typed, for the partner alone. One that is refused stays so until it is sent again.
    ///
    /// # Errors
    /// [`Refusal::BonPlanChanged`] unless it [is a draft](Self::is_draft).
    pub fn save(self, content: Content, picture: Option<Picture>) -> Result<Self, Refusal> {
        if !self.is_draft() {
            return Err(Refusal::BonPlanChanged);
        }
        Ok(Self { content, picture, revision: self.revision + 1, ..self })
    }

    /// *J'envoie mon Bon Plan*. One that is published goes back to the team, and is not shown until it is published
    /// again; those who registered stay so.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`], [`Refusal::EnvelopeNotInConvention`], [`Refusal::BonPlanOver`];
    /// [`Refusal::BonPlanChanged`] when it is withdrawn.
    pub fn send(
        self,
        content: Content,
        picture: Option<Picture>,
        partner: &Partner,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if !self.is_standing() {
            return Err(Refusal::BonPlanChanged);
        }
        let convention = partner.in_force()?;
        let asked = content.envelope;
        if !convention.envelopes.contains(&asked) || !Envelope::DESK.contains(&asked) {
            return Err(Refusal::EnvelopeNotInConvention(asked));
        }
        let sent = Self {
            partner_name: partner.known_as().clone(),
            referent_email: partner.referent_email().clone(),
            referent_name: Some(partner.referent_name()),
            content,
            picture,
            state: BonPlanState::Submitted { at: now },
            revision: self.revision + 1,
            ..self
        };
        if sent.is_over(ParisDay::of(now)) { Err(Refusal::BonPlanOver) } else { Ok(sent) }
    }

    /// The team publishes it.
    ///
    /// # Errors
    /// [`Refusal::BonPlanChanged`] unless it waits; [`Refusal::BonPlanOver`].
    pub fn publish(self, now: Timestamp) -> Result<Self, Refusal> {
        let BonPlanState::Submitted { .. } = self.state else {
            return Err(Refusal::BonPlanChanged);
        };
        if self.is_over(ParisDay::of(now)) {
            return Err(Refusal::BonPlanOver);
        }
        Ok(Self {
            state: BonPlanState::Published { at: now },
            revision: self.revision + 1,
            first_published_at: self.first_published_at.or(Some(now)),
            ..self
        })
    }

    /// The team refuses it.
    ///
    /// # Errors
    /// [`Refusal::BonPlanChanged`] unless it waits.
    pub fn refuse(self, reason: Paragraph, now: Timestamp) -> Result<Self, Refusal> {
        let BonPlanState::Submitted { .. } = self.state else {
            return Err(Refusal::BonPlanChanged);
        };
        Ok(Self { state: BonPlanState::Refused { at: now, reason }, revision: self.revision + 1, ..self })
    }

    /// The partner takes it back, for good.
    ///
    /// # Errors
    /// [`Refusal::BonPlanChanged`] when it is withdrawn already.
    pub fn withdraw(self, now: Timestamp) -> Result<Self, Refusal> {
        if !self.is_standing() {
            return Err(Refusal::BonPlanChanged);
        }
        Ok(Self { state: BonPlanState::Withdrawn { at: now }, revision: self.revision + 1, ..self })
    }

    /// The latest birth date of those who are old enough on the first day; none where any age will do.
    pub fn born_by(&self) -> Option<BirthDate> {
        self.content.minimum_age.map(|age| age.born_by(self.content.days.first()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::convention::tests::{registered, validated_partner};

    pub(crate) fn day(text: &str) -> ParisDay {
        ParisDay::parse(text).unwrap()
    }

    pub(crate) fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn line(text: &str) -> Line {
        Line::parse(text, 100).unwrap()
    }

    pub(crate) fn content() -> Content {
        let days = Days::new(day("28/11/2026"), day("29/11/2026"), day("22/11/2026")).unwrap();
        Content {
            title: line("Rencontre avec une autrice"),
            description: Paragraph::parse("Une heure de lecture.", 100).unwrap(),
            envelope: Envelope::Reading,
            place: Place {
                name: line("Librairie des Lices"),
                street: None,
                postcode: Postcode::parse("13001").unwrap(),
                commune: line("Marseille"),
            },
            days,
            times: Some(line("20 h 30")),
            offer: Offer::Free,
            minimum_age: None,
            access_conditions: None,
            how_to_book: None,
            accompanied: false,
            places: Some(Places::try_from(2).unwrap()),
            registration: Some(RegistrationTerms::new(None, days).unwrap()),
        }
    }

    pub(crate) fn submitted() -> BonPlan {
        let partner = validated_partner(&[Envelope::Reading]);
        let draft = BonPlan::draft(BonPlanId(Uuid::nil()), &partner, content(), None);
        draft.send(content(), None, &partner, now()).unwrap()
    }

    #[test]
    fn a_bon_plan_goes_from_draft_to_the_public_and_a_change_brings_it_back_to_the_team() {
        let partner = validated_partner(&[Envelope::Reading]);
        let published = submitted().publish(now()).unwrap();
        assert!(published.is_published() && published.first_published_at == Some(now()));
        assert_eq!(published.clone().save(content(), None), Err(Refusal::BonPlanChanged), "nothing changes unseen");
        let changed = published.send(content(), None, &partner, now()).unwrap();
        assert_eq!(changed.state, BonPlanState::Submitted { at: now() });
        assert_eq!(changed.first_published_at, Some(now()), "its registrants stay");
        assert_eq!(changed.revision, 4);
    }

    #[test]
    fn a_refused_one_is_corrected_and_sent_again() {
        let reason = Paragraph::parse("Sans adresse", 100).unwrap();
        let refused = submitted().refuse(reason.clone(), now()).unwrap();
        let corrected = refused.save(content(), None).unwrap();
        assert_eq!(corrected.state, BonPlanState::Refused { at: now(), reason }, "the reason stays until it is sent");
        assert!(corrected.send(content(), None, &validated_partner(&[Envelope::Reading]), now()).is_ok());
    }

    #[test]
    fn the_team_decides_on_what_waits_and_nothing_else() {
        let partner = validated_partner(&[Envelope::Reading]);
        let draft = BonPlan::draft(BonPlanId(Uuid::nil()), &partner, content(), None);
        let reason = || Paragraph::parse("Non", 100).unwrap();
        let published = submitted().publish(now()).unwrap();
        let withdrawn = submitted().withdraw(now()).unwrap();
        for other in [draft, published, withdrawn.clone()] {
            assert_eq!(other.clone().publish(now()), Err(Refusal::BonPlanChanged));
            assert_eq!(other.refuse(reason(), now()), Err(Refusal::BonPlanChanged));
        }
        assert_eq!(withdrawn.clone().withdraw(now()), Err(Refusal::BonPlanChanged));
        assert_eq!(withdrawn.send(content(), None, &partner, now()), Err(Refusal::BonPlanChanged));
    }

    #[test]
    fn without_a_convention_that_names_the_envelope_nothing_is_sent() {
        let draft = || BonPlan::draft(BonPlanId(Uuid::nil()), &registered(), content(), None);
        let send = |partner: &Partner| draft().send(content(), None, partner, now()).unwrap_err();
        assert_eq!(send(&registered()), Refusal::NoConvention);
        let cinema = validated_partner(&[Envelope::Cinema]);
        assert_eq!(send(&cinema), Refusal::EnvelopeNotInConvention(Envelope::Reading));
    }

    #[test]
    fn what_is_over_is_neither_sent_nor_published() {
        let later: Timestamp = "2026-11-29T23:00:00Z".parse().unwrap();
        let partner = validated_partner(&[Envelope::Reading]);
        let draft = BonPlan::draft(BonPlanId(Uuid::nil()), &partner, content(), None);
        assert_eq!(draft.send(content(), None, &partner, later), Err(Refusal::BonPlanOver));
        assert_eq!(submitted().publish(later), Err(Refusal::BonPlanOver));
        assert!(submitted().publish("2026-11-29T22:59:59Z".parse().unwrap()).is_ok(), "the last evening in Paris");
    }

    #[test]
    fn days_run_forwards_from_today_for_a_year() {
        let today = day("22/11/2026");
        let code = |first, last| Days::new(day(first), day(last), today).map(|_| ()).map_err(|fault| fault.code);
        assert_eq!(code("01/11/2026", "22/11/2026"), Ok(()));
        assert_eq!(code("22/11/2026", "22/11/2027"), Ok(()));
        assert_eq!(code("23/11/2026", "22/11/2026"), Err("days"));
        assert_eq!(code("20/11/2026", "21/11/2026"), Err("day_past"));
        assert_eq!(code("22/11/2026", "23/11/2027"), Err("day_far"));
    }

    #[test]
    fn registration_closes_on_the_first_day_unless_said_and_never_after_the_last() {
        let days = content().days;
        assert_eq!(RegistrationTerms::new(None, days).unwrap().closing_day(), days.first());
        let closing = RegistrationTerms::new(Some(days.last()), days).unwrap();
        assert_eq!(closing.closes_at(), "2026-11-29T23:00:00Z".parse().unwrap());
        let late = RegistrationTerms::new(Some(days.last().plus_days(1)), days);
        assert_eq!(late.unwrap_err().code, "closing_day");
    }

    #[test]
    fn ages_and_places_keep_to_their_limits() {
        assert_eq!(MinimumAge::parse(" 16 ").unwrap().years(), 16);
        assert_eq!(Places::parse("10 000").unwrap().count(), 10_000);
        for text in ["14", "26", "-1", "16.5", "seize"] {
            assert_eq!(MinimumAge::parse(text).unwrap_err().code, "minimum_age", "{text}");
        }
        for text in ["0", "10001", "1e3", "-3", "+3", "3.5"] {
            assert_eq!(Places::parse(text).unwrap_err().code, "places", "{text}");
        }
        assert!(serde_json::from_str::<MinimumAge>("14").is_err() && serde_json::from_str::<Places>("0").is_err());
    }

    #[test]
    fn a_commune_is_one_however_it_is_written() {
        for name in ["Aix-en-Provence", "AIX EN PROVENCE", "aix  en provence "] {
            assert_eq!(commune_code(name), "aix-en-provence");
        }
        assert_eq!(commune_code("L’Isle-sur-la-Sorgue"), "l-isle-sur-la-sorgue");
        assert_eq!(commune_code("Œuf-en-Ternois"), "oeuf-en-ternois");
    }

    proptest! {
        #[test]
        fn who_is_born_by_the_bound_is_old_enough_on_the_first_day(
            years in 15..=25_u8, born in 0..11_000_i32, first in 0..366_i32,
        ) {
            let first = day("01/09/2026").plus_days(first);
            let born = BirthDate::at(day("01/01/1999").plus_days(born).date());
            let age = MinimumAge::try_from(years).unwrap();
            prop_assert_eq!(born <= age.born_by(first), born.age_on(first) >= i16::from(years));
        }
    }
}
