//! The small markup that a mail's template writes, from which both the text and the HTML are made.
//!
//! ```text
//! # The subject
//!
//! Words. Lines that follow each other are one paragraph.
//!
//! > Somebody's own words.
//!
//! - A fact's name : its value
//!
//! [What the button says](its address)
//!
//! -- A line of the signature
//! ```
//!
//! Values are written through [`Literal`], so that nothing that a person typed is read as markup.

use std::fmt::{self, Write};

/// A parsed mail, before it becomes text or HTML.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Marked {
    /// The subject, one line.
    pub(crate) subject: String,
    /// The parts between the subject and the signature.
    pub(crate) parts: Vec<Part>,
    /// The lines of the signature.
    pub(crate) signature: Vec<String>,
}

/// A part of a mail's body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Words(String),
    /// A quotation of what a person wrote, with its line breaks.
    Quoted(String),
    /// Pairs of a name and a value, to copy.
    Facts(Vec<(String, String)>),
    /// The mail's call to action: label and address.
    Button(String, String),
}

/// The characters that mark up a line when they begin it.
const MARKS: [char; 4] = ['#', '>', '-', '['];

/// The escaper of `.mail` templates (`askama.toml`): it escapes line breaks and marks in a value; [`literal`]
/// restores them.
#[derive(Clone, Copy)]
pub(crate) struct Literal;

impl askama::filters::Escaper for Literal {
    fn write_escaped_str<W: Write>(&self, mut to: W, value: &str) -> fmt::Result {
        value.chars().try_for_each(|c| self.write_escaped_char(&mut to, c))
    }

    fn write_escaped_char<W: Write>(&self, mut to: W, c: char) -> fmt::Result {
        match c {
            '\n' => to.write_str("\\n"),
            '\\' => to.write_str("\\\\"),
            mark if MARKS.contains(&mark) => write!(to, "\\{mark}"),
            other => to.write_char(other),
        }
    }
}

/// The text of an escaped value.
fn literal(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    let mut signs = markup.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => text.extend(signs.next().map(|escaped| if escaped == 'n' { '\n' } else { escaped })),
            other => text.push(other),
        }
    }
    text
}

impl Marked {
    /// Parses the markup.
    ///
    /// # Errors
    /// A line that begins with a mark and is not complete: the template is wrong.
    pub(crate) fn read(markup: &str) -> Result<Self, askama::Error> {
        let (mut mail, mut paragraph) = (Self::default(), String::new());
        for line in markup.split('\n').map(|line| line.trim_start_matches(' ')) {
            if !line.is_empty() && !line.starts_with(MARKS) {
                paragraph.push_str(if paragraph.is_empty() { "" } else { " " });
                paragraph.push_str(line);
                continue;
            }
            mail.end(&mut paragraph);
            if !line.is_empty() {
                let wrong = || askama::Error::Custom(format!("this line of a mail is no markup: {line}").into());
                mail.add(line).ok_or_else(wrong)?;
            }
        }
        mail.end(&mut paragraph);
        Ok(mail)
    }

    fn end(&mut self, paragraph: &mut String) {
        if !paragraph.is_empty() {
            self.parts.push(Part::Words(literal(&std::mem::take(paragraph))));
        }
    }

    /// Adds a line that begins with a mark; `None` when the line is incomplete.
    fn add(&mut self, line: &str) -> Option<()> {
        if let Some(subject) = line.strip_prefix("# ") {
            self.subject = literal(subject).replace(['\n', '\r'], " ");
        } else if let Some(signed) = line.strip_prefix("-- ") {
            self.signature.push(literal(signed));
        } else if let Some(words) = line.strip_prefix("> ") {
            self.parts.push(Part::Quoted(literal(words)));
        } else if let Some(fact) = line.strip_prefix("- ") {
            let (name, value) = fact.split_once(" : ")?;
            let fact = (literal(name), literal(value));
            match self.parts.last_mut() {
                Some(Part::Facts(facts)) => facts.push(fact),
                _ => self.parts.push(Part::Facts(vec![fact])),
            }
        } else {
            let (label, address) = line.strip_prefix('[')?.strip_suffix(')')?.split_once("](")?;
            self.parts.push(Part::Button(literal(label), literal(address)));
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;
    use proptest::prelude::*;

    use super::*;

    /// A template with a value at every place where values may stand.
    #[derive(Template)]
    #[template(
        ext = "mail",
        source = "# {{ value }}\n\n{{ value }}\n{{ value }}\n\n> {{ value }}\n\n- Nom : {{ value }}\n\n[Ouvrir]({{ value }})\n"
    )]
    struct Everywhere<'a> {
        value: &'a str,
    }

    fn everywhere(value: &str) -> Marked {
        Marked::read(&Everywhere { value }.render().unwrap()).unwrap()
    }

    #[test]
    fn lines_are_one_paragraph_and_facts_stand_together() {
        let read = Marked::read("# Objet\n\nDeux\n  lignes.\n\n- A : 1\n\n- B : 2 : 3\n-- Nous").unwrap();
        let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let facts = Part::Facts(vec![fact("A", "1"), fact("B", "2 : 3")]);
        assert_eq!(read.parts, [Part::Words("Deux lignes.".into()), facts]);
        assert_eq!((read.subject.as_str(), read.signature.as_slice()), ("Objet", ["Nous".to_owned()].as_slice()));
    }

    #[test]
    fn a_mark_that_is_not_whole_is_an_error() {
        for line in ["- sans valeur", "[sans adresse]", "#Objet", ">cité"] {
            assert!(Marked::read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn an_empty_value_leaves_its_place_empty() {
        let facts = Part::Facts(vec![("Nom".to_owned(), String::new())]);
        let parts = [Part::Quoted(String::new()), facts, Part::Button("Ouvrir".to_owned(), String::new())];
        assert_eq!(everywhere("").parts, parts);
    }

    proptest! {
        #[test]
        fn no_value_is_taken_for_markup(value in r"[#>\[\]()\\\n\r\t a-c:é-]{0,20}[^ ]") {
            let value = value.trim_start_matches(' ');
            let expected = Marked {
                subject: value.replace(['\n', '\r'], " "),
                parts: vec![
                    Part::Words(format!("{value} {value}")),
                    Part::Quoted(value.to_owned()),
                    Part::Facts(vec![("Nom".to_owned(), value.to_owned())]),
                    Part::Button("Ouvrir".to_owned(), value.to_owned()),
                ],
                signature: Vec::new(),
            };
            prop_assert_eq!(everywhere(value), expected);
        }
    }
}
