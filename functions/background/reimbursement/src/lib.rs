//! Reimburses partners (guide §7.3): each week one statement for each partner, an audit of all statements, and one file
//! for the bank. It is idempotent: it may be killed anywhere and restarted, or run twice at once. What is stored stays,
//! what is missing is added, and the file has the same bytes.
//!
//! One invocation does a slice: some pages of partners, or the audit. A state machine (`infra/template.yaml`) calls it
//! until it answers `done`.

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

/// The event of the schedule or of the team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Run {
    /// The week that the team wants closed; `None` for the weeks that are due.
    pub week: Option<Week>,
}

/// The progress of the batches after a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Whether no work is left: the state machine ends.
    pub done: bool,
    /// The batch that was worked on.
    pub batch: Option<Week>,
    /// The partners handled so far.
    pub walked: u32,
    /// The number of all partners.
    pub partners: u32,
}

/// The size of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Partners per page; at most 100.
    pub page: i32,
    /// Pages per slice.
    pub pages: u32,
    /// Concurrent queries.
    pub in_flight: usize,
}

impl Default for Pace {
    /// Ten thousand partners per slice, which take some seconds.
    fn default() -> Self {
        Self { page: 100, pages: 100, in_flight: 32 }
    }
}

/// The reimbursement function.
#[derive(Clone, Debug)]
pub struct Reimbursement {
    app: App,
    debtor: Debtor,
    first_week: Week,
    pace: Pace,
}

/// The function from the environment's settings; `value_of` as for [`App::new`].
///
/// # Errors
/// The variable that is missing or wrong.
pub fn reimbursement(app: App, value_of: impl Fn(&str) -> Option<String>) -> Result<Reimbursement, StartError> {
    let need = |name: &str| value_of(name).ok_or_else(|| format!("the environment variable {name} is not set"));
    let first_week = app.settings.first_week.ok_or("the environment variable EPASS_FIRST_WEEK is not set")?;
    Ok(Reimbursement { debtor: Debtor::read(need)?, app, first_week, pace: Pace::default() })
}

impl Reimbursement {
    /// The same function with another pace.
    #[must_use]
    pub fn at(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Does a slice of what is due.
    ///
    /// # Errors
    /// The store or the bucket does not answer: the next slice continues from there. The audit stops a batch, or the
    /// requested week is not over: no file is made.
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

    /// The batch to work on: the requested one, or the first one that is due and not stopped.
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

    /// The batch of a week; it is opened if it does not exist.
    async fn standing(&self, week: Week) -> Result<Batch, StartError> {
        let store = &self.app.store;
        if let Some(batch) = store.reimbursements.batch(week).await? {
            return Ok(batch);
        }
        // Refuses a week that is not over before counting the partners.
        Batch::open(week, 0, self.app.now())?;
        let new = Batch::open(week, store.partners.count().await?, self.app.now())?;
        Ok(store.reimbursements.open(&new).await?)
    }

    /// Stores the checkpoint of a batch. After a lost race the other run's checkpoint stands.
    async fn advance(&self, before: &Batch, after: Batch) -> Result<Batch, StoreError> {
        let batches = &self.app.store.reimbursements;
        if batches.advance(before, &after).await? {
            return Ok(after);
        }
        batches.batch(before.week).await?.ok_or_else(|| StoreError::Failed("a batch is gone".into()))
    }
}
