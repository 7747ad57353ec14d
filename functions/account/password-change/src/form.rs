//! The form of a password change: the old password once, the new one twice (guide §6).

use epass_domain::{Fault, Invalid, Password, ticked};
use epass_web::words;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// The query of the page *Je modifie mon mot de passe*.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `modifie` if the password was just changed.
    #[param(ignore)]
    pub fait: String,
    /// A path of this site to go to afterwards.
    pub suite: String,
}

/// The form *Je modifie mon mot de passe*. It contains passwords, so it cannot be printed or logged.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordChangeForm {
    /// *Ancien mot de passe*: the chosen or the mailed password.
    #[schema(format = Password)]
    pub current_password: String,
    /// *Nouveau mot de passe*: 8 to 24 characters, with a digit, a lower-case and an upper-case letter.
    #[schema(format = Password)]
    pub new_password: String,
    /// *Confirmer le nouveau mot de passe*.
    #[schema(format = Password)]
    pub confirm_password: String,
    /// A path of this site to go to afterwards; for browsers.
    pub suite: String,
    /// `yes` also revokes a partner's till keys, because someone with the old password may have made one.
    #[schema(value_type = words::YesOrNone)]
    pub end_till_keys: String,
}

/// The parsed form of a password change.
pub struct PasswordChange<'a> {
    /// The old password, as typed.
    pub current: &'a str,
    /// The new password, which follows the password rule.
    pub new: Password,
    /// Whether to revoke the till keys.
    pub ends_till_keys: bool,
}

/// The fault of a new password that equals the old one.
pub const SAME: Fault = Fault::new("same_password", "Choisissez un mot de passe différent de l’ancien.");

impl PasswordChangeForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field: `missing`, `password` (the rule), `same_password`, `confirmation`.
    pub fn parse(&self) -> Result<PasswordChange<'_>, Invalid> {
        const DIFFERENT: Fault = Fault::new("confirmation", "Saisissez deux fois le même nouveau mot de passe.");
        let mut invalid = Invalid::default();
        if self.current_password.is_empty() {
            invalid.add("current_password", Fault::missing());
        }
        let new = Password::parse(&self.new_password);
        let changed =
            new.and_then(|new| if is_same(new.as_str(), &self.current_password) { Err(SAME) } else { Ok(new) });
        let new = invalid.field("new_password", changed);
        if self.confirm_password.is_empty() {
            invalid.add("confirm_password", Fault::missing());
        } else if self.confirm_password != self.new_password {
            invalid.add("confirm_password", DIFFERENT);
        }
        let ends_till_keys = invalid.field("end_till_keys", ticked(&self.end_till_keys));
        invalid.finish(|| {
            Some(PasswordChange { current: &self.current_password, new: new?, ends_till_keys: ends_till_keys? })
        })
    }
}

/// Passwords that differ only in case count as the same.
fn is_same(new: &str, current: &str) -> bool {
    new.to_lowercase() == current.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(current: &str, new: &str, confirm: &str) -> Vec<(&'static str, &'static str)> {
        let form = PasswordChangeForm {
            current_password: current.into(),
            new_password: new.into(),
            confirm_password: confirm.into(),
            ..PasswordChangeForm::default()
        };
        let invalid = form.parse().err().unwrap_or_default();
        invalid.faults().iter().map(|(field, fault)| (*field, fault.code)).collect()
    }

    #[test]
    fn a_new_password_typed_twice_is_taken() {
        assert_eq!(faults("Demo2026", "Librairie13", "Librairie13"), []);
    }

    #[test]
    fn an_empty_form_names_every_field() {
        let missing = ["current_password", "new_password", "confirm_password"].map(|field| (field, "missing"));
        assert_eq!(faults("", "", ""), missing);
    }

    #[test]
    fn the_rule_and_the_confirmation_are_told_together() {
        assert_eq!(
            faults("Demo2026", "court", "autre"),
            [("new_password", "password"), ("confirm_password", "confirmation")]
        );
        assert_eq!(faults("Demo2026", "Librairie13", "librairie13"), [("confirm_password", "confirmation")]);
    }

    #[test]
    fn the_old_password_is_no_new_one() {
        assert_eq!(faults("Demo2026", "Demo2026", "Demo2026"), [("new_password", "same_password")]);
        assert_eq!(faults("Demo2026", "dEMO2026", "dEMO2026"), [("new_password", "same_password")]);
    }
}
