//! A Lambda of the template: its routes, events, environment and grants.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{TemplateError, wrong};

/// A Lambda: one room.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name in the template: `PartnerTransaction`.
    pub logical_id: String,
    /// Its cargo package, which is its folder: `partner-transaction` for `functions/partner/transaction`.
    pub name: String,
    /// Its purpose, in one sentence.
    pub description: String,
    /// Memory, in MB.
    pub memory_mb: u64,
    /// The longest invocation, in seconds.
    pub timeout_s: u64,
    /// Its environment, the template's globals included; [`Template::environment`] gives the values.
    pub settings: BTreeMap<String, Setting>,
    /// Its HTTP routes.
    pub routes: Vec<Route>,
    /// Its schedules.
    pub schedules: Vec<Schedule>,
    /// The streams that invoke it.
    pub streams: Vec<Stream>,
    /// The permissions of its role, one entry for each resource of each statement.
    pub grants: Vec<Grant>,
}

impl Function {
    /// The logical ids of the tables, buckets and state machines that its role grants access to.
    pub fn granted(&self) -> BTreeSet<&str> {
        self.grants.iter().filter_map(|grant| grant.on.logical_id()).collect()
    }

    /// Checks that its environment names exactly the tables, buckets and state machines that its role grants access to,
    /// so that a function that uses another one fails on this machine too.
    pub(super) fn check_names(&self) -> Result<(), TemplateError> {
        let mut named = BTreeSet::new();
        for (variable, setting) in &self.settings {
            let (id, expected) = match setting {
                Setting::Table(id) => (id, format!("EPASS_TABLE_{}", id.to_uppercase())),
                Setting::Bucket(id) => (id, "EPASS_BUCKET".to_owned()),
                Setting::Machine(id) => (id, "EPASS_REIMBURSEMENT_MACHINE".to_owned()),
                Setting::Text(_) | Setting::Parameter(_) | Setting::Secret(_) => continue,
            };
            if *variable != expected {
                return wrong(&self.logical_id, format!("{variable} holds the name of {id}"));
            }
            named.insert(id.as_str());
        }
        let granted = self.granted();
        if let Some(id) = named.difference(&granted).next() {
            return wrong(&self.logical_id, format!("its environment names {id}, which its role may not touch"));
        }
        if let Some(id) = granted.difference(&named).next() {
            return wrong(&self.logical_id, format!("its role may touch {id}, which its environment does not name"));
        }
        Ok(())
    }
}

/// A value of a function's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Literal text.
    Text(String),
    /// A parameter of the stack.
    Parameter(String),
    /// The name of a table.
    Table(String),
    /// The name of a bucket.
    Bucket(String),
    /// The ARN of a state machine.
    Machine(String),
    /// The value of a secret.
    Secret(String),
}

/// A method and a path, as API Gateway writes them: `GET`, `/transactions/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Upper case; `ANY` for the default route.
    pub method: String,
    /// The path; `$default` for requests that no other route takes.
    pub path: String,
}

impl Route {
    /// Whether this is the default route, for requests without another one.
    pub fn is_default(&self) -> bool {
        self.path == "$default"
    }
}

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The event's name within the function.
    pub name: String,
    /// `rate(…)` or `cron(…)`.
    pub expression: String,
}

/// An event source: the stream of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The table's logical id.
    pub table: String,
    /// The most records of one call.
    pub batch_size: u64,
    /// Event patterns in JSON; a record must match one of them. Empty means every record.
    pub filters: Vec<String>,
}

/// Actions that a role allows on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// `dynamodb:GetItem`, `s3:PutObject`…
    pub actions: BTreeSet<String>,
    /// The resource.
    pub on: Target,
}

impl Grant {
    /// Whether any of the actions changes something.
    pub fn writes(&self) -> bool {
        const READING: [&str; 6] = ["Get", "BatchGet", "Query", "Scan", "List", "ConditionCheck"];
        let reads = |action: &String| {
            let verb = action.split_once(':').map_or("", |(_, verb)| verb);
            READING.iter().any(|prefix| verb.starts_with(prefix))
        };
        !self.actions.iter().all(reads)
    }
}

/// The resource of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A table's items.
    Table(String),
    /// One of a table's indexes.
    Index {
        /// The table's logical id.
        table: String,
        /// The index.
        index: String,
    },
    /// Objects of a bucket with a key prefix.
    Objects {
        /// The bucket's logical id.
        bucket: String,
        /// The prefix of the keys, `rib/`; empty for all.
        prefix: String,
    },
    /// A bucket itself, to list its keys.
    Bucket(String),
    /// A state machine.
    Machine(String),
    /// A resource outside this template, as the template writes it.
    Elsewhere(String),
}

impl Target {
    /// The logical id of its table, bucket or state machine in this template.
    pub(super) fn logical_id(&self) -> Option<&str> {
        match self {
            Self::Table(id) | Self::Bucket(id) | Self::Machine(id) => Some(id),
            Self::Index { table, .. } => Some(table),
            Self::Objects { bucket, .. } => Some(bucket),
            Self::Elsewhere(_) => None,
        }
    }
}
