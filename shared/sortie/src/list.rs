//! The list of outings, the same for establishments and partners: its filters and its lines (guide §9.4).

use epass_domain::{Fault, Invalid, ParisDay, Phase, chosen, optional};
use epass_store::{SortieLine, SortiePage, SortiePlace, SortiesAsked};
use epass_web::{Filled, Problem, cursor, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The filters of *Mes sorties*; all are optional.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListForm {
    /// The first day, `2026-11-01` or `01/11/2026`.
    pub from: String,
    /// The last day, included, in the same formats.
    pub to: String,
    /// The state: `pending`, `returned`, `confirmed`, `validated`, `settled` or `cancelled`.
    #[param(value_type = words::SortieStateOrNone)]
    pub sortie_state: String,
    /// The `next` of the previous page.
    pub after: String,
}

impl ListForm {
    /// Parses the filters.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<SortiesAsked, Invalid> {
        const BACKWARDS: Fault = Fault::new("days", "La fin de la période vient avant son début.");
        let mut invalid = Invalid::default();
        let from = invalid.field("from", optional(&self.from, ParisDay::parse));
        let to = invalid.field("to", optional(&self.to, ParisDay::parse));
        if let (Some(Some(from)), Some(Some(to))) = (from, to)
            && to < from
        {
            invalid.add("to", BACKWARDS);
        }
        let phase = invalid.field("sortie_state", chosen(&self.sortie_state, Phase::parse));
        invalid.finish(|| Some(SortiesAsked { from: from?, to: to?, phase: phase? }))
    }

    /// The position in the list after which the page begins.
    ///
    /// # Errors
    /// A fault at `after` when it is not a position of this list.
    pub fn place(&self) -> Result<Option<SortiePlace>, Problem> {
        cursor("after", &self.after, SortiePlace::parse)
    }

    /// The page at the path `here` without its lines; `form` fills in the filters.
    pub fn frame(&self, here: &'static str, form: Filled, found: &SortiePage) -> ListFrame {
        let path = |after: Option<&str>| format!("{here}?{}", self.query(after)).trim_end_matches('?').to_owned();
        let next = found.next.as_ref().map(SortiePlace::as_str);
        ListFrame {
            here,
            form,
            filtered: self.filters(),
            first: if self.after.is_empty() { String::new() } else { path(None) },
            following: next.map_or_else(String::new, |next| path(Some(next))),
        }
    }

    fn filters(&self) -> bool {
        [&self.from, &self.to, &self.sortie_state].iter().any(|value| !value.trim().is_empty())
    }

    /// The query of the same list from another position.
    fn query(&self, after: Option<&str>) -> String {
        let pairs = [
            ("from", &*self.from),
            ("to", &self.to),
            ("sortie_state", &self.sortie_state),
            ("after", after.unwrap_or_default()),
        ];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        serde_html_form::to_string(given).unwrap_or_default()
    }
}

/// A page of the list without its lines: `templates/sortie-filters.html` shows the filters.
#[derive(Debug)]
pub struct ListFrame {
    /// The path of the list.
    pub here: &'static str,
    /// The filters as they were typed.
    pub form: Filled,
    /// Whether any filter is set.
    pub filtered: bool,
    /// The path of the first page; empty on that page.
    pub first: String,
    /// The path of the next page; empty on the last one.
    pub following: String,
}

impl ListFrame {
    /// The number of outings on a page.
    pub const LINES: usize = 25;

    /// The options of *Statut*.
    pub fn states() -> [(&'static str, &'static str); 6] {
        Phase::ALL.map(|phase| (phase.code(), phase.label()))
    }

    /// Whether the filters are valid.
    pub fn is_readable(&self) -> bool {
        self.form.faults().is_empty()
    }
}

/// An outing as a line of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SortieLine)]
pub struct Line {
    /// The code of the outing, which is also its id.
    #[schema(example = "K7QX2M9ZD")]
    pub id: String,
    /// *Date*.
    #[schema(value_type = String, format = Date)]
    pub day: ParisDay,
    /// *Statut*: `pending`, `returned`, `confirmed`, `validated`, `settled` or `cancelled`.
    #[schema(value_type = words::SortieState)]
    pub state: Phase,
    /// *Établissement*.
    pub establishment: String,
    /// *Partenaire*.
    pub partner: String,
    /// *Nom*.
    pub title: String,
    /// *Nb de participants*, absentees included.
    pub joined: u32,
    /// The number of absentees among them.
    pub absent: u32,
    /// *Prix unitaire*, in cents.
    pub price_cents: u64,
    /// *Total*, in cents, without absentees; 0 for a cancelled outing.
    pub total_cents: u64,
}

impl Line {
    /// The lines of a page, and the page's `next`.
    pub fn all(found: &SortiePage) -> (Vec<Self>, Option<String>) {
        let next = found.next.as_ref().map(|next| next.as_str().to_owned());
        (found.lines.iter().map(Self::of).collect(), next)
    }

    fn of(line: &SortieLine) -> Self {
        Self {
            id: line.id.as_str().to_owned(),
            day: line.day,
            state: line.phase,
            establishment: line.establishment_name.to_string(),
            partner: line.partner_name.to_string(),
            title: line.title.to_string(),
            joined: line.joined,
            absent: line.absent,
            price_cents: line.price.euros().cents(),
            total_cents: line.phase.total(line.price, line.joined.saturating_sub(line.absent)).cents(),
        }
    }

    /// The kind of badge for this state.
    pub const fn badge(&self) -> &'static str {
        crate::badge(self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_ends_before_it_begins_is_a_fault_at_its_end() {
        let form = ListForm { from: "22/11/2026".into(), to: "21/11/2026".into(), ..ListForm::default() };
        assert_eq!(form.parse().unwrap_err().faults()[0].0, "to");
        assert!(!ListForm::default().filters());
        let form = ListForm { sortie_state: "confirmed".into(), ..ListForm::default() };
        assert_eq!(form.query(Some("a#b")), "sortie_state=confirmed&after=a%23b");
        assert_eq!(form.parse().unwrap().phase, Some(Phase::Confirmed));
    }
}
