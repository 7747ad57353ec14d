//! Takings: sums of transactions by month and envelope, and totals.

use std::collections::BTreeMap;

use crate::{Envelope, Euros, Month};

/// The takings of one envelope in one month, without cancelled transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Takings {
    /// The month.
    pub month: Month,
    /// The envelope.
    pub envelope: Envelope,
    /// The number of transactions.
    pub count: u32,
    /// Their sum.
    pub amount: Euros,
}

/// Sums transactions by month and envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<(Month, Envelope), (u32, u64)>);

impl Tally {
    /// Adds one valid transaction.
    pub fn add(&mut self, month: Month, envelope: Envelope, amount: Euros) {
        self.add_all(&Takings { month, envelope, count: 1, amount });
    }

    /// Adds the transactions of several takings.
    pub fn add_all(&mut self, takings: &Takings) {
        let (count, cents) = self.0.entry((takings.month, takings.envelope)).or_default();
        *count += takings.count;
        *cents += takings.amount.cents();
    }

    /// The takings by month, then in the order of the envelopes.
    pub fn takings(&self) -> Vec<Takings> {
        let told = |(&(month, envelope), &(count, cents))| Takings {
            month,
            envelope,
            count,
            amount: Euros::from_cents(cents),
        };
        self.0.iter().map(told).collect()
    }
}

/// A number of transactions and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// The number of transactions.
    pub count: u32,
    /// Their sum, in cents.
    cents: u64,
}

impl Total {
    /// A total of this number and amount.
    pub fn of(count: u32, amount: Euros) -> Self {
        Self { count, cents: amount.cents() }
    }

    /// The amount.
    pub const fn amount(self) -> Euros {
        Euros::from_cents(self.cents)
    }

    /// The average of one transaction, rounded down to the cent; `None` without transactions.
    pub fn average(self) -> Option<Euros> {
        self.cents.checked_div(u64::from(self.count)).map(Euros::from_cents)
    }

    /// Adds one transaction.
    pub fn add(&mut self, amount: Euros) {
        *self += Self::of(1, amount);
    }
}

impl std::ops::AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.cents += other.cents;
    }
}

impl std::iter::Sum for Total {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}
