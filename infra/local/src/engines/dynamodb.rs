//! DynamoDB: dynoxide on one SQLite file, with a write to disk for each commit, and the template's tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndex,
    GlobalSecondaryIndexDescription, GlobalSecondaryIndexUpdate, IndexStatus, KeySchemaElement, KeyType,
    Projection as SdkProjection, ProjectionType, ScalarAttributeType, TableDescription, TableStatus,
    TimeToLiveSpecification, TimeToLiveStatus,
};
use dynoxide::Database;

use super::error::StartError;
use super::thread::EngineThread;
use crate::template::{AttributeKind, Index, Key, Projection, Table, Template};

/// The longest wait for a table or an index to become usable.
const READY: Duration = Duration::from_secs(60);

/// The running engine.
pub struct DynamoDb {
    thread: EngineThread,
    database: Database,
}

impl DynamoDb {
    /// Opens or creates the file, and serves it on a loopback port (0 for a free one). The engine's default, full
    /// durability, stays: an acknowledged write survives `kill -9`.
    pub(super) fn start(file: &Path, port: u16) -> Result<Self, StartError> {
        let failed = |what: String| StartError::Engine { engine: "DynamoDB", what };
        let path = file.to_str().ok_or_else(|| failed(format!("{} is not UTF-8", file.display())))?;
        let database = Database::new(path).map_err(|error| failed(error.to_string()))?;
        let served = database.clone();
        let thread = EngineThread::spawn("DynamoDB", port, |listener, stopped| async move {
            let until = async move { drop(stopped.await) };
            if let Err(error) = dynoxide::server::serve_with_shutdown(listener, served, until).await {
                eprintln!("the DynamoDB engine ended: {error}");
            }
        })?;
        Ok(Self { thread, database })
    }

    pub(super) fn url(&self) -> String {
        self.thread.url()
    }

    pub(super) fn into_thread(self) -> EngineThread {
        self.thread
    }

    pub(super) async fn sweep_ttl(&self) -> Result<usize, String> {
        let database = self.database.clone();
        let swept = tokio::task::spawn_blocking(move || database.sweep_ttl()).await;
        swept.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }
}

/// Creates the missing tables, indexes and TTLs. Streams stay off: an engine that keeps every record of a stream writes
/// slower with each, so the local runner reads the outbox itself (design/engines.md).
///
/// # Errors
/// An existing table has other keys, indexes or TTL; or the service refuses.
pub async fn make_tables(client: &Client, template: &Template) -> Result<(), StartError> {
    let present = table_names(client).await?;
    for table in &template.tables {
        if present.contains(&table.name) {
            compare(client, table).await?;
        } else {
            create(client, table).await?;
        }
        set_ttl(client, table).await?;
    }
    Ok(())
}

async fn table_names(client: &Client) -> Result<BTreeSet<String>, StartError> {
    let mut names = BTreeSet::new();
    let mut pages = client.list_tables().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| refused("listing the tables", error))?;
        names.extend(page.table_names().iter().cloned());
    }
    Ok(names)
}

async fn create(client: &Client, table: &Table) -> Result<(), StartError> {
    let what = format!("making the table {}", table.name);
    let indexes: Vec<GlobalSecondaryIndex> = table
        .indexes
        .iter()
        .map(|index| sdk_index(index).map_err(|error| refused(&what, error)))
        .collect::<Result<_, _>>()?;
    client
        .create_table()
        .table_name(&table.name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(definitions(table, &what)?))
        .set_key_schema(Some(key_schema(&table.key).map_err(|error| refused(&what, error))?))
        .set_global_secondary_indexes((!indexes.is_empty()).then_some(indexes))
        .send()
        .await
        .map_err(|error| refused(&what, error))?;
    ready(client, table).await.map(drop)
}

/// Compares a stored table with the template's, and adds indexes that only the template has.
async fn compare(client: &Client, table: &Table) -> Result<(), StartError> {
    let differs = |what: String| StartError::Differs { table: format!("the table {}", table.name), what };
    let stored = ready(client, table).await?;
    if stored.key_schema() != key_schema(&table.key).map_err(|error| refused(&table.name, error))? {
        return Err(differs("its key is another".to_owned()));
    }
    let types: BTreeMap<&str, AttributeKind> =
        table.attributes.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    for definition in stored.attribute_definitions() {
        let kind = types.get(definition.attribute_name());
        if kind.is_some_and(|kind| scalar(*kind) != *definition.attribute_type()) {
            return Err(differs(format!("{} is of another type", definition.attribute_name())));
        }
    }
    for description in stored.global_secondary_indexes() {
        let name = description.index_name().unwrap_or_default();
        match table.indexes.iter().find(|index| index.name == name) {
            None => return Err(differs(format!("it has an index {name}"))),
            Some(index) if !same_index(index, description) => {
                return Err(differs(format!("its index {name} has another key or projection")));
            }
            Some(_) => {}
        }
    }
    for index in &table.indexes {
        if !stored.global_secondary_indexes().iter().any(|there| there.index_name() == Some(index.name.as_str())) {
            add_index(client, table, index).await?;
        }
    }
    Ok(())
}

async fn add_index(client: &Client, table: &Table, index: &Index) -> Result<(), StartError> {
    let what = format!("adding the index {} to {}", index.name, table.name);
    let action = CreateGlobalSecondaryIndexAction::builder()
        .index_name(&index.name)
        .set_key_schema(Some(key_schema(&index.key).map_err(|error| refused(&what, error))?))
        .projection(sdk_projection(&index.projection))
        .build()
        .map_err(|error| refused(&what, error))?;
    client
        .update_table()
        .table_name(&table.name)
        .set_attribute_definitions(Some(definitions(table, &what)?))
        .global_secondary_index_updates(GlobalSecondaryIndexUpdate::builder().create(action).build())
        .send()
        .await
        .map_err(|error| refused(&what, error))?;
    ready(client, table).await.map(drop)
}

async fn set_ttl(client: &Client, table: &Table) -> Result<(), StartError> {
    let what = format!("the TTL of {}", table.name);
    let answer =
        client.describe_time_to_live().table_name(&table.name).send().await.map_err(|error| refused(&what, error))?;
    let stored = answer.time_to_live_description().filter(|ttl| {
        matches!(ttl.time_to_live_status(), Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
    });
    match (stored.and_then(|ttl| ttl.attribute_name()), table.ttl.as_deref()) {
        (stored, wanted) if stored == wanted => Ok(()),
        (None, Some(attribute)) => {
            let specification = TimeToLiveSpecification::builder()
                .attribute_name(attribute)
                .enabled(true)
                .build()
                .map_err(|error| refused(&what, error))?;
            let update = client.update_time_to_live().table_name(&table.name).time_to_live_specification(specification);
            update.send().await.map(drop).map_err(|error| refused(&what, error))
        }
        (stored, _) => Err(StartError::Differs {
            table: format!("the table {}", table.name),
            what: format!("its TTL is on {}", stored.unwrap_or("nothing")),
        }),
    }
}

/// Waits until a table and its indexes can be used, and returns its description.
async fn ready(client: &Client, table: &Table) -> Result<TableDescription, StartError> {
    let what = format!("the table {}", table.name);
    let usable = async {
        loop {
            let answer = client.describe_table().table_name(&table.name).send().await;
            let described = answer.map_err(|error| refused(&what, error))?.table;
            if let Some(description) = described.filter(is_usable) {
                return Ok(description);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let late = || StartError::Refused { what: what.clone(), source: "is not ready after a minute".into() };
    tokio::time::timeout(READY, usable).await.unwrap_or_else(|_| Err(late()))
}

fn is_usable(table: &TableDescription) -> bool {
    let indexes = table.global_secondary_indexes();
    table.table_status() == Some(&TableStatus::Active)
        && indexes.iter().all(|index| index.index_status() == Some(&IndexStatus::Active))
}

fn same_index(index: &Index, stored: &GlobalSecondaryIndexDescription) -> bool {
    let Some(projection) = stored.projection() else {
        return false;
    };
    let included: BTreeSet<String> = projection.non_key_attributes().iter().cloned().collect();
    let same_projection = match (&index.projection, projection.projection_type()) {
        (Projection::All, Some(ProjectionType::All)) | (Projection::KeysOnly, Some(ProjectionType::KeysOnly)) => true,
        (Projection::Include(names), Some(ProjectionType::Include)) => *names == included,
        _ => false,
    };
    same_projection && key_schema(&index.key).is_ok_and(|key| key == stored.key_schema())
}

type BuildError = aws_sdk_dynamodb::error::BuildError;

fn definitions(table: &Table, what: &str) -> Result<Vec<AttributeDefinition>, StartError> {
    let definition = |(name, kind): (&String, &AttributeKind)| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(scalar(*kind))
            .build()
            .map_err(|error| refused(what, error))
    };
    table.attributes.iter().map(definition).collect()
}

fn scalar(kind: AttributeKind) -> ScalarAttributeType {
    match kind {
        AttributeKind::Text => ScalarAttributeType::S,
        AttributeKind::Number => ScalarAttributeType::N,
        AttributeKind::Binary => ScalarAttributeType::B,
    }
}

fn key_schema(key: &Key) -> Result<Vec<KeySchemaElement>, BuildError> {
    let element = |name: &String, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    let range = key.range.iter().map(|name| element(name, KeyType::Range));
    std::iter::once(element(&key.hash, KeyType::Hash)).chain(range).collect()
}

fn sdk_index(index: &Index) -> Result<GlobalSecondaryIndex, BuildError> {
    GlobalSecondaryIndex::builder()
        .index_name(&index.name)
        .set_key_schema(Some(key_schema(&index.key)?))
        .projection(sdk_projection(&index.projection))
        .build()
}

fn sdk_projection(projection: &Projection) -> SdkProjection {
    let builder = SdkProjection::builder();
    match projection {
        Projection::All => builder.projection_type(ProjectionType::All),
        Projection::KeysOnly => builder.projection_type(ProjectionType::KeysOnly),
        Projection::Include(names) => builder
            .projection_type(ProjectionType::Include)
            .set_non_key_attributes(Some(names.iter().cloned().collect())),
    }
    .build()
}

fn refused(what: &str, error: impl std::error::Error) -> StartError {
    StartError::Refused { what: what.to_owned(), source: DisplayErrorContext(error).to_string().into() }
}
