//! Cancellation of a transaction: once, and on the same Paris day (guide §7.2).

use jiff::Timestamp;

use crate::{ParisDay, Transaction, TransactionRefusal, TransactionState};

/// A cancellation that the rules allow. [`Transaction::cancel`] is its only maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancellation {
    transaction: Transaction,
}

impl Cancellation {
    /// The cancelled transaction.
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }
}

impl Transaction {
    /// Cancels the transaction, once and on the same Paris day (guide §7.2). Its key contains the
    /// partner, so that a partner can only cancel its own.
    ///
    /// # Errors
    /// [`TransactionRefusal::AlreadyCancelled`], [`TransactionRefusal::CancellationDayOver`].
    pub fn cancel(self, now: Timestamp) -> Result<Cancellation, TransactionRefusal> {
        self.may_cancel(now)?;
        Ok(Cancellation { transaction: Self { state: TransactionState::Cancelled { at: now }, ..self } })
    }

    /// Checks that [`Transaction::cancel`] is allowed.
    ///
    /// # Errors
    /// As [`Transaction::cancel`].
    pub fn may_cancel(&self, now: Timestamp) -> Result<(), TransactionRefusal> {
        match self.state {
            TransactionState::Cancelled { .. } => Err(TransactionRefusal::AlreadyCancelled),
            TransactionState::Paid if ParisDay::of(now) == ParisDay::of(self.at) => Ok(()),
            TransactionState::Paid => Err(TransactionRefusal::CancellationDayOver),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Envelope;
    use crate::transaction::examples::{accept, at, lea, naming, pay};

    #[test]
    fn cancelling_ends_with_the_paris_day_through_clock_changes() {
        let payment = accept(pay(None, 1_00), &naming(&[Envelope::Reading]), &lea()).unwrap();
        let paid = |on: &str| Transaction { at: at(on), ..Transaction::from(payment.transaction().clone()) };
        let cases = [
            ("2026-11-22T09:00:00+01:00", "2026-11-22T23:59:59+01:00", "2026-11-23T00:00:00+01:00"),
            ("2026-03-29T00:30:00+01:00", "2026-03-29T23:59:59+02:00", "2026-03-30T00:00:00+02:00"),
            ("2026-10-25T00:30:00+02:00", "2026-10-25T23:59:59+01:00", "2026-10-26T00:00:00+01:00"),
        ];
        for (on, last, over) in cases {
            let cancellation = paid(on).cancel(at(last)).unwrap();
            let again = cancellation.transaction().clone().cancel(at(last));
            assert_eq!(again.unwrap_err(), TransactionRefusal::AlreadyCancelled);
            assert_eq!(paid(on).cancel(at(over)).unwrap_err(), TransactionRefusal::CancellationDayOver);
        }
    }
}
