//! Who may have an e-PASS JEUNES (guide §2.3): age, place and status, each rule told as soon as it is known.

use serde::{Deserialize, Serialize};

use crate::{BirthDate, EstablishmentId, Fault, Line, ParisDay, Postcode};

/// The youngest and the oldest age, in whole years on the day of registration; both may have it.
pub const AGES: std::ops::RangeInclusive<i16> = 15..=25;

/// One of the four statuses that open the right.
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
    /// In the guide's order.
    pub const ALL: [Self; 4] = [Self::HighSchool, Self::Apprentice, Self::HealthOrSocial, Self::Trainee];

    /// The word of forms, of JSON and at rest.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HighSchool => "high_school",
            Self::Apprentice => "apprentice",
            Self::HealthOrSocial => "health_or_social",
            Self::Trainee => "trainee",
        }
    }

    /// The guide's words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::HighSchool => "Lycéen ou lycéenne",
            Self::Apprentice => "Apprenti ou apprentie",
            Self::HealthOrSocial => "En formation sanitaire ou sociale",
            Self::Trainee => "Stagiaire de la formation professionnelle",
        }
    }

    /// Reads what was ticked: a status, or none of them (`none`), which is an answer too.
    ///
    /// # Errors
    /// `missing` when nothing was ticked.
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

/// The word of a form for none of the four statuses.
pub const NO_STATUS: &str = "none";

/// The rule that somebody does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Ineligible {
    /// Younger than the first of [`AGES`].
    #[error("L’e-PASS JEUNES commence à 15 ans, le jour de l’inscription : revenez à votre anniversaire.")]
    TooYoung,
    /// Older than the last of [`AGES`].
    #[error("L’e-PASS JEUNES s’adresse aux jeunes de 15 à 25 ans, le jour de l’inscription.")]
    TooOld,
    /// None of the four statuses.
    #[error(
        "L’e-PASS JEUNES s’adresse aux lycéens, apprentis, élèves et étudiants en formation sanitaire ou sociale et stagiaires de la formation professionnelle."
    )]
    Status,
    /// Neither home nor school lies in the region.
    #[error(
        "L’e-PASS JEUNES s’adresse à ceux qui habitent ou étudient en Provence-Alpes-Côte d’Azur (04, 05, 06, 13, 83, 84)."
    )]
    Region,
}

impl Ineligible {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::TooYoung, Self::TooOld, Self::Status, Self::Region];

    /// The word for machines, and of the count that is all that is kept.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooYoung => "not_eligible_too_young",
            Self::TooOld => "not_eligible_too_old",
            Self::Status => "not_eligible_status",
            Self::Region => "not_eligible_region",
        }
    }

    /// The field at which it is told.
    pub const fn field(self) -> &'static str {
        match self {
            Self::TooYoung | Self::TooOld => "birth_date",
            Self::Status => "status",
            Self::Region => "home_postcode",
        }
    }
}

/// The age rule.
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

/// The rule of status.
///
/// # Errors
/// [`Ineligible::Status`].
pub fn of_status(status: Option<Status>) -> Result<Status, Ineligible> {
    status.ok_or(Ineligible::Status)
}

/// The rule of place: home or school in the region.
///
/// # Errors
/// [`Ineligible::Region`].
pub fn of_region(home: &Postcode, school: &Postcode) -> Result<(), Ineligible> {
    if home.in_region() || school.in_region() { Ok(()) } else { Err(Ineligible::Region) }
}

/// Where somebody lives and studies, and as what. It may change from one campaign to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Situation {
    /// As what.
    pub status: Status,
    /// *Code postal du domicile*.
    pub home_postcode: Postcode,
    /// *Code postal de l'établissement*.
    pub school_postcode: Postcode,
    /// Where.
    pub school: School,
}

/// A school: one that the team created, or one that was named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    /// Its name.
    pub name: Line,
    /// Which of ours, when it was picked.
    pub establishment: Option<EstablishmentId>,
}

impl Situation {
    /// Whether somebody who was born then may have an e-PASS JEUNES today.
    ///
    /// # Errors
    /// The first [`Ineligible`] rule.
    pub fn eligible(&self, born: BirthDate, today: ParisDay) -> Result<(), Ineligible> {
        of_age(born, today)?;
        of_region(&self.home_postcode, &self.school_postcode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> ParisDay {
        ParisDay::parse(text).unwrap()
    }

    fn postcode(text: &str) -> Postcode {
        Postcode::parse(text).unwrap()
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
    fn none_of_the_four_is_an_answer_and_no_answer_is_a_fault() {
        assert_eq!(Status::parse("none").map(of_status), Ok(Err(Ineligible::Status)));
        assert_eq!(Status::parse("").unwrap_err().code, "missing");
        for status in Status::ALL {
            assert_eq!(Status::parse(status.code()).map(of_status), Ok(Ok(status)));
        }
    }
}
