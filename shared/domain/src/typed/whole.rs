//! Whole numbers: places, participants, ages, days, pages.

use std::ops::RangeInclusive;

use super::visible;
use crate::Fault;

/// Reads a whole number within bounds: digits, with or without separated thousands (`3`, `3 000`). A sign, decimals, an
/// exponent, digits other than 0 to 9, and other separators are refused, never dropped.
///
/// # Errors
/// `missing` when blank; `refused` otherwise, whose sentence names the bounds.
pub fn whole_number(text: &str, within: RangeInclusive<u32>, refused: Fault) -> Result<u32, Fault> {
    let typed = visible(text);
    if typed.is_empty() {
        return Err(Fault::missing());
    }
    let number = digits_of_groups(&typed).and_then(|digits| digits.parse().ok());
    number.filter(|number| within.contains(number)).ok_or(refused)
}

/// The digits of a number whose thousands are separated correctly or not at all: `1234` or `1 234`, not `12 34`.
pub(super) fn digits_of_groups(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(char::is_whitespace).collect();
    let numeric = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let well_cut = match groups.as_slice() {
        [_] => true,
        [first, thousands @ ..] => first.len() <= 3 && thousands.iter().all(|group| group.len() == 3),
        [] => false,
    };
    (well_cut && groups.iter().all(numeric)).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<u32, &'static str> {
        whole_number(text, 1..=10_000, Fault::new("places", "De 1 à 10 000.")).map_err(|fault| fault.code)
    }

    #[test]
    fn whole_numbers_are_read_as_they_are_typed() {
        for (text, number) in [
            ("3", 3),
            (" 30 ", 30),
            ("3000", 3_000),
            ("3 000", 3_000),
            ("3\u{202F}000", 3_000),
            ("3\u{A0}000", 3_000),
            ("10 000", 10_000),
            ("007", 7),
            ("\u{200B}12\u{200E}", 12),
            ("\u{FEFF}12\r\n", 12),
        ] {
            assert_eq!(read(text), Ok(number), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_whole_number_is_refused_and_never_stripped() {
        for text in [
            "-3",
            "−3",
            "–3",
            "3-",
            "+3",
            "3.5",
            "3,5",
            "3.0",
            "3.",
            ".3",
            "3.000",
            "3,000",
            "3'000",
            "3_000",
            "30 00",
            "3  000",
            "1e2",
            "0x10",
            "٣",
            "３",
            "Ⅲ",
            "³",
            "½",
            "trois",
            "3 places",
            "12 34",
            "(3)",
            "3%",
            "0",
            "10001",
            "99999999999999999999",
            "1/2",
            "=3",
            "3;4",
            "NaN",
            "∞",
        ] {
            assert_eq!(read(text), Err("places"), "{text:?}");
        }
        for text in ["", " ", "\u{200B}"] {
            assert_eq!(read(text), Err("missing"), "{text:?}");
        }
    }
}
