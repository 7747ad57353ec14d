//! The forms of the vouchers: they turn raw text into typed commands.

use epass_domain::{Envelope, Fault, Invalid, Validity, VoucherNumber, Wanted};
use epass_web::words;
use serde::Deserialize;
use utoipa::ToSchema;

/// The form *Je fais un voucher*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VoucherForm {
    /// The envelope: `reading`, `cinema` or `performance`; blank for any of them.
    #[schema(value_type = words::DeskEnvelopeOrNone)]
    pub voucher_envelope: String,
    /// The validity in days, today included: 1 to 30.
    #[schema(example = "7")]
    pub days: String,
}

/// The form *Je révoque ce voucher*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RevocationForm {
    /// The number.
    #[schema(example = "00000-0K7P5-2")]
    pub voucher_number: String,
}

impl VoucherForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Wanted, Invalid> {
        const OUTINGS: Fault =
            Fault::new("envelope", "Les sorties se paient par leur propre voucher, que l’établissement fait.");
        let mut invalid = Invalid::default();
        let envelope = match self.voucher_envelope.as_str() {
            "" => Some(None),
            code => {
                let at_the_desk =
                    |envelope: Envelope| if Envelope::DESK.contains(&envelope) { Ok(envelope) } else { Err(OUTINGS) };
                invalid.field("voucher_envelope", Envelope::parse(code).and_then(at_the_desk)).map(Some)
            }
        };
        let days = invalid.field("days", Validity::parse(&self.days));
        invalid.finish(|| Some(Wanted { envelope: envelope?, days: days? }))
    }
}

impl RevocationForm {
    /// Parses the form.
    ///
    /// # Errors
    /// The fault of the number.
    pub fn parse(&self) -> Result<VoucherNumber, Invalid> {
        let mut invalid = Invalid::default();
        let number = invalid.field("voucher_number", VoucherNumber::parse(&self.voucher_number));
        invalid.finish(|| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(form: &VoucherForm) -> Vec<&'static str> {
        form.parse().unwrap_err().faults().iter().map(|(field, _)| *field).collect()
    }

    #[test]
    fn any_envelope_is_the_default_and_an_outing_has_a_voucher_of_its_own() {
        let any = VoucherForm { days: "30".into(), ..VoucherForm::default() };
        assert_eq!(any.parse().unwrap().envelope, None);
        let outing = VoucherForm { voucher_envelope: "outing".into(), days: "31".into() };
        assert_eq!(fields(&outing), ["voucher_envelope", "days"]);
        assert_eq!(fields(&VoucherForm::default()), ["days"]);
    }
}
