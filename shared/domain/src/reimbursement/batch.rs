//! A batch (*lot*): all statements of one week, from its opening to the bank’s answer (`product.md`, *Reimbursement*).

use jiff::Timestamp;

use crate::{AppliedReport, BankFile, BatchRefusal, Difference, Figures, ParisDay, PartnerId, TransferStage, Week};

/// A batch, from its opening to the bank's execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The week that it closes; the key.
    pub week: Week,
    /// The number of changes, for optimistic locking: concurrent runs cannot overwrite each other.
    pub revision: u32,
    /// The day on which it was opened.
    pub opened_on: ParisDay,
    /// The number of partners to process.
    pub partners: u32,
    /// The number of partners processed so far.
    pub walked: u32,
    /// The current phase.
    pub phase: BatchPhase,
    /// Files that were replaced before they were sent, oldest first. They are kept, and pay nobody.
    pub replaced: Vec<BankFile>,
}

/// The phase of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchPhase {
    /// Statements are being issued, partner by partner.
    Closing {
        /// The checkpoint: the last partner that was processed.
        after: Option<PartnerId>,
    },
    /// All statements are issued; the audit recomputes them.
    Auditing {
        /// The execution day that the bank will be asked for.
        execution_day: ParisDay,
        /// The creation time that the file states (*CreDtTm*). It is stored, so that a retry after an interruption
        /// makes the same bytes.
        made_at: Timestamp,
    },
    /// The audit found a difference: no file is made.
    Stopped {
        /// The time of the audit.
        at: Timestamp,
        /// The difference.
        difference: Difference,
    },
    /// The audit passed, and the bank's file is made.
    Made(Made),
}

/// A batch that passed the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its figures.
    pub figures: Figures,
    /// The bank's file; `None` if nothing is paid.
    pub file: Option<BankFile>,
    /// The day on which the team sent it to the bank.
    pub sent_on: Option<ParisDay>,
    /// The day on which the bank had executed it; single transfers may have failed.
    pub paid_on: Option<ParisDay>,
    /// Whether the bank has answered: by a report, or by an outcome that the team noted for a transfer. From then on,
    /// sending and payment cannot be undone.
    pub is_answered: bool,
    /// The bank's reports that changed something, oldest first.
    pub reports: Vec<AppliedReport>,
}

impl BatchPhase {
    /// The audit phase, with a file for the next day on which the bank executes.
    fn auditing(now: Timestamp) -> Self {
        Self::Auditing { execution_day: ParisDay::of(now).next_target_day(), made_at: now }
    }
}

impl Batch {
    /// Opens the batch of a week for this number of partners.
    ///
    /// # Errors
    /// [`BatchRefusal::WeekNotOver`].
    pub fn open(week: Week, partners: u32, now: Timestamp) -> Result<Self, BatchRefusal> {
        if !week.is_over(now) {
            return Err(BatchRefusal::WeekNotOver(week.last_day()));
        }
        let phase = BatchPhase::Closing { after: None };
        let opened_on = ParisDay::of(now);
        Ok(Self { week, revision: 1, opened_on, partners, walked: 0, phase, replaced: Vec::new() })
    }

    /// Moves the checkpoint past a page of `count` partners, the last of which is `after`.
    #[must_use]
    pub fn walked(&self, after: PartnerId, count: u32) -> Self {
        Self { walked: self.walked + count, ..self.at(BatchPhase::Closing { after: Some(after) }) }
    }

    /// Ends the issuing of statements once all partners are processed. The execution day is computed from `now`, so
    /// that it lies ahead even if the batch was interrupted.
    #[must_use]
    pub fn sealed(&self, now: Timestamp) -> Self {
        Self { walked: self.walked.max(self.partners), ..self.at(BatchPhase::auditing(now)) }
    }

    /// Stops the batch: the audit found a difference.
    #[must_use]
    pub fn stopped(&self, difference: Difference, now: Timestamp) -> Self {
        self.at(BatchPhase::Stopped { at: now, difference })
    }

    /// Completes the batch: the audit passed.
    #[must_use]
    pub fn made(&self, figures: Figures, file: Option<BankFile>) -> Self {
        let made = Made { figures, file, sent_on: None, paid_on: None, is_answered: false, reports: Vec::new() };
        self.at(BatchPhase::Made(made))
    }

    /// Restarts a stopped batch: existing statements stay, missing ones are added, and the audit runs again.
    ///
    /// # Errors
    /// [`BatchRefusal::NotStopped`].
    pub fn resumed(&self) -> Result<Self, BatchRefusal> {
        match self.phase {
            BatchPhase::Stopped { .. } => Ok(Self { walked: 0, ..self.at(BatchPhase::Closing { after: None }) }),
            _ => Err(BatchRefusal::NotStopped),
        }
    }

    /// Notes that the team sent the file to the bank. Idempotent.
    ///
    /// # Errors
    /// [`BatchRefusal::NoFile`].
    pub fn sent(&self, on: ParisDay) -> Result<Self, BatchRefusal> {
        let made = self.with_file()?;
        Ok(self.with(Made { sent_on: made.sent_on.or(Some(on)), ..made.clone() }))
    }

    /// Notes that the team did not send the file to the bank after all. Idempotent.
    ///
    /// # Errors
    /// [`BatchRefusal::NoFile`]; [`BatchRefusal::BankAnswered`] once the bank has answered.
    pub fn not_sent(&self) -> Result<Self, BatchRefusal> {
        let made = self.unanswered()?;
        Ok(self.with(Made { sent_on: None, paid_on: None, ..made.clone() }))
    }

    /// Notes that the bank executed the file, except the transfers that failed; this implies that it was sent.
    /// Idempotent.
    ///
    /// # Errors
    /// [`BatchRefusal::NoFile`].
    pub fn paid(&self, on: ParisDay) -> Result<Self, BatchRefusal> {
        let made = self.with_file()?;
        let (sent_on, paid_on) = (made.sent_on.or(Some(on)), made.paid_on.or(Some(on)));
        Ok(self.with(Made { sent_on, paid_on, ..made.clone() }))
    }

    /// Notes that the bank did not execute the file after all. Idempotent.
    ///
    /// # Errors
    /// As [`Batch::not_sent`].
    pub fn not_paid(&self) -> Result<Self, BatchRefusal> {
        let made = self.unanswered()?;
        Ok(self.with(Made { paid_on: None, ..made.clone() }))
    }

    /// Notes that the bank answered about the file or one of its transfers: it was sent, and that can no longer be
    /// undone.
    ///
    /// # Errors
    /// [`BatchRefusal::NoFile`].
    pub fn answered(&self, on: ParisDay) -> Result<Self, BatchRefusal> {
        let made = self.with_file()?;
        Ok(self.with(Made { sent_on: made.sent_on.or(Some(on)), is_answered: true, ..made.clone() }))
    }

    /// Records an applied report; a report that changed nothing is not recorded. `all_answered` says that every
    /// transfer has a final answer, so that the file is executed.
    ///
    /// # Errors
    /// [`BatchRefusal::NoFile`].
    pub fn reported(&self, report: AppliedReport, all_answered: bool) -> Result<Self, BatchRefusal> {
        let made = self.answered(report.on)?.with_file()?.clone();
        let paid_on = made.paid_on.or(all_answered.then_some(report.on));
        let has_changed = report.executed + report.rejected + report.contradicted > 0;
        let reports = made.reports.into_iter().chain(has_changed.then_some(report)).collect();
        Ok(self.with(Made { paid_on, reports, ..made }))
    }

    /// Replaces an unsent file by one whose execution day lies ahead: the audit runs again, and the first file is kept.
    ///
    /// # Errors
    /// [`BatchRefusal::NoFile`]; [`BatchRefusal::FileSent`]; [`BatchRefusal::FileStillGood`] while its execution day
    /// lies ahead.
    pub fn made_anew(&self, now: Timestamp) -> Result<Self, BatchRefusal> {
        let made = self.with_file()?;
        if made.sent_on.is_some() || made.is_answered {
            return Err(BatchRefusal::FileSent);
        }
        let file = made.file.clone().ok_or(BatchRefusal::NoFile)?;
        if !file.is_late(ParisDay::of(now)) {
            return Err(BatchRefusal::FileStillGood(file.execution_day));
        }
        let mut replaced = self.replaced.clone();
        replaced.push(file);
        Ok(Self { replaced, ..self.at(BatchPhase::auditing(now)) })
    }

    /// Updates the batch; unchanged data keeps the revision.
    fn with(&self, made: Made) -> Self {
        let phase = BatchPhase::Made(made);
        if phase == self.phase { self.clone() } else { self.at(phase) }
    }

    fn at(&self, phase: BatchPhase) -> Self {
        Self { phase, revision: self.revision + 1, ..self.clone() }
    }

    fn with_file(&self) -> Result<&Made, BatchRefusal> {
        match &self.phase {
            BatchPhase::Made(made) if made.file.is_some() => Ok(made),
            _ => Err(BatchRefusal::NoFile),
        }
    }

    /// The completed batch, if the bank has not answered yet.
    fn unanswered(&self) -> Result<&Made, BatchRefusal> {
        self.with_file().and_then(|made| if made.is_answered { Err(BatchRefusal::BankAnswered) } else { Ok(made) })
    }

    /// Whether its file was sent to the bank.
    pub const fn is_sent(&self) -> bool {
        matches!(&self.phase, BatchPhase::Made(Made { sent_on: Some(_), .. }))
    }

    /// Whether its file is known to be executed.
    pub const fn is_paid(&self) -> bool {
        matches!(&self.phase, BatchPhase::Made(Made { paid_on: Some(_), .. }))
    }

    /// The bank's file, once it is made.
    pub fn file(&self) -> Option<&BankFile> {
        self.with_file().ok().and_then(|made| made.file.as_ref())
    }

    /// The message identification of its file at the bank.
    pub fn message(&self) -> Option<String> {
        self.file().map(|file| BankFile::message(self.week, file.execution_day))
    }

    /// Whether the batch itself is complete.
    pub const fn is_made(&self) -> bool {
        matches!(self.phase, BatchPhase::Made(_))
    }

    /// The stage of a transfer in this batch, as far as the batch knows.
    pub const fn stage(&self) -> TransferStage {
        match &self.phase {
            BatchPhase::Made(Made { paid_on: Some(_), .. }) => TransferStage::Paid,
            BatchPhase::Made(Made { sent_on: Some(_), .. }) => TransferStage::Sent,
            _ => TransferStage::InBatch,
        }
    }
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::{AuditRule, Euros};

    fn monday() -> Timestamp {
        "2026-11-23T04:00:00+01:00".parse().unwrap()
    }

    fn batch() -> Batch {
        Batch::open(Week::parse("2026-W47").unwrap(), 2, monday()).unwrap()
    }

    #[test]
    fn a_week_that_is_not_over_has_no_batch() {
        let running = Week::parse("2026-W48").unwrap();
        assert_eq!(Batch::open(running, 2, monday()), Err(BatchRefusal::WeekNotOver(running.last_day())));
        let last_second = monday() - jiff::SignedDuration::from_hours(4) - jiff::SignedDuration::from_secs(1);
        assert!(Batch::open(running.previous(), 2, last_second).is_err());
    }

    #[test]
    fn a_batch_is_sent_and_paid_once_and_only_with_a_file() {
        let today = ParisDay::of(monday());
        let file =
            BankFile { key: "transfers/1".into(), sha256: String::new(), execution_day: today.next_target_day() };
        let empty = batch().made(Figures::default(), None);
        assert_eq!((batch().sent(today), empty.paid(today)), (Err(BatchRefusal::NoFile), Err(BatchRefusal::NoFile)));
        let made = batch().made(Figures::default(), Some(file));
        assert_eq!(made.stage(), TransferStage::InBatch);
        let sent = made.sent(today).unwrap();
        assert_eq!((sent.stage(), sent.sent(today.plus_days(1))), (TransferStage::Sent, Ok(sent.clone())));
        let paid = made.paid(today.plus_days(1)).unwrap();
        assert_eq!((paid.stage(), paid.paid(today.plus_days(2))), (TransferStage::Paid, Ok(paid.clone())));
    }

    fn with_file() -> Batch {
        let execution_day = ParisDay::of(monday()).next_target_day();
        let file = BankFile { key: "transfers/1".into(), sha256: "1".into(), execution_day };
        batch().sealed(monday()).made(Figures::default(), Some(file))
    }

    fn report(executed: u32) -> AppliedReport {
        AppliedReport { sha256: "2".into(), on: ParisDay::of(monday()), executed, rejected: 0, contradicted: 0 }
    }

    #[test]
    fn sent_and_paid_are_taken_back_until_the_bank_answers() {
        let (made, today) = (with_file(), ParisDay::of(monday()));
        let paid = made.paid(today).unwrap();
        assert_eq!(paid.not_paid().unwrap().stage(), TransferStage::Sent);
        assert_eq!(paid.not_sent().unwrap().stage(), TransferStage::InBatch);
        assert_eq!(made.not_sent(), Ok(made.clone()), "nothing to take back");
        let answered = made.answered(today).unwrap();
        assert_eq!(answered.stage(), TransferStage::Sent);
        assert_eq!(
            (answered.not_sent(), answered.not_paid()),
            (Err(BatchRefusal::BankAnswered), Err(BatchRefusal::BankAnswered))
        );
    }

    #[test]
    fn a_report_leaves_a_line_where_it_changed_something_and_pays_the_batch_where_all_is_answered() {
        let nothing = with_file().reported(report(0), false).unwrap();
        let BatchPhase::Made(made) = &nothing.phase else { panic!("{nothing:?}") };
        assert_eq!((made.reports.len(), nothing.stage()), (0, TransferStage::Sent));
        let changed = nothing.reported(report(2), true).unwrap();
        assert_eq!((changed.stage(), changed.is_paid()), (TransferStage::Paid, true));
        assert_eq!(changed.reported(report(0), true), Ok(changed.clone()), "read again");
    }

    #[test]
    fn a_file_that_was_not_sent_is_made_anew_once_its_day_is_past() {
        let made = with_file();
        let day = made.file().unwrap().execution_day;
        let later = day.starts() + jiff::SignedDuration::from_hours(9);
        assert_eq!(made.made_anew(monday()), Err(BatchRefusal::FileStillGood(day)));
        assert_eq!(made.sent(day).unwrap().made_anew(later), Err(BatchRefusal::FileSent));
        assert_eq!(made.answered(day).unwrap().made_anew(later), Err(BatchRefusal::FileSent));
        let anew = made.made_anew(later).unwrap();
        assert_eq!(anew.replaced, [made.file().unwrap().clone()]);
        let expected = BatchPhase::Auditing { execution_day: day.next_target_day(), made_at: later };
        assert_eq!(anew.phase, expected);
        assert_eq!(anew.made_anew(later), Err(BatchRefusal::NoFile), "once is enough");
    }

    #[test]
    fn only_a_stopped_batch_begins_again() {
        let difference = Difference::new(AuditRule::FileDoesNotAddUp, None, Euros::ZERO, Euros::from_cents(1));
        let stopped = batch().walked(PartnerId::mint(1), 2).sealed(monday()).stopped(difference, monday());
        let resumed = stopped.resumed().unwrap();
        assert_eq!((resumed.walked, &resumed.phase), (0, &BatchPhase::Closing { after: None }));
        assert_eq!(resumed.resumed(), Err(BatchRefusal::NotStopped));
    }
}
