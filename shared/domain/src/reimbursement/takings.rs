//! What was taken: by month and envelope, and in all.

use std::collections::BTreeMap;

use crate::{Envelope, Euros, Month};

/// What was taken in one envelope in one month; cancelled transactions do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Takings {
    /// When.
    pub month: Month,
    /// Of which envelope.
    pub envelope: Envelope,
    /// How many transactions.
    pub count: u32,
    /// How much together.
    pub amount: Euros,
}

/// Adds transactions up, by month and envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<(Month, Envelope), (u32, u64)>);

impl Tally {
    /// Counts one transaction that stands.
    pub fn add(&mut self, month: Month, envelope: Envelope, amount: Euros) {
        self.add_all(&Takings { month, envelope, count: 1, amount });
    }

    /// Counts several.
    pub fn add_all(&mut self, takings: &Takings) {
        let (count, cents) = self.0.entry((takings.month, takings.envelope)).or_default();
        *count += takings.count;
        *cents += takings.amount.cents();
    }

    /// By month, then in the order of the envelopes.
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

/// How many transactions, and how much they are together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many.
    pub count: u32,
    /// How much, in cents.
    cents: u64,
}

impl Total {
    /// So many, so much.
    pub fn of(count: u32, amount: Euros) -> Self {
        Self { count, cents: amount.cents() }
    }

    /// How much.
    pub const fn amount(self) -> Euros {
        Euros::from_cents(self.cents)
    }

    /// What one of them comes to on average, to the cent below; none of none.
    pub fn average(self) -> Option<Euros> {
        self.cents.checked_div(u64::from(self.count)).map(Euros::from_cents)
    }

    /// One more.
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
