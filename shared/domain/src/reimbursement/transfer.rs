//! An order to the bank, and its outcome.

use serde::{Deserialize, Serialize};

use crate::{Fault, Line, ParisDay, Payee, Week};

/// An order to the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The batch whose file carries it.
    pub batch: Week,
    /// The account that is paid.
    pub payee: Payee,
    /// The requested execution day.
    pub execution_day: ParisDay,
    /// Its outcome.
    pub outcome: Outcome,
    /// Whether a person decided its outcome after contradictory answers: further reports of the same answers do not
    /// change it.
    #[serde(default)]
    pub verified: bool,
}

/// The outcome of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Ordered; the only answers so far are about its batch.
    Ordered,
    /// The bank confirmed that this order is executed.
    Paid {
        /// The day on which this became known.
        on: ParisDay,
    },
    /// The money is due again.
    Failed {
        /// The day on which this became known.
        on: ParisDay,
        /// The kind of failure.
        failure: Failure,
        /// The bank's reason, if given: a reason code of ISO 20022, such as `AC04`.
        reason: Option<Line>,
        /// Whether the next batch pays it to the same account. If not, it waits for another account to be approved, or
        /// for the team.
        again: bool,
    },
    /// The bank said both that this order is executed and that it is rejected: nothing is ordered, and nobody is told,
    /// until a person has checked.
    ToCheck {
        /// The day on which this became known.
        on: ParisDay,
        /// The bank's reason for the rejection.
        reason: Option<Line>,
    },
}

/// The outcome that a person established for an order with contradictory answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundOut {
    /// Executed: the partner has the money.
    Executed,
    /// Not executed, or sent back: the money is due again.
    Failed(Failure),
}

impl FoundOut {
    /// All outcomes, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Executed, Self::Failed(Failure::Rejected), Self::Failed(Failure::Returned)];

    /// The code in the form and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Executed => "executed",
            Self::Failed(failure) => failure.code(),
        }
    }

    /// The label on the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Executed => "Exécuté : le partenaire a reçu la somme",
            Self::Failed(Failure::Rejected) => "Rejeté : le virement n’est jamais parti",
            Self::Failed(Failure::Returned) => "Retourné : la somme est partie, puis revenue",
        }
    }

    /// Reads a code from a form.
    ///
    /// # Errors
    /// `missing` unless one was chosen.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|found| found.code() == text).ok_or_else(Fault::missing)
    }
}

/// The kind of failure of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Never executed.
    Rejected,
    /// Executed, and sent back by the partner's bank.
    Returned,
}

impl Failure {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Rejected, Self::Returned];

    /// The code in storage, in forms and in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Returned => "returned",
        }
    }

    /// The label on the screens.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Rejected => "Rejeté par la banque",
            Self::Returned => "Retourné par la banque",
        }
    }

    /// Reads a code from a form.
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

    /// Whether the bank executed the order.
    pub const fn is_paid(&self) -> bool {
        matches!(self.outcome, Outcome::Paid { .. })
    }

    /// Whether the bank contradicts itself about it.
    pub const fn is_to_check(&self) -> bool {
        matches!(self.outcome, Outcome::ToCheck { .. })
    }

    /// Whether a person established that it is executed, after contradictory answers.
    pub const fn is_found_executed(&self) -> bool {
        self.verified && self.is_paid()
    }

    /// Whether the bank ever confirmed its execution, whatever its other answers; a transfer that was sent back had
    /// been executed first.
    pub const fn was_executed(&self) -> bool {
        let is_returned = matches!(self.outcome, Outcome::Failed { failure: Failure::Returned, .. });
        self.is_paid() || self.is_to_check() || is_returned
    }

    /// Whether there is no final answer about it.
    pub const fn is_unanswered(&self) -> bool {
        matches!(self.outcome, Outcome::Ordered)
    }

    /// The bank's reason for a rejection, if given.
    pub const fn reason(&self) -> Option<&Line> {
        match &self.outcome {
            Outcome::Failed { reason, .. } | Outcome::ToCheck { reason, .. } => reason.as_ref(),
            Outcome::Ordered | Outcome::Paid { .. } => None,
        }
    }

    /// Whether the money came back, or was never sent.
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
