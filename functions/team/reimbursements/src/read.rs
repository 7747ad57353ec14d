//! What a report of the bank does, in numbers, as pages and JSON say it.

use epass_domain::ReportFigures;
use serde::Serialize;
use utoipa::ToSchema;

/// What a report does, or did, to the transfers of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BankReport)]
pub struct Read {
    /// Transfers that it speaks of.
    pub named: u32,
    /// Transfers that are known to be executed by it, and were not before.
    pub executed: u32,
    /// Transfers whose money is due again by it, and was not before.
    pub rejected: u32,
    /// Transfers that a person has to check because of it: the bank contradicts itself.
    pub contradicted: u32,
    /// Transfers of which it says nothing final: on their way, or held.
    pub pending: u32,
    /// Transfers of the file of which nothing final is known, with it or before.
    pub unanswered: u32,
    /// Whether nothing changed: all of it was known.
    pub is_known: bool,
}

impl From<ReportFigures> for Read {
    fn from(figures: ReportFigures) -> Self {
        let ReportFigures { named, executed, rejected, contradicted, pending, unanswered, is_known } = figures;
        Self { named, executed, rejected, contradicted, pending, unanswered, is_known }
    }
}

impl Read {
    /// Whether it says nothing final at all: there is nothing to apply, and another report will follow.
    pub(crate) const fn is_pending(&self) -> bool {
        self.pending == self.named
    }
}
