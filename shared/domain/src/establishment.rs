//! Establishments: the schools and training centres that young people attend and that organise outings.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::{is_digits, kept_as_text};
use crate::typed::code::without_separators;
use crate::{Account, Address, Department, Email, Fault, Identifier, Line, Phone, Refusal};

/// An establishment's UAI, its national number: seven digits and a letter that checks them (Ministère de l'éducation
/// nationale, *unité administrative immatriculée*).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EstablishmentId(String);

/// The letters that check a UAI, by the remainder of its number: all but I, O and Q.
const CHECKS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

impl EstablishmentId {
    /// Reads a UAI; separators and case do not count.
    ///
    /// # Errors
    /// `missing` when blank; `uai` when it is not seven digits and a letter; `uai_letter` when the letter is not the one that
    /// goes with them.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = without_separators(text).to_ascii_uppercase();
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        let formed = typed.split_at_checked(7).filter(|(digits, letter)| {
            is_digits(digits, 7) && letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_uppercase())
        });
        let Some(right) = formed.and_then(|(digits, _)| digits.parse().ok()).map(Self::made_up) else {
            return Err(Fault::new(
                "uai",
                "Un code UAI compte sept chiffres et une lettre, par exemple 0750655E : vérifiez celui-ci.",
            ));
        };
        if right.0 == typed {
            return Ok(right);
        }
        Err(Fault::new(
            "uai_letter",
            "La lettre de ce code UAI ne correspond pas à ses sept chiffres : vérifiez les chiffres, puis la lettre.",
        ))
    }

    /// A well-formed UAI of this number (its last seven digits count), for demo data and tests.
    pub fn made_up(number: u32) -> Self {
        let number = number % 10_000_000;
        let check = CHECKS[number as usize % CHECKS.len()];
        Self(format!("{number:07}{}", char::from(check)))
    }

    /// The seven digits and the letter.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for EstablishmentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

kept_as_text!(EstablishmentId);

/// What an establishment teaches: the four ways to be eligible (`product.md`, *Eligibility*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EstablishmentKind {
    /// For *lycéens*.
    HighSchool,
    /// For *apprentis*.
    ApprenticeTraining,
    /// For *élèves et étudiants en formation sanitaire ou sociale*.
    HealthAndSocial,
    /// For *stagiaires de la formation professionnelle*.
    VocationalTraining,
}

impl EstablishmentKind {
    /// All four, in the order of the form.
    pub const ALL: [Self; 4] =
        [Self::HighSchool, Self::ApprenticeTraining, Self::HealthAndSocial, Self::VocationalTraining];

    /// Reads the word of the JSON contract.
    ///
    /// # Errors
    /// `missing` when blank; `kind` when it is none of the four.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "" => Err(Fault::missing()),
            code => {
                let known = Self::ALL.into_iter().find(|kind| kind.code() == code);
                known.ok_or(Fault::new("kind", "Choisissez l’un des quatre types d’établissement."))
            }
        }
    }

    /// The word of the JSON contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HighSchool => "high_school",
            Self::ApprenticeTraining => "apprentice_training",
            Self::HealthAndSocial => "health_and_social",
            Self::VocationalTraining => "vocational_training",
        }
    }

    /// What the screens call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::HighSchool => "Lycée",
            Self::ApprenticeTraining => "Centre de formation d’apprentis (CFA)",
            Self::HealthAndSocial => "Formation sanitaire ou sociale",
            Self::VocationalTraining => "Formation professionnelle",
        }
    }
}

/// A school or training centre; the team creates it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Establishment {
    /// The key.
    #[serde(rename = "establishment_id")]
    pub id: EstablishmentId,
    /// What it is called.
    pub name: Line,
    /// What it teaches.
    pub kind: EstablishmentKind,
    /// Where it stands, in the region.
    pub address: Address,
    /// Where its mails go.
    pub email: Email,
    /// Where it is called.
    pub phone: Phone,
    /// The identifier with which it signs in.
    pub identifier: Identifier,
    /// Counts the changes: what was decided is decided about what was read.
    pub revision: u32,
    /// When the team created it.
    pub created_at: Timestamp,
}

/// What the team says about an establishment, new or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstablishmentDetails {
    /// What it is called.
    pub name: Line,
    /// What it teaches.
    pub kind: EstablishmentKind,
    /// Where it stands, in the region.
    pub address: Address,
    /// Where its mails go.
    pub email: Email,
    /// Where it is called.
    pub phone: Phone,
}

impl Establishment {
    /// A new one, at its first revision.
    pub fn created(id: EstablishmentId, details: EstablishmentDetails, identifier: Identifier, now: Timestamp) -> Self {
        let EstablishmentDetails { name, kind, address, email, phone } = details;
        Self { id, name, kind, address, email, phone, identifier, revision: 1, created_at: now }
    }

    /// What the team said about it.
    pub fn details(&self) -> EstablishmentDetails {
        let Self { name, kind, address, email, phone, .. } = self.clone();
        EstablishmentDetails { name, kind, address, email, phone }
    }

    /// The same one with other details, a revision later; its UAI and its identifier stay. With the details that it has,
    /// nothing changes: that is what a second click sends.
    ///
    /// # Errors
    /// [`Refusal::EstablishmentChanged`] unless `read`, the revision that was read, is its own.
    pub fn change(self, details: EstablishmentDetails, read: u32) -> Result<Self, Refusal> {
        if details == self.details() {
            return Ok(self);
        }
        if read != self.revision {
            return Err(Refusal::EstablishmentChanged);
        }
        let EstablishmentDetails { name, kind, address, email, phone } = details;
        Ok(Self { name, kind, address, email, phone, revision: self.revision + 1, ..self })
    }

    /// Its sign-in, without any password yet.
    pub fn account(&self) -> Account {
        Account {
            identifier: self.identifier.clone(),
            holder: crate::Holder::Establishment(self.id.clone()),
            email: self.email.clone(),
            name: self.name.clone(),
            password: None,
            previous: None,
            provisional: None,
            password_version: 0,
        }
    }
}

/// Reads a postcode of the region: establishments stand in it.
///
/// # Errors
/// Those of [`crate::Postcode::parse`], and `outside_region`.
pub fn postcode_of_region(text: &str) -> Result<crate::Postcode, Fault> {
    let postcode = crate::Postcode::parse(text)?;
    match Department::of(&postcode) {
        Some(_) => Ok(postcode),
        None => Err(Fault::new(
            "outside_region",
            "Indiquez un code postal de Provence-Alpes-Côte d’Azur (04, 05, 06, 13, 83 ou 84).",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uai_carries_the_letter_of_its_number() {
        // Lycées Henri-IV and Louis-le-Grand, as the ministry lists them.
        for right in ["0750654D", "0750655E", " 0750655 e ", "075-0655E"] {
            assert!(EstablishmentId::parse(right).is_ok(), "{right}");
        }
        for wrong in ["750655E", "07506555E", "0750655", "é750655E", "0750655É", "07506555", "0750655EE", "075O655E"]
        {
            assert_eq!(EstablishmentId::parse(wrong).unwrap_err().code, "uai", "{wrong}");
        }
        for wrong in ["0750655D", "0750655I", "0131234A", "0131234b"] {
            assert_eq!(EstablishmentId::parse(wrong).unwrap_err().code, "uai_letter", "{wrong}");
        }
        assert_eq!(EstablishmentId::parse(" ").unwrap_err().code, "missing");
    }

    #[test]
    fn every_single_wrong_digit_of_a_uai_is_noticed() {
        let right = EstablishmentId::made_up(139_001);
        for place in 0..7 {
            for digit in b'0'..=b'9' {
                let mut typed = right.as_str().as_bytes().to_vec();
                typed[place] = digit;
                let typed = String::from_utf8(typed).unwrap();
                assert_eq!(EstablishmentId::parse(&typed).is_ok(), typed == right.as_str(), "{typed}");
            }
        }
    }

    #[test]
    fn every_kind_reads_back() {
        for kind in EstablishmentKind::ALL {
            assert_eq!(EstablishmentKind::parse(kind.code()), Ok(kind));
        }
        assert_eq!(EstablishmentKind::parse("college").unwrap_err().code, "kind");
    }

    #[test]
    fn a_change_is_about_what_was_read_and_the_same_once_more_changes_nothing() {
        let details = EstablishmentDetails {
            name: Line::parse("Lycée Marie-Curie", 100).unwrap(),
            kind: EstablishmentKind::HighSchool,
            address: Address {
                street: Line::parse("16 boulevard Jeanne-d’Arc", 100).unwrap(),
                postcode: postcode_of_region("13005").unwrap(),
                commune: Line::parse("Marseille", 100).unwrap(),
            },
            email: Email::parse("a@b.fr").unwrap(),
            phone: Phone::parse("0491000000").unwrap(),
        };
        let identifier = Identifier::parse("lycee").unwrap();
        let id = EstablishmentId::made_up(139_001);
        let first = Establishment::created(id, details.clone(), identifier, Timestamp::UNIX_EPOCH);
        let moved = EstablishmentDetails { email: Email::parse("c@d.fr").unwrap(), ..details.clone() };
        let second = first.clone().change(moved.clone(), 1).unwrap();
        assert_eq!((second.revision, second.details()), (2, moved.clone()));
        assert_eq!(second.clone().change(moved, 1), Ok(second.clone()), "the second click");
        assert_eq!(second.change(details, 1), Err(Refusal::EstablishmentChanged));
    }

    #[test]
    fn an_establishment_stands_in_the_region() {
        assert!(postcode_of_region("13006").is_ok());
        assert_eq!(postcode_of_region("75005").unwrap_err().code, "outside_region");
    }
}
