//! The trace that a debit leaves: what a partner is owed, and by whom.

use jiff::Timestamp;

use crate::{BeneficiaryId, Campaign, Envelope, Euros, Line, PartnerId, Reference, SortieId, TransactionId};

/// What a partner is owed, and by whom: one young person at the desk, or those who were present at an outing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction<P = Payer> {
    /// Time-ordered; the key together with the partner.
    pub id: TransactionId,
    /// Who was paid.
    pub partner: PartnerId,
    /// Who paid.
    pub payer: P,
    /// From which envelope.
    pub envelope: Envelope,
    /// How much.
    pub amount: Euros,
    /// The campaign of the wallets.
    pub campaign: Campaign,
    /// When.
    pub at: Timestamp,
    /// Paid, or cancelled since.
    pub state: TransactionState,
}

/// Who paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payer {
    /// One young person at the desk (guide §7.1).
    Desk(DeskPayer),
    /// Those who were present at an outing (guide §9.5).
    Outing(OutingPayer),
}

/// A young person who paid at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskPayer {
    /// Whose wallet.
    pub beneficiary: BeneficiaryId,
    /// As checked at the desk.
    pub first_name: Line,
    /// As checked at the desk.
    pub last_name: Line,
    /// The number that was shown.
    pub reference: Reference,
    /// What was left in the envelope right after.
    pub available: Euros,
}

/// An outing that was settled; who was present stands on its own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutingPayer {
    /// The outing.
    pub sortie: SortieId,
    /// What it was called.
    pub title: Line,
    /// The school that came.
    pub establishment: Line,
    /// How many were paid for.
    pub present: u32,
}

impl From<Transaction<DeskPayer>> for Transaction {
    fn from(paid: Transaction<DeskPayer>) -> Self {
        let Transaction { id, partner, payer, envelope, amount, campaign, at, state } = paid;
        Self { id, partner, payer: Payer::Desk(payer), envelope, amount, campaign, at, state }
    }
}

/// Whether a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    /// It stands.
    Paid,
    /// The wallet has the money back, or the outing is to be settled again.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

impl TransactionState {
    /// The word at rest and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// As in lists and files.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Paid => "Validée",
            Self::Cancelled { .. } => "Annulée",
        }
    }
}

impl<P> Transaction<P> {
    /// What the partner is owed for it: nothing once it is cancelled.
    pub const fn counted(&self) -> Euros {
        match self.state {
            TransactionState::Paid => self.amount,
            TransactionState::Cancelled { .. } => Euros::ZERO,
        }
    }
}
