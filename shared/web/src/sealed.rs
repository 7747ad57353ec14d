//! Sealed records, encrypted and authenticated (AES-256-GCM), for addresses or rows that only we may read. Each purpose
//! has its own key, so that one cannot stand in for another. The caller that opens one checks its expiry.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::app::App;
use crate::mint;
use crate::tokens::Signer;

/// The longest sealed text that goes into an address: API Gateway takes 10 KB of addresses and headers together.
pub(crate) const MOST_BYTES_OF_AN_ADDRESS: usize = 3_000;

/// Domain separation: no token's signing input begins so, because those are base64 of a JSON object.
const PURPOSE: &[u8] = b"sealed";

impl Signer {
    /// Seals a record; the text is safe in an address.
    pub fn seal<T: Serialize>(&self, purpose: &str, of: &T) -> String {
        let mut bytes = serde_json::to_vec(of).expect("a record of texts is JSON");
        let nonce = mint::nonce();
        let key = self.sealing_key(purpose);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut bytes)
            .expect("a record is far under the 64 GB that a nonce seals");
        URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat())
    }

    /// The record in a text, if we sealed it for this purpose.
    pub fn unseal<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = self.sealing_key(purpose).open_in_place(nonce, Aad::empty(), sealed).ok()?;
        serde_json::from_slice(opened).ok()
    }

    fn sealing_key(&self, purpose: &str) -> LessSafeKey {
        let derived = Hmac::<Sha256>::new_from_slice(self.secret()).expect("HMAC takes keys of any length");
        let key = derived.chain_update(PURPOSE).chain_update(purpose).finalize().into_bytes();
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("SHA-256 gives the 32 bytes of a key"))
    }
}

/// A record in the address of a page.
#[derive(Serialize, Deserialize)]
struct Addressed<T> {
    whose: String,
    until: Timestamp,
    of: T,
}

impl App {
    /// Seals a record for an address of `page`, so that a POST can redirect (303) to a GET that shows it. It is bound
    /// to `whose` and expires after `life`. `None` when it is too long for an address.
    pub fn address_of<T: Serialize>(&self, page: &str, whose: &str, of: T, life: SignedDuration) -> Option<String> {
        let sealed = self.signer.seal(page, &Addressed { whose: whose.to_owned(), until: self.now() + life, of });
        (sealed.len() <= MOST_BYTES_OF_AN_ADDRESS).then_some(sealed)
    }

    /// The record in an address of `page`, if it is sealed for `whose` and has not expired.
    pub fn in_address<T: DeserializeOwned>(&self, page: &str, whose: &str, sealed: &str) -> Option<T> {
        let opened: Addressed<T> = self.signer.unseal(page, sealed)?;
        (opened.whose == whose && self.now() < opened.until).then_some(opened.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(secret: u8) -> Signer {
        Signer::new(&[secret; 32]).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_for_its_purpose_and_key_alone() {
        let sealed = signer(1).seal("desk", &"2600140532012345");
        assert_eq!(signer(1).unseal::<String>("desk", &sealed).as_deref(), Some("2600140532012345"));
        assert_eq!(signer(1).unseal::<String>("kept", &sealed), None);
        assert_eq!(signer(2).unseal::<String>("desk", &sealed), None);
        assert!(sealed.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{sealed}");
    }

    #[test]
    fn a_sealed_text_shows_nothing_and_bears_no_change() {
        let (first, again) = (signer(1).seal("desk", &"Inès Roux"), signer(1).seal("desk", &"Inès Roux"));
        assert_ne!(first, again, "the same record is never sealed alike");
        let bytes = URL_SAFE_NO_PAD.decode(&first).unwrap();
        assert!(!bytes.windows(4).any(|part| part == b"Roux"));
        for place in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[place] ^= 1;
            assert_eq!(signer(1).unseal::<String>("desk", &URL_SAFE_NO_PAD.encode(altered)), None);
        }
        for text in ["", "é", "AAAA", &first[..12]] {
            assert_eq!(signer(1).unseal::<String>("desk", text), None);
        }
    }
}
