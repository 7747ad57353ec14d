//! Till keys: a shop's own software uses one to sign its requests to the desk, instead of a session.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::kept_as_text;
use crate::{Fault, Line, ParisDay, PartnerId};

/// The id of a key: the SHA-256 of its text, 64 hexadecimal digits. The key cannot be derived from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TillKeyId(String);

impl TillKeyId {
    /// The id of the key whose text has this SHA-256.
    pub fn of(sha256: &[u8; 32]) -> Self {
        Self(sha256.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Reads an id from a path.
    ///
    /// # Errors
    /// `till_key` unless it is 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let right = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if right { Ok(Self(text.to_owned())) } else { Err(Fault::new("till_key", "Cette clé n’existe pas.")) }
    }

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TillKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

kept_as_text!(TillKeyId);

/// A stored key: everything but its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillKey {
    /// The partner that owns the till.
    pub partner: PartnerId,
    /// The id of the key.
    pub id: TillKeyId,
    /// The partner's name for the till.
    pub name: Line,
    /// The time at which the key was made.
    pub created_at: Timestamp,
    /// The expiry: the first instant at which it opens nothing. `None` in keys of an earlier version, which expire a
    /// year after they were made.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// Whether the partner was told that the key is about to expire.
    #[serde(default)]
    pub is_end_told: bool,
    /// The number of requests made with it.
    pub uses: u64,
    /// The time of the latest request.
    pub last_used_at: Option<Timestamp>,
    /// The time of its revocation; from then on it opens nothing.
    pub revoked_at: Option<Timestamp>,
}

impl TillKey {
    /// The maximum number of live keys of one partner.
    pub const MOST: u32 = 10;

    /// The maximum length of a till's name, in characters.
    pub const NAME: usize = 60;

    /// The lifetime of a key in days, before it has to be renewed: a year, to the end of its last day.
    const DAYS: i32 = 365;

    /// The time before the expiry at which the partner is told.
    const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// A new key.
    pub fn made(partner: PartnerId, id: TillKeyId, name: Line, now: Timestamp) -> Self {
        Self {
            partner,
            id,
            name,
            created_at: now,
            ends_at: Some(Self::end_from(now)),
            is_end_told: false,
            uses: 0,
            last_used_at: None,
            revoked_at: None,
        }
    }

    /// The expiry of a key that is made or renewed at `now`.
    pub fn end_from(now: Timestamp) -> Timestamp {
        ParisDay::of(now).plus_days(Self::DAYS).ends()
    }

    /// The expiry: the first instant at which it opens nothing.
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at.unwrap_or_else(|| Self::end_from(self.created_at))
    }

    /// The last day on which it opens the desk.
    pub fn last_day(&self) -> ParisDay {
        ParisDay::of(self.ends_at() - SignedDuration::from_secs(1))
    }

    /// Whether it opens the desk.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.ends_at()
    }

    /// Whether the partner has to be told that it expires.
    pub fn is_to_be_told(&self, now: Timestamp) -> bool {
        self.is_live(now) && !self.is_end_told && now >= self.ends_at() - Self::NOTICE
    }
}

/// A refusal by the rules of till keys. A refused request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TillRefusal {
    /// The partner already has ten live keys.
    #[error("Vous avez déjà 10 clés en service : révoquez-en une avant d’en créer une autre.")]
    TooManyKeys,
    /// The key was already made; its text is shown once, to the person who made it.
    #[error(
        "Cette clé est déjà créée et ne s’affiche qu’une fois. Si vous ne l’avez pas notée, révoquez-la et créez-en une autre."
    )]
    KeyShown,
}

impl TillRefusal {
    /// The stable machine-readable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooManyKeys => "too_many_till_keys",
            Self::KeyShown => "till_key_shown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_the_desk_for_a_year_and_a_month_before_its_end_the_partner_is_told() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let made = at("2026-11-24T10:00:00+01:00");
        let key = TillKey::made(PartnerId::mint(1), TillKeyId::of(&[1; 32]), Line::parse("Caisse", 60).unwrap(), made);
        assert_eq!(key.last_day().iso(), "2027-11-24");
        assert!(key.is_live(at("2027-11-24T23:59:59+01:00")) && !key.is_live(at("2027-11-25T00:00:00+01:00")));
        let told = |key: &TillKey, text| key.is_to_be_told(at(text));
        assert!(!told(&key, "2027-10-25T23:59:59+02:00") && told(&key, "2027-10-26T10:00:00+02:00"));
        assert!(!told(&TillKey { is_end_told: true, ..key.clone() }, "2027-11-20T10:00:00+01:00"));
        let earlier = TillKey { ends_at: None, ..key.clone() };
        assert_eq!(earlier.ends_at(), key.ends_at(), "a key of an earlier version ends as well");
        assert!(!TillKey { revoked_at: Some(made), ..key }.is_live(made));
    }

    #[test]
    fn a_name_is_64_hexadecimal_digits() {
        let id = TillKeyId::of(&[0xA7; 32]);
        assert_eq!(TillKeyId::parse(id.as_str()), Ok(id.clone()));
        for wrong in ["", "a7", &id.as_str().to_uppercase(), &format!("{id}0"), &"é".repeat(32)] {
            assert_eq!(TillKeyId::parse(wrong).unwrap_err().code, "till_key");
        }
    }
}
