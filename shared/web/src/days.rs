//! Days as French text.

use epass_domain::{ClockTime, Dates, ParisDay, Slot};

/// « samedi 28 novembre 2026 », or « du samedi 28 au dimanche 29 novembre 2026 ». Month and year stand once where they
/// are the same. U+00A0 keeps a day with its month.
pub fn said(first: ParisDay, last: ParisDay) -> String {
    let (start, end) = (first.date(), last.date());
    if start == end {
        return format!("{} {}\u{A0}{} {}", first.weekday_name(), number(first), first.month_name(), start.year());
    }
    let begins = if (start.year(), start.month()) == (end.year(), end.month()) {
        format!("{}\u{A0}{}", first.weekday_name(), number(first))
    } else if start.year() == end.year() {
        format!("{} {}\u{A0}{}", first.weekday_name(), number(first), first.month_name())
    } else {
        said(first, first)
    };
    format!("du {begins} au {}", said(last, last))
}

/// One date with its hours: « samedi 28 novembre 2026, de 16 h à 18 h »; for several days
/// « …, chaque jour de 16 h à 18 h ».
pub fn said_slot(slot: &Slot) -> String {
    let hours = slot.hours().map(|hours| (hours.begin(), hours.end()));
    with_hours(slot.first(), slot.last(), hours)
}

/// All dates in one line: like [`said_slot`] for a single one, else « 3 dates, du samedi 28 novembre au samedi 12
/// décembre 2026 ».
pub fn said_dates(dates: &Dates) -> String {
    match dates.only() {
        Some(only) => said_slot(only),
        None => said_many(dates.slots().len(), dates.first_day(), dates.last_day()),
    }
}

/// Days, with their hours where these are known.
pub fn with_hours(first: ParisDay, last: ParisDay, hours: Option<(ClockTime, ClockTime)>) -> String {
    let days = said(first, last);
    match hours {
        None => days,
        Some((begin, end)) if first == last => format!("{days}, de {begin} à {end}"),
        Some((begin, end)) => format!("{days}, chaque jour de {begin} à {end}"),
    }
}

/// « 3 dates, du samedi 28 novembre au samedi 12 décembre 2026 ».
pub fn said_many(count: usize, first: ParisDay, last: ParisDay) -> String {
    format!("{count} dates, {}", said(first, last))
}

fn number(day: ParisDay) -> String {
    match day.date().day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(first: &str, last: &str) -> String {
        let day = |text| ParisDay::parse(text).unwrap();
        said(day(first), day(last)).replace('\u{A0}', " ")
    }

    #[test]
    fn days_are_said_as_people_say_them() {
        assert_eq!(days("28/11/2026", "28/11/2026"), "samedi 28 novembre 2026");
        assert_eq!(days("28/11/2026", "29/11/2026"), "du samedi 28 au dimanche 29 novembre 2026");
        assert_eq!(days("30/11/2026", "01/12/2026"), "du lundi 30 novembre au mardi 1er décembre 2026");
        let time = |text| ClockTime::parse(text).unwrap();
        let hours = Some((time("16:00"), time("18:30")));
        let day = |text| ParisDay::parse(text).unwrap();
        let with = |first, last| with_hours(day(first), day(last), hours).replace('\u{A0}', " ");
        assert_eq!(with("28/11/2026", "28/11/2026"), "samedi 28 novembre 2026, de 16 h à 18 h 30");
        assert_eq!(
            with("28/11/2026", "29/11/2026"),
            "du samedi 28 au dimanche 29 novembre 2026, chaque jour de 16 h à 18 h 30"
        );
        assert_eq!(days("31/12/2026", "01/01/2027"), "du jeudi 31 décembre 2026 au vendredi 1er janvier 2027");
    }
}
