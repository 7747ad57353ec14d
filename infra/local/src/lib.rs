//! e-PASS JEUNES on one machine: what `infra/template.yaml` describes, on engines embedded in this process.

pub mod engines;
mod expression;
pub mod mails;
pub mod template;

pub use engines::{EngineOptions, Engines, StartError};
pub use template::{Template, TemplateError};
