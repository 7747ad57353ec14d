//! A batch and its totals by commune as items.

use epass_domain::{
    AppliedReport, BankFile, Batch, BatchPhase, CommuneTakings, Difference, Euros, Figures, Line, Made, Month,
    ParisDay, PartnerId, Total, Week,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::statement_item::TakingsItem;
use crate::dynamo::{Item, StoreError, Table, from_item, to_item};

pub(super) const BATCHES: &str = "batches";

pub(super) const COMMUNES: &str = "communes";

#[derive(Serialize, Deserialize)]
struct TotalItem {
    count: u32,
    amount_cents: u64,
}

impl From<Total> for TotalItem {
    fn from(of: Total) -> Self {
        Self { count: of.count, amount_cents: of.amount().cents() }
    }
}

impl From<TotalItem> for Total {
    fn from(item: TotalItem) -> Self {
        Self::of(item.count, Euros::from_cents(item.amount_cents))
    }
}

pub(super) const CLOSING: &str = "closing";

#[derive(Serialize, Deserialize)]
struct BatchItem {
    owner: String,
    entry: Week,
    revision: u32,
    opened_on: ParisDay,
    partners: u32,
    walked: u32,
    #[serde(default)]
    replaced: Vec<BankFile>,
    #[serde(flatten)]
    phase: PhaseItem,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
enum PhaseItem {
    Closing { after: Option<PartnerId> },
    Auditing { execution_day: ParisDay, made_at: Option<Timestamp> },
    Stopped { at: Timestamp, difference: Difference },
    Made(MadeItem),
}

#[derive(Serialize, Deserialize)]
struct MadeItem {
    statements: TotalItem,
    held: TotalItem,
    carried: TotalItem,
    transfers: TotalItem,
    takings: Vec<TakingsItem>,
    file: Option<BankFile>,
    sent_on: Option<ParisDay>,
    paid_on: Option<ParisDay>,
    /// Absent in items that were stored before an answer could be withdrawn; then a batch that was sent counts as
    /// answered.
    is_answered: Option<bool>,
    #[serde(default)]
    reports: Vec<AppliedReport>,
}

pub(super) fn batch_item(of: &Batch) -> Item {
    let phase = match of.phase.clone() {
        BatchPhase::Closing { after } => PhaseItem::Closing { after },
        BatchPhase::Auditing { execution_day, made_at } => {
            PhaseItem::Auditing { execution_day, made_at: Some(made_at) }
        }
        BatchPhase::Stopped { at, difference } => PhaseItem::Stopped { at, difference },
        BatchPhase::Made(Made { figures, file, sent_on, paid_on, is_answered, reports }) => PhaseItem::Made(MadeItem {
            statements: figures.statements.into(),
            held: figures.held.into(),
            carried: figures.carried.into(),
            transfers: figures.transfers.into(),
            takings: figures.takings.iter().map(Into::into).collect(),
            file,
            sent_on,
            paid_on,
            is_answered: Some(is_answered),
            reports,
        }),
    };
    to_item(&BatchItem {
        owner: BATCHES.to_owned(),
        entry: of.week,
        revision: of.revision,
        opened_on: of.opened_on,
        partners: of.partners,
        walked: of.walked,
        replaced: of.replaced.clone(),
        phase,
    })
}

pub(super) fn batch(item: Item) -> Result<Batch, StoreError> {
    let item: BatchItem = from_item(Table::Reimbursements, item)?;
    let phase = match item.phase {
        PhaseItem::Closing { after } => BatchPhase::Closing { after },
        PhaseItem::Auditing { execution_day, made_at } => {
            BatchPhase::Auditing { execution_day, made_at: made_at.unwrap_or_else(|| item.opened_on.starts()) }
        }
        PhaseItem::Stopped { at, difference } => BatchPhase::Stopped { at, difference },
        PhaseItem::Made(made) => BatchPhase::Made(Made {
            figures: Figures {
                statements: made.statements.into(),
                held: made.held.into(),
                carried: made.carried.into(),
                transfers: made.transfers.into(),
                takings: made.takings.into_iter().map(Into::into).collect(),
            },
            file: made.file,
            sent_on: made.sent_on,
            paid_on: made.paid_on,
            is_answered: made.is_answered.unwrap_or(made.sent_on.is_some()),
            reports: made.reports,
        }),
    };
    let BatchItem { entry, revision, opened_on, partners, walked, replaced, .. } = item;
    Ok(Batch { week: entry, revision, opened_on, partners, walked, phase, replaced })
}

#[derive(Serialize, Deserialize)]
pub(super) struct CommunesItem {
    owner: String,
    entry: Week,
    communes: Vec<CommuneItem>,
}

#[derive(Serialize, Deserialize)]
struct CommuneItem {
    commune: Option<Line>,
    month: Month,
    partners: u32,
    #[serde(flatten)]
    total: TotalItem,
}

impl CommunesItem {
    pub(super) fn of(week: Week, communes: &[CommuneTakings]) -> Self {
        let told = |of: &CommuneTakings| CommuneItem {
            commune: of.commune.clone(),
            month: of.month,
            partners: of.partners,
            total: of.total.into(),
        };
        Self { owner: COMMUNES.to_owned(), entry: week, communes: communes.iter().map(told).collect() }
    }

    pub(super) fn read(self) -> (Week, Vec<CommuneTakings>) {
        let read = |item: CommuneItem| CommuneTakings {
            commune: item.commune,
            month: item.month,
            partners: item.partners,
            total: item.total.into(),
        };
        (self.entry, self.communes.into_iter().map(read).collect())
    }
}

#[cfg(test)]
mod tests {
    use epass_domain::{AuditRule, Outcome};

    use super::*;

    use super::super::statement_item::tests::{line, some_statement, week};

    #[test]
    fn a_batch_reads_back_in_every_phase() {
        let now = week().next().first_day().starts();
        let open = Batch::open(week(), 2, now).unwrap();
        let difference = Difference {
            rule: AuditRule::LinesDoNotAddUp,
            partner: Some(PartnerId::mint(1)),
            stated_cents: 1,
            found_cents: 2,
        };
        let total = Total::of(1, Euros::from_cents(24_001));
        let figures = Figures {
            statements: total,
            transfers: total,
            takings: some_statement(Outcome::Ordered).takings,
            ..Figures::default()
        };
        let today = week().next().first_day();
        let file = BankFile { key: "transfers/1.xml".into(), sha256: "0".into(), execution_day: today };
        let walked = open.walked(PartnerId::mint(1), 1);
        let sealed = walked.sealed(now);
        let made = sealed.made(figures, Some(file));
        let stopped = sealed.stopped(difference, now);
        let empty = sealed.made(Figures::default(), None);
        let report = AppliedReport { sha256: "1".into(), on: today, executed: 1, rejected: 0, contradicted: 1 };
        let reported = made.reported(report, true).unwrap();
        let sent = made.sent(today).unwrap();
        let later = today.plus_days(9).starts();
        let anew = made.made_anew(later).unwrap();
        for stored in [open, walked, sealed, stopped, empty, sent, made.paid(today).unwrap(), reported, anew] {
            assert_eq!(batch(batch_item(&stored)).unwrap(), stored);
        }
    }

    #[test]
    fn a_batch_that_was_sent_before_that_could_be_taken_back_stays_sent() {
        let now = week().next().first_day().starts();
        let today = week().next().first_day();
        let file = BankFile { key: "transfers/1.xml".into(), sha256: "0".into(), execution_day: today };
        let made = Batch::open(week(), 1, now).unwrap().sealed(now).made(Figures::default(), Some(file));
        let older = |of: &Batch| {
            let mut item = batch_item(of);
            for name in ["is_answered", "reports", "replaced"] {
                item.remove(name).unwrap();
            }
            batch(item).unwrap()
        };
        assert!(older(&made).sent(today).unwrap().not_sent().is_ok());
        assert!(older(&made.sent(today).unwrap()).not_sent().is_err());
    }

    #[test]
    fn what_was_taken_in_communes_reads_back() {
        let month = Month::parse("2026-11").unwrap();
        let total = Total::of(3, Euros::from_cents(12_50));
        let communes = [Some(line("Arles")), None].map(|commune| CommuneTakings { commune, month, partners: 2, total });
        let item = to_item(&CommunesItem::of(week(), &communes));
        let read = from_item::<CommunesItem>(Table::Reimbursements, item).unwrap().read();
        assert_eq!(read, (week(), communes.to_vec()));
    }
}
