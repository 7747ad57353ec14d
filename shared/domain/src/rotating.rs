//! The rotating code: what a phone shows in place of number and birth date, good for a minute at most.
//!
//! 29 digits, which a QR code packs best and every keyboard layout leaves alone: the file number, then 64 bits of a
//! signature over it and the half minute in which it was shown. The half minute is not in the code: whoever checks it
//! tries the current one and the one before by its own clock, so the phone's clock never matters.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::numbers::FileNumber;
use crate::text::{grouped, hidden_in_debug, is_digits};
use crate::typed::code::without_separators;
use crate::{Fault, Reference};

/// Half a minute, counted from 1970: a code is made in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(u64);

impl Window {
    /// How long the same code is shown.
    pub const SECONDS: u64 = 30;

    /// The half minute of an instant.
    pub fn of(now: Timestamp) -> Self {
        Self(now.as_second().max(0).unsigned_abs() / Self::SECONDS)
    }

    /// Those whose codes are good at `now`: the current one, and the one before for a code that was just scanned.
    pub fn good(now: Timestamp) -> [Self; 2] {
        let Self(current) = Self::of(now);
        [Self(current), Self(current.saturating_sub(1))]
    }

    /// Its number, for the signature and for what remembers that it served.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The first instant after it: the next code is shown from here on.
    pub fn ends(self) -> Timestamp {
        instant((self.0 + 1) * Self::SECONDS)
    }

    /// The first instant at which its code opens nothing any more.
    pub fn stale(self) -> Timestamp {
        instant((self.0 + 2) * Self::SECONDS)
    }
}

fn instant(second: u64) -> Timestamp {
    i64::try_from(second).ok().and_then(|second| Timestamp::from_second(second).ok()).unwrap_or(Timestamp::MAX)
}

/// A code as it was scanned: of the right shape, and not believed yet. The web's signer makes and checks them.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub struct RotatingCode(String);

impl RotatingCode {
    /// The digits of a code, and of the file number that it begins with.
    pub const DIGITS: usize = FileNumber::DIGITS + PROOF_DIGITS;

    /// Reads a code; spaces, dots and hyphens do not count. What its digits say is for the signature to judge, so that
    /// an altered one is told like one that is stale.
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

    /// The code of a file number under this proof.
    pub fn of(file: &FileNumber, proof: u64) -> Self {
        Self(format!("{}{proof:0PROOF_DIGITS$}", file.as_str()))
    }

    /// The 29 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whose code it says to be, and the proof of it; none where no signer can have written it.
    pub fn claim(&self) -> Option<(FileNumber, u64)> {
        let (file, proof) = self.0.split_at(FileNumber::DIGITS);
        Some((FileNumber::parse(file).ok()?, proof.parse().ok()?))
    }
}

/// As many digits as 64 bits fill.
const PROOF_DIGITS: usize = 20;

impl fmt::Display for RotatingCode {
    /// `123 456 789 0123 4567 8901 2345 6789`: to be typed where nothing scans it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(&self.0, &[3, 3, 3, 4, 4, 4, 4, 4]))
    }
}

/// A code whose signature was checked: this young person's phone showed it in that half minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whose.
    pub file: FileNumber,
    /// When.
    pub window: Window,
}

impl Shown {
    /// The number that stands for the code from here on.
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
