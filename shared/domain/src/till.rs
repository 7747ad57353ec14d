//! A till's key: what a shop's own software signs its requests to the desk with, in place of somebody's session.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text::kept_as_text;
use crate::{Fault, Line, PartnerId};

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

    /// A key that has just been made.
    pub const fn made(partner: PartnerId, id: TillKeyId, name: Line, now: Timestamp) -> Self {
        Self { partner, id, name, created_at: now, uses: 0, last_used_at: None, revoked_at: None }
    }

    /// Whether it still opens the desk.
    pub const fn is_live(&self) -> bool {
        self.revoked_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_64_hexadecimal_digits() {
        let id = TillKeyId::of(&[0xA7; 32]);
        assert_eq!(TillKeyId::parse(id.as_str()), Ok(id.clone()));
        for wrong in ["", "a7", &id.as_str().to_uppercase(), &format!("{id}0"), &"é".repeat(32)] {
            assert_eq!(TillKeyId::parse(wrong).unwrap_err().code, "till_key");
        }
    }
}
