//! Invisible characters, which copying from a web page, a contact list or a PDF may add.

use crate::Fault;

/// Whether a character is invisible: Unicode 16's `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt: soft
/// hyphen, zero-width spaces and joiners, marks of direction, variation selectors, Hangul fillers, tags), the
/// interlinear marks U+FFF9 to U+FFFB, and the blank Braille pattern.
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// The text without invisible characters, control characters and surrounding space: for numbers, dates, identifiers and
/// addresses, which never need them.
pub(crate) fn visible(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_invisible(*c) && (!c.is_control() || c.is_whitespace())).collect();
    seen.trim().to_owned()
}

/// The text without invisible characters that have no effect. Joiners of emoji, and of scripts that need them, stay.
///
/// # Errors
/// `invisible_character` for a control character other than a line feed, and for the two marks (U+202D, U+202E) that
/// reorder the displayed letters.
pub(crate) fn readable(text: &str) -> Result<String, Fault> {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => kept.push(c),
            '\u{202D}' | '\u{202E}' => return Err(NOT_SHOWN),
            c if c.is_control() => return Err(NOT_SHOWN),
            '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' if kept.ends_with(takes_joiners) => kept.push(c),
            c if is_invisible(c) => {}
            c => kept.push(c),
        }
    }
    Ok(kept)
}

const NOT_SHOWN: Fault =
    Fault::new("invisible_character", "Ce texte contient un caractère invisible : saisissez-le de nouveau.");

/// Whether joiners may matter beside this character: Arabic, Indic and later scripts, and symbols. No Latin, Greek or
/// Cyrillic letter changes with a joiner.
const fn takes_joiners(c: char) -> bool {
    c >= '\u{600}' && !c.is_whitespace() && !is_invisible(c) && !matches!(c, '\u{2000}'..='\u{206F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_dropped_from_numbers_and_addresses() {
        for hidden in [
            "\u{AD}",
            "\u{200B}",
            "\u{200E}",
            "\u{202A}",
            "\u{202C}",
            "\u{2060}",
            "\u{2066}",
            "\u{2069}",
            "\u{FEFF}",
            "\u{FE0F}",
            "\u{E0041}",
            "\u{180E}",
            "\u{3164}",
            "\u{0}",
            "\u{2}",
        ] {
            assert_eq!(visible(&format!(" {hidden}1{hidden}2 {hidden}")), "12", "{:?}", hidden);
        }
        assert_eq!(visible("a \u{A0}b\r\n"), "a \u{A0}b");
    }

    #[test]
    fn running_text_keeps_what_joins_and_loses_what_only_hides() {
        assert_eq!(readable("Théâ\u{AD}tre\u{200B} \u{200E}du\u{2066} Port\u{2069}").unwrap(), "Théâtre du Port");
        for whole in ["\u{1F469}\u{200D}\u{1F680}", "\u{2764}\u{FE0F}", "می\u{200C}خواهم"] {
            assert_eq!(readable(whole).unwrap(), whole);
        }
        assert_eq!(readable("a\u{200D}b\u{FE0F}").unwrap(), "ab");
        for wrong in ["a\u{202E}b", "a\u{202D}b", "a\u{0}b", "a\u{1B}b"] {
            assert_eq!(readable(wrong).unwrap_err().code, "invisible_character", "{wrong:?}");
        }
    }
}
