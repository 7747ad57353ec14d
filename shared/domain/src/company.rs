//! The SIRET, which names a partner's place of business.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::text::{grouped, is_digits, is_luhn, kept_as_text, luhn_check_digit, without_separators};

/// 14 digits: the company's SIREN (9) and the place's number (5), checked by Luhn (INSEE).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siret(String);

/// La Poste has more places than Luhn leaves numbers for: theirs have a digit sum that is a multiple of five.
const LA_POSTE: &str = "356000000";
/// Its head office keeps Luhn.
const LA_POSTE_HEAD_OFFICE: &str = "35600000000048";

impl Siret {
    /// Reads a SIRET; spaces, dots and hyphens do not count.
    ///
    /// # Errors
    /// `missing` when blank; `siret` when it is not 14 digits or its check fails.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = without_separators(text);
        if digits.is_empty() {
            return Err(Fault::missing());
        }
        if !is_digits(&digits, 14) {
            return Err(Fault::new("siret", "Un SIRET compte 14 chiffres : complétez ou corrigez celui-ci."));
        }
        if !is_checked(&digits) {
            return Err(Fault::new("siret", "Ce SIRET n’existe pas : vérifiez chacun de ses 14 chiffres."));
        }
        Ok(Self(digits))
    }

    /// A well-formed SIRET that was made up, for demo data and tests; the last eight digits of `payload` count.
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

    /// The company's 9 digits.
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

kept_as_text!(Siret);

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
