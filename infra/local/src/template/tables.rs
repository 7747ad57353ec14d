//! Tables, with their keys and indexes, and buckets.

use std::collections::{BTreeMap, BTreeSet};

use super::error::TemplateError;
use super::node::Node;

/// A DynamoDB table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in the template: `Partners`.
    pub logical_id: String,
    /// Its name here: `TableName`, else the logical id (in the cloud, CloudFormation generates one).
    pub name: String,
    /// Its primary key.
    pub key: Key,
    /// The type of each attribute that is part of a key.
    pub attributes: BTreeMap<String, AttributeKind>,
    /// Its global secondary indexes.
    pub indexes: Vec<Index>,
    /// The attribute with the time of expiry, in seconds since 1970.
    pub ttl: Option<String>,
    /// The view type of its stream (`NEW_IMAGE`…), when it has one.
    pub stream: Option<String>,
}

/// A partition key and an optional sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Partition key.
    pub hash: String,
    /// Sort key.
    pub range: Option<String>,
}

/// The type of a key attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// `S`
    Text,
    /// `N`
    Number,
    /// `B`
    Binary,
}

/// A global secondary index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: Key,
    /// The attributes that it contains besides keys.
    pub projection: Projection,
}

/// The attributes that an index contains besides keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projection {
    /// The whole item.
    All,
    /// No other attributes.
    KeysOnly,
    /// These attributes.
    Include(BTreeSet<String>),
}

/// An S3 bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name in the template: `Documents`.
    pub logical_id: String,
    /// Its name here: `BucketName`, else the logical id in lower case.
    pub name: String,
}

pub(super) fn table(id: &str, resource: &Node<'_>) -> Result<Table, TemplateError> {
    let properties = resource.need("Properties")?;
    let mut attributes = BTreeMap::new();
    for attribute in properties.need("AttributeDefinitions")?.items()? {
        let kind = attribute.need("AttributeType")?;
        let kind = match kind.text()?.as_str() {
            "S" => AttributeKind::Text,
            "N" => AttributeKind::Number,
            "B" => AttributeKind::Binary,
            other => return kind.wrong(format!("{other} is not S, N or B")),
        };
        attributes.insert(attribute.need("AttributeName")?.text()?, kind);
    }
    let indexes = match properties.get("GlobalSecondaryIndexes") {
        Some(list) => list.items()?.iter().map(index).collect::<Result<_, _>>()?,
        None => vec![],
    };
    let table = Table {
        logical_id: id.to_owned(),
        name: properties.get("TableName").map_or(Ok(id.to_owned()), |node| node.text())?,
        key: key(&properties)?,
        attributes,
        indexes,
        ttl: ttl(&properties)?,
        stream: properties
            .get("StreamSpecification")
            .map(|stream| stream.need("StreamViewType")?.text())
            .transpose()?,
    };
    check_attributes(&properties, &table)?;
    Ok(table)
}

/// DynamoDB refuses a table whose defined attributes are not exactly those of its keys.
fn check_attributes(properties: &Node<'_>, table: &Table) -> Result<(), TemplateError> {
    let keys = std::iter::once(&table.key).chain(table.indexes.iter().map(|index| &index.key));
    let used: BTreeSet<&String> = keys.flat_map(|key| std::iter::once(&key.hash).chain(&key.range)).collect();
    let defined: BTreeSet<&String> = table.attributes.keys().collect();
    match used.symmetric_difference(&defined).next() {
        Some(name) if used.contains(name) => properties.wrong(format!("the key attribute {name} is not defined")),
        Some(name) => properties.wrong(format!("{name} is defined and in no key")),
        None => Ok(()),
    }
}

pub(super) fn index(node: &Node<'_>) -> Result<Index, TemplateError> {
    let projection = node.need("Projection")?;
    let kind = projection.need("ProjectionType")?;
    let projection = match kind.text()?.as_str() {
        "ALL" => Projection::All,
        "KEYS_ONLY" => Projection::KeysOnly,
        "INCLUDE" => {
            let names = projection.need("NonKeyAttributes")?;
            Projection::Include(names.items()?.iter().map(Node::text).collect::<Result<_, _>>()?)
        }
        other => return kind.wrong(format!("{other} is not ALL, KEYS_ONLY or INCLUDE")),
    };
    Ok(Index { name: node.need("IndexName")?.text()?, key: key(node)?, projection })
}

pub(super) fn key(node: &Node<'_>) -> Result<Key, TemplateError> {
    let schema = node.need("KeySchema")?;
    let (mut hash, mut range) = (None, None);
    for part in schema.items()? {
        let name = part.need("AttributeName")?.text()?;
        match part.need("KeyType")?.text()?.as_str() {
            "HASH" => hash = Some(name),
            "RANGE" => range = Some(name),
            other => return part.wrong(format!("{other} is not HASH or RANGE")),
        }
    }
    match hash {
        Some(hash) => Ok(Key { hash, range }),
        None => schema.wrong("has no HASH key"),
    }
}

pub(super) fn ttl(properties: &Node<'_>) -> Result<Option<String>, TemplateError> {
    let Some(specification) = properties.get("TimeToLiveSpecification") else {
        return Ok(None);
    };
    let enabled = specification.need("Enabled")?.text()? == "true";
    let attribute = specification.need("AttributeName")?.text()?;
    Ok(enabled.then_some(attribute))
}

pub(super) fn bucket(id: &str, resource: &Node<'_>) -> Result<Bucket, TemplateError> {
    let named = resource.get("Properties").and_then(|properties| properties.get("BucketName"));
    let name = named.map_or(Ok(id.to_lowercase()), |node| node.text())?;
    Ok(Bucket { logical_id: id.to_owned(), name })
}
