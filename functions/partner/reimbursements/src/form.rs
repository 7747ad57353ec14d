//! The page of the statements to show.

use serde::Deserialize;
use utoipa::IntoParams;

/// The page of statements to show.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementsForm {
    /// The `next` value of the previous page.
    pub avant: String,
}
