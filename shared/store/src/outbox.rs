//! The transactional outbox: each mail is stored in the transaction that it reports, and sent afterwards.
//!
//! `outbox`: key `recipient` (a digest of the folded address, so that a recipient's mails share a shard and keep their
//! order), `mail_id` (UUIDv7). `state` is one of [`EntryState`] and absent once the mail is sent, so that the index
//! `by_state` holds only unsent mails. The stream of images whose state is `pending` feeds `background/mailer`. Sending
//! begins with a lease ([`Outbox::take`]), so that the stream and the sweep never send the same mail concurrently. A
//! sent mail keeps no address, no name and no text; TTL deletes it after 30 days (`expires_at`).

use aws_sdk_dynamodb::types::TransactWriteItem;
use epass_domain::{Email, Line, MailId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dynamo::{Dynamo, Item, Key, StoreError, Table, from_item, number, text, to_item};

/// A mail that is not sent yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Digest of the folded address; the partition key.
    pub recipient: String,
    /// The sort key, ordered by time.
    pub mail_id: MailId,
    /// The state, which says what happens to it next.
    pub state: EntryState,
    /// The recipient's address.
    pub email: Email,
    /// The name in the greeting; none if nobody has confirmed the address.
    pub name: Option<Line>,
    /// The content, as `epass-mail` writes it (JSON).
    pub letter: Letter,
    /// The failures that count towards setting it aside.
    pub attempts: u32,
    /// The refusals in a row, temporary ones included; the delay grows with them.
    #[serde(default)]
    pub refusals: u32,
    /// The time of the change that it reports.
    pub made_at: Timestamp,
    /// The kind of the last failure, without any personal data.
    pub failure: Option<String>,
    /// Milliseconds since 1970. While the mail is being sent: the end of the lease. While it is held: the time of the
    /// next try.
    pub due_at_ms: Option<i64>,
}

/// A letter's data as JSON. It may carry a provisional password, so `Debug` does not print it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter(pub String);

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(***)")
    }
}

/// The state of a mail that is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// New, or released by the team: the stream passes it to the mailer.
    Pending,
    /// A mailer has the lease.
    Sending,
    /// Refused for a temporary reason: the sweep retries.
    Held,
    /// Refused for good: it waits for the team.
    SetAside,
}

impl EntryState {
    /// The states that the mailer still works on.
    pub const WAITING: [Self; 3] = [Self::Pending, Self::Sending, Self::Held];

    /// The word in the table and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Held => "held",
            Self::SetAside => "set_aside",
        }
    }
}

/// The key of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EntryKey {
    /// Digest of the folded address.
    pub recipient: String,
    /// The mail's id.
    pub mail_id: MailId,
}

impl EntryKey {
    fn key(&self) -> Key {
        Key::new(Table::Outbox, "recipient", &self.recipient).and("mail_id", self.mail_id)
    }
}

impl Entry {
    /// A new entry; `letter` is JSON.
    pub fn new(email: Email, mail_id: MailId, letter: String, made_at: Timestamp) -> Self {
        Self {
            recipient: digest(email.folded().as_str()),
            mail_id,
            state: EntryState::Pending,
            email,
            name: None,
            letter: Letter(letter),
            attempts: 0,
            refusals: 0,
            made_at,
            failure: None,
            due_at_ms: None,
        }
    }

    /// The same entry with a name in its greeting.
    #[must_use]
    pub fn greeting(self, name: Line) -> Self {
        Self { name: Some(name), ..self }
    }

    /// The entry's key.
    pub fn key(&self) -> EntryKey {
        EntryKey { recipient: self.recipient.clone(), mail_id: self.mail_id }
    }

    /// Whether a mailer may take it now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        match self.state {
            EntryState::Pending => true,
            EntryState::Sending | EntryState::Held => self.due_at_ms.is_some_and(|due| due <= now.as_millisecond()),
            EntryState::SetAside => false,
        }
    }
}

/// The exclusive right to send one mail, for a limited time.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The mail as it was when the lease was taken.
    pub entry: Entry,
    until_ms: i64,
}

/// The outcome of asking for a lease.
#[derive(Clone, Debug)]
pub enum Leased {
    /// The caller has the lease and sends the mail.
    Ours(Box<Lease>),
    /// The mail was sent, set aside or deleted before.
    Done,
    /// Another mailer has the lease, or the next try is later.
    NotNow,
}

/// The consequence of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Retry from this instant on; the refusal does not count as an attempt.
    Wait(Timestamp),
    /// Retry from this instant on; the refusal counts as an attempt.
    Retry(Timestamp),
    /// Set aside for the team.
    SetAside,
}

/// A short digest that replaces an address or an identifier where the text itself should not be stored: 32 hexadecimal
/// digits of SHA-256.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The time for which the record of a sent mail is kept.
const TRACE: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The number of a recipient's earlier mails that are checked for unsent ones.
const LOOKED_BACK: i32 = 20;

/// The repository of the outbox.
#[derive(Clone, Debug)]
pub struct Outbox(pub(crate) Dynamo);

impl Outbox {
    /// The duration of a lease: longer than an invocation of the mailer (60 s in `template.yaml`), so that the mailer
    /// of an expired lease has ended as well.
    pub const LEASE: SignedDuration = SignedDuration::from_secs(120);

    /// The write of an entry, for the transaction that the mail reports.
    pub fn entry(&self, entry: &Entry) -> TransactWriteItem {
        self.0.put_new(Table::Outbox, to_item(entry), "mail_id")
    }

    /// Stores mails that report no stored change: a reminder, a question to the hotline.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn post(&self, entries: &[Entry]) -> Result<(), StoreError> {
        self.0.transact(entries.iter().map(|entry| self.entry(entry)).collect()).await.map(|_| ())
    }

    /// Finds an unsent entry; none once it was sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unsent(&self, key: &EntryKey) -> Result<Option<Entry>, StoreError> {
        let item = self.0.get_item(&key.key()).await?;
        item.filter(|item| item.contains_key("state")).map(|item| from_item(Table::Outbox, item)).transpose()
    }

    /// Takes the lease of a mail, unless another mailer has it: nobody else sends the mail until the lease ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take(&self, key: &EntryKey, now: Timestamp) -> Result<Leased, StoreError> {
        let until_ms = (now + Self::LEASE).as_millisecond();
        let update = self
            .0
            .update(&key.key())
            .update_expression("SET #state = :sending, due_at_ms = :until")
            .condition_expression("#state = :pending OR (#state IN (:sending, :held) AND due_at_ms <= :now)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", text(EntryState::Pending.code()))
            .expression_attribute_values(":sending", text(EntryState::Sending.code()))
            .expression_attribute_values(":held", text(EntryState::Held.code()))
            .expression_attribute_values(":until", number(until_ms))
            .expression_attribute_values(":now", number(now.as_millisecond()));
        match self.0.apply(update).await? {
            Ok(item) => Ok(Leased::Ours(Box::new(Lease { entry: from_item(Table::Outbox, item)?, until_ms }))),
            Err(stood) => Ok(if is_waiting(stood.as_ref()) { Leased::NotNow } else { Leased::Done }),
        }
    }

    /// Whether an earlier mail to the same recipient is unsent: that one goes first. By consistent reads, among the
    /// [`LOOKED_BACK`] before it; as each of those waits for its own predecessors, no earlier one is missed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_earlier(&self, key: &EntryKey) -> Result<bool, StoreError> {
        let query = self
            .0
            .query(Table::Outbox)
            .key_condition_expression("recipient = :recipient AND mail_id < :mail")
            .projection_expression("#state")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":recipient", text(&key.recipient))
            .expression_attribute_values(":mail", text(key.mail_id))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(LOOKED_BACK);
        let (items, _) = self.0.page(query).await?;
        Ok(items.iter().any(|item| is_waiting(Some(item))))
    }

    /// Marks the entry as sent and deletes address, name and text. It does so after the end of the lease too, because
    /// the mail is out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sent(&self, key: &EntryKey, now: Timestamp) -> Result<(), StoreError> {
        let forgotten = "REMOVE #state, email, #name, letter, failure, due_at_ms, refusals";
        let update = self
            .0
            .update(&key.key())
            .update_expression(format!("SET sent_at = :now, expires_at = :swept {forgotten}"))
            .condition_expression("attribute_exists(mail_id)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":swept", number((now + TRACE).as_second()));
        self.0.apply(update).await.map(|_| ())
    }

    /// Records a refusal and its consequence, and releases the lease. A no-op if the lease ended and another mailer
    /// took it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refused(&self, lease: &Lease, failure: &str, next: Next) -> Result<(), StoreError> {
        let (state, due, counted) = match next {
            Next::Wait(at) => (EntryState::Held, Some(at), 0),
            Next::Retry(at) => (EntryState::Held, Some(at), 1),
            Next::SetAside => (EntryState::SetAside, None, 1),
        };
        let due_at_ms = due.map_or(0, Timestamp::as_millisecond);
        let update = self
            .0
            .update(&lease.entry.key().key())
            .update_expression(
                "SET failure = :failure, #state = :state, due_at_ms = :due ADD attempts :counted, refusals :one",
            )
            .condition_expression("#state = :sending AND due_at_ms = :lease")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":failure", text(failure))
            .expression_attribute_values(":state", text(state.code()))
            .expression_attribute_values(":sending", text(EntryState::Sending.code()))
            .expression_attribute_values(":due", number(due_at_ms))
            .expression_attribute_values(":lease", number(lease.until_ms))
            .expression_attribute_values(":counted", number(counted))
            .expression_attribute_values(":one", number(1));
        self.0.apply(update).await.map(|_| ())
    }

    /// Queues a mail that waits or was set aside for an immediate try, with its attempts reset; the stream passes it to
    /// the mailer. `false` when it is in neither state.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn try_again(&self, key: &EntryKey) -> Result<bool, StoreError> {
        let update = self
            .0
            .update(&key.key())
            .update_expression("SET #state = :pending, attempts = :none, refusals = :none REMOVE due_at_ms")
            .condition_expression("#state IN (:held, :set_aside)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":pending", text(EntryState::Pending.code()))
            .expression_attribute_values(":held", text(EntryState::Held.code()))
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

/// Whether the mailer still works on an item of the outbox.
fn is_waiting(item: Option<&Item>) -> bool {
    let state = item.and_then(|item| item.get("state")).and_then(|state| state.as_s().ok());
    state.is_some_and(|state| EntryState::WAITING.iter().any(|waiting| waiting.code() == state))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry::new(Email::parse("a@b.fr").unwrap(), MailId(uuid::Uuid::nil()), "{}".into(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn an_entry_reads_back() {
        let named = entry().greeting(Line::parse("Léa Martin", 100).unwrap());
        for stored in [entry(), named] {
            assert_eq!(from_item::<Entry>(Table::Outbox, to_item(&stored)).unwrap(), stored);
        }
    }

    #[test]
    fn an_entry_of_before_names_and_leases_is_read() {
        let mut item = to_item(&entry());
        item.remove("refusals");
        assert_eq!(from_item::<Entry>(Table::Outbox, item).unwrap(), entry());
    }

    #[test]
    fn what_is_held_or_leased_is_due_when_its_time_comes() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let standing = |state, due: Option<i64>| Entry { state, due_at_ms: due.map(|s| s * 1000), ..entry() };
        assert!(standing(EntryState::Pending, None).is_due(at(0)));
        for state in [EntryState::Held, EntryState::Sending] {
            assert!(!standing(state, Some(10)).is_due(at(9)));
            assert!(standing(state, Some(10)).is_due(at(10)));
        }
        assert!(!standing(EntryState::SetAside, Some(0)).is_due(at(10)));
    }
}
