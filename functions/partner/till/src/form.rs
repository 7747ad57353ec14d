//! The form that makes a till's API key, and the page of the list of keys.

use epass_domain::{Fault, Invalid, Line, TillKey, optional};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The form *Je crée une clé*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TillForm {
    /// *Nom de la caisse*.
    #[schema(example = "Caisse du rez-de-chaussée")]
    #[schema(required)]
    pub till: String,
    /// An optional UUID that prevents a duplicate: the same one sent again creates no second key (`till_key_shown`).
    pub once: String,
}

/// The key to create.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The till's name.
    pub name: Line,
    /// The form's id, if there is one.
    pub once: Option<Uuid>,
}

impl TillForm {
    /// Parses the form.
    ///
    /// # Errors
    /// Every fault, at its field.
    pub fn parse(&self) -> Result<Wanted, Invalid> {
        const NO_UUID: Fault = Fault::new("once", "Rechargez la page, puis créez la clé.");
        let mut invalid = Invalid::default();
        let name = invalid.field("till", Line::printed(&self.till, TillKey::NAME));
        let once = invalid.field("once", optional(&self.once, |text| Uuid::try_parse(text).map_err(|_| NO_UUID)));
        invalid.finish(|| Some(Wanted { name: name?, once: once? }))
    }
}

/// The page of the list of keys to show.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageForm {
    /// The `next` value of the previous page.
    pub after: String,
    /// The action that was just done.
    #[param(ignore)]
    pub fait: String,
    /// The sealed key that a browser just created; valid for five minutes and in that session only.
    pub cle: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_till_needs_a_name_of_one_line() {
        let fields = |form: TillForm| form.parse().unwrap_err().faults()[0].0;
        assert_eq!(fields(TillForm::default()), "till");
        assert_eq!(fields(TillForm { till: "a".repeat(61), ..TillForm::default() }), "till");
        assert_eq!(fields(TillForm { till: "Caisse 1".into(), once: "deux".into() }), "once");
        let right = TillForm { till: " Caisse 1 ".into(), ..TillForm::default() }.parse().unwrap();
        assert_eq!((right.name.as_str(), right.once), ("Caisse 1", None));
    }
}
