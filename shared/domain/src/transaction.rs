//! Paying at the desk and cancelling the same day (guide §7.1, §7.2).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Beneficiary, BeneficiaryId, Campaign, CardState, Convention, Envelope, Euros, Line, ParisDay, PartnerId, Reference,
    Refusal, TransactionId, Voucher,
};

/// What a look-up hands to the payment that follows it; it travels signed. The transaction's id is minted
/// with it, so that a resend finds its own first payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The partner that looked the beneficiary up.
    pub partner: PartnerId,
    /// Who was found.
    pub beneficiary: BeneficiaryId,
    /// The number that was shown at the desk.
    pub reference: Reference,
    /// The id that the payment will have.
    pub transaction: TransactionId,
    /// When the look-up was made.
    pub minted_at: Timestamp,
}

impl Ticket {
    /// How long a desk may think.
    pub const LIFE: SignedDuration = SignedDuration::from_mins(15);

    /// Whether a first payment may still be made with it: a quarter of an hour, and the same Paris day, so that
    /// the day in the transaction's id is the day of the payment.
    ///
    /// # Errors
    /// [`Refusal::TicketExpired`].
    pub fn live(&self, now: Timestamp) -> Result<(), Refusal> {
        let fresh = now < self.minted_at + Self::LIFE && ParisDay::of(now) == ParisDay::of(self.minted_at);
        if fresh { Ok(()) } else { Err(Refusal::TicketExpired) }
    }
}

/// What the desk asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pay {
    /// The envelope that was ticked; none where the convention names only one.
    pub envelope: Option<Envelope>,
    /// More than zero.
    pub amount: Euros,
}

/// What a payment is decided on, as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Counter<'a> {
    /// The partner's convention, as it stands.
    pub convention: Option<&'a Convention>,
    /// Who pays.
    pub beneficiary: &'a Beneficiary,
    /// The voucher that was shown in place of the card.
    pub voucher: Option<&'a Voucher>,
}

/// A debit that the rules allow. [`Payment::accept`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    transaction: Transaction,
    seen: Euros,
}

impl Payment {
    /// Checks every rule of guide §7.1 against what was read.
    ///
    /// # Errors
    /// The first [`Refusal`] that applies: ticket, convention, card, envelope, voucher, campaign, balance.
    pub fn accept(pay: Pay, ticket: &Ticket, counter: Counter<'_>, now: Timestamp) -> Result<Self, Refusal> {
        let Counter { convention, beneficiary, voucher } = counter;
        ticket.live(now)?;
        let allowed = convention.ok_or(Refusal::NoConvention)?.in_force()?;
        if beneficiary.card_state == CardState::Suspended {
            return Err(Refusal::CardSuspended);
        }
        let envelope = match (pay.envelope, allowed.envelopes.as_slice()) {
            (Some(asked), named) if named.contains(&asked) => asked,
            (Some(asked), _) => return Err(Refusal::EnvelopeNotInConvention(asked)),
            (None, [only]) => *only,
            (None, _) => return Err(Refusal::EnvelopeMissing),
        };
        if ticket.reference.is_voucher() {
            // One that is gone was revoked since the look-up: it is no longer good either.
            voucher.ok_or(Refusal::VoucherExpired)?.pays(envelope, now)?;
        }
        let seen = beneficiary.wallet.balance(envelope);
        let available = beneficiary.wallet.after(envelope, pay.amount, now)?;
        Ok(Self {
            transaction: Transaction {
                id: ticket.transaction,
                partner: ticket.partner.clone(),
                beneficiary: beneficiary.id,
                first_name: beneficiary.first_name.clone(),
                last_name: beneficiary.last_name.clone(),
                reference: ticket.reference.clone(),
                envelope,
                amount: pay.amount,
                available,
                campaign: beneficiary.wallet.campaign,
                at: now,
                state: TransactionState::Paid,
            },
            seen,
        })
    }

    /// The trace that the payment leaves.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// The balance that the decision was made on; the debit holds only while it is still this.
    pub const fn seen(&self) -> Euros {
        self.seen
    }

    /// Whether a voucher is used up by it.
    pub const fn uses_voucher(&self) -> bool {
        self.transaction.reference.is_voucher()
    }
}

/// A debit of one wallet for one partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Time-ordered; the key together with the partner.
    pub id: TransactionId,
    /// Who was paid.
    pub partner: PartnerId,
    /// Whose wallet.
    pub beneficiary: BeneficiaryId,
    /// As checked at the desk.
    pub first_name: Line,
    /// As checked at the desk.
    pub last_name: Line,
    /// The number that was shown.
    pub reference: Reference,
    /// From which envelope.
    pub envelope: Envelope,
    /// How much.
    pub amount: Euros,
    /// What was left in the envelope right after.
    pub available: Euros,
    /// The campaign of the wallet.
    pub campaign: Campaign,
    /// When.
    pub at: Timestamp,
    /// Paid, or cancelled since.
    pub state: TransactionState,
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    /// It stands.
    Paid,
    /// The wallet has the money back.
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
}

/// A cancellation that the rules allow. [`Transaction::cancel`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    transaction: Transaction,
}

impl Cancellation {
    /// The transaction as it will be, cancelled.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }
}

impl Transaction {
    /// The same Paris day, and once (guide §7.2). That it is the partner's own is in its key.
    ///
    /// # Errors
    /// [`Refusal::AlreadyCancelled`], [`Refusal::CancellationDayOver`].
    pub fn cancel(self, now: Timestamp) -> Result<Cancellation, Refusal> {
        self.may_cancel(now)?;
        Ok(Cancellation { transaction: Self { state: TransactionState::Cancelled { at: now }, ..self } })
    }

    /// Whether [`Transaction::cancel`] would say yes.
    ///
    /// # Errors
    /// As [`Transaction::cancel`].
    pub fn may_cancel(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.state {
            TransactionState::Cancelled { .. } => Err(Refusal::AlreadyCancelled),
            TransactionState::Paid if ParisDay::of(now) == ParisDay::of(self.at) => Ok(()),
            TransactionState::Paid => Err(Refusal::CancellationDayOver),
        }
    }
}
