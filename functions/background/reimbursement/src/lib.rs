//! Pays the partners back (guide §7.3): each week one statement for each partner, an audit of them all, and one file for the
//! bank. It may be killed anywhere and started again, or run twice at once: what stands stays, what lacks is added, and the
//! file has the same bytes.
//!
//! One invocation does a slice: some pages of partners, or the audit. A state machine (`infra/template.yaml`) goes on until it
//! answers `done`.

mod audit;
mod close;
mod function;
mod order;

use epass_domain::{Batch, BatchPhase, BatchRefusal, Week};
use epass_store::StoreError;
use epass_web::{App, StartError};
use serde::{Deserialize, Serialize};

pub use function::FUNCTION;
pub use order::Debtor;

/// What the schedule, or the team, asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Run {
    /// The one week that the team wants closed; what is due without.
    pub week: Option<Week>,
}

/// How far the batches are after a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Whether nothing is left to do: the state machine ends.
    pub done: bool,
    /// The batch that was worked on.
    pub batch: Option<Week>,
    /// Partners walked through.
    pub walked: u32,
    /// Partners there are.
    pub partners: u32,
}

/// How much one invocation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Partners of a page; at most 100.
    pub page: i32,
    /// Pages of a slice.
    pub pages: u32,
    /// Queries in flight at once.
    pub in_flight: usize,
}

impl Default for Pace {
    /// Ten thousand partners a slice: some seconds.
    fn default() -> Self {
        Self { page: 100, pages: 100, in_flight: 32 }
    }
}

/// The function.
#[derive(Clone, Debug)]
pub struct Reimbursement {
    app: App,
    debtor: Debtor,
    first_week: Week,
    pace: Pace,
}

/// The function that the environment sets up; `value_of` as for [`App::new`].
///
/// # Errors
/// The variable that is missing or wrong.
pub fn reimbursement(app: App, value_of: impl Fn(&str) -> Option<String>) -> Result<Reimbursement, StartError> {
    let need = |name: &str| value_of(name).ok_or_else(|| format!("the environment variable {name} is not set"));
    let first_week = app.settings.first_week.ok_or("the environment variable EPASS_FIRST_WEEK is not set")?;
    Ok(Reimbursement { debtor: Debtor::read(need)?, app, first_week, pace: Pace::default() })
}

impl Reimbursement {
    /// The same one at another pace.
    #[must_use]
    pub fn at(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Does a slice of what is due.
    ///
    /// # Errors
    /// When the store or the bucket does not answer: the next slice goes on from there. When the audit stops a batch, or
    /// a week is asked for that is not over: no file is made.
    pub async fn handle(&self, run: Run) -> Result<Progress, StartError> {
        let Some(batch) = self.next(run.week).await? else {
            return Ok(Progress { done: true, batch: None, walked: 0, partners: 0 });
        };
        let batch = match &batch.phase {
            BatchPhase::Closing { after } => self.close(&batch, after.clone()).await?,
            BatchPhase::Auditing { execution_day, made_at } => self.audit(&batch, *execution_day, *made_at).await?,
            BatchPhase::Stopped { .. } | BatchPhase::Made(_) => batch,
        };
        tracing::info!(batch = %batch.week, walked = batch.walked, made = batch.is_made(), "reimbursement");
        let done = run.week.is_some() && batch.is_made();
        Ok(Progress { done, batch: Some(batch.week), walked: batch.walked, partners: batch.partners })
    }

    /// The batch to work on: the one that is asked for, or the first one that is due and not stopped.
    async fn next(&self, asked: Option<Week>) -> Result<Option<Batch>, StartError> {
        if let Some(week) = asked {
            if week < self.first_week {
                return Err(BatchRefusal::NotDue.into());
            }
            let standing = self.standing(week).await?;
            return Ok(Some(match standing.resumed() {
                Ok(resumed) => self.advance(&standing, resumed).await?,
                Err(_) => standing,
            }));
        }
        let last = Week::last_over(self.app.now());
        let batches = self.app.store.reimbursements.batches_between(self.first_week, last).await?;
        let is_open = |batch: &Batch| !matches!(batch.phase, BatchPhase::Made(_) | BatchPhase::Stopped { .. });
        let mut week = self.first_week;
        while week <= last {
            match batches.iter().find(|batch| batch.week == week) {
                None => return Ok(Some(self.standing(week).await?)),
                Some(batch) if is_open(batch) => return Ok(Some(batch.clone())),
                Some(_) => week = week.next(),
            }
        }
        Ok(None)
    }

    /// The batch of a week, opened where it was not.
    async fn standing(&self, week: Week) -> Result<Batch, StartError> {
        let store = &self.app.store;
        if let Some(batch) = store.reimbursements.batch(week).await? {
            return Ok(batch);
        }
        // Asked first: a week that is not over is refused before anything is counted.
        Batch::open(week, 0, self.app.now())?;
        let new = Batch::open(week, store.partners.count().await?, self.app.now())?;
        Ok(store.reimbursements.open(&new).await?)
    }

    /// Stores how far a batch is. Where another run was faster, its word stands.
    async fn advance(&self, before: &Batch, after: Batch) -> Result<Batch, StoreError> {
        let batches = &self.app.store.reimbursements;
        if batches.advance(before, &after).await? {
            return Ok(after);
        }
        batches.batch(before.week).await?.ok_or_else(|| StoreError::Failed("a batch is gone".into()))
    }
}
