//! The filters of the history: references, dates, state, envelope and name.

use epass_domain::{Envelope, Fault, Invalid, ParisDay, Reference, TransactionId, chosen, folded, optional, scanned};
use epass_web::words;
use serde::Deserialize;
use utoipa::IntoParams;

/// The filters of *Je suis mes transactions*; each is optional.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryForm {
    /// The first Paris day, such as `2026-11-01` or `01/11/2026`.
    pub from: String,
    /// The last Paris day, included.
    pub to: String,
    /// The state: `paid` or `cancelled`.
    #[param(value_type = words::TransactionStateOrNone)]
    pub state: String,
    /// The envelope: `reading`, `cinema`, `performance` or `outing`.
    #[param(value_type = words::EnvelopeOrNone)]
    pub envelope: String,
    /// A card, file or voucher number.
    pub reference: String,
    /// Part of the name of a young person, an outing or its school. Case and accents are ignored.
    pub name: String,
    /// The `next` value of the previous page.
    pub after: String,
}

/// The parsed filters.
#[derive(Clone, Debug)]
pub struct Filters {
    /// The first Paris day.
    pub from: Option<ParisDay>,
    /// The last Paris day, included.
    pub to: Option<ParisDay>,
    /// The state: `paid` or `cancelled`.
    pub state: Option<&'static str>,
    /// The envelope.
    pub envelope: Option<Envelope>,
    /// The number of one young person, of any kind.
    pub reference: Option<Reference>,
    /// Part of a name, without case and accents.
    pub name: Option<String>,
    /// The last transaction of the previous page.
    pub after: Option<TransactionId>,
}

impl HistoryForm {
    /// Parses the filters.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Filters, Invalid> {
        const BACKWARDS: Fault = Fault::new("days", "La fin de la période vient avant son début.");
        let mut invalid = Invalid::default();
        let from = invalid.field("from", optional(&self.from, ParisDay::parse));
        let to = invalid.field("to", optional(&self.to, ParisDay::parse));
        if let (Some(Some(from)), Some(Some(to))) = (from, to)
            && to < from
        {
            invalid.add("to", BACKWARDS);
        }
        let state = invalid.field("state", chosen(&self.state, state));
        let envelope = invalid.field("envelope", chosen(&self.envelope, Envelope::parse));
        let reference = invalid.field("reference", optional(&self.reference, |text| scanned(text, Reference::parse)));
        let name = Some(folded(&self.name)).filter(|name| !name.is_empty());
        let after = invalid.field("after", optional(&self.after, TransactionId::parse));
        invalid.finish(|| {
            Some(Filters {
                from: from?,
                to: to?,
                state: state?,
                envelope: envelope?,
                reference: reference?,
                name,
                after: after?,
            })
        })
    }

    /// The same filters as a query string, for another page or another format of the same list.
    pub fn query(&self, after: Option<&str>) -> String {
        let asked = Self { after: after.unwrap_or_default().to_owned(), ..self.clone() };
        let pairs = [
            ("from", asked.from),
            ("to", asked.to),
            ("state", asked.state),
            ("envelope", asked.envelope),
            ("reference", asked.reference),
            ("name", asked.name),
            ("after", asked.after),
        ];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        serde_html_form::to_string(given).unwrap_or_default()
    }
}

fn state(code: &str) -> Result<&'static str, Fault> {
    const UNKNOWN: Fault = Fault::new("state", "Choisissez « Validée » ou « Annulée ».");
    ["paid", "cancelled"].into_iter().find(|known| *known == code).ok_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_that_ends_before_it_begins_is_a_fault_at_its_end() {
        let form = HistoryForm { from: "22/11/2026".into(), to: "21/11/2026".into(), ..HistoryForm::default() };
        assert_eq!(form.parse().unwrap_err().faults()[0].0, "to");
    }

    #[test]
    fn nothing_asked_is_everything() {
        let filters = HistoryForm::default().parse().unwrap();
        assert!(filters.from.is_none() && filters.state.is_none() && filters.reference.is_none());
        assert_eq!(HistoryForm::default().query(None), "");
    }
}
