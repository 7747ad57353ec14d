//! `Refusal`: the rules say no. Each aggregate has its own refusals; this is the sum of them, which the outside is told.

use crate::{
    AttendanceRefusal, BatchRefusal, BonPlanRefusal, CardRefusal, ConventionRefusal, EnrolmentRefusal,
    EstablishmentRefusal, SortieRefusal, StatementRefusal, TillRefusal, TransactionRefusal, VoucherRefusal,
    WalletRefusal,
};

/// Why a rule refuses what was asked. Nothing has changed when one comes back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The rules of dossiers and conventions say no.
    #[error(transparent)]
    Convention(#[from] ConventionRefusal),
    /// The rules of cards and wallets say no.
    #[error(transparent)]
    Wallet(#[from] WalletRefusal),
    /// The rules of vouchers say no.
    #[error(transparent)]
    Voucher(#[from] VoucherRefusal),
    /// The rules of paying and cancelling say no.
    #[error(transparent)]
    Transaction(#[from] TransactionRefusal),
    /// The rules of the team’s card orders say no.
    #[error(transparent)]
    Card(#[from] CardRefusal),
    /// The rules of registration and renewal say no.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentRefusal),
    /// The rules of establishments say no.
    #[error(transparent)]
    Establishment(#[from] EstablishmentRefusal),
    /// The rules of till keys say no.
    #[error(transparent)]
    Till(#[from] TillRefusal),
    /// The rules of bons plans say no.
    #[error(transparent)]
    BonPlan(#[from] BonPlanRefusal),
    /// The rules of registering for a bon plan say no.
    #[error(transparent)]
    Attendance(#[from] AttendanceRefusal),
    /// The rules of outings say no.
    #[error(transparent)]
    Sortie(#[from] SortieRefusal),
    /// The rules of batches say no.
    #[error(transparent)]
    Batch(#[from] BatchRefusal),
    /// The rules of statements say no.
    #[error(transparent)]
    Statement(#[from] StatementRefusal),
}

impl Refusal {
    /// The word for machines; it never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Convention(refusal) => refusal.code(),
            Self::Wallet(refusal) => refusal.code(),
            Self::Voucher(refusal) => refusal.code(),
            Self::Transaction(refusal) => refusal.code(),
            Self::Card(refusal) => refusal.code(),
            Self::Enrolment(refusal) => refusal.code(),
            Self::Establishment(refusal) => refusal.code(),
            Self::Till(refusal) => refusal.code(),
            Self::BonPlan(refusal) => refusal.code(),
            Self::Attendance(refusal) => refusal.code(),
            Self::Sortie(refusal) => refusal.code(),
            Self::Batch(refusal) => refusal.code(),
            Self::Statement(refusal) => refusal.code(),
        }
    }
}
