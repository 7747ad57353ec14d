//! The payment stage of a statement, as its partner sees it.

use serde::Serialize;

/// The payment stage of a statement, as its partner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferStage {
    /// Due: it waits for the next batch, or for an approved account.
    Upcoming,
    /// Its batch is closed, and the bank does not have the file yet.
    InBatch,
    /// The bank has the order.
    Sent,
    /// Executed.
    Paid,
    /// The bank rejected it: the IBAN has to be checked.
    Rejected,
    /// The bank contradicts itself: the team checks.
    ToCheck,
}

impl TransferStage {
    /// The code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::InBatch => "in_batch",
            Self::Sent => "sent",
            Self::Paid => "paid",
            Self::Rejected => "rejected",
            Self::ToCheck => "to_check",
        }
    }

    /// The label on the screens.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Upcoming => "À venir",
            Self::InBatch => "Dans le lot",
            Self::Sent => "Envoyé",
            Self::Paid => "Payé",
            Self::Rejected => "Rejeté",
            Self::ToCheck => "À vérifier",
        }
    }
}
