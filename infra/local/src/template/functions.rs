//! A Lambda as the template says it: its routes, its events, its environment and its rights.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{TemplateError, wrong};

/// A Lambda: one room.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name in the template: `PartnerTransaction`.
    pub logical_id: String,
    /// Its cargo package, which is its folder: `partner-transaction` for `functions/partner/transaction`.
    pub name: String,
    /// What it does, in a sentence.
    pub description: String,
    /// Memory, in MB.
    pub memory_mb: u64,
    /// Longest run, in seconds.
    pub timeout_s: u64,
    /// Its environment, the template's globals included; [`Template::environment`] gives the values.
    pub settings: BTreeMap<String, Setting>,
    /// What it answers over HTTP.
    pub routes: Vec<Route>,
    /// When it is called by the clock.
    pub schedules: Vec<Schedule>,
    /// Which tables' streams it is fed from.
    pub streams: Vec<Stream>,
    /// What its role may do, one entry for each resource of each statement.
    pub grants: Vec<Grant>,
}

impl Function {
    /// The logical ids of the tables, buckets and state machines that its role may touch.
    pub fn granted(&self) -> BTreeSet<&str> {
        self.grants.iter().filter_map(|grant| grant.on.logical_id()).collect()
    }

    /// The tables, buckets and state machines that it is told the names of must be those that its role may touch: then a
    /// function that reaches for another one fails on this machine too.
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

/// One value of a function's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Written out.
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
    /// The path; `$default` for what no other route takes.
    pub path: String,
}

impl Route {
    /// Whether this is the route of everything that has no other.
    pub fn is_default(&self) -> bool {
        self.path == "$default"
    }
}

/// A call by the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The event's name within the function.
    pub name: String,
    /// `rate(…)` or `cron(…)`.
    pub expression: String,
}

/// A feed from a table's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The table's logical id.
    pub table: String,
    /// Most records in one call.
    pub batch_size: u64,
    /// Event patterns in JSON, any of which a record must match; none means every record.
    pub filters: Vec<String>,
}

/// Actions that a role allows on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// `dynamodb:GetItem`, `s3:PutObject`…
    pub actions: BTreeSet<String>,
    /// On what.
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

/// What a grant is about.
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
    /// Objects of a bucket whose keys start so.
    Objects {
        /// The bucket's logical id.
        bucket: String,
        /// The start of the keys, `rib/`; empty for all.
        prefix: String,
    },
    /// A bucket itself: the list of its keys.
    Bucket(String),
    /// A state machine.
    Machine(String),
    /// Something outside this template, as it is written there.
    Elsewhere(String),
}

impl Target {
    /// The table, bucket or state machine of this template that it is, or belongs to.
    pub(super) fn logical_id(&self) -> Option<&str> {
        match self {
            Self::Table(id) | Self::Bucket(id) | Self::Machine(id) => Some(id),
            Self::Index { table, .. } => Some(table),
            Self::Objects { bucket, .. } => Some(bucket),
            Self::Elsewhere(_) => None,
        }
    }
}
