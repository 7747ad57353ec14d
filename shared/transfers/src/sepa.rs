//! The characters that every SEPA bank accepts, and the transliteration of others (EPC217-08, *SEPA requirements for an
//! extended character set*).

use any_ascii::any_ascii_char;
use epass_domain::is_invisible;

/// Transliterates a text to at most `longest` of SEPA's Latin characters: letters, digits, `/ - ? : ( ) . , ' +` and
/// single spaces. `Œ` becomes `Oe`, `&` becomes `+`, Greek and Cyrillic their Latin letters; emoji and invisible
/// characters are removed, and any other character without a transliteration becomes a point. No slash stands at either
/// end or beside another one: banks read `//` as a code word (EPC217-08, 6.2). The result is never empty.
pub fn sepa_text(text: &str, longest: usize) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if is_sepa(c) => written.push(c),
            c if c.is_whitespace() => written.push(' '),
            c if c.is_control() || is_invisible(c) => {}
            c => written.extend(plain(c)),
        }
    }
    let mut one_line = single(&written, ' ');
    one_line = single(&one_line, '/');
    one_line.truncate(longest);
    let line = one_line.trim_matches([' ', '/']);
    if line.is_empty() { ".".to_owned() } else { line.to_owned() }
}

/// The text with repeats of this character reduced to one, and none at its ends.
fn single(text: &str, of: char) -> String {
    text.split(of).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&of.to_string())
}

/// Whether every bank accepts the character.
pub(crate) fn is_sepa(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c)
}

/// The replacement of a character that not every bank accepts.
fn plain(c: char) -> impl Iterator<Item = char> {
    let punctuation = match c {
        '&' => "+",
        ';' => ",",
        '[' | '{' => "(",
        ']' | '}' => ")",
        '\\' | '|' => "/",
        '_' | '~' => "-",
        '`' => "'",
        '€' => "E",
        _ => "",
    };
    let latin = if punctuation.is_empty() { any_ascii_char(c) } else { punctuation };
    let written = match latin {
        "" => ".",
        // An emoji's name between colons (`:grinning:`), which nobody typed.
        name if name.len() > 1 && name.starts_with(':') => "",
        letters => letters,
    };
    written.chars().map(|c| if is_sepa(c) { c } else { '.' })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn french_greek_and_what_banks_do_not_take_is_written_with_what_they_do() {
        for (text, written) in [
            ("L’Œil & Cie", "L'Oeil + Cie"),
            ("Théâtre des Célestins – Çà et là", "Theatre des Celestins - Ca et la"),
            ("Αθήνα Ωμέγα", "Athina Omega"),
            ("Ёлка", "Elka"),
            ("a@b_c;d[e]f{g}h|i", "a.b-c,d(e)f(g)h/i"),
            ("12 €", "12 E"),
            ("  deux \u{A0} mots\n", "deux mots"),
            ("\u{E000}", "."),
            ("", "."),
            ("😀", "."),
            ("Chez 😀 Ana", "Chez Ana"),
            ("😀😀 Ana 🎭", "Ana"),
            ("Léa ❤\u{FE0F}", "Lea"),
            ("👩\u{200D}🚀 Ana", "Ana"),
            ("An\u{200B}a\u{202E} \u{E0041}Roux\u{AD}", "Ana Roux"),
            ("//Ana", "Ana"),
            ("/Ana/", "Ana"),
            ("Ana // Roux /", "Ana / Roux"),
            ("A///B", "A/B"),
            ("A\\/|B", "A/B"),
            ("A/😀/B", "A/B"),
            ("/ / Ana", "Ana"),
            ("//", "."),
            ("Ana ou / et Léa", "Ana ou / et Lea"),
        ] {
            assert_eq!(sepa_text(text, 70), written, "{text}");
        }
        assert_eq!(sepa_text("abc def", 4), "abc", "cut, and no space left at the end");
    }

    proptest! {
        #[test]
        fn any_text_is_written_in_few_characters_that_every_bank_takes(text in "(\\PC|[/ :😀🎭]){0,120}") {
            let written = sepa_text(&text, 70);
            prop_assert!(!written.is_empty() && written.len() <= 70);
            prop_assert!(written.chars().all(is_sepa), "{}", written);
            prop_assert!(written.trim() == written && !written.contains("  "));
            prop_assert!(written.trim_matches('/') == written && !written.contains("//"));
            prop_assert_eq!(sepa_text(&written, 70), written);
        }
    }
}
