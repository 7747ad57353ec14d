//! The content of `infra/template.yaml` as types: functions with their routes, schedules, streams and grants, tables,
//! buckets, state machines.

mod error;
mod functions;
mod kinds;
mod machines;
mod node;
mod parsing;
mod reading;
mod tables;
mod whole;

pub use error::TemplateError;
pub use functions::{Function, Grant, Route, Schedule, Setting, Stream, Target};
pub use machines::Machine;
pub(crate) use parsing::EMBEDDED;
pub use tables::{AttributeKind, Bucket, Index, Key, Projection, Table};
pub use whole::{Given, Template};
