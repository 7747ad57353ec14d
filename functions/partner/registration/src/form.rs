//! The registration form of a partner; its data later fills in the form of the convention (guide §4, nota).

use epass_domain::{Civility, Email, Invalid, Line, Phone, Registration, Siret};
use epass_web::words;
use serde::Deserialize;
use utoipa::ToSchema;

/// The form *Je m'inscris*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RegistrationForm {
    /// *Raison sociale*, 120 characters at most.
    #[schema(example = "Librairie du Vieux-Port")]
    pub legal_name: String,
    /// *N° SIRET*: 14 digits; spaces are ignored.
    #[schema(example = "73282932000074")]
    pub siret: String,
    /// *Adresse mail*: the identifier and the provisional password are sent to it.
    #[schema(example = "contact@librairie.example")]
    pub email: String,
    /// *Téléphone principal*: a French number.
    #[schema(example = "04 91 00 00 00")]
    pub phone: String,
    /// *Civilité du référent*: `madame` or `monsieur`.
    #[schema(value_type = words::CivilityCode)]
    pub civility: String,
    /// *Prénom du référent*, 60 characters at most.
    pub referent_first_name: String,
    /// *Nom du référent*, 60 characters at most.
    pub referent_last_name: String,
}

impl RegistrationForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Registration, Invalid> {
        let mut invalid = Invalid::default();
        let legal_name = invalid.field("legal_name", Line::name(&self.legal_name, 120));
        let siret = invalid.field("siret", Siret::parse(&self.siret));
        let email = invalid.field("email", Email::parse(&self.email));
        let phone = invalid.field("phone", Phone::parse(&self.phone));
        let civility = invalid.field("civility", Civility::parse(&self.civility));
        let first_name = invalid.field("referent_first_name", Line::person(&self.referent_first_name, 60));
        let last_name = invalid.field("referent_last_name", Line::person(&self.referent_last_name, 60));
        invalid.finish(|| {
            Some(Registration {
                legal_name: legal_name?,
                siret: siret?,
                email: email?,
                phone: phone?,
                civility: civility?,
                first_name: first_name?,
                last_name: last_name?,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> RegistrationForm {
        RegistrationForm {
            legal_name: " Librairie du Vieux-Port ".into(),
            siret: "732 829 320 00074".into(),
            email: "contact@Librairie.example".into(),
            phone: "04.91.00.00.00".into(),
            civility: "madame".into(),
            referent_first_name: "Zoé".into(),
            referent_last_name: "Garcin".into(),
        }
    }

    fn faults(form: &RegistrationForm) -> Vec<(&'static str, &'static str)> {
        let invalid = form.parse().err().unwrap_or_default();
        invalid.faults().iter().map(|(field, fault)| (*field, fault.code)).collect()
    }

    #[test]
    fn a_complete_form_is_read_as_people_type() {
        let registration = complete().parse().unwrap();
        assert_eq!(registration.legal_name.as_str(), "Librairie du Vieux-Port");
        assert_eq!(registration.siret.as_str(), "73282932000074");
        assert_eq!(registration.email.as_str(), "contact@librairie.example");
        assert_eq!(registration.phone.as_str(), "+33491000000");
    }

    #[test]
    fn an_empty_form_names_every_field_in_its_order() {
        let fields = ["legal_name", "siret", "email", "phone", "civility", "referent_first_name", "referent_last_name"];
        assert_eq!(faults(&RegistrationForm::default()), fields.map(|field| (field, "missing")));
    }

    #[test]
    fn every_fault_is_told_at_its_field() {
        let form = RegistrationForm {
            siret: "732 829 320 00075".into(),
            email: "contact".into(),
            phone: "12".into(),
            civility: "autre".into(),
            referent_first_name: "Z".repeat(61),
            ..complete()
        };
        let told = [
            ("siret", "siret"),
            ("email", "email"),
            ("phone", "phone"),
            ("civility", "missing"),
            ("referent_first_name", "too_long"),
        ];
        assert_eq!(faults(&form), told);
    }
}
