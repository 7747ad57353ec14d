//! The number of a statement, and the reference of a transfer that pays it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::kept_as_code;
use crate::{Fault, PartnerId, Week};

/// The number of a statement: the week and the partner's dossier, `2026-W47-12345678`. It is unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StatementNumber {
    /// The week.
    pub week: Week,
    /// The partner.
    pub partner: PartnerId,
}

const NO_STATEMENT: Fault =
    Fault::new("statement_number", "Indiquez un numéro de relevé, par exemple 2026-W47-12345678.");

impl StatementNumber {
    /// Reads a number.
    ///
    /// # Errors
    /// `missing` when blank; `statement_number` when it is malformed.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        let (week, partner) = typed.rsplit_once('-').ok_or(NO_STATEMENT)?;
        let week = Week::parse(week).map_err(|_| NO_STATEMENT)?;
        let partner = PartnerId::parse(partner).map_err(|_| NO_STATEMENT)?;
        Some(Self { week, partner }).filter(|number| number.code() == typed).ok_or(NO_STATEMENT)
    }

    /// `2026-W47-12345678`.
    pub fn code(&self) -> String {
        format!("{}-{}", self.week, self.partner)
    }
}

impl fmt::Display for StatementNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

/// The reference of a transfer at the bank (ISO 20022, *EndToEndId*): the statement's number; for a retry after a
/// failed transfer, the number and the attempt, `2026-W47-12345678-2`. At most 35 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TransferReference {
    /// The statement that it pays.
    pub statement: StatementNumber,
    /// The attempt, from 1.
    pub attempt: usize,
}

impl TransferReference {
    /// Reads a reference.
    ///
    /// # Errors
    /// As [`StatementNumber::parse`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = text.trim();
        if let Ok(statement) = StatementNumber::parse(typed) {
            return Ok(Self { statement, attempt: 1 });
        }
        let (number, attempt) = typed.rsplit_once('-').ok_or(NO_STATEMENT)?;
        let statement = StatementNumber::parse(number)?;
        let attempt = attempt.parse().map_err(|_| NO_STATEMENT)?;
        Some(Self { statement, attempt }).filter(|read| read.attempt > 1 && read.code() == typed).ok_or(NO_STATEMENT)
    }

    /// The reference as the bank is told it.
    pub fn code(&self) -> String {
        match self.attempt {
            0 | 1 => self.statement.code(),
            again => format!("{}-{again}", self.statement),
        }
    }
}

impl fmt::Display for TransferReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

kept_as_code!(StatementNumber, TransferReference);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_and_references_are_read_back_and_nothing_else() {
        for text in ["2026-W47-12345678", "2026-W47-12345678-2", "2026-W47-12345678-10"] {
            assert_eq!(TransferReference::parse(text).unwrap().code(), text);
        }
        for text in
            ["2026-W47", "2026-W47-02345678", "2026-W54-12345678", "2026-W47-12345678-1", "2026-W47-12345678-02"]
        {
            assert_eq!(TransferReference::parse(text).unwrap_err().code, "statement_number", "{text}");
        }
        assert_eq!(StatementNumber::parse("2026-W47-12345678-2").unwrap_err().code, "statement_number");
        assert_eq!(StatementNumber::parse("").unwrap_err().code, "missing");
    }

    proptest! {
        #[test]
        fn any_text_is_either_a_reference_or_a_fault(text in "(2026-W47-)?\\PC{0,20}") {
            let _ = TransferReference::parse(&text);
        }

    }
}
