//! A letter as text and as HTML.

use askama::Template;
use epass_domain::{Line, french};
use textwrap::{Options, WordSplitter};

use crate::Letter;
use crate::words::Part;

/// What a line of the text holds at most, unless one word is longer (RFC 5322, 2.1.1, recommends 78).
const WIDTH: usize = 76;

/// A mail, ready to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject, one line.
    pub subject: String,
    /// Plain text, UTF-8, lines of [`WIDTH`] characters at most; only an address of the web may be longer.
    pub text: String,
    /// HTML, UTF-8; loads nothing.
    pub html: String,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rendered(***)")
    }
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    subject: &'a str,
    parts: &'a [Part],
}

impl Letter {
    /// The mail in words, greeting this person.
    ///
    /// # Errors
    /// What askama says; it does not happen for templates that compile.
    pub fn render(&self, name: Option<&Line>) -> Result<Rendered, askama::Error> {
        let (subject, body) = self.words();
        let mut parts =
            vec![Part::Words(name.map_or_else(|| "Bonjour,".to_owned(), |name| format!("Bonjour {name},")))];
        parts.extend(body);
        parts.push(Part::Words(self.answering()));
        let subject = french(&subject);
        let html = Html { subject: &subject, parts: &parts }.render()?;
        Ok(Rendered { text: text(&parts), html, subject })
    }
}

/// The text part: its paragraphs, and the signature behind `-- ` (RFC 3676, 4.3).
fn text(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        let paragraph = match part {
            Part::Words(words) => wrapped(words, ""),
            Part::Quoted(paragraph) => paragraph.lines().map(|line| wrapped(line, "> ")).collect::<Vec<_>>().join("\n"),
            Part::Fact(name, value) => wrapped(&format!("{name} : {value}"), ""),
            Part::Button(label, url) => format!("{}\n{url}", french(&format!("{label} :"))),
        };
        text.push_str(&paragraph);
        text.push_str("\n\n");
    }
    text.push_str("-- \nL’équipe e-PASS JEUNES\nRégion Provence-Alpes-Côte d’Azur\n");
    text
}

/// A line broken at its spaces, never within a word or at a no-break space; `mark` begins each.
fn wrapped(line: &str, mark: &str) -> String {
    let options = Options::new(WIDTH)
        .initial_indent(mark)
        .subsequent_indent(mark)
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation);
    let filled = textwrap::fill(&french(line), options);
    if filled.is_empty() { mark.trim_end().to_owned() } else { filled }
}

/// What templates call.
mod filters {
    use std::fmt::Display;

    use askama::{Result, Values};

    /// French spacing, and a hyphen of « e-PASS » at which no line breaks.
    #[askama::filter_fn]
    pub fn french(text: impl Display, _: &dyn Values) -> Result<String> {
        Ok(epass_domain::french(&text.to_string()).replace("e-PASS", "e\u{2011}PASS"))
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::Paragraph;

    use super::*;

    #[test]
    fn a_text_has_short_lines_and_whole_links_and_a_signature_that_programs_know() {
        let url = format!("https://e-passjeunes.example.org/{}", "x".repeat(200));
        let long = "Une ligne d’une personne qui n’a pas touché « Entrée » : elle continue. ".repeat(40);
        let parts = [
            Part::Words(long.clone()),
            Part::Quoted(Paragraph::parse(&format!("{long}\n\nFin ?"), 5_000).unwrap()),
            Part::Button("Ouvrir", url.clone()),
        ];
        let text = text(&parts);
        assert!(text.lines().filter(|line| !line.starts_with("http")).all(|line| line.chars().count() <= WIDTH));
        assert!(text.contains(&format!("Ouvrir\u{a0}:\n{url}\n")), "{text}");
        assert!(text.contains("\n>\n> Fin\u{202f}?\n"), "{text}");
        assert!(text.contains("\n-- \nL’équipe"), "{text}");
        assert!(!text.contains(" :") && !text.contains(" ?") && !text.contains("« "), "{text}");
    }
}
