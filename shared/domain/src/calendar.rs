//! Days and campaigns in the time zone Europe/Paris, including its clock changes.

use std::fmt;

use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text::{hidden_in_debug, kept_as_code};
use crate::{Envelope, Euros, Fault, typed};

static PARIS: TimeZone = jiff::tz::get!("Europe/Paris");

/// The first and the last day that the product supports.
const EARLIEST: Date = date(1900, 1, 1);
const LATEST: Date = date(2199, 12, 31);

/// A calendar day in Europe/Paris, from 1900 to 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ParisDay(Date);

impl ParisDay {
    /// The day in Paris at an instant.
    pub fn of(at: Timestamp) -> Self {
        Self::new(PARIS.to_datetime(at).date())
    }

    /// The Paris day of a date; dates before 1900 or after 2199 become the nearest supported day.
    pub fn new(day: Date) -> Self {
        Self(day.clamp(EARLIEST, LATEST))
    }

    /// The civil date.
    pub const fn date(self) -> Date {
        self.0
    }

    /// The French name of the weekday: « lundi ».
    pub fn weekday_name(self) -> &'static str {
        name_of(&typed::date::WEEKDAYS, self.0.weekday().to_monday_zero_offset())
    }

    /// The French name of the month: « janvier ».
    pub fn month_name(self) -> &'static str {
        name_of(&typed::date::MONTHS, self.0.month() - 1)
    }

    /// The day and month for a sentence: `1er septembre`, `31 août`.
    pub fn day_and_month(self) -> String {
        let th = if self.0.day() == 1 { "er" } else { "" };
        format!("{}{th} {}", self.0.day(), self.month_name())
    }

    /// Its first instant.
    pub fn starts(self) -> Timestamp {
        first_instant(self.0)
    }

    /// The first instant of the next day: 23, 24 or 25 hours after the first of this one.
    pub fn ends(self) -> Timestamp {
        first_instant(self.0.tomorrow().expect("2200 has days"))
    }

    /// The day that many days later, or earlier if negative, clamped to 1900 to 2199.
    pub fn plus_days(self, days: i32) -> Self {
        Self::new(self.0.saturating_add(Span::new().days(days.clamp(-200_000, 200_000))))
    }

    /// Reads a day in a common form: `22/11/2026`, `22112026`, `2026-11-22`, `22 nov. 2026`.
    ///
    /// # Errors
    /// `missing` when blank; `day` when it has none of these forms or lies outside 1900 to 2199; `no_such_day` (31
    /// February) and `year_digits` (`22/11/26`), each with its own sentence.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        const FORM: Fault = Fault::new(
            "day",
            "Indiquez une date sous la forme jour/mois/année, de 1900 à 2199 : par exemple 22/11/2026.",
        );
        let day = typed::date::read(text).map_err(|no_day| no_day.or_form(FORM))?;
        if (EARLIEST..=LATEST).contains(&day) { Ok(Self(day)) } else { Err(FORM) }
    }

    /// `2026-11-22`, the canonical text.
    pub fn iso(self) -> String {
        self.0.to_string()
    }
}

/// The instant at which something begins, from its day and time in Paris: the first of two when the clock goes back; an
/// hour later for times that the clock skips.
pub(crate) fn begins_at(day: ParisDay, time: Time) -> Timestamp {
    PARIS.to_ambiguous_timestamp(day.0.to_datetime(time)).compatible().expect("days from 1900 to 2199 are in range")
}

/// The instant at which something ends, from its day and time in Paris: the second of two when the clock goes back.
pub(crate) fn ends_at(day: ParisDay, time: Time) -> Timestamp {
    PARIS.to_ambiguous_timestamp(day.0.to_datetime(time)).later().expect("days from 1900 to 2199 are in range")
}

/// The time of day in Paris at an instant.
pub(crate) fn time_in_paris(at: Timestamp) -> Time {
    PARIS.to_datetime(at).time()
}

fn name_of(names: &[&'static str], place: i8) -> &'static str {
    usize::try_from(place).ok().and_then(|place| names.get(place)).copied().unwrap_or_default()
}

fn first_instant(day: Date) -> Timestamp {
    PARIS.to_timestamp(day.at(0, 0, 0, 0)).expect("days from 1900 to 2200 are within Timestamp's range")
}

fn write_day(day: Date, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

impl fmt::Display for ParisDay {
    /// `22/11/2026`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_day(self.0, f)
    }
}

impl TryFrom<String> for ParisDay {
    type Error = Fault;
    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<ParisDay> for String {
    fn from(day: ParisDay) -> Self {
        day.iso()
    }
}

/// The text of an instant for people: `22/11/2026 à 14 h 05`, Paris time, with U+00A0 around the `h`.
pub fn paris_time(at: Timestamp) -> String {
    format!("{} à {}", ParisDay::of(at), paris_hour(at))
}

/// The text of a time of day for people: `14 h 05`, Paris time, with U+00A0 around the `h`.
pub fn paris_hour(at: Timestamp) -> String {
    let there = PARIS.to_datetime(at);
    format!("{}\u{A0}h\u{A0}{:02}", there.hour(), there.minute())
}

/// The text of a time of day for spreadsheets: `09:29`, Paris time.
pub fn paris_clock(at: Timestamp) -> String {
    PARIS.to_datetime(at).strftime("%H:%M").to_string()
}

/// A school year, 1 September to 31 August, during which one dotation can be spent (`product.md`, *Dotation*).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Campaign {
    start_year: i16,
}

impl Campaign {
    /// The campaign at an instant.
    pub fn at(now: Timestamp) -> Self {
        Self::of(ParisDay::of(now))
    }

    /// The campaign on a day.
    pub fn of(day: ParisDay) -> Self {
        let date = day.date();
        Self { start_year: if date.month() >= 9 { date.year() } else { date.year() - 1 } }
    }

    /// `2026-2027`, the canonical text.
    pub fn code(self) -> String {
        format!("{}-{}", self.start_year, self.start_year + 1)
    }

    /// Reads a code.
    ///
    /// # Errors
    /// `missing` when blank; `campaign` when it is not two consecutive years.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        typed
            .split_once('-')
            .and_then(|(first, _)| first.parse().ok())
            .filter(|first| (1900..2199).contains(first))
            .map(|start_year| Self { start_year })
            .filter(|campaign| campaign.code() == typed)
            .ok_or(Fault::new("campaign", "Indiquez une campagne par ses deux années, par exemple 2026-2027."))
    }

    /// The label for people: `Campagne 2026-2027`.
    pub fn label(self) -> String {
        format!("Campagne {}", self.code())
    }

    /// 1 September.
    pub fn first_day(self) -> ParisDay {
        ParisDay::new(date(self.start_year, 9, 1))
    }

    /// 31 August of the next year.
    pub fn last_day(self) -> ParisDay {
        ParisDay::new(date(self.start_year + 1, 8, 31))
    }

    /// The campaign that follows.
    pub fn next(self) -> Self {
        Self { start_year: self.start_year + 1 }
    }

    /// The dotation of an envelope: the one table of amounts.
    pub const fn dotation(self, envelope: Envelope) -> Euros {
        match envelope {
            Envelope::Reading => Euros::from_cents(28_00),
            Envelope::Cinema => Euros::from_cents(12_00),
            Envelope::Performance | Envelope::Outing => Euros::from_cents(10_00),
        }
    }
}

impl fmt::Display for Campaign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

kept_as_code!(Campaign);

/// A birth date.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BirthDate(Date);

impl BirthDate {
    /// Reads a birth date, in the forms of [`ParisDay::parse`].
    ///
    /// # Errors
    /// `missing` when blank; `birth_date` when it has no form of a day; `no_such_day` and `year_digits` as in
    /// [`ParisDay::parse`]; `birth_date_future` after `today`; `birth_date_too_old` before 1900.
    pub fn parse(text: &str, today: ParisDay) -> Result<Self, Fault> {
        let born = Self::read(text)?;
        if born.0 > today.date() {
            return Err(Fault::new("birth_date_future", "Vérifiez la date de naissance : elle est dans le futur."));
        }
        Ok(born)
    }

    /// Reads a stored birth date, which was compared with the current day when it was first typed.
    fn read(text: &str) -> Result<Self, Fault> {
        const FORM: Fault = Fault::new(
            "birth_date",
            "Indiquez la date de naissance sous la forme jour/mois/année : par exemple 14/05/2008.",
        );
        let born = typed::date::read(text).map_err(|no_day| no_day.or_form(FORM))?;
        if born < EARLIEST {
            return Err(Fault::new("birth_date_too_old", "Vérifiez l’année de naissance : elle précède 1900."));
        }
        Ok(Self(born))
    }

    /// The birth date on this day.
    pub(crate) const fn at(day: Date) -> Self {
        Self(day)
    }

    /// `2008-05-14`, the canonical text.
    pub fn iso(self) -> String {
        self.0.to_string()
    }

    /// The civil date.
    pub const fn date(self) -> Date {
        self.0
    }

    /// The age in whole years on a day. A person born on 29 February turns a year older on 1 March in other years.
    pub fn age_on(self, day: ParisDay) -> i16 {
        let today = day.date();
        let before_birthday = (today.month(), today.day()) < (self.0.month(), self.0.day());
        today.year() - self.0.year() - i16::from(before_birthday)
    }
}

impl fmt::Display for BirthDate {
    /// `14/05/2008`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_day(self.0, f)
    }
}

impl TryFrom<String> for BirthDate {
    type Error = Fault;
    fn try_from(text: String) -> Result<Self, Fault> {
        Self::read(&text)
    }
}

impl From<BirthDate> for String {
    fn from(born: BirthDate) -> Self {
        born.iso()
    }
}

hidden_in_debug!(BirthDate);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> ParisDay {
        ParisDay::parse(text).unwrap()
    }

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hours(of: ParisDay) -> i64 {
        of.ends().duration_since(of.starts()).as_hours()
    }

    #[test]
    fn a_campaign_is_said_by_its_days_and_amounts() {
        let campaign = Campaign::of(day("23/11/2026"));
        assert_eq!(campaign.first_day().day_and_month(), "1er septembre");
        assert_eq!(campaign.last_day().day_and_month(), "31 août");
        assert_eq!(campaign.next().code(), "2027-2028");
        let said = Envelope::ALL.map(|envelope| campaign.dotation(envelope).in_words());
        assert_eq!(said, ["28 €", "12 €", "10 €", "10 €"]);
        assert_eq!(Euros::from_cents(12_50).in_words(), "12,50 €");
    }

    #[test]
    fn days_last_23_and_25_hours_when_the_clock_changes() {
        assert_eq!([day("28/03/2026"), day("29/03/2026"), day("30/03/2026")].map(hours), [24, 23, 24]);
        assert_eq!([day("24/10/2026"), day("25/10/2026"), day("26/10/2026")].map(hours), [24, 25, 24]);
    }

    #[test]
    fn a_day_ends_at_midnight_in_paris_on_both_days_of_the_change() {
        for (text, last) in [("29/03/2026", "2026-03-29T23:59:59+02:00"), ("25/10/2026", "2026-10-25T23:59:59+01:00")] {
            assert_eq!(ParisDay::of(instant(last)), day(text));
            assert_eq!(day(text).ends(), instant(last) + jiff::SignedDuration::from_secs(1));
            assert_eq!(ParisDay::of(day(text).ends()), day(text).plus_days(1));
        }
        assert_eq!(day("29/03/2026").starts(), instant("2026-03-29T00:00:00+01:00"));
        assert_eq!(day("25/10/2026").starts(), instant("2026-10-25T00:00:00+02:00"));
    }

    #[test]
    fn a_day_is_read_however_it_is_written() {
        for text in ["22/11/2026", "22112026", "2026-11-22", "22-11-2026", "22.11.2026", " 22 11 2026 "] {
            assert_eq!(day(text).iso(), "2026-11-22", "{text}");
        }
        assert_eq!(day("5/9/2026").to_string(), "05/09/2026");
        for (text, code) in [
            ("31/02/2026", "no_such_day"),
            ("22/11/26", "year_digits"),
            ("hier", "day"),
            ("01/01/1899", "day"),
            ("01/01/2200", "day"),
        ] {
            assert_eq!(ParisDay::parse(text).unwrap_err().code, code, "{text}");
        }
        assert_eq!(ParisDay::parse("").unwrap_err().code, "missing");
    }

    #[test]
    fn days_outside_the_calendar_are_held_at_its_ends() {
        assert_eq!(ParisDay::new(Date::MAX).iso(), "2199-12-31");
        assert_eq!(day("2026-11-22").plus_days(i32::MIN).iso(), "1900-01-01");
        assert_eq!(day("2026-11-22").plus_days(i32::MAX).iso(), "2199-12-31");
        assert_eq!(ParisDay::of(Timestamp::MAX).iso(), "2199-12-31");
        assert_eq!(ParisDay::of(Timestamp::MIN).starts(), ParisDay::new(Date::MIN).starts());
    }

    #[test]
    fn an_instant_is_shown_in_the_time_of_paris() {
        assert_eq!(paris_time(instant("2026-11-22T13:05:00Z")), "22/11/2026 à 14\u{A0}h\u{A0}05");
        assert_eq!(paris_time(instant("2026-07-31T22:30:00Z")), "01/08/2026 à 0\u{A0}h\u{A0}30");
    }

    #[test]
    fn a_campaign_changes_at_midnight_on_the_first_of_september() {
        assert_eq!(Campaign::at(instant("2026-08-31T23:59:59+02:00")).code(), "2025-2026");
        assert_eq!(Campaign::at(instant("2026-09-01T00:00:00+02:00")).code(), "2026-2027");
    }

    #[test]
    fn a_campaign_credits_sixty_euros_in_four_envelopes() {
        let campaign = Campaign::parse("2026-2027").unwrap();
        assert_eq!(Envelope::ALL.map(|envelope| campaign.dotation(envelope).cents()), [28_00, 12_00, 10_00, 10_00]);
    }

    #[test]
    fn a_campaign_is_two_years_that_follow_each_other() {
        assert_eq!(Campaign::parse(" 2026-2027 ").unwrap().label(), "Campagne 2026-2027");
        for text in ["2026", "2026-2028", "2027-2026", "+2026-2027", "32767-32768", "26-27"] {
            assert_eq!(Campaign::parse(text).unwrap_err().code, "campaign", "{text}");
        }
    }

    #[test]
    fn a_birth_date_is_in_the_past_and_in_living_memory() {
        let today = day("22/11/2026");
        let code = |text| BirthDate::parse(text, today).map(BirthDate::iso).map_err(|fault| fault.code);
        assert_eq!(code("14052008"), Ok("2008-05-14".into()));
        assert_eq!(code("22/11/2026"), Ok("2026-11-22".into()));
        assert_eq!(code("23/11/2026"), Err("birth_date_future"));
        assert_eq!(code("31/12/1899"), Err("birth_date_too_old"));
        assert_eq!(code("30/02/2008"), Err("no_such_day"));
        assert_eq!(code("14/05/08"), Err("year_digits"));
        assert_eq!(code("mai"), Err("birth_date"));
        assert_eq!(code(""), Err("missing"));
    }

    #[test]
    fn a_birth_date_does_not_reach_a_log() {
        let born = BirthDate::parse("14/05/2008", day("22/11/2026")).unwrap();
        assert_eq!(format!("{born:?}"), "BirthDate(***)");
        assert_eq!(born.to_string(), "14/05/2008");
        assert_eq!(serde_json::to_string(&born).unwrap(), "\"2008-05-14\"");
        assert_eq!(serde_json::from_str::<BirthDate>("\"2008-05-14\"").unwrap(), born);
    }

    #[test]
    fn one_is_a_year_older_on_the_birthday() {
        let born = |text| BirthDate::parse(text, day("22/11/2026")).unwrap();
        assert_eq!(born("14/05/2008").age_on(day("13/05/2026")), 17);
        assert_eq!(born("14/05/2008").age_on(day("14/05/2026")), 18);
        assert_eq!(born("29/02/2008").age_on(day("28/02/2026")), 17);
        assert_eq!(born("29/02/2008").age_on(day("01/03/2026")), 18);
    }

    fn any_day() -> impl Strategy<Value = ParisDay> {
        (0..109_000_i32).prop_map(|days| ParisDay::new(EARLIEST).plus_days(days))
    }

    proptest! {
        #[test]
        fn days_follow_each_other_without_gap_or_overlap(today in any_day()) {
            prop_assert_eq!(today.ends(), today.plus_days(1).starts());
            prop_assert_eq!(ParisDay::of(today.starts()), today);
            prop_assert_eq!(ParisDay::of(today.ends() - jiff::SignedDuration::from_nanos(1)), today);
        }

        #[test]
        fn days_are_read_back_as_shown(today in any_day()) {
            prop_assert_eq!(ParisDay::parse(&today.to_string()), Ok(today));
            prop_assert_eq!(ParisDay::parse(&today.iso()), Ok(today));
        }

        #[test]
        fn each_day_is_in_exactly_one_campaign(today in any_day()) {
            let holds = |campaign: &Campaign| (campaign.first_day()..=campaign.last_day()).contains(&today);
            let holders: Vec<_> = (1899..=2199).map(|start_year| Campaign { start_year }).filter(holds).collect();
            prop_assert_eq!(holders, [Campaign::of(today)]);
        }

        #[test]
        fn campaigns_follow_each_other(start_year in 1901..2190_i16) {
            let (this, next) = (Campaign { start_year }, Campaign { start_year: start_year + 1 });
            prop_assert_eq!(this.last_day().plus_days(1), next.first_day());
            prop_assert_eq!(Campaign::parse(&this.code()), Ok(this));
        }

        #[test]
        fn any_text_is_either_a_day_or_a_fault(text in "[0-9/. é-]{0,12}") {
            let _ = ParisDay::parse(&text);
        }
    }
}
