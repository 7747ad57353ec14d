//! Why the rules of paying and cancelling say no.

use crate::{ConventionRefusal, Euros, VoucherRefusal, WalletRefusal};

/// Why the rules of paying and cancelling refuse what was asked. Nothing has changed when one comes back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionRefusal {
    /// The convention names several envelopes and none was ticked.
    #[error("Cochez la rubrique qui correspond à votre activité.")]
    EnvelopeMissing,
    /// The number in hand was the card, and another took its place since.
    #[error("Cette carte a été remplacée : elle ne paie plus. Demandez la nouvelle carte du jeune, ou un voucher.")]
    CardReplaced,
    /// The desk ticket is of another day or older than a quarter of an hour.
    #[error("Cette recherche date de plus d’un quart d’heure : recherchez de nouveau le bénéficiaire.")]
    TicketExpired,
    /// The desk ticket paid something else already.
    #[error(
        "Cette recherche a déjà servi à une transaction de {amount}. Recherchez de nouveau le bénéficiaire pour en faire une autre."
    )]
    TicketUsed {
        /// What was paid with it.
        amount: Euros,
    },
    /// A transaction is cancelled once.
    #[error("Cette transaction est déjà annulée.")]
    AlreadyCancelled,
    /// Cancelling ends with the Paris day (guide §7.2).
    #[error("Une transaction ne s’annule que le jour où elle a été effectuée.")]
    CancellationDayOver,
    /// The rules of dossiers and conventions say no.
    #[error(transparent)]
    Convention(#[from] ConventionRefusal),
    /// The rules of cards and wallets say no.
    #[error(transparent)]
    Wallet(#[from] WalletRefusal),
    /// The rules of vouchers say no.
    #[error(transparent)]
    Voucher(#[from] VoucherRefusal),
}

impl TransactionRefusal {
    /// The word for machines; it never changes.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EnvelopeMissing => "envelope_missing",
            Self::CardReplaced => "card_replaced",
            Self::TicketExpired => "ticket_expired",
            Self::TicketUsed { .. } => "ticket_used",
            Self::AlreadyCancelled => "already_cancelled",
            Self::CancellationDayOver => "cancellation_day_over",
            Self::Convention(refusal) => refusal.code(),
            Self::Wallet(refusal) => refusal.code(),
            Self::Voucher(refusal) => refusal.code(),
        }
    }
}
