//! An order to the bank, and its outcome.

use serde::{Deserialize, Serialize};

use crate::{Fault, Line, ParisDay, Payee, Week};

/// An order to the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The batch whose file carries it.
    pub batch: Week,
    /// To whom.
    pub payee: Payee,
    /// When the bank is asked to execute it.
    pub execution_day: ParisDay,
    /// Its outcome.
    pub outcome: Outcome,
    /// Whether a person decided its outcome after the bank contradicted itself: what the bank repeats changes it no more.
    #[serde(default)]
    pub verified: bool,
}

/// The outcome of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing else was heard of it than of its batch.
    Ordered,
    /// The bank says that this one is executed.
    Paid {
        /// Since when we know.
        on: ParisDay,
    },
    /// The money is due again.
    Failed {
        /// Since when we know.
        on: ParisDay,
        /// How.
        failure: Failure,
        /// The bank's words, where it gave some: a reason code of ISO 20022, such as `AC04`.
        reason: Option<Line>,
        /// Whether the next batch pays it to the same account too; if not, it waits for another account to be approved, or
        /// for the team.
        again: bool,
    },
    /// The bank says that this one is executed and that it is rejected: nothing is ordered, and nobody is told, before a
    /// person has found out which.
    ToCheck {
        /// Since when we know.
        on: ParisDay,
        /// The reason that it gave for the rejection.
        reason: Option<Line>,
    },
}

/// What a person found out about an order of which the bank contradicted itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundOut {
    /// It is executed: the partner has the money.
    Executed,
    /// It is not, or the money came back: it is due again.
    Failed(Failure),
}

impl FoundOut {
    /// All, as on the form.
    pub const ALL: [Self; 3] = [Self::Executed, Self::Failed(Failure::Rejected), Self::Failed(Failure::Returned)];

    /// The word of the form and of JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// As on the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Executed => "Exécuté : le partenaire a reçu la somme",
            Self::Failed(Failure::Rejected) => "Rejeté : le virement n’est jamais parti",
            Self::Failed(Failure::Returned) => "Retourné : la somme est partie, puis revenue",
        }
    }

    /// Reads the word of a form.
    ///
    /// # Errors
    /// `missing` unless one was chosen.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|found| found.code() == text).ok_or_else(Fault::missing)
    }
}

/// How an order failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Never executed.
    Rejected,
    /// Executed, and sent back by the partner's bank.
    Returned,
}

impl Failure {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Rejected, Self::Returned];

    /// The word at rest, in forms and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Returned => "returned",
        }
    }

    /// As on the screens.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Rejected => "Rejeté par la banque",
            Self::Returned => "Retourné par la banque",
        }
    }

    /// Reads the word of a form.
    ///
    /// # Errors
    /// `missing` unless one of the two was chosen.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|failure| failure.code() == text).ok_or_else(Fault::missing)
    }
}

impl Transfer {
    pub(super) const fn order(payee: Payee, batch: Week, execution_day: ParisDay) -> Self {
        Self { batch, payee, execution_day, outcome: Outcome::Ordered, verified: false }
    }

    /// Whether the bank executed it.
    pub const fn is_paid(&self) -> bool {
        matches!(self.outcome, Outcome::Paid { .. })
    }

    /// Whether the bank contradicts itself about it.
    pub const fn is_to_check(&self) -> bool {
        matches!(self.outcome, Outcome::ToCheck { .. })
    }

    /// Whether a person found out that it is executed, after the bank had contradicted itself.
    pub const fn is_found_executed(&self) -> bool {
        self.verified && self.is_paid()
    }

    /// Whether the bank ever said that it is executed, whatever it said besides; a transfer that was sent back was executed before.
    pub const fn was_executed(&self) -> bool {
        let is_returned = matches!(self.outcome, Outcome::Failed { failure: Failure::Returned, .. });
        self.is_paid() || self.is_to_check() || is_returned
    }

    /// Whether nothing final is known of it.
    pub const fn is_unanswered(&self) -> bool {
        matches!(self.outcome, Outcome::Ordered)
    }

    /// The bank's reason for a rejection, where it gave one.
    pub const fn reason(&self) -> Option<&Line> {
        match &self.outcome {
            Outcome::Failed { reason, .. } | Outcome::ToCheck { reason, .. } => reason.as_ref(),
            Outcome::Ordered | Outcome::Paid { .. } => None,
        }
    }

    /// Whether the money came back, or never left.
    pub const fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reimbursement::examples::{payee, statement};

    #[test]
    fn an_order_that_was_stored_before_it_could_be_verified_reads_back() {
        let stored = serde_json::to_value(statement(Some(payee(1))).transfers.remove(0)).unwrap();
        let mut older = stored.clone();
        older.as_object_mut().unwrap().remove("verified");
        assert_eq!(
            serde_json::from_value::<Transfer>(older).unwrap(),
            serde_json::from_value::<Transfer>(stored).unwrap()
        );
    }
}
