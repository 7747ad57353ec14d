//! What the desk types: raw text in, typed commands out, every fault gathered.

use epass_domain::{
    BirthDate, CardNumber, Envelope, Euros, Fault, FileNumber, Invalid, ParisDay, Pay, Reference, VoucherNumber,
};
use serde::Deserialize;
use utoipa::ToSchema;

/// *Je recherche le bénéficiaire*: one of three numbers, and the birth date.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LookUpForm {
    /// A card, file or voucher number; its length tells which.
    #[schema(example = "2600140532012345")]
    pub reference: String,
    /// *N° de carte*, in place of `reference`.
    pub card_number: String,
    /// *N° de dossier*, in place of `reference`.
    pub file_number: String,
    /// *N° de voucher*, in place of `reference`.
    pub voucher_number: String,
    /// `2008-05-14` or `14/05/2008`.
    #[schema(example = "2008-05-14")]
    pub birth_date: String,
}

/// Whom to look up.
#[derive(Clone, Debug)]
pub struct LookUp {
    /// By which number.
    pub reference: Reference,
    /// Who must be born on that day.
    pub birth_date: BirthDate,
}

impl LookUpForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self, today: ParisDay) -> Result<LookUp, Invalid> {
        const SEVERAL: Fault = Fault::new("several_numbers", "Saisissez un seul numéro : carte, dossier ou voucher.");
        let mut invalid = Invalid::default();
        let given: Vec<(&'static str, Result<Reference, Fault>)> = [
            ("reference", &self.reference, Reference::parse as fn(&str) -> Result<Reference, Fault>),
            ("card_number", &self.card_number, |text| CardNumber::parse(text).map(Reference::Card)),
            ("file_number", &self.file_number, |text| FileNumber::parse(text).map(Reference::File)),
            ("voucher_number", &self.voucher_number, |text| VoucherNumber::parse(text).map(Reference::Voucher)),
        ]
        .into_iter()
        .filter(|(_, text, _)| !text.trim().is_empty())
        .map(|(field, text, parse)| (field, parse(text)))
        .collect();
        let several = given.len() > 1;
        let reference = match given.into_iter().next() {
            None => {
                const NONE: Fault = Fault::new("missing", "Saisissez le numéro de la carte, du dossier ou du voucher.");
                invalid.field("card_number", Err(NONE))
            }
            Some((field, _)) if several => invalid.field(field, Err(SEVERAL)),
            Some((field, parsed)) => invalid.field(field, parsed),
        };
        let birth_date = invalid.field("birth_date", BirthDate::parse(&self.birth_date, today));
        invalid.finish(|| Some(LookUp { reference: reference?, birth_date: birth_date? }))
    }
}

/// *Je valide la transaction*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PayForm {
    /// From the look-up.
    pub ticket: String,
    /// `reading`, `cinema` or `performance`; may be left out where the convention names only one.
    #[schema(example = "reading")]
    pub envelope: String,
    /// Whole cents.
    #[schema(example = 1250, minimum = 1)]
    pub amount_cents: Option<u64>,
    /// As typed, `12,50`, in place of `amount_cents`.
    pub amount: String,
}

impl PayForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Pay, Invalid> {
        let mut invalid = Invalid::default();
        let (field, amount) = match self.amount_cents {
            Some(cents) => ("amount_cents", Ok(Euros::from_cents(cents))),
            None => ("amount", Euros::parse(&self.amount)),
        };
        let amount = invalid.field(field, amount.and_then(Euros::positive));
        let envelope = match self.envelope.as_str() {
            "" => Some(None),
            code => invalid.field("envelope", Envelope::parse(code)).map(Some),
        };
        invalid.finish(|| Some(Pay { envelope: envelope?, amount: amount? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> ParisDay {
        ParisDay::parse("22/11/2026").unwrap()
    }

    fn fields(invalid: &Invalid) -> Vec<&'static str> {
        invalid.faults().iter().map(|(field, _)| *field).collect()
    }

    #[test]
    fn one_number_of_the_three_is_enough_and_two_are_too_many() {
        let birth_date = "14/05/2008".to_owned();
        let card = LookUpForm { card_number: "2600 1405 3201 2345".into(), birth_date, ..LookUpForm::default() };
        assert!(matches!(card.parse(today()).unwrap().reference, Reference::Card(_)));
        let both = LookUpForm { reference: "2600140532012345".into(), ..card };
        assert_eq!(fields(&both.parse(today()).unwrap_err()), ["reference"]);
    }

    #[test]
    fn an_empty_form_names_both_fields() {
        assert_eq!(fields(&LookUpForm::default().parse(today()).unwrap_err()), ["card_number", "birth_date"]);
    }

    #[test]
    fn a_file_number_in_the_card_field_is_a_fault_there() {
        let form =
            LookUpForm { card_number: "123456782".into(), birth_date: "14/05/2008".into(), ..LookUpForm::default() };
        assert_eq!(fields(&form.parse(today()).unwrap_err()), ["card_number"]);
    }

    #[test]
    fn cents_and_typed_amounts_are_the_same_money() {
        let cents = PayForm { amount_cents: Some(1250), ..PayForm::default() };
        let typed = PayForm { amount: "12,5".into(), ..PayForm::default() };
        assert_eq!(cents.parse().unwrap(), typed.parse().unwrap());
        let nothing = PayForm { amount_cents: Some(0), envelope: "jeux".into(), ..PayForm::default() };
        assert_eq!(fields(&nothing.parse().unwrap_err()), ["amount_cents", "envelope"]);
    }
}
