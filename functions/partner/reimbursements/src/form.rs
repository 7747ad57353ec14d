//! Which page of the statements is asked for.

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
