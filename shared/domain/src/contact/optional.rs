//! Optional fields.

use crate::Fault;
use crate::typed::visible;

/// Reads an optional field; a blank one is `None`.
///
/// # Errors
/// Those of `parse`, when something was typed.
pub fn optional<T>(text: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    if visible(text).is_empty() { Ok(None) } else { parse(text).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Postcode;

    #[test]
    fn a_field_that_may_stay_blank_is_read_only_when_typed() {
        assert_eq!(optional(" ", Postcode::parse), Ok(None));
        assert_eq!(optional("13001", Postcode::parse), Postcode::parse("13001").map(Some));
        assert!(optional("x", Postcode::parse).is_err());
    }
}
