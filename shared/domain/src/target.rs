//! The days on which euro transfers settle between banks: TARGET, the settlement system of the Eurosystem.

use jiff::Span;
use jiff::civil::{Date, Weekday, date};

use crate::ParisDay;

impl ParisDay {
    /// Whether TARGET is open: closed on Saturdays, Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26
    /// December (European Central Bank, long-term calendar since 2002). French bank holidays such as 14 July are open.
    pub fn is_target_day(self) -> bool {
        let day = self.date();
        let easter = easter(day.year());
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let is_fixed = matches!((day.month(), day.day()), (1, 1) | (5, 1) | (12, 25 | 26));
        let is_movable =
            [-2, 1].into_iter().any(|from_easter| day == easter.saturating_add(Span::new().days(from_easter)));
        !(is_weekend || is_fixed || is_movable)
    }

    /// The next TARGET day after this one: at most six days later.
    #[must_use]
    pub fn next_target_day(self) -> Self {
        let mut day = self.plus_days(1);
        while !day.is_target_day() {
            day = day.plus_days(1);
        }
        day
    }
}

/// Easter Sunday of a year in the Gregorian calendar (Meeus, *Astronomical Algorithms*, chapter 8).
fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    let small = |number: i32| i8::try_from(number).expect("a month and a day are small");
    date(year, small(month), small(day))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Week;

    /// TARGET's closing days on weekdays, from independent calendars; the file names them.
    const CLOSED: &str = include_str!("../tests/target-closing-days-2026-2036.txt");

    fn closed() -> BTreeSet<ParisDay> {
        let days = CLOSED.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        days.map(|line| ParisDay::parse(line).unwrap()).collect()
    }

    fn days_of_eleven_years() -> impl Iterator<Item = ParisDay> {
        let first = ParisDay::parse("2026-01-01").unwrap();
        (0..).map(move |days| first.plus_days(days)).take_while(|day| day.date().year() <= 2036)
    }

    #[test]
    fn every_day_from_2026_to_2036_is_as_an_independent_calendar_has_it() {
        let closed = closed();
        for day in days_of_eleven_years() {
            let is_weekend = matches!(day.date().weekday(), Weekday::Saturday | Weekday::Sunday);
            assert_eq!(day.is_target_day(), !is_weekend && !closed.contains(&day), "{}", day.iso());
        }
        assert_eq!(days_of_eleven_years().count(), 4018);
    }

    #[test]
    fn no_transaction_of_eleven_years_waits_longer_than_a_fortnight_for_its_transfer() {
        let closed = closed();
        let mut longest = 0;
        for day in days_of_eleven_years() {
            let batch_day = Week::of(day).next().first_day();
            let execution = batch_day.next_target_day();
            let waited = execution.date().since(day.date()).unwrap().get_days();
            assert!(waited <= 15, "{} waits {waited} days", day.iso());
            assert!(execution > batch_day && !closed.contains(&execution), "{}", day.iso());
            longest = longest.max(waited);
        }
        assert!(longest >= 10, "Christmas makes one wait: {longest}");
    }

    #[test]
    fn easter_is_where_the_church_has_it() {
        for (year, month, day) in [(1961, 4, 2), (2008, 3, 23), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)] {
            assert_eq!(easter(year), date(year, month, day));
        }
    }
}
