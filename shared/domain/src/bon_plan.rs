//! The *bon plan* (guide §8; `product.md`, *Bon plan*): what a partner writes, and how it goes from a draft to the public.

use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::folded;
use crate::{
    BirthDate, BonPlanId, Dates, Email, Envelope, Fault, Line, Paragraph, ParisDay, Partner, PartnerId, Postcode,
    Refusal, whole_number,
};

/// A bon plan that was never sent: what its partner typed so far, seen by nobody else, and checked when it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BonPlanDraft {
    /// The key; the bon plan that it becomes keeps it.
    pub id: BonPlanId,
    /// Whose it is.
    pub partner: PartnerId,
    /// What lists call it: the title, or when it was last saved where it has none.
    pub name: Line,
    /// What is typed.
    pub text: DraftText,
    /// Counts the changes, as [`BonPlan::revision`] does.
    pub revision: u32,
}

/// What is typed of a bon plan and not sent yet.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftText {
    /// The fields of its form as JSON, complete or not, faulty or not; the room that has the form reads them.
    Typed(String),
    /// The content of another one that it is a copy of.
    Copied {
        /// What it says.
        content: Box<Content>,
        /// Its picture.
        picture: Option<Picture>,
    },
}

impl std::fmt::Debug for DraftText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DraftText(***)")
    }
}

/// A deal that a partner offers to young people: it was sent to the team at least once.
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
    /// What it says, as it was last sent.
    pub content: Content,
    /// Its picture.
    pub picture: Option<Picture>,
    /// What the partner typed since, while it is to be corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<DraftText>,
    /// Where it stands.
    pub state: BonPlanState,
    /// Counts the changes: a decision is made on the revision that was read.
    pub revision: u32,
    /// When it was first published; none until then. From then on it may have registrants.
    pub first_published_at: Option<Timestamp>,
}

/// Where a bon plan stands. Whether it is [over](BonPlan::is_over) follows from its dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BonPlanState {
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
    /// The team took it down, for good; it can be duplicated.
    TakenDown {
        /// When.
        at: Timestamp,
        /// Why, for the partner to read.
        reason: Paragraph,
    },
}

impl BonPlanState {
    /// The word at rest and in JSON for a [`BonPlanDraft`].
    pub const DRAFT: &str = "draft";

    /// The word at rest and in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "submitted",
            Self::Published { .. } => "published",
            Self::Refused { .. } => "refused",
            Self::Withdrawn { .. } => "withdrawn",
            Self::TakenDown { .. } => "taken_down",
        }
    }

    /// What the screens call it.
    pub fn label(&self) -> &'static str {
        Self::label_of(self.code())
    }

    /// What the screens call the state of this word; nothing for a word that is none.
    pub fn label_of(code: &str) -> &'static str {
        match code {
            Self::DRAFT => "Brouillon",
            "submitted" => "À valider",
            "published" => "Publié",
            "refused" => "À corriger",
            "withdrawn" => "Retiré",
            "taken_down" => "Retiré par l’équipe",
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
    #[serde(alias = "days")]
    pub dates: Dates,
    /// A note on the times in the partner's words: « aux heures d’ouverture ». At most [`Content::TIMES`] characters. Before
    /// dates had hours, this is where they were typed.
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
    /// The most characters of the note on the times.
    pub const TIMES: usize = 60;

    /// The first instant at which one may no longer register: the end of the closing day, and never after the last date
    /// has begun.
    pub fn closes_at(&self) -> Timestamp {
        let begun = self.dates.last_begins_at();
        self.registration.map_or(begun, |terms| terms.closing_day.ends().min(begun))
    }
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

    /// Whether it has the name of who offers the bon plan: then the name is said once.
    pub fn is_named_as(&self, partner: &Line) -> bool {
        folded(self.name.as_str()) == folded(partner.as_str())
    }
}

/// A commune's name as filters name it: `aix-en-provence`.
pub fn commune_code(name: &str) -> String {
    folded(name).replace(' ', "-")
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
    /// Registration until the end of `closing_day`; without one, until the end of the first day. It ends when the last date
    /// begins in any case ([`Content::closes_at`]).
    ///
    /// # Errors
    /// For the closing day: `closing_day` when it comes after the last day.
    pub fn new(closing_day: Option<ParisDay>, dates: &Dates) -> Result<Self, Fault> {
        let closing_day = closing_day.unwrap_or_else(|| dates.first_day());
        if closing_day > dates.last_day() {
            return Err(Fault::new("closing_day", "Les inscriptions ne peuvent pas se clore après le dernier jour."));
        }
        Ok(Self { closing_day })
    }

    /// The last day on which one may register.
    pub const fn closing_day(self) -> ParisDay {
        self.closing_day
    }

    /// Whether somebody may still register `today`. A bon plan that was published before keeps its closing day, past or not:
    /// `published` is what it said then.
    ///
    /// # Errors
    /// For the closing day: `closing_day_over`.
    pub fn open_on(self, today: ParisDay, published: Option<Self>) -> Result<Self, Fault> {
        const OVER: Fault = Fault::new(
            "closing_day_over",
            "Les inscriptions seraient déjà closes : indiquez une date à partir d’aujourd’hui.",
        );
        if self.closing_day < today && published != Some(self) { Err(OVER) } else { Ok(self) }
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

impl BonPlanDraft {
    /// A new one.
    pub const fn new(id: BonPlanId, partner: PartnerId, name: Line, text: DraftText) -> Self {
        Self { id, partner, name, text, revision: 1 }
    }

    /// A new one that says the same as another.
    pub fn copy(id: BonPlanId, of: &BonPlan) -> Self {
        let text = DraftText::Copied { content: Box::new(of.content.clone()), picture: of.picture.clone() };
        Self::new(id, of.partner.clone(), of.content.title.clone(), text)
    }

    /// Keeps what was typed.
    #[must_use]
    pub fn save(self, name: Line, text: DraftText) -> Self {
        Self { name, text, revision: self.revision + 1, ..self }
    }

    /// *J'envoie mon Bon Plan*: from here it is one.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`], [`Refusal::EnvelopeNotInConvention`], [`Refusal::BonPlanOver`].
    pub fn send(
        self,
        content: Content,
        picture: Option<Picture>,
        partner: &Partner,
        now: Timestamp,
    ) -> Result<BonPlan, Refusal> {
        may_be_sent(&content, partner, now)?;
        Ok(BonPlan {
            id: self.id,
            partner: partner.id.clone(),
            partner_name: partner.known_as().clone(),
            referent_email: partner.referent_email().clone(),
            referent_name: Some(partner.referent_name()),
            content,
            picture,
            draft: None,
            state: BonPlanState::Submitted { at: now },
            revision: self.revision + 1,
            first_published_at: None,
        })
    }
}

/// Whether the convention allows the content, and its dates are not over.
fn may_be_sent(content: &Content, partner: &Partner, now: Timestamp) -> Result<(), Refusal> {
    let convention = partner.in_force()?;
    let asked = content.envelope;
    if !convention.envelopes.contains(&asked) || !Envelope::DESK.contains(&asked) {
        return Err(Refusal::EnvelopeNotInConvention(asked));
    }
    if now >= content.dates.end_at() { Err(Refusal::BonPlanOver) } else { Ok(()) }
}

impl BonPlan {
    /// Whether its last date is over.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.content.dates.end_at()
    }

    /// Since when it is gone for good: the partner withdrew it, or the team took it down.
    pub const fn gone_since(&self) -> Option<Timestamp> {
        match self.state {
            BonPlanState::Withdrawn { at } | BonPlanState::TakenDown { at, .. } => Some(at),
            BonPlanState::Submitted { .. } | BonPlanState::Published { .. } | BonPlanState::Refused { .. } => None,
        }
    }

    /// Whether its end is news to somebody: it was published, and not over when it went.
    pub fn has_registrants_to_tell(&self) -> bool {
        self.gone_since().is_some_and(|at| self.first_published_at.is_some() && !self.is_over(at))
    }

    /// Whether the public sees it.
    pub const fn is_published(&self) -> bool {
        matches!(self.state, BonPlanState::Published { .. })
    }

    /// Whether the partner may keep corrections without sending them: while it is refused.
    pub const fn is_to_be_corrected(&self) -> bool {
        matches!(self.state, BonPlanState::Refused { .. })
    }

    /// Whether the partner may still change or withdraw it.
    pub const fn is_standing(&self) -> bool {
        self.gone_since().is_none()
    }

    /// Keeps corrections for the partner alone. It stays as it is until they are sent.
    ///
    /// # Errors
    /// [`Refusal::BonPlanChanged`] unless it [is to be corrected](Self::is_to_be_corrected).
    pub fn save(self, text: DraftText) -> Result<Self, Refusal> {
        if !self.is_to_be_corrected() {
            return Err(Refusal::BonPlanChanged);
        }
        Ok(Self { draft: Some(text), revision: self.revision + 1, ..self })
    }

    /// *J'envoie mon Bon Plan*. One that is published goes back to the team, and is not shown until it is published
    /// again; those who registered stay so.
    ///
    /// # Errors
    /// [`Refusal::NoConvention`], [`Refusal::EnvelopeNotInConvention`], [`Refusal::BonPlanOver`];
    /// [`Refusal::BonPlanChanged`] when it is gone.
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
        may_be_sent(&content, partner, now)?;
        Ok(Self {
            partner_name: partner.known_as().clone(),
            referent_email: partner.referent_email().clone(),
            referent_name: Some(partner.referent_name()),
            content,
            picture,
            draft: None,
            state: BonPlanState::Submitted { at: now },
            revision: self.revision + 1,
            ..self
        })
    }

    /// The team publishes it.
    ///
    /// # Errors
    /// [`Refusal::BonPlanChanged`] unless it waits; [`Refusal::BonPlanOver`].
    pub fn publish(self, now: Timestamp) -> Result<Self, Refusal> {
        let BonPlanState::Submitted { .. } = self.state else {
            return Err(Refusal::BonPlanChanged);
        };
        if self.is_over(now) {
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

    /// The team takes down what was published, for good. Those on its list are told, and the partner why.
    ///
    /// # Errors
    /// [`Refusal::BonPlanChanged`] when it was never published, or is gone already.
    pub fn take_down(self, reason: Paragraph, now: Timestamp) -> Result<Self, Refusal> {
        if !self.may_be_taken_down() {
            return Err(Refusal::BonPlanChanged);
        }
        Ok(Self { state: BonPlanState::TakenDown { at: now, reason }, revision: self.revision + 1, ..self })
    }

    /// Whether the team may take it down: it was published once, and stands.
    pub const fn may_be_taken_down(&self) -> bool {
        self.first_published_at.is_some() && self.is_standing()
    }

    /// The latest birth date of those who are old enough on the first day; none where any age will do.
    pub fn born_by(&self) -> Option<BirthDate> {
        self.content.minimum_age.map(|age| age.born_by(self.content.dates.first_day()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::convention::tests::{registered, validated_partner};
    use crate::{ClockTime, Hours, Slot};

    pub(crate) fn day(text: &str) -> ParisDay {
        ParisDay::parse(text).unwrap()
    }

    pub(crate) fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn line(text: &str) -> Line {
        Line::parse(text, 100).unwrap()
    }

    /// Saturday and Sunday, from four to six in the afternoon.
    pub(crate) fn dates() -> Dates {
        let hours = Hours::new(ClockTime::parse("16:00").unwrap(), ClockTime::parse("18:00").unwrap()).unwrap();
        let slot = Slot::new(day("28/11/2026"), day("29/11/2026"), Some(hours)).unwrap();
        Dates::new(vec![slot], now()).unwrap()
    }

    pub(crate) fn content() -> Content {
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
            dates: dates(),
            times: Some(line("ouverture des portes à 15 h 30")),
            offer: Offer::Free,
            minimum_age: None,
            access_conditions: None,
            how_to_book: None,
            accompanied: false,
            places: Some(Places::try_from(2).unwrap()),
            registration: Some(RegistrationTerms::new(None, &dates()).unwrap()),
        }
    }

    fn typed(text: &str) -> DraftText {
        DraftText::Typed(text.to_owned())
    }

    fn draft(partner: &Partner) -> BonPlanDraft {
        BonPlanDraft::new(BonPlanId(Uuid::nil()), partner.id.clone(), line("Brouillon"), typed("{}"))
    }

    pub(crate) fn submitted() -> BonPlan {
        let partner = validated_partner(&[Envelope::Reading]);
        draft(&partner).send(content(), None, &partner, now()).unwrap()
    }

    #[test]
    fn a_bon_plan_goes_from_draft_to_the_public_and_a_change_brings_it_back_to_the_team() {
        let partner = validated_partner(&[Envelope::Reading]);
        let published = submitted().publish(now()).unwrap();
        assert!(published.is_published() && published.first_published_at == Some(now()));
        assert_eq!(published.clone().save(typed("{}")), Err(Refusal::BonPlanChanged), "nothing changes unseen");
        let changed = published.send(content(), None, &partner, now()).unwrap();
        assert_eq!(changed.state, BonPlanState::Submitted { at: now() });
        assert_eq!(changed.first_published_at, Some(now()), "its registrants stay");
        assert_eq!(changed.revision, 4);
    }

    #[test]
    fn a_refused_one_is_corrected_and_sent_again() {
        let reason = Paragraph::parse("Sans adresse", 100).unwrap();
        let refused = submitted().refuse(reason.clone(), now()).unwrap();
        let corrected = refused.save(typed("{\"title\":\"\"}")).unwrap();
        assert_eq!(corrected.state, BonPlanState::Refused { at: now(), reason }, "the reason stays until it is sent");
        assert_eq!(corrected.content, content(), "so does what was sent");
        let sent = corrected.send(content(), None, &validated_partner(&[Envelope::Reading]), now()).unwrap();
        assert_eq!(sent.draft, None);
    }

    #[test]
    fn the_team_decides_on_what_waits_and_nothing_else() {
        let partner = validated_partner(&[Envelope::Reading]);
        let reason = || Paragraph::parse("Non", 100).unwrap();
        let published = submitted().publish(now()).unwrap();
        let withdrawn = submitted().withdraw(now()).unwrap();
        let taken_down = published.clone().take_down(reason(), now()).unwrap();
        for other in [published, withdrawn.clone(), taken_down.clone()] {
            assert_eq!(other.clone().publish(now()), Err(Refusal::BonPlanChanged));
            assert_eq!(other.refuse(reason(), now()), Err(Refusal::BonPlanChanged));
        }
        for gone in [withdrawn, taken_down] {
            assert_eq!(gone.clone().withdraw(now()), Err(Refusal::BonPlanChanged));
            assert_eq!(gone.clone().take_down(reason(), now()), Err(Refusal::BonPlanChanged));
            assert_eq!(gone.send(content(), None, &partner, now()), Err(Refusal::BonPlanChanged));
        }
    }

    #[test]
    fn the_team_takes_down_what_was_published_even_while_a_change_of_it_waits() {
        let partner = validated_partner(&[Envelope::Reading]);
        let reason = || Paragraph::parse("Le lieu est fermé.", 100).unwrap();
        assert_eq!(submitted().take_down(reason(), now()), Err(Refusal::BonPlanChanged), "it is refused instead");
        let published = submitted().publish(now()).unwrap();
        let changed = published.clone().send(content(), None, &partner, now()).unwrap();
        for standing in [published, changed] {
            let gone = standing.take_down(reason(), now()).unwrap();
            assert!(gone.has_registrants_to_tell() && !gone.is_published() && !gone.is_standing());
        }
    }

    #[test]
    fn without_a_convention_that_names_the_envelope_nothing_is_sent() {
        let send = |partner: &Partner| draft(partner).send(content(), None, partner, now()).unwrap_err();
        assert_eq!(send(&registered()), Refusal::NoConvention);
        let cinema = validated_partner(&[Envelope::Cinema]);
        assert_eq!(send(&cinema), Refusal::EnvelopeNotInConvention(Envelope::Reading));
    }

    #[test]
    fn what_is_over_is_neither_sent_nor_published() {
        let end: Timestamp = "2026-11-29T18:00:00+01:00".parse().unwrap();
        let before = end - jiff::SignedDuration::from_secs(1);
        let partner = validated_partner(&[Envelope::Reading]);
        assert_eq!(draft(&partner).send(content(), None, &partner, end), Err(Refusal::BonPlanOver));
        assert_eq!(submitted().publish(end), Err(Refusal::BonPlanOver));
        assert!(submitted().publish(before).is_ok(), "until the last minute");
        assert!(submitted().is_over(end) && !submitted().is_over(before));
    }

    #[test]
    fn registration_closes_on_the_first_day_unless_said_and_when_the_last_date_begins_at_the_latest() {
        let closes_at = |closing: Option<&str>| {
            let registration = RegistrationTerms::new(closing.map(day), &dates()).unwrap();
            Content { registration: Some(registration), ..content() }.closes_at().to_string()
        };
        assert_eq!(closes_at(None), "2026-11-28T23:00:00Z");
        assert_eq!(closes_at(Some("25/11/2026")), "2026-11-25T23:00:00Z");
        assert_eq!(closes_at(Some("29/11/2026")), "2026-11-29T15:00:00Z", "sixteen o'clock in Paris");
        let late = RegistrationTerms::new(Some(day("30/11/2026")), &dates());
        assert_eq!(late.unwrap_err().code, "closing_day");
        let old = Dates::new(vec![Slot::new(day("28/11/2026"), day("28/11/2026"), None).unwrap()], now()).unwrap();
        let registration = RegistrationTerms::new(None, &old).unwrap();
        let old = Content { dates: old, registration: Some(registration), ..content() };
        assert_eq!(old.closes_at().to_string(), "2026-11-27T23:00:00Z", "without hours, a day begins at midnight");
    }

    #[test]
    fn what_was_kept_before_dates_had_hours_still_opens() {
        let mut kept = serde_json::to_value(submitted()).unwrap();
        let said = kept["content"].as_object_mut().unwrap();
        said.remove("dates");
        said.insert("days".into(), serde_json::json!({ "first": "2026-11-28", "last": "2026-11-29" }));
        let opened: BonPlan = serde_json::from_value(kept).unwrap();
        assert_eq!(opened.content.times, content().times, "what was typed stays as a note");
        assert_eq!(opened.content.dates.end_at(), day("29/11/2026").ends());
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
