//! An outing: its data and its state.

use jiff::Timestamp;

use crate::{
    Email, EstablishmentId, Euros, Line, Paragraph, PartnerId, Phase, Sheet, SortieId, TransactionId, VoucherNumber,
};

/// An outing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sortie {
    /// The key; pupils join with this code.
    pub id: SortieId,
    /// The number of submissions of the sheet. A decision names the version that it read.
    pub version: u32,
    /// The establishment that organises it.
    pub establishment: EstablishmentId,
    /// The name of the establishment at the last submission.
    pub establishment_name: Line,
    /// The address for mails to the establishment, at the last submission.
    pub establishment_email: Email,
    /// The partner that receives it.
    pub partner: PartnerId,
    /// The public name of the partner at the last submission.
    pub partner_name: Line,
    /// The address for mails to the partner: its referent's, at the last submission.
    pub partner_email: Email,
    /// The referent's name at the last submission; `None` in records older than this field.
    pub partner_referent: Option<Line>,
    /// The sheet that the establishment filled in.
    pub sheet: Sheet,
    /// The current state.
    pub state: SortieState,
    /// The number of participants, absentees included.
    pub joined: u32,
    /// The number of participants who were declared absent.
    pub absent: u32,
}

/// The state of an outing, with the data of that state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortieState {
    /// *En attente*: it waits for the partner's answer.
    Pending {
        /// The time at which this state began.
        at: Timestamp,
    },
    /// *À revoir*: the partner sent it back for changes.
    Returned {
        /// The time at which the partner sent it back.
        at: Timestamp,
        /// The changes that the partner asks for.
        comment: Paragraph,
    },
    /// *Confirmée*: pupils may join.
    Confirmed {
        /// The time of the confirmation.
        at: Timestamp,
    },
    /// *Validée*: the list is frozen.
    Validated {
        /// The time of the validation.
        at: Timestamp,
        /// The voucher number that the establishment hands to the partner on the day; no page shows it to the partner.
        voucher: VoucherNumber,
    },
    /// *Encaissée*: the operator owes the partner the money.
    Settled {
        /// The time of the settlement.
        at: Timestamp,
        /// The voucher number that was handed over.
        voucher: VoucherNumber,
        /// The partner's transaction.
        transaction: TransactionId,
    },
    /// *Annulée*: all participants have their credit back, or are about to.
    Cancelled {
        /// The time of the cancellation.
        at: Timestamp,
        /// The reason for the cancellation.
        reason: Paragraph,
    },
}

impl SortieState {
    /// The state without its data.
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Pending { .. } => Phase::Pending,
            Self::Returned { .. } => Phase::Returned,
            Self::Confirmed { .. } => Phase::Confirmed,
            Self::Validated { .. } => Phase::Validated,
            Self::Settled { .. } => Phase::Settled,
            Self::Cancelled { .. } => Phase::Cancelled,
        }
    }

    /// The text that came with the state: the requested changes, or the reason for the cancellation.
    pub const fn remark(&self) -> Option<&Paragraph> {
        match self {
            Self::Returned { comment: remark, .. } | Self::Cancelled { reason: remark, .. } => Some(remark),
            Self::Pending { .. } | Self::Confirmed { .. } | Self::Validated { .. } | Self::Settled { .. } => None,
        }
    }

    /// The time at which the current state began.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Pending { at }
            | Self::Returned { at, .. }
            | Self::Confirmed { at }
            | Self::Validated { at, .. }
            | Self::Settled { at, .. }
            | Self::Cancelled { at, .. } => *at,
        }
    }
}

impl Sortie {
    /// The number of participants who are paid for.
    pub const fn present(&self) -> u32 {
        self.joined.saturating_sub(self.absent)
    }

    /// *Total à payer*.
    pub fn total(&self) -> Euros {
        self.state.phase().total(self.sheet.price, self.present())
    }
}
