//! The numeric limits of a bon plan: its minimum age and its number of places.

use jiff::Span;
use serde::{Deserialize, Serialize};

use crate::{BirthDate, Fault, ParisDay, whole_number};

/// *Âge minimum*, 15 to 25 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct MinimumAge(u8);

impl MinimumAge {
    /// Reads an age in years.
    ///
    /// # Errors
    /// `missing` when blank; `minimum_age` unless it is a whole number from 15 to 25.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let years = whole_number(text, 15..=25, Self::FAULT)?;
        u8::try_from(years).map_err(|_| Self::FAULT).map(Self)
    }

    const FAULT: Fault =
        Fault::new("minimum_age", "Indiquez un âge de 15 à 25 ans, en années entières et sans signe, ou laissez vide.");

    /// The age in whole years.
    pub const fn years(self) -> u8 {
        self.0
    }

    /// The latest birth date that reaches the minimum age on `day`.
    pub(super) fn born_by(self, day: ParisDay) -> BirthDate {
        let years = i64::from(self.0);
        BirthDate::at(day.date().saturating_sub(Span::new().years(years)))
    }
}

impl TryFrom<u8> for MinimumAge {
    type Error = Fault;
    fn try_from(years: u8) -> Result<Self, Fault> {
        if (15..=25).contains(&years) { Ok(Self(years)) } else { Err(Self::FAULT) }
    }
}

impl From<MinimumAge> for u8 {
    fn from(age: MinimumAge) -> Self {
        age.0
    }
}

/// The number of places, 1 to 10 000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Places(u32);

impl Places {
    const FAULT: Fault = Fault::new(
        "places",
        "Indiquez un nombre entier de places, de 1 à 10\u{202F}000, sans signe ni virgule, ou laissez vide.",
    );

    /// Reads a number of places.
    ///
    /// # Errors
    /// `missing` when blank; `places` unless it is a whole number from 1 to 10 000.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        whole_number(text, 1..=10_000, Self::FAULT).map(Self)
    }

    /// The number.
    pub const fn count(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Places {
    type Error = Fault;
    fn try_from(count: u32) -> Result<Self, Fault> {
        if (1..=10_000).contains(&count) { Ok(Self(count)) } else { Err(Self::FAULT) }
    }
}

impl From<Places> for u32 {
    fn from(places: Places) -> Self {
        places.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bon_plan::examples::day;

    #[test]
    fn ages_and_places_keep_to_their_limits() {
        assert_eq!(MinimumAge::parse(" 16 ").unwrap().years(), 16);
        assert_eq!(Places::parse("10 000").unwrap().count(), 10_000);
        for text in ["14", "26", "-1", "16.5", "seize"] {
            assert_eq!(MinimumAge::parse(text).unwrap_err().code, "minimum_age", "{text}");
        }
        for text in ["0", "10001", "1e3", "-3", "+3", "3.5"] {
            assert_eq!(Places::parse(text).unwrap_err().code, "places", "{text}");
        }
        assert!(serde_json::from_str::<MinimumAge>("14").is_err() && serde_json::from_str::<Places>("0").is_err());
    }

    proptest! {
        #[test]
        fn who_is_born_by_the_bound_is_old_enough_on_the_first_day(
            years in 15..=25_u8, born in 0..11_000_i32, first in 0..366_i32,
        ) {
            let first = day("01/09/2026").plus_days(first);
            let born = BirthDate::at(day("01/01/1999").plus_days(born).date());
            let age = MinimumAge::try_from(years).unwrap();
            prop_assert_eq!(born <= age.born_by(first), born.age_on(first) >= i16::from(years));
        }
    }
}
