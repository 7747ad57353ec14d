//! The forms of the settlement page: the voucher's number, and the filter of the list.

use epass_domain::{Fault, Invalid, Participant, VoucherNumber, folded, optional, scanned, whole_number};
use epass_web::Filled;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The form *Valider la transaction*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SettlementForm {
    /// *N° du Voucher*, typed or scanned, as the establishment hands it over.
    #[schema(example = "00000-0K7P5-2")]
    pub voucher_number: String,
}

/// The filter of the list (*Filtrer*) and its page. Each action returns the same filter.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RosterForm {
    /// *Prénom du jeune*: the first name or part of it.
    pub first_name: String,
    /// *Nom du jeune*: the last name or part of it.
    pub last_name: String,
    /// *N° de dossier*: the file number or part of it.
    pub file_number: String,
    /// The `next_page` value of the previous page; the first page is 1.
    pub page: String,
    /// The action that was just done.
    #[param(ignore)]
    #[schema(ignore)]
    pub fait: String,
}

impl SettlementForm {
    /// Parses the voucher's number.
    ///
    /// # Errors
    /// The fault of the number.
    pub fn parse(&self) -> Result<VoucherNumber, Invalid> {
        let mut invalid = Invalid::default();
        let number = invalid.field("voucher_number", scanned(&self.voucher_number, VoucherNumber::parse));
        invalid.finish(|| number)
    }
}

impl RosterForm {
    /// The page, counted from 0.
    ///
    /// # Errors
    /// A fault at `page` when it is not a page number.
    pub fn page(&self) -> Result<usize, Invalid> {
        const NOWHERE: Fault = Fault::new("page", "Cette page de la liste n’existe pas.");
        let mut invalid = Invalid::default();
        let page = optional(&self.page, |text| whole_number(text, 1..=u32::MAX, NOWHERE));
        let page = invalid.field("page", page);
        invalid.finish(|| page.map(|page| page.map_or(0, |page| page as usize - 1)))
    }

    /// Whether a participant matches the filter, that is, contains every given text. Case, accents and spaces are
    /// ignored.
    pub fn finds(&self, one: &Participant) -> bool {
        let within = |whole: &str, typed: &str| folded(whole).contains(&folded(typed));
        let digits: String = self.file_number.chars().filter(|c| !c.is_whitespace()).collect();
        within(one.first_name.as_str(), &self.first_name)
            && within(one.last_name.as_str(), &self.last_name)
            && one.file.as_str().contains(&digits)
    }

    /// Fills the form of the page in with the filter, and keeps its other values.
    pub fn filled(&self, form: Filled) -> Filled {
        let sought =
            [("first_name", &self.first_name), ("last_name", &self.last_name), ("file_number", &self.file_number)];
        sought.into_iter().fold(form, |form, (field, typed)| form.set(field, typed.as_str()))
    }

    /// Whether a filter is set.
    pub fn filters(&self) -> bool {
        [&self.first_name, &self.last_name, &self.file_number].iter().any(|typed| !typed.trim().is_empty())
    }

    /// The query string of the same filter, on a page counted from 0, after an action.
    pub fn query(&self, page: usize, done: &str) -> String {
        let page = if page == 0 { String::new() } else { (page + 1).to_string() };
        let pairs = [
            ("first_name", self.first_name.trim()),
            ("last_name", self.last_name.trim()),
            ("file_number", self.file_number.trim()),
            ("page", &page),
            ("fait", done),
        ];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        serde_html_form::to_string(given).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::{BeneficiaryId, FileNumber, Line, Presence};

    use super::*;

    #[test]
    fn people_are_found_by_parts_of_their_names_and_number() {
        let line = |text| Line::parse(text, 100).unwrap();
        let zoe = Participant {
            beneficiary: BeneficiaryId(uuid::Uuid::nil()),
            first_name: line("Zoé"),
            last_name: line("Lefèvre-Roux"),
            file: FileNumber::mint(12),
            email: None,
            joined_at: jiff::Timestamp::UNIX_EPOCH,
            presence: Presence::Present,
        };
        let asked = |first: &str, last: &str, file: &str| RosterForm {
            first_name: first.into(),
            last_name: last.into(),
            file_number: file.into(),
            ..RosterForm::default()
        };
        let found = [("", "", ""), ("zoe", "", ""), ("", "lefevre roux", ""), ("ZO", "ROUX", "000 000 12")];
        assert!(found.iter().all(|(first, last, file)| asked(first, last, file).finds(&zoe)));
        let missed = [("lea", "", ""), ("zoe", "martin", ""), ("", "", "99")];
        assert!(!missed.iter().any(|(first, last, file)| asked(first, last, file).finds(&zoe)));
    }

    #[test]
    fn a_page_counts_from_one() {
        let page = |text: &str| RosterForm { page: text.into(), ..RosterForm::default() }.page();
        assert_eq!((page(""), page("1"), page("3")), (Ok(0), Ok(0), Ok(2)));
        assert!(page("0").is_err() && page("x").is_err());
    }
}
