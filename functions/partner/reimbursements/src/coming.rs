//! The weeks without a statement: the running week, and weeks that are over but not closed.

use std::collections::BTreeMap;

use epass_domain::{Batch, BatchPhase, Envelope, ParisDay, Statement, Takings, Tally, Total, Week};
use epass_web::{App, Desk, Problem, said, words};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::days;
use crate::standing::Batches;

/// The number of past weeks in which to look for a week that is not closed; a missed batch is retried every day.
const WEEKS_BACK: usize = 4;

/// The takings of a week that has no statement yet.
#[derive(Serialize, ToSchema)]
#[schema(as = WeekToCome)]
pub(crate) struct WeekShown {
    /// The week, such as `2026-W47`.
    #[schema(value_type = String)]
    week: Week,
    /// The number of paid transactions until now.
    pub(crate) count: u32,
    /// The sum of these transactions, in cents.
    pub(crate) amount_cents: u64,
    /// The count and the sum by envelope.
    pub(crate) envelopes: Vec<EnvelopeShown>,
    /// The day on which its batch is opened.
    #[schema(value_type = String, format = Date)]
    pub(crate) closes_on: ParisDay,
    /// The day on which the bank will be asked to execute the transfer; none without an approved bank account.
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) execution_day: Option<ParisDay>,
}

/// The takings from one envelope.
#[derive(Serialize, ToSchema)]
#[schema(as = EnvelopeTakings)]
pub(crate) struct EnvelopeShown {
    #[schema(value_type = words::Envelope)]
    pub(crate) envelope: Envelope,
    /// The number of paid transactions.
    pub(crate) count: u32,
    /// The sum of these transactions, in cents.
    pub(crate) amount_cents: u64,
}

/// The takings by envelope, with the months of a week added together.
pub(crate) fn by_envelope(takings: &[Takings]) -> Vec<EnvelopeShown> {
    let mut sums = BTreeMap::<Envelope, Total>::new();
    for one in takings {
        *sums.entry(one.envelope).or_default() += Total::of(one.count, one.amount);
    }
    let shown = |(envelope, sum): (Envelope, Total)| EnvelopeShown {
        envelope,
        count: sum.count,
        amount_cents: sum.amount().cents(),
    };
    sums.into_iter().map(shown).collect()
}

impl WeekShown {
    fn of(week: Week, tally: &Tally, is_paid: bool, now: Timestamp) -> Self {
        let takings = tally.takings();
        let sum: Total = takings.iter().map(|one| Total::of(one.count, one.amount)).sum();
        let closes_on = week.closes_on().max(ParisDay::of(now));
        Self {
            week,
            count: sum.count,
            amount_cents: sum.amount().cents(),
            envelopes: by_envelope(&takings),
            closes_on,
            execution_day: is_paid.then(|| closes_on.next_target_day()),
        }
    }

    /// The days of the week, in words.
    pub(crate) fn days(&self) -> String {
        days(self.week)
    }

    /// The day on which its batch is opened, in words.
    pub(crate) fn closes_on_words(&self) -> String {
        said(self.closes_on, self.closes_on)
    }

    /// The day on which the bank will be asked to execute, in words.
    pub(crate) fn execution_words(&self) -> Option<String> {
        self.execution_day.map(|day| said(day, day))
    }

    /// Reads the takings of the running week until now.
    pub(crate) async fn running(app: &App, desk: &Desk) -> Result<Self, Problem> {
        let now = app.now();
        let week = Week::of(ParisDay::of(now));
        let tally = app.store.transactions.tally(&desk.partner.id, week).await?;
        Ok(Self::of(week, &tally, desk.partner.paid_to.is_some(), now))
    }

    /// Reads the takings of the weeks that are over but not closed, latest week first.
    pub(crate) async fn waiting(app: &App, desk: &Desk, weeks: &[Week]) -> Result<Vec<Self>, Problem> {
        let mut waiting = Vec::new();
        for week in weeks {
            let tally = app.store.transactions.tally(&desk.partner.id, *week).await?;
            let shown = Self::of(*week, &tally, desk.partner.paid_to.is_some(), app.now());
            waiting.extend((shown.count > 0).then_some(shown));
        }
        Ok(waiting)
    }
}

/// The last weeks that are over.
pub(crate) fn weeks_over(now: Timestamp) -> Vec<Week> {
    std::iter::successors(Some(Week::last_over(now)), |week| Some(week.previous())).take(WEEKS_BACK).collect()
}

/// The weeks that no batch has closed for this partner; `latest` are its latest statements.
pub(crate) fn not_closed(weeks: &[Week], batches: &Batches, latest: &[Statement]) -> Vec<Week> {
    let has_statement = |week: Week| latest.iter().any(|statement| statement.number.week == week);
    let is_open = |batch: Option<&Batch>| batch.is_none_or(|batch| matches!(batch.phase, BatchPhase::Closing { .. }));
    weeks.iter().copied().filter(|week| !has_statement(*week) && is_open(batches.of(*week))).collect()
}
