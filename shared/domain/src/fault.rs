//! Validation errors: the fault of one field, and all faults of a form.

use std::borrow::Cow;

/// A validation error of one value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// A stable machine-readable code, such as `missing` or `iban`.
    pub code: &'static str,
    /// A French sentence that tells the person what to do.
    pub message: Cow<'static, str>,
}

impl Fault {
    /// A fault with a constant sentence.
    pub const fn new(code: &'static str, message: &'static str) -> Self {
        Self { code, message: Cow::Borrowed(message) }
    }

    /// A fault whose sentence depends on the value or on a limit.
    pub const fn told(code: &'static str, message: String) -> Self {
        Self { code, message: Cow::Owned(message) }
    }

    /// The fault `missing`: a required value was not given.
    pub const fn missing() -> Self {
        Self::new("missing", "Ce champ est obligatoire.")
    }
}

/// All faults of a form, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invalid {
    faults: Vec<(&'static str, Fault)>,
}

impl Invalid {
    /// A single fault, at its field.
    pub fn of(field: &'static str, fault: Fault) -> Self {
        Self { faults: vec![(field, fault)] }
    }

    /// Records the fault of a field, or returns its value.
    pub fn field<T>(&mut self, field: &'static str, parsed: Result<T, Fault>) -> Option<T> {
        parsed.map_err(|fault| self.add(field, fault)).ok()
    }

    /// Records a fault found by a rule over several fields.
    pub fn add(&mut self, field: &'static str, fault: Fault) {
        self.faults.push((field, fault));
    }

    /// The parsed command if there is no fault; `made` is called only then.
    ///
    /// # Errors
    /// All recorded faults.
    ///
    /// # Panics
    /// When no fault was recorded and `made` still lacks a part: a form forgot to record a fault.
    pub fn finish<T>(self, made: impl FnOnce() -> Option<T>) -> Result<T, Self> {
        if !self.faults.is_empty() {
            return Err(self);
        }
        Ok(made().expect("a field without a value has noted its fault"))
    }

    /// Field names and faults, in the order of the form.
    pub fn faults(&self) -> &[(&'static str, Fault)] {
        &self.faults
    }
}

impl std::fmt::Display for Invalid {
    /// The fields and codes only, for a log: no sentence, and nothing that was typed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("invalid fields:")?;
        self.faults.iter().try_for_each(|(field, fault)| write!(f, " {field} ({})", fault.code))
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_tells_all_its_faults_in_its_own_order() {
        let mut invalid = Invalid::default();
        assert_eq!(invalid.field::<u8>("name", Err(Fault::missing())), None);
        assert_eq!(invalid.field("age", Ok(7)), Some(7));
        invalid.add("iban", Fault::new("iban", "Vérifiez cet IBAN."));
        let told = invalid.finish(|| -> Option<()> { panic!("never made") }).unwrap_err();
        assert_eq!(told.faults().iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["name", "iban"]);
        assert_eq!(told.to_string(), "invalid fields: name (missing) iban (iban)");
    }

    #[test]
    fn a_form_without_fault_becomes_its_command() {
        let mut invalid = Invalid::default();
        let age = invalid.field("age", Ok(7));
        assert_eq!(invalid.finish(|| Some(age? + 1)), Ok(8));
    }
}
