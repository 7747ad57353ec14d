//! The value of a bar: an amount of money or a count.

use std::fmt;

use epass_domain::{Euros, grouped};
use serde::Serialize;
use utoipa::ToSchema;

/// A value that can be drawn as a bar: a whole number of units and its text.
pub trait Figure: Copy + fmt::Display {
    /// The heading of a table column of such figures.
    const HEAD: &'static str;

    /// The number of units: cents, or things counted.
    fn units(self) -> u64;

    /// The figure of that many units.
    fn of(units: u64) -> Self;

    /// The text of an axis mark where marks are `step` units apart: short and exact.
    fn mark(units: u128, step: u128) -> String;
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amount {
    /// The amount in cents.
    amount_cents: u64,
}

impl From<Euros> for Amount {
    fn from(euros: Euros) -> Self {
        Self { amount_cents: euros.cents() }
    }
}

impl fmt::Display for Amount {
    /// Writes `1 234,50 €`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Euros::from_cents(self.amount_cents).fmt(f)
    }
}

impl Figure for Amount {
    const HEAD: &'static str = "Montant";

    fn units(self) -> u64 {
        self.amount_cents
    }

    fn of(units: u64) -> Self {
        Self { amount_cents: units }
    }

    fn mark(units: u128, step: u128) -> String {
        match step {
            _ if units == 0 => "0\u{A0}€".to_owned(),
            ..100 => format!("{},{:02}\u{A0}€", grouped(units / 100), units % 100),
            100..HALF_A_MILLION_IN_CENTS => format!("{}\u{A0}€", grouped(units / 100)),
            _ => format!("{}\u{A0}M€", millions(units / 100)),
        }
    }
}

/// A count: transactions, young people, partners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Count {
    /// The number.
    count: u64,
}

impl From<u64> for Count {
    fn from(count: u64) -> Self {
        Self { count }
    }
}

impl fmt::Display for Count {
    /// Writes `12 345`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grouped(self.count))
    }
}

impl Figure for Count {
    const HEAD: &'static str = "Nombre";

    fn units(self) -> u64 {
        self.count
    }

    fn of(units: u64) -> Self {
        Self { count: units }
    }

    fn mark(units: u128, step: u128) -> String {
        if units == 0 || step < HALF_A_MILLION { grouped(units) } else { format!("{}\u{A0}M", millions(units)) }
    }
}

/// From this step on, the axis counts in millions, so that its marks have at most one decimal and fit a phone.
const HALF_A_MILLION: u128 = 500_000;
const HALF_A_MILLION_IN_CENTS: u128 = HALF_A_MILLION * 100;

/// A whole number of half millions in millions: `2` for 2 million, `2,5` for 2.5 million.
fn millions(number: u128) -> String {
    let whole = grouped(number / 1_000_000);
    match number / 100_000 % 10 {
        0 => whole,
        tenths => format!("{whole},{tenths}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_french_people_write_them() {
        assert_eq!(Amount::of(123_450).to_string(), "1\u{202F}234,50\u{A0}€");
        assert_eq!(Count::of(1_234_567).to_string(), "1\u{202F}234\u{202F}567");
        assert_eq!(Count::of(0).to_string(), "0");
    }

    #[test]
    fn an_axis_is_marked_as_finely_as_its_steps_and_no_finer() {
        assert_eq!(Amount::mark(150, 50), "1,50\u{A0}€");
        assert_eq!(Amount::mark(150_000, 50_000), "1\u{202F}500\u{A0}€");
        assert_eq!(Amount::mark(150_000_000, 50_000_000), "1,5\u{A0}M€");
        assert_eq!(Amount::mark(1_000_000_000, 200_000_000), "10\u{A0}M€");
        assert_eq!(Amount::mark(0, 200_000_000), "0\u{A0}€");
        assert_eq!(Count::mark(40_000, 20_000), "40\u{202F}000");
        assert_eq!(Count::mark(2_500_000, 500_000), "2,5\u{A0}M");
    }
}
