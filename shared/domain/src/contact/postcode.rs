//! Postcodes and their departments.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Fault;
use crate::text::{is_digits, kept_as_text};
use crate::typed::code::without_separators;

/// A postcode of five digits, of a French department or overseas territory, or of Monaco, whose post is French.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Postcode(String);

impl Postcode {
    /// The departments of Provence-Alpes-Côte d'Azur.
    const REGION: [&str; 6] = ["04", "05", "06", "13", "83", "84"];

    /// Reads a postcode; spaces do not count.
    ///
    /// # Errors
    /// `missing` when blank; `postcode` when it is not five digits or belongs to no department.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = without_separators(text);
        if digits.is_empty() {
            return Err(Fault::missing());
        }
        if is_digits(&digits, 5) && department(&digits).is_some() {
            return Ok(Self(digits));
        }
        Err(Fault::new("postcode", "Indiquez un code postal à 5 chiffres, de France ou de Monaco, par exemple 13001."))
    }

    /// The five digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The department whose post office delivers there: `13`, `2A`, `974`; `980` for Monaco.
    pub fn department(&self) -> &str {
        department(&self.0).expect("parse saw its department")
    }

    /// Whether it is in Provence-Alpes-Côte d'Azur.
    pub fn in_region(&self) -> bool {
        Self::REGION.contains(&self.department())
    }
}

/// The department of five digits: the first two, except for Corsica (20), overseas (97, 98) and Monaco (980).
fn department(digits: &str) -> Option<&str> {
    match (&digits[..2], &digits[..3]) {
        (_, "200" | "201") => Some("2A"),
        (_, "202" | "203" | "204" | "205" | "206") => Some("2B"),
        (
            _,
            overseas @ ("971" | "972" | "973" | "974" | "975" | "976" | "977" | "978" | "980" | "986" | "987" | "988"),
        ) => Some(overseas),
        ("00" | "20" | "96" | "97" | "98" | "99", _) => None,
        (metropolitan, _) => Some(metropolitan),
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

kept_as_text!(Postcode);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_postcode_tells_its_department() {
        let of = |text| Postcode::parse(text).map(|code| (code.department().to_owned(), code.in_region()));
        assert_eq!(of("13 001"), Ok(("13".into(), true)));
        assert_eq!(of("04000"), Ok(("04".into(), true)));
        assert_eq!(of("20000"), Ok(("2A".into(), false)));
        assert_eq!(of("20200"), Ok(("2B".into(), false)));
        assert_eq!(of("97400"), Ok(("974".into(), false)));
        assert_eq!(of("98000"), Ok(("980".into(), false)), "Monaco");
        for text in ["1300", "130011", "00100", "96000", "99123", "97900", "98100", "1300A", "é3001", "13.0", "CH-1201"]
        {
            assert_eq!(of(text).unwrap_err().code, "postcode", "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_postcode_or_a_fault(text in "\\PC{0,40}") {
            let _ = Postcode::parse(&text);
        }
    }
}
