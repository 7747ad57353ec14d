//! The watched files, and what a change of each requires.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::rooms;

/// The build that a change requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// None: the file is read from the disk.
    Asset,
    /// The binary of the room of this name.
    Room(&'static str),
    /// This program.
    Program,
}

/// The work tree that this program was built from.
pub(super) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

impl Change {
    /// The build that a changed file requires, by its path within the work tree; `None` for a file that belongs to no
    /// program.
    fn of(path: &Path) -> Option<Self> {
        let known = ["rs", "html", "mail", "typ", "toml", "css", "js", "svg", "webmanifest", "yaml", "json", "txt"];
        path.extension().and_then(|extension| extension.to_str()).filter(|extension| known.contains(extension))?;
        if path.starts_with("shared/web/assets") {
            return Some(Self::Asset);
        }
        let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
        match parts.as_slice() {
            ["functions", role, room, ..] => {
                let name = format!("{role}-{room}");
                let room = rooms::all().iter().map(epass_web::Room::name).find(|known| *known == name);
                Some(room.map_or(Self::Program, Self::Room))
            }
            _ => Some(Self::Program),
        }
    }
}

/// The modification time of each watched file.
pub(super) struct Tree(BTreeMap<PathBuf, SystemTime>);

impl Tree {
    /// The current tree.
    pub(super) fn now() -> Self {
        let mut files = BTreeMap::new();
        for folder in ["functions", "shared", "infra/local"] {
            walk(&root().join(folder), &mut files);
        }
        Self(files)
    }

    /// The changes since the last call.
    pub(super) fn changes(&mut self) -> BTreeSet<Change> {
        let before = std::mem::replace(self, Self::now()).0;
        let written = self.0.iter().filter(|(file, at)| before.get(*file) != Some(*at)).map(|(file, _)| file);
        let gone = before.keys().filter(|file| !self.0.contains_key(*file));
        written.chain(gone).filter_map(|file| Change::of(file.strip_prefix(root()).ok()?)).collect()
    }
}

/// Skips hidden files, build output and snapshots.
fn walk(folder: &Path, files: &mut BTreeMap<PathBuf, SystemTime>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let is_left_out =
            name.to_str().is_none_or(|name| name.starts_with('.') || ["target", "snapshots"].contains(&name));
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() && !is_left_out {
            walk(&path, files);
        } else if let (true, Ok(at)) = (metadata.is_file() && !is_left_out, metadata.modified()) {
            files.insert(path, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_builds_as_little_as_it_needs() {
        for (path, change) in [
            ("shared/web/assets/style.css", Some(Change::Asset)),
            ("functions/team/mails/templates/mails.html", Some(Change::Room("team-mails"))),
            ("functions/partner/bon-plan/src/lib.rs", Some(Change::Room("partner-bon-plan"))),
            ("functions/background/mailer/src/lib.rs", Some(Change::Program)),
            ("shared/mail/templates/enrolled.mail", Some(Change::Program)),
            ("shared/scanner/README.md", None),
        ] {
            assert_eq!(Change::of(Path::new(path)), change, "{path}");
        }
    }
}
