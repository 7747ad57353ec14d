//! The facts of the mails about a statement and its transfer (`product.md`, *Mails*; guide §7.3).

use epass_domain::{BankReason, Failure, Line, Outcome, Payee, Statement, StatementNumber, Transfer};
use serde::{Deserialize, Serialize};

/// The facts that all letters about a statement share.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reimbursed {
    /// The number of the statement.
    pub number: StatementNumber,
    /// The total, `1 234,50 €`.
    pub amount: String,
    /// The week, `du 16/11/2026 au 22/11/2026`.
    pub period: String,
    /// The masked account of its last order; none while no account is approved.
    pub iban: Option<String>,
    /// The requested execution day, `24/11/2026`.
    pub execution_day: Option<String>,
    /// The failure that the bank reported, where the order failed.
    pub failed: Option<FailedTransfer>,
    /// Whether a person established that the transfer was executed although the bank had also reported it as
    /// rejected.
    #[serde(default)]
    pub found_executed: bool,
    /// The address of the site.
    pub site_url: String,
}

/// An order that the bank rejected or returned.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedTransfer {
    /// The kind of failure.
    pub failure: Failure,
    /// The bank's reason, where it gave one.
    pub reason: Option<Line>,
    /// The masked account that the next batch pays, when it is another one and already approved.
    #[serde(default)]
    pub next_iban: Option<String>,
}

/// The outcome of the transfer that pays a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransferNews {
    /// The bank was asked to execute it.
    Planned,
    /// No account is approved, so that the statement cannot be paid yet.
    WithoutAccount,
    /// The bank rejected it; the account must be checked.
    Rejected,
    /// The bank rejected it; the next transfer goes to another account.
    Redirected,
    /// The bank executed it, and the money came back.
    Returned,
    /// It was executed although the bank had also reported it as rejected.
    Executed,
}

impl Reimbursed {
    /// The current facts of a statement.
    pub fn of(statement: &Statement, site_url: &str) -> Self {
        let (week, order) = (statement.number.week, statement.last_transfer());
        let failed = order.and_then(|order| match &order.outcome {
            Outcome::Failed { failure, reason, .. } => {
                Some(FailedTransfer { failure: *failure, reason: reason.clone(), next_iban: None })
            }
            Outcome::Ordered | Outcome::Paid { .. } | Outcome::ToCheck { .. } => None,
        });
        Self {
            number: statement.number.clone(),
            amount: statement.sum().amount().to_string(),
            period: format!("du {} au {}", week.first_day(), week.last_day()),
            iban: order.map(|order| order.payee.iban.masked()),
            execution_day: order.map(|order| order.execution_day.to_string()),
            failed,
            found_executed: order.is_some_and(Transfer::is_found_executed),
            site_url: site_url.to_owned(),
        }
    }

    /// Adds the account that the next batch pays ([`Statement::next_payee`]).
    #[must_use]
    pub fn goes_to(mut self, payee: Option<&Payee>) -> Self {
        let next = payee.map(|payee| payee.iban.masked());
        if let Some(failed) = &mut self.failed {
            failed.next_iban = next.filter(|next| Some(next) != self.iban.as_ref());
        }
        self
    }

    /// The outcome of the transfer.
    pub(crate) fn news(&self) -> TransferNews {
        match &self.failed {
            Some(FailedTransfer { failure: Failure::Returned, .. }) => TransferNews::Returned,
            Some(FailedTransfer { failure: Failure::Rejected, next_iban: Some(_), .. }) => TransferNews::Redirected,
            Some(FailedTransfer { failure: Failure::Rejected, next_iban: None, .. }) => TransferNews::Rejected,
            None if self.found_executed => TransferNews::Executed,
            None if self.execution_day.is_some() => TransferNews::Planned,
            None => TransferNews::WithoutAccount,
        }
    }

    pub(crate) fn bank_reason(&self) -> Option<String> {
        let reason = self.failed.as_ref()?.reason.as_ref()?;
        Some(BankReason::of(reason).sentence())
    }

    pub(crate) fn next_iban(&self) -> Option<&str> {
        self.failed.as_ref()?.next_iban.as_deref()
    }

    /// The execution day of a transfer that is still planned.
    pub(crate) fn planned_day(&self) -> Option<&str> {
        self.execution_day.as_deref().filter(|_| self.news() == TransferNews::Planned)
    }
}
