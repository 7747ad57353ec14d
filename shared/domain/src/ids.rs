//! Identifiers that the product makes itself; each one is its own type, so that they cannot be confused.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Fault;
use crate::typed::code::without_separators;

/// The partner's *numéro de dossier*: eight digits, the first not zero. It is also its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartnerId(String);

impl PartnerId {
    /// Reads a dossier number; separators do not count.
    ///
    /// # Errors
    /// `dossier_number` unless it is eight digits.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = without_separators(text);
        let right = digits.len() == 8 && digits.chars().all(|c| c.is_ascii_digit()) && !digits.starts_with('0');
        if right {
            Ok(Self(digits))
        } else {
            Err(Fault::new("dossier_number", "Un numéro de dossier compte huit chiffres."))
        }
    }

    /// Makes a number from `random`; the store checks that it is free.
    pub fn mint(random: u64) -> Self {
        Self((10_000_000 + random % 90_000_000).to_string())
    }

    /// The eight digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PartnerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PartnerId {
    type Error = Fault;
    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<PartnerId> for String {
    fn from(id: PartnerId) -> Self {
        id.0
    }
}

/// The internal id of a beneficiary; people use the card or file number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BeneficiaryId(pub Uuid);

impl BeneficiaryId {
    /// Reads an id from a path.
    ///
    /// # Errors
    /// `beneficiary_id` unless it is a UUID.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Uuid::try_parse(text).map(Self).map_err(|_| Fault::new("beneficiary_id", "Ce jeune n’existe pas."))
    }
}

/// The id of a registration in progress; the link in its mail carries it, signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EnrolmentId(pub Uuid);

impl EnrolmentId {
    /// Reads an id from a link.
    ///
    /// # Errors
    /// `enrolment_id` unless it is a UUID.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Uuid::try_parse(text.trim()).map(Self).map_err(|_| Fault::new("enrolment_id", "Ce lien n’est pas entier."))
    }
}

/// The id of a transaction: a UUIDv7 minted at the look-up of the beneficiary. It sorts by time, and a retry carries
/// the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TransactionId(pub Uuid);

impl TransactionId {
    /// Reads an id from a path.
    ///
    /// # Errors
    /// `transaction_id` unless it is a UUID.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Uuid::try_parse(text)
            .map(Self)
            .map_err(|_| Fault::new("transaction_id", "Ce numéro de transaction n’existe pas."))
    }

    /// The number that people read on receipts, statements and exports: a T, so that no spreadsheet reads
    /// `61050052e292` as an amount, and the last twelve characters, which are random.
    pub fn number(self) -> String {
        let whole = self.to_string();
        format!("T{}", whole.rsplit('-').next().unwrap_or(&whole))
    }

    /// The Paris day of the look-up, which is also the day of the payment.
    pub fn day(self) -> crate::ParisDay {
        let milliseconds = i64::try_from(self.0.as_u128() >> 80).expect("48 bits fit");
        crate::ParisDay::of(jiff::Timestamp::from_millisecond(milliseconds).unwrap_or(jiff::Timestamp::MAX))
    }

    /// The smallest id of an instant: an inclusive bound for a range of days.
    pub fn earliest(at: jiff::Timestamp) -> Self {
        Self(Uuid::from_u128((at.as_millisecond().max(0).unsigned_abs() as u128) << 80))
    }

    /// The previous id: a bound for a range that excludes this one.
    #[must_use]
    pub fn before(self) -> Self {
        Self(Uuid::from_u128(self.0.as_u128().saturating_sub(1)))
    }
}

/// The id of a session, within its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionId(pub Uuid);

/// The id of a mail in the outbox: a UUIDv7, so that a recipient's mails keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MailId(pub Uuid);

/// The id of a bon plan: a UUIDv7, so that a partner's bons plans sort by creation time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BonPlanId(pub Uuid);

impl BonPlanId {
    /// Reads an id from a path.
    ///
    /// # Errors
    /// `bon_plan_id` unless it is a UUID.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Uuid::try_parse(text).map(Self).map_err(|_| Fault::new("bon_plan_id", "Ce bon plan n’existe pas."))
    }
}

/// The id of a registration for a bon plan: a UUIDv7 minted when the request arrived, so that the waiting list keeps
/// the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ArrivalId(pub Uuid);

impl ArrivalId {
    /// Reads an id from a query.
    ///
    /// # Errors
    /// `arrival_id` unless it is a UUID.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Uuid::try_parse(text).map(Self).map_err(|_| Fault::new("arrival_id", "Cette page de la liste n’existe pas."))
    }
}

/// The id of an entry in an outing's timeline: a UUIDv7, so that entries keep their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId(pub Uuid);

impl StepId {
    /// Reads an id from a query.
    ///
    /// # Errors
    /// `step_id` unless it is a UUID.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Uuid::try_parse(text).map(Self).map_err(|_| Fault::new("step_id", "Cette page du suivi n’existe pas."))
    }
}

macro_rules! shown_as_uuid {
    ($($id:ident),*) => {$(
        impl std::fmt::Display for $id {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}
shown_as_uuid!(BeneficiaryId, EnrolmentId, TransactionId, SessionId, MailId, BonPlanId, ArrivalId, StepId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_an_instant_sort_after_its_bound_and_before_the_next() {
        let at: jiff::Timestamp = "2026-11-22T23:00:00Z".parse().unwrap();
        let id = uuid::Builder::from_unix_timestamp_millis(at.as_millisecond().unsigned_abs(), &[0; 10]).into_uuid();
        let id = TransactionId(id);
        assert!(TransactionId::earliest(at) <= id);
        assert!(id < TransactionId::earliest(at + jiff::SignedDuration::from_millis(1)));
        assert_eq!(id.day(), crate::ParisDay::of(at));
        assert!(TransactionId::earliest(at).to_string() <= id.to_string(), "text sorts as the id does");
    }

    #[test]
    fn a_dossier_number_is_eight_digits() {
        assert!(PartnerId::parse(PartnerId::mint(u64::MAX).as_str()).is_ok());
        assert!(PartnerId::parse("0123 4567").is_err());
    }
}
