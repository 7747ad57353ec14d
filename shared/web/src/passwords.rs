//! Password hashing with Argon2id, at OWASP's minimum: 19 MiB, two passes, one lane.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use epass_domain::{Account, Password, PasswordHash, is_invisible};
use jiff::Timestamp;

static ARGON2: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(19 * 1024, 2, 1, None).expect("OWASP's parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
});

/// A hash to compare with when there is no password, so that every answer takes the same time.
static NOBODY: LazyLock<PasswordHash> = LazyLock::new(|| hash(&Password::provisional(&rand::random())));

/// The access that a password gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The chosen password: full access.
    Chosen,
    /// A mailed password: only changing it.
    Provisional,
}

/// Hashes a password with a fresh salt.
pub fn hash(password: &Password) -> PasswordHash {
    let hashed = ARGON2.hash_password(password.as_str().as_bytes()).expect("a password of 24 characters can be hashed");
    PasswordHash(hashed.to_string())
}

/// The reason why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shut {
    /// It is wrong, or there is no such account; the answer does not tell which.
    Wrong,
    /// It was mailed and has expired after a day. Only a caller who typed it correctly learns this.
    Stale,
}

/// The access that `typed` gives to `account` at `now`. Always compares twice, whether or not the account exists or has
/// a provisional password, so that the time reveals nothing. A chosen password counts as typed, or without invisible
/// characters that a copy adds; a provisional one also without surrounding space.
///
/// # Errors
/// [`Shut`].
pub fn check(account: Option<&Account>, typed: &str, now: Timestamp) -> Result<Opened, Shut> {
    let chosen = account.and_then(|account| account.password.as_ref());
    let is_chosen = is_typed(chosen.unwrap_or(&NOBODY), typed) && chosen.is_some();
    let mailed = check_mailed(account, typed, now);
    if is_chosen { Ok(Opened::Chosen) } else { mailed }
}

/// The access that `typed` gives to an account that has to wait: only a mailed password counts, not the chosen one.
/// Always compares once.
///
/// # Errors
/// [`Shut`].
pub fn check_mailed(account: Option<&Account>, typed: &str, now: Timestamp) -> Result<Opened, Shut> {
    let mailed = account.and_then(|account| account.provisional.as_ref());
    let is_mailed = matches(mailed.map_or(&*NOBODY, |mailed| &mailed.hash), &Password::as_mailed(typed));
    match mailed.filter(|_| is_mailed) {
        Some(mailed) if mailed.is_live(now) => Ok(Opened::Provisional),
        Some(_) => Err(Shut::Stale),
        None => Err(Shut::Wrong),
    }
}

/// Whether `typed` is the account's password, or the one before it.
pub fn was_chosen(account: &Account, typed: &str) -> bool {
    [&account.password, &account.previous].into_iter().flatten().any(|hash| is_typed(hash, typed))
}

fn is_typed(hash: &PasswordHash, typed: &str) -> bool {
    let seen: String = typed.chars().filter(|c| !is_invisible(*c) && !c.is_control()).collect();
    matches(hash, typed) || (seen != typed && matches(hash, &seen))
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
            assert_eq!(opens(&typed), Ok(Opened::Provisional), "{typed:?}");
        }
        for typed in ["Demo 2026", "\u{200B}Demo 2026", "Demo\u{AD} 2026\n"] {
            assert_eq!(opens(typed), Ok(Opened::Chosen), "{typed:?}");
        }
        for typed in ["Demo 2026 ", "Demo2026", "demo 2026", &mailed.to_lowercase()] {
            assert_eq!(opens(typed), Err(Shut::Wrong), "{typed:?}");
        }
    }
    #[test]
    fn a_mailed_password_that_is_past_its_day_says_so_to_who_typed_it_rightly() {
        let mailed = Password::provisional(&[7; 12]);
        let account = Account {
            identifier: Identifier::parse("partenaire").unwrap(),
            holder: Holder::Team,
            email: Email::parse("a@b.fr").unwrap(),
            name: Line::parse("Librairie", 100).unwrap(),
            password: None,
            previous: None,
            provisional: Some(Provisional::made(hash(&mailed), Timestamp::UNIX_EPOCH)),
            password_version: 0,
        };
        let monday = Timestamp::UNIX_EPOCH + Provisional::LIFE;
        assert_eq!(check(Some(&account), mailed.as_str(), monday), Err(Shut::Stale));
        assert_eq!(check(Some(&account), "Faux2026", monday), Err(Shut::Wrong));
        assert_eq!(check(None, mailed.as_str(), monday), Err(Shut::Wrong));
    }
}
