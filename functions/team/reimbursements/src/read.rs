//! The effect of a report of the bank in numbers, for pages and JSON.

use epass_domain::ReportFigures;
use serde::Serialize;
use utoipa::ToSchema;

/// The effect of a report on the transfers of a file, before or after it is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BankReport)]
pub struct Read {
    /// The number of transfers in the report.
    pub named: u32,
    /// The number of transfers that become executed by it.
    pub executed: u32,
    /// The number of transfers whose money becomes due again by it.
    pub rejected: u32,
    /// The number of transfers that a person must check because of it: the bank's reports contradict each other.
    pub contradicted: u32,
    /// The number of transfers with no final status in the report: on their way, or held.
    pub pending: u32,
    /// The number of transfers of the file without a final status, including from earlier reports.
    pub unanswered: u32,
    /// Whether the report changes nothing, because all of it was known.
    pub is_known: bool,
}

impl From<ReportFigures> for Read {
    fn from(figures: ReportFigures) -> Self {
        let ReportFigures { named, executed, rejected, contradicted, pending, unanswered, is_known } = figures;
        Self { named, executed, rejected, contradicted, pending, unanswered, is_known }
    }
}

impl Read {
    /// Whether the report has no final status at all: there is nothing to apply, and another report will follow.
    pub(crate) const fn is_pending(&self) -> bool {
        self.pending == self.named
    }
}
