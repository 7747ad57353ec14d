//! Bank details of a partner: IBAN and BIC.

use std::fmt;

use iban::IbanLike;
use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::text::{hidden_in_debug, kept_as_text};
use crate::typed::code::without_separators;
use crate::typed::country::{is_country, share_banks};

/// An IBAN of a SEPA country, with valid structure and check digits (ISO 13616), and a valid RIB key for France and
/// Monaco.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iban(String);

/// IBAN prefixes in the SEPA schemes (the European Payments Council's list EPC409-09). French overseas accounts use FR;
/// those of Guernsey, Jersey and the Isle of Man use GB.
const SEPA: [&str; 42] = [
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE",
    "SI", "SK", "SM", "VA",
];

impl Iban {
    /// Reads an IBAN; case, spaces, dots and hyphens do not count.
    ///
    /// # Errors
    /// `missing` when blank; `iban_country` outside SEPA; `iban` when its length, its check digits or its RIB key
    /// are wrong.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let electronic = without_separators(text).to_ascii_uppercase();
        if electronic.is_empty() {
            return Err(Fault::missing());
        }
        let wrong = Fault::new("iban", "Cet IBAN comporte une erreur : recopiez-le depuis votre RIB.");
        if !electronic.bytes().take(2).all(|b| b.is_ascii_uppercase()) || electronic.len() < 5 {
            return Err(wrong);
        }
        if !SEPA.iter().any(|country| electronic.starts_with(country)) {
            return Err(Fault::new(
                "iban_country",
                "Indiquez l’IBAN d’un compte de l’espace SEPA : il commence par exemple par FR.",
            ));
        }
        let iban: iban::Iban = electronic.parse().map_err(|_| wrong.clone())?;
        let french = matches!(iban.country_code(), "FR" | "MC");
        if french && !has_rib_key(iban.bban()) { Err(wrong) } else { Ok(Self(electronic)) }
    }

    /// The French IBAN of an account, with computed RIB key and check digits. `bank` and `branch` have five digits,
    /// `account` has eleven; higher digits are dropped.
    pub fn french(bank: u32, branch: u32, account: u64) -> Self {
        let (bank, branch, account) =
            (u64::from(bank) % 100_000, u64::from(branch) % 100_000, account % 100_000_000_000);
        let key = 97 - (89 * bank + 15 * branch + 3 * account) % 97;
        let bban = format!("{bank:05}{branch:05}{account:011}{key:02}");
        // ISO 13616: the country's letters count as 15 and 27 (FR), and the check digits as 00 during the computation.
        let remainder = format!("{bban}152700").bytes().fold(0, |sum, digit| (sum * 10 + u64::from(digit - b'0')) % 97);
        Self(format!("FR{:02}{bban}", 98 - remainder))
    }

    /// Electronic form: capitals and digits without spaces.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country of the account, as ISO 3166 letters.
    pub fn country(&self) -> &str {
        &self.0[..2]
    }

    /// A masked form that its owner recognises: `FR76 •••• •••• 0189`.
    pub fn masked(&self) -> String {
        format!("{} •••• •••• {}", &self.0[..4], &self.0[self.0.len() - 4..])
    }
}

/// Whether a French BBAN (bank 5, branch 5, account 11 with letters, key 2) has a valid RIB key: the weighted sum is a
/// multiple of 97.
fn has_rib_key(bban: &str) -> bool {
    let number = |part: &str| part.chars().map(rib_digit).try_fold(0, |sum, digit| Some(sum * 10 + digit?));
    let parts = || Some([number(&bban[..5])?, number(&bban[5..10])?, number(&bban[10..21])?, number(&bban[21..])?]);
    parts().is_some_and(|[bank, branch, account, key]| (89 * bank + 15 * branch + 3 * account + key) % 97 == 0)
}

/// The digit that replaces a letter of an account number: A, J → 1; B, K, S → 2; … I, R, Z → 9.
const fn rib_digit(c: char) -> Option<u64> {
    Some(match c {
        '0'..='9' => c as u64 - '0' as u64,
        'A'..='I' => c as u64 - 'A' as u64 + 1,
        'J'..='R' => c as u64 - 'J' as u64 + 1,
        'S'..='Z' => c as u64 - 'S' as u64 + 2,
        _ => return None,
    })
}

impl fmt::Display for Iban {
    /// The text in groups of four characters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, c) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

/// A bank's BIC (ISO 9362): four letters, two for the country, two for the place, and an optional three for the branch.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bic(String);

impl Bic {
    /// Reads a BIC; case, spaces, dots and hyphens do not count.
    ///
    /// # Errors
    /// `missing` when blank; `bic` when it is malformed; `bic_unknown_country` when its fifth and sixth letters name no
    /// country.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let bic = Self::kept(text)?;
        if is_country(bic.country()) {
            return Ok(bic);
        }
        Err(Fault::told(
            "bic_unknown_country",
            format!(
                "Les 5e et 6e lettres d’un BIC nomment un pays, et « {} » n’en est pas un : recopiez-le depuis votre RIB.",
                bic.country()
            ),
        ))
    }

    /// Reads a stored BIC, which may be older than the check of countries.
    fn kept(text: &str) -> Result<Self, Fault> {
        let bic = without_separators(text).to_ascii_uppercase();
        if bic.is_empty() {
            return Err(Fault::missing());
        }
        let formed = matches!(bic.len(), 8 | 11)
            && bic.bytes().take(6).all(|b| b.is_ascii_uppercase())
            && bic.bytes().all(|b| b.is_ascii_alphanumeric());
        if formed {
            return Ok(Self(bic));
        }
        Err(Fault::new(
            "bic",
            "Un BIC compte 8 ou 11 caractères, par exemple CEPAFRPP131 : recopiez-le depuis votre RIB.",
        ))
    }

    /// Checks that an account of this IBAN may be held at this bank: both name one country, or countries that share
    /// their banks.
    ///
    /// # Errors
    /// `bic_country`.
    pub fn fits(&self, iban: &Iban) -> Result<(), Fault> {
        if share_banks(iban.country(), self.country()) {
            return Ok(());
        }
        Err(Fault::told(
            "bic_country",
            format!(
                "Ce BIC est d’un autre pays ({}) que l’IBAN ({}) : recopiez les deux depuis le même RIB.",
                self.country(),
                iban.country()
            ),
        ))
    }

    /// The text: 8 or 11 capitals and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country of the bank, as ISO 3166 letters.
    pub fn country(&self) -> &str {
        &self.0[4..6]
    }
}

impl fmt::Display for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

hidden_in_debug!(Iban);
kept_as_text!(Iban);
kept_as_text!(kept: Bic);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> &'static str {
        Iban::parse(text).unwrap_err().code
    }

    #[test]
    fn a_right_iban_is_read_shown_and_masked() {
        let iban = Iban::parse("fr76 3000 6000 0112 3456 7890 189").unwrap();
        assert_eq!(iban.as_str(), "FR7630006000011234567890189");
        assert_eq!(iban.to_string(), "FR76 3000 6000 0112 3456 7890 189");
        assert_eq!(iban.masked(), "FR76 •••• •••• 0189");
        assert_eq!(iban.country(), "FR");
        assert_eq!(format!("{iban:?}"), "Iban(***)");
    }

    #[test]
    fn letters_in_a_french_account_number_count_in_its_key() {
        assert!(Iban::parse("FR14 2004 1010 0505 0001 3M02 606").is_ok());
    }

    #[test]
    fn neighbours_accounts_are_read_too() {
        for text in
            ["DE89370400440532013000", "IT60X0542811101000000123456", "MC5811222000010123456789030", "BE68539007547034"]
        {
            assert!(Iban::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_wrong_iban_is_refused() {
        assert_eq!(code(""), "missing");
        assert_eq!(code("FR7630006000011234567890188"), "iban", "check digits");
        assert_eq!(code("FR763000600001123456789018"), "iban", "too short");
        assert_eq!(code("3000600001123456789018"), "iban", "a RIB is not an IBAN");
        assert_eq!(code("FR"), "iban");
        assert_eq!(code("FR76É000600001123456789018"), "iban");
        assert_eq!(code("BR1800360305000010009795493C1"), "iban_country");
    }

    #[test]
    fn a_french_iban_with_a_wrong_rib_key_is_refused_though_its_check_digits_are_right() {
        let wrong_key = "FR0630006000011234567890188";
        assert!(wrong_key.parse::<iban::Iban>().is_ok(), "right for ISO 13616");
        assert_eq!(code(wrong_key), "iban");
    }

    #[test]
    fn a_bic_has_eight_or_eleven_characters() {
        assert_eq!(Bic::parse("cepa fr pp 131").unwrap().as_str(), "CEPAFRPP131");
        assert_eq!(Bic::parse("BNPAFRPP").unwrap().country(), "FR");
        for text in ["BNPAFRP", "BNPAFRPPX", "BNPA12PP", "BNPAFRPPÉ", "1NPAFRPP"] {
            assert_eq!(Bic::parse(text).unwrap_err().code, "bic", "{text}");
        }
    }

    #[test]
    fn a_bic_names_a_country_and_the_one_of_its_iban() {
        let bic = |text: &str| Bic::parse(text).map_err(|fault| fault.code);
        assert!(bic("NCBVXKPR").is_ok(), "Kosovo, by SWIFT");
        for text in ["AGRIZZPP", "AGRIUKPP", "AGRIEUPP882", "AGRIXXPP"] {
            assert_eq!(bic(text), Err("bic_unknown_country"), "{text}");
        }
        let fits = |iban: &str, bic: &str| Bic::parse(bic).unwrap().fits(&Iban::parse(iban).unwrap());
        let french = "FR76 3000 6000 0112 3456 7890 189";
        for (iban, right) in [
            (french, "AGRIFRPP"),
            (french, "BNPAREPP"),
            (french, "BNPAGPPP"),
            ("MC5811222000010123456789030", "CCBPFRPPMAR"),
            ("MC5811222000010123456789030", "CMBMMCMX"),
            ("DE89370400440532013000", "COBADEFF"),
        ] {
            assert_eq!(fits(iban, right), Ok(()), "{iban} {right}");
        }
        for (iban, wrong) in
            [("DE89370400440532013000", "AGRIFRPP"), (french, "COBADEFF"), ("BE68539007547034", "AGRIFRPP")]
        {
            assert_eq!(fits(iban, wrong).unwrap_err().code, "bic_country", "{iban} {wrong}");
        }
    }

    #[test]
    fn a_bic_that_was_stored_before_countries_were_checked_still_opens() {
        assert!(serde_json::from_str::<Bic>("\"AGRIZZPP\"").is_ok());
        assert!(serde_json::from_str::<Bic>("\"AGRI\"").is_err());
    }

    proptest! {
        #[test]
        fn a_french_iban_that_was_worked_out_is_right(bank in any::<u32>(), branch in any::<u32>(), account in any::<u64>()) {
            let iban = Iban::french(bank, branch, account);
            prop_assert_eq!(Iban::parse(&iban.to_string()), Ok(iban));
        }

        #[test]
        fn any_text_is_either_an_iban_or_a_fault(text in "(FR|MC|DE)?\\PC{0,30}") {
            let _ = Iban::parse(&text);
            let _ = Bic::parse(&text);
        }
    }
}
