//! A statement (*relevé*): the takings of one partner in one week, and the transfers that pay it.

use crate::{
    Batch, Company, Creditor, Failure, Line, Outcome, ParisDay, Payee, StatementNumber, Takings, Tally, Total,
    Transfer, TransferReference, TransferStage, Week,
};

/// The statement of one partner and one week. Its takings never change; a failed transfer may be followed by another
/// one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The week and the partner.
    pub number: StatementNumber,
    /// The number of changes, for optimistic locking: a decision names the revision that it read.
    pub revision: u32,
    /// The day of the batch that closed the week.
    pub issued_on: ParisDay,
    /// The public name of the partner at that time.
    pub partner_name: Line,
    /// The company that it is made out to, as the dossier was at that time.
    pub company: Company,
    /// The commune of the activity at that time.
    pub commune: Option<Line>,
    /// The takings, at least one.
    pub takings: Vec<Takings>,
    /// The transfers in order; empty while no account is approved. All but the last one failed.
    pub transfers: Vec<Transfer>,
}

impl Statement {
    /// Issues the statement of a partner's takings in a week, ordered in the batch that closes the week if an account
    /// is approved; `None` if there are no takings.
    pub fn issue(creditor: &Creditor, tally: &Tally, batch: &Batch) -> Option<Self> {
        let takings = tally.takings();
        let order = |payee: &Payee| Transfer::order(payee.clone(), batch.week, batch.opened_on.next_target_day());
        (!takings.is_empty()).then(|| Self {
            number: StatementNumber { week: batch.week, partner: creditor.partner.clone() },
            revision: 1,
            issued_on: batch.opened_on,
            partner_name: creditor.name.clone(),
            company: creditor.company.clone(),
            commune: creditor.commune.clone(),
            takings,
            transfers: creditor.payee.iter().map(order).collect(),
        })
    }

    /// The number of valid transactions and their sum.
    pub fn sum(&self) -> Total {
        self.takings.iter().map(|takings| Total::of(takings.count, takings.amount)).sum()
    }

    /// The last order, pending or failed.
    pub fn last_transfer(&self) -> Option<&Transfer> {
        self.transfers.last()
    }

    /// The bank's reference of the last order.
    pub fn reference(&self) -> TransferReference {
        TransferReference { statement: self.number.clone(), attempt: self.transfers.len().max(1) }
    }

    /// The order that this batch's file carries; `None` if another order is known to be executed.
    pub fn transfer_in(&self, batch: Week) -> Option<&Transfer> {
        self.last_transfer()
            .filter(|transfer| transfer.batch == batch && !transfer.has_failed() && !self.was_paid_before())
    }

    /// The orders in this batch, each with its reference.
    pub fn orders_in(&self, batch: Week) -> impl Iterator<Item = (TransferReference, &Transfer)> {
        let orders = self.transfers.iter().zip(1..).filter(move |(order, _)| order.batch == batch);
        orders.map(|(order, attempt)| (TransferReference { statement: self.number.clone(), attempt }, order))
    }

    /// Whether an earlier order was executed after all.
    fn was_paid_before(&self) -> bool {
        self.transfers.iter().rev().skip(1).any(Transfer::is_paid)
    }

    /// Whether the bank contradicts itself about one of its orders: the money waits for a person's decision.
    pub fn is_to_check(&self) -> bool {
        self.transfers.iter().any(Transfer::is_to_check)
    }

    /// Whether the money is due and not in any batch.
    pub fn is_due(&self) -> bool {
        !self.is_to_check() && !self.was_paid_before() && self.last_transfer().is_none_or(Transfer::has_failed)
    }

    /// The payment stage; `batch` is the batch of the last order.
    pub fn stage(&self, batch: Option<&Batch>) -> TransferStage {
        if self.is_to_check() {
            return TransferStage::ToCheck;
        }
        if self.was_paid_before() {
            return TransferStage::Paid;
        }
        match self.last_transfer().map(|transfer| &transfer.outcome) {
            None | Some(Outcome::Failed { failure: Failure::Returned, .. }) => TransferStage::Upcoming,
            Some(Outcome::Failed { failure: Failure::Rejected, .. }) => TransferStage::Rejected,
            Some(Outcome::Paid { .. }) => TransferStage::Paid,
            Some(Outcome::ToCheck { .. }) => TransferStage::ToCheck,
            Some(Outcome::Ordered) => batch.map_or(TransferStage::InBatch, Batch::stage),
        }
    }

    /// The account that the next batch pays: the approved one, unless the bank refused that same account and the team
    /// did not ask for a retry. `None` while the bank contradicts itself.
    pub fn next_payee(&self, approved: Option<&Payee>) -> Option<Payee> {
        let payee = approved.filter(|_| self.is_due())?;
        let is_payable = match self.last_transfer() {
            None => true,
            Some(Transfer { outcome: Outcome::Failed { again, .. }, payee: refused, .. }) => {
                *again || !refused.is_same_account(payee)
            }
            Some(_) => false,
        };
        is_payable.then(|| payee.clone())
    }

    /// Adds an order in a later batch.
    #[must_use]
    pub fn carried(mut self, payee: Payee, batch: &Batch) -> Self {
        self.transfers.push(Transfer::order(payee, batch.week, batch.opened_on.next_target_day()));
        self.changed()
    }

    pub(super) fn changed(mut self) -> Self {
        self.revision += 1;
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reimbursement::examples::{batch, creditor, monday, next_batch, payee, statement, week};
    use crate::{BankWord, Envelope, Euros, FoundOut, Month};

    #[test]
    fn a_statement_adds_up_what_stands_and_is_ordered_for_the_next_target_day() {
        let issued = statement(Some(payee(1)));
        assert_eq!(issued.number.code(), "2026-W47-10000001");
        assert_eq!(issued.sum(), Total::of(3, Euros::from_cents(25_251)));
        assert_eq!(issued.transfer_in(week("2026-W47")).unwrap().execution_day.iso(), "2026-11-24");
        assert_eq!(issued.stage(Some(&batch())), TransferStage::InBatch);
        assert_eq!(Statement::issue(&creditor(None), &Tally::default(), &batch()), None, "nothing stands");
    }

    #[test]
    fn without_an_approved_account_the_money_stays_due_until_there_is_one() {
        let waiting = statement(None);
        assert!(waiting.is_due());
        assert_eq!((waiting.stage(None), waiting.next_payee(None)), (TransferStage::Upcoming, None));
        let payee = waiting.next_payee(Some(&payee(1))).unwrap();
        let carried = waiting.carried(payee, &next_batch());
        assert!(!carried.is_due());
        assert!(carried.transfer_in(week("2026-W48")).is_some());
        assert_eq!(carried.reference().code(), "2026-W47-10000001", "its first order");
    }

    #[test]
    fn an_order_that_was_executed_after_all_leaves_nothing_due_and_nothing_in_a_later_file() {
        let (today, rejected) = (ParisDay::of(monday()), BankWord::Rejected { reason: None });
        let failed = statement(Some(payee(1))).reported(1, &rejected, &batch(), today).0;
        let again = failed.carried(payee(2), &next_batch());
        let disputed = again.reported(1, &BankWord::Executed, &batch(), today).0;
        assert!(disputed.transfer_in(week("2026-W48")).is_some(), "it is in the file until somebody decides");
        let paid = disputed.verified(1, FoundOut::Executed, today).unwrap();
        assert_eq!(paid.transfer_in(week("2026-W48")), None);
        let failed_later = paid.reported(2, &rejected, &next_batch(), today).0;
        assert_eq!((failed_later.is_due(), failed_later.stage(None)), (false, TransferStage::Paid));
    }

    proptest! {
        #[test]
        fn takings_add_up_to_the_statement(cents in proptest::collection::vec((1..3_000_u64, 0..4_usize, 10..12_i8), 1..40)) {
            let mut tally = Tally::default();
            for (amount, envelope, month) in &cents {
                let month = Month::parse(&format!("2026-{month}")).unwrap();
                tally.add(month, Envelope::ALL[*envelope], Euros::from_cents(*amount));
            }
            let issued = Statement::issue(&creditor(None), &tally, &batch()).unwrap();
            prop_assert_eq!(issued.sum().amount().cents(), cents.iter().map(|(amount, ..)| amount).sum::<u64>());
            prop_assert_eq!(issued.sum().count as usize, cents.len());
        }
    }
}
