//! An outing: what is known of it, and where it stands.

use jiff::Timestamp;

use crate::{
    Email, EstablishmentId, Euros, Line, Paragraph, PartnerId, Phase, Sheet, SortieId, TransactionId, VoucherNumber,
};

/// An outing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sortie {
    /// The key, and the code by which pupils join.
    pub id: SortieId,
    /// Counts the submissions of the sheet: what was decided is decided about the version that was read.
    pub version: u32,
    /// Who organises it.
    pub establishment: EstablishmentId,
    /// What the establishment is called, as it was at the last submission.
    pub establishment_name: Line,
    /// Where the establishment's mails go, as it was at the last submission.
    pub establishment_email: Email,
    /// Who receives it.
    pub partner: PartnerId,
    /// The name under which people know the partner, as it was at the last submission.
    pub partner_name: Line,
    /// Where the partner's mails go: the referent, as it was at the last submission.
    pub partner_email: Email,
    /// The referent's name, as it was then; none in what was stored before it was kept.
    pub partner_referent: Option<Line>,
    /// What the establishment says about it.
    pub sheet: Sheet,
    /// Where it stands.
    pub state: SortieState,
    /// How many participate, absentees included.
    pub joined: u32,
    /// How many of them were declared absent.
    pub absent: u32,
}

/// Where an outing stands, with what belongs to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortieState {
    /// *En attente*: of the partner's answer.
    Pending {
        /// Since when.
        at: Timestamp,
    },
    /// *À revoir*: the partner sent it back.
    Returned {
        /// When.
        at: Timestamp,
        /// What to change.
        comment: Paragraph,
    },
    /// *Confirmée*: pupils join.
    Confirmed {
        /// When.
        at: Timestamp,
    },
    /// *Validée*: the list is frozen.
    Validated {
        /// When.
        at: Timestamp,
        /// What the establishment hands to the partner on the day; the partner sees it nowhere.
        voucher: VoucherNumber,
    },
    /// *Encaissée*: the partner is owed the money.
    Settled {
        /// When.
        at: Timestamp,
        /// As it was handed over.
        voucher: VoucherNumber,
        /// The partner's transaction.
        transaction: TransactionId,
    },
    /// *Annulée*: everybody has the credit back, or is about to.
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: Paragraph,
    },
}

impl SortieState {
    /// The state without what belongs to it.
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

    /// What somebody wrote with it: what to change, or why it was cancelled.
    pub const fn remark(&self) -> Option<&Paragraph> {
        match self {
            Self::Returned { comment: remark, .. } | Self::Cancelled { reason: remark, .. } => Some(remark),
            Self::Pending { .. } | Self::Confirmed { .. } | Self::Validated { .. } | Self::Settled { .. } => None,
        }
    }

    /// Since when.
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
    /// How many are paid for.
    pub const fn present(&self) -> u32 {
        self.joined.saturating_sub(self.absent)
    }

    /// *Total à payer*.
    pub fn total(&self) -> Euros {
        self.state.phase().total(self.sheet.price, self.present())
    }
}
