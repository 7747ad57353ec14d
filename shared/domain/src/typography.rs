//! French typography: no-break spaces, no-break hyphens and quotation marks. Text is written with plain spaces
//! everywhere; the renderer passes it once through [`unbroken`] (a page) or [`french`] (a mail).
//!
//! Source: Imprimerie nationale, *Lexique des règles typographiques*: a no-break space inside guillemets and before a
//! colon, a narrow one before `;`, `!` and `?`; a number stays with its unit.

const SPACE: char = '\u{a0}';
const NARROW: char = '\u{202f}';
const HYPHEN: char = '\u{2011}';

/// Units that stay with the number before them.
const UNITS: [&str; 10] = ["h", "min", "s", "ans", "an", "Mo", "Ko", "px", "mm", "km"];

/// Replaces plain spaces by no-break ones where French requires it. The number of characters stays the same.
/// Idempotent.
pub fn french(text: &str) -> String {
    replaced(text, |c, before, after| if c == ' ' { space(before, after) } else { None })
}

/// As [`french`], with a no-break hyphen in *e-PASS* too: for text that is read and not searched.
pub fn unbroken(text: &str) -> String {
    replaced(text, |c, before, after| match c {
        ' ' => space(before, after),
        '-' => hyphen(before, after),
        _ => None,
    })
}

/// Replaces each character for which `better` returns another one, given the text before and after it.
fn replaced(text: &str, better: impl Fn(char, &str, &str) -> Option<char>) -> String {
    let of = |(at, c): (usize, char)| better(c, &text[..at], &text[at + c.len_utf8()..]).unwrap_or(c);
    text.char_indices().map(of).collect()
}

/// The space that should stand between two texts, if it differs from the plain one.
fn space(before: &str, after: &str) -> Option<char> {
    match after.chars().next() {
        Some(';' | '!' | '?') => return Some(NARROW),
        Some(':' | '»' | '€' | '%') => return Some(SPACE),
        _ => {}
    }
    let stays = match before.chars().next_back()? {
        '«' | '°' => true,
        '0'..='9' => UNITS.iter().any(|unit| begins_with_word(after, unit)),
        'h' => ends_with_an_hour(before) && after.starts_with(|c: char| c.is_ascii_digit()),
        _ => false,
    };
    stays.then_some(SPACE)
}

/// Whether a text ends in an hour such as `12 h`, as in `12 h 30`.
fn ends_with_an_hour(text: &str) -> bool {
    let number = text.strip_suffix('h').and_then(|text| text.strip_suffix([' ', SPACE]));
    number.is_some_and(|number| number.ends_with(|c: char| c.is_ascii_digit()))
}

fn begins_with_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// The no-break hyphen for *e-PASS*.
fn hyphen(before: &str, after: &str) -> Option<char> {
    let word = before.strip_suffix(['e', 'E'])?;
    let begins = !word.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '@' | '-'));
    (begins && begins_with_word(after, "PASS")).then_some(HYPHEN)
}

/// Puts a name or a title between French quotation marks. Inner marks become `“` and `”`, and a text that is already
/// quoted is not quoted again.
pub fn quoted(text: &str) -> String {
    let bare = text.trim();
    let whole = bare.strip_prefix('«').and_then(|rest| rest.strip_suffix('»'));
    let said = whole.filter(|inner| !inner.contains(['«', '»'])).unwrap_or(bare).trim();
    let mut inner = String::with_capacity(said.len());
    for c in said.chars() {
        match c {
            '«' => inner.push('“'),
            '»' => {
                inner.truncate(inner.trim_end().len());
                inner.push('”');
            }
            c if c.is_whitespace() && inner.ends_with('“') => {}
            c => inner.push(c),
        }
    }
    format!("«{SPACE}{inner}{SPACE}»")
}

/// `1 place`, `3 places`: a number with the agreeing form of its noun. French treats 0 as singular.
pub fn counted(count: impl Into<u128>, one: &str, several: &str) -> String {
    let count = count.into();
    format!("{} {}", crate::grouped(count), if count < 2 { one } else { several })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spaces_do_not_break_where_french_holds_a_line_together() {
        for (typed, set) in [
            ("Motif : refus", "Motif\u{a0}: refus"),
            ("Une erreur ? Écrivez !", "Une erreur\u{202f}? Écrivez\u{202f}!"),
            ("prête ; rien", "prête\u{202f}; rien"),
            ("« Mon code »", "«\u{a0}Mon code\u{a0}»"),
            ("« « Œuvre » »", "«\u{a0}«\u{a0}Œuvre\u{a0}»\u{a0}»"),
            ("28 € de livres", "28\u{a0}€ de livres"),
            ("5 Mo au plus", "5\u{a0}Mo au plus"),
            ("4,5 % par an", "4,5\u{a0}% par an"),
            ("de 14 h à 18 h 30", "de 14\u{a0}h à 18\u{a0}h\u{a0}30"),
            ("de 15 à 25 ans", "de 15 à 25\u{a0}ans"),
            ("N° de carte, n° 12", "N°\u{a0}de carte, n°\u{a0}12"),
            ("e-PASS JEUNES", "e\u{2011}PASS JEUNES"),
            ("l’e-PASS", "l’e\u{2011}PASS"),
            (" : la suite d’un mot en gras", "\u{a0}: la suite d’un mot en gras"),
        ] {
            assert_eq!(unbroken(typed), set, "{typed}");
            assert_eq!(unbroken(set), set, "a second time: {typed}");
        }
    }

    #[test]
    fn everything_else_stays_as_it_was_written() {
        for typed in [
            "https://e-passjeunes.example.org/?a=1:2",
            "3 hommes",
            "2 secondes",
            "le h 12",
            "Provence-Alpes-Côte d’Azur",
            "10 spectacles",
            "x@e-PASS.example",
            "demi-PASS",
            "e-PASSJEUNES",
            "Il est 9:30",
            "",
        ] {
            assert_eq!(unbroken(typed), typed);
        }
    }

    #[test]
    fn a_mail_keeps_the_hyphen_of_the_keyboard() {
        assert_eq!(french("e-PASS : prêt"), "e-PASS\u{a0}: prêt");
    }

    #[test]
    fn a_title_is_quoted_once() {
        for (title, said) in [
            ("Le Cid", "«\u{a0}Le Cid\u{a0}»"),
            ("« Œuvre »", "«\u{a0}Œuvre\u{a0}»"),
            ("«\u{a0}Œuvre\u{a0}»", "«\u{a0}Œuvre\u{a0}»"),
            ("Lire « Œuvre » ensemble", "«\u{a0}Lire “Œuvre” ensemble\u{a0}»"),
            ("« A » et « B »", "«\u{a0}“A” et “B”\u{a0}»"),
        ] {
            assert_eq!(quoted(title), said);
        }
    }

    #[test]
    fn a_count_agrees_with_its_word() {
        assert_eq!([0_u32, 1, 2].map(|count| counted(count, "place", "places")), ["0 place", "1 place", "2 places"]);
        assert_eq!(counted(1_234_u32, "place", "places"), "1\u{202f}234 places");
    }

    proptest! {
        #[test]
        fn no_character_is_added_lost_or_moved(text in ".{0,80}") {
            let set = unbroken(&text);
            prop_assert_eq!(set.chars().count(), text.chars().count());
            let same = |(one, other): (char, char)| one == other || matches!((one, other), (' ', SPACE | NARROW) | ('-', HYPHEN));
            prop_assert!(text.chars().zip(set.chars()).all(same));
            prop_assert_eq!(unbroken(&set), set);
        }
    }
}
