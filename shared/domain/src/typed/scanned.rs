//! Numbers from a scanner that acts as a keyboard, on a machine with another keyboard layout than the scanner's.

use crate::Fault;

/// Reads typed or scanned text: first as it stands, then as typed by a QWERTY scanner on an AZERTY machine, `éàà` for
/// `200`. The check digits decide which reading is right. If both are valid, which requires a voucher without a single
/// digit and has one chance in thirty-two, the text as it stands counts.
///
/// # Errors
/// The error of `parse` for the text as it stands.
pub fn scanned<T>(text: &str, parse: impl Fn(&str) -> Result<T, Fault>) -> Result<T, Fault> {
    parse(text).or_else(|fault| as_on_qwerty(text).and_then(|text| parse(&text).ok()).ok_or(fault))
}

/// The text that a QWERTY keyboard types with the keys that typed this text on an AZERTY one; `None` if it cannot be a
/// number. A digit requires Shift on AZERTY, which scanners press for letters only (and for the asterisks of Code 39):
/// a digit was typed on purpose.
fn as_on_qwerty(text: &str) -> Option<String> {
    text.chars().map(|c| if c.is_ascii_digit() && c != '8' { None } else { key_on_qwerty(c) }).collect()
}

const fn key_on_qwerty(c: char) -> Option<char> {
    Some(match c {
        '&' => '1',
        'é' | 'É' => '2',
        '"' => '3',
        '\'' | '’' => '4',
        '(' => '5',
        '-' | '§' => '6', // the second ones: Belgium's layout, and Apple's
        'è' | 'È' => '7',
        '_' | '!' => '8',
        'ç' | 'Ç' => '9',
        'à' | 'À' => '0',
        'a' | 'A' => 'Q',
        'q' | 'Q' => 'A',
        'z' | 'Z' => 'W',
        'w' | 'W' => 'Z',
        ',' | '?' => 'M',
        ')' | '°' => '-',
        ':' => '.',
        '8' => '*',               // around Code 39; a digit of the number never comes as one
        '$' | '£' => ']',         // before the symbology
        'm' | 'M' => return None, // that key is a semicolon on QWERTY
        _ if c.is_ascii_alphabetic() || c.is_whitespace() => c,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{CardNumber, FileNumber, Reference, RotatingCode, SortieId, VoucherNumber};

    /// The text that an AZERTY machine reads from a scanner set for QWERTY, letters with or without Shift.
    fn mistyped(text: &str, shift: bool) -> String {
        const QWERTY: &str = "1234567890QAWZ- .";
        const AZERTY: &str = "&é\"'(-è_çàAQZW) :";
        let key = |c: char| match QWERTY.chars().position(|known| known == c) {
            Some(place) => AZERTY.chars().nth(place).unwrap(),
            None if c == 'M' => {
                if shift {
                    '?'
                } else {
                    ','
                }
            }
            None => c,
        };
        let typed: String = text.chars().map(key).collect();
        if shift { typed } else { typed.to_lowercase() }
    }

    #[test]
    fn a_card_is_read_through_the_wrong_layout_with_or_without_groups() {
        let card = CardNumber::parse("2600 1405 3201 2345").unwrap();
        for typed in [
            "é-àà&'à(\"éà&é\"'(",
            "é-àà &'à( \"éà& é\"'(",
            " é-àà)&'à()\"éà&)é\"'(\n",
            "8é-àà&'à(\"éà&é\"'(8",
            "$A\"é-àà&'à(\"éà&é\"'(",
        ] {
            assert_eq!(scanned(typed, CardNumber::parse), Ok(card.clone()), "{typed}");
        }
    }

    #[test]
    fn what_scanners_put_around_a_number_does_not_count() {
        let card = CardNumber::parse("2600 1405 3201 2345").unwrap();
        let file = FileNumber::mint(12_345_678);
        let voucher = VoucherNumber::mint(0x2_4680_ACE1_3579);
        let code = RotatingCode::of(&file, u64::MAX);
        for (before, after) in
            [("]Q3", ""), ("]C1", "\r"), ("]E0", "\r\n"), ("]d2", "\t"), ("*", "*"), ("]A0*", "*"), ("\u{2}", "\u{3}")]
        {
            let around = |number: &str| format!("{before}{number}{after}");
            assert_eq!(scanned(&around(card.as_str()), CardNumber::parse), Ok(card.clone()), "{before:?}");
            assert_eq!(scanned(&around(&card.to_string()), Reference::parse), Ok(Reference::Card(card.clone())));
            assert_eq!(scanned(&around(file.as_str()), FileNumber::parse), Ok(file.clone()));
            assert_eq!(scanned(&around(voucher.as_str()), VoucherNumber::parse), Ok(voucher.clone()));
            assert_eq!(scanned(&around(code.as_str()), RotatingCode::parse), Ok(code.clone()));
        }
        let sortie = SortieId::mint(7);
        assert_eq!(SortieId::parse(&format!("]Q3{sortie}\r")), Ok(sortie));
    }

    #[test]
    fn what_was_typed_by_hand_is_read_as_it_stands() {
        let fault = CardNumber::parse("2600 1405 3201 2346").unwrap_err();
        assert_eq!(scanned("2600 1405 3201 2346", CardNumber::parse), Err(fault));
        assert!(scanned("é-àà1405\"éà&é\"'(", CardNumber::parse).is_err(), "half by hand");
        assert_eq!(scanned(" ", CardNumber::parse).unwrap_err().code, "missing");
    }

    proptest! {
        #[test]
        fn any_number_that_such_a_scanner_types_is_read_as_the_same(
            payload in any::<u64>(), proof in any::<u64>(), shift in any::<bool>(), grouped in any::<bool>(),
        ) {
            let text = |whole: &str, groups: String| mistyped(if grouped { &groups } else { whole }, shift);
            let card = CardNumber::mint(payload);
            prop_assert_eq!(scanned(&text(card.as_str(), card.to_string()), CardNumber::parse), Ok(card));
            let file = FileNumber::mint(payload);
            let typed = text(file.as_str(), file.to_string());
            prop_assert_eq!(scanned(&typed, FileNumber::parse), Ok(file.clone()));
            prop_assert_eq!(scanned(&typed, Reference::parse), Ok(Reference::File(file.clone())));
            let code = RotatingCode::of(&file, proof);
            prop_assert_eq!(scanned(&text(code.as_str(), code.to_string()), RotatingCode::parse), Ok(code));
            let voucher = VoucherNumber::mint(payload);
            let typed = text(voucher.as_str(), voucher.to_string());
            match VoucherNumber::parse(&typed) {
                Err(_) => prop_assert_eq!(scanned(&typed, VoucherNumber::parse), Ok(voucher)),
                Ok(_) => prop_assert!(voucher.as_str().chars().all(|c| c.is_ascii_alphabetic() && c != 'M')),
            }
        }

        #[test]
        fn a_wrong_digit_is_noticed_through_the_wrong_layout_too(payload in any::<u64>(), place in 0..16_usize, by in b'0'..=b'9') {
            let card = CardNumber::mint(payload);
            let mut wrong = card.as_str().as_bytes().to_vec();
            wrong[place] = by;
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert_eq!(scanned(&mistyped(&wrong, true), CardNumber::parse).is_ok(), wrong == card.as_str());
        }

        #[test]
        fn any_text_is_either_a_number_or_a_fault(text in "\\PC{0,30}") {
            let _ = scanned(&text, Reference::parse);
        }
    }
}
