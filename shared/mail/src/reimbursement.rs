//! What the mails about a statement and its transfer need to know (`product.md`, *Mails*; guide §7.3).

use epass_domain::{BankReason, Failure, Line, Outcome, Payee, Statement, StatementNumber, Transfer};
use serde::{Deserialize, Serialize};

/// What the letters about a statement have in common.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reimbursed {
    /// Which.
    pub number: StatementNumber,
    /// What it comes to, `1 234,50 €`.
    pub amount: String,
    /// The week, `du 16/11/2026 au 22/11/2026`.
    pub period: String,
    /// The account of its last order, masked; none while no account is approved.
    pub iban: Option<String>,
    /// When the bank was asked to execute it, `24/11/2026`.
    pub execution_day: Option<String>,
    /// What the bank said, where the order failed.
    pub failed: Option<FailedTransfer>,
    /// Whether a person found out that it is executed, though the bank had also said that it is rejected.
    #[serde(default)]
    pub found_executed: bool,
    /// The site.
    pub site_url: String,
}

/// An order that the bank did not execute, or sent back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedTransfer {
    /// How.
    pub failure: Failure,
    /// The bank's reason, where it gave one.
    pub reason: Option<Line>,
    /// The account that the next batch pays it to, masked, where that is another one and approved already.
    #[serde(default)]
    pub next_iban: Option<String>,
}

/// What became of the transfer that pays a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransferNews {
    /// The bank was asked to execute it.
    Planned,
    /// No account is approved to pay it to.
    WithoutAccount,
    /// The bank rejected it; the account is to be checked.
    Rejected,
    /// The bank rejected it, and the next one goes to another account.
    Redirected,
    /// The bank executed it, and it came back.
    Returned,
    /// It is executed, though the bank had also said that it is rejected.
    Executed,
}

impl Reimbursed {
    /// The facts of a statement as it stands.
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

    /// With the account that the next batch pays it to ([`Statement::next_payee`]).
    #[must_use]
    pub fn goes_to(mut self, payee: Option<&Payee>) -> Self {
        let next = payee.map(|payee| payee.iban.masked());
        if let Some(failed) = &mut self.failed {
            failed.next_iban = next.filter(|next| Some(next) != self.iban.as_ref());
        }
        self
    }

    /// What became of its transfer.
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

    /// The day of a transfer that is still to come.
    pub(crate) fn planned_day(&self) -> Option<&str> {
        self.execution_day.as_deref().filter(|_| self.news() == TransferNews::Planned)
    }
}
