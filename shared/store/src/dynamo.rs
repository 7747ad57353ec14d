//! The DynamoDB calls that all repositories use. Each call is counted in the meter, retried where the SDK does not, and
//! returns the reasons of a refused condition.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::scan::ScanOutput;
use aws_sdk_dynamodb::operation::scan::builders::ScanFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, KeysAndAttributes, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure, Select, TransactWriteItem,
};
use epass_cloud::{Cloud, Service};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::meter;

/// A DynamoDB item.
pub type Item = HashMap<String, AttributeValue>;

/// The tables, one per aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// Accounts that may sign in.
    Accounts,
    /// Sign-in sessions.
    Sessions,
    /// Dossiers and conventions.
    Partners,
    /// SIRET → partner: one SIRET, one partner.
    Sirets,
    /// Partners with a convention in force, as the public sees them.
    Directory,
    /// Schools and training centres.
    Establishments,
    /// Young people, each with a wallet.
    Beneficiaries,
    /// Card, file and voucher numbers → beneficiary.
    References,
    /// The data that young people declared.
    Profiles,
    /// Name and birth date → beneficiary: one person, one account.
    Persons,
    /// Pending registrations of young people.
    Enrolments,
    /// Debits, by partner and time.
    Transactions,
    /// Mails to send.
    Outbox,
    /// Rate limit counters, with a time to live.
    Counters,
    /// API keys of tills.
    TillKeys,
    /// Deals that partners offer.
    BonsPlans,
    /// Registrations for bons plans, and their counters.
    Attendances,
    /// Published bons plans, as lists show them.
    Shelves,
    /// Outings, with their participants and timelines.
    Sorties,
    /// Statements of partners, and the batches that pay them.
    Reimbursements,
    /// Forms that were sent after their session had ended, with a time to live.
    Kept,
}

impl Table {
    /// The environment variable that holds the table's name.
    pub fn variable(self) -> &'static str {
        let named = Self::ALL.into_iter().find_map(|(table, variable)| (table == self).then_some(variable));
        named.expect("every table stands in the list")
    }

    /// Every table, with the environment variable that names it.
    pub const ALL: [(Self, &'static str); 21] = [
        (Self::Accounts, "EPASS_TABLE_ACCOUNTS"),
        (Self::Sessions, "EPASS_TABLE_SESSIONS"),
        (Self::Partners, "EPASS_TABLE_PARTNERS"),
        (Self::Sirets, "EPASS_TABLE_SIRETS"),
        (Self::Directory, "EPASS_TABLE_DIRECTORY"),
        (Self::Establishments, "EPASS_TABLE_ESTABLISHMENTS"),
        (Self::Beneficiaries, "EPASS_TABLE_BENEFICIARIES"),
        (Self::References, "EPASS_TABLE_REFERENCES"),
        (Self::Profiles, "EPASS_TABLE_PROFILES"),
        (Self::Persons, "EPASS_TABLE_PERSONS"),
        (Self::Enrolments, "EPASS_TABLE_ENROLMENTS"),
        (Self::Transactions, "EPASS_TABLE_TRANSACTIONS"),
        (Self::Outbox, "EPASS_TABLE_OUTBOX"),
        (Self::Counters, "EPASS_TABLE_COUNTERS"),
        (Self::TillKeys, "EPASS_TABLE_TILLKEYS"),
        (Self::BonsPlans, "EPASS_TABLE_BONSPLANS"),
        (Self::Attendances, "EPASS_TABLE_ATTENDANCES"),
        (Self::Shelves, "EPASS_TABLE_SHELVES"),
        (Self::Sorties, "EPASS_TABLE_SORTIES"),
        (Self::Reimbursements, "EPASS_TABLE_REIMBURSEMENTS"),
        (Self::Kept, "EPASS_TABLE_KEPT"),
    ];
}

/// Why the store could not answer. No rule was checked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Contention or throttling that outlasted the retries: nothing has changed; the caller may retry.
    #[error("the store is busy: {0}")]
    Busy(String),
    /// The store cannot be reached, or refused the call itself.
    #[error("the store failed: {0}")]
    Failed(String),
    /// A stored item that cannot be read.
    #[error("an item of {table:?} does not read back: {reason}")]
    Unreadable {
        /// The table.
        table: Table,
        /// The error of serde: attribute names and kinds, not values.
        reason: String,
    },
}

/// The primary key of one item.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    table: Table,
    parts: Vec<(&'static str, String)>,
}

impl Key {
    pub(crate) fn new(table: Table, name: &'static str, value: impl ToString) -> Self {
        Self { table, parts: vec![(name, value.to_string())] }
    }

    pub(crate) fn and(mut self, name: &'static str, value: impl ToString) -> Self {
        self.parts.push((name, value.to_string()));
        self
    }

    pub(crate) const fn table(&self) -> Table {
        self.table
    }

    pub(crate) fn attributes(&self) -> Item {
        self.parts.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect()
    }

    fn is_of(&self, item: &Item) -> bool {
        self.parts.iter().all(|(name, value)| item.get(*name).and_then(|v| v.as_s().ok()) == Some(value))
    }
}

/// The items that a batch read found.
#[derive(Debug, Default)]
pub struct Found(Vec<(Table, Item)>);

impl Found {
    pub(crate) fn item(&self, key: &Key) -> Option<&Item> {
        self.0.iter().find(|(table, item)| *table == key.table && key.is_of(item)).map(|(_, item)| item)
    }

    pub(crate) fn read<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.item(key).map(|item| from_item(key.table, item.clone())).transpose()
    }
}

/// The outcome of a transaction.
#[derive(Debug)]
pub enum Commit {
    /// All writes are stored.
    Done,
    /// A condition failed: no write is stored. One reason per write, in order.
    Refused(Vec<Reason>),
}

/// The reason that one write of a refused transaction reports.
#[derive(Debug, Default)]
pub struct Reason {
    /// Whether this write's own condition failed.
    pub failed: bool,
    /// The current item, if the write asked for it.
    pub item: Option<Item>,
}

/// The index of the first write that refused the transaction.
pub(crate) fn refused_at(reasons: &[Reason]) -> Option<usize> {
    reasons.iter().position(|reason| reason.failed)
}

/// The error of a transaction refused by a write that no rule explains: a bug, reported with the write's index.
pub(crate) fn unexpected(what: &str, reasons: &[Reason]) -> StoreError {
    let place = refused_at(reasons).map_or_else(|| "none".to_owned(), |place| place.to_string());
    StoreError::Failed(format!("{what} is refused by write {place}, which no rule names"))
}

/// The client and the names of the tables; clones share both.
#[derive(Clone, Debug)]
pub struct Dynamo {
    client: Client,
    names: Arc<HashMap<Table, String>>,
}

/// The number of tries of a transaction that meets conflicts, with full jitter in between.
const TRIES: u32 = 10;

impl Dynamo {
    /// `name_of` returns the value of an environment variable; a table without a name cannot be used, as if the
    /// function's role did not allow it.
    pub fn new(cloud: &Cloud, name_of: impl Fn(&str) -> Option<String>) -> Self {
        let named = |(table, variable): (Table, &str)| name_of(variable).map(|name| (table, name));
        Self {
            client: Client::new(&cloud.settings(Service::DynamoDb)),
            names: Arc::new(Table::ALL.into_iter().filter_map(named).collect()),
        }
    }

    /// The name of a table; empty, and refused by DynamoDB, if the function was given none.
    pub(crate) fn name(&self, table: Table) -> &str {
        self.names.get(&table).map_or("", String::as_str)
    }

    /// Reads one record, consistently.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        self.get_item(key).await?.map(|item| from_item(key.table, item)).transpose()
    }

    /// Reads one item, consistently.
    pub(crate) async fn get_item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(self.name(key.table))
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(failed)?;
        meter::read(answer.consumed_capacity.as_slice());
        Ok(answer.item)
    }

    /// Reads up to 100 items of any tables, consistently, in one round trip.
    pub async fn read(&self, keys: &[Key]) -> Result<Found, StoreError> {
        if let Some(key) = keys.iter().find(|key| !self.names.contains_key(&key.table)) {
            return Err(StoreError::Failed(format!("this function is not told where {:?} is", key.table)));
        }
        let mut asked: HashMap<String, KeysAndAttributes> = HashMap::new();
        let distinct: HashSet<&Key> = keys.iter().collect();
        for (table, name) in self.names.iter() {
            let wanted: Vec<Item> =
                distinct.iter().filter(|key| key.table == *table).map(|key| key.attributes()).collect();
            if !wanted.is_empty() {
                let keys = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true).build();
                asked.insert(name.clone(), keys.expect("keys are set"));
            }
        }
        let mut found = Found::default();
        for attempt in 0..TRIES {
            let answer = self
                .client
                .batch_get_item()
                .set_request_items(Some(asked))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(failed)?;
            meter::read(answer.consumed_capacity());
            for (name, items) in answer.responses.unwrap_or_default() {
                if let Some((table, _)) = self.names.iter().find(|(_, known)| **known == name) {
                    found.0.extend(items.into_iter().map(|item| (*table, item)));
                }
            }
            asked = answer.unprocessed_keys.unwrap_or_default();
            if asked.is_empty() {
                return Ok(found);
            }
            jitter(attempt).await;
        }
        Err(StoreError::Busy("keys stay unprocessed".into()))
    }

    pub(crate) fn query(&self, table: Table) -> QueryFluentBuilder {
        self.client.query().table_name(self.name(table)).return_consumed_capacity(ReturnConsumedCapacity::Indexes)
    }

    /// Scans a whole table, page by page and consistently: for background jobs, never for a request.
    pub(crate) fn scan(&self, table: Table) -> ScanFluentBuilder {
        self.client
            .scan()
            .table_name(self.name(table))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }

    pub(crate) async fn scanned(&self, scan: ScanFluentBuilder) -> Result<ScanOutput, StoreError> {
        let answer = scan.send().await.map_err(failed)?;
        meter::read(answer.consumed_capacity.as_slice());
        Ok(answer)
    }

    pub(crate) async fn page(&self, query: QueryFluentBuilder) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let answer = query.send().await.map_err(failed)?;
        meter::read(answer.consumed_capacity.as_slice());
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key.filter(|key| !key.is_empty())))
    }

    /// The number of items that match, among those that a query reads.
    pub(crate) async fn count(&self, query: QueryFluentBuilder) -> Result<usize, StoreError> {
        let answer = query.select(Select::Count).send().await.map_err(failed)?;
        meter::read(answer.consumed_capacity.as_slice());
        Ok(usize::try_from(answer.count).unwrap_or_default())
    }

    pub(crate) fn update(&self, key: &Key) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(self.name(key.table))
            .set_key(Some(key.attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
    }

    /// Sends an update. Returns the new item or, if the condition failed, the current one as the inner error.
    pub(crate) async fn apply(
        &self,
        update: UpdateItemFluentBuilder,
    ) -> Result<Result<Item, Option<Item>>, StoreError> {
        match update.return_values(ReturnValue::AllNew).send().await {
            Ok(answer) => {
                meter::wrote(answer.consumed_capacity.as_slice());
                Ok(Ok(answer.attributes.unwrap_or_default()))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                    meter::wrote(&[]);
                    Ok(Err(refused.item.clone()))
                }
                _ => Err(failed(error)),
            },
        }
    }

    pub(crate) async fn delete(&self, key: &Key) -> Result<(), StoreError> {
        let answer = self
            .client
            .delete_item()
            .table_name(self.name(key.table))
            .set_key(Some(key.attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await
            .map_err(failed)?;
        meter::wrote(answer.consumed_capacity.as_slice());
        Ok(())
    }

    /// Stores all writes or none. Retries conflicts with other transactions with full jitter, which the SDK does not
    /// do.
    pub async fn transact(&self, writes: Vec<TransactWriteItem>) -> Result<Commit, StoreError> {
        for attempt in 0..TRIES {
            let answer = self
                .client
                .transact_write_items()
                .set_transact_items(Some(writes.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
                .send()
                .await;
            let error = match answer {
                Ok(answer) => {
                    meter::wrote(answer.consumed_capacity());
                    return Ok(Commit::Done);
                }
                Err(error) => error,
            };
            meter::wrote(&[]);
            match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    if reasons.iter().any(|reason| code(reason) == "ConditionalCheckFailed") {
                        return Ok(Commit::Refused(reasons.iter().map(reason).collect()));
                    }
                    if !reasons.iter().all(|reason| RETRIED.contains(&code(reason))) {
                        return Err(failed(error));
                    }
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => {}
                _ => return Err(failed(error)),
            }
            jitter(attempt).await;
        }
        Err(StoreError::Busy("a transaction keeps meeting others".into()))
    }

    /// A transaction on a contended item: retried again when [`Dynamo::transact`] gives up.
    pub(crate) async fn transact_patiently(&self, writes: Vec<TransactWriteItem>) -> Result<Commit, StoreError> {
        const PATIENCE: usize = 3;
        for _ in 1..PATIENCE {
            match self.transact(writes.clone()).await {
                Err(StoreError::Busy(_)) => {}
                answer => return answer,
            }
        }
        self.transact(writes).await
    }

    /// Stores a whole item unconditionally: for items that only their owner writes.
    pub(crate) async fn put(&self, table: Table, item: Item) -> Result<(), StoreError> {
        let answer = self
            .client
            .put_item()
            .table_name(self.name(table))
            .set_item(Some(item))
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .send()
            .await
            .map_err(failed)?;
        meter::wrote(answer.consumed_capacity.as_slice());
        Ok(())
    }
}

/// The cancellation reasons after which a transaction is retried.
const RETRIED: [&str; 5] = ["None", "", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

fn code(reason: &CancellationReason) -> &str {
    reason.code().unwrap_or_default()
}

fn reason(of: &CancellationReason) -> Reason {
    Reason { failed: code(of) == "ConditionalCheckFailed", item: of.item.clone() }
}

/// Waits with full jitter: a random time of at most 10 ms, 20 ms, 40 ms… 500 ms.
pub(crate) async fn jitter(attempt: u32) {
    let most_ms = (10_u64 << attempt.min(6)).min(500);
    tokio::time::sleep(Duration::from_millis(rand::random_range(0..=most_ms))).await;
}

pub(crate) fn failed<E: ProvideErrorMetadata + std::fmt::Debug, R: std::fmt::Debug>(
    error: SdkError<E, R>,
) -> StoreError {
    const BUSY: [&str; 5] = [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TransactionConflictException",
        "InternalServerError",
    ];
    let code = error.code().unwrap_or_default().to_owned();
    let said = error.message().unwrap_or_default().to_owned();
    match &error {
        SdkError::ServiceError(_) if BUSY.contains(&code.as_str()) => StoreError::Busy(code),
        SdkError::ServiceError(_) => StoreError::Failed(format!("{code}: {said}")),
        SdkError::TimeoutError(_) => StoreError::Busy("time-out".into()),
        SdkError::DispatchFailure(_) => StoreError::Busy("not reached".into()),
        // Only the name of the error: its content is a request or a response, with personal data.
        SdkError::ResponseError(_) => StoreError::Failed("an answer that cannot be read".into()),
        _ => StoreError::Failed("a request that cannot be made".into()),
    }
}

/// A string attribute.
pub(crate) fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// A number attribute.
pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A record as an item; absent values become absent attributes, which sparse indexes depend on.
pub(crate) fn to_item(record: &impl Serialize) -> Item {
    let mut item: Item = serde_dynamo::to_item(record).expect("a record of named fields is an item");
    item.retain(|_, value| !value.is_null());
    item
}

/// An item as a record.
pub(crate) fn from_item<T: DeserializeOwned>(table: Table, item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|error| StoreError::Unreadable { table, reason: error.to_string() })
}
