//! The repository as its own tests read it: its files, and what they say.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders that hold nothing of ours.
const NOT_OURS: [&str; 7] =
    ["target", "node_modules", ".git", ".aws-sam", "served", "test-results", "playwright-report"];

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// From the repository's root, with `/`.
    pub path: String,
    /// Empty where it is no text.
    pub text: String,
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file of the repository, by path.
///
/// # Panics
/// When a folder cannot be read.
pub fn files() -> Vec<SourceFile> {
    let mut files = Vec::new();
    collect(&root(), "", &mut files);
    files.sort();
    files
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be read") {
        let entry = entry.expect("an entry of a folder can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            if !NOT_OURS.contains(&name.as_str()) && !name.starts_with(".venv") {
                collect(&entry.path(), &format!("{path}/"), files);
            }
        } else {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            files.push(SourceFile { path, text });
        }
    }
}
