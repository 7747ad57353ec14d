//! Names, addresses and ways to reach somebody, as typed in a form.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{hidden_in_debug, is_digits, kept_as_text};
use crate::typed::code::without_separators;
use crate::typed::visible;
use crate::{Fault, is_invisible, typed};

/// An e-mail address: plain ASCII, domain in lower case, at most 254 characters (RFC 5321 without quoted parts).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address; space around it and what nobody sees do not count.
    ///
    /// # Errors
    /// `missing` when blank; `email` when no mail could be sent there.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = visible(text);
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        typed
            .split_once('@')
            .map(|(local, domain)| (local, domain.to_ascii_lowercase()))
            .filter(|(local, domain)| typed.len() <= 254 && is_local_part(local) && is_domain(domain))
            .map(|(local, domain)| Self(format!("{local}@{domain}")))
            .ok_or(Fault::new("email", "Indiquez une adresse mail complète, par exemple nom@exemple.fr."))
    }

    /// The address as it was typed: for display, and to send to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What every comparison, index, counter and limit uses.
    pub fn folded(&self) -> FoldedEmail {
        FoldedEmail(self.0.to_ascii_lowercase())
    }
}

/// An address without its case: `Parent@Exemple.fr` and `parent@exemple.fr` reach one mailbox. Nothing else is folded: dots
/// and `+` parts tell mailboxes apart at some providers.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FoldedEmail(String);

impl FoldedEmail {
    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The mailbox that limits count by: without `+tag`, and without the dots of the local part, which the largest providers
    /// do not tell apart. For counting alone: nobody is written to there, and no account is found by it.
    pub fn mailbox(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let untagged = local.split('+').next().unwrap_or_default();
        // An address may begin with its tag.
        let named = if untagged.is_empty() { local } else { untagged };
        format!("{}@{domain}", named.replace('.', ""))
    }
}

fn is_local_part(local: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(plain))
}

/// A name with a dot in it whose last part is no number (RFC 1035), in lower case.
fn is_domain(domain: &str) -> bool {
    let formed = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(formed)
        && last.len() >= 2
        && last.starts_with(|c: char| c.is_ascii_lowercase())
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A telephone number in its international form: `+33` and nine digits for one of metropolitan France, `+262`, `+590`, `+594` or
/// `+596` and nine digits for most overseas ones, the country's calling code and its digits for others.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

impl Phone {
    /// Reads `04 91 00 00 00`, `+33 4 91 00 00 00`, `0033…`, `+33 (0)4…`, `0692 12 34 56`, `+377 93 15 36 00`; separators do not
    /// count.
    ///
    /// # Errors
    /// `missing` when blank; `phone` when no telephone can have that number.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if visible(text).is_empty() {
            return Err(Fault::missing());
        }
        typed::phone::international(text).map(Self).ok_or(Fault::new(
            "phone",
            "Indiquez un numéro de téléphone qui existe : 10 chiffres en France, par exemple 04 91 00 00 00, ou l’indicatif du \
             pays, par exemple +377 93 15 36 00.",
        ))
    }

    /// One that was stored, maybe when overseas numbers were kept as `+33` and ranges were not checked.
    fn kept(text: &str) -> Result<Self, Fault> {
        let digits = text
            .strip_prefix('+')
            .filter(|digits| (4..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
        match (typed::phone::international(text), digits) {
            (Some(number), _) => Ok(Self(number)),
            (None, Some(_)) => Ok(Self(text.to_owned())),
            (None, None) => Self::parse(text),
        }
    }

    /// `+`, the calling code and the national number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    /// `04 91 00 00 00`, `06 92 12 34 56`, `+377 93 15 36 00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&typed::phone::shown(&self.0))
    }
}

/// A postcode of a French department or overseas territory, or of Monaco, whose post is French: five digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Postcode(String);

impl Postcode {
    /// The departments of Provence-Alpes-Côte d'Azur.
    const REGION: [&str; 6] = ["04", "05", "06", "13", "83", "84"];

    /// Reads a postcode; spaces do not count.
    ///
    /// # Errors
    /// `missing` when blank; `postcode` when it is not five digits or no department has it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = without_separators(text);
        if digits.is_empty() {
            return Err(Fault::missing());
        }
        if is_digits(&digits, 5) && department(&digits).is_some() {
            return Ok(Self(digits));
        }
        Err(Fault::new("postcode", "Indiquez un code postal à 5 chiffres, de France ou de Monaco, par exemple 13001."))
    }

    /// The five digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The department whose post office delivers there: `13`, `2A`, `974`; `980` for Monaco.
    pub fn department(&self) -> &str {
        department(&self.0).expect("parse saw its department")
    }

    /// Whether it lies in Provence-Alpes-Côte d'Azur.
    pub fn in_region(&self) -> bool {
        Self::REGION.contains(&self.department())
    }
}

/// The department of five digits: the first two, but for Corsica (20), overseas (97, 98) and Monaco (980).
fn department(digits: &str) -> Option<&str> {
    match (&digits[..2], &digits[..3]) {
        (_, "200" | "201") => Some("2A"),
        (_, "202" | "203" | "204" | "205" | "206") => Some("2B"),
        (
            _,
            overseas @ ("971" | "972" | "973" | "974" | "975" | "976" | "977" | "978" | "980" | "986" | "987" | "988"),
        ) => Some(overseas),
        ("00" | "20" | "96" | "97" | "98" | "99", _) => None,
        (metropolitan, _) => Some(metropolitan),
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The address of a web site: `http` or `https`, a public host name, at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Website(String);

impl Website {
    const MAX: usize = 200;

    /// Reads an address; `https://` is added when the scheme is missing, scheme and host become lower case.
    ///
    /// # Errors
    /// `missing` when blank; `website` when it is no such address or too long.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = visible(text);
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        website(&typed).filter(|url| url.chars().count() <= Self::MAX).map(Self).ok_or(Fault::new(
            "website",
            "Indiquez l’adresse d’un site, par exemple https://www.exemple.fr (200 caractères au plus).",
        ))
    }

    /// The whole address, with its scheme.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn website(typed: &str) -> Option<String> {
    let (scheme, rest) = match typed.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("https".to_owned(), typed),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let authority = authority.to_ascii_lowercase();
    let (host, port) = authority.split_once(':').unwrap_or((&authority, "443"));
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c) && !"\"<>\\^`{|}".contains(c);
    let formed = matches!(scheme.as_str(), "http" | "https")
        && is_domain(host)
        && port.bytes().all(|b| b.is_ascii_digit())
        && port.parse::<u16>().is_ok()
        && path.chars().all(plain);
    formed.then(|| format!("{scheme}://{authority}{path}"))
}

impl fmt::Display for Website {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One line of text without space around it: a name, an address, a commune.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

impl Line {
    /// The most characters that any line may have, and what is allowed when one is read back from store.
    pub const MAX: usize = 500;

    /// Reads one line of 1 to `max` characters, never more than [`Line::MAX`]: a title, a subject. Spaces around it and what
    /// nobody sees do not count, and several spaces are one.
    ///
    /// # Errors
    /// `missing` when blank; `too_long`; `several_lines`; `invisible_character`.
    pub fn parse(text: &str, max: usize) -> Result<Self, Fault> {
        Self::read(text, max, |typed| Ok(single_spaced(&typed::readable(&typed.replace('\t', " "))?)))
    }

    /// Reads the name of a structure, a school or a place, or the holder of an account, of at most `max` characters. It goes on
    /// contracts, into the bank's file and into mails to others.
    ///
    /// # Errors
    /// Those of [`Line::parse`]; `name_character`, `name_letters`, `name_web`, `name_slash`.
    pub fn name(text: &str, max: usize) -> Result<Self, Fault> {
        Self::read(text, max, typed::name::of_structure)
    }

    /// Reads a first or last name of at most `max` characters.
    ///
    /// # Errors
    /// Those of [`Line::parse`]; `name_character`, `name_letters`, `name_web`, `name_digit`.
    pub fn person(text: &str, max: usize) -> Result<Self, Fault> {
        Self::read(text, max, typed::name::of_person)
    }

    /// Reads a line that is printed in a contract without being a name, such as a street, of at most `max` characters.
    ///
    /// # Errors
    /// Those of [`Line::parse`]; `name_character`.
    pub fn printed(text: &str, max: usize) -> Result<Self, Fault> {
        Self::read(text, max, typed::name::printed)
    }

    fn read(text: &str, max: usize, reader: impl FnOnce(&str) -> Result<String, Fault>) -> Result<Self, Fault> {
        let typed = text.trim();
        if typed.contains(is_line_break) {
            return Err(Fault::new("several_lines", "Écrivez ce texte sur une seule ligne."));
        }
        let line = reader(typed)?;
        measured(&line, max.min(Self::MAX))?;
        Ok(Self(line))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text of one or several lines (ended by U+000A) without space around it: a question, a reason, a description.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Paragraph(String);

impl Paragraph {
    /// The most characters that any paragraph may have, and what is allowed when one is read back from store.
    pub const MAX: usize = 10_000;

    /// Reads text of 1 to `max` characters, never more than [`Paragraph::MAX`]; a line break counts one, what nobody sees
    /// does not count.
    ///
    /// # Errors
    /// `missing` when blank; `too_long`; `invisible_character`.
    pub fn parse(text: &str, max: usize) -> Result<Self, Fault> {
        let unified = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
        let typed = typed::readable(&unified)?.trim().to_owned();
        measured(&typed, max.min(Self::MAX))?;
        Ok(Self(typed))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its lines, blank ones too.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.lines()
    }
}

fn measured(typed: &str, max: usize) -> Result<(), Fault> {
    if typed.is_empty() {
        return Err(Fault::missing());
    }
    if typed.chars().count() > max {
        return Err(Fault::told(
            "too_long",
            format!("Ce texte est trop long : raccourcissez-le à {max} caractères au plus."),
        ));
    }
    Ok(())
}

/// The text with one plain space in place of several; a single no-break space stays.
fn single_spaced(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if !c.is_whitespace() || !written.ends_with(char::is_whitespace) {
            written.push(c);
        } else {
            written.pop();
            written.push(' ');
        }
    }
    written
}

const fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({} characters)", self.0.chars().count())
    }
}

impl fmt::Debug for Paragraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Paragraph({} characters)", self.0.chars().count())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Paragraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Line {
    type Error = Fault;
    /// One that was stored: as it is, for names and lines were read by other rules before.
    fn try_from(text: String) -> Result<Self, Fault> {
        measured(&text, Self::MAX).map(|()| Self(text))
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.0
    }
}

impl TryFrom<String> for Paragraph {
    type Error = Fault;
    /// One that was stored: as it is.
    fn try_from(text: String) -> Result<Self, Fault> {
        measured(&text, Self::MAX).map(|()| Self(text))
    }
}

impl From<Paragraph> for String {
    fn from(paragraph: Paragraph) -> Self {
        paragraph.0
    }
}

hidden_in_debug!(Email, FoldedEmail, Phone);
kept_as_text!(Email, Postcode, Website);
kept_as_text!(kept: Phone);

/// Reads a field that may stay blank.
///
/// # Errors
/// Those of `parse`, when something was typed.
pub fn optional<T>(text: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if visible(text).is_empty() { Ok(None) } else { parse(text).map(Some) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_email_keeps_its_name_and_lowers_its_domain() {
        assert_eq!(Email::parse(" Lea.Martin+pass@Exemple.FR ").unwrap().as_str(), "Lea.Martin+pass@exemple.fr");
        assert_eq!(format!("{:?}", Email::parse("a@b.fr").unwrap()), "Email(***)");
    }

    #[test]
    fn what_nobody_sees_in_an_address_does_not_count() {
        for typed in ["\u{200B}a@b.fr", "a@b\u{AD}.fr\r\n", "\u{202A}a@b.fr\u{202C}", "a@b.fr\u{FEFF} "] {
            assert_eq!(Email::parse(typed).unwrap().as_str(), "a@b.fr", "{typed:?}");
        }
        assert_eq!(Website::parse("\u{200B}www.exemple.fr").unwrap().as_str(), "https://www.exemple.fr");
    }

    #[test]
    fn a_name_or_a_line_that_was_stored_still_opens() {
        for kept in ["\u{200B}", "Chez  😀", "//Ana", "www.exemple.fr", "a\u{200B}b"] {
            let text = serde_json::to_string(kept).unwrap();
            assert_eq!(serde_json::from_str::<Line>(&text).unwrap().as_str(), kept);
        }
        assert!(serde_json::from_str::<Line>("\"\"").is_err());
    }

    #[test]
    fn an_address_folds_to_one_form_whatever_its_case() {
        let folded = |text: &str| Email::parse(text).unwrap().folded();
        for typed in ["parent@exemple.fr", "Parent@Exemple.FR", "  PARENT@EXEMPLE.FR "] {
            assert_eq!(folded(typed).as_str(), "parent@exemple.fr", "{typed}");
        }
        assert_ne!(folded("pa.rent@exemple.fr"), folded("parent@exemple.fr"), "another mailbox at some providers");
        assert_ne!(folded("parent+pass@exemple.fr"), folded("parent@exemple.fr"));
        assert_eq!(format!("{:?}", folded("a@b.fr")), "FoldedEmail(***)");
    }

    #[test]
    fn limits_count_one_mailbox_whatever_its_case_dots_and_tags() {
        let mailbox = |text: &str| Email::parse(text).unwrap().folded().mailbox();
        for typed in [
            "lea.martin@exemple.fr",
            "LeaMartin@Exemple.fr",
            "l.e.a.martin+pass@exemple.fr",
            "leamartin+a+b@exemple.fr",
        ] {
            assert_eq!(mailbox(typed), "leamartin@exemple.fr", "{typed}");
        }
        assert_ne!(mailbox("lea@exemple.fr"), mailbox("lea@exemple.org"));
        assert_ne!(mailbox("+lea@exemple.fr"), mailbox("+zoe@exemple.fr"));
    }

    #[test]
    fn what_no_mail_can_be_sent_to_is_refused() {
        let long = format!("{}@exemple.fr", "a".repeat(65));
        for text in [
            "lea",
            "lea@",
            "@exemple.fr",
            "lea@exemple",
            "lea@@exemple.fr",
            "lea@exemple..fr",
            ".lea@exemple.fr",
            "lea.@exemple.fr",
            "le a@exemple.fr",
            "léa@exemple.fr",
            "lea@exemple.fr\r\nBcc: x@y.fr",
            "lea@-x.fr",
            "lea@127.0.0.1",
            "Léa <lea@exemple.fr>",
            "\"a b\"@exemple.fr",
            "a@b.fr,c@d.fr",
            &long,
        ] {
            assert_eq!(Email::parse(text).unwrap_err().code, "email", "{text}");
        }
        assert_eq!(Email::parse(" ").unwrap_err().code, "missing");
    }

    #[test]
    fn a_phone_number_is_international_and_shown_as_people_dial_it() {
        let phone = Phone::parse("04.91.00.00.00").unwrap();
        assert_eq!((phone.as_str(), phone.to_string().as_str()), ("+33491000000", "04 91 00 00 00"));
        assert_eq!(Phone::parse("07 00 00 00 00").unwrap_err().code, "phone");
        assert_eq!(Phone::parse("\u{200B}").unwrap_err().code, "missing");
    }

    #[test]
    fn a_phone_number_that_was_stored_still_opens_and_an_overseas_one_gets_its_code() {
        let kept =
            |text: &str| serde_json::from_str::<Phone>(&format!("{text:?}")).map(|phone| phone.as_str().to_owned());
        assert_eq!(kept("+33692123456").unwrap(), "+262692123456");
        assert_eq!(kept("+262692123456").unwrap(), "+262692123456");
        assert_eq!(kept("+33700000000").unwrap(), "+33700000000", "nobody has it, but it was taken once");
        assert_eq!(kept("+33700000000").unwrap(), kept("+33700000000").unwrap());
        assert!(kept("zéro").is_err());
    }

    #[test]
    fn a_postcode_tells_its_department() {
        let of = |text| Postcode::parse(text).map(|code| (code.department().to_owned(), code.in_region()));
        assert_eq!(of("13 001"), Ok(("13".into(), true)));
        assert_eq!(of("04000"), Ok(("04".into(), true)));
        assert_eq!(of("20000"), Ok(("2A".into(), false)));
        assert_eq!(of("20200"), Ok(("2B".into(), false)));
        assert_eq!(of("97400"), Ok(("974".into(), false)));
        assert_eq!(of("98000"), Ok(("980".into(), false)), "Monaco");
        for text in ["1300", "130011", "00100", "96000", "99123", "97900", "98100", "1300A", "é3001", "13.0", "CH-1201"]
        {
            assert_eq!(of(text).unwrap_err().code, "postcode", "{text}");
        }
    }

    #[test]
    fn a_website_gets_its_scheme() {
        let url = |text| Website::parse(text).map(|site| site.as_str().to_owned());
        assert_eq!(url("www.Exemple.fr"), Ok("https://www.exemple.fr".into()));
        assert_eq!(url("HTTP://exemple.fr:8080/Été?a=1#b"), Ok("http://exemple.fr:8080/Été?a=1#b".into()));
        for text in [
            "javascript:alert(1)",
            "javascript://exemple.fr/%0aalert(1)",
            "ftp://exemple.fr",
            "exemple",
            "https://",
            "localhost:3000",
            "https://moi@exemple.fr",
            "https://exemple.fr/a b",
            "https://exemple.fr/\"x",
            "https://exemple.fr:99999",
            "https://exemple.fr:+80",
            "https://127.0.0.1/",
        ] {
            assert_eq!(url(text).unwrap_err().code, "website", "{text}");
        }
        assert_eq!(url(&format!("exemple.fr/{}", "a".repeat(200))).unwrap_err().code, "website");
    }

    #[test]
    fn a_line_is_one_line_of_a_bounded_length() {
        let code = |text: &str| Line::parse(text, 5).map(|line| line.as_str().to_owned()).map_err(|fault| fault.code);
        assert_eq!(code("  Éloïs "), Ok("Éloïs".into()));
        assert_eq!(code("Éloïse"), Err("too_long"));
        assert_eq!(code("a\nb"), Err("several_lines"));
        assert_eq!(code("a\u{0}b"), Err("invisible_character"));
        assert_eq!(code("a\u{202E}b"), Err("invisible_character"));
        assert_eq!(code("a\u{200B}\u{2066}b\u{2069}"), Ok("ab".into()), "nothing is lost with what nobody sees");
        assert_eq!(code("a  b \t c"), Ok("a b c".into()));
        assert_eq!(code("a\u{A0}!"), Ok("a\u{A0}!".into()), "a no-break space stays");
        assert_eq!((code("\u{A0}"), code("\u{200B}")), (Err("missing"), Err("missing")));
        assert_eq!(format!("{:?}", Line::parse("Léa", 5).unwrap()), "Line(3 characters)");
    }

    #[test]
    fn a_paragraph_keeps_its_lines() {
        let paragraph = Paragraph::parse("Bonjour,\r\n\r\nmerci\t!\r\n", 20).unwrap();
        assert_eq!(paragraph.as_str(), "Bonjour,\n\nmerci !");
        assert_eq!(paragraph.lines().count(), 3);
        assert_eq!(
            Paragraph::parse("12345", 4).unwrap_err().message,
            "Ce texte est trop long : raccourcissez-le à 4 caractères au plus."
        );
    }

    #[test]
    fn a_field_that_may_stay_blank_is_read_only_when_typed() {
        assert_eq!(optional(" ", Postcode::parse), Ok(None));
        assert_eq!(optional("13001", Postcode::parse), Postcode::parse("13001").map(Some));
        assert!(optional("x", Postcode::parse).is_err());
    }

    proptest! {
        #[test]
        fn what_was_read_is_read_back_the_same(text in "\\PC{0,40}") {
            if let Ok(line) = Line::parse(&text, Line::MAX) {
                prop_assert_eq!(Line::parse(line.as_str(), Line::MAX), Ok(line.clone()));
            }
            if let Ok(site) = Website::parse(&text) {
                prop_assert_eq!(Website::parse(site.as_str()), Ok(site.clone()));
            }
            let _ = (Email::parse(&text), Phone::parse(&text), Postcode::parse(&text));
        }

        #[test]
        fn phone_numbers_are_read_back_as_shown(number in 100_000_000..=999_999_999_u32) {
            if let Ok(phone) = Phone::parse(&format!("0{number}")) {
                prop_assert_eq!(Phone::parse(&phone.to_string()), Ok(phone.clone()));
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
            }
        }

        #[test]
        fn names_are_read_back_the_same(text in "\\PC{0,40}") {
            for reader in [Line::name, Line::person, Line::printed] {
                if let Ok(line) = reader(&text, Line::MAX) {
                    prop_assert_eq!(reader(line.as_str(), Line::MAX), Ok(line));
                }
            }
        }
    }
}
