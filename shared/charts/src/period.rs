//! The period of a column: a week or a month.

use epass_domain::{Month, Week};
use serde::Serialize;
use utoipa::ToSchema;

/// The period of a column in a chart, its table and JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChartPeriod)]
pub struct Period {
    /// The code of the period: `2026-W47` or `2026-11`.
    #[serde(rename = "period")]
    #[schema(value_type = String, example = "2026-W47")]
    span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Span {
    Week(Week),
    Month(Month),
}

/// The names of the months, short for an axis and in full.
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
        Self { span: Span::Week(week) }
    }
}

impl From<Month> for Period {
    fn from(month: Month) -> Self {
        Self { span: Span::Month(month) }
    }
}

impl Period {
    /// The code: `2026-W47` or `2026-11`.
    pub fn code(self) -> String {
        match self.span {
            Span::Week(week) => week.code(),
            Span::Month(month) => month.code(),
        }
    }

    /// The French name: `Semaine 47, du 16/11 au 22/11/2026` or `Novembre 2026`.
    pub fn name(self) -> String {
        match self.span {
            Span::Week(week) => {
                let number = week.first_day().date().iso_week_date().week();
                format!("Semaine {number}, du {} au {}", self.tick(), week.last_day())
            }
            Span::Month(month) => format!("{} {}", names(month).1, month.year()),
        }
    }

    /// The label under the column: the Monday as `16/11`, or the short month.
    pub(crate) fn tick(self) -> String {
        match self.span {
            Span::Week(week) => {
                let monday = week.first_day().date();
                format!("{:02}/{:02}", monday.day(), monday.month())
            }
            Span::Month(month) => names(month).0.to_owned(),
        }
    }

    /// The year, shown under its first column.
    pub(crate) fn year(self) -> i16 {
        match self.span {
            Span::Week(week) => week.first_day().date().year(),
            Span::Month(month) => month.year(),
        }
    }
}

/// The short and the full name of a month.
fn names(month: Month) -> (&'static str, &'static str) {
    let place = usize::try_from(month.number() - 1).expect("months count from 1");
    MONTHS[place]
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
        assert_eq!((week.code().as_str(), week.name().as_str()), ("2026-W47", "Semaine 47, du 16/11 au 22/11/2026"));
        assert_eq!((week.tick().as_str(), week.year()), ("16/11", 2026));
    }

    #[test]
    fn a_week_over_new_year_keeps_the_number_of_its_iso_year_and_the_year_of_its_monday() {
        let week = week("2026-W53");
        assert_eq!((week.tick().as_str(), week.year()), ("28/12", 2026));
        assert_eq!(week.name(), "Semaine 53, du 28/12 au 03/01/2027");
    }

    #[test]
    fn a_month_is_named_in_french() {
        let month = Period::from(Month::parse("2027-02").unwrap());
        assert_eq!((month.code().as_str(), month.name().as_str()), ("2027-02", "Février 2027"));
        assert_eq!((month.tick().as_str(), month.year()), ("févr.", 2027));
    }
}
