//! A till's key: what a shop's own software signs its requests to the desk with, in place of somebody's session.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::kept_as_text;
use crate::{Fault, Line, ParisDay, PartnerId};

/// Names a key: the SHA-256 of its text, 64 hexadecimal digits. Whoever knows the name cannot make the key of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TillKeyId(String);

impl TillKeyId {
    /// The name of the key whose text has this SHA-256.
    pub fn of(sha256: &[u8; 32]) -> Self {
        Self(sha256.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Reads a name from a path.
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

/// A key as it is kept: everything but its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillKey {
    /// Whose till.
    pub partner: PartnerId,
    /// Which key.
    pub id: TillKeyId,
    /// What the partner calls the till.
    pub name: Line,
    /// When the key was made.
    pub created_at: Timestamp,
    /// The first instant at which it opens nothing; keys of an earlier version have none, and end a year after they were made.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// Whether the partner was told that it is about to end.
    #[serde(default)]
    pub is_end_told: bool,
    /// How many requests came with it.
    pub uses: u64,
    /// When the latest of them came.
    pub last_used_at: Option<Timestamp>,
    /// Since when it opens nothing.
    pub revoked_at: Option<Timestamp>,
}

impl TillKey {
    /// The most keys of one partner that open the desk at the same time.
    pub const MOST: u32 = 10;

    /// The longest name of a till.
    pub const NAME: usize = 60;

    /// How long a key opens the desk before it has to be renewed: a year, to the end of its last day.
    const DAYS: i32 = 365;

    /// How long before its end the partner is told.
    const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// A key that has just been made.
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

    /// When a key that is made or renewed at `now` ends.
    pub fn end_from(now: Timestamp) -> Timestamp {
        ParisDay::of(now).plus_days(Self::DAYS).ends()
    }

    /// The first instant at which it opens nothing.
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at.unwrap_or_else(|| Self::end_from(self.created_at))
    }

    /// The last day on which it opens the desk.
    pub fn last_day(&self) -> ParisDay {
        ParisDay::of(self.ends_at() - SignedDuration::from_secs(1))
    }

    /// Whether it still opens the desk.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.ends_at()
    }

    /// Whether the partner is to be told that it ends.
    pub fn is_to_be_told(&self, now: Timestamp) -> bool {
        self.is_live(now) && !self.is_end_told && now >= self.ends_at() - Self::NOTICE
    }
}

/// Why the rules of till keys refuse what was asked. Nothing has changed when one comes back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TillRefusal {
    /// A partner has ten live keys at most.
    #[error("Vous avez déjà 10 clés en service : révoquez-en une avant d’en créer une autre.")]
    TooManyKeys,
    /// A till's key is shown once, to whoever made it.
    #[error(
        "Cette clé est déjà créée et ne s’affiche qu’une fois. Si vous ne l’avez pas notée, révoquez-la et créez-en une autre."
    )]
    KeyShown,
}

impl TillRefusal {
    /// The word for machines; it never changes.
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
