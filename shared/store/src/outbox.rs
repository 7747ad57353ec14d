//! Mails to send: each one is stored in the transaction that it tells of, and sent afterwards.
//!
//! `outbox`: key `recipient` (a digest of the folded address, so that a recipient's mails share a shard and keep their order),
//! `mail_id` (UUIDv7). `state` is `pending` or `set_aside` and absent once sent, so that the index `by_state` holds only
//! what is not sent. The stream of new images feeds `background/mailer`. A sent mail keeps no address and no text, and
//! is swept after 30 days (`expires_at`, TTL).

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{Email, MailId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dynamo::{Dynamo, Key, StoreError, Table, from_item, number, text, to_item};

/// A mail that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Digest of the folded address: the key together with the id.
    pub recipient: String,
    /// Time-ordered.
    pub mail_id: MailId,
    /// Pending, or set aside.
    pub state: EntryState,
    /// To whom.
    pub email: Email,
    /// What it says, as `epass-mail` writes it (JSON).
    pub letter: Letter,
    /// How often sending failed.
    pub attempts: u32,
    /// When the change that it tells of was made.
    pub made_at: Timestamp,
    /// The kind of the last failure, without any personal data.
    pub failure: Option<String>,
}

/// A letter's data as JSON; it may carry a provisional password, so it is never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter(pub String);

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(***)")
    }
}

/// Where a mail that is not sent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// The mailer will try.
    Pending,
    /// The mailer gave up: the team's turn.
    SetAside,
}

impl EntryState {
    const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::SetAside => "set_aside",
        }
    }
}

/// The key of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EntryKey {
    /// Digest of the address.
    pub recipient: String,
    /// The mail.
    pub mail_id: MailId,
}

impl EntryKey {
    fn key(&self) -> Key {
        Key::new(Table::Outbox, "recipient", &self.recipient).and("mail_id", self.mail_id)
    }
}

impl Entry {
    /// A new one; `letter` is JSON.
    pub fn new(email: Email, mail_id: MailId, letter: String, made_at: Timestamp) -> Self {
        let recipient = digest(email.folded().as_str());
        let (state, letter) = (EntryState::Pending, Letter(letter));
        Self { recipient, mail_id, state, email, letter, attempts: 0, made_at, failure: None }
    }

    /// Its key.
    pub fn key(&self) -> EntryKey {
        EntryKey { recipient: self.recipient.clone(), mail_id: self.mail_id }
    }
}

/// A short digest that stands for an address or an identifier where the text itself should not be kept: 32 hexadecimal
/// digits of SHA-256.
pub fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// How long a sent mail's trace is kept.
const TRACE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The repository.
#[derive(Clone, Debug)]
pub struct Outbox(pub(crate) Dynamo);

impl Outbox {
    /// The write that belongs in the transaction that the mail tells of.
    pub fn entry(&self, entry: &Entry) -> TransactWriteItem {
        self.0.put_new(Table::Outbox, to_item(entry), "mail_id")
    }

    /// Stores mails that tell of nothing else that is stored: a reminder, a question to the hotline.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn post(&self, entries: &[Entry]) -> Result<(), StoreError> {
        self.0.transact(entries.iter().map(|entry| self.entry(entry)).collect()).await.map(|_| ())
    }

    /// One entry as it is now; none once it was sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unsent(&self, key: &EntryKey) -> Result<Option<Entry>, StoreError> {
        let item = self.0.get_item(&key.key()).await?;
        item.filter(|item| item.contains_key("state")).map(|item| from_item(Table::Outbox, item)).transpose()
    }

    /// The entry was sent: address and text are forgotten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sent(&self, key: &EntryKey, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .0
            .update(&key.key())
            .update_expression("SET sent_at = :now, expires_at = :swept REMOVE #state, email, letter, failure")
            .condition_expression("attribute_exists(mail_id)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":swept", number((now + TRACE).as_second()));
        self.0.apply(update).await.map(|_| ())
    }

    /// Sending failed: counts it, and says where the entry stands now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn failed(&self, key: &EntryKey, failure: &str, state: EntryState) -> Result<(), StoreError> {
        let update = self
            .0
            .update(&key.key())
            .update_expression("SET failure = :failure, #state = :state ADD attempts :one")
            .condition_expression("attribute_exists(#state)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":failure", text(failure))
            .expression_attribute_values(":state", text(state.code()))
            .expression_attribute_values(":one", number(1));
        self.0.apply(update).await.map(|_| ())
    }

    /// The team wants a mail that was set aside tried again, from the first attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn try_again(&self, key: &EntryKey) -> Result<bool, StoreError> {
        let update = self
            .0
            .update(&key.key())
            .update_expression("SET #state = :pending, attempts = :none")
            .condition_expression("#state = :set_aside")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", text(EntryState::Pending.code()))
            .expression_attribute_values(":set_aside", text(EntryState::SetAside.code()))
            .expression_attribute_values(":none", number(0));
        Ok(self.0.apply(update).await?.is_ok())
    }

    /// Entries in a state, oldest first: at most `limit`, after `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn in_state(
        &self,
        state: EntryState,
        after: Option<&EntryKey>,
        limit: i32,
    ) -> Result<Vec<Entry>, StoreError> {
        let start = after.map(|key| {
            let mut start = key.key().attributes();
            start.insert("state".into(), text(state.code()));
            start
        });
        let query = self
            .0
            .query(Table::Outbox)
            .index_name("by_state")
            .key_condition_expression("#state = :state")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":state", text(state.code()))
            .set_exclusive_start_key(start)
            .limit(limit);
        let (items, _) = self.0.page(query).await?;
        items.into_iter().map(|item| from_item(Table::Outbox, item)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_reads_back() {
        let entry =
            Entry::new(Email::parse("a@b.fr").unwrap(), MailId(uuid::Uuid::nil()), "{}".into(), Timestamp::UNIX_EPOCH);
        assert_eq!(from_item::<Entry>(Table::Outbox, to_item(&entry)).unwrap(), entry);
    }
}
