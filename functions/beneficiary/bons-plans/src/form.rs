//! The filters of the bons plans: envelope, commune, days, price, places left.

use epass_domain::{Envelope, Fault, Invalid, ParisDay, chosen, commune_code, optional, ticked};
use epass_store::{Browse, ShelfPlace};
use epass_web::words;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

/// The filters of the bons plans; all are optional.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BrowseForm {
    /// The envelope: `reading`, `cinema` or `performance`.
    #[param(value_type = words::DeskEnvelopeOrNone)]
    pub envelope: String,
    /// The commune, by its name or by its code in the list: `aix-en-provence`.
    pub commune: String,
    /// Leaves out what is over before this day, `2026-11-28` or `28/11/2026`.
    pub from: String,
    /// Leaves out what begins after this day.
    pub to: String,
    /// The offer: `free` or `reduced`.
    #[param(value_type = words::OfferCodeOrNone)]
    pub offer: String,
    /// `yes` leaves out the bons plans that are full.
    #[param(value_type = words::YesOrNone)]
    pub places_left: String,
    /// The `next` of the previous page.
    pub after: String,
}

impl BrowseForm {
    /// Parses the filters, and leaves out what is over at `now`.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self, now: Timestamp) -> Result<(Browse, Option<ShelfPlace>), Invalid> {
        const BACKWARDS: Fault = Fault::new("days", "La fin de la période vient avant son début.");
        let mut invalid = Invalid::default();
        let envelope = invalid.field("envelope", chosen(&self.envelope, Envelope::at_the_desk));
        let from = invalid.field("from", optional(&self.from, ParisDay::parse));
        let to = invalid.field("to", optional(&self.to, ParisDay::parse));
        if let (Some(Some(from)), Some(Some(to))) = (from, to)
            && to < from
        {
            invalid.add("to", BACKWARDS);
        }
        let offer = invalid.field("offer", chosen(&self.offer, offer));
        let places_left = invalid.field("places_left", ticked(&self.places_left));
        let after = invalid.field("after", optional(&self.after, ShelfPlace::parse));
        invalid.finish(|| {
            let asked = Browse {
                envelope: envelope?,
                commune: Some(commune_code(&self.commune)).filter(|code| !code.is_empty()),
                now,
                from: from?,
                to: to?,
                offer: offer?,
                places_left: places_left?,
            };
            Some((asked, after?))
        })
    }

    /// The path of the same list with these filters, from another position.
    pub fn path(&self, after: Option<&str>) -> String {
        let pairs = [
            ("envelope", self.envelope.as_str()),
            ("commune", &self.commune),
            ("from", &self.from),
            ("to", &self.to),
            ("offer", &self.offer),
            ("places_left", &self.places_left),
            ("after", after.unwrap_or_default()),
        ];
        let given: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
        let query = serde_html_form::to_string(given).unwrap_or_default();
        if query.is_empty() { crate::HERE.to_owned() } else { format!("{}?{query}", crate::HERE) }
    }

    /// Whether any filter is set.
    pub fn filters(&self) -> bool {
        self.path(None) != crate::HERE
    }
}

fn offer(code: &str) -> Result<&'static str, Fault> {
    const UNKNOWN: Fault = Fault::new("offer", "Choisissez « Gratuit » ou « Tarif réduit ».");
    ["free", "reduced"].into_iter().find(|known| *known == code).ok_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn nothing_asked_is_everything_from_today_on() {
        let (asked, after) = BrowseForm::default().parse(today()).unwrap();
        assert!(asked.envelope.is_none() && asked.commune.is_none() && asked.offer.is_none() && after.is_none());
        assert_eq!((asked.now, asked.from), (today(), None), "what is over is never shown");
        let past = BrowseForm { from: "01/01/2026".into(), ..BrowseForm::default() };
        assert!(!BrowseForm::default().filters() && past.filters());
    }

    #[test]
    fn a_commune_is_asked_for_by_name_or_by_code() {
        for commune in ["Aix-en-Provence", "aix-en-provence", "AIX EN PROVENCE"] {
            let form = BrowseForm { commune: commune.into(), ..BrowseForm::default() };
            assert_eq!(form.parse(today()).unwrap().0.commune.as_deref(), Some("aix-en-provence"));
        }
    }

    #[test]
    fn each_faulty_filter_is_told_at_its_field() {
        let form = BrowseForm {
            envelope: "Lecture".into(),
            from: "28/11/2026".into(),
            to: "27/11/2026".into(),
            offer: "donné".into(),
            after: "là".into(),
            ..BrowseForm::default()
        };
        let invalid = form.parse(today()).unwrap_err();
        let fields: Vec<_> = invalid.faults().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["envelope", "to", "offer", "after"]);
    }
}
