//! Where a batch does not add up, and by which rule.

use serde::{Deserialize, Serialize};

use crate::{Euros, PartnerId};

/// Where a batch does not add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which rule.
    pub rule: AuditRule,
    /// Whose statement; none for the file as a whole.
    pub partner: Option<PartnerId>,
    /// What stands: statements, or the file. In cents.
    pub stated_cents: u64,
    /// What the recount found, in cents.
    pub found_cents: u64,
}

/// What the audit holds a batch to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditRule {
    /// Every transaction that stands is in one statement.
    StatementMissing,
    /// A statement's lines add up to it.
    LinesDoNotAddUp,
    /// The statements add up to the file's control sum.
    FileDoesNotAddUp,
}

impl AuditRule {
    /// The word of JSON and of the log.
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
