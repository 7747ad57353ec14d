//! The record of a debit: the amount that a partner is owed, and the payer.

use jiff::Timestamp;

use crate::{BeneficiaryId, Campaign, Envelope, Euros, Line, PartnerId, Reference, SortieId, TransactionId};

/// A transaction: the amount that a partner is owed, and the payer, which is one young person at the desk, or those who
/// were present at an outing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction<P = Payer> {
    /// The time-ordered id; the key together with the partner.
    pub id: TransactionId,
    /// The partner that was paid.
    pub partner: PartnerId,
    /// The payer.
    pub payer: P,
    /// The envelope that paid.
    pub envelope: Envelope,
    /// The amount.
    pub amount: Euros,
    /// The campaign of the wallets.
    pub campaign: Campaign,
    /// The time of the transaction.
    pub at: Timestamp,
    /// The state: paid, or cancelled since.
    pub state: TransactionState,
}

/// The payer of a transaction.
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
    /// The beneficiary whose wallet paid.
    pub beneficiary: BeneficiaryId,
    /// The first name as checked at the desk.
    pub first_name: Line,
    /// The last name as checked at the desk.
    pub last_name: Line,
    /// The number that was shown.
    pub reference: Reference,
    /// The balance of the envelope right after the payment.
    pub available: Euros,
}

/// A settled outing; its own list says who was present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutingPayer {
    /// The outing.
    pub sortie: SortieId,
    /// The title of the outing.
    pub title: Line,
    /// The school that came.
    pub establishment: Line,
    /// The number of participants who were paid for.
    pub present: u32,
}

impl From<Transaction<DeskPayer>> for Transaction {
    fn from(paid: Transaction<DeskPayer>) -> Self {
        let Transaction { id, partner, payer, envelope, amount, campaign, at, state } = paid;
        Self { id, partner, payer: Payer::Desk(payer), envelope, amount, campaign, at, state }
    }
}

/// The state of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    /// Paid, and not cancelled.
    Paid,
    /// Cancelled: the wallet has the money back, or the outing has to be settled again.
    Cancelled {
        /// The time of the cancellation.
        at: Timestamp,
    },
}

impl TransactionState {
    /// The code in storage and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// The label in lists and files.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Paid => "Validée",
            Self::Cancelled { .. } => "Annulée",
        }
    }
}

impl<P> Transaction<P> {
    /// The amount that the partner is owed for it: zero once it is cancelled.
    pub const fn counted(&self) -> Euros {
        match self.state {
            TransactionState::Paid => self.amount,
            TransactionState::Cancelled { .. } => Euros::ZERO,
        }
    }
}
