//! The outcomes that the team and the bank report for an order, and their effect on its statement.

use crate::{
    BankWord, Batch, Failure, FoundOut, Line, Outcome, ParisDay, Statement, StatementRefusal, Transfer, Verdict,
};

impl Statement {
    /// Notes that the last order is executed.
    ///
    /// # Errors
    /// [`StatementRefusal::NotOrdered`] unless the last order is pending or paid.
    pub fn paid(mut self, on: ParisDay) -> Result<Self, StatementRefusal> {
        match self.transfers.last_mut() {
            Some(Transfer { outcome: outcome @ Outcome::Ordered, .. }) => *outcome = Outcome::Paid { on },
            Some(Transfer { outcome: Outcome::Paid { .. }, .. }) => return Ok(self),
            _ => return Err(StatementRefusal::NotOrdered),
        }
        Ok(self.changed())
    }

    /// Notes that the bank rejected or returned the last order: the money is due again.
    ///
    /// # Errors
    /// [`StatementRefusal::NotOrdered`] unless the last order is pending or paid.
    pub fn failed(mut self, failure: Failure, reason: Option<Line>, on: ParisDay) -> Result<Self, StatementRefusal> {
        let stands = |transfer: &&mut Transfer| !transfer.has_failed() && !transfer.is_to_check();
        let transfer = self.transfers.last_mut().filter(stands);
        let transfer = transfer.ok_or(StatementRefusal::NotOrdered)?;
        transfer.outcome = Outcome::Failed { on, failure, reason, again: failure == Failure::Returned };
        Ok(self.changed())
    }

    /// Applies the bank's answer to one of its orders in this batch (`attempt` counts from 1), and returns the effect
    /// ([`crate::reconcile`]).
    #[must_use]
    pub fn reported(&self, attempt: usize, word: &BankWord, batch: &Batch, on: ParisDay) -> (Self, Verdict) {
        let mut after = self.clone();
        let order = attempt.checked_sub(1).and_then(|place| after.transfers.get_mut(place));
        let Some(order) = order.filter(|order| order.batch == batch.week) else {
            return (after, Verdict::Unchanged);
        };
        let verdict = order.hear(word, batch, on);
        if after == *self { (after, verdict) } else { (after.changed(), verdict) }
    }

    /// Records the outcome that a person established for an order with contradictory answers.
    ///
    /// # Errors
    /// [`StatementRefusal::NotToCheck`] unless the order has contradictory answers.
    pub fn verified(mut self, attempt: usize, found: FoundOut, on: ParisDay) -> Result<Self, StatementRefusal> {
        let order = attempt.checked_sub(1).and_then(|place| self.transfers.get_mut(place));
        let order = order.filter(|order| order.is_to_check()).ok_or(StatementRefusal::NotToCheck)?;
        order.outcome = match found {
            FoundOut::Executed => Outcome::Paid { on },
            FoundOut::Failed(failure) => {
                Outcome::Failed { on, failure, reason: order.reason().cloned(), again: failure == Failure::Returned }
            }
        };
        order.verified = true;
        Ok(self.changed())
    }

    /// Notes that the next batch pays the statement to the account that the bank refused.
    ///
    /// # Errors
    /// [`StatementRefusal::NotRejected`] unless it waits for that decision.
    pub fn retried(mut self) -> Result<Self, StatementRefusal> {
        if !self.is_due() {
            return Err(StatementRefusal::NotRejected);
        }
        match self.transfers.last_mut() {
            Some(Transfer { outcome: Outcome::Failed { again, .. }, .. }) if !*again => *again = true,
            _ => return Err(StatementRefusal::NotRejected),
        }
        Ok(self.changed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TransferStage;
    use crate::reimbursement::examples::{batch, monday, next_batch, payee, statement, week};

    #[test]
    fn a_rejected_transfer_waits_for_another_account_or_for_the_team() {
        let today = ParisDay::of(monday());
        let reason = Line::parse("AC04", 35).ok();
        let rejected = statement(Some(payee(1))).failed(Failure::Rejected, reason, today).unwrap();
        assert_eq!((rejected.stage(None), rejected.is_due()), (TransferStage::Rejected, true));
        assert_eq!(rejected.next_payee(Some(&payee(1))), None);
        assert_eq!(rejected.next_payee(Some(&payee(2))), Some(payee(2)));
        let retried = rejected.clone().retried().unwrap();
        assert_eq!(retried.next_payee(Some(&payee(1))), Some(payee(1)));
        assert_eq!(retried.retried().unwrap_err(), StatementRefusal::NotRejected);
        let again = rejected.carried(payee(2), &next_batch());
        assert_eq!(again.reference().code(), "2026-W47-10000001-2");
        assert_eq!(again.transfer_in(week("2026-W47")), None, "the first file carries it no longer");
    }

    #[test]
    fn a_returned_transfer_is_paid_with_the_next_batch() {
        let today = ParisDay::of(monday());
        let returned = statement(Some(payee(1))).paid(today).unwrap().failed(Failure::Returned, None, today).unwrap();
        assert_eq!(returned.stage(None), TransferStage::Upcoming);
        assert_eq!(returned.next_payee(Some(&payee(1))), Some(payee(1)));
        assert_eq!(returned.clone().failed(Failure::Rejected, None, today), Err(StatementRefusal::NotOrdered));
        assert_eq!(returned.paid(today), Err(StatementRefusal::NotOrdered));
    }

    #[test]
    fn a_paid_transfer_is_neither_due_nor_paid_again() {
        let today = ParisDay::of(monday());
        let paid = statement(Some(payee(1))).paid(today).unwrap();
        assert_eq!((paid.is_due(), paid.next_payee(Some(&payee(2)))), (false, None));
        assert_eq!(paid.clone().paid(today), Ok(paid));
    }

    #[test]
    fn what_the_bank_says_counts_once_and_a_late_contradiction_is_to_be_checked() {
        let (today, reason) = (ParisDay::of(monday()), Line::parse("AC04", 35).ok());
        let (executed, rejected) = (BankWord::Executed, BankWord::Rejected { reason });
        let ordered = statement(Some(payee(1)));
        let heard = |of: &Statement, attempt, word: &BankWord| of.reported(attempt, word, &batch(), today).0;
        assert_eq!(heard(&ordered, 1, &BankWord::Accepted), ordered);
        assert_eq!(heard(&ordered, 1, &executed).stage(None), TransferStage::Paid);
        let failed = heard(&ordered, 1, &rejected);
        assert_eq!(failed.stage(None), TransferStage::Rejected);
        assert_eq!(heard(&failed, 1, &rejected), failed);
        let again = failed.clone().carried(payee(2), &next_batch());
        assert_eq!(heard(&again, 1, &rejected), again, "known already");
        assert_eq!(heard(&again, 2, &executed), again, "the second order is not in this batch");
        let paid_again = again.reported(2, &executed, &next_batch(), today).0;
        assert_eq!(paid_again.stage(None), TransferStage::Paid);
        let twice = heard(&again, 1, &executed);
        assert_eq!(twice.stage(None), TransferStage::ToCheck, "the first order is executed after all");
    }

    #[test]
    fn while_the_bank_contradicts_itself_nothing_is_ordered_or_noted() {
        let (today, rejected) = (ParisDay::of(monday()), BankWord::Rejected { reason: None });
        let failed = statement(Some(payee(1))).reported(1, &rejected, &batch(), today).0;
        let disputed = failed.reported(1, &BankWord::Executed, &batch(), today).0;
        assert_eq!((disputed.is_due(), disputed.next_payee(Some(&payee(2)))), (false, None));
        assert_eq!(disputed.clone().paid(today), Err(StatementRefusal::NotOrdered));
        assert_eq!(disputed.clone().failed(Failure::Rejected, None, today), Err(StatementRefusal::NotOrdered));
        assert_eq!(disputed.clone().retried(), Err(StatementRefusal::NotRejected));
        let found = |found| disputed.clone().verified(1, found, today).unwrap();
        assert_eq!(found(FoundOut::Executed).stage(None), TransferStage::Paid);
        let rejected = found(FoundOut::Failed(Failure::Rejected));
        assert_eq!((rejected.is_due(), rejected.next_payee(Some(&payee(1)))), (true, None));
        assert_eq!(found(FoundOut::Failed(Failure::Returned)).next_payee(Some(&payee(1))), Some(payee(1)));
        assert_eq!(rejected.reported(1, &BankWord::Executed, &batch(), today).0, rejected, "a person decided");
        assert_eq!(rejected.verified(1, FoundOut::Executed, today), Err(StatementRefusal::NotToCheck));
    }
}
