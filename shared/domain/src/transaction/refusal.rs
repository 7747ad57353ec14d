//! The refusals of the payment and cancellation rules.

use crate::{ConventionRefusal, Euros, VoucherRefusal, WalletRefusal};

/// A refusal by the rules of paying and cancelling. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionRefusal {
    /// The convention names several envelopes, and none was selected.
    #[error("Cochez la rubrique qui correspond à votre activité.")]
    EnvelopeMissing,
    /// The card that was shown has been replaced since.
    #[error("Cette carte a été remplacée : elle ne paie plus. Demandez la nouvelle carte du jeune, ou un voucher.")]
    CardReplaced,
    /// The desk ticket is from another day, or older than a quarter of an hour.
    #[error("Cette recherche date de plus d’un quart d’heure : recherchez de nouveau le bénéficiaire.")]
    TicketExpired,
    /// The desk ticket was already used for another payment.
    #[error(
        "Cette recherche a déjà servi à une transaction de {amount}. Recherchez de nouveau le bénéficiaire pour en faire une autre."
    )]
    TicketUsed {
        /// The amount that was paid with it.
        amount: Euros,
    },
    /// The transaction is already cancelled.
    #[error("Cette transaction est déjà annulée.")]
    AlreadyCancelled,
    /// The Paris day of the transaction is over (guide §7.2).
    #[error("Une transaction ne s’annule que le jour où elle a été effectuée.")]
    CancellationDayOver,
    /// A refusal by the dossier and convention rules.
    #[error(transparent)]
    Convention(#[from] ConventionRefusal),
    /// A refusal by the card and wallet rules.
    #[error(transparent)]
    Wallet(#[from] WalletRefusal),
    /// A refusal by the voucher rules.
    #[error(transparent)]
    Voucher(#[from] VoucherRefusal),
}

impl TransactionRefusal {
    /// The stable machine-readable code.
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
