//! The SIRET, which identifies a partner's place of business.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::text::{grouped, is_digits, is_luhn, kept_as_text, luhn_check_digit};
use crate::typed::code::without_separators;

/// A SIRET of 14 digits: the company's SIREN (9) and the place's number (5). Luhn's check covers the SIREN, and the
/// whole (INSEE).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siret(String);

/// The SIREN of La Poste, which has more places than Luhn-valid numbers: the digit sum of theirs is a multiple of five.
const LA_POSTE: &str = "356000000";
/// The head office of La Poste, whose number is valid under Luhn.
const LA_POSTE_HEAD_OFFICE: &str = "35600000000048";

impl Siret {
    /// Reads a SIRET; spaces, dots and hyphens do not count.
    ///
    /// # Errors
    /// `missing` when blank; `siret` when it is not 14 digits or its check fails; `siren` when its first nine digits
    /// are not a SIREN, or when there are only nine.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let Self(digits) = Self::kept(text)?;
        if !is_luhn(&digits[..9]) {
            return Err(Fault::new(
                "siren",
                "Les 9 premiers chiffres de ce SIRET ne forment pas un SIREN : vérifiez-les un à un.",
            ));
        }
        if !is_checked(&digits) {
            return Err(Fault::new("siret", "Ce SIRET n’existe pas : vérifiez chacun de ses 14 chiffres."));
        }
        Ok(Self(digits))
    }

    /// Reads a stored SIRET, which may be older than the check of the SIREN.
    fn kept(text: &str) -> Result<Self, Fault> {
        let digits = without_separators(text);
        match digits.len() {
            0 => Err(Fault::missing()),
            14 if is_digits(&digits, 14) => Ok(Self(digits)),
            9 if is_digits(&digits, 9) => Err(Fault::new(
                "siren",
                "Ces 9 chiffres sont un SIREN : ajoutez les 5 chiffres de l’établissement, pour 14 en tout.",
            )),
            _ => Err(Fault::new("siret", "Un SIRET compte 14 chiffres : complétez ou corrigez celui-ci.")),
        }
    }

    /// Makes up a well-formed SIRET for demo data and tests, from the last eight digits of `payload`.
    pub fn made_up(payload: u64) -> Self {
        let mut digits = format!("{:08}", payload % 100_000_000);
        digits.push(luhn_check_digit(&digits));
        digits.push_str("0001");
        digits.push(luhn_check_digit(&digits));
        Self(digits)
    }

    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 9 digits of the company's SIREN.
    pub fn siren(&self) -> &str {
        &self.0[..9]
    }
}

fn is_checked(digits: &str) -> bool {
    if digits.starts_with(LA_POSTE) && digits != LA_POSTE_HEAD_OFFICE {
        return digits.bytes().map(|digit| u32::from(digit - b'0')).sum::<u32>().is_multiple_of(5);
    }
    digits.bytes().any(|digit| digit != b'0') && is_luhn(digits)
}

impl fmt::Display for Siret {
    /// `123 456 789 00012`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0, &[3, 3, 3, 5]))
    }
}

kept_as_text!(kept: Siret);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_right_siret_is_read_and_shown_in_groups() {
        let insee = Siret::parse("120 027 016 00563").unwrap();
        assert_eq!(insee.as_str(), "12002701600563");
        assert_eq!(insee.to_string(), "120 027 016 00563");
        assert_eq!(insee.siren(), "120027016");
    }

    #[test]
    fn la_poste_counts_by_fives() {
        assert!(Siret::parse("356 000 000 00048").is_ok(), "head office, by Luhn");
        assert!(Siret::parse("356 000 000 49837").is_ok(), "a post office: 45");
        assert!(Siret::parse("356 000 000 49838").is_err());
    }

    #[test]
    fn a_wrong_siret_is_refused() {
        for text in ["12002701600564", "1200270160056", "120027016005633", "1200270160056A", "00000000000000"] {
            assert_eq!(Siret::parse(text).unwrap_err().code, "siret", "{text}");
        }
        assert_eq!(Siret::parse(" ").unwrap_err().code, "missing");
    }

    #[test]
    fn the_first_nine_digits_are_a_siren() {
        let told = |text: &str| Siret::parse(text).map_err(|fault| fault.code);
        assert!(is_luhn("11122233344455") && !is_luhn("111222333"));
        for text in ["11122233344455", "111 222 333 44455", "120027016", "120 027 016"] {
            assert_eq!(told(text), Err("siren"), "{text}");
        }
        for text in
            ["120 027 016 00563", "\u{200B}12002701600563\u{200E}", "1200\u{AD}2701600563\r\n", "120-027-016-00563"]
        {
            assert!(told(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_siret_that_was_stored_before_sirens_were_checked_still_opens() {
        assert!(serde_json::from_str::<Siret>("\"11122233344455\"").is_ok());
        assert!(serde_json::from_str::<Siret>("\"1112223334445\"").is_err());
    }

    proptest! {
        #[test]
        fn made_up_ones_are_well_formed(payload in 1_u64..) {
            let siret = Siret::made_up(payload);
            prop_assume!(!payload.is_multiple_of(100_000_000) && !siret.as_str().starts_with(LA_POSTE));
            prop_assert_eq!(Siret::parse(&siret.to_string()), Ok(siret.clone()));
            prop_assert!(is_luhn(siret.siren()));
        }
    }
}
