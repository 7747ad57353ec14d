//! The weeks that batches close, and the months that figures are grouped by, in Paris days.

use std::fmt;

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::kept_as_code;
use crate::{Fault, ParisDay};

/// A week, Monday to Sunday in Paris, which one batch closes (`product.md`, *Reimbursement*). Weeks sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Week {
    monday: Date,
}

impl Week {
    /// The week of a day.
    pub fn of(day: ParisDay) -> Self {
        let date = day.date();
        let since_monday = i64::from(date.weekday().since(Weekday::Monday));
        Self { monday: date.saturating_sub(Span::new().days(since_monday)) }
    }

    /// The last week that is over.
    pub fn last_over(now: Timestamp) -> Self {
        Self::of(ParisDay::of(now).plus_days(-7))
    }

    /// Reads `2026-W47` (ISO 8601).
    ///
    /// # Errors
    /// `missing` when blank; `week` when it is not a week from 1900 to 2199.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        let read = || {
            let (year, week) = typed.split_once("-W")?;
            let monday = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()?.date();
            (1900..2199).contains(&monday.year()).then_some(Self { monday })
        };
        read()
            .filter(|week| week.code() == typed)
            .ok_or(Fault::new("week", "Indiquez une semaine par son année et son numéro : par exemple 2026-W47."))
    }

    /// `2026-W47`, the canonical text (ISO 8601).
    pub fn code(self) -> String {
        let iso = self.monday.iso_week_date();
        format!("{:04}-W{:02}", iso.year(), iso.week())
    }

    /// The Monday of the week.
    pub fn first_day(self) -> ParisDay {
        ParisDay::new(self.monday)
    }

    /// The Sunday of the week.
    pub fn last_day(self) -> ParisDay {
        self.first_day().plus_days(6)
    }

    /// The next week.
    #[must_use]
    pub fn next(self) -> Self {
        Self::of(self.first_day().plus_days(7))
    }

    /// The previous week.
    #[must_use]
    pub fn previous(self) -> Self {
        Self::of(self.first_day().plus_days(-7))
    }

    /// The day on which its batch is normally opened, a Monday; a batch whose run failed opens later.
    pub fn closes_on(self) -> ParisDay {
        self.next().first_day()
    }

    /// The first and the last week whose Sunday is in a year from 1900 to 2198; `None` for another year.
    pub fn of_year(year: i16) -> Option<(Self, Self)> {
        let week_of_new_year = |year| Date::new(year, 1, 1).ok().map(|day| Self::of(ParisDay::new(day)));
        let years = (1900..2199).contains(&year);
        years.then(|| Some((week_of_new_year(year)?, week_of_new_year(year + 1)?.previous()))).flatten()
    }

    /// Whether its Sunday has ended: its transactions can no longer be made or cancelled.
    pub fn is_over(self, now: Timestamp) -> bool {
        now >= self.last_day().ends()
    }
}

impl fmt::Display for Week {
    /// `2026-W47`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

/// A calendar month. Months sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month of a day.
    pub fn of(day: ParisDay) -> Self {
        Self { year: day.date().year(), month: day.date().month() }
    }

    /// Reads `2026-11`.
    ///
    /// # Errors
    /// `missing` when blank; `month` when it is not a month from 1900 to 2199.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        let first = ParisDay::parse(&format!("{typed}-01")).ok().map(Self::of);
        first
            .filter(|month| month.code() == typed)
            .ok_or(Fault::new("month", "Indiquez un mois par son année et son numéro : par exemple 2026-11."))
    }

    /// `2026-11`, the canonical text.
    pub fn code(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }

    /// The year.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The number of the month, 1 to 12.
    pub const fn number(self) -> i8 {
        self.month
    }

    /// The first day.
    pub fn first_day(self) -> ParisDay {
        ParisDay::new(Date::new(self.year, self.month, 1).expect("a month has a first day"))
    }

    /// The next month.
    #[must_use]
    pub fn next(self) -> Self {
        Self::of(self.first_day().plus_days(31))
    }
}

impl fmt::Display for Month {
    /// `2026-11`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

kept_as_code!(Week, Month);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> ParisDay {
        ParisDay::parse(text).unwrap()
    }

    #[test]
    fn a_week_begins_on_monday_and_belongs_to_the_year_of_its_thursday() {
        for (text, code) in [
            ("22/11/2026", "2026-W47"),
            ("23/11/2026", "2026-W48"),
            ("31/12/2026", "2026-W53"),
            ("03/01/2027", "2026-W53"),
            ("04/01/2027", "2027-W01"),
            ("30/12/2024", "2025-W01"),
        ] {
            assert_eq!(Week::of(day(text)).code(), code, "{text}");
        }
        let week = Week::parse("2026-W47").unwrap();
        assert_eq!((week.first_day(), week.last_day()), (day("16/11/2026"), day("22/11/2026")));
    }

    #[test]
    fn a_week_is_over_when_sunday_ends_in_paris() {
        let week = Week::parse("2026-W43").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(!week.is_over(at("2026-10-25T23:59:59+01:00")), "the Sunday of 25 hours");
        assert!(week.is_over(at("2026-10-26T00:00:00+01:00")));
        assert_eq!(Week::last_over(at("2026-10-26T00:00:00+01:00")), week);
        assert_eq!(Week::last_over(at("2026-10-25T23:59:59+01:00")), week.previous());
    }

    #[test]
    fn what_is_no_week_or_month_is_refused() {
        for text in
            ["2026-W54", "2025-W53", "2026-W00", "2026-47", "2026-W7", "2026-w47", "26-W47", "1899-W10", "+2026-W47"]
        {
            assert_eq!(Week::parse(text).unwrap_err().code, "week", "{text}");
        }
        for text in ["2026-13", "2026-1", "11-2026", "2026-11-01", "+2026-11"] {
            assert_eq!(Month::parse(text).unwrap_err().code, "month", "{text}");
        }
        assert_eq!(Week::parse(" ").unwrap_err().code, "missing");
        assert_eq!(Month::parse("").unwrap_err().code, "missing");
    }

    proptest! {
        #[test]
        fn weeks_and_months_follow_each_other_without_gap_and_are_read_back(days in 100..109_000_i32) {
            let day = day("1900-01-01").plus_days(days);
            let (week, month) = (Week::of(day), Month::of(day));
            prop_assert!(week.first_day() <= day && day <= week.last_day());
            prop_assert_eq!(week.last_day().plus_days(1), week.next().first_day());
            prop_assert_eq!(week.next().previous(), week);
            prop_assert_eq!(Week::parse(&week.code()), Ok(week));
            prop_assert!(month.first_day() <= day && day < month.next().first_day());
            prop_assert_eq!(Month::parse(&month.code()), Ok(month));
        }
    }
}
