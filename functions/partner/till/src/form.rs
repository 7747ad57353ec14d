//! What a partner calls its till, and which page of its keys it asks for.

use epass_domain::{Fault, Invalid, Line, TillKey, optional};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// *Je crée une clé*.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TillForm {
    /// *Nom de la caisse*.
    #[schema(example = "Caisse du rez-de-chaussée")]
    #[schema(required)]
    pub till: String,
    /// Any UUID, or nothing: the same one again makes no second key.
    pub once: String,
}

/// A key to make.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What the till is called.
    pub name: Line,
    /// The form's id, if it has one.
    pub once: Option<Uuid>,
}

impl TillForm {
    /// Reads the form.
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

/// Which page of the keys.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageForm {
    /// The `next` of the page before.
    pub after: String,
    /// What was just done.
    #[param(ignore)]
    pub fait: String,
    /// Where making a key led a browser: sealed, for five minutes and that session.
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
