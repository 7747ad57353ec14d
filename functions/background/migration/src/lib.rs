//! Migrates stored data after a new version is deployed (`epass_store::migrations`). A schedule calls it every five
//! minutes, so that nobody has to start it; when all migrations are done, a call only reads that.

mod function;

use epass_store::Migration;
use epass_web::{App, StartError};
use serde::{Deserialize, Serialize};

pub use function::FUNCTION;

/// Items per page.
const PAGE: i32 = 50;
/// The most pages of one migration in a call; the next call continues.
const PAGES: usize = 500;

/// The event, which has no content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct GoOn {}

/// The outcome of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Items that were migrated.
    pub changed: usize,
    /// Whether every migration is done.
    pub done: bool,
}

/// The migration function.
#[derive(Clone, Debug)]
pub struct Migrator {
    app: App,
}

impl Migrator {
    /// The function over this application state.
    pub const fn of(app: App) -> Self {
        Self { app }
    }

    /// Continues every migration that is not done.
    ///
    /// # Errors
    /// The store does not answer: the next call continues from there.
    pub async fn handle(&self, _go_on: GoOn) -> Result<Report, StartError> {
        let mut report = Report { changed: 0, done: true };
        for migration in Migration::ALL {
            let (changed, is_done) = self.go_on(migration).await?;
            report.changed += changed;
            report.done &= is_done;
            if changed > 0 {
                tracing::info!(migration = migration.name(), changed, is_done, "migration");
            }
        }
        Ok(report)
    }

    async fn go_on(&self, migration: Migration) -> Result<(usize, bool), StartError> {
        let mut changed = 0;
        for _ in 0..PAGES {
            let progress = self.app.store.migrations.step(migration, PAGE).await?;
            changed += progress.changed;
            if progress.is_done {
                return Ok((changed, true));
            }
        }
        Ok((changed, false))
    }
}
