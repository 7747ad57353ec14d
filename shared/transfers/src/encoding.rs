//! Detects the encoding of a bank's document from its first bytes and its declaration, as XML 1.0 specifies (appendix
//! F).

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED};
use epass_domain::Fault;

/// The number of bytes in which a declaration is searched.
const DECLARATION: usize = 256;

/// The text of a document, without a byte order mark. The mark takes precedence over the declaration; without either,
/// the encoding is UTF-8.
///
/// # Errors
/// `report_encoding` for an encoding that is not supported, or for bytes that are invalid in it.
pub fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, &bytes[mark..]),
        None => (without_mark(bytes)?, bytes),
    };
    encoding.decode_without_bom_handling_and_without_replacement(body).ok_or_else(|| not_in(encoding.name()))
}

fn without_mark(bytes: &[u8]) -> Result<&'static Encoding, Fault> {
    match bytes {
        [b'<', 0, b'?', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', 0, b'?', ..] => return Ok(UTF_16BE),
        // UTF-32, and EBCDIC's `<?xm`: neither is supported, and the declaration of neither is readable.
        [0, 0, 0, b'<', ..] | [b'<', 0, 0, 0, ..] => return Err(unknown("UTF-32")),
        [0x4C, 0x6F, 0xA7, 0x94, ..] => return Err(unknown("EBCDIC")),
        _ => {}
    }
    let Some(name) = declared(bytes) else { return Ok(UTF_8) };
    match Encoding::for_label(name.as_bytes()) {
        // The declaration was read byte by byte, so the document cannot be in the UTF-16 that it declares.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Err(not_in(&name)),
        Some(encoding) if encoding != REPLACEMENT && encoding != X_USER_DEFINED => Ok(encoding),
        _ => Err(unknown(&name)),
    }
}

/// The name of the encoding in `<?xml version="1.0" encoding="ISO-8859-1"?>`.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(DECLARATION)];
    let head: String = head.iter().map(|byte| char::from(*byte)).collect();
    let declaration = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split_once(quote).map(|(name, _)| name.trim().to_owned())
}

fn unknown(name: &str) -> Fault {
    let name: String = name.chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
    let said = format!(
        "L’encodage « {name} » de ce fichier n’est pas lu : demandez à la banque un fichier en UTF-8, UTF-16, ISO-8859-1, ISO-8859-15 ou Windows-1252."
    );
    Fault::told("report_encoding", said)
}

fn not_in(name: &str) -> Fault {
    let said = format!(
        "Ce fichier n’est pas dans l’encodage qu’il annonce (« {name} ») : joignez celui de la banque, tel quel, sans l’ouvrir ni l’enregistrer."
    );
    Fault::told("report_encoding", said)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{ISO_8859_15, WINDOWS_1252};

    use super::*;

    const TEXT: &str = "<a>compte clôturé, 12 €, Œuvre</a>";

    fn declares(name: &str, text: &str) -> String {
        format!("<?xml version=\"1.0\" encoding='{name}'?>{text}")
    }

    fn utf16(text: &str, mark: bool, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let marked = if mark { format!("\u{FEFF}{text}") } else { text.to_owned() };
        marked.encode_utf16().flat_map(bytes_of).collect()
    }

    #[test]
    fn every_encoding_that_banks_declare_is_read() {
        let encoded = |name: &str, by: &'static Encoding| {
            let whole = declares(name, TEXT);
            (by.encode(&whole).0.into_owned(), whole)
        };
        for (bytes, whole) in [
            encoded("ISO-8859-15", ISO_8859_15),
            encoded("Windows-1252", WINDOWS_1252),
            encoded("windows-1252", WINDOWS_1252),
            encoded("utf-8", UTF_8),
        ] {
            assert_eq!(decoded(&bytes).unwrap(), whole);
        }
        let latin = declares("ISO-8859-1", "<a>clôturé</a>");
        let bytes: Vec<u8> = latin.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        assert_eq!(decoded(&bytes).unwrap(), latin);
    }

    #[test]
    fn utf_16_is_read_in_both_orders_with_and_without_a_mark_and_utf_8_with_one() {
        for name in ["UTF-16", "UTF-16LE", "utf-16be"] {
            let whole = declares(name, TEXT);
            for mark in [true, false] {
                assert_eq!(decoded(&utf16(&whole, mark, u16::to_le_bytes)).unwrap(), whole);
                assert_eq!(decoded(&utf16(&whole, mark, u16::to_be_bytes)).unwrap(), whole);
            }
        }
        let marked = declares("ISO-8859-1", TEXT);
        assert_eq!(decoded(format!("\u{FEFF}{marked}").as_bytes()).unwrap(), marked, "the mark counts");
        assert_eq!(decoded(TEXT.as_bytes()).unwrap(), TEXT, "without a declaration it is UTF-8");
    }

    #[test]
    fn an_encoding_that_is_not_read_or_not_true_is_named() {
        let fault = |bytes: &[u8]| {
            let fault = decoded(bytes).unwrap_err();
            assert_eq!(fault.code, "report_encoding");
            fault.to_string()
        };
        for name in ["EBCDIC-CP-FR", "UTF-7", "ISO-2022-KR", "ANSI"] {
            assert!(fault(declares(name, TEXT).as_bytes()).contains(name), "{name}");
        }
        assert!(fault(declares("UTF-16", TEXT).as_bytes()).contains("UTF-16"));
        assert!(fault(b"<?xml version=\"1.0\"?><a>\xE9</a>").contains("UTF-8"));
        assert!(fault(b"\x4C\x6F\xA7\x94").contains("EBCDIC"));
        assert!(fault(b"\0\0\0<").contains("UTF-32"));
    }
}
