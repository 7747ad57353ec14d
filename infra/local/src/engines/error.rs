//! Why engines did not start.

use std::path::PathBuf;

use epass_cloud::Endpoints;

/// Why engines did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process has this folder open.
    #[error("{} is in use by another e-PASS JEUNES: stop it, or choose another --data", .data.display())]
    InUse {
        /// The folder.
        data: PathBuf,
        /// Where that process's engines answer, if it said so.
        running: Option<Endpoints>,
    },
    /// A port could not be had.
    #[error("the {engine} engine cannot listen on port {port}: {source}")]
    Port {
        /// Which engine.
        engine: &'static str,
        /// Which port; 0 is any free one.
        port: u16,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The folder cannot be made, read or written.
    #[error("{}: {source}", .path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// An engine refused its files.
    #[error("the {engine} engine does not open its data: {what}")]
    Engine {
        /// Which engine.
        engine: &'static str,
        /// Its own words.
        what: String,
    },
    /// What is stored is not what the template says.
    #[error("{table} differs from infra/template.yaml: {what}; start with --fresh, or with another --data")]
    Differs {
        /// The table.
        table: String,
        /// Where.
        what: String,
    },
    /// A table or a bucket could not be made.
    #[error("{what}: {source}")]
    Refused {
        /// What was being done.
        what: String,
        /// The service's answer.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
