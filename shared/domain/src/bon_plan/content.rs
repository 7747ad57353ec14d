//! The content of a bon plan.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Dates, Envelope, Line, MinimumAge, Paragraph, Places, Postcode, RegistrationTerms, folded};

/// The content of a bon plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// *Titre*, at most [`Content::TITLE`] characters.
    pub title: Line,
    /// *Description*, at most [`Content::TEXT`] characters.
    pub description: Paragraph,
    /// An envelope that the convention names.
    pub envelope: Envelope,
    /// The place.
    pub place: Place,
    /// The dates.
    #[serde(alias = "days")]
    pub dates: Dates,
    /// A note on the times in the partner's words: « aux heures d’ouverture ». At most [`Content::TIMES`] characters.
    /// It held the times themselves before dates had hours.
    pub times: Option<Line>,
    /// The offer: free, or at a reduced price.
    pub offer: Offer,
    /// *Âge minimum*, on the first day.
    pub minimum_age: Option<MinimumAge>,
    /// *Conditions d'accès*, at most [`Content::TEXT`] characters.
    pub access_conditions: Option<Paragraph>,
    /// *Modalités de réservation*, at most [`Content::TEXT`] characters.
    pub how_to_book: Option<Paragraph>,
    /// *Présence d'accompagnateur*: whether somebody accompanies the young people.
    pub accompanied: bool,
    /// The number of places; `None` if unlimited.
    pub places: Option<Places>,
    /// The registration terms; `None` if no registration is needed.
    pub registration: Option<RegistrationTerms>,
}

impl Content {
    /// The maximum length of a title, in characters: a card shows it uncut.
    pub const TITLE: usize = 80;
    /// The maximum length of a description, of access conditions and of booking instructions, in characters.
    pub const TEXT: usize = 3_000;
    /// The maximum length of the note on the times, in characters.
    pub const TIMES: usize = 60;

    /// The first instant at which registration is closed: the end of the closing day, or the beginning of the last date
    /// if that is earlier.
    pub fn closes_at(&self) -> Timestamp {
        let begun = self.dates.last_begins_at();
        self.registration.map_or(begun, |terms| terms.closing_day().ends().min(begun))
    }
}

/// The place of a bon plan.
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
    /// The commune as filters name it: plain lower-case letters and digits joined by hyphens, so that
    /// « Aix en Provence » and « AIX-EN-PROVENCE » are one.
    pub fn commune_code(&self) -> String {
        commune_code(self.commune.as_str())
    }

    /// Whether the place has the partner's name: pages then show the name once.
    pub fn is_named_as(&self, partner: &Line) -> bool {
        folded(self.name.as_str()) == folded(partner.as_str())
    }
}

/// A commune's name as filters name it: `aix-en-provence`.
pub fn commune_code(name: &str) -> String {
    folded(name).replace(' ', "-")
}

/// The offer of a bon plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// *Gratuit*.
    Free,
    /// *Tarif réduit*: the price or the reduction in the partner's words, at most [`Offer::TERMS`] characters.
    Reduced(Line),
}

impl Offer {
    /// The maximum length of a price or reduction, in characters.
    pub const TERMS: usize = 60;

    /// The code in storage, in filters and in JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Reduced(_) => "reduced",
        }
    }

    /// The text for people: `Gratuit`, or the partner's words.
    pub fn said(&self) -> &str {
        match self {
            Self::Free => "Gratuit",
            Self::Reduced(terms) => terms.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Slot;
    use crate::bon_plan::examples::{content, dates, day, now};

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
    fn a_commune_is_one_however_it_is_written() {
        for name in ["Aix-en-Provence", "AIX EN PROVENCE", "aix  en provence "] {
            assert_eq!(commune_code(name), "aix-en-provence");
        }
        assert_eq!(commune_code("L’Isle-sur-la-Sorgue"), "l-isle-sur-la-sorgue");
        assert_eq!(commune_code("Œuf-en-Ternois"), "oeuf-en-ternois");
    }
}
