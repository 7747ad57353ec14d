//! Something in the template that is missing, unknown or at odds with the rest of it.

/// Something in the template that is missing, unknown or at odds with the rest of it.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("infra/template.yaml, {at}: {what}")]
pub struct TemplateError {
    /// The path of what is wrong, the resource first: `Accounts.Properties.KeySchema`.
    pub at: String,
    /// What is wrong with it.
    pub what: String,
}

pub(super) fn wrong<T>(at: &str, what: String) -> Result<T, TemplateError> {
    Err(TemplateError { at: at.to_owned(), what })
}
