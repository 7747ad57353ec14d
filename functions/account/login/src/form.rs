//! The sign-in form, and the path to go to afterwards.

use epass_domain::{Fault, Invalid, Role, SignInName};
use epass_web::led_on;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The query of the sign-in page *Je me connecte*.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SignInQuery {
    /// The role: `beneficiary`, `establishment`, `partner` or `team`. It changes only the heading.
    pub role: String,
    /// A path of this site to go to after sign-in.
    pub suite: String,
    /// What the end of a session interrupted: `envoi`, `perte` (the typed values are lost), or the sealed reference
    /// of a kept form.
    pub fin: String,
}

/// *Identifiant* and *mot de passe*. It contains a password, so it cannot be printed or logged.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignInForm {
    /// The identifier, or the mail address of the account. Case and surrounding spaces are ignored.
    #[schema(required, example = "partenaire")]
    pub identifier: String,
    /// The chosen password, or a provisional one from a mail.
    #[schema(required, format = Password)]
    pub password: String,
    /// The `role` of the page's address; for browsers.
    pub role: String,
    /// The `suite` of the page's address; for browsers.
    pub suite: String,
    /// The `fin` of the page's address; for browsers.
    pub fin: String,
}

/// The parsed sign-in form.
pub struct SignIn<'a> {
    /// The identifier or address. None if no account can have it: this is wrong, but not a fault of the form.
    pub name: Option<SignInName>,
    /// The password, as typed.
    pub password: &'a str,
}

impl SignInForm {
    /// Parses the form.
    ///
    /// # Errors
    /// `missing`, at each field that is blank.
    pub fn parse(&self) -> Result<SignIn<'_>, Invalid> {
        let mut invalid = Invalid::default();
        if self.identifier.trim().is_empty() {
            invalid.add("identifier", Fault::missing());
        }
        if self.password.is_empty() {
            invalid.add("password", Fault::missing());
        }
        let name = SignInName::parse(&self.identifier).ok();
        invalid.finish(|| Some(SignIn { name, password: &self.password }))
    }

    /// The path to which a browser is redirected.
    pub fn next(&self) -> &str {
        led_on(&self.suite)
    }
}

/// The role of a code in the address; none for an unknown code.
pub fn role(code: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.code() == code)
}

#[cfg(test)]
mod tests {
    use epass_domain::{Email, Identifier};

    use super::*;

    fn form(identifier: &str, password: &str) -> SignInForm {
        SignInForm { identifier: identifier.into(), password: password.into(), ..SignInForm::default() }
    }

    #[test]
    fn an_empty_form_names_both_fields() {
        let invalid = form(" ", "").parse().err().unwrap();
        let faults: Vec<_> = invalid.faults().iter().map(|(field, fault)| (*field, fault.code)).collect();
        assert_eq!(faults, [("identifier", "missing"), ("password", "missing")]);
    }

    #[test]
    fn an_identifier_that_nobody_can_have_is_wrong_and_not_faulty() {
        assert_eq!(form("a b", "Demo2026").parse().ok().unwrap().name, None);
        let asked = form(" Partenaire ", " Demo2026").parse().ok().map(|asked| (asked.name, asked.password.len()));
        let partenaire = SignInName::Identifier(Identifier::parse("partenaire").unwrap());
        assert_eq!(asked.unwrap(), (Some(partenaire), 9), "a password is not trimmed");
        let by_address = form(" Lea@Example.org", "x").parse().ok().unwrap().name;
        assert_eq!(by_address, Some(SignInName::Email(Email::parse("Lea@example.org").unwrap())));
        assert_eq!(form("lea@", "x").parse().ok().unwrap().name, None);
    }

    #[test]
    fn one_is_led_on_to_pages_of_this_site_only() {
        let next = |suite: &str| SignInForm { suite: suite.into(), ..SignInForm::default() }.next().to_owned();
        for path in ["/", "/dossier", "/transactions?from=2026-11-01&to=2026-11-22", "/FAQ/"] {
            assert_eq!(next(path), path);
        }
        let away = [
            "",
            "dossier",
            "//autre.fr",
            "/\\autre.fr",
            "\\\\autre.fr",
            "https://autre.fr",
            "/\t/autre.fr",
            "/\n/autre.fr",
            "/a\r\nSet-Cookie: b",
            " //autre.fr",
            "javascript:alert(1)",
            "/é",
            "/a\\b",
            "/nulle-part",
            "/deconnexion",
            "/connexion?suite=/connexion",
        ];
        for path in away {
            assert_eq!(next(path), "/espace", "{path:?}");
        }
    }

    #[test]
    fn only_the_words_of_roles_change_the_heading() {
        assert_eq!(role("partner"), Some(Role::Partner));
        assert_eq!(role("Partner"), None);
    }
}
