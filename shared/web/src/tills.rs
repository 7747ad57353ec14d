//! The callers at the desk: a session, or a till that authenticates by its key.

use epass_domain::{PartnerId, Role, TillKeyId};
use sha2::{Digest, Sha256};

use crate::mint;
use crate::problem::Problem;
use crate::tokens::Pass;

/// The text of a till's key, `epk_<dossier number>_<64 hexadecimal digits>`. It is shown once; after that only the till
/// knows it.
#[derive(Clone)]
pub struct TillSecret {
    partner: PartnerId,
    text: String,
}

impl std::fmt::Debug for TillSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TillSecret(***)")
    }
}

impl TillSecret {
    /// The prefix of every key, so that secret scanners recognise a leaked one.
    const PREFIX: &str = "epk_";

    /// A new key for a partner's till, with 256 random bits.
    pub fn mint(partner: &PartnerId) -> Self {
        let random: String = mint::key().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { partner: partner.clone(), text: format!("{}{partner}_{random}", Self::PREFIX) }
    }

    /// Parses the text of a key; the store knows whether the key exists.
    pub fn parse(text: &str) -> Option<Self> {
        let (partner, random) = text.strip_prefix(Self::PREFIX)?.split_once('_')?;
        let right = random.len() == 64 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
        right.then_some(())?;
        Some(Self { partner: PartnerId::parse(partner).ok()?, text: text.to_owned() })
    }

    /// The id under which it is stored. 256 random bits need no slow hash.
    pub fn id(&self) -> TillKeyId {
        TillKeyId::of(&Sha256::digest(&self.text).into())
    }

    /// The text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

/// The caller of a route of the desk ([`crate::Access::Desk`]). Handlers of other routes take a [`Pass`], which a till
/// never has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// An account that is signed in.
    Session(Pass),
    /// A till, not yet checked against the store.
    Till(TillPass),
}

/// A till's claimed identity, from the key that was sent. It has no signature of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TillPass {
    /// The till's partner.
    pub partner: PartnerId,
    /// The id of the key.
    pub key: TillKeyId,
}

impl Caller {
    /// The caller that a till's key claims to be.
    pub(crate) fn till(secret: &TillSecret) -> Self {
        Self::Till(TillPass { partner: secret.partner.clone(), key: secret.id() })
    }

    /// The role.
    pub const fn role(&self) -> Role {
        match self {
            Self::Session(pass) => pass.holder.role(),
            Self::Till(_) => Role::Partner,
        }
    }

    /// The session; `None` for a till.
    pub const fn session(&self) -> Option<&Pass> {
        match self {
            Self::Session(pass) => Some(pass),
            Self::Till(_) => None,
        }
    }

    /// The id that limits by person or till count: the account's identifier, or the key's id.
    pub fn counted_as(&self) -> String {
        match self {
            Self::Session(pass) => pass.identifier.to_string(),
            Self::Till(till) => till.key.to_string(),
        }
    }

    /// The partner, for a partner or one of its tills.
    ///
    /// # Errors
    /// [`crate::Kind::Forbidden`] for another role.
    pub fn partner(&self) -> Result<&PartnerId, Problem> {
        match self {
            Self::Session(pass) => pass.partner(),
            Self::Till(till) => Ok(&till.partner),
        }
    }
}

impl From<&Self> for Caller {
    fn from(caller: &Self) -> Self {
        caller.clone()
    }
}

impl From<&Pass> for Caller {
    fn from(pass: &Pass) -> Self {
        Self::Session(pass.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_its_partners_and_hides_in_debug() {
        let secret = TillSecret::mint(&PartnerId::mint(7));
        let read = TillSecret::parse(secret.reveal()).unwrap();
        assert_eq!((read.partner.clone(), read.id()), (PartnerId::mint(7), secret.id()));
        assert_ne!(secret.id(), TillSecret::mint(&PartnerId::mint(7)).id());
        assert_eq!(format!("{secret:?}"), "TillSecret(***)");
        assert!(!secret.reveal().contains(secret.id().as_str()));
    }

    #[test]
    fn what_is_no_key_is_none() {
        let right = TillSecret::mint(&PartnerId::mint(7)).reveal().to_owned();
        for wrong in
            ["", "epk_", "epk_10000007_", &right[1..], &right[..right.len() - 1], &right.replace("epk_1", "epk_0")]
        {
            assert!(TillSecret::parse(wrong).is_none(), "{wrong}");
        }
        assert!(TillSecret::parse(&format!("{right}0")).is_none());
    }
}
