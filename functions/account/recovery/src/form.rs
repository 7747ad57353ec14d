//! The forms for a forgotten password and a forgotten identifier.

use epass_domain::{Email, Invalid, SignInName};
use serde::Deserialize;
use utoipa::ToSchema;

/// The form *Mot de passe oublié*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ForgottenPasswordForm {
    /// The identifier, or the mail address of the account. Case and surrounding spaces are ignored.
    #[schema(example = "partenaire")]
    pub identifier: String,
}

impl ForgottenPasswordForm {
    /// Parses the form.
    ///
    /// # Errors
    /// `missing`, `identifier` or `email`, at the field. A value that no account can have is a typing error;
    /// reporting it reveals nothing about existing accounts.
    pub fn parse(&self) -> Result<SignInName, Invalid> {
        let mut invalid = Invalid::default();
        let name = invalid.field("identifier", SignInName::parse(&self.identifier));
        invalid.finish(|| name)
    }
}

/// The form *Identifiant oublié*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ForgottenIdentifierForm {
    /// The mail address given at registration.
    #[schema(example = "contact@librairie.example")]
    pub email: String,
}

impl ForgottenIdentifierForm {
    /// Parses the form.
    ///
    /// # Errors
    /// `missing` or `email`, at the field.
    pub fn parse(&self) -> Result<Email, Invalid> {
        let mut invalid = Invalid::default();
        let email = invalid.field("email", Email::parse(&self.email));
        invalid.finish(|| email)
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::Identifier;

    use super::*;

    #[test]
    fn an_identifier_is_read_as_it_is_to_sign_in() {
        let form = ForgottenPasswordForm { identifier: " Partenaire".into() };
        assert_eq!(form.parse(), Ok(SignInName::Identifier(Identifier::parse("partenaire").unwrap())));
        let form = ForgottenPasswordForm { identifier: "Lea@Example.org ".into() };
        assert_eq!(form.parse(), Ok(SignInName::Email(Email::parse("Lea@example.org").unwrap())));
    }

    #[test]
    fn a_blank_form_names_its_field() {
        let codes = |invalid: Invalid| invalid.faults().iter().map(|(field, fault)| (*field, fault.code)).collect();
        let faults: Vec<_> = codes(ForgottenPasswordForm::default().parse().unwrap_err());
        assert_eq!(faults, [("identifier", "missing")]);
        let faults: Vec<_> = codes(ForgottenIdentifierForm::default().parse().unwrap_err());
        assert_eq!(faults, [("email", "missing")]);
        let faults: Vec<_> = codes(ForgottenIdentifierForm { email: "contact@".into() }.parse().unwrap_err());
        assert_eq!(faults, [("email", "email")]);
    }
}
