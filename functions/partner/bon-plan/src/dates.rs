//! The dates of the form. JSON has a list of dates; a page has numbered rows of fields.

use std::collections::BTreeMap;
use std::fmt;

use epass_domain::{ClockTime, Dates, Fault, Hours, Invalid, ParisDay, Slot, optional};
use jiff::Timestamp;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// One date as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BonPlanDateForm)]
pub struct DateForm {
    /// The day, such as `2026-11-28` or `28/11/2026`.
    #[schema(example = "2026-11-28")]
    pub day: String,
    /// The start time in Paris, such as `16:00` or `16 h`. Leave start and end empty for the whole day.
    #[schema(example = "16:00")]
    pub begin: String,
    /// The end time in Paris. An end until 06:00 may be on the next day.
    #[schema(example = "18:00")]
    pub end: String,
    /// The last of several days in a row, each with the same hours; empty for a single day.
    pub last_day: String,
}

/// The names of the fields in one row of the page.
pub struct Fields {
    pub day: &'static str,
    pub begin: &'static str,
    pub end: &'static str,
    pub last_day: &'static str,
}

macro_rules! fields {
    ($($number:literal),+) => {
        [$(Fields {
            day: concat!("day_", $number),
            begin: concat!("begin_", $number),
            end: concat!("end_", $number),
            last_day: concat!("last_day_", $number),
        }),+]
    };
}

const ROWS: [Fields; Dates::MOST] = fields!(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

/// The rows of a page with this number of dates, and two empty rows for more.
pub fn rows(dates: usize) -> (&'static [Fields], &'static [Fields]) {
    let shown = dates.clamp(1, ROWS.len());
    let (shown, rest) = ROWS.split_at(shown);
    (shown, &rest[..rest.len().min(2)])
}

impl DateForm {
    /// The row that shows a date.
    pub fn of(slot: &Slot) -> Self {
        let last = Some(slot.last()).filter(|last| *last != slot.first());
        Self {
            day: slot.first().iso(),
            begin: slot.hours().map_or_else(String::new, |hours| hours.begin().code()),
            end: slot.hours().map_or_else(String::new, |hours| hours.end().code()),
            last_day: last.map_or_else(String::new, ParisDay::iso),
        }
    }

    /// Whether the row is empty.
    pub fn is_blank(&self) -> bool {
        [&self.day, &self.begin, &self.end, &self.last_day].iter().all(|text| text.trim().is_empty())
    }

    /// The names and values of the fields of a row, counted from 0.
    pub fn fields(self, row: usize) -> Vec<(String, String)> {
        let Self { day, begin, end, last_day } = self;
        let names = ROWS.get(row).map(|row| [row.day, row.begin, row.end, row.last_day]);
        let names = names.unwrap_or_default().map(str::to_owned);
        names.into_iter().zip([day, begin, end, last_day]).filter(|(name, _)| !name.is_empty()).collect()
    }

    fn parse(&self, fields: &Fields, invalid: &mut Invalid) -> Option<Slot> {
        const NO_DAY: Fault = Fault::new("missing", "Indiquez le jour de cette date.");
        let day = if self.day.trim().is_empty() { Err(NO_DAY) } else { ParisDay::parse(&self.day) };
        let first = invalid.field(fields.day, day);
        let last = invalid.field(fields.last_day, optional(&self.last_day, ParisDay::parse));
        let hours = self.hours(fields, invalid);
        let (first, last, hours) = (first?, last?, hours?);
        invalid.field(fields.last_day, Slot::new(first, last.unwrap_or(first), hours))
    }

    /// The hours of the date; `Some(None)` means the whole day.
    fn hours(&self, fields: &Fields, invalid: &mut Invalid) -> Option<Option<Hours>> {
        const NO_BEGIN: Fault = Fault::new("missing", "Indiquez aussi l’heure de début.");
        const NO_END: Fault = Fault::new("missing", "Indiquez aussi l’heure de fin.");
        let begin = invalid.field(fields.begin, optional(&self.begin, ClockTime::parse));
        let end = invalid.field(fields.end, optional(&self.end, ClockTime::parse));
        match (begin?, end?) {
            (None, None) => Some(None),
            (Some(begin), Some(end)) => invalid.field(fields.end, Hours::new(begin, end)).map(Some),
            (Some(_), None) => invalid.field(fields.end, Err(NO_END)),
            (None, Some(_)) => invalid.field(fields.begin, Err(NO_BEGIN)),
        }
    }
}

/// Reads all dates as if they were sent at `now`. Each fault is reported at the field of its row.
pub fn parse(typed: &[DateForm], now: Timestamp, invalid: &mut Invalid) -> Option<Dates> {
    const NONE: Fault = Fault::new("missing", "Indiquez au moins une date.");
    const TOO_MANY: Fault = Fault::new("dates", "Indiquez 12 dates au plus.");
    if typed.is_empty() {
        return invalid.field(ROWS[0].day, Err(NONE));
    }
    if typed.len() > ROWS.len() {
        return invalid.field(ROWS[ROWS.len() - 1].day, Err(TOO_MANY));
    }
    // Every row is read, so that every fault is reported.
    let slots: Vec<Option<Slot>> = typed.iter().zip(&ROWS).map(|(date, row)| date.parse(row, invalid)).collect();
    let slots: Option<Vec<Slot>> = slots.into_iter().collect();
    match Dates::new(slots?, now) {
        Ok(dates) => Some(dates),
        Err((row, fault)) => {
            let (typed, fields) = (&typed[row], &ROWS[row]);
            let at = if typed.last_day.trim().is_empty() { fields.day } else { fields.last_day };
            invalid.field(at, Err(fault))
        }
    }
}

/// The rows of a posted form: `day_1`, `begin_1`, `end_1`, `last_day_1`, up to 12. Any other field name is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows(BTreeMap<usize, DateForm>);

impl Rows {
    /// The dates, in the order of their rows.
    pub fn dates(&self) -> Vec<DateForm> {
        self.0.values().cloned().collect()
    }

    /// The field with this name.
    fn field(&mut self, name: &str) -> Option<&mut String> {
        let place = |of: &Fields| [of.day, of.begin, of.end, of.last_day].iter().position(|known| *known == name);
        let (row, place) = ROWS.iter().enumerate().find_map(|(row, of)| Some((row, place(of)?)))?;
        let date = self.0.entry(row).or_default();
        Some(match place {
            0 => &mut date.day,
            1 => &mut date.begin,
            2 => &mut date.end,
            _ => &mut date.last_day,
        })
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(RowsVisitor)
    }
}

struct RowsVisitor;

impl<'de> Visitor<'de> for RowsVisitor {
    type Value = Rows;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rows of the dates")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Rows, M::Error> {
        let mut rows = Rows::default();
        while let Some(name) = map.next_key::<String>()? {
            let Some(field) = rows.field(&name) else {
                return Err(M::Error::unknown_field(&name, &[]));
            };
            *field = map.next_value()?;
        }
        Ok(rows)
    }
}
