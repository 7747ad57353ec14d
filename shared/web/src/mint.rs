//! The only module that makes random values: ids, numbers, provisional passwords.

use std::sync::atomic::{AtomicU32, Ordering};

use epass_domain::{
    ArrivalId, BeneficiaryId, BonPlanId, EnrolmentId, MailId, Password, SessionId, SortieId, StepId, TransactionId,
    VoucherNumber,
};
use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// A transaction's id, with the instant of its look-up.
pub fn transaction_id(now: Timestamp) -> TransactionId {
    TransactionId(time_ordered(now))
}

/// A bon plan's id.
pub fn bon_plan_id(now: Timestamp) -> BonPlanId {
    BonPlanId(time_ordered(now))
}

/// The id of a registration for a bon plan, with the instant at which the request arrived.
pub fn arrival_id(now: Timestamp) -> ArrivalId {
    ArrivalId(time_ordered(now))
}

/// An outing's code; the caller that stores it checks that it is free.
pub fn sortie_id() -> SortieId {
    SortieId::mint(rand::random())
}

/// The id of an entry of an outing's timeline.
pub fn step_id(now: Timestamp) -> StepId {
    StepId(time_ordered(now))
}

/// A mail's id.
pub fn mail_id(now: Timestamp) -> MailId {
    MailId(time_ordered(now))
}

/// A session's id: 122 random bits.
pub fn session_id() -> SessionId {
    SessionId(random_id())
}

/// The id of a device.
pub fn device_id() -> Uuid {
    random_id()
}

/// The id of a new beneficiary.
pub fn beneficiary_id() -> BeneficiaryId {
    BeneficiaryId(random_id())
}

/// The id of a registration, which its mailed link contains: 122 random bits.
pub fn enrolment_id() -> EnrolmentId {
    EnrolmentId(random_id())
}

fn random_id() -> Uuid {
    Builder::from_random_bytes(rand::random()).into_uuid()
}

/// A number for a dossier, a card or an identifier; the caller that stores it checks that it is free.
pub fn number() -> u64 {
    rand::random()
}

/// A voucher's number: 50 random bits; the caller that stores it checks that it is free.
pub fn voucher_number() -> VoucherNumber {
    VoucherNumber::mint(rand::random())
}

/// 256 random bits: for a till's key, and for the local runner's signing key.
pub fn key() -> [u8; 32] {
    rand::random()
}

/// A nonce of AES-GCM, different for each sealed text.
pub(crate) fn nonce() -> [u8; 12] {
    rand::random()
}

/// The id of a form that is kept across a sign-in: 122 random bits.
pub(crate) fn kept_id() -> Uuid {
    random_id()
}

/// The id of a form whose POST creates something only once (idempotency key).
pub fn form_id() -> Uuid {
    Builder::from_random_bytes(rand::random()).into_uuid()
}

/// A provisional password, to be mailed.
pub fn provisional_password() -> Password {
    Password::provisional(&rand::random())
}

/// A UUIDv7 (RFC 9562) of `now`. Ids minted in the same millisecond by one process keep their order, so that two mails
/// of one change are sent in order.
fn time_ordered(now: Timestamp) -> Uuid {
    static MINTED: AtomicU32 = AtomicU32::new(0);
    counted(now, MINTED.fetch_add(1, Ordering::Relaxed))
}

/// The 26 bits after the millisecond count up (RFC 9562, 6.2, method 1); the 48 bits after those are random.
fn counted(now: Timestamp, count: u32) -> Uuid {
    let mut bytes: [u8; 10] = rand::random();
    // The version precedes the 12 bits of the first two bytes, the variant precedes the 6 bits of the third.
    [bytes[0], bytes[1]] = (((count >> 14) & 0x0FFF) as u16).to_be_bytes();
    [bytes[2], bytes[3]] = ((count & 0x3FFF) as u16).to_be_bytes();
    Builder::from_unix_timestamp_millis(now.as_millisecond().max(0).unsigned_abs(), &bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_keep_their_order() {
        let now = Timestamp::UNIX_EPOCH;
        let ids: Vec<Uuid> = (0..100_000).map(|count| counted(now, count)).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
        let later = counted(Timestamp::from_millisecond(1).unwrap(), 0);
        assert!(ids.iter().all(|id| *id < later), "the millisecond comes first");
    }
}
