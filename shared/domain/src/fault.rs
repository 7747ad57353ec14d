//! What is wrong with a field, said to the person who filled it in; and all of a form's faults at once.

use std::borrow::Cow;

/// One thing that is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// A stable word for programs, such as `missing` or `iban`.
    pub code: &'static str,
    /// A French sentence for the person, saying what to do.
    pub message: Cow<'static, str>,
}

impl Fault {
    /// A fault with a fixed sentence.
    pub const fn new(code: &'static str, message: &'static str) -> Self {
        Self { code, message: Cow::Borrowed(message) }
    }

    /// A fault whose sentence depends on the value or on a limit.
    pub const fn told(code: &'static str, message: String) -> Self {
        Self { code, message: Cow::Owned(message) }
    }

    /// Nothing was typed where something is needed: `missing`.
    pub const fn missing() -> Self {
        Self::new("missing", "Ce champ est obligatoire.")
    }
}

/// Every fault of a form, in the order in which the form asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invalid {
    faults: Vec<(&'static str, Fault)>,
}

impl Invalid {
    /// One fault, at its field.
    pub fn of(field: &'static str, fault: Fault) -> Self {
        Self { faults: vec![(field, fault)] }
    }

    /// Notes the fault of a field, or hands its value on.
    pub fn field<T>(&mut self, field: &'static str, parsed: Result<T, Fault>) -> Option<T> {
        parsed.map_err(|fault| self.add(field, fault)).ok()
    }

    /// Notes a fault that a rule over several fields found.
    pub fn add(&mut self, field: &'static str, fault: Fault) {
        self.faults.push((field, fault));
    }

    /// The typed command when nothing is wrong; `made` is called only then.
    ///
    /// # Errors
    /// All faults that were noted.
    ///
    /// # Panics
    /// When nothing was noted and `made` still lacks a part: the form forgot to note a fault.
    pub fn finish<T>(self, made: impl FnOnce() -> Option<T>) -> Result<T, Self> {
        if !self.faults.is_empty() {
            return Err(self);
        }
        Ok(made().expect("a field without a value has noted its fault"))
    }

    /// Field name and fault, in the order of the form.
    pub fn faults(&self) -> &[(&'static str, Fault)] {
        &self.faults
    }
}

impl std::fmt::Display for Invalid {
    /// The fields and codes only, for a log: no sentence, nothing that was typed.
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
