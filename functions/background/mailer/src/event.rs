//! The mailer's events (a batch of the outbox's stream, or the schedule) and its response: the records to retry
//! (`ReportBatchItemFailures`).

use epass_domain::MailId;
use epass_store::EntryKey;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A batch of records, or the schedule's event, which has none.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Incoming")]
pub enum Event {
    /// New images of the outbox.
    Stream {
        /// The records, in the order of the shard.
        records: Vec<Record>,
    },
    /// A sweep of all mails that wait.
    Sweep,
}

#[derive(Deserialize)]
struct Incoming {
    #[serde(rename = "Records")]
    records: Option<Vec<Record>>,
}

impl From<Incoming> for Event {
    fn from(incoming: Incoming) -> Self {
        incoming.records.map_or(Self::Sweep, |records| Self::Stream { records })
    }
}

/// One record of the stream. Only its key is used: the entry itself is read from the table.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Record {
    /// The changed item.
    pub dynamodb: Change,
}

/// The part of a record that identifies the changed item.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Change {
    /// The entry's key.
    #[serde(rename = "Keys")]
    pub keys: Keys,
    /// The record's position in its shard.
    #[serde(rename = "SequenceNumber")]
    pub sequence: String,
}

/// An entry's key as DynamoDB writes it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Keys {
    /// The recipient's digest.
    pub recipient: Text,
    /// The mail's id.
    pub mail_id: Text,
}

/// A string attribute.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Text {
    /// Its value.
    #[serde(rename = "S")]
    pub value: String,
}

impl Record {
    /// The record that the stream would have for an entry; the local runner, which has no stream, makes them.
    pub fn new(key: &EntryKey, sequence: &str) -> Self {
        let text = |value: String| Text { value };
        let keys = Keys { recipient: text(key.recipient.clone()), mail_id: text(key.mail_id.to_string()) };
        Self { dynamodb: Change { keys, sequence: sequence.to_owned() } }
    }

    /// Sequence number and key; `None` when the key is not an entry's.
    pub(crate) fn entry(&self) -> Option<(String, EntryKey)> {
        let keys = &self.dynamodb.keys;
        let mail_id = MailId(Uuid::try_parse(&keys.mail_id.value).ok()?);
        Some((self.dynamodb.sequence.clone(), EntryKey { recipient: keys.recipient.value.clone(), mail_id }))
    }
}

/// The records to retry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Lambda retries from the lowest of them.
    #[serde(rename = "batchItemFailures")]
    pub failures: Vec<Failure>,
}

/// A record to retry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its sequence number.
    #[serde(rename = "itemIdentifier")]
    pub sequence: String,
}

impl Verdict {
    /// Retries the record of this number and those after it.
    pub(crate) fn from(sequence: String) -> Self {
        Self { failures: vec![Failure { sequence }] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wake_up_of_the_schedule_is_a_sweep() {
        let event: Event = serde_json::from_str(r#"{"source":"aws.scheduler"}"#).unwrap();
        assert!(matches!(event, Event::Sweep));
    }

    #[test]
    fn a_record_reads_back() {
        let key = EntryKey { recipient: "ab".into(), mail_id: MailId(Uuid::nil()) };
        let json = serde_json::json!({ "Records": [Record::new(&key, "7")] });
        let Event::Stream { records } = serde_json::from_value(json).unwrap() else { panic!("a stream") };
        assert_eq!(records[0].entry(), Some(("7".to_owned(), key)));
    }
}
