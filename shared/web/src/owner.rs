//! Binds forms to accounts. Each form on a page for a signed-in account has a mark of that account. A form that one
//! account opened, and that is sent after another one signed in on the same device, is therefore not carried out for
//! the other account.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use epass_domain::Identifier;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::tokens::Signer;

/// Domain separation: no other digest of ours begins so.
const PURPOSE: &[u8] = b"form of an account";

/// The length of the truncated digest, in bytes: enough to tell accounts apart.
const BYTES: usize = 9;

/// The mark of the account that is signed in, for readers of bodies: a form with another mark is not this account's.
#[derive(Clone, Debug)]
pub(crate) struct Owner(pub(crate) String);

impl Owner {
    /// Whether a form with this mark belongs to the account. A form without a mark comes from a program, not from a
    /// page of ours.
    pub(crate) fn owns(&self, mark: Option<&str>) -> bool {
        mark.is_none_or(|mark| mark == self.0)
    }
}

impl Signer {
    /// The mark of an account.
    pub(crate) fn mark(&self, account: &Identifier) -> String {
        let digest = Hmac::<Sha256>::new_from_slice(self.secret()).expect("HMAC takes keys of any length");
        let digest = digest.chain_update(PURPOSE).chain_update(account.as_str()).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(&digest[..BYTES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::{FIELD, taken};

    #[test]
    fn a_form_of_another_account_is_not_this_ones_and_the_mark_is_no_field() {
        let signer = Signer::new(&[1; 32]).unwrap();
        let mark = |name: &str| signer.mark(&Identifier::parse(name).unwrap());
        assert_ne!(mark("partenaire"), mark("cinema"));
        let mut pairs = vec![("a".to_owned(), "1".to_owned()), (FIELD.to_owned(), mark("cinema"))];
        let taken = taken(&mut pairs);
        assert_eq!((pairs.len(), taken.as_deref()), (1, Some(mark("cinema").as_str())));
        assert!(!Owner(mark("partenaire")).owns(taken.as_deref()));
        assert!(Owner(mark("cinema")).owns(taken.as_deref()) && Owner(mark("cinema")).owns(None));
    }
}
