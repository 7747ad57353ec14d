//! Codes that are selected on a page and never typed: options of a select, radios, boxes. They are matched exactly, so
//! that the API's description can list them.

use crate::Fault;

/// Reads an optional choice: an empty code is `None`.
///
/// # Errors
/// Those of `parse`; a code of spaces is not empty.
pub fn chosen<T>(word: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if word.is_empty() { Ok(None) } else { parse(word).map(Some) }
}

/// Reads a box: `yes` if selected, empty if not.
///
/// # Errors
/// `box` for any other code, because its meaning is unclear.
pub fn ticked(word: &str) -> Result<bool, Fault> {
    const NEITHER: Fault =
        Fault::new("box", "Cochez cette case ou laissez-la vide : la seule valeur admise est « yes ».");
    chosen(word, |word| if word == "yes" { Ok(true) } else { Err(NEITHER) }).map(|is| is.unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Department, Envelope, EstablishmentKind, Phase, SettlementTerms};

    #[test]
    fn a_box_is_ticked_empty_or_faulty() {
        assert_eq!((ticked("yes"), ticked("")), (Ok(true), Ok(false)));
        for other in ["no", "on", "true", "1", "YES", " yes", " ", "AAA"] {
            assert_eq!(ticked(other).unwrap_err().code, "box", "{other}");
        }
    }

    #[test]
    fn a_choice_is_read_as_it_is_written() {
        type Read = fn(&str) -> bool;
        let sets: [(&str, Read); 5] = [
            ("reading", |word| Envelope::parse(word).is_ok()),
            ("13", |word| Department::parse(word).is_ok()),
            ("high_school", |word| EstablishmentKind::parse(word).is_ok()),
            ("pending", |word| Phase::parse(word).is_ok()),
            ("actual", |word| SettlementTerms::parse(word).is_ok()),
        ];
        for (word, reads) in sets {
            assert!(reads(word), "{word}");
            for other in [format!(" {word}"), format!("{word}\u{a0}"), word.to_uppercase() + "é", String::new()] {
                assert!(!reads(&other), "{other:?}");
            }
        }
        assert_eq!(chosen("", Envelope::parse), Ok(None));
        assert!(chosen(" ", Envelope::parse).is_err());
    }
}
