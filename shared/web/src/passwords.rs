//! Argon2id as OWASP asks at least: 19 MiB, two passes, one lane.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use epass_domain::{Account, Password, PasswordHash, is_invisible};
use jiff::Timestamp;

static ARGON2: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(19 * 1024, 2, 1, None).expect("OWASP's parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
});

/// Stands in where there is no password to compare with, so that every answer costs the same time.
static NOBODY: LazyLock<PasswordHash> = LazyLock::new(|| hash(&Password::provisional(&rand::random())));

/// What a password opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The chosen password: everything.
    Chosen,
    /// A mailed one: only changing it.
    Provisional,
}

/// Hashes a password with a fresh salt.
pub fn hash(password: &Password) -> PasswordHash {
    let hashed = ARGON2.hash_password(password.as_str().as_bytes()).expect("a password of 24 characters can be hashed");
    PasswordHash(hashed.to_string())
}

/// What `typed` opens of `account` at `now`, if anything. Always compares twice, whether or not the account exists or has
/// a provisional password, so that the time tells nothing. A chosen password counts as typed, or without the invisible characters
/// that a copy brings along; a provisional one also without surrounding space.
pub fn check(account: Option<&Account>, typed: &str, now: Timestamp) -> Option<Opened> {
    let chosen = account.and_then(|account| account.password.as_ref());
    let mailed = account.and_then(|account| account.provisional.as_ref()).filter(|mailed| mailed.is_live(now));
    let seen: String = typed.chars().filter(|c| !is_invisible(*c) && !c.is_control()).collect();
    let opens = |hash: &PasswordHash| matches(hash, typed) || (seen != typed && matches(hash, &seen));
    let is_chosen = opens(chosen.unwrap_or(&NOBODY)) && chosen.is_some();
    let as_mailed = Password::as_mailed(typed);
    let is_mailed = matches(mailed.map_or(&*NOBODY, |mailed| &mailed.hash), &as_mailed) && mailed.is_some();
    match (is_chosen, is_mailed) {
        (true, _) => Some(Opened::Chosen),
        (false, true) => Some(Opened::Provisional),
        (false, false) => None,
    }
}

fn matches(hash: &PasswordHash, typed: &str) -> bool {
    Phc::new(&hash.0).is_ok_and(|known| ARGON2.verify_password(typed.as_bytes(), &known).is_ok())
}

#[cfg(test)]
mod tests {
    use epass_domain::{Email, Holder, Identifier, Line, Provisional};

    use super::*;

    #[test]
    fn a_copied_password_opens_though_the_copy_brought_something_along() {
        let (chosen, mailed) = (Password::parse("Demo 2026").unwrap(), Password::provisional(&[7; 12]));
        let account = Account {
            identifier: Identifier::parse("partenaire").unwrap(),
            holder: Holder::Team,
            email: Email::parse("a@b.fr").unwrap(),
            name: Line::parse("Librairie", 100).unwrap(),
            password: Some(hash(&chosen)),
            previous: None,
            provisional: Some(Provisional::made(hash(&mailed), Timestamp::UNIX_EPOCH)),
            password_version: 0,
        };
        let opens = |typed: &str| check(Some(&account), typed, Timestamp::UNIX_EPOCH);
        let mailed = mailed.as_str();
        for typed in [format!("{mailed} "), format!(" {mailed}\r\n"), format!("\u{200B}{mailed}\u{A0}")] {
            assert_eq!(opens(&typed), Some(Opened::Provisional), "{typed:?}");
        }
        for typed in ["Demo 2026", "\u{200B}Demo 2026", "Demo\u{AD} 2026\n"] {
            assert_eq!(opens(typed), Some(Opened::Chosen), "{typed:?}");
        }
        for typed in ["Demo 2026 ", "Demo2026", "demo 2026", &mailed.to_lowercase()] {
            assert_eq!(opens(typed), None, "{typed:?}");
        }
    }
}
