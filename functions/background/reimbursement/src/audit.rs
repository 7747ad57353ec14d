//! The audit of a batch: it recounts every transaction of the week, compares statements and file with the result, and
//! only then releases the file.

use std::collections::HashMap;

use epass_domain::{Audit, BankFile, Batch, Difference, ParisDay, PartnerId, Statement, Total, Week};
use epass_files::{Document, sha256};
use epass_store::StoreError;
use epass_web::StartError;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use crate::Reimbursement;
use crate::order::{self, Transfers};

/// The error that stops a batch.
#[derive(Debug, thiserror::Error)]
#[error("the batch {week} does not add up: {rule}, partner {partner}")]
pub struct Stopped {
    week: Week,
    rule: &'static str,
    partner: String,
}

impl Stopped {
    fn of(week: Week, difference: &Difference) -> Self {
        let partner = difference.partner.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        Self { week, rule: difference.rule.code(), partner }
    }
}

impl Reimbursement {
    /// Recounts the batch and makes its file, or stops it with the difference.
    pub(crate) async fn audit(
        &self,
        batch: &Batch,
        execution_day: ParisDay,
        made_at: Timestamp,
    ) -> Result<Batch, StartError> {
        if execution_day <= ParisDay::of(self.app.now()) {
            // The execution day has passed: the bank needs a day in the future.
            return Ok(self.advance(batch, batch.sealed(self.app.now())).await?);
        }
        let (mut audit, mut transfers) = (Audit::of(batch.week), Transfers::default());
        if let Err(difference) = self.recount(&mut audit, &mut transfers).await? {
            return self.stop(batch, difference).await;
        }
        let file = transfers.file(batch.week, execution_day, made_at, &self.debtor)?;
        let (figures, communes) = match audit.close(file.total) {
            Ok(closed) => closed,
            Err(difference) => return self.stop(batch, difference).await,
        };
        let made = match file.bytes {
            None => batch.made(figures, None),
            Some(bytes) => {
                let key = order::key(batch.week, execution_day);
                self.app.files.keep(&key, Document { media_type: "application/xml", bytes: &bytes }).await?;
                batch.made(figures, Some(BankFile { key, sha256: sha256(&bytes), execution_day }))
            }
        };
        let batches = &self.app.store.reimbursements;
        if batches.conclude(batch, &made, &communes).await? {
            return Ok(made);
        }
        // Another run was first; both made the same.
        Ok(batches.batch(batch.week).await?.ok_or("a batch is gone")?)
    }

    /// Recounts all partners and the carried statements. The inner error is the first difference.
    async fn recount(
        &self,
        audit: &mut Audit,
        transfers: &mut Transfers,
    ) -> Result<Result<(), Difference>, StoreError> {
        let (store, week) = (&self.app.store, audit.week());
        let mut after = None;
        loop {
            let (partners, next) = store.partners.walk_numbers(after.as_ref(), self.pace.page).await?;
            let statements = store.reimbursements.of_week(week, &partners).await?;
            let statements: HashMap<&PartnerId, &Statement> =
                statements.iter().map(|statement| (&statement.number.partner, statement)).collect();
            let counted: Vec<_> = partners.iter().map(|partner| store.transactions.recount(partner, week)).collect();
            let counted: Vec<Total> = stream::iter(counted).buffered(self.pace.in_flight).try_collect().await?;
            for (partner, total) in partners.iter().zip(counted) {
                let statement = statements.get(partner).copied();
                if let Err(difference) = audit.compare(partner, total, statement) {
                    return Ok(Err(difference));
                }
                transfers.extend(statement, week);
            }
            after = next;
            if after.is_none() {
                break;
            }
        }
        // A carried statement whose earlier order turned out to be executed is already paid.
        let carried = store.reimbursements.carried(week).await?;
        for statement in carried.iter().filter(|statement| statement.transfer_in(week).is_some()) {
            audit.carry(statement);
            transfers.extend(Some(statement), week);
        }
        Ok(Ok(()))
    }

    /// Stores the difference and fails, which triggers the alarm.
    async fn stop(&self, batch: &Batch, difference: Difference) -> Result<Batch, StartError> {
        let stopped = Stopped::of(batch.week, &difference);
        self.advance(batch, batch.stopped(difference, self.app.now())).await?;
        tracing::error!(batch = %stopped.week, rule = stopped.rule, partner = stopped.partner, "the audit stopped a batch");
        Err(stopped.into())
    }
}
