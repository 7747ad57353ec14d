//! Establishments: schools and training centres, which young people attend and which organise outings.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Account, Address, Department, Email, EstablishmentId, Fault, Identifier, Line, Phone};

/// The kind of an establishment, which corresponds to the four ways to be eligible (`product.md`, *Eligibility*).
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
    /// All four kinds, in the order of the form.
    pub const ALL: [Self; 4] =
        [Self::HighSchool, Self::ApprenticeTraining, Self::HealthAndSocial, Self::VocationalTraining];

    /// Reads a code.
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

    /// The code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HighSchool => "high_school",
            Self::ApprenticeTraining => "apprentice_training",
            Self::HealthAndSocial => "health_and_social",
            Self::VocationalTraining => "vocational_training",
        }
    }

    /// The label on the screens.
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
    /// The name.
    pub name: Line,
    /// The kind.
    pub kind: EstablishmentKind,
    /// The address, in the region.
    pub address: Address,
    /// The e-mail address.
    pub email: Email,
    /// The telephone number.
    pub phone: Phone,
    /// The identifier that it signs in with.
    pub identifier: Identifier,
    /// The number of changes, for optimistic locking: a decision names the revision that it read.
    pub revision: u32,
    /// The time at which the team created it.
    pub created_at: Timestamp,
}

/// The data that the team enters for an establishment, new or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EstablishmentDetails {
    /// The name.
    pub name: Line,
    /// The kind.
    pub kind: EstablishmentKind,
    /// The address, in the region.
    pub address: Address,
    /// The e-mail address.
    pub email: Email,
    /// The telephone number.
    pub phone: Phone,
}

impl Establishment {
    /// A new establishment, at its first revision.
    pub fn created(id: EstablishmentId, details: EstablishmentDetails, identifier: Identifier, now: Timestamp) -> Self {
        let EstablishmentDetails { name, kind, address, email, phone } = details;
        Self { id, name, kind, address, email, phone, identifier, revision: 1, created_at: now }
    }

    /// The data that the team entered.
    pub fn details(&self) -> EstablishmentDetails {
        let Self { name, kind, address, email, phone, .. } = self.clone();
        EstablishmentDetails { name, kind, address, email, phone }
    }

    /// Changes the data and increments the revision; UAI and identifier stay. Idempotent: unchanged data changes
    /// nothing, as after a double click.
    ///
    /// # Errors
    /// [`EstablishmentRefusal::Changed`] unless `read` is the current revision.
    pub fn change(self, details: EstablishmentDetails, read: u32) -> Result<Self, EstablishmentRefusal> {
        if details == self.details() {
            return Ok(self);
        }
        if read != self.revision {
            return Err(EstablishmentRefusal::Changed);
        }
        let EstablishmentDetails { name, kind, address, email, phone } = details;
        Ok(Self { name, kind, address, email, phone, revision: self.revision + 1, ..self })
    }

    /// Its account, without a password yet.
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

/// Reads a postcode of the region, where all establishments are.
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

/// A refusal by the rules of establishments. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EstablishmentRefusal {
    /// Another establishment has this UAI.
    #[error("Ce code UAI est déjà celui d’un établissement de la liste.")]
    UaiTaken,
    /// The establishment has changed since the page was shown.
    #[error("Cet établissement a changé depuis que vous l’avez ouvert : relisez-le avant d’enregistrer.")]
    Changed,
}

impl EstablishmentRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UaiTaken => "uai_taken",
            Self::Changed => "establishment_changed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(second.change(details, 1), Err(EstablishmentRefusal::Changed));
    }

    #[test]
    fn an_establishment_stands_in_the_region() {
        assert!(postcode_of_region("13006").is_ok());
        assert_eq!(postcode_of_region("75005").unwrap_err().code, "outside_region");
    }
}
