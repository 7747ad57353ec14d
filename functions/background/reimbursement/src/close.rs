//! Issues the statements of a week, partner by partner, and carries over unpaid ones of earlier weeks.

use std::collections::HashSet;

use epass_domain::{Batch, BatchPhase, Creditor, PartnerId, Statement};
use epass_mail::{Letter, Reimbursed};
use epass_store::{Entry, StoreError};
use epass_web::mint;
use futures::{StreamExt, TryStreamExt, stream};

use crate::Reimbursement;

/// Due statements per page.
const DUE: usize = 100;

impl Reimbursement {
    /// Handles the next pages of partners. After the last page it carries over unpaid statements and seals the batch.
    pub(crate) async fn close(&self, batch: &Batch, after: Option<PartnerId>) -> Result<Batch, StoreError> {
        let (mut batch, mut after) = (batch.clone(), after);
        for _ in 0..self.pace.pages {
            let (creditors, next) = self.app.store.partners.walk(after.as_ref(), self.pace.page).await?;
            self.issue(&batch, &creditors).await?;
            let Some(last) = next else {
                self.carry(&batch).await?;
                return self.advance(&batch, batch.sealed(self.app.now())).await;
            };
            let count = u32::try_from(creditors.len()).unwrap_or_default();
            batch = self.advance(&batch, batch.walked(last, count)).await?;
            match &batch.phase {
                BatchPhase::Closing { after: reached } => after.clone_from(reached),
                _ => return Ok(batch),
            }
        }
        Ok(batch)
    }

    /// Issues the missing statements of these partners: two round trips, and a query for each.
    async fn issue(&self, batch: &Batch, creditors: &[Creditor]) -> Result<(), StoreError> {
        let store = &self.app.store;
        let partners: Vec<PartnerId> = creditors.iter().map(|creditor| creditor.partner.clone()).collect();
        let standing = store.reimbursements.of_week(batch.week, &partners).await?;
        let standing: HashSet<&PartnerId> = standing.iter().map(|statement| &statement.number.partner).collect();
        let lacking = creditors.iter().filter(|creditor| !standing.contains(&creditor.partner));
        // Collected first: a closure over borrowed partners is not general enough for a stream that crosses threads.
        let tallied: Vec<_> = lacking.map(|creditor| self.statement(batch, creditor)).collect();
        let issued: Vec<Option<(Statement, Entry)>> =
            stream::iter(tallied).buffered(self.pace.in_flight).try_collect().await?;
        let issued: Vec<(Statement, Entry)> = issued.into_iter().flatten().collect();
        store.reimbursements.issue(&issued).await
    }

    /// A partner's statement and its mail; `None` when the week has no transaction to pay.
    async fn statement(&self, batch: &Batch, creditor: &Creditor) -> Result<Option<(Statement, Entry)>, StoreError> {
        let tally = self.app.store.transactions.tally(&creditor.partner, batch.week).await?;
        Ok(Statement::issue(creditor, &tally, batch).map(|issued| {
            let now = self.app.now();
            let statement = Reimbursed::of(&issued, &self.app.settings.site_url);
            let mail = Letter::Reimbursement { statement }.to(&creditor.email, mint::mail_id(now), now);
            let mail = mail.greeting(creditor.referent.clone());
            (issued, mail)
        }))
    }

    /// Adds the due statements of earlier weeks to this batch, when they have an account to pay to.
    async fn carry(&self, batch: &Batch) -> Result<(), StoreError> {
        let store = &self.app.store;
        let mut after = None;
        loop {
            let due = store.reimbursements.due(after.as_ref(), DUE).await?;
            for statement in due.lines.iter().filter(|statement| statement.number.week < batch.week) {
                let partner = store.partners.find(&statement.number.partner).await?;
                let approved = partner.and_then(|partner| Creditor::of(&partner).payee);
                if let Some(payee) = statement.next_payee(approved.as_ref()) {
                    let carried = statement.clone().carried(payee, batch);
                    store.reimbursements.carry(statement, &carried, batch).await?;
                }
            }
            after = due.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}
