//! The rendering of a letter as text and as HTML.

use std::any::Any;

use askama::Template;
use epass_domain::{Campaign, Email, Line, french};
use textwrap::{Options, WordSplitter};

use crate::Letter;
use crate::markup::{Marked, Part};

/// The greatest line length of the text, in characters, unless one word is longer (RFC 5322, 2.1.1, recommends 78).
const WIDTH: usize = 76;

/// A mail, ready to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, one line.
    pub subject: String,
    /// Plain text, UTF-8, in lines of at most [`WIDTH`] characters; only a web address may be longer.
    pub text: String,
    /// HTML, UTF-8, without any external resource.
    pub html: String,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rendered(***)")
    }
}

/// The frame of each mail: greeting, answer address, signature.
#[derive(Template)]
#[template(path = "letter.mail")]
struct Frame<'a> {
    name: Option<&'a Line>,
    body: &'a str,
    reader: Reader<'a>,
}

/// The recipient of a mail, which decides where an answer goes.
enum Reader<'a> {
    /// A partner, a young person or an establishment.
    Person,
    /// The team.
    Team,
    /// The team, whose answer goes to the person who asked.
    Hotline { asked_by: &'a Email },
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    mail: &'a Marked,
}

impl Letter {
    /// Renders the mail for this person. `campaign` is the one in which it was written, whose amounts it states.
    ///
    /// # Errors
    /// Those of askama; none for templates that the tests have rendered.
    pub fn render(&self, name: Option<&Line>, campaign: Campaign) -> Result<Rendered, askama::Error> {
        let mail = Marked::read(&self.markup(name, campaign)?)?;
        Ok(Rendered { subject: french(&mail.subject), text: text(&mail), html: Html { mail: &mail }.render()? })
    }

    /// The markup that the templates write, from the subject to the signature.
    pub(crate) fn markup(&self, name: Option<&Line>, campaign: Campaign) -> Result<String, askama::Error> {
        let body = self.render_with_values(&("campaign", &campaign as &dyn Any))?;
        Frame { name, body: &body, reader: self.reader() }.render()
    }

    const fn reader(&self) -> Reader<'_> {
        match self {
            Self::HotlineQuestion { email, .. } => Reader::Hotline { asked_by: email },
            Self::EnrolmentToReview { .. } | Self::ConventionToReview { .. } | Self::BonPlanToReview { .. } => {
                Reader::Team
            }
            _ => Reader::Person,
        }
    }
}

/// The text part: its paragraphs, and the signature behind `-- ` (RFC 3676, 4.3).
fn text(mail: &Marked) -> String {
    let paragraphs = mail.parts.iter().map(|part| match part {
        Part::Words(words) => wrapped(words, ""),
        Part::Quoted(words) => words.lines().map(|line| wrapped(line, "> ")).collect::<Vec<_>>().join("\n"),
        Part::Facts(facts) => {
            facts.iter().map(|(name, value)| wrapped(&format!("{name} : {value}"), "")).collect::<Vec<_>>().join("\n\n")
        }
        Part::Button(label, url) => format!("{}\n{url}", french(&format!("{label} :"))),
    });
    let body = paragraphs.collect::<Vec<_>>().join("\n\n");
    format!("{body}\n\n-- \n{}\n", mail.signature.join("\n"))
}

/// A line broken at its spaces, never within a word or at a no-break space; `mark` begins each line.
fn wrapped(line: &str, mark: &str) -> String {
    let options = Options::new(WIDTH)
        .initial_indent(mark)
        .subsequent_indent(mark)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    let filled = textwrap::fill(&french(line), options);
    if filled.is_empty() { mark.trim_end().to_owned() } else { filled }
}

/// The filters of the templates.
pub(crate) mod filters {
    use std::fmt::Display;

    use askama::{Result, Values};
    use epass_domain::{Campaign, Envelope};

    /// French spacing, and a non-breaking hyphen in « e-PASS ».
    #[askama::filter_fn]
    pub fn unbroken(text: impl Display, _: &dyn Values) -> Result<String> {
        Ok(epass_domain::unbroken(&text.to_string()))
    }

    /// A name or a title between French quotation marks.
    #[askama::filter_fn]
    pub fn quoted(name: impl Display, _: &dyn Values) -> Result<String> {
        Ok(epass_domain::quoted(&name.to_string()))
    }

    /// The dotation of an envelope in the campaign: `28 €`, `12,50 €`.
    #[askama::filter_fn]
    pub fn dotation(envelope: Envelope, values: &dyn Values) -> Result<String> {
        let campaign = askama::get_value::<Campaign>(values, "campaign")?;
        Ok(campaign.dotation(envelope).in_words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_short_lines_and_whole_links_and_a_signature_that_programs_know() {
        let url = format!("https://e-passjeunes.example.org/{}", "x".repeat(200));
        let long = "Une ligne d’une personne qui n’a pas touché « Entrée » : elle continue. ".repeat(40);
        let parts = vec![
            Part::Words(long.clone()),
            Part::Quoted(format!("{long}\n\nFin ?")),
            Part::Button("Ouvrir".to_owned(), url.clone()),
        ];
        let text = text(&Marked { parts, signature: vec!["L’équipe".to_owned()], ..Marked::default() });
        assert!(text.lines().filter(|line| !line.starts_with("http")).all(|line| line.chars().count() <= WIDTH));
        assert!(text.contains(&format!("Ouvrir\u{a0}:\n{url}\n")), "{text}");
        assert!(text.contains("\n>\n> Fin\u{202f}?\n"), "{text}");
        assert!(text.ends_with("\n-- \nL’équipe\n"), "{text}");
        assert!(!text.contains(" :") && !text.contains(" ?") && !text.contains("« "), "{text}");
    }
}
