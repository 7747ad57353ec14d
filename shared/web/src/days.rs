//! Days as people say them.

use epass_domain::ParisDay;
use jiff::civil::Weekday;

/// « samedi 28 novembre 2026 », or « du samedi 28 au dimanche 29 novembre 2026 »; month and year are said once where they are the
/// same. U+00A0 keeps a day with its month.
pub fn said(first: ParisDay, last: ParisDay) -> String {
    let (start, end) = (first.date(), last.date());
    if start == end {
        return format!("{} {}\u{A0}{} {}", weekday(first), number(first), month(first), start.year());
    }
    let begins = if (start.year(), start.month()) == (end.year(), end.month()) {
        format!("{}\u{A0}{}", weekday(first), number(first))
    } else if start.year() == end.year() {
        format!("{} {}\u{A0}{}", weekday(first), number(first), month(first))
    } else {
        said(first, first)
    };
    format!("du {begins} au {}", said(last, last))
}

fn weekday(day: ParisDay) -> &'static str {
    match day.date().weekday() {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    }
}

fn number(day: ParisDay) -> String {
    match day.date().day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    }
}

fn month(day: ParisDay) -> &'static str {
    const MONTHS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let index = usize::try_from(day.date().month() - 1).unwrap_or_default();
    MONTHS.get(index).copied().unwrap_or_default()
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
        assert_eq!(days("31/12/2026", "01/01/2027"), "du jeudi 31 décembre 2026 au vendredi 1er janvier 2027");
    }
}
