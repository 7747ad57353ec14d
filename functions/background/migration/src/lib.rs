//! Carries out what a new version changes of the data that earlier ones stored (`epass_store::migrations`). A schedule calls
//! it every five minutes, so that nobody has to remember it; once all is changed, a call reads that and ends.

mod function;

use epass_store::Migration;
use epass_web::{App, StartError};
use serde::{Deserialize, Serialize};

pub use function::FUNCTION;

/// How many items are read at a time.
const PAGE: i32 = 50;
/// How many pages of one migration a call goes through; the next call goes on from there.
const PAGES: usize = 500;

/// What wakes the function: nothing has to be said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct GoOn {}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Items that have the new shape now.
    pub changed: usize,
    /// Whether every migration is done.
    pub done: bool,
}

/// The function.
#[derive(Clone, Debug)]
pub struct Migrator {
    app: App,
}

impl Migrator {
    /// Over these tables.
    pub const fn of(app: App) -> Self {
        Self { app }
    }

    /// Goes on with every migration that is not done.
    ///
    /// # Errors
    /// When the store does not answer: the next call goes on from there.
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
