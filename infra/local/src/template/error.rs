//! The error of a template with something missing, unknown or inconsistent.

/// Something in the template is missing, unknown or inconsistent.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("infra/template.yaml, {at}: {what}")]
pub struct TemplateError {
    /// The path of the faulty value, the resource first: `Accounts.Properties.KeySchema`.
    pub at: String,
    /// The fault.
    pub what: String,
}

pub(super) fn wrong<T>(at: &str, what: String) -> Result<T, TemplateError> {
    Err(TemplateError { at: at.to_owned(), what })
}
