//! The six departments of Provence-Alpes-Côte d'Azur, the region of the e-PASS JEUNES.

use serde::{Deserialize, Serialize};

use crate::{Fault, Postcode};

/// A department of the region, by its INSEE code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Department {
    /// Alpes-de-Haute-Provence.
    #[serde(rename = "04")]
    AlpesDeHauteProvence,
    /// Hautes-Alpes.
    #[serde(rename = "05")]
    HautesAlpes,
    /// Alpes-Maritimes.
    #[serde(rename = "06")]
    AlpesMaritimes,
    /// Bouches-du-Rhône.
    #[serde(rename = "13")]
    BouchesDuRhone,
    /// Var.
    #[serde(rename = "83")]
    Var,
    /// Vaucluse.
    #[serde(rename = "84")]
    Vaucluse,
}

impl Department {
    /// All six, sorted by code.
    pub const ALL: [Self; 6] = [
        Self::AlpesDeHauteProvence,
        Self::HautesAlpes,
        Self::AlpesMaritimes,
        Self::BouchesDuRhone,
        Self::Var,
        Self::Vaucluse,
    ];

    /// Reads a code.
    ///
    /// # Errors
    /// `missing` when blank; `department` when it is not a code of the region.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        const OUTSIDE: Fault =
            Fault::new("department", "Choisissez l’un des six départements de Provence-Alpes-Côte d’Azur.");
        match text {
            "" => Err(Fault::missing()),
            code => Self::ALL.into_iter().find(|department| department.code() == code).ok_or(OUTSIDE),
        }
    }

    /// The department of a postcode; `None` outside of the region.
    pub fn of(postcode: &Postcode) -> Option<Self> {
        Self::ALL.into_iter().find(|department| department.code() == postcode.department())
    }

    /// The two-digit code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlpesDeHauteProvence => "04",
            Self::HautesAlpes => "05",
            Self::AlpesMaritimes => "06",
            Self::BouchesDuRhone => "13",
            Self::Var => "83",
            Self::Vaucluse => "84",
        }
    }

    /// The label on the screens.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AlpesDeHauteProvence => "Alpes-de-Haute-Provence",
            Self::HautesAlpes => "Hautes-Alpes",
            Self::AlpesMaritimes => "Alpes-Maritimes",
            Self::BouchesDuRhone => "Bouches-du-Rhône",
            Self::Var => "Var",
            Self::Vaucluse => "Vaucluse",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_department_is_known_by_its_code_and_by_its_postcodes() {
        for department in Department::ALL {
            assert_eq!(Department::parse(department.code()), Ok(department));
            let postcode = Postcode::parse(&format!("{}100", department.code())).unwrap();
            assert_eq!((Department::of(&postcode), postcode.in_region()), (Some(department), true));
        }
        assert_eq!(Department::parse("75").unwrap_err().code, "department");
        assert_eq!(Department::of(&Postcode::parse("75001").unwrap()), None);
    }
}
