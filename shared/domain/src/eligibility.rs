//! Eligibility for an e-PASS JEUNES (guide §2.3): age, place and status. Each rule is checked as soon as its data is
//! known.

use serde::{Deserialize, Serialize};

use crate::{BirthDate, EstablishmentId, Fault, Line, ParisDay, Postcode};

/// The minimum and the maximum age, both included, in whole years on the day of registration.
pub const AGES: std::ops::RangeInclusive<i16> = 15..=25;

/// One of the four eligible statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// *Lycéen*.
    HighSchool,
    /// *Apprenti*.
    Apprentice,
    /// *Élève ou étudiant en formation sanitaire ou sociale*.
    HealthOrSocial,
    /// *Stagiaire de la formation professionnelle*.
    Trainee,
}

impl Status {
    /// All statuses, in the guide's order.
    pub const ALL: [Self; 4] = [Self::HighSchool, Self::Apprentice, Self::HealthOrSocial, Self::Trainee];

    /// The code in forms, in JSON and in storage.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HighSchool => "high_school",
            Self::Apprentice => "apprentice",
            Self::HealthOrSocial => "health_or_social",
            Self::Trainee => "trainee",
        }
    }

    /// The label, in the guide's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::HighSchool => "Lycéen ou lycéenne",
            Self::Apprentice => "Apprenti ou apprentie",
            Self::HealthOrSocial => "En formation sanitaire ou sociale",
            Self::Trainee => "Stagiaire de la formation professionnelle",
        }
    }

    /// Reads the selected option: a status, or the answer that none applies (`none`).
    ///
    /// # Errors
    /// `missing` when nothing was selected.
    pub fn parse(text: &str) -> Result<Option<Self>, Fault> {
        match text {
            NO_STATUS => Ok(None),
            code => Self::ALL
                .into_iter()
                .find(|status| status.code() == code)
                .map(Some)
                .ok_or(Fault::new("missing", "Choisissez votre situation, ou « Aucune de ces situations ».")),
        }
    }
}

/// The code in a form for none of the four statuses.
pub const NO_STATUS: &str = "none";

/// The rule that a person does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Ineligible {
    /// The person is younger than the first of [`AGES`].
    #[error("L’e-PASS JEUNES commence à 15 ans, le jour de l’inscription : revenez à votre anniversaire.")]
    TooYoung,
    /// The person is older than the last of [`AGES`].
    #[error("L’e-PASS JEUNES s’adresse aux jeunes de 15 à 25 ans, le jour de l’inscription.")]
    TooOld,
    /// The person has none of the four statuses.
    #[error(
        "L’e-PASS JEUNES s’adresse aux lycéennes et lycéens, aux apprenties et apprentis, aux élèves, étudiantes et étudiants en formation sanitaire ou sociale et aux stagiaires de la formation professionnelle."
    )]
    Status,
    /// Neither home nor school lies in the region.
    #[error(
        "L’e-PASS JEUNES s’adresse à ceux qui habitent ou étudient en Provence-Alpes-Côte d’Azur (04, 05, 06, 13, 83, 84)."
    )]
    Region,
}

impl Ineligible {
    /// All rules.
    pub const ALL: [Self; 4] = [Self::TooYoung, Self::TooOld, Self::Status, Self::Region];

    /// The machine-readable code, also used for the count of refused applications, which is all that is stored of them.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooYoung => "not_eligible_too_young",
            Self::TooOld => "not_eligible_too_old",
            Self::Status => "not_eligible_status",
            Self::Region => "not_eligible_region",
        }
    }

    /// The form field that shows the message.
    pub const fn field(self) -> &'static str {
        match self {
            Self::TooYoung | Self::TooOld => "birth_date",
            Self::Status => "status",
            Self::Region => "home_postcode",
        }
    }
}

/// Checks the age rule.
///
/// # Errors
/// [`Ineligible::TooYoung`], [`Ineligible::TooOld`].
pub fn of_age(born: BirthDate, today: ParisDay) -> Result<(), Ineligible> {
    match born.age_on(today) {
        age if age < *AGES.start() => Err(Ineligible::TooYoung),
        age if age > *AGES.end() => Err(Ineligible::TooOld),
        _ => Ok(()),
    }
}

/// Checks the status rule.
///
/// # Errors
/// [`Ineligible::Status`].
pub fn of_status(status: Option<Status>) -> Result<Status, Ineligible> {
    status.ok_or(Ineligible::Status)
}

/// Checks the place rule: home or school is in the region.
///
/// # Errors
/// [`Ineligible::Region`].
pub fn of_region(home: &Locality, school: &Locality) -> Result<(), Ineligible> {
    if home.in_region() || school.in_region() { Ok(()) } else { Err(Ineligible::Region) }
}

/// The place of a home or a school: a postcode of France or Monaco, or another country, of which nothing else is
/// stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Locality {
    /// In France or Monaco.
    Postcode(Postcode),
    /// In another country.
    Abroad,
}

impl Locality {
    /// The code in storage that replaces a postcode.
    const ABROAD: &str = "abroad";

    /// Reads a postcode, or the box « hors de France ». A foreign postcode beside the box is not stored. Five digits of
    /// another country may equal a French postcode (Ventimiglia's 18039), so that only a postcode of the region
    /// contradicts the box.
    ///
    /// # Errors
    /// `missing`, `postcode`; `postcode_or_abroad` for a postcode of the region with the box selected.
    pub fn parse(postcode: &str, abroad: bool) -> Result<Self, Fault> {
        match (Postcode::parse(postcode), abroad) {
            (Ok(postcode), true) if postcode.in_region() => Err(Fault::new(
                "postcode_or_abroad",
                "Ce code postal est en Provence-Alpes-Côte d’Azur : effacez-le ou décochez « hors de France ».",
            )),
            (_, true) => Ok(Self::Abroad),
            (Ok(postcode), false) => Ok(Self::Postcode(postcode)),
            (Err(fault), false) if fault.code == "postcode" => Err(Fault::new(
                "postcode",
                "Indiquez un code postal à 5 chiffres, par exemple 13001. Dans un autre pays que la France et Monaco, cochez \
                 « hors de France ».",
            )),
            (Err(fault), false) => Err(fault),
        }
    }

    /// The postcode, if any.
    pub const fn postcode(&self) -> Option<&Postcode> {
        match self {
            Self::Postcode(postcode) => Some(postcode),
            Self::Abroad => None,
        }
    }

    /// Whether the place is in Provence-Alpes-Côte d'Azur.
    pub fn in_region(&self) -> bool {
        self.postcode().is_some_and(Postcode::in_region)
    }
}

impl std::fmt::Display for Locality {
    /// `13001`, or `Hors de France`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.postcode().map_or("Hors de France", Postcode::as_str))
    }
}

impl From<Postcode> for Locality {
    fn from(postcode: Postcode) -> Self {
        Self::Postcode(postcode)
    }
}

impl TryFrom<String> for Locality {
    type Error = Fault;
    fn try_from(text: String) -> Result<Self, Fault> {
        if text == Self::ABROAD { Ok(Self::Abroad) } else { Postcode::parse(&text).map(Self::Postcode) }
    }
}

impl From<Locality> for String {
    fn from(place: Locality) -> Self {
        place.postcode().map_or(Locality::ABROAD, Postcode::as_str).to_owned()
    }
}

/// The home, school and status of a young person. It may change from one campaign to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Situation {
    /// The status.
    pub status: Status,
    /// *Code postal du domicile*.
    #[serde(rename = "home_postcode")]
    pub home: Locality,
    /// *Code postal de l'établissement*.
    #[serde(rename = "school_postcode")]
    pub school_at: Locality,
    /// The school.
    pub school: School,
}

/// A school: an establishment that the team created, or only a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    /// Its name.
    pub name: Line,
    /// The establishment, if it was selected from the list.
    pub establishment: Option<EstablishmentId>,
}

impl Situation {
    /// Checks that a person with this birth date is eligible today.
    ///
    /// # Errors
    /// The first [`Ineligible`] rule that applies.
    pub fn eligible(&self, born: BirthDate, today: ParisDay) -> Result<(), Ineligible> {
        of_age(born, today)?;
        of_region(&self.home, &self.school_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> ParisDay {
        ParisDay::parse(text).unwrap()
    }

    fn postcode(text: &str) -> Locality {
        Locality::parse(text, false).unwrap()
    }

    #[test]
    fn fifteen_begins_on_the_birthday_and_twenty_five_ends_on_the_eve_of_the_next() {
        let born = BirthDate::parse("14/05/2010", day("22/11/2026")).unwrap();
        let cases = [
            ("13/05/2025", Err(Ineligible::TooYoung)),
            ("14/05/2025", Ok(())),
            ("13/05/2036", Ok(())),
            ("14/05/2036", Err(Ineligible::TooOld)),
        ];
        for (on, right) in cases {
            assert_eq!(of_age(born, day(on)), right, "{on}");
        }
    }

    #[test]
    fn home_or_school_in_one_of_the_six_departments_is_enough() {
        for inside in ["04000", "05100", "06300", "13001", "83000", "84100"] {
            assert_eq!(of_region(&postcode(inside), &postcode("75001")), Ok(()));
            assert_eq!(of_region(&postcode("30000"), &postcode(inside)), Ok(()));
        }
        assert_eq!(of_region(&postcode("30000"), &postcode("20000")), Err(Ineligible::Region));
    }

    #[test]
    fn who_lives_in_monaco_or_abroad_and_studies_in_the_region_has_the_right_and_the_other_way_round() {
        let abroad = Locality::parse("", true).unwrap();
        for (home, school, right) in [
            (postcode("98000"), postcode("06000"), Ok(())),
            (postcode("06500"), postcode("98000"), Ok(())),
            (abroad.clone(), postcode("06300"), Ok(())),
            (postcode("06500"), abroad.clone(), Ok(())),
            (postcode("98000"), postcode("98000"), Err(Ineligible::Region)),
            (abroad.clone(), abroad.clone(), Err(Ineligible::Region)),
            (abroad.clone(), postcode("75001"), Err(Ineligible::Region)),
        ] {
            assert_eq!(of_region(&home, &school), right, "{home} {school}");
        }
    }

    #[test]
    fn a_foreign_postcode_has_a_box_to_tick() {
        let read = |text: &str, abroad| Locality::parse(text, abroad).map_err(|fault| fault.code);
        for foreign in ["", "CH-1201", "1201", "SW1A 1AA", "98100", "18039"] {
            assert_eq!(read(foreign, true), Ok(Locality::Abroad), "{foreign}");
        }
        for foreign in ["CH-1201", "1201", "SW1A 1AA", "98100"] {
            assert_eq!(read(foreign, false), Err("postcode"), "{foreign}");
        }
        assert_eq!((read("", false), read("06000", true)), (Err("missing"), Err("postcode_or_abroad")));
        let kept = |place: &Locality| serde_json::to_string(place).unwrap();
        for (place, text) in [(postcode("06000"), "\"06000\""), (Locality::Abroad, "\"abroad\"")] {
            assert_eq!(kept(&place), text);
            assert_eq!(serde_json::from_str::<Locality>(text).unwrap(), place);
        }
    }

    #[test]
    fn none_of_the_four_is_an_answer_and_no_answer_is_a_fault() {
        assert_eq!(Status::parse("none").map(of_status), Ok(Err(Ineligible::Status)));
        assert_eq!(Status::parse("").unwrap_err().code, "missing");
        for status in Status::ALL {
            assert_eq!(Status::parse(status.code()).map(of_status), Ok(Ok(status)));
        }
    }
}
