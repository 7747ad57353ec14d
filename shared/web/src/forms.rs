//! The state of a form that is shown again: the typed values, and the fault at each field.

use epass_domain::{Fault, Invalid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::labels::label;

/// A fault at its field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldFault {
    /// The field's name in the form and in JSON.
    pub field: String,
    /// The word for machines.
    pub code: String,
    /// The sentence for people.
    pub message: String,
}

impl FieldFault {
    /// The sentence for the summary. It names the field, unless the sentence does so by itself.
    pub fn said(&self) -> String {
        match label(&self.field) {
            Some(label) if !self.message.to_lowercase().contains(&label.to_lowercase()) => {
                format!("{label} : {}", self.message)
            }
            _ => self.message.clone(),
        }
    }
}

/// A form as it is shown: values, and faults when it was refused.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Filled {
    values: Vec<(String, String)>,
    faults: Vec<FieldFault>,
    /// Fields that had a file: a browser does not fill those in again.
    #[serde(default)]
    files: Vec<String>,
}

impl Filled {
    /// Values to show, in any order; a name may come several times (ticked boxes).
    pub fn with(values: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { values, faults: Vec::new(), files: Vec::new() }
    }

    /// The same form, sent with files in these fields.
    #[must_use]
    pub(crate) fn with_files(self, fields: impl Iterator<Item = String>) -> Self {
        Self { files: fields.collect(), ..self }
    }

    /// The same values with faults. Secrets are removed: a password is never sent back. A file has to be attached
    /// again, and its field says so.
    #[must_use]
    pub fn refused(mut self, mut faults: Vec<FieldFault>) -> Self {
        const AGAIN: Fault = Fault::new(
            "file_again",
            "Votre navigateur ne garde pas le fichier : joignez-le à nouveau après avoir corrigé le reste.",
        );
        self.values.retain(|(name, _)| !name.contains("password"));
        for field in self.files.drain(..) {
            if !faults.iter().any(|fault| fault.field == field) {
                faults.push(field_fault(&field, &AGAIN));
            }
        }
        Self { faults, ..self }
    }

    /// Adds or replaces a value.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// The faults without the typed values.
    #[must_use]
    pub fn emptied(self) -> Self {
        Self { values: Vec::new(), ..self }
    }

    /// All values, as the form would send them.
    pub(crate) fn values(&self) -> &[(String, String)] {
        &self.values
    }

    /// The value of a field; empty when there is none.
    pub fn value(&self, field: &str) -> &str {
        self.values.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }

    /// The input type for a field that holds a day. A browser's date input shows nothing but a day and would lose any
    /// other text.
    pub fn day_input(&self, field: &str) -> &'static str {
        let value = self.value(field);
        if value.is_empty() || value.parse::<jiff::civil::Date>().is_ok() { "date" } else { "text" }
    }

    /// The fault's sentence at a field.
    pub fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.field == field).map(|fault| fault.message.as_str())
    }

    /// Whether a box or radio is ticked.
    pub fn checked(&self, field: &str, value: &str) -> bool {
        self.values.iter().any(|(name, ticked)| name == field && ticked == value)
    }

    /// All faults, for the summary.
    pub fn faults(&self) -> &[FieldFault] {
        &self.faults
    }
}

/// The faults of a parsed form.
pub fn faults(invalid: &Invalid) -> Vec<FieldFault> {
    invalid.faults().iter().map(|(field, fault)| field_fault(field, fault)).collect()
}

/// One fault at its field.
fn field_fault(field: &str, fault: &Fault) -> FieldFault {
    FieldFault { field: field.to_owned(), code: fault.code.to_owned(), message: fault.message.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_is_none_is_shown_as_it_was_typed() {
        let kind = |typed: &str| Filled::with([("from", typed)]).day_input("from");
        assert_eq!(["", "2026-11-22", "demain", "22/11/2026"].map(kind), ["date", "date", "text", "text"]);
    }
}
