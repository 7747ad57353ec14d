//! The search of CULTURO: it turns raw text into a typed search.

use epass_domain::{Accessibility, Department, Envelope, Fault, Invalid, PartnerId, Search, chosen, folded};
use epass_web::{Problem, cursor, words};
use serde::Deserialize;
use utoipa::IntoParams;

/// The search of CULTURO; all fields are optional.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchForm {
    /// Words of the partner's name; case and accents are ignored.
    pub name: String,
    /// Words of the commune; case and accents are ignored.
    pub commune: String,
    /// The department: `04`, `05`, `06`, `13`, `83` or `84`; blank for all.
    #[param(value_type = words::DepartmentCodeOrNone)]
    pub department: String,
    /// The envelope: `reading`, `cinema` or `performance`; blank for any.
    #[param(value_type = words::DeskEnvelopeOrNone)]
    pub envelope: String,
    /// The accessibility: `motor`, `hearing`, `sight` or `mental`; when repeated, a partner must have all of them.
    #[param(value_type = Vec<words::AccessibilityCode>)]
    pub accessibility: Vec<String>,
    /// The `next` of the previous page.
    pub after: String,
}

impl SearchForm {
    /// The greatest length of a name or commune, in characters.
    pub const WORDS: usize = 100;

    /// Parses the search.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Search, Invalid> {
        let mut invalid = Invalid::default();
        let name = invalid.field("name", words(&self.name));
        let commune = invalid.field("commune", words(&self.commune));
        let department = invalid.field("department", chosen(&self.department, Department::parse));
        let envelope = invalid.field("envelope", chosen(&self.envelope, Envelope::at_the_desk));
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

    /// The position in the list after which the page begins.
    ///
    /// # Errors
    /// A fault at `after` when it is not a position of this list.
    pub fn place(&self) -> Result<Option<&str>, Problem> {
        cursor("after", &self.after, place)
    }

    /// The path of the same search from another position.
    pub fn path(&self, after: &str) -> String {
        let texts = [
            ("name", self.name.as_str()),
            ("commune", &self.commune),
            ("department", &self.department),
            ("envelope", &self.envelope),
            ("after", after),
        ];
        let boxes = self.accessibility.iter().map(|one| ("accessibility", one.as_str()));
        let given: Vec<_> = texts.into_iter().chain(boxes).filter(|(_, value)| !value.trim().is_empty()).collect();
        let query = serde_html_form::to_string(given).expect("pairs of texts are a query");
        if query.is_empty() { crate::HERE.to_owned() } else { format!("{}?{query}", crate::HERE) }
    }

    /// Whether any filter is set.
    pub fn filters(&self) -> bool {
        self.path("") != crate::HERE
    }
}

/// The typed words, folded for comparison.
fn words(typed: &str) -> Result<Vec<String>, Fault> {
    if typed.chars().count() > SearchForm::WORDS {
        return Err(Fault::new("too_long", "Cherchez avec 100 caractères au plus."));
    }
    Ok(folded(typed).split_whitespace().map(str::to_owned).collect())
}

/// The error of a text that is not a position of a list.
struct NoPlace;

/// A [`epass_domain::Listing::name_key`], within the length limit of an index key.
fn place(typed: &str) -> Result<&str, NoPlace> {
    const KEY_BYTES: usize = 1_024;
    let is_place =
        typed.len() <= KEY_BYTES && typed.rsplit_once(' ').is_some_and(|(_, id)| PartnerId::parse(id).is_ok());
    if is_place { Ok(typed) } else { Err(NoPlace) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_read_whole() {
        let typed = SearchForm {
            name: " Théâtre  de l’Œuvre ".into(),
            department: "84".into(),
            accessibility: vec!["sight".into(), "motor".into(), "sight".into()],
            after: "cinema le lux 12345670".into(),
            ..SearchForm::default()
        };
        let (search, after) = (typed.parse().unwrap(), typed.place().unwrap());
        assert_eq!(search.name, ["theatre", "de", "l", "oeuvre"]);
        assert_eq!(search.department, Some(Department::Vaucluse));
        assert_eq!(search.accessibility, [Accessibility::Motor, Accessibility::Sight]);
        assert_eq!(after, Some("cinema le lux 12345670"));
        assert!(typed.filters() && !SearchForm::default().filters());
        assert_eq!(SearchForm::default().parse().unwrap(), Search::default());
        assert_eq!(SearchForm::default().place().unwrap(), None);
    }

    #[test]
    fn every_fault_is_told_at_its_field() {
        let wrong = SearchForm {
            name: "x".repeat(100),
            commune: "x".repeat(101),
            department: "75".into(),
            envelope: "outing".into(),
            accessibility: vec!["lunar".into()],
            after: "x".repeat(2_000),
        };
        let faults = wrong.parse().unwrap_err();
        let fields: Vec<&str> = faults.faults().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["commune", "department", "envelope", "accessibility"]);
        assert!(wrong.place().is_err());
    }

    #[test]
    fn a_link_to_the_next_page_asks_the_same() {
        let typed = SearchForm {
            commune: "La Ciotat".into(),
            accessibility: vec!["motor".into(), "sight".into()],
            after: "a 12345670".into(),
            ..SearchForm::default()
        };
        let path = typed.path("b 12345670");
        assert_eq!(path, "/culturo?commune=La+Ciotat&after=b+12345670&accessibility=motor&accessibility=sight");
        assert_eq!(SearchForm::default().path(""), "/culturo");
    }
}
