//! Numbers and codes that are copied or scanned: card numbers, vouchers, SIRETs, IBANs.

use super::visible;

/// The text without separators between groups (white space, dots, hyphens) and without a scanner's framing.
pub(crate) fn without_separators(text: &str) -> String {
    unwrapped(&visible(text)).chars().filter(|c| !is_separator(*c)).collect()
}

const fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The scanned text without the symbology identifier that a scanner may put before it (ISO/IEC 15424: `]`, a letter and
/// a digit, as `]Q3` for a QR code) and without the asterisks of Code 39 around it.
fn unwrapped(text: &str) -> &str {
    let symbology = |rest: &&str| matches!(rest.as_bytes(), [letter, digit, ..] if letter.is_ascii_alphabetic() && digit.is_ascii_alphanumeric());
    let data = text.strip_prefix(']').filter(symbology).map_or(text, |rest| rest[2..].trim());
    data.strip_prefix('*').and_then(|data| data.strip_suffix('*')).map_or(data, str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scanner_adds_and_people_put_between_does_not_count() {
        for text in [
            "2600140532012345",
            "2600 1405 3201 2345",
            "2600-1405.3201\u{202F}2345",
            "2600–1405—3201−2345",
            "]Q32600140532012345",
            "]C12600140532012345",
            "]E02600140532012345\r\n",
            "]A0*2600140532012345*",
            "*2600140532012345*",
            "* 2600 1405 3201 2345 *",
            "2600140532012345\t",
            "\u{2}2600140532012345\u{3}",
            "\u{1D}2600140532012345",
            "\u{FEFF}2600\u{200B}1405\u{AD}32012345",
        ] {
            assert_eq!(without_separators(text), "2600140532012345", "{text:?}");
        }
        for (text, kept) in
            [("*26", "*26"), ("]26", "]26"), ("26]Q3", "26]Q3"), ("2*6", "2*6"), ("]é3", "]é3"), ("**", ""), ("]", "]")]
        {
            assert_eq!(without_separators(text), kept, "{text}");
        }
    }
}
