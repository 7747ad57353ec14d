//! Parses the names in a path: a number, a week, an id. Each has one canonical spelling, so that a thing has one
//! address.

use std::fmt::Display;

use crate::problem::Problem;

/// Parses a name in a path, which must be spelt as our links spell it.
///
/// # Errors
/// Not found, when it does not parse or is spelt otherwise (`+1`, `01`, another case, with spaces). A browser's GET is
/// redirected to our spelling; any other request gets the error.
pub fn named<T: Display, F>(text: &str, parse: impl FnOnce(&str) -> Result<T, F>) -> Result<T, Problem> {
    named_as(text, parse, T::to_string)
}

/// Like [`named`], for a thing whose spelling in links differs from the one that people read.
///
/// # Errors
/// As [`named`].
pub fn named_as<T, F>(
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, F>,
    write: impl FnOnce(&T) -> String,
) -> Result<T, Problem> {
    let read = parse(text).map_err(|_| Problem::not_found())?;
    let right = write(&read);
    if right == text { Ok(read) } else { Err(Problem::respelt(text, right)) }
}

#[cfg(test)]
mod tests {
    use epass_domain::{
        BeneficiaryId, BonPlanId, EnrolmentId, EstablishmentId, PartnerId, SortieId, StatementNumber, TillKeyId,
        TransactionId, Week,
    };

    use super::*;

    /// `Ok` when the spelling is ours; otherwise the spelling that it redirects to.
    fn spelt<T: Display, F>(text: &str, parse: impl FnOnce(&str) -> Result<T, F>) -> Result<(), Option<String>> {
        let led = |problem: Problem| problem.respelling().map(|(_, right)| right.to_owned());
        named(text, parse).map(drop).map_err(led)
    }

    #[test]
    fn a_number_has_one_spelling() {
        for ours in ["0", "1", "2026", "4294967295"] {
            assert_eq!(spelt(ours, str::parse::<u32>), Ok(()), "{ours}");
        }
        for other in ["+2026", "02026", "0000002026"] {
            assert_eq!(spelt(other, str::parse::<u32>), Err(Some("2026".to_owned())), "{other}");
        }
        for none in ["", " 2026", "2026 ", "２０２６", "2026.0", "2 026", "-2026", "4294967296", "0x7ea", "١"] {
            assert_eq!(spelt(none, str::parse::<u32>), Err(None), "{none:?}");
        }
        assert_eq!(spelt("-0", str::parse::<i16>), Err(Some("0".to_owned())));
    }

    #[test]
    fn every_name_in_a_path_has_one_spelling() {
        const UUID: &str = "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f";
        let digest = "ab".repeat(32);
        let sortie = SortieId::mint(11).as_str().to_owned();
        type Spelling = fn(&str) -> Result<(), Option<String>>;
        let sortie_read: Spelling = |text| {
            let read = named_as(text, SortieId::parse, |id| id.as_str().to_owned());
            read.map(drop).map_err(|problem| problem.respelling().map(|(_, right)| right.to_owned()))
        };
        let kinds: [(&str, Spelling); 10] = [
            (UUID, |text| spelt(text, BeneficiaryId::parse)),
            (UUID, |text| spelt(text, BonPlanId::parse)),
            (UUID, |text| spelt(text, EnrolmentId::parse)),
            (UUID, |text| spelt(text, TransactionId::parse)),
            ("41234567", |text| spelt(text, PartnerId::parse)),
            ("0750655E", |text| spelt(text, EstablishmentId::parse)),
            ("2026-W47", |text| spelt(text, Week::parse)),
            ("2026-W47-41234567", |text| spelt(text, StatementNumber::parse)),
            (&digest, |text| spelt(text, TillKeyId::parse)),
            (&sortie, sortie_read),
        ];
        for (ours, spelling) in kinds {
            assert_eq!(spelling(ours), Ok(()), "{ours}");
            let mut others = vec![
                format!("+{ours}"),
                format!("0{ours}"),
                format!(" {ours}"),
                format!("{ours} "),
                format!("{ours}\u{a0}"),
                format!("{{{ours}}}"),
                format!("urn:uuid:{ours}"),
                ours.replace('-', ""),
                ours.to_lowercase(),
                ours.to_uppercase(),
                ours.replace('1', "１"),
                ours.replacen(|c: char| c.is_ascii_digit(), "٢", 1),
            ];
            others.retain(|other| other != ours);
            for other in others {
                match spelling(&other) {
                    Ok(()) => panic!("{other:?} is taken for {ours}"),
                    Err(Some(led)) => assert_eq!(led, ours, "{other:?}"),
                    Err(None) => {}
                }
            }
        }
    }
}
