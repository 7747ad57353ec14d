//! A failed audit: the difference, and the rule that found it.

use serde::{Deserialize, Serialize};

use crate::{Euros, PartnerId};

/// A difference that the audit found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The rule that failed.
    pub rule: AuditRule,
    /// The partner of the statement; `None` for the file as a whole.
    pub partner: Option<PartnerId>,
    /// The stated amount, of statements or of the file, in cents.
    pub stated_cents: u64,
    /// The recomputed amount, in cents.
    pub found_cents: u64,
}

/// A rule of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditRule {
    /// Every valid transaction is in one statement.
    StatementMissing,
    /// The lines of a statement add up to its total.
    LinesDoNotAddUp,
    /// The statements add up to the file's control sum.
    FileDoesNotAddUp,
}

impl AuditRule {
    /// The code in JSON and in the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::StatementMissing => "statement_missing",
            Self::LinesDoNotAddUp => "lines_do_not_add_up",
            Self::FileDoesNotAddUp => "file_does_not_add_up",
        }
    }
}

impl Difference {
    pub(super) fn new(rule: AuditRule, partner: Option<PartnerId>, stated: Euros, found: Euros) -> Self {
        Self { rule, partner, stated_cents: stated.cents(), found_cents: found.cents() }
    }
}
