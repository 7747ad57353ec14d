//! Text normalisation, and the conversions shared by all types that are stored as canonical text.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text as names are compared and sorted: lower case, without accents, with one space for each run of other
/// characters than letters and digits, and trimmed.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Decomposition (NFKD) splits an accented letter into letter and accent, and makes full-width letters plain.
    for c in text.nfkd().flat_map(char::to_lowercase).filter(|c| !is_combining_mark(*c)) {
        match plain_letter(c) {
            Some(letters) => folded.push_str(letters),
            None if c.is_alphanumeric() && !is_modifier(c) => folded.push(c),
            None if crate::is_invisible(c) => {}
            None if !folded.is_empty() && !folded.ends_with(' ') => folded.push(' '),
            None => {}
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Whether a character is a sign between letters that Unicode counts as a letter: the apostrophe of « Nʼguessan », an
/// okina.
const fn is_modifier(c: char) -> bool {
    matches!(c, '\u{2B0}'..='\u{2FF}')
}

/// The plain letters for a letter that Unicode does not decompose. It covers all letters that a name may have
/// (`typed::name`), so that a stroke or a hook does not make another person.
const fn plain_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'ⱥ' => "a",
        'æ' => "ae",
        'ƀ' | 'ɓ' | 'ƃ' | 'ƅ' => "b",
        'ƈ' | 'ȼ' => "c",
        'đ' | 'ð' | 'ɗ' | 'ɖ' | 'ƌ' | 'ƍ' | 'ȡ' | 'ẟ' => "d",
        'ȸ' => "db",
        'ǝ' | 'ə' | 'ɛ' | 'ɇ' => "e",
        'ƒ' => "f",
        'ɠ' | 'ǥ' | 'ɣ' | 'ƣ' | 'ȝ' => "g",
        'ħ' => "h",
        'ƕ' => "hv",
        'ı' | 'ɨ' | 'ɩ' => "i",
        'ȷ' | 'ɉ' => "j",
        'ƙ' | 'ĸ' => "k",
        'ł' | 'ƚ' | 'ȴ' | 'ƛ' => "l",
        'ỻ' => "ll",
        'ɯ' => "m",
        'ŋ' | 'ɲ' | 'ƞ' | 'ȵ' => "n",
        'ø' | 'ɵ' | 'ɔ' => "o",
        'œ' => "oe",
        'ȣ' => "ou",
        'ƥ' => "p",
        'ɋ' => "q",
        'ȹ' => "qp",
        'ɍ' | 'ʀ' => "r",
        'ȿ' | 'ƨ' | 'ʃ' | 'ƪ' | 'ẜ' | 'ẝ' => "s",
        'ß' => "ss",
        'ŧ' | 'ƭ' | 'ʈ' | 'ƫ' | 'ȶ' | 'ⱦ' | 'ɂ' | 'ƾ' => "t",
        'þ' => "th",
        'ʉ' | 'ʊ' => "u",
        'ʋ' | 'ʌ' | 'ỽ' => "v",
        'ƿ' => "w",
        'ƴ' | 'ɏ' | 'ỿ' => "y",
        'ƶ' | 'ȥ' | 'ɀ' | 'ʒ' | 'ƹ' | 'ƺ' | 'ƻ' | 'ƽ' => "z",
        _ => return None,
    })
}

/// The digit to append so that `digits` pass [`is_luhn`] (ISO/IEC 7812-1). ASCII digits only.
pub(crate) fn luhn_check_digit(digits: &str) -> char {
    let sum = luhn_sum(&format!("{digits}0"));
    char::from(b'0' + ((10 - sum % 10) % 10) as u8)
}

/// Whether the last ASCII digit is the right Luhn check digit.
pub(crate) fn is_luhn(digits: &str) -> bool {
    luhn_sum(digits).is_multiple_of(10)
}

fn luhn_sum(digits: &str) -> u32 {
    let weighed = |(place, digit): (usize, u8)| match u32::from(digit - b'0') {
        plain if place % 2 == 0 => plain,
        doubled @ 0..=4 => doubled * 2,
        doubled => doubled * 2 - 9,
    };
    digits.bytes().rev().enumerate().map(weighed).sum()
}

/// Whether the text is exactly `count` ASCII digits.
pub(crate) fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

/// Splits ASCII text into groups of these sizes, separated by spaces; the rest is one more group.
pub(crate) fn grouped(text: &str, sizes: &[usize]) -> String {
    let mut out = String::with_capacity(text.len() + sizes.len());
    let mut rest = text;
    for &size in sizes {
        let (group, after) = rest.split_at(size.min(rest.len()));
        if !out.is_empty() && !group.is_empty() {
            out.push(' ');
        }
        out.push_str(group);
        rest = after;
    }
    if !rest.is_empty() {
        out.push(' ');
        out.push_str(rest);
    }
    out
}

/// Text conversions for types with `parse(&str)` and `as_str()`: `FromStr`, and the conversions for
/// `#[serde(try_from = "String", into = "String")]`. Types whose rule became stricter than the stored data read that
/// data with a `kept(&str)` of their own.
macro_rules! kept_as_text {
    ($($kind:ident),+ $(,)?) => {
        $crate::text::kept_as_text!(parse: $($kind),+);
    };
    ($read:ident: $($kind:ident),+ $(,)?) => {$(
        impl std::str::FromStr for $kind {
            type Err = $crate::Fault;
            fn from_str(text: &str) -> Result<Self, $crate::Fault> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $kind {
            type Error = $crate::Fault;
            fn try_from(text: String) -> Result<Self, $crate::Fault> {
                Self::$read(&text)
            }
        }

        impl From<$kind> for String {
            fn from(value: $kind) -> Self {
                value.as_str().to_owned()
            }
        }
    )+};
}
pub(crate) use kept_as_text;

/// The same conversions for types that compute their canonical text, with `parse(&str)` and `code()`.
macro_rules! kept_as_code {
    ($($kind:ident),+ $(,)?) => {$(
        impl TryFrom<String> for $kind {
            type Error = $crate::Fault;
            fn try_from(text: String) -> Result<Self, $crate::Fault> {
                Self::parse(&text)
            }
        }

        impl From<$kind> for String {
            fn from(value: $kind) -> Self {
                value.code()
            }
        }
    )+};
}
pub(crate) use kept_as_code;

/// A `Debug` that shows the type and redacts the value, so that no personal data reaches a log by accident.
macro_rules! hidden_in_debug {
    ($($kind:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($kind), "(***)"))
            }
        }
    )+};
}
pub(crate) use hidden_in_debug;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_name_is_the_same_however_it_was_typed() {
        for typed in
            ["Lycée Marie-Curie", " LYCEE  MARIE CURIE ", "lyce\u{301}e marie\u{2019}curie!", "Ｌycĕe Märĩe-Çurïé"]
        {
            assert_eq!(folded(typed), "lycee marie curie", "{typed}");
        }
        assert_eq!((folded("L’Œil écoute"), folded(" – ")), ("l oeil ecoute".to_owned(), String::new()));
    }

    #[test]
    fn every_letter_that_a_name_may_have_folds_to_plain_ones() {
        assert_eq!(folded("Nʼguessan"), folded("N’Guessan"));
        assert_eq!(folded("Jeaŋ-Françøis Ħaïđaræ Łukaß"), "jean francois haidarae lukass");
        let letters = ('\u{80}'..='\u{24F}').chain('\u{250}'..='\u{2AF}').chain('\u{1E00}'..='\u{1EFF}');
        for letter in letters.filter(|c| crate::typed::name::is_latin_letter(*c)) {
            let folded = folded(&letter.to_string());
            let is_plain = !folded.is_empty() && folded.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(is_plain, "{letter} (U+{:04X}) is {folded:?}", u32::from(letter));
        }
    }
}
