//! A column: what one period brought, stacked of its series.

use epass_domain::Envelope;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use crate::{Figure, Period, Series};

/// What one period brought.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Column<F: Figure> {
    #[serde(flatten)]
    pub(crate) period: Period,
    /// Everything together.
    #[serde(flatten)]
    pub(crate) total: F,
    /// By series, in the chart's order.
    pub(crate) series: Vec<Part<F>>,
}

/// What one series amounts to.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Part<F: Figure> {
    /// The series' code.
    #[serde(serialize_with = "code")]
    #[schema(schema_with = series_codes)]
    pub(crate) series: Series,
    /// How much.
    #[serde(flatten)]
    pub(crate) figure: F,
}

fn code<S: Serializer>(series: &Series, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(series.code())
}

/// The words of [`Series::code`].
fn series_codes() -> Object {
    let words = Envelope::ALL.map(Series::Envelope).map(Series::code).into_iter().chain([Series::Whole("").code()]);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

impl<F: Figure> Column<F> {
    pub(crate) fn new<const SERIES: usize>(period: Period, series: [Series; SERIES], figures: [F; SERIES]) -> Self {
        Self { period, total: sum(figures), series: parts(series, figures) }
    }

    /// Its days.
    pub fn period(&self) -> &Period {
        &self.period
    }

    /// Everything together.
    pub fn total(&self) -> F {
        self.total
    }

    /// By series, in the chart's order.
    pub fn parts(&self) -> &[Part<F>] {
        &self.series
    }
}

impl<F: Figure> Part<F> {
    /// The series' code.
    pub fn code(&self) -> &'static str {
        self.series.code()
    }

    /// How much.
    pub fn figure(&self) -> F {
        self.figure
    }
}

/// What each series amounts to.
pub(crate) fn parts<F: Figure, const SERIES: usize>(series: [Series; SERIES], figures: [F; SERIES]) -> Vec<Part<F>> {
    let both = series.into_iter().zip(figures);
    both.map(|(series, figure)| Part { series, figure }).collect()
}

/// Everything together; never past the largest number of units.
pub(crate) fn sum<F: Figure>(figures: impl IntoIterator<Item = F>) -> F {
    F::of(figures.into_iter().fold(0, |sum, figure| sum.saturating_add(figure.units())))
}
