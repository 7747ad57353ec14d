//! The demo's past weeks, closed by the reimbursement function: all but the last ones are paid. One partner has no
//! approved account, and the bank rejected one transfer.

use background_reimbursement::Run;
use epass_domain::{Batch, Failure, Line, ParisDay, Partner, StatementNumber, Week};
use epass_store::EntryState;
use epass_web::{Clock, StartError};
use jiff::SignedDuration;

use super::{Demo, WEEKS};
use crate::house::House;

/// The ranks of two demo partners: one without an approved account, and one whose transfer was rejected.
const WITHOUT_ACCOUNT: usize = 8;
const REJECTED: usize = 11;

impl Demo {
    /// A partner before any week is closed.
    pub(super) fn before_weeks(rank: usize, partner: Partner) -> Partner {
        if rank == WITHOUT_ACCOUNT { Partner { paid_to: None, ..partner } } else { partner }
    }

    /// Closes the past weeks, each on its Monday at 4, and the last one now. Its batch waits for the team, the one
    /// before is at the bank, earlier ones are paid.
    pub(super) async fn weeks(&self, house: &House, partners: &[Partner]) -> Result<(), StartError> {
        let clock = Clock::system();
        let function = house.reimbursement_by(clock.clone())?;
        for weeks_ago in (0..=WEEKS).rev() {
            let monday = Week::of(ParisDay::of(self.now - SignedDuration::from_hours(24 * 7 * weeks_ago))).first_day();
            clock.set(if weeks_ago == 0 { self.now } else { monday.starts() + SignedDuration::from_hours(4) });
            while !function.handle(Run::default()).await?.done {}
        }
        let batches = self.store.reimbursements.batches(None, 100).await?.lines;
        let with_file = batches.iter().filter(|batch| batch.file().is_some());
        for (age, batch) in with_file.enumerate() {
            let sent_on = batch.opened_on;
            match age {
                0 => {}
                1 => self.note(batch, batch.sent(sent_on)?).await?,
                2 => {
                    self.note(batch, batch.paid(sent_on.plus_days(1))?).await?;
                    self.reject(batch.week, &partners[REJECTED], sent_on.plus_days(2)).await?;
                }
                _ => self.note(batch, batch.paid(sent_on.plus_days(1))?).await?,
            }
        }
        self.forget_mails().await
    }

    async fn note(&self, before: &Batch, after: Batch) -> Result<(), StartError> {
        self.store.reimbursements.advance(before, &after).await?;
        Ok(())
    }

    async fn reject(&self, week: Week, partner: &Partner, on: ParisDay) -> Result<(), StartError> {
        let number = StatementNumber { week, partner: partner.id.clone() };
        if let Some(issued) = self.store.reimbursements.find(&number).await? {
            let reason = Line::parse("AC04, compte clos", 105)?;
            let rejected = issued.clone().failed(Failure::Rejected, Some(reason), on)?;
            self.store.reimbursements.save(&issued, &rejected, &[]).await??;
        }
        Ok(())
    }

    /// Marks the mails of past weeks as sent.
    async fn forget_mails(&self) -> Result<(), StartError> {
        loop {
            let waiting = self.store.outbox.in_state(EntryState::Pending, None, 100).await?;
            for entry in &waiting {
                self.store.outbox.sent(&entry.key(), self.now).await?;
            }
            if waiting.is_empty() {
                return Ok(());
            }
        }
    }
}
