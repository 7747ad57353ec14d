//! Amounts of money: euros to the cent, never negative, never a float.

use std::fmt;
use std::iter::Sum;

use rust_decimal::Decimal;

use crate::Fault;
use crate::typed::amount::cents;

/// Zero or more euros, to the cent. In storage and in JSON it is whole cents, in a field ending `_cents`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Euros(Decimal); // Always of scale 2, and its mantissa fits u64.

const ZERO_REFUSED: Fault = Fault::new("amount_zero", "Indiquez un montant supérieur à zéro.");

impl Euros {
    /// The amount for a sentence: `10 €`, or `12,50 €` if there are cents. The page sets the no-break spaces.
    pub fn in_words(self) -> String {
        match self.cents() % 100 {
            0 => format!("{} €", self.cents() / 100),
            cents => format!("{},{cents:02} €", self.cents() / 100),
        }
    }

    /// Zero.
    pub const ZERO: Self = Self::from_cents(0);

    /// The amount of this many cents.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the number, on purpose")]
    pub const fn from_cents(cents: u64) -> Self {
        Self(Decimal::from_parts(cents as u32, (cents >> 32) as u32, 0, false, 2))
    }

    /// The amount in whole cents.
    pub fn cents(self) -> u64 {
        u64::try_from(self.0.mantissa()).expect("every maker keeps the cents within u64")
    }

    /// Reads an amount as people type it: `12`, `12,5`, `12.50`, `1 234,50 €`, `12,50 euros`. Zero is accepted; see
    /// [`Euros::positive`].
    ///
    /// # Errors
    /// `missing` when blank; `amount` when it is malformed (signs and exponents are refused); `amount_separators` when
    /// it is ambiguous; `amount_precision` when finer than a cent; `amount_too_large` above 999 999,99 €.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        cents(text).map(Self::from_cents)
    }

    /// The same amount, if it is above zero.
    ///
    /// # Errors
    /// `amount_zero`.
    pub fn positive(self) -> Result<Self, Fault> {
        if self == Self::ZERO { Err(ZERO_REFUSED) } else { Ok(self) }
    }

    /// The difference; `None` if `other` is larger.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.cents().checked_sub(other.cents()).map(Self::from_cents)
    }

    /// The sum; `None` on overflow of the cents.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.cents().checked_add(other.cents()).map(Self::from_cents)
    }

    /// The digits only, `1234,50`: for a form's field or a spreadsheet.
    pub fn figures(self) -> String {
        let cents = self.cents();
        format!("{},{:02}", cents / 100, cents % 100)
    }
}

impl fmt::Display for Euros {
    /// `1 234,50 €`, with U+202F between thousands and U+00A0 before the sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.cents();
        write!(f, "{},{:02}\u{A0}€", grouped(cents / 100), cents % 100)
    }
}

/// A whole number for people: `1 234 567`, with U+202F between thousands.
pub fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push('\u{202F}');
        }
        written.push(digit);
    }
    written
}

impl Sum for Euros {
    /// # Panics
    /// Above 1.8 × 10¹⁷ €, which no sum of real amounts reaches.
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| sum.checked_add(amount).expect("amounts are far below the limit"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::typed::amount::MAX_CENTS as MAX_TYPED_CENTS;

    #[test]
    fn zero_is_an_amount_but_not_a_positive_one() {
        assert_eq!(Euros::parse("0").unwrap().positive().unwrap_err().code, "amount_zero");
        assert_eq!(Euros::from_cents(1).positive(), Ok(Euros::from_cents(1)));
    }

    #[test]
    fn amounts_are_shown_with_the_spaces_that_french_wants() {
        assert_eq!(Euros::from_cents(123_450).to_string(), "1\u{202F}234,50\u{A0}€");
        assert_eq!(Euros::from_cents(123_456_705).to_string(), "1\u{202F}234\u{202F}567,05\u{A0}€");
        assert_eq!(Euros::from_cents(99_999).to_string(), "999,99\u{A0}€");
        assert_eq!(Euros::ZERO.to_string(), "0,00\u{A0}€");
        assert_eq!(Euros::from_cents(123_450).figures(), "1234,50");
    }

    #[test]
    fn the_largest_amount_keeps_its_cents() {
        let most = Euros::from_cents(u64::MAX);
        assert_eq!(most.cents(), u64::MAX);
        assert_eq!(most.checked_add(Euros::from_cents(1)), None);
        assert_eq!(Euros::ZERO.checked_sub(Euros::from_cents(1)), None);
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(cents in 0..=MAX_TYPED_CENTS) {
            let amount = Euros::from_cents(cents);
            prop_assert_eq!(Euros::parse(&amount.to_string()), Ok(amount));
            prop_assert_eq!(Euros::parse(&amount.figures()), Ok(amount));
            prop_assert_eq!(amount.cents(), cents);
        }

        #[test]
        fn taking_away_and_adding_again_changes_nothing(held in any::<u64>(), asked in any::<u64>()) {
            let (held, asked) = (Euros::from_cents(held), Euros::from_cents(asked));
            match held.checked_sub(asked) {
                Some(left) => prop_assert_eq!(left.checked_add(asked), Some(held)),
                None => prop_assert!(asked > held),
            }
        }

        #[test]
        fn amounts_sort_and_add_as_their_cents(a in 0..u64::MAX / 2, b in 0..u64::MAX / 2) {
            let (x, y) = (Euros::from_cents(a), Euros::from_cents(b));
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
            prop_assert_eq!([x, y].into_iter().sum::<Euros>().cents(), a + b);
        }

        #[test]
        fn any_text_is_either_an_amount_or_a_fault(text in "\\PC{0,20}") {
            let _ = Euros::parse(&text);
        }
    }
}
