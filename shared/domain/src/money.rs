//! Amounts of money: euros to the cent, never negative, never a float.

use std::fmt;
use std::iter::Sum;

use rust_decimal::Decimal;

use crate::Fault;

/// Zero or more euros, to the cent. At rest and in JSON it is whole cents, in a field ending `_cents`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Euros(Decimal); // Always of scale 2, and its mantissa fits u64.

/// The most that can be typed: 999 999,99 €.
const MAX_TYPED_CENTS: u64 = 99_999_999;

const NOT_AN_AMOUNT: Fault =
    Fault::new("amount", "Indiquez un montant en euros, en chiffres et sans signe : par exemple 12,50.");
const TOO_FINE: Fault =
    Fault::new("amount_precision", "Un montant compte au plus deux chiffres après la virgule : par exemple 12,50.");
const TOO_LARGE: Fault =
    Fault::new("amount_too_large", "Ce montant est trop élevé : 999\u{202F}999,99\u{A0}€ au maximum.");
const ZERO_REFUSED: Fault = Fault::new("amount_zero", "Indiquez un montant supérieur à zéro.");

impl Euros {
    /// No money.
    pub const ZERO: Self = Self::from_cents(0);

    /// That many cents.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves of the number, on purpose")]
    pub const fn from_cents(cents: u64) -> Self {
        Self(Decimal::from_parts(cents as u32, (cents >> 32) as u32, 0, false, 2))
    }

    /// Whole cents.
    pub fn cents(self) -> u64 {
        u64::try_from(self.0.mantissa()).expect("every maker keeps the cents within u64")
    }

    /// Reads an amount as a French person types it: `12`, `12,5`, `12.50`, `1 234,50 €`. Zero is an amount;
    /// see [`Euros::positive`].
    ///
    /// # Errors
    /// `missing` when blank; `amount` when it is not one (signs and exponents are not); `amount_precision` when
    /// finer than a cent; `amount_too_large` above 999 999,99 €.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        let typed = typed.strip_suffix('€').unwrap_or(typed).trim_end();
        let (whole, decimals) = match typed.split_once([',', '.']) {
            Some((whole, decimals)) if !decimals.is_empty() => (whole, decimals),
            Some(_) => return Err(NOT_AN_AMOUNT),
            None => (typed, "0"),
        };
        let whole = whole_digits(whole).ok_or(NOT_AN_AMOUNT)?;
        if !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NOT_AN_AMOUNT);
        }
        if decimals.len() > 2 {
            return Err(TOO_FINE);
        }
        let cents = format!("{whole}{decimals:0<2}").parse().map_err(|_| TOO_LARGE)?;
        if cents > MAX_TYPED_CENTS { Err(TOO_LARGE) } else { Ok(Self::from_cents(cents)) }
    }

    /// The same amount, unless it is zero.
    ///
    /// # Errors
    /// `amount_zero`.
    pub fn positive(self) -> Result<Self, Fault> {
        if self == Self::ZERO { Err(ZERO_REFUSED) } else { Ok(self) }
    }

    /// What is left after taking `other` away; nothing when there is not enough.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.cents().checked_sub(other.cents()).map(Self::from_cents)
    }

    /// Both together; nothing past the largest number of cents.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.cents().checked_add(other.cents()).map(Self::from_cents)
    }

    /// The figures alone, `1234,50`: for a form's field or a spreadsheet.
    pub fn figures(self) -> String {
        let cents = self.cents();
        format!("{},{:02}", cents / 100, cents % 100)
    }
}

/// The digits of the whole part, if thousands are set apart as they should be: `1234` or `1 234`, not `12 34`.
fn whole_digits(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(char::is_whitespace).collect();
    let numeric = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let well_cut = match groups.as_slice() {
        [_] => true,
        [first, thousands @ ..] => first.len() <= 3 && thousands.iter().all(|group| group.len() == 3),
        [] => false,
    };
    (well_cut && groups.iter().all(numeric)).then(|| groups.concat())
}

impl fmt::Display for Euros {
    /// `1 234,50 €`, with U+202F between thousands and U+00A0 before the sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.cents();
        write!(f, "{},{:02}\u{A0}€", grouped(cents / 100), cents % 100)
    }
}

/// A whole number as people read it: `1 234 567`, with U+202F between thousands.
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
    /// Past 1.8 × 10¹⁷ €, which no number of real amounts reaches.
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |sum, amount| sum.checked_add(amount).expect("amounts are far below the limit"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cents_of(text: &str) -> Result<u64, &'static str> {
        Euros::parse(text).map(Euros::cents).map_err(|fault| fault.code)
    }

    #[test]
    fn amounts_are_read_as_french_people_type_them() {
        let table = [
            ("12,5", 12_50),
            ("12.50", 12_50),
            ("1 234,50 €", 123_450),
            ("1\u{202F}234,50\u{A0}€", 123_450),
            ("1234,5€", 123_450),
            (" 28 ", 28_00),
            ("0", 0),
            ("0,01", 1),
            ("007", 7_00),
            ("999999,99", 99_999_999),
        ];
        for (text, cents) in table {
            assert_eq!(cents_of(text), Ok(cents), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused_with_its_reason() {
        let table = [
            ("", "missing"),
            ("  ", "missing"),
            ("-1", "amount"),
            ("−1", "amount"),
            ("+1", "amount"),
            ("1e3", "amount"),
            ("12,", "amount"),
            (",5", "amount"),
            ("€", "amount"),
            ("1,2,3", "amount"),
            ("1.234,50", "amount"),
            ("12 34", "amount"),
            ("1  234", "amount"),
            ("1 2345", "amount"),
            ("12,5 0", "amount"),
            ("٣", "amount"),
            ("NaN", "amount"),
            ("0x10", "amount"),
            ("1_000", "amount"),
            ("12,345", "amount_precision"),
            ("12,500", "amount_precision"),
            ("1000000", "amount_too_large"),
            ("99999999999999999999999999999999", "amount_too_large"),
        ];
        for (text, code) in table {
            assert_eq!(cents_of(text), Err(code), "{text}");
        }
    }

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
