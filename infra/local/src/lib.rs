//! e-PASS JEUNES on one machine: the resources of `infra/template.yaml`, on engines embedded in this process.

pub mod background;
pub mod demo;
pub mod engines;
mod expression;
pub mod gallery;
pub mod house;
pub mod mails;
mod region;
pub mod rights;
pub mod rooms;
pub mod states;
pub mod template;
pub mod watch;
pub mod written;

pub use engines::{EngineOptions, Engines, StartError};
pub use template::{Template, TemplateError};
