//! Where the money of a statement stands, as a partner sees it.

/// Where the money of a statement stands, as a partner sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferStage {
    /// Due; it waits for the next batch, or for an approved account.
    Upcoming,
    /// Its batch is closed, the bank has not got it yet.
    InBatch,
    /// The bank has the order.
    Sent,
    /// Executed.
    Paid,
    /// The bank said no: the IBAN is to be checked.
    Rejected,
    /// The bank contradicts itself: the team finds out.
    ToCheck,
}

impl TransferStage {
    /// The word of JSON.
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

    /// As on the screens.
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
