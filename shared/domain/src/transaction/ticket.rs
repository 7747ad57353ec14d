//! The ticket that links a look-up to the payment that follows it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{BeneficiaryId, ParisDay, PartnerId, Reference, TransactionId, TransactionRefusal};

/// The signed ticket that a look-up hands to the payment that follows it. It carries the transaction's id, which makes
/// the payment idempotent: a retry finds the first payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The partner that looked the beneficiary up.
    pub partner: PartnerId,
    /// The beneficiary who was found.
    pub beneficiary: BeneficiaryId,
    /// The number that was shown at the desk.
    pub reference: Reference,
    /// The id that the payment will have.
    pub transaction: TransactionId,
    /// The time of the look-up.
    pub minted_at: Timestamp,
}

impl Ticket {
    /// The lifetime of a ticket.
    pub const LIFE: SignedDuration = SignedDuration::from_mins(15);

    /// Checks that a first payment may still be made with the ticket: within a quarter of an hour and on the same Paris
    /// day, so that the day in the transaction's id is the day of the payment.
    ///
    /// # Errors
    /// [`TransactionRefusal::TicketExpired`].
    pub fn live(&self, now: Timestamp) -> Result<(), TransactionRefusal> {
        let fresh = now < self.minted_at + Self::LIFE && ParisDay::of(now) == ParisDay::of(self.minted_at);
        if fresh { Ok(()) } else { Err(TransactionRefusal::TicketExpired) }
    }
}
