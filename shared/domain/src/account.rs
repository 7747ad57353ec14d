//! Accounts: roles, identifiers, passwords, and the delay after wrong passwords.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::folded;
use crate::typed::visible;
use crate::{Email, EstablishmentId, Fault, Line, PartnerId};

/// The four kinds of person that sign in (`product.md`, *Who can do what*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A young person with a card and a wallet.
    Beneficiary,
    /// A shop, cinema, theatre… with a dossier.
    Partner,
    /// A school or training centre.
    Establishment,
    /// The operator's staff.
    Team,
}

impl Role {
    /// Every role, in the order of the home page.
    pub const ALL: [Self; 4] = [Self::Beneficiary, Self::Establishment, Self::Partner, Self::Team];

    /// The label on the screens.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Beneficiary => "Jeune bénéficiaire",
            Self::Partner => "Partenaire",
            Self::Establishment => "Établissement",
            Self::Team => "Équipe e-PASS",
        }
    }

    /// The code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Beneficiary => "beneficiary",
            Self::Partner => "partner",
            Self::Establishment => "establishment",
            Self::Team => "team",
        }
    }
}

/// The *identifiant* that a person signs in with: 3 to 40 of `a–z 0–9 . -`, lower case.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Identifier(String);

impl Identifier {
    /// Reads an identifier as typed; surrounding space, invisible characters and case do not count.
    ///
    /// # Errors
    /// `missing` when blank; `identifier` when it has other characters or another length.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = visible(text).to_lowercase();
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
        if !(3..=40).contains(&typed.len()) || !typed.chars().all(plain) {
            return Err(Fault::new(
                "identifier",
                "Un identifiant compte 3 à 40 lettres sans accent, chiffres, points ou tirets.",
            ));
        }
        Ok(Self(typed))
    }

    /// Makes an identifier that its owner recognises: the name in plain letters, then four digits.
    ///
    /// `name` is any text; `number` supplies the digits (its last four count).
    pub fn from_name(name: &str, number: u32) -> Self {
        let mut slug: String =
            folded(name).chars().filter(|c| c.is_ascii()).map(|c| if c == ' ' { '-' } else { c }).collect();
        slug.truncate(24);
        let slug = slug.trim_matches('-');
        let slug = if slug.is_empty() { "compte" } else { slug };
        Self(format!("{slug}-{:04}", number % 10_000))
    }

    /// The identifier of a partner that registers: its dossier number, without any typed text, because it is mailed to
    /// an unconfirmed address.
    pub fn of_partner(id: &PartnerId) -> Self {
        Self(format!("partenaire-{id}"))
    }

    /// The canonical text, which is the key of the account.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identifier(***)")
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Identifier {
    type Error = Fault;
    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.0
    }
}

/// The name typed to sign in: the identifier, or the address that the account was registered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInName {
    /// An identifier, which names at most one account.
    Identifier(Identifier),
    /// An address, which may belong to several accounts.
    Email(Email),
}

impl SignInName {
    /// The number of accounts of one address that sign-in and recovery look at. It is constant, so that the response
    /// time reveals nothing. A person with more accounts uses the identifier.
    pub const ACCOUNTS: usize = 3;

    /// Reads an address if the text has an `@`, otherwise an identifier.
    ///
    /// # Errors
    /// Those of [`Identifier::parse`] and [`Email::parse`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.contains('@') {
            Email::parse(text).map(Self::Email)
        } else {
            Identifier::parse(text).map(Self::Identifier)
        }
    }
}

/// The person or structure whose data an account opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "role", content = "of")]
pub enum Holder {
    /// A young person.
    Beneficiary(crate::BeneficiaryId),
    /// A partner.
    Partner(PartnerId),
    /// A school or training centre.
    Establishment(EstablishmentId),
    /// A member of the team.
    Team,
}

impl Holder {
    /// The role of this holder.
    pub const fn role(&self) -> Role {
        match self {
            Self::Beneficiary(_) => Role::Beneficiary,
            Self::Partner(_) => Role::Partner,
            Self::Establishment(_) => Role::Establishment,
            Self::Team => Role::Team,
        }
    }
}

/// A password that was mailed: valid for a day, and to be changed at first use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provisional {
    /// Argon2id, PHC string.
    pub hash: PasswordHash,
    /// The expiry: the first instant at which it opens nothing.
    pub expires_at: Timestamp,
}

impl Provisional {
    /// The lifetime of a mailed password (`product.md`, *Accounts*).
    pub const LIFE: SignedDuration = SignedDuration::from_hours(24);

    /// A provisional password made at `now`.
    pub fn made(hash: PasswordHash, now: Timestamp) -> Self {
        Self { hash, expires_at: now + Self::LIFE }
    }

    /// The time at which it was made.
    pub fn made_at(&self) -> Timestamp {
        self.expires_at - Self::LIFE
    }

    /// Whether it has not expired yet.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

/// An Argon2id hash as a PHC string; never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

/// An account: a person or structure that may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The identifier, also the key.
    pub identifier: Identifier,
    /// The holder whose data it opens.
    pub holder: Holder,
    /// The address for its mails.
    pub email: Email,
    /// The name shown in the header.
    pub name: Line,
    /// The chosen password; `None` until the provisional one was changed.
    pub password: Option<PasswordHash>,
    /// The previously chosen password, which may not be chosen again; `None` in accounts of an earlier version.
    #[serde(default)]
    pub previous: Option<PasswordHash>,
    /// A mailed password that was not used yet.
    pub provisional: Option<Provisional>,
    /// The number of password changes: sessions with a lower number are over.
    pub password_version: u32,
}

impl Account {
    /// Whether the team may mail another provisional password. Within a minute of the last one, the request counts as a
    /// double click.
    pub fn may_be_mailed(&self, now: Timestamp) -> bool {
        const BETWEEN: SignedDuration = SignedDuration::from_mins(1);
        self.provisional.as_ref().is_none_or(|last| now >= last.made_at() + BETWEEN)
    }

    /// The account with a newly chosen password: earlier passwords, chosen or mailed, stop working, and all earlier
    /// sessions are over.
    #[must_use]
    pub fn with_password(self, chosen: PasswordHash) -> Self {
        let password_version = self.password_version + 1;
        Self { previous: self.password, password: Some(chosen), provisional: None, password_version, ..self }
    }
}

/// The number of consecutive wrong passwords ([`crate::limits::PASSWORDS`] and similar limits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct WrongPasswords(pub u32);

impl WrongPasswords {
    /// The number of wrong passwords before a delay applies.
    pub const FREE: u32 = crate::limits::PASSWORDS.most;

    /// The delay after this many: none at first, then one minute, doubled each time up to an hour.
    pub fn wait(self) -> SignedDuration {
        match self.0.checked_sub(Self::FREE) {
            None => SignedDuration::ZERO,
            Some(doublings) => SignedDuration::from_mins(1 << doublings.min(6)).min(SignedDuration::from_hours(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_after_wrong_passwords_doubles_from_a_minute_to_an_hour() {
        let minutes = |wrong| WrongPasswords(wrong).wait().as_mins();
        assert_eq!([4, 5, 6, 7, 8, 9, 10, 11, 12, 40].map(minutes), [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn an_identifier_is_made_of_the_name_in_plain_letters() {
        assert_eq!(Identifier::from_name("L'Œil écoute – Librairie", 71_234).as_str(), "l-oeil-ecoute-librairie-1234");
        assert_eq!(Identifier::from_name("Ωμέγα", 7).as_str(), "compte-0007");
        assert!(Identifier::parse(Identifier::from_name("Théâtre du Gymnase, Marseille 1er", 1).as_str()).is_ok());
    }

    #[test]
    fn an_identifier_is_the_same_in_capitals() {
        assert_eq!(Identifier::parse(" Partenaire ").unwrap(), Identifier::parse("partenaire").unwrap());
        assert_eq!(Identifier::parse("a b").unwrap_err().code, "identifier");
        for hidden in ["\u{200B}partenaire", "parte\u{AD}naire\r\n", "\u{202A}partenaire\u{202C} "] {
            assert_eq!(Identifier::parse(hidden), Identifier::parse("partenaire"), "{hidden:?}");
        }
    }

    #[test]
    fn a_chosen_password_takes_the_place_of_every_other() {
        let hash = |text: &str| PasswordHash(text.to_owned());
        let account = Account {
            identifier: Identifier::parse("partenaire").unwrap(),
            holder: Holder::Team,
            email: Email::parse("a@b.fr").unwrap(),
            name: Line::parse("Librairie", 100).unwrap(),
            password: Some(hash("old")),
            previous: None,
            provisional: Some(Provisional::made(hash("mailed"), Timestamp::UNIX_EPOCH)),
            password_version: 3,
        };
        let changed = account.with_password(hash("new"));
        assert_eq!((changed.password, changed.provisional, changed.password_version), (Some(hash("new")), None, 4));
        assert_eq!(changed.previous, Some(hash("old")));
    }
}
