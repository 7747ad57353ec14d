//! `Refusal`: a rule says no. Each aggregate has its own refusals; this is the sum of them, which the caller is told.

use crate::{
    AttendanceRefusal, BatchRefusal, BonPlanRefusal, CardRefusal, ConventionRefusal, EnrolmentRefusal,
    EstablishmentRefusal, SortieRefusal, StatementRefusal, TillRefusal, TransactionRefusal, VoucherRefusal,
    WalletRefusal,
};

/// A refusal by any rule. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A refusal by the dossier and convention rules.
    #[error(transparent)]
    Convention(#[from] ConventionRefusal),
    /// A refusal by the card and wallet rules.
    #[error(transparent)]
    Wallet(#[from] WalletRefusal),
    /// A refusal by the voucher rules.
    #[error(transparent)]
    Voucher(#[from] VoucherRefusal),
    /// A refusal by the payment and cancellation rules.
    #[error(transparent)]
    Transaction(#[from] TransactionRefusal),
    /// A refusal by the rules of the team’s card orders.
    #[error(transparent)]
    Card(#[from] CardRefusal),
    /// A refusal by the registration and renewal rules.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentRefusal),
    /// A refusal by the establishment rules.
    #[error(transparent)]
    Establishment(#[from] EstablishmentRefusal),
    /// A refusal by the till key rules.
    #[error(transparent)]
    Till(#[from] TillRefusal),
    /// A refusal by the bon plan rules.
    #[error(transparent)]
    BonPlan(#[from] BonPlanRefusal),
    /// A refusal by the rules of registering for a bon plan.
    #[error(transparent)]
    Attendance(#[from] AttendanceRefusal),
    /// A refusal by the outing rules.
    #[error(transparent)]
    Sortie(#[from] SortieRefusal),
    /// A refusal by the batch rules.
    #[error(transparent)]
    Batch(#[from] BatchRefusal),
    /// A refusal by the statement rules.
    #[error(transparent)]
    Statement(#[from] StatementRefusal),
}

impl Refusal {
    /// The stable machine-readable code.
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
