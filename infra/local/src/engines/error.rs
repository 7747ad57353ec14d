//! Errors of starting the engines.

use std::path::PathBuf;

use epass_cloud::Endpoints;

/// An error of starting the engines.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process has this folder open.
    #[error("{} is in use by another e-PASS JEUNES: stop it, or choose another --data", .data.display())]
    InUse {
        /// The folder.
        data: PathBuf,
        /// The endpoints of that process's engines, if it stored them.
        running: Option<Endpoints>,
    },
    /// A port cannot be opened.
    #[error("the {engine} engine cannot listen on port {port}: {source}")]
    Port {
        /// The engine.
        engine: &'static str,
        /// The port; 0 is any free one.
        port: u16,
        /// The system's error.
        source: std::io::Error,
    },
    /// The folder cannot be made, read or written.
    #[error("{}: {source}", .path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// An engine cannot open its files.
    #[error("the {engine} engine does not open its data: {what}")]
    Engine {
        /// The engine.
        engine: &'static str,
        /// The engine's error.
        what: String,
    },
    /// The stored data does not match the template.
    #[error("{table} differs from infra/template.yaml: {what}; start with --fresh, or with another --data")]
    Differs {
        /// The table.
        table: String,
        /// The difference.
        what: String,
    },
    /// A table or a bucket could not be created.
    #[error("{what}: {source}")]
    Refused {
        /// The action that failed.
        what: String,
        /// The service's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
