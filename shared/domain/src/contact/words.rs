//! Free text: a line, or a paragraph of bounded length.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Fault, typed};

/// One line of text without surrounding space: a name, an address, a commune.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

impl Line {
    /// The maximum length of any line, in characters; also the limit for lines read from storage.
    pub const MAX: usize = 500;

    /// Reads one line of 1 to `max` characters, never more than [`Line::MAX`]: a title, a subject. Surrounding spaces
    /// and invisible characters do not count, and a run of spaces becomes one.
    ///
    /// # Errors
    /// `missing` when blank; `too_long`; `several_lines`; `invisible_character`.
    pub fn parse(text: &str, max: usize) -> Result<Self, Fault> {
        Self::read(text, max, |typed| Ok(single_spaced(&typed::readable(&typed.replace('\t', " "))?)))
    }

    /// Reads the name of a structure, a school or a place, or the holder of an account, of at most `max` characters. It
    /// is printed in contracts, in the bank's file and in mails to others.
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

    /// Reads a line of at most `max` characters that is printed in a contract but is not a name, such as a street.
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

/// Text of one or several lines (separated by U+000A) without surrounding space: a question, a reason, a description.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Paragraph(String);

impl Paragraph {
    /// The maximum length of any paragraph, in characters; also the limit for paragraphs read from storage.
    pub const MAX: usize = 10_000;

    /// Reads text of 1 to `max` characters, never more than [`Paragraph::MAX`]; a line break counts as one character,
    /// and invisible characters do not count.
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

    /// The lines, including blank ones.
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

/// The text with each run of spaces replaced by one plain space; a single no-break space stays.
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
    /// Accepts stored text unchanged, because names and lines were once read by other rules.
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
    /// Accepts stored text unchanged.
    fn try_from(text: String) -> Result<Self, Fault> {
        measured(&text, Self::MAX).map(|()| Self(text))
    }
}

impl From<Paragraph> for String {
    fn from(paragraph: Paragraph) -> Self {
        paragraph.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_or_a_line_that_was_stored_still_opens() {
        for kept in ["\u{200B}", "Chez  😀", "//Ana", "www.exemple.fr", "a\u{200B}b"] {
            let text = serde_json::to_string(kept).unwrap();
            assert_eq!(serde_json::from_str::<Line>(&text).unwrap().as_str(), kept);
        }
        assert!(serde_json::from_str::<Line>("\"\"").is_err());
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

    proptest! {
        #[test]
        fn what_was_read_is_read_back_the_same(text in "\\PC{0,40}") {
            for reader in [Line::parse, Line::name, Line::person, Line::printed] {
                if let Ok(line) = reader(&text, Line::MAX) {
                    prop_assert_eq!(reader(line.as_str(), Line::MAX), Ok(line));
                }
            }
        }
    }
}
