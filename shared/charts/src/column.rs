//! A column: the figures of one period, stacked by series.

use epass_domain::Envelope;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use crate::{Figure, Period, Series};

/// The figures of one period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Column<F: Figure> {
    #[serde(flatten)]
    pub(crate) period: Period,
    /// The total of the period.
    #[serde(flatten)]
    pub(crate) total: F,
    /// The figures by series, in the chart's order.
    pub(crate) series: Vec<Part<F>>,
}

/// The figure of one series.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Part<F: Figure> {
    /// The code of the series.
    #[serde(serialize_with = "code")]
    #[schema(schema_with = series_codes)]
    pub(crate) series: Series,
    /// The figure.
    #[serde(flatten)]
    pub(crate) figure: F,
}

fn code<S: Serializer>(series: &Series, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(series.code())
}

/// The schema of the values of [`Series::code`].
fn series_codes() -> Object {
    let words = Envelope::ALL.map(Series::Envelope).map(Series::code).into_iter().chain([Series::Whole("").code()]);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

impl<F: Figure> Column<F> {
    pub(crate) fn new<const SERIES: usize>(period: Period, series: [Series; SERIES], figures: [F; SERIES]) -> Self {
        Self { period, total: sum(figures), series: parts(series, figures) }
    }

    /// The period.
    pub fn period(&self) -> &Period {
        &self.period
    }

    /// The total of the period.
    pub fn total(&self) -> F {
        self.total
    }

    /// The figures by series, in the chart's order.
    pub fn parts(&self) -> &[Part<F>] {
        &self.series
    }
}

impl<F: Figure> Part<F> {
    /// The code of the series.
    pub fn code(&self) -> &'static str {
        self.series.code()
    }

    /// The figure.
    pub fn figure(&self) -> F {
        self.figure
    }
}

/// The figure of each series.
pub(crate) fn parts<F: Figure, const SERIES: usize>(series: [Series; SERIES], figures: [F; SERIES]) -> Vec<Part<F>> {
    let both = series.into_iter().zip(figures);
    both.map(|(series, figure)| Part { series, figure }).collect()
}

/// The sum of the figures, saturating at the largest number of units.
pub(crate) fn sum<F: Figure>(figures: impl IntoIterator<Item = F>) -> F {
    F::of(figures.into_iter().fold(0, |sum, figure| sum.saturating_add(figure.units())))
}
