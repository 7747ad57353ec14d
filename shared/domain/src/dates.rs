//! The dates of a bon plan (`product.md`, *Bon plan*), each with its beginning and end.

use std::fmt;

use jiff::civil::Time;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{begins_at, ends_at, time_in_paris};
use crate::text::kept_as_code;
use crate::typed::visible;
use crate::{Fault, ParisDay};

/// A time of day in Paris, to the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(Time);

impl ClockTime {
    /// Reads `16:30`, `16h30`, `16 h`, `16`.
    ///
    /// # Errors
    /// `missing` when blank; `time` when it is no time from 00:00 to 23:59.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        const FAULT: Fault =
            Fault::new("time", "Indiquez une heure de 00:00 à 23:59, par exemple 16:30. Minuit s’écrit 00:00.");
        let typed: String = visible(text).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        Self::read(&typed).ok_or(FAULT)
    }

    fn read(typed: &str) -> Option<Self> {
        let (hour, minute) = typed.split_once([':', 'h']).unwrap_or((typed, ""));
        // Browsers add seconds if the step of the field is finer.
        let minute = minute.strip_suffix(":00").unwrap_or(minute);
        let number = |digits: &str, most: usize| {
            let is_short = (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            is_short.then(|| digits.parse::<i8>().ok()).flatten()
        };
        let minute = match minute.len() {
            0 => 0,
            2 => number(minute, 2)?,
            _ => return None,
        };
        Time::new(number(hour, 2)?, minute, 0, 0).ok().map(Self)
    }

    /// `16:30`, the canonical text.
    pub fn code(self) -> String {
        format!("{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

kept_as_code!(ClockTime);

impl fmt::Display for ClockTime {
    /// `16 h`, `16 h 30`, with U+00A0 around the `h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.minute() {
            0 => write!(f, "{}\u{A0}h", self.0.hour()),
            minute => write!(f, "{}\u{A0}h\u{A0}{minute:02}", self.0.hour()),
        }
    }
}

/// The hours of a date: the same beginning and end on each of its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hours {
    begin: ClockTime,
    end: ClockTime,
}

impl Hours {
    /// The latest end, on the next morning, of something that begins in the evening.
    const MORNING: ClockTime = ClockTime(Time::constant(6, 0, 0, 0));

    /// Hours from `begin` to `end`; an end before the beginning, until six in the morning, is on the next day.
    ///
    /// # Errors
    /// For the end: `hours` when it comes before the beginning.
    pub fn new(begin: ClockTime, end: ClockTime) -> Result<Self, Fault> {
        let hours = Self { begin, end };
        let goes_forwards = begin < end || end <= Self::MORNING;
        if begin != end && goes_forwards {
            Ok(hours)
        } else {
            Err(Fault::new("hours", "L’heure de fin ne vient pas après l’heure de début."))
        }
    }

    /// The time at which each day begins.
    pub const fn begin(self) -> ClockTime {
        self.begin
    }

    /// The time at which each day ends.
    pub const fn end(self) -> ClockTime {
        self.end
    }

    /// Whether the end is on the next day.
    fn ends_next_day(self) -> bool {
        self.end < self.begin
    }
}

/// One date: a day, or consecutive days with the same hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Slot {
    first: ParisDay,
    last: ParisDay,
    /// The hours; `None` for whole days.
    hours: Option<Hours>,
}

impl Slot {
    /// A date from `first` to `last`, both included.
    ///
    /// # Errors
    /// For the last day: `days` when it comes before the first.
    pub fn new(first: ParisDay, last: ParisDay, hours: Option<Hours>) -> Result<Self, Fault> {
        if last < first {
            return Err(Fault::new("days", "Le dernier jour vient avant le premier."));
        }
        Ok(Self { first, last, hours })
    }

    /// The first day.
    pub const fn first(&self) -> ParisDay {
        self.first
    }

    /// The last day; equal to the first for a single day.
    pub const fn last(&self) -> ParisDay {
        self.last
    }

    /// The hours of each day; `None` for whole days.
    pub const fn hours(&self) -> Option<Hours> {
        self.hours
    }

    /// The instant at which the first day begins.
    pub fn begins_at(&self) -> Timestamp {
        self.begin_of(self.first)
    }

    /// The instant at which the last day begins.
    pub fn last_begins_at(&self) -> Timestamp {
        self.begin_of(self.last)
    }

    /// The end of the last day: the first instant after it.
    pub fn ends_at(&self) -> Timestamp {
        match self.hours {
            None => self.last.ends(),
            Some(hours) => ends_at(self.day_of_end(), hours.end.0),
        }
    }

    /// The end in the form that lists compare.
    pub fn ending(&self) -> Ending {
        Ending { day: self.day_of_end(), time: self.hours.map(Hours::end) }
    }

    fn begin_of(&self, day: ParisDay) -> Timestamp {
        self.hours.map_or_else(|| day.starts(), |hours| begins_at(day, hours.begin.0))
    }

    fn day_of_end(&self) -> ParisDay {
        match self.hours {
            Some(hours) if hours.ends_next_day() => self.last.plus_days(1),
            _ => self.last,
        }
    }
}

impl fmt::Display for Slot {
    /// `le 28/11/2026 de 16 h à 18 h`, `du 28/11/2026 au 29/11/2026`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(f, "le {}", self.first)?,
            false => write!(f, "du {} au {}", self.first, self.last)?,
        }
        match self.hours {
            None => Ok(()),
            Some(hours) => write!(f, " de {} à {}", hours.begin, hours.end),
        }
    }
}

/// The end of a bon plan as lists store it: `2026-11-28 18:00`, or `2026-11-28` for the end of that day. In keys, where
/// `#` and more text follows, the texts sort like the ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ending {
    day: ParisDay,
    time: Option<ClockTime>,
}

impl Ending {
    /// Reads the stored text.
    ///
    /// # Errors
    /// Those of [`ParisDay::parse`] and [`ClockTime::parse`].
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text.split_once(' ') {
            None => Ok(Self { day: ParisDay::parse(text)?, time: None }),
            Some((day, time)) => Ok(Self { day: ParisDay::parse(day)?, time: Some(ClockTime::parse(time)?) }),
        }
    }

    /// The stored text.
    pub fn code(self) -> String {
        match self.time {
            None => self.day.iso(),
            Some(time) => format!("{} {}", self.day.iso(), time.code()),
        }
    }

    /// The current minute in Paris: all ends up to this one are over.
    pub fn minute_of(now: Timestamp) -> Self {
        Self { day: ParisDay::of(now), time: Some(ClockTime(time_in_paris(now))) }
    }

    /// The day.
    pub const fn day(self) -> ParisDay {
        self.day
    }

    /// Whether the end has come.
    pub fn is_over(self, now: Timestamp) -> bool {
        now >= self.time.map_or_else(|| self.day.ends(), |time| ends_at(self.day, time.0))
    }
}

kept_as_code!(Ending);

/// The invariant that all makers of [`Dates`] ensure.
const ONE: &str = "there is at least one date";

/// All dates of a bon plan, at least one, sorted by beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StoredDates", into = "Vec<Slot>")]
pub struct Dates(Vec<Slot>);

impl Dates {
    /// The maximum number of dates of one bon plan.
    pub const MOST: usize = 12;

    /// Checks the dates that a partner announces at `now`: some may have passed, but not the last one.
    ///
    /// # Errors
    /// The index of the date and its fault: `missing` without dates; `date_twice`; `day_far` when it is more than a
    /// year ahead; `day_past` at the last date when all are over.
    ///
    /// # Panics
    /// Never: an empty list is an error.
    pub fn new(slots: Vec<Slot>, now: Timestamp) -> Result<Self, (usize, Fault)> {
        let far = ParisDay::new(ParisDay::of(now).date().saturating_add(Span::new().years(1)));
        for (place, slot) in slots.iter().enumerate() {
            if slot.last > far {
                return Err((place, Fault::new("day_far", "Indiquez un jour dans l’année qui vient.")));
            }
            if slots[..place].contains(slot) {
                return Err((place, Fault::new("date_twice", "Cette date est déjà indiquée.")));
            }
        }
        let last = slots.iter().enumerate().max_by_key(|(_, slot)| slot.ends_at());
        let (place, last) = last.ok_or_else(|| (0, Fault::missing()))?;
        if last.ends_at() <= now {
            return Err((place, Fault::new("day_past", "Cette date est passée : indiquez une date à venir.")));
        }
        Ok(Self::sorted(slots).expect(ONE))
    }

    fn sorted(mut slots: Vec<Slot>) -> Option<Self> {
        slots.sort_unstable_by_key(|slot| (slot.begins_at(), *slot));
        (!slots.is_empty()).then_some(Self(slots))
    }

    /// The dates, sorted by beginning.
    pub fn slots(&self) -> &[Slot] {
        &self.0
    }

    /// The date, if there is only one.
    pub fn only(&self) -> Option<&Slot> {
        match self.0.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The first day.
    pub fn first_day(&self) -> ParisDay {
        self.0.iter().map(Slot::first).min().expect(ONE)
    }

    /// The last day on which a date begins.
    pub fn last_day(&self) -> ParisDay {
        self.0.iter().map(Slot::last).max().expect(ONE)
    }

    /// The instant at which the first date begins.
    pub fn begin_at(&self) -> Timestamp {
        self.0.iter().map(Slot::begins_at).min().expect(ONE)
    }

    /// The instant at which the last date begins: nobody can join or leave the list afterwards.
    pub fn last_begins_at(&self) -> Timestamp {
        self.0.iter().map(Slot::last_begins_at).max().expect(ONE)
    }

    /// The instant at which the last date ends.
    pub fn end_at(&self) -> Timestamp {
        self.0.iter().map(Slot::ends_at).max().expect(ONE)
    }

    /// The end of the last date, in the form that lists compare.
    pub fn ending(&self) -> Ending {
        let last = self.0.iter().max_by_key(|slot| slot.ends_at());
        last.map(Slot::ending).expect(ONE)
    }
}

impl From<Dates> for Vec<Slot> {
    fn from(dates: Dates) -> Self {
        dates.0
    }
}

/// The stored forms of dates: the current one, and the one from before dates had hours.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredDates {
    Slots(Vec<Slot>),
    Days { first: ParisDay, last: ParisDay },
}

impl TryFrom<StoredDates> for Dates {
    type Error = Fault;
    fn try_from(stored: StoredDates) -> Result<Self, Fault> {
        let slots = match stored {
            StoredDates::Slots(slots) => slots,
            StoredDates::Days { first, last } => vec![Slot::new(first, last, None)?],
        };
        Self::sorted(slots).ok_or_else(Fault::missing)
    }
}

impl fmt::Display for Dates {
    /// `le 28/11/2026 de 16 h à 18 h`, `du 28/11/2026 au 29/11/2026`; for several dates,
    /// `3 dates du 28/11/2026 au 12/12/2026`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.first_day(), self.last_day());
        match self.only() {
            Some(only) => only.fmt(f),
            None if first == last => write!(f, "le {first}"),
            None => write!(f, "{} dates du {first} au {last}", self.0.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> ParisDay {
        ParisDay::parse(text).unwrap()
    }

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hours(begin: &str, end: &str) -> Result<Hours, Fault> {
        Hours::new(ClockTime::parse(begin).unwrap(), ClockTime::parse(end).unwrap())
    }

    fn slot(first: &str, last: &str, begin: &str, end: &str) -> Slot {
        let hours = (!begin.is_empty()).then(|| hours(begin, end).unwrap());
        Slot::new(day(first), day(last), hours).unwrap()
    }

    #[test]
    fn a_time_is_read_however_it_is_written() {
        for text in ["16:30", "16h30", "16 h 30", " 16H30 ", "16:30:00", "16:30\u{200B}"] {
            assert_eq!(ClockTime::parse(text).unwrap().code(), "16:30", "{text}");
        }
        for (text, code) in [("9", "09:00"), ("9 h", "09:00"), ("00:00", "00:00"), ("23:59", "23:59")] {
            assert_eq!(ClockTime::parse(text).unwrap().code(), code, "{text}");
        }
        for text in ["24:00", "16:60", "16:3", "h30", "midi", "1630", "-1", "16:30:15", "1e1"] {
            assert_eq!(ClockTime::parse(text).unwrap_err().code, "time", "{text}");
        }
        assert_eq!(ClockTime::parse(" ").unwrap_err().code, "missing");
        let said = [("16:00", "16\u{A0}h"), ("09:05", "9\u{A0}h\u{A0}05")];
        for (code, said) in said {
            assert_eq!(ClockTime::parse(code).unwrap().to_string(), said);
        }
    }

    #[test]
    fn an_evening_may_end_in_the_small_hours_and_nothing_ends_before_it_begins() {
        for (begin, end) in [("14:00", "18:00"), ("20:00", "00:00"), ("22:00", "06:00"), ("23:59", "00:01")] {
            assert!(hours(begin, end).is_ok(), "{begin} {end}");
        }
        for (begin, end) in [("14:00", "14:00"), ("18:00", "14:00"), ("20:00", "06:01")] {
            assert_eq!(hours(begin, end).unwrap_err().code, "hours", "{begin} {end}");
        }
        let night = slot("28/11/2026", "28/11/2026", "20:00", "02:00");
        assert_eq!(night.ends_at(), instant("2026-11-29T02:00:00+01:00"));
        assert_eq!(night.ending().code(), "2026-11-29 02:00");
    }

    #[test]
    fn begin_and_end_are_instants_of_paris_through_both_clock_changes() {
        // On 25 October 2026, 02:00 to 03:00 occurs twice. On 28 March 2027, it does not occur.
        let autumn = slot("25/10/2026", "25/10/2026", "01:30", "02:30");
        assert_eq!(autumn.begins_at(), instant("2026-10-25T01:30:00+02:00"));
        assert_eq!(autumn.ends_at(), instant("2026-10-25T02:30:00+01:00"), "the second time");
        let twice = slot("25/10/2026", "25/10/2026", "02:15", "05:00");
        assert_eq!(twice.begins_at(), instant("2026-10-25T02:15:00+02:00"), "the first time");
        let spring = slot("28/03/2027", "28/03/2027", "02:30", "05:00");
        assert_eq!(spring.begins_at(), instant("2027-03-28T03:30:00+02:00"), "the clock skips 02:30");
        let evening = slot("24/10/2026", "25/10/2026", "20:00", "22:00");
        assert_eq!(evening.begins_at(), instant("2026-10-24T20:00:00+02:00"));
        assert_eq!(evening.last_begins_at(), instant("2026-10-25T20:00:00+01:00"));
        let whole = slot("25/10/2026", "25/10/2026", "", "");
        assert_eq!((whole.begins_at(), whole.ends_at()), (day("25/10/2026").starts(), day("25/10/2026").ends()));
    }

    #[test]
    fn dates_run_from_the_first_begin_to_the_last_end_whatever_their_order() {
        let now = instant("2026-11-22T12:00:00Z");
        let (early, late) =
            (slot("28/11/2026", "28/11/2026", "16:00", "18:00"), slot("12/12/2026", "13/12/2026", "14:00", "15:00"));
        let dates = Dates::new(vec![late, early], now).unwrap();
        assert_eq!(dates.slots(), [early, late]);
        assert_eq!((dates.first_day(), dates.last_day()), (day("28/11/2026"), day("13/12/2026")));
        assert_eq!(dates.begin_at(), instant("2026-11-28T16:00:00+01:00"));
        assert_eq!(dates.last_begins_at(), instant("2026-12-13T14:00:00+01:00"));
        assert_eq!(dates.end_at(), instant("2026-12-13T15:00:00+01:00"));
        assert_eq!(dates.to_string(), "2 dates du 28/11/2026 au 13/12/2026");
        let one = Dates::new(vec![early], now).unwrap();
        assert_eq!(one.to_string(), "le 28/11/2026 de 16\u{A0}h à 18\u{A0}h");
    }

    #[test]
    fn dates_are_announced_for_the_year_to_come_and_once_each() {
        let now = instant("2026-11-22T12:00:00Z");
        let code = |slots: &[Slot]| Dates::new(slots.to_vec(), now).map(|_| ()).map_err(|(at, fault)| (at, fault.code));
        let today = |begin, end| slot("22/11/2026", "22/11/2026", begin, end);
        let ahead = slot("28/11/2026", "28/11/2026", "16:00", "18:00");
        assert_eq!(code(&[]), Err((0, "missing")));
        assert_eq!(code(&[today("11:00", "13:01")]), Ok(()), "it is 13:00 in Paris");
        assert_eq!(code(&[today("11:00", "13:00")]), Err((0, "day_past")));
        assert_eq!(code(&[today("09:00", "10:00"), ahead]), Ok(()), "the first of a series has passed");
        assert_eq!(code(&[ahead, ahead]), Err((1, "date_twice")));
        assert_eq!(code(&[ahead, slot("22/11/2027", "23/11/2027", "", "")]), Err((1, "day_far")));
        assert_eq!(code(&[slot("22/11/2027", "22/11/2027", "", "")]), Ok(()));
        assert_eq!(Slot::new(day("23/11/2026"), day("22/11/2026"), None).unwrap_err().code, "days");
    }

    #[test]
    fn what_was_kept_without_hours_still_opens_as_whole_days() {
        let old: Dates = serde_json::from_str(r#"{"first":"2026-11-28","last":"2026-11-29"}"#).unwrap();
        assert_eq!(old.slots(), [slot("28/11/2026", "29/11/2026", "", "")]);
        let again: Dates = serde_json::from_str(&serde_json::to_string(&old).unwrap()).unwrap();
        assert_eq!(again, old);
        assert!(serde_json::from_str::<Dates>("[]").is_err());
    }

    #[test]
    fn endings_sort_as_keys_do_and_are_over_to_the_minute() {
        let ends = ["2026-11-28 18:00", "2026-11-28 20:30", "2026-11-28", "2026-11-29 01:00", "2026-11-29"];
        let keys = ends.map(|end| format!("{}#0190", Ending::parse(end).unwrap().code()));
        assert!(keys.is_sorted(), "{keys:?}");
        let now = instant("2026-11-28T18:00:30+01:00");
        let over = ends.map(|end| Ending::parse(end).unwrap().is_over(now));
        assert_eq!(over, [true, false, false, false, false]);
        assert_eq!(Ending::minute_of(now).code(), "2026-11-28 18:00");
        assert!(!Ending::parse("2026-11-28").unwrap().is_over(instant("2026-11-28T23:59:59+01:00")));
        assert!(Ending::parse("2026-11-28").unwrap().is_over(instant("2026-11-29T00:00:00+01:00")));
    }
}
