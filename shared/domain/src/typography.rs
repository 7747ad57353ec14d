//! French typography: spaces at which a line must not break, and quotation marks.

/// A space of the usual width at which no line breaks.
const NO_BREAK: char = '\u{a0}';
/// The same, narrow: what French sets before `;`, `!` and `?`.
const NARROW: char = '\u{202f}';

/// The text with no-break spaces where French wants them: before `:`, `»`, `%` and `€`, narrow ones before `;`, `!` and `?`,
/// after `«` and `n°`, and around the `h` of `9 h 30`. Only spaces that are there are changed, so that applying it twice is a
/// no-op and a text without them (an address of the web, a number) stays as it is.
pub fn french(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = |place: Option<usize>| place.and_then(|place| characters.get(place)).copied();
    let set = |(place, &c): (usize, &char)| {
        let before = [at(place.checked_sub(2)), at(place.checked_sub(1))];
        let after = [at(place.checked_add(1)), at(place.checked_add(2))];
        if c == ' ' { no_break(before, after).unwrap_or(c) } else { c }
    };
    characters.iter().enumerate().map(set).collect()
}

/// The no-break space that stands between these characters in place of a plain one, if one does.
fn no_break(before: [Option<char>; 2], after: [Option<char>; 2]) -> Option<char> {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    match (before, after) {
        (_, [Some(';' | '!' | '?'), _]) => Some(NARROW),
        (_, [Some(':' | '»' | '%' | '€'), _]) | ([_, Some('«' | '°')], _) => Some(NO_BREAK),
        // `9 h`, where the h stands alone, and `h 30`.
        ([_, digit], [Some('h'), next]) if is_digit(digit) && !next.is_some_and(char::is_alphanumeric) => {
            Some(NO_BREAK)
        }
        ([space, Some('h')], [digit, _]) if is_digit(digit) && space.is_some_and(char::is_whitespace) => Some(NO_BREAK),
        _ => None,
    }
}

/// A name or a title between French quotation marks. Marks inside become `“` and `”`, and a text that is one quotation
/// already is not quoted twice.
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
    format!("«{NO_BREAK}{inner}{NO_BREAK}»")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_breaks_before_a_sign_or_inside_quotation_marks() {
        let table = [
            ("Une question ? Non : deux !", "Une question\u{202f}? Non\u{a0}: deux\u{202f}!"),
            ("« Le Cid » ; 12,50 €, 30 %", "«\u{a0}Le Cid\u{a0}»\u{202f}; 12,50\u{a0}€, 30\u{a0}%"),
            ("de 9 h 30 à 19 h, n° 4", "de 9\u{a0}h\u{a0}30 à 19\u{a0}h, n°\u{a0}4"),
            ("dans 48 heures, 3 hommes", "dans 48 heures, 3 hommes"),
            ("https://a.fr/b?c=d;e:f", "https://a.fr/b?c=d;e:f"),
            ("sans espace: tel quel!", "sans espace: tel quel!"),
            ("", ""),
        ];
        for (typed, set) in table {
            assert_eq!(french(typed), set);
            assert_eq!(french(set), set, "twice is once");
        }
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
}
