//! What is looked for: raw text in, a typed search out.

use epass_domain::{Accessibility, Department, Envelope, Fault, Invalid, Search, folded, optional};
use serde::Deserialize;
use utoipa::IntoParams;

/// What is looked for in CULTURO.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchForm {
    /// Words of the partner's name; case and accents do not count.
    pub name: String,
    /// Words of the commune.
    pub commune: String,
    /// `04`, `05`, `06`, `13`, `83` or `84`; blank for all.
    pub department: String,
    /// `reading`, `cinema` or `performance`; blank for any.
    pub envelope: String,
    /// `motor`, `hearing`, `sight`, `mental`: all that are ticked.
    pub accessibility: Vec<String>,
    /// `next` of the page before.
    pub after: String,
}

impl SearchForm {
    /// The most characters of a name or commune.
    pub const WORDS: usize = 100;

    /// Reads the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Search, Invalid> {
        let mut invalid = Invalid::default();
        let name = invalid.field("name", words(&self.name));
        let commune = invalid.field("commune", words(&self.commune));
        let department = invalid.field("department", optional(&self.department, Department::parse));
        let envelope = invalid.field("envelope", optional(&self.envelope, at_the_desk));
        let accessibility = invalid.field("accessibility", Accessibility::parse_all(&self.accessibility));
        invalid.finish(|| {
            Some(Search {
                name: name?,
                commune: commune?,
                department: department?,
                envelope: envelope?,
                accessibility: accessibility?,
            })
        })
    }
}

fn words(typed: &str) -> Result<String, Fault> {
    if typed.chars().count() > SearchForm::WORDS {
        return Err(Fault::new("too_long", "Cherchez avec 100 caractères au plus."));
    }
    Ok(folded(typed))
}

fn at_the_desk(code: &str) -> Result<Envelope, Fault> {
    let envelope = Envelope::parse(code)?;
    let known = Envelope::DESK.contains(&envelope);
    if known { Ok(envelope) } else { Err(Fault::new("envelope", "Choisissez une des rubriques proposées.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_read_whole_and_every_fault_is_told() {
        let typed =
            SearchForm { name: " Théâtre  de l’Œuvre ".into(), department: "84".into(), ..SearchForm::default() };
        let search = typed.parse().unwrap();
        assert_eq!((search.name.as_str(), search.department), ("theatre de l oeuvre", Some(Department::Vaucluse)));
        let wrong = SearchForm {
            commune: "x".repeat(101),
            department: "75".into(),
            envelope: "outing".into(),
            accessibility: vec!["lunar".into()],
            ..SearchForm::default()
        };
        let faults = wrong.parse().unwrap_err();
        let fields: Vec<&str> = faults.faults().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["commune", "department", "envelope", "accessibility"]);
    }
}
