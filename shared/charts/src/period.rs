//! What a column stands for: a week or a month.

use epass_domain::{Month, Week};
use serde::Serialize;
use utoipa::ToSchema;

/// A span of days, as a chart, its table and JSON call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChartPeriod)]
pub struct Period {
    /// `2026-W47` or `2026-11`.
    #[serde(rename = "period")]
    #[schema(example = "2026-W47")]
    code: String,
    /// In full.
    #[serde(skip)]
    name: String,
    /// Under the column: the Monday as `16/11`, or the month.
    #[serde(skip)]
    tick: String,
    /// Under the first column of each: the year.
    #[serde(skip)]
    year: i16,
}

/// Months as an axis has room for them, and in full.
const MONTHS: [(&str, &str); 12] = [
    ("janv.", "Janvier"),
    ("févr.", "Février"),
    ("mars", "Mars"),
    ("avr.", "Avril"),
    ("mai", "Mai"),
    ("juin", "Juin"),
    ("juil.", "Juillet"),
    ("août", "Août"),
    ("sept.", "Septembre"),
    ("oct.", "Octobre"),
    ("nov.", "Novembre"),
    ("déc.", "Décembre"),
];

impl From<Week> for Period {
    fn from(week: Week) -> Self {
        let monday = week.first_day();
        let tick = format!("{:02}/{:02}", monday.date().day(), monday.date().month());
        let number = monday.date().iso_week_date().week();
        Self {
            code: week.code(),
            name: format!("Semaine {number}, du {tick} au {}", week.last_day()),
            tick,
            year: monday.date().year(),
        }
    }
}

impl From<Month> for Period {
    fn from(month: Month) -> Self {
        let place = usize::try_from(month.number() - 1).expect("months count from 1");
        let (tick, name) = MONTHS[place];
        let year = month.year();
        Self { code: month.code(), name: format!("{name} {year}"), tick: tick.to_owned(), year }
    }
}

impl Period {
    /// `2026-W47` or `2026-11`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// `Semaine 47, du 16/11 au 22/11/2026` or `Novembre 2026`.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn tick(&self) -> &str {
        &self.tick
    }

    pub(crate) const fn year(&self) -> i16 {
        self.year
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(code: &str) -> Period {
        Week::parse(code).unwrap().into()
    }

    #[test]
    fn a_week_is_named_by_its_number_and_its_days() {
        let week = week("2026-W47");
        assert_eq!((week.code(), week.name()), ("2026-W47", "Semaine 47, du 16/11 au 22/11/2026"));
        assert_eq!((week.tick(), week.year()), ("16/11", 2026));
    }

    #[test]
    fn a_week_over_new_year_keeps_the_number_of_its_iso_year_and_the_year_of_its_monday() {
        let week = week("2026-W53");
        assert_eq!((week.tick(), week.year()), ("28/12", 2026));
        assert_eq!(week.name(), "Semaine 53, du 28/12 au 03/01/2027");
    }

    #[test]
    fn a_month_is_named_in_french() {
        let month = Period::from(Month::parse("2027-02").unwrap());
        assert_eq!((month.code(), month.name()), ("2027-02", "Février 2027"));
        assert_eq!((month.tick(), month.year()), ("févr.", 2027));
    }
}
