//! Signs and checks rotating codes, with a key derived from the signing key for this purpose.

use epass_domain::{FileNumber, RotatingCode, Shown, Window};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::tokens::Signer;

/// Domain separation: no token's signing input begins so, because those are base64 of a JSON object.
const PURPOSE: &[u8] = b"rotating-code";

impl Signer {
    /// The code on this young person's phone now, until [`Window::ends`].
    pub fn rotating_code(&self, file: &FileNumber, now: Timestamp) -> RotatingCode {
        let signature = self.over(file, Window::of(now)).finalize().into_bytes();
        let (proof, _) = signature.split_first_chunk().expect("SHA-256 gives 32 bytes");
        RotatingCode::of(file, u64::from_be_bytes(*proof))
    }

    /// The holder of a code and the time of its window, if we signed it for the current half minute or the one before.
    /// Compares in constant time.
    pub fn shown(&self, code: &RotatingCode, now: Timestamp) -> Option<Shown> {
        let (file, proof) = code.claim()?;
        let is_of = |window: &Window| self.over(&file, *window).verify_truncated_left(&proof.to_be_bytes()).is_ok();
        let window = Window::good(now).into_iter().find(is_of)?;
        Some(Shown { file, window })
    }

    fn over(&self, file: &FileNumber, window: Window) -> Hmac<Sha256> {
        let key = Hmac::<Sha256>::new_from_slice(self.secret()).expect("HMAC takes keys of any length");
        key.chain_update(PURPOSE).chain_update(file.as_str()).chain_update(window.number().to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(secret: u8) -> Signer {
        Signer::new(&[secret; 32]).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 / 30 * 30 + second).unwrap()
    }

    #[test]
    fn a_code_is_good_for_its_half_minute_and_the_next_one() {
        let (signer, file) = (signer(1), FileNumber::mint(7));
        let code = signer.rotating_code(&file, at(3));
        assert_eq!(code, signer.rotating_code(&file, at(29)), "the same one for half a minute");
        assert_ne!(code, signer.rotating_code(&file, at(30)));
        let shown = Some(Shown { file, window: Window::of(at(3)) });
        assert_eq!(signer.shown(&code, at(3)), shown);
        assert_eq!(signer.shown(&code, at(59)), shown);
        assert_eq!(signer.shown(&code, at(60)), None, "photographed");
        assert_eq!(signer.shown(&code, at(-1)), None, "not yet");
    }

    #[test]
    fn another_key_and_another_file_make_another_code() {
        let (file, other) = (FileNumber::mint(7), FileNumber::mint(8));
        let code = signer(1).rotating_code(&file, at(0));
        assert_eq!(signer(2).shown(&code, at(0)), None);
        let swapped = format!("{}{}", other.as_str(), &code.as_str()[9..]);
        assert_eq!(signer(1).shown(&RotatingCode::parse(&swapped).unwrap(), at(0)), None);
    }

    #[test]
    fn no_digit_of_a_code_can_be_changed() {
        let code = signer(1).rotating_code(&FileNumber::mint(7), at(0));
        for place in 0..RotatingCode::DIGITS {
            for digit in b'0'..=b'9' {
                let mut digits = code.as_str().as_bytes().to_vec();
                digits[place] = digit;
                let altered = RotatingCode::parse(std::str::from_utf8(&digits).unwrap()).unwrap();
                assert_eq!(signer(1).shown(&altered, at(0)).is_some(), altered == code, "digit {place}");
            }
        }
    }
}
