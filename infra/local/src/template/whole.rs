//! The whole template: its resources by name, and the environment of each function.

use std::collections::BTreeMap;

use super::error::TemplateError;
use super::functions::{Function, Setting};
use super::machines;
use super::machines::Machine;
use super::tables::{Bucket, Table};

/// The whole template, checked for consistency.
#[derive(Clone, Debug)]
pub struct Template {
    /// One for each Lambda, in the file's order.
    pub functions: Vec<Function>,
    /// One for each DynamoDB table, in the file's order.
    pub tables: Vec<Table>,
    /// One for each S3 bucket, in the file's order.
    pub buckets: Vec<Bucket>,
    /// One for each state machine, in the file's order.
    pub machines: Vec<Machine>,
    pub(super) parameters: BTreeMap<String, Option<String>>,
}

/// The values that the template does not contain and its user provides.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Parameters of the stack, by name; those that have a default may be left out.
    pub parameters: BTreeMap<String, String>,
    /// Values of secrets, by logical id.
    pub secrets: BTreeMap<String, String>,
}

impl Template {
    /// The values of a function's environment on this machine.
    ///
    /// # Errors
    /// A parameter without default, or a secret, has no value.
    pub fn environment(&self, function: &Function, given: &Given) -> Result<BTreeMap<String, String>, TemplateError> {
        let value = |name: &str, setting: &Setting| {
            let missing = |what: &str, id: &str| TemplateError {
                at: format!("{}, {name}", function.logical_id),
                what: format!("the {what} {id} was not given a value"),
            };
            match setting {
                Setting::Text(text) => Ok(text.clone()),
                Setting::Table(id) => Ok(self.table(id).map_or_else(|| id.clone(), |table| table.name.clone())),
                Setting::Bucket(id) => Ok(self.bucket(id).map_or_else(|| id.clone(), |bucket| bucket.name.clone())),
                Setting::Machine(id) => Ok(machines::arn(id)),
                Setting::Secret(id) => given.secrets.get(id).cloned().ok_or_else(|| missing("secret", id)),
                Setting::Parameter(id) => {
                    let default = || self.parameters.get(id).cloned().flatten();
                    given.parameters.get(id).cloned().or_else(default).ok_or_else(|| missing("parameter", id))
                }
            }
        };
        function.settings.iter().map(|(name, setting)| Ok((name.clone(), value(name, setting)?))).collect()
    }

    /// The table with this logical id.
    pub fn table(&self, logical_id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.logical_id == logical_id)
    }

    /// The bucket with this logical id.
    pub fn bucket(&self, logical_id: &str) -> Option<&Bucket> {
        self.buckets.iter().find(|bucket| bucket.logical_id == logical_id)
    }

    /// The state machine with this ARN, as [`Machine::arn`] gives it.
    pub fn machine(&self, arn: &str) -> Option<&Machine> {
        self.machines.iter().find(|machine| machine.arn() == arn)
    }

    /// The function with this package name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }
}
