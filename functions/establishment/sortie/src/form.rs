//! What an establishment types: the sheet of an outing, whom to look for on its list, the reason of a cancellation.

use epass_domain::{
    Campaign, Euros, Expected, Fault, Invalid, Line, Paragraph, ParisDay, Partner, Price, SettlementTerms, Sheet,
    Sortie, SortieId, StepId, optional, whole_number,
};
use epass_web::{Filled, words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The sheet of an outing as it is typed, and as it is filled in already: what one reads can be changed and sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SortieForm {
    /// A new one's code, from its form: the same form sent twice makes one outing. Left out, each request makes one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The partner of a new one, as CULTURO gives it; one that is sent again keeps its own.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "12345678")]
    pub partner: String,
    /// The version that was read, of one that is sent again. An outing that has changed since is not overwritten; left out,
    /// what stands is changed.
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
    /// How many participants are expected, 1 to 999.
    #[schema(example = "30")]
    pub expected: String,
    /// *Organisateur de la sortie*.
    pub organiser: String,
    /// *Référent du partenaire*.
    pub referent: String,
    /// `actual` (*au réalisé*) or `flat` (*au forfait*).
    #[schema(value_type = words::SettlementTerms)]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub settlement_terms: String,
}

const TWO_PRICES: Fault = Fault::new("two_amounts", "Indiquez le prix une seule fois : soit price, soit price_cents.");

impl SortieForm {
    /// The empty form of a new one. Who receives groups at the partner's is for the teacher to say: the dossier's referent
    /// signs conventions.
    pub fn new(id: &SortieId, partner: &Partner) -> Self {
        Self { id: id.as_str().to_owned(), partner: partner.id.as_str().to_owned(), ..Self::default() }
    }

    /// The form as it is filled in with an outing.
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

    /// Reads the form `today`.
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

    /// Reads the form of a new one: a partner has to be chosen as well.
    ///
    /// # Errors
    /// Every fault, at its field; that of the partner first.
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

/// Which partner a new outing is for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct NewForm {
    /// As CULTURO gives it; left out, the page says where to choose one.
    pub partner: String,
}

/// What of an outing is shown: a page of the list, those who are looked for, a page of the timeline.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ShowForm {
    /// Part of a first name, of a last name or of a N° de dossier.
    pub participant: String,
    /// The `next_page` of the page before; the first is 1.
    pub page: String,
    /// The `timeline.next` of the page before.
    pub suivi: String,
    /// What was just done.
    #[param(ignore)]
    pub fait: String,
}

impl ShowForm {
    /// The page of the list, counted from 0, and the step after which the timeline begins.
    ///
    /// # Errors
    /// The field that names no page.
    pub fn parse(&self) -> Result<(usize, Option<StepId>), Invalid> {
        const NOWHERE: Fault = Fault::new("page", "Cette page de la liste n’existe pas.");
        let mut invalid = Invalid::default();
        let page = optional(&self.page, |text| whole_number(text, 1..=u32::MAX, NOWHERE));
        let page = invalid.field("page", page.map(|page| page.map_or(0, |page| page as usize - 1)));
        let suivi = invalid.field("suivi", optional(&self.suivi, StepId::parse));
        invalid.finish(|| Some((page?, suivi?)))
    }
}

/// Why an outing is cancelled.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CancellationForm {
    /// For the partner; 2 000 characters at most.
    #[schema(example = "Les transports scolaires sont en grève.")]
    pub cancellation_reason: String,
}

impl CancellationForm {
    /// Reads the reason.
    ///
    /// # Errors
    /// Its fault, at its field.
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
