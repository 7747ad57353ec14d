//! Days as people in France write them.

use jiff::civil::Date;

use super::visible;
use crate::Fault;
use crate::text::folded;

/// The reason why a text is not a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoDay {
    /// Nothing was typed.
    Missing,
    /// The text has none of the accepted forms.
    Form,
    /// The text has the form of a day; the fault says what is wrong with it.
    Told(Fault),
}

impl NoDay {
    /// The fault; `form` is used for a text that has none of the accepted forms.
    pub(crate) fn or_form(self, form: Fault) -> Fault {
        match self {
            Self::Missing => Fault::missing(),
            Self::Form => form,
            Self::Told(fault) => fault,
        }
    }
}

const TWO_DIGITS: Fault =
    Fault::new("year_digits", "Écrivez l’année avec ses quatre chiffres : par exemple 2008, et non 08.");

pub(crate) const MONTHS: [&str; 12] = [
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
pub(crate) const WEEKDAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// Reads a day: `14/05/2008`, `14 / 05 / 2008`, `14.5.2008`, `2008-05-14`, `14052008`, `20080514`, `14 mai 2008`,
/// `1er févr. 2009` or `mercredi 14 mai 2008`.
pub(crate) fn read(text: &str) -> Result<Date, NoDay> {
    let typed = visible(text);
    if typed.is_empty() {
        return Err(NoDay::Missing);
    }
    match parts(&typed).ok_or(NoDay::Form)?.as_slice() {
        [all] if all.len() == 8 && is_number(all) => eight_digits(all),
        [weekday, rest @ ..] if rest.len() == 3 => {
            let named = WEEKDAYS.iter().position(|name| *name == folded(weekday)).ok_or(NoDay::Form)?;
            on_weekday(three(rest)?, named)
        }
        all => three(all),
    }
}

/// Splits a date into words and numbers. The separator is space, or one `/`, `-` or `.` with or without space around
/// it; an abbreviation may end with a full stop. `None` for anything else, such as a sign before the first part.
fn parts(typed: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut rest = typed;
    loop {
        let end = rest.find(|c: char| !c.is_alphanumeric() && !is_accent(c)).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        let is_word = part.chars().all(|c| c.is_alphabetic() || is_accent(c));
        let after = if is_word { after.strip_prefix('.').unwrap_or(after) } else { after };
        if after.is_empty() {
            return Some(parts);
        }
        let after = after.trim_start();
        rest = after.strip_prefix(['/', '-', '.', '\u{2010}', '\u{2011}', '\u{2013}']).unwrap_or(after).trim_start();
    }
}

/// Whether a character is a combining accent, which some keyboards type.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

fn is_number(part: &str) -> bool {
    part.bytes().all(|b| b.is_ascii_digit())
}

/// Reads `14052008` or `20080514`. The two forms never conflict: in `14052008` the century, 19 to 21, stands in the
/// place of the other form's month, and is none.
fn eight_digits(all: &str) -> Result<Date, NoDay> {
    let (century, month) = (&all[..2], &all[4..6]);
    if matches!(century, "19" | "20" | "21") && (1..=12).contains(&number(month)) {
        return day(number(&all[6..]), number(month), &all[..4]);
    }
    day(number(&all[..2]), number(&all[2..4]), &all[4..])
}

fn three(parts: &[&str]) -> Result<Date, NoDay> {
    let [first, month, last] = parts else { return Err(NoDay::Form) };
    let (day_typed, year) = if first.len() == 4 && is_number(first) { (last, first) } else { (first, last) };
    let ordinal = day_typed.strip_suffix("er").or(day_typed.strip_suffix("ER")).filter(|one| number(one) == 1);
    let day_typed = ordinal.unwrap_or(day_typed);
    let small = |part: &str| is_number(part) && (1..=2).contains(&part.len());
    let month = if small(month) { Some(number(month)) } else { month_named(month) };
    let (Some(month), true, true) = (month, small(day_typed), is_number(year)) else { return Err(NoDay::Form) };
    match year.len() {
        4 => day(number(day_typed), month, year),
        2 => Err(NoDay::Told(TWO_DIGITS)),
        _ => Err(NoDay::Form),
    }
}

/// The month with this name or unambiguous prefix of at least three letters: `févr`, `dec`, `juil`.
fn month_named(word: &str) -> Option<i8> {
    let typed = folded(word);
    let mut named = (1..).zip(MONTHS).filter(|(_, name)| typed.len() >= 3 && folded(name).starts_with(&typed));
    match (named.next(), named.next()) {
        (Some((month, _)), None) => Some(month),
        _ => None,
    }
}

/// The value of at most two digits; callers pass nothing else.
fn number(digits: &str) -> i8 {
    digits.parse().unwrap_or(0)
}

fn day(day: i8, month: i8, year: &str) -> Result<Date, NoDay> {
    let told = |sentence| Err(NoDay::Told(Fault::told("no_such_day", sentence)));
    let year: i16 = year.parse().map_err(|_| NoDay::Form)?;
    let Some(name) = usize::try_from(month).ok().and_then(|month| MONTHS.get(month.checked_sub(1)?)) else {
        return told(format!(
            "Il n’y a pas de mois {month} : écrivez le jour, le mois puis l’année, par exemple 14/05/2008."
        ));
    };
    let Ok(first) = Date::new(year, month, 1) else { return Err(NoDay::Form) };
    match Date::new(year, month, day) {
        Ok(date) => Ok(date),
        Err(_) => {
            told(format!("Le {day} {name} {year} n’existe pas : {name} {year} compte {} jours.", first.days_in_month()))
        }
    }
}

fn on_weekday(date: Date, named: usize) -> Result<Date, NoDay> {
    let is = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
    if is == named {
        return Ok(date);
    }
    let (day, month, year) = (date.day(), date.month(), date.year());
    Err(NoDay::Told(Fault::told(
        "no_such_day",
        format!("Le {day:02}/{month:02}/{year} est un {} : vérifiez le jour de la semaine ou la date.", WEEKDAYS[is]),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_however_it_is_written() {
        for text in [
            "14/05/2008",
            "14/5/2008",
            "14 / 05 / 2008",
            "14-05-2008",
            "14.05.2008",
            "14 05 2008",
            "14052008",
            "20080514",
            "2008-05-14",
            "2008/05/14",
            "2008 05 14",
            "14 mai 2008",
            "14 MAI 2008",
            "14-mai-2008",
            "14 Mai. 2008",
            "14/mai/2008",
            "mercredi 14 mai 2008",
            "Mercredi 14/05/2008",
            "14\u{A0}mai\u{202F}2008",
            " 14/05/2008\r\n",
            "\u{200E}14/05/2008",
            "14/\u{200B}05/2008",
            "14–05–2008",
        ] {
            assert_eq!(read(text).map(|date| date.to_string()), Ok("2008-05-14".into()), "{text:?}");
        }
    }

    #[test]
    fn months_are_known_by_name_and_abbreviation_with_or_without_accents() {
        for (text, iso) in [
            ("1er mars 2009", "2009-03-01"),
            ("1ER mars 2009", "2009-03-01"),
            ("1 janv. 2009", "2009-01-01"),
            ("3 févr. 2009", "2009-02-03"),
            ("3 fevrier 2009", "2009-02-03"),
            ("3 fe\u{301}vrier 2009", "2009-02-03"),
            ("3 fév 2009", "2009-02-03"),
            ("3 avr. 2009", "2009-04-03"),
            ("3 juin 2009", "2009-06-03"),
            ("3 juil. 2009", "2009-07-03"),
            ("3 août 2009", "2009-08-03"),
            ("3 AOUT 2009", "2009-08-03"),
            ("3 sept. 2009", "2009-09-03"),
            ("3 oct 2009", "2009-10-03"),
            ("3 nov. 2009", "2009-11-03"),
            ("3 déc. 2009", "2009-12-03"),
            ("29 février 2008", "2008-02-29"),
        ] {
            assert_eq!(read(text).map(|date| date.to_string()), Ok(iso.into()), "{text:?}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_told_so() {
        let told = |text: &str| match read(text) {
            Err(NoDay::Told(fault)) => (fault.code, fault.message.into_owned()),
            other => panic!("{text}: {other:?}"),
        };
        for (text, sentence) in [
            ("31/02/2009", "Le 31 février 2009 n’existe pas : février 2009 compte 28 jours."),
            ("29/02/2009", "Le 29 février 2009 n’existe pas : février 2009 compte 28 jours."),
            ("30 févr. 2008", "Le 30 février 2008 n’existe pas : février 2008 compte 29 jours."),
            ("2009-04-31", "Le 31 avril 2009 n’existe pas : avril 2009 compte 30 jours."),
            ("31042009", "Le 31 avril 2009 n’existe pas : avril 2009 compte 30 jours."),
            ("20090431", "Le 31 avril 2009 n’existe pas : avril 2009 compte 30 jours."),
            ("00/05/2008", "Le 0 mai 2008 n’existe pas : mai 2008 compte 31 jours."),
            ("32/05/2008", "Le 32 mai 2008 n’existe pas : mai 2008 compte 31 jours."),
            ("05/14/2008", "Il n’y a pas de mois 14 : écrivez le jour, le mois puis l’année, par exemple 14/05/2008."),
            ("jeudi 14 mai 2008", "Le 14/05/2008 est un mercredi : vérifiez le jour de la semaine ou la date."),
        ] {
            assert_eq!(told(text), ("no_such_day", sentence.to_owned()), "{text}");
        }
        for text in ["14/05/08", "14.05.08", "14 mai 08"] {
            assert_eq!(told(text).0, "year_digits", "{text}");
        }
    }

    #[test]
    fn what_has_no_form_of_a_day_is_no_day() {
        for text in [
            "140508",
            "14/05",
            "14 mai",
            "mai 2008",
            "+2/11/2026",
            "-2/11/2026",
            "2/+1/2026",
            "2/-1/2026",
            "22//11/2026",
            "22/11/2026/1",
            "22/11/2026.",
            "/22/11/2026",
            "22/11/-2026",
            "2é/11/2026",
            "hier",
            "é2112026",
            "14052008 1",
            "14 ju 2008",
            "14 jui 2008",
            "14 may 2008",
            "2er mai 2008",
            "14 mai 20080",
            "14/005/2008",
            "1e2/05/2008",
            "٠١/٠٢/٢٠٠٩",
            "14;05;2008",
            "2008-05-14T00:00:00",
            "1210550400",
            "14 mai mai 2008",
        ] {
            assert_eq!(read(text), Err(NoDay::Form), "{text:?}");
        }
        assert_eq!((read(" "), read("\u{200B}")), (Err(NoDay::Missing), Err(NoDay::Missing)));
    }
}
