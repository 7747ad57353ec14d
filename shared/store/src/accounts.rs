//! Accounts and sessions.
//!
//! `accounts`: key `account_id` (the identifier); index `by_email` (keys only) serves *identifiant oublié*. `email` is
//! the folded address, which the index compares; `typed_email` is the address as it was typed. An item without
//! `typed_email` was stored before addresses were folded: its `email` is the typed one until the migration converts it.
//! `sessions`: key `account_id`, `session_id`. A session ends when it expires (`expires_at`, TTL) or at sign-out
//! (deleted). All sessions of an account end when its `password_version` changes, without a write: each session stores
//! the version that it began with.

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{Account, Email, Holder, Identifier, Line, PasswordHash, Provisional, SessionId, SignInName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dynamo::{Commit, Dynamo, Found, Item, Key, StoreError, Table, from_item, number, text, to_item};
use crate::outbox::{Entry, Outbox};
use crate::writes::Expression;

/// A sign-in session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The sort key.
    pub session_id: SessionId,
    /// The account; the partition key.
    pub account_id: Identifier,
    /// The account's `password_version` when the session began.
    pub password_version: u32,
    /// Whether it began with a mailed password: such a session only opens the change of that password.
    pub must_change_password: bool,
    /// Seconds since 1970. Reads ignore an expired session; TTL deletes it.
    pub expires_at: i64,
}

impl Session {
    /// Whether the session is still valid for `account`.
    pub fn is_live(&self, account: &Account, now: Timestamp) -> bool {
        self.password_version == account.password_version && now.as_second() < self.expires_at
    }
}

/// The repository of accounts and sessions.
#[derive(Clone, Debug)]
pub struct Accounts(pub(crate) Dynamo);

impl Accounts {
    /// The key of an account, for a batch read.
    pub fn key(identifier: &Identifier) -> Key {
        Key::new(Table::Accounts, "account_id", identifier)
    }

    /// The key of a session, for a batch read.
    pub fn session_key(identifier: &Identifier, session: SessionId) -> Key {
        Key::new(Table::Sessions, "account_id", identifier).and("session_id", session)
    }

    /// Reads the account from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn in_found(found: &Found, identifier: &Identifier) -> Result<Option<Account>, StoreError> {
        found.item(&Self::key(identifier)).map(|item| account(item.clone())).transpose()
    }

    /// Reads the session from the result of a batch read.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`].
    pub fn session_in(
        found: &Found,
        identifier: &Identifier,
        session: SessionId,
    ) -> Result<Option<Session>, StoreError> {
        found.read(&Self::session_key(identifier, session))
    }

    /// Finds an account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, identifier: &Identifier) -> Result<Option<Account>, StoreError> {
        self.0.get_item(&Self::key(identifier)).await?.map(account).transpose()
    }

    /// The identifiers that an address was registered with, whatever its case; reads the index, so at most a second
    /// late.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn identifiers_of(&self, email: &Email) -> Result<Vec<Identifier>, StoreError> {
        let folded = email.folded();
        let mut identifiers = self.indexed_under(folded.as_str()).await?;
        if folded.as_str() != email.as_str() {
            // Accounts that the migration has not converted yet.
            identifiers.extend(self.indexed_under(email.as_str()).await?);
        }
        Ok(identifiers)
    }

    /// The accounts that an address was registered with, whatever its case.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_email(&self, email: &Email) -> Result<Vec<Account>, StoreError> {
        let identifiers = self.identifiers_of(email).await?;
        if identifiers.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = identifiers.iter().map(Self::key).collect();
        let found = self.0.read(&keys).await?;
        let mut accounts = Vec::new();
        for identifier in &identifiers {
            // The index may lag: the account may be deleted, or have another address.
            let named = Self::in_found(&found, identifier)?;
            accounts.extend(named.filter(|account| account.email.folded() == email.folded()));
        }
        Ok(accounts)
    }

    async fn indexed_under(&self, email: &str) -> Result<Vec<Identifier>, StoreError> {
        #[derive(Deserialize)]
        struct KeyOnly {
            account_id: Identifier,
        }
        let query = self
            .0
            .query(Table::Accounts)
            .index_name("by_email")
            .key_condition_expression("email = :email")
            .expression_attribute_values(":email", text(email))
            .limit(20);
        let (items, _) = self.0.page(query).await?;
        items.into_iter().map(|item| from_item::<KeyOnly>(Table::Accounts, item).map(|key| key.account_id)).collect()
    }

    /// Stores an account, on the condition that its identifier is new.
    pub(crate) fn put_new(&self, account: &Account) -> TransactWriteItem {
        self.0.put_new(Table::Accounts, account_item(account), "account_id")
    }

    /// Creates an account outside any registration, for schools and team members.
    ///
    /// # Errors
    /// [`StoreError`]; an identifier that is taken is no error: the result is `false`.
    pub async fn open(&self, account: &Account) -> Result<bool, StoreError> {
        let commit = self.0.transact(vec![self.put_new(account)]).await?;
        Ok(matches!(commit, Commit::Done))
    }

    /// Changes an account's address and name, as part of the transaction that changes its owner.
    pub(crate) fn rename(&self, identifier: &Identifier, email: &Email, name: &Line) -> TransactWriteItem {
        let change = Expression::new("SET email = :folded, typed_email = :typed, #name = :name")
            .name("#name", "name")
            .value(":folded", text(email.folded().as_str()))
            .value(":typed", text(email))
            .value(":name", text(name));
        self.0.change_if(&Self::key(identifier), change, "attribute_exists(account_id)")
    }

    /// Stores a session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&self, session: &Session) -> Result<(), StoreError> {
        self.0.put(Table::Sessions, to_item(session)).await
    }

    /// Deletes a session; the next request with it is refused.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end(&self, identifier: &Identifier, session: SessionId) -> Result<(), StoreError> {
        self.0.delete(&Self::session_key(identifier, session)).await
    }

    /// Sets a chosen password together with its notification mail, which ends every session of the account. `false`
    /// when the password was changed after `seen` was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change_password(
        &self,
        seen: &Account,
        hash: &PasswordHash,
        mail: Option<&Entry>,
    ) -> Result<bool, StoreError> {
        let before = if seen.password.is_some() { ", previous = password" } else { "" };
        let change =
            Expression::new(format!("SET password = :hash{before}, password_version = :next REMOVE provisional"))
                .value(":hash", text(&hash.0))
                .value(":next", number(seen.password_version + 1))
                .value(":version", number(seen.password_version));
        let mut writes = vec![self.0.change_if(&Self::key(&seen.identifier), change, "password_version = :version")];
        writes.extend(mail.map(|mail| Outbox(self.0.clone()).entry(mail)));
        Ok(matches!(self.0.transact(writes).await?, Commit::Done))
    }

    /// The accounts that a sign-in name may refer to, at most [`SignInName::ACCOUNTS`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn named(&self, name: &SignInName) -> Result<Vec<Account>, StoreError> {
        Ok(self.named_with(name, |_| Vec::new()).await?.0)
    }

    /// As [`Accounts::named`]; also reads the keys that `also` returns for the candidate identifiers, in the same round
    /// trip.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn named_with(
        &self,
        name: &SignInName,
        also: impl FnOnce(&[Identifier]) -> Vec<Key>,
    ) -> Result<(Vec<Account>, Found), StoreError> {
        let identifiers = match name {
            SignInName::Identifier(identifier) => vec![identifier.clone()],
            SignInName::Email(email) => self.identifiers_of(email).await?,
        };
        let mut keys: Vec<_> = identifiers.iter().map(Self::key).collect();
        keys.extend(also(&identifiers));
        if keys.is_empty() {
            return Ok((Vec::new(), Found::default()));
        }
        let found = self.0.read(&keys).await?;
        let mut accounts = Vec::new();
        for identifier in &identifiers {
            // The index may lag: the account may be deleted, or have another address.
            let named = Self::in_found(&found, identifier)?;
            accounts.extend(named.filter(|account| match name {
                SignInName::Identifier(_) => true,
                SignInName::Email(email) => account.email.folded() == email.folded(),
            }));
        }
        accounts.truncate(SignInName::ACCOUNTS);
        Ok((accounts, found))
    }

    /// Stores a provisional password beside the chosen one, together with the mail that carries it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lay_provisional(
        &self,
        identifier: &Identifier,
        provisional: &Provisional,
        mail: TransactWriteItem,
    ) -> Result<(), StoreError> {
        let laid = serde_dynamo::to_attribute_value(provisional).expect("a record of named fields is an attribute");
        let change = Expression::new("SET provisional = :provisional").value(":provisional", laid);
        let write = self.0.change_if(&Self::key(identifier), change, "attribute_exists(account_id)");
        self.0.transact(vec![write, mail]).await.map(|_| ())
    }

    /// As [`Accounts::lay_provisional`], if both passwords are unchanged since `seen` was read; otherwise `false`, and
    /// nothing has changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lay_provisional_over(
        &self,
        seen: &Account,
        provisional: &Provisional,
        mail: &Entry,
    ) -> Result<bool, StoreError> {
        let laid = serde_dynamo::to_attribute_value(provisional).expect("a record of named fields is an attribute");
        let change = Expression::new("SET provisional = :provisional")
            .value(":provisional", laid)
            .value(":version", number(seen.password_version));
        let (change, condition) = match &seen.provisional {
            Some(last) => (change.value(":last", text(last.expires_at)), "provisional.expires_at = :last"),
            None => (change, "attribute_not_exists(provisional)"),
        };
        let condition = format!("password_version = :version AND {condition}");
        let write = self.0.change_if(&Self::key(&seen.identifier), change, &condition);
        let commit = self.0.transact(vec![write, Outbox(self.0.clone()).entry(mail)]).await?;
        Ok(matches!(commit, Commit::Done))
    }
}

pub(crate) fn account_item(account: &Account) -> Item {
    let mut item = to_item(account);
    item.insert("account_id".into(), text(&account.identifier));
    item.insert(EMAIL.into(), text(account.email.folded().as_str()));
    item.insert(TYPED_EMAIL.into(), text(&account.email));
    if let Holder::Partner(partner) = &account.holder {
        item.insert("partner_id".into(), text(partner));
    }
    item
}

pub(crate) fn account(mut item: Item) -> Result<Account, StoreError> {
    if let Some(typed) = item.remove(TYPED_EMAIL) {
        item.insert(EMAIL.into(), typed);
    }
    from_item(Table::Accounts, item)
}

const EMAIL: &str = "email";
const TYPED_EMAIL: &str = "typed_email";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_reads_back_with_and_without_a_provisional_password() {
        let hash = PasswordHash("$argon2id$".into());
        let chosen = Account {
            identifier: Identifier::parse("partenaire").unwrap(),
            holder: Holder::Partner(epass_domain::PartnerId::mint(1)),
            email: Email::parse("Contact@b.fr").unwrap(),
            name: Line::parse("Librairie", 100).unwrap(),
            password: Some(hash.clone()),
            previous: None,
            provisional: None,
            password_version: 3,
        };
        let mailed = Account {
            holder: Holder::Team,
            password: None,
            previous: None,
            provisional: Some(Provisional::made(hash, Timestamp::UNIX_EPOCH)),
            ..chosen.clone()
        };
        for stored in [chosen, mailed] {
            let mut item = account_item(&stored);
            assert_eq!(item["email"], text("contact@b.fr"), "the index compares the folded address");
            assert_eq!(account(item.clone()).unwrap(), stored, "mails go to the typed one");
            item.remove(TYPED_EMAIL);
            item.insert(EMAIL.into(), text("Contact@b.fr"));
            assert_eq!(account(item).unwrap(), stored, "as it was stored before addresses were folded");
        }
    }
}
