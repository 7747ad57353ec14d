//! The forms of an establishment: the sheet of an outing, the search in its list, the reason of a cancellation.

use epass_domain::{
    Campaign, Euros, Expected, Fault, Invalid, Line, Paragraph, ParisDay, Partner, Price, SettlementTerms, Sheet,
    Sortie, SortieId, StepId, optional, whole_number,
};
use epass_web::{Filled, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The sheet of an outing as text: the same shape is read from the API, filled in and sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SortieForm {
    /// The code of a new outing, given by its form: it makes the submission idempotent. Without it, each request
    /// creates an outing.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The dossier number of the partner of a new outing, as CULTURO gives it. A corrected outing keeps its partner.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "12345678")]
    pub partner: String,
    /// The version that was read, for a correction. If the outing has changed since, the correction is refused and
    /// nothing is overwritten. Without it, the current version is corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// *Titre de l'événement*.
    #[schema(example = "Le Cid, séance scolaire")]
    pub title: String,
    /// *Description de l'événement*.
    pub description: String,
    /// *Date*, `2026-12-17` or `17/12/2026`: today at the earliest.
    #[schema(example = "2026-12-17")]
    pub day: String,
    /// *Prix unitaire*, whole cents, 1 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 800, minimum = 1)]
    pub price_cents: Option<u64>,
    /// *Prix unitaire* as typed, `8,00`, in place of `price_cents`.
    pub price: String,
    /// The expected number of participants, 1 to 999.
    #[schema(example = "30")]
    pub expected: String,
    /// *Organisateur de la sortie*.
    pub organiser: String,
    /// *Référent du partenaire*.
    pub referent: String,
    /// The payment terms: `actual` (*au réalisé*) or `flat` (*au forfait*).
    #[schema(value_type = words::SettlementTerms)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub settlement_terms: String,
}

const TWO_PRICES: Fault = Fault::new("two_amounts", "Indiquez le prix une seule fois : soit price, soit price_cents.");

impl SortieForm {
    /// The empty form of a new outing. The partner's contact stays blank for the teacher to fill in, because the
    /// dossier's referent signs conventions and may not be the one who receives groups.
    pub fn new(id: &SortieId, partner: &Partner) -> Self {
        Self { id: id.as_str().to_owned(), partner: partner.id.as_str().to_owned(), ..Self::default() }
    }

    /// The form filled in with an outing.
    pub fn of(sortie: &Sortie) -> Self {
        let sheet = &sortie.sheet;
        Self {
            id: String::new(),
            partner: String::new(),
            version: Some(sortie.version),
            title: sheet.title.to_string(),
            description: sheet.description.to_string(),
            day: sheet.day.iso(),
            price_cents: None,
            price: sheet.price.euros().figures(),
            expected: sheet.expected.count().to_string(),
            organiser: sheet.organiser.to_string(),
            referent: sheet.referent.to_string(),
            settlement_terms: sheet.terms.code().to_owned(),
        }
    }

    /// The values of the page's fields.
    ///
    /// # Panics
    /// Never: texts have a form encoding.
    pub fn filled(&self) -> Filled {
        let encoded = serde_html_form::to_string(self).expect("texts can be encoded");
        let pairs: Vec<(String, String)> = serde_html_form::from_str(&encoded).expect("what was encoded decodes");
        Filled::with(pairs)
    }

    /// Parses the form, with `today` as the earliest date.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self, today: ParisDay) -> Result<Sheet, Invalid> {
        let mut invalid = Invalid::default();
        let title = invalid.field("title", Line::parse(&self.title, Sheet::TITLE));
        let description = invalid.field("description", Paragraph::parse(&self.description, Sheet::TEXT));
        let day = invalid.field("day", Sheet::parse_day(&self.day, today));
        let expected = invalid.field("expected", Expected::parse(&self.expected));
        let organiser = invalid.field("organiser", Line::name(&self.organiser, Sheet::NAME));
        let referent = invalid.field("referent", Line::name(&self.referent, Sheet::NAME));
        let price = self.price(Campaign::of(day.unwrap_or(today)), &mut invalid);
        let terms = invalid.field("settlement_terms", SettlementTerms::parse(&self.settlement_terms));
        invalid.finish(|| {
            Some(Sheet {
                title: title?,
                description: description?,
                day: day?,
                price: price?,
                expected: expected?,
                organiser: organiser?,
                referent: referent?,
                terms: terms?,
            })
        })
    }

    /// Parses the form of a new outing, which needs a partner too.
    ///
    /// # Errors
    /// Every fault, at its field; the partner's first.
    pub fn parse_new(&self, today: ParisDay) -> Result<Sheet, Invalid> {
        const CHOOSE: Fault = Fault::new("missing", "Choisissez un partenaire dans CULTURO.");
        let sheet = self.parse(today);
        if !self.partner.trim().is_empty() {
            return sheet;
        }
        let mut invalid = Invalid::default();
        invalid.add("partner", CHOOSE);
        for (field, fault) in sheet.err().unwrap_or_default().faults() {
            invalid.add(field, fault.clone());
        }
        Err(invalid)
    }

    fn price(&self, campaign: Campaign, invalid: &mut Invalid) -> Option<Price> {
        match (self.price_cents, self.price.trim()) {
            (Some(cents), "") => {
                invalid.field("price_cents", Price::parse(&Euros::from_cents(cents).figures(), campaign))
            }
            (None, typed) => invalid.field("price", Price::parse(typed, campaign)),
            (Some(_), _) => {
                invalid.add("price_cents", TWO_PRICES);
                invalid.field("price", Err(TWO_PRICES))
            }
        }
    }
}

/// The partner of a new outing.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct NewForm {
    /// The dossier number, as CULTURO gives it; without it, the page says where to choose a partner.
    pub partner: String,
}

/// The shown part of an outing: a page of the list, a search in it, a page of the timeline.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ShowForm {
    /// Part of a first name, of a last name or of a N° de dossier.
    pub participant: String,
    /// The `next_page` of the previous page; the first page is 1.
    pub page: String,
    /// The `timeline.next` of the previous page.
    pub suivi: String,
    /// The action that was just done.
    #[param(ignore)]
    pub fait: String,
}

impl ShowForm {
    /// Parses the index of the list's page, from 0, and the entry after which the timeline begins.
    ///
    /// # Errors
    /// A fault at the field that is not a valid page.
    pub fn parse(&self) -> Result<(usize, Option<StepId>), Invalid> {
        const NOWHERE: Fault = Fault::new("page", "Cette page de la liste n’existe pas.");
        let mut invalid = Invalid::default();
        let page = optional(&self.page, |text| whole_number(text, 1..=u32::MAX, NOWHERE));
        let page = invalid.field("page", page.map(|page| page.map_or(0, |page| page as usize - 1)));
        let suivi = invalid.field("suivi", optional(&self.suivi, StepId::parse));
        invalid.finish(|| Some((page?, suivi?)))
    }
}

/// The reason of a cancellation.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CancellationForm {
    /// The reason, which the partner reads; at most 2 000 characters.
    #[schema(example = "Les transports scolaires sont en grève.")]
    pub cancellation_reason: String,
}

impl CancellationForm {
    /// Parses the reason.
    ///
    /// # Errors
    /// The fault of the reason, at its field.
    pub fn parse(&self) -> Result<Paragraph, Invalid> {
        let mut invalid = Invalid::default();
        let reason = invalid.field("cancellation_reason", Paragraph::parse(&self.cancellation_reason, Sheet::TEXT));
        invalid.finish(|| reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> ParisDay {
        ParisDay::parse("24/11/2026").unwrap()
    }

    fn complete() -> SortieForm {
        SortieForm {
            title: "Le Cid".into(),
            description: "Séance scolaire.\nPuis un échange.".into(),
            day: "17/12/2026".into(),
            price: "8".into(),
            expected: "30".into(),
            organiser: "Mme Roux".into(),
            referent: "M. Blanc".into(),
            settlement_terms: "actual".into(),
            ..SortieForm::default()
        }
    }

    fn faults(form: &SortieForm) -> Vec<(&'static str, &'static str)> {
        let invalid = form.parse(today()).err().unwrap_or_default();
        invalid.faults().iter().map(|(field, fault)| (*field, fault.code)).collect()
    }

    #[test]
    fn an_empty_form_names_every_field_in_its_order() {
        let fields = ["title", "description", "day", "expected", "organiser", "referent", "price", "settlement_terms"];
        assert_eq!(faults(&SortieForm::default()), fields.map(|field| (field, "missing")));
    }

    #[test]
    fn every_fault_is_told_at_its_field() {
        let form = SortieForm {
            title: "T".repeat(81),
            day: "23/11/2026".into(),
            price: "10,01".into(),
            expected: "1000".into(),
            settlement_terms: "gratuit".into(),
            ..complete()
        };
        let told = [
            ("title", "too_long"),
            ("day", "past"),
            ("expected", "participants"),
            ("price", "above_dotation"),
            ("settlement_terms", "terms"),
        ];
        assert_eq!(faults(&form), told);
        for (price, code) in [("0", "amount_zero"), ("-1", "amount"), ("1,005", "amount_precision")] {
            assert_eq!(faults(&SortieForm { price: price.into(), ..complete() }), [("price", code)], "{price}");
        }
        let nothing = SortieForm { price_cents: Some(0), price: String::new(), ..complete() };
        assert_eq!(faults(&nothing), [("price_cents", "amount_zero")]);
        let both = SortieForm { price_cents: Some(800), ..complete() };
        assert_eq!(faults(&both), [("price_cents", "two_amounts"), ("price", "two_amounts")]);
    }

    #[test]
    fn cents_and_typed_prices_are_the_same_money() {
        let cents = SortieForm { price_cents: Some(800), price: String::new(), ..complete() };
        assert_eq!(cents.parse(today()), complete().parse(today()));
    }

    #[test]
    fn pages_are_counted_from_one() {
        let page = |page: &str| ShowForm { page: page.into(), ..ShowForm::default() }.parse().map(|(page, _)| page);
        assert_eq!((page("").unwrap(), page("1").unwrap(), page("2").unwrap()), (0, 0, 1));
        assert!(page("0").is_err() && page("-1").is_err() && page("x").is_err());
    }

    #[test]
    fn a_cancellation_says_why() {
        let fault = CancellationForm::default().parse().unwrap_err();
        assert_eq!(fault.faults()[0].0, "cancellation_reason");
        assert!(CancellationForm { cancellation_reason: "Grève".into() }.parse().is_ok());
    }
}
