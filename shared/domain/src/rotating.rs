//! The rotating code: a phone shows it in place of number and birth date, and it is valid for a minute at most.
//!
//! It has 29 digits, which a QR code packs best and which every keyboard layout leaves unchanged: the file number, then
//! 64 bits of a signature over it and the half minute in which it was shown. The code does not contain the half minute:
//! the server tries the current one and the previous one by its own clock, so the phone's clock never matters.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::numbers::FileNumber;
use crate::text::{grouped, hidden_in_debug, is_digits};
use crate::typed::code::without_separators;
use crate::{Fault, Reference};

/// Half a minute, counted from 1970: the validity window of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(u64);

impl Window {
    /// The time for which the same code is shown, in seconds.
    pub const SECONDS: u64 = 30;

    /// The window of an instant.
    pub fn of(now: Timestamp) -> Self {
        Self(now.as_second().max(0).unsigned_abs() / Self::SECONDS)
    }

    /// The windows whose codes are valid at `now`: the current one, and the previous one for a code that was just
    /// scanned.
    pub fn good(now: Timestamp) -> [Self; 2] {
        let Self(current) = Self::of(now);
        [Self(current), Self(current.saturating_sub(1))]
    }

    /// The number of the window, for the signature and for the record of used codes.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The end of the window: the next code is shown from this instant on.
    pub fn ends(self) -> Timestamp {
        instant((self.0 + 1) * Self::SECONDS)
    }

    /// The expiry of its code: the first instant at which it opens nothing.
    pub fn stale(self) -> Timestamp {
        instant((self.0 + 2) * Self::SECONDS)
    }
}

fn instant(second: u64) -> Timestamp {
    i64::try_from(second).ok().and_then(|second| Timestamp::from_second(second).ok()).unwrap_or(Timestamp::MAX)
}

/// A scanned code of the right shape, not verified yet. The signer of `web` makes and verifies codes.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct RotatingCode(String);

impl RotatingCode {
    /// The number of digits of a code.
    pub const DIGITS: usize = FileNumber::DIGITS + PROOF_DIGITS;

    /// Reads a code; spaces, dots and hyphens do not count. Only the signature check judges the digits, so that an
    /// altered code and an expired one get the same message.
    ///
    /// # Errors
    /// `missing` when blank, `code` when it is not 29 digits.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits = without_separators(text);
        if is_digits(&digits, Self::DIGITS) {
            Ok(Self(digits))
        } else if digits.is_empty() {
            Err(Fault::missing())
        } else {
            Err(Fault::new(
                "code",
                "Scannez le code affiché maintenant sur le téléphone du jeune : il compte 29 chiffres.",
            ))
        }
    }

    /// The code of a file number with this proof.
    pub fn of(file: &FileNumber, proof: u64) -> Self {
        Self(format!("{}{proof:0PROOF_DIGITS$}", file.as_str()))
    }

    /// The 29 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file number that the code claims, and its proof; `None` if no signer can have made it.
    pub fn claim(&self) -> Option<(FileNumber, u64)> {
        let (file, proof) = self.0.split_at(FileNumber::DIGITS);
        Some((FileNumber::parse(file).ok()?, proof.parse().ok()?))
    }
}

/// The number of digits that hold 64 bits.
const PROOF_DIGITS: usize = 20;

impl fmt::Display for RotatingCode {
    /// `123 456 789 0123 4567 8901 2345 6789`: for typing without a scanner.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0, &[3, 3, 3, 4, 4, 4, 4, 4]))
    }
}

/// A verified code: the phone of this beneficiary showed it in that window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The beneficiary's file number.
    pub file: FileNumber,
    /// The window in which it was shown.
    pub window: Window,
}

impl Shown {
    /// The number that replaces the code from here on.
    pub fn reference(&self) -> Reference {
        Reference::File(self.file.clone())
    }
}

hidden_in_debug!(RotatingCode);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_window_is_good_for_itself_and_the_next() {
        let shown = Window::of(at(59));
        assert_eq!((shown.number(), shown.ends(), shown.stale()), (1, at(60), at(90)));
        assert!(Window::good(at(30)).contains(&shown) && Window::good(at(89)).contains(&shown));
        assert!(!Window::good(at(29)).contains(&shown) && !Window::good(at(90)).contains(&shown));
    }

    #[test]
    fn nothing_but_29_digits_is_a_code_and_it_hides_in_debug() {
        let code = RotatingCode::of(&FileNumber::mint(12_345_678), 42);
        assert_eq!(code.to_string(), "123 456 782 0000 0000 0000 0000 0042");
        assert_eq!(format!("{code:?}"), "RotatingCode(***)");
        assert_eq!(RotatingCode::parse(" ").unwrap_err().code, "missing");
        for wrong in ["1234567820000000000000000004", "123456782000000000000000000422", "12345678200000000000000000O42"]
        {
            assert_eq!(RotatingCode::parse(wrong).unwrap_err().code, "code", "{wrong}");
        }
    }

    #[test]
    fn what_no_signer_wrote_claims_nothing() {
        let claim = |text: &str| RotatingCode::parse(text).unwrap().claim();
        assert!(claim("12345678200000000000000000042").is_some());
        assert_eq!(claim("12345678300000000000000000042"), None, "no such file number");
        assert_eq!(claim("12345678299999999999999999999"), None, "more than 64 bits");
    }

    proptest! {
        #[test]
        fn a_code_reads_back_as_it_is_shown(payload in any::<u64>(), proof in any::<u64>()) {
            let file = FileNumber::mint(payload);
            let code = RotatingCode::parse(&RotatingCode::of(&file, proof).to_string()).unwrap();
            prop_assert_eq!(code.claim(), Some((file, proof)));
        }
    }
}
