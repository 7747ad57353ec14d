//! Telephone numbers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{hidden_in_debug, kept_as_text};
use crate::typed::visible;
use crate::{Fault, typed};

/// A telephone number in international form: `+33` and nine digits for metropolitan France, `+262`, `+590`, `+594` or
/// `+596` and nine digits for most overseas territories, the calling code and the national number for other countries.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads `04 91 00 00 00`, `+33 4 91 00 00 00`, `0033…`, `+33 (0)4…`, `0692 12 34 56`, `+377 93 15 36 00`; separators do not
    /// count.
    ///
    /// # Errors
    /// `missing` when blank; `phone` when no telephone can have the number.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if visible(text).is_empty() {
            return Err(Fault::missing());
        }
        typed::phone::international(text).map(Self).ok_or(Fault::new(
            "phone",
            "Indiquez un numéro de téléphone qui existe : 10 chiffres en France, par exemple 04 91 00 00 00, ou l’indicatif du \
             pays, par exemple +377 93 15 36 00.",
        ))
    }

    /// Reads a stored number, which may be from when overseas numbers were stored as `+33` and ranges were not checked.
    fn kept(text: &str) -> Result<Self, Fault> {
        let digits = text
            .strip_prefix('+')
            .filter(|digits| (4..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
        match (typed::phone::international(text), digits) {
            (Some(number), _) => Ok(Self(number)),
            (None, Some(_)) => Ok(Self(text.to_owned())),
            (None, None) => Self::parse(text),
        }
    }

    /// `+`, the calling code and the national number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    /// `04 91 00 00 00`, `06 92 12 34 56`, `+377 93 15 36 00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&typed::phone::shown(&self.0))
    }
}

hidden_in_debug!(Phone);
kept_as_text!(kept: Phone);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_phone_number_is_international_and_shown_as_people_dial_it() {
        let phone = Phone::parse("04.91.00.00.00").unwrap();
        assert_eq!((phone.as_str(), phone.to_string().as_str()), ("+33491000000", "04 91 00 00 00"));
        assert_eq!(Phone::parse("07 00 00 00 00").unwrap_err().code, "phone");
        assert_eq!(Phone::parse("\u{200B}").unwrap_err().code, "missing");
    }

    #[test]
    fn a_phone_number_that_was_stored_still_opens_and_an_overseas_one_gets_its_code() {
        let kept =
            |text: &str| serde_json::from_str::<Phone>(&format!("{text:?}")).map(|phone| phone.as_str().to_owned());
        assert_eq!(kept("+33692123456").unwrap(), "+262692123456");
        assert_eq!(kept("+262692123456").unwrap(), "+262692123456");
        assert_eq!(kept("+33700000000").unwrap(), "+33700000000", "nobody has it, but it was taken once");
        assert_eq!(kept("+33700000000").unwrap(), kept("+33700000000").unwrap());
        assert!(kept("zéro").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_a_fault(text in "\\PC{0,40}") {
            let _ = Phone::parse(&text);
        }

        #[test]
        fn phone_numbers_are_read_back_as_shown(number in 100_000_000..=999_999_999_u32) {
            if let Ok(phone) = Phone::parse(&format!("0{number}")) {
                prop_assert_eq!(Phone::parse(&phone.to_string()), Ok(phone.clone()));
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
            }
        }
    }
}
