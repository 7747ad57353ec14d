//! The state of a statement's transfer, and what the partner can do about it.

use epass_domain::{Batch, Outcome, ParisDay, Payee, Statement, TransferStage, Week};
use epass_web::{App, Problem, words};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of a statement's transfer.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementStanding)]
pub(crate) struct Standing {
    /// The stage: `upcoming`, `in_batch`, `sent`, `paid`, `rejected`, or `to_check` while the team checks with the
    /// bank.
    #[schema(value_type = words::StatementState)]
    pub(crate) state: TransferStage,
    /// The day on which the bank is, was or will be asked to execute the transfer; none while it waits for a bank
    /// account.
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) execution_day: Option<ParisDay>,
    /// The missing bank account: `account` if none is approved, `other_account` if the bank refused the approved one.
    /// None if nothing is missing.
    #[schema(value_type = Option<words::AccountWanted>)]
    pub(crate) waits_for: Option<Missing>,
}

/// The bank account that a transfer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Missing {
    /// An approved account.
    Account,
    /// Another bank account than the refused one, or the team's confirmation that the refused one is right.
    OtherAccount,
}

impl Missing {
    /// The sentence for a partner.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Account => "En attente d’un IBAN validé",
            Self::OtherAccount => "Vérifiez votre IBAN\u{A0}: la banque l’a refusé",
        }
    }
}

/// The label that a partner reads for a transfer about which the bank's reports contradict each other.
pub(crate) const CHECKED: &str = "En vérification avec la banque";

impl Standing {
    /// The state of a statement at `now` for a partner with this approved bank account; `batch` is the batch of its
    /// last order.
    pub(crate) fn of(statement: &Statement, batch: Option<&Batch>, approved: Option<&Payee>, now: Timestamp) -> Self {
        let state = statement.stage(batch);
        let (execution_day, waits_for) = if statement.is_due() {
            match (statement.next_payee(approved), approved) {
                (Some(_), _) => (Some(next_batch(now).next_target_day()), None),
                (None, Some(_)) => (None, Some(Missing::OtherAccount)),
                (None, None) => (None, Some(Missing::Account)),
            }
        } else if statement.is_to_check() {
            (None, None)
        } else {
            let in_file = batch.and_then(Batch::file).map(|file| file.execution_day);
            (in_file.or(statement.last_transfer().map(|order| order.execution_day)), None)
        };
        Self { state, execution_day, waits_for }
    }

    /// The label of the stage, for a partner.
    pub(crate) const fn label(&self) -> &'static str {
        match self.state {
            TransferStage::ToCheck => CHECKED,
            stage => stage.label(),
        }
    }

    /// The kind of the badge.
    pub(crate) const fn tone(&self) -> &'static str {
        match self.state {
            TransferStage::Paid => "good",
            TransferStage::Rejected => "bad",
            TransferStage::Upcoming => "warn",
            TransferStage::InBatch | TransferStage::Sent | TransferStage::ToCheck => "info",
        }
    }

    /// The words before the execution day.
    pub(crate) const fn day_is(&self) -> &'static str {
        match self.state {
            TransferStage::Upcoming | TransferStage::Rejected => "Repart avec le prochain lot, virement prévu le",
            TransferStage::InBatch | TransferStage::Sent | TransferStage::ToCheck => "Virement prévu le",
            TransferStage::Paid => "Virement du",
        }
    }

    /// The steps of the transfer, and whether each is before, at or after the current one.
    pub(crate) fn steps(&self) -> [(&'static str, std::cmp::Ordering); 4] {
        use TransferStage::{InBatch, Paid, Rejected, Sent, ToCheck, Upcoming};
        let last = if matches!(self.state, Rejected | ToCheck) { self.state } else { Paid };
        let way = [Upcoming, InBatch, Sent, last];
        let reached = way.iter().position(|stage| *stage == self.state).unwrap_or_default();
        std::array::from_fn(|step| (if way[step] == ToCheck { CHECKED } else { way[step].label() }, step.cmp(&reached)))
    }
}

/// The latest day on which the next batch is opened.
fn next_batch(now: Timestamp) -> ParisDay {
    Week::of(ParisDay::of(now)).closes_on()
}

/// The batches of consecutive weeks.
pub(crate) struct Batches(Vec<Batch>);

impl Batches {
    /// Reads the batches that determine the state of these statements and the takings of these weeks.
    pub(crate) async fn read(app: &App, statements: &[Statement], weeks: &[Week]) -> Result<Self, Problem> {
        let orders = statements.iter().filter_map(Statement::last_transfer);
        let ordered = orders.filter(|order| matches!(order.outcome, Outcome::Ordered | Outcome::Paid { .. }));
        let weeks = || ordered.clone().map(|order| order.batch).chain(weeks.iter().copied());
        let (Some(first), Some(last)) = (weeks().min(), weeks().max()) else { return Ok(Self(Vec::new())) };
        // Their keys are adjacent: one range query costs less than reading each by its key.
        Ok(Self(app.store.reimbursements.batches_between(first, last).await?))
    }

    /// The batch of a week, if there is one.
    pub(crate) fn of(&self, week: Week) -> Option<&Batch> {
        self.0.iter().find(|batch| batch.week == week)
    }

    /// The batch of a statement's last order.
    pub(crate) fn paying(&self, statement: &Statement) -> Option<&Batch> {
        self.of(statement.last_transfer()?.batch)
    }
}
