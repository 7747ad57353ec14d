//! What a look-up hands to the payment that follows it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{BeneficiaryId, ParisDay, PartnerId, Reference, TransactionId, TransactionRefusal};

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
    /// [`TransactionRefusal::TicketExpired`].
    pub fn live(&self, now: Timestamp) -> Result<(), TransactionRefusal> {
        let fresh = now < self.minted_at + Self::LIFE && ParisDay::of(now) == ParisDay::of(self.minted_at);
        if fresh { Ok(()) } else { Err(TransactionRefusal::TicketExpired) }
    }
}
