//! The forms of the desk: parses the raw text into typed commands and collects every fault.

use epass_domain::{
    BirthDate, CardNumber, Envelope, Euros, Fault, FileNumber, Invalid, ParisDay, Pay, Reference, RotatingCode,
    VoucherNumber, scanned,
};
use epass_web::words;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The query of the search page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ShowForm {
    /// The sealed result of a browser's look-up, valid for a quarter of an hour.
    pub vu: String,
}

/// The form *Je recherche le bénéficiaire*: one of three numbers with the birth date, or the code that the phone
/// shows.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LookUpForm {
    /// A card, file or voucher number, or a rotating code; its length tells which.
    #[schema(example = "2600140532012345")]
    pub reference: String,
    /// *N° de carte*, in place of `reference`.
    pub card_number: String,
    /// *N° de dossier*, in place of `reference`.
    pub file_number: String,
    /// *N° de voucher*, in place of `reference`.
    pub voucher_number: String,
    /// The rotating code of *Mon pass*, 29 digits, in place of `reference`. Each of the number fields also accepts
    /// one.
    pub code: String,
    /// The birth date, such as `2008-05-14` or `14/05/2008`; not needed with a rotating code.
    #[schema(example = "2008-05-14")]
    pub birth_date: String,
}

/// The beneficiary to look up.
#[derive(Clone, Debug)]
pub enum LookUp {
    /// By a number, which others may have seen, so that the birth date is required as well.
    Number {
        /// The number.
        reference: Reference,
        /// The beneficiary's birth date.
        birth_date: BirthDate,
    },
    /// By the rotating code that the phone shows now.
    Code(RotatingCode),
}

type Parse = fn(&str) -> Result<Reference, Fault>;

impl LookUpForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self, today: ParisDay) -> Result<LookUp, Invalid> {
        const NONE: Fault = Fault::new("missing", "Saisissez le numéro de la carte, du dossier ou du voucher.");
        const SEVERAL: Fault = Fault::new("several_numbers", "Saisissez un seul numéro : carte, dossier ou voucher.");
        let mut invalid = Invalid::default();
        let given = self.given();
        let reference = match given.as_slice() {
            [] => invalid.field("card_number", Err(NONE)),
            [(field, text, parse)] => match (scanned(text, RotatingCode::parse), parse) {
                (Ok(code), _) => return Ok(LookUp::Code(code)),
                (Err(_), Some(parse)) => invalid.field(field, scanned(text, parse)),
                (Err(fault), None) => invalid.field(field, Err(fault)),
            },
            [(field, ..), ..] => invalid.field(field, Err(SEVERAL)),
        };
        let birth_date = invalid.field("birth_date", BirthDate::parse(&self.birth_date, today));
        invalid.finish(|| Some(LookUp::Number { reference: reference?, birth_date: birth_date? }))
    }

    /// The field at which a wrong number is reported.
    pub fn field(&self) -> &'static str {
        self.given().first().map_or("card_number", |(field, ..)| field)
    }

    /// The fields that are not empty, each with its text and the parser for a number; a rotating code is always
    /// accepted.
    fn given(&self) -> Vec<(&'static str, &str, Option<Parse>)> {
        let fields: [(_, &str, Option<Parse>); 5] = [
            ("reference", &self.reference, Some(Reference::parse)),
            ("card_number", &self.card_number, Some(|text| CardNumber::parse(text).map(Reference::Card))),
            ("file_number", &self.file_number, Some(|text| FileNumber::parse(text).map(Reference::File))),
            ("voucher_number", &self.voucher_number, Some(|text| VoucherNumber::parse(text).map(Reference::Voucher))),
            ("code", &self.code, None),
        ];
        fields.into_iter().filter(|(_, text, _)| !text.trim().is_empty()).collect()
    }
}

/// The form *Je valide la transaction*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PayForm {
    /// The ticket of the look-up.
    #[schema(required)]
    pub ticket: String,
    /// The envelope: `reading`, `cinema` or `performance`; optional if the convention names only one.
    #[schema(value_type = words::DeskEnvelopeOrNone)]
    pub envelope: String,
    /// The amount in whole cents.
    #[schema(example = 1250, minimum = 1)]
    pub amount_cents: Option<u64>,
    /// The amount as typed, such as `12,50`, in place of `amount_cents`.
    pub amount: String,
}

const TWO_AMOUNTS: Fault =
    Fault::new("two_amounts", "Indiquez le montant une seule fois : soit amount, soit amount_cents.");

impl PayForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Pay, Invalid> {
        let mut invalid = Invalid::default();
        let amount = self.amount(&mut invalid);
        let envelope = match self.envelope.as_str() {
            "" => Some(None),
            code => invalid.field("envelope", Envelope::parse(code)).map(Some),
        };
        invalid.finish(|| Some(Pay { envelope: envelope?, amount: amount? }))
    }

    /// The amount, given in one of two ways; giving both is ambiguous, hence a fault.
    fn amount(&self, invalid: &mut Invalid) -> Option<Euros> {
        let (field, amount) = match (self.amount_cents, self.amount.trim()) {
            (Some(cents), "") => ("amount_cents", Ok(Euros::from_cents(cents))),
            (None, typed) => ("amount", Euros::parse(typed)),
            (Some(_), _) => {
                invalid.add("amount", TWO_AMOUNTS);
                ("amount_cents", Err(TWO_AMOUNTS))
            }
        };
        invalid.field(field, amount.and_then(Euros::positive))
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
        let read = card.parse(today()).unwrap();
        assert!(matches!(read, LookUp::Number { reference: Reference::Card(_), .. }));
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
    fn a_rotating_code_goes_into_any_field_and_needs_no_birth_date() {
        let code = RotatingCode::of(&FileNumber::mint(1), u64::MAX);
        let empty = LookUpForm::default;
        let typed = || code.to_string();
        for form in [
            LookUpForm { reference: typed(), ..empty() },
            LookUpForm { card_number: typed(), ..empty() },
            LookUpForm { file_number: typed(), ..empty() },
            LookUpForm { voucher_number: typed(), ..empty() },
            LookUpForm { code: typed(), birth_date: "hier".into(), ..empty() },
        ] {
            assert!(matches!(form.parse(today()).unwrap(), LookUp::Code(read) if read == code));
        }
        let short = LookUpForm { code: code.as_str()[1..].into(), birth_date: "14/05/2008".into(), ..empty() };
        assert_eq!(fields(&short.parse(today()).unwrap_err()), ["code"]);
    }

    #[test]
    fn a_scanner_on_the_wrong_layout_is_understood() {
        let form = LookUpForm {
            card_number: "é-àà&'à(\"éà&é\"'(".into(),
            birth_date: "14/05/2008".into(),
            ..LookUpForm::default()
        };
        let card = CardNumber::parse("2600 1405 3201 2345").unwrap();
        let read = form.parse(today()).unwrap();
        assert!(matches!(read, LookUp::Number { reference: Reference::Card(read), .. } if read == card));
    }

    #[test]
    fn cents_and_typed_amounts_are_the_same_money() {
        let cents = PayForm { amount_cents: Some(1250), ..PayForm::default() };
        let typed = PayForm { amount: "12,5".into(), ..PayForm::default() };
        assert_eq!(cents.parse().unwrap(), typed.parse().unwrap());
        let nothing = PayForm { amount_cents: Some(0), envelope: "jeux".into(), ..PayForm::default() };
        assert_eq!(fields(&nothing.parse().unwrap_err()), ["amount_cents", "envelope"]);
        let both = PayForm { amount_cents: Some(100), amount: "9,99".into(), ..PayForm::default() };
        assert_eq!(fields(&both.parse().unwrap_err()), ["amount", "amount_cents"], "even where they are equal");
    }
}
