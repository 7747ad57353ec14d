//! The UAI: the national number of an establishment.

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::text::{is_digits, kept_as_text};
use crate::typed::code::without_separators;

/// The UAI of an establishment: seven digits and a check letter (Ministère de l'éducation nationale, *unité
/// administrative immatriculée*).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EstablishmentId(String);

/// The check letters of a UAI, indexed by the remainder of its number: all letters but I, O and Q.
const CHECKS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

impl EstablishmentId {
    /// Reads a UAI; separators and case do not count.
    ///
    /// # Errors
    /// `missing` when blank; `uai` when it is not seven digits and a letter; `uai_letter` when the check letter is
    /// wrong.
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

    /// Makes up a well-formed UAI from the last seven digits of `number`, for demo data and tests.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uai_carries_the_letter_of_its_number() {
        // Lycées Henri-IV and Louis-le-Grand, as listed by the ministry.
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
}
