//! Which page of the statements is asked for.

use epass_domain::Week;
use serde::Deserialize;
use utoipa::IntoParams;

/// A page of statements.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementsForm {
    /// The `next` of the page before.
    pub avant: String,
}

impl StatementsForm {
    /// The week before which the page begins; none for the latest, or when it is no week.
    pub fn before(&self) -> Option<Week> {
        Week::parse(&self.avant).ok()
    }
}
