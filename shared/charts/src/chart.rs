//! Columns over time, each stacked by series: a drawing, its legend, its table, and the same figures in JSON.

use askama::Template;
use askama::filters::HtmlSafe;
use derive_more::Deref;
use serde::Serialize;
use utoipa::ToSchema;

use crate::column::{Column, Part, parts, sum};
use crate::drawing::{Drawing, FRAMES, draw};
use crate::{Figure, Period, Series};

/// The figures of several periods, by series.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Chart<F: Figure> {
    /// The title.
    title: String,
    /// The total of all columns.
    #[serde(flatten)]
    total: F,
    /// The series, each with its total.
    series: Vec<Part<F>>,
    /// The columns, in chronological order.
    columns: Vec<Column<F>>,
}

/// A chart as a page shows it.
#[derive(Template, Deref)]
#[template(path = "chart.html")]
pub struct ChartShown<'a, F: Figure> {
    id: &'static str,
    nothing: &'static str,
    #[deref]
    chart: &'a Chart<F>,
}

impl<F: Figure> Chart<F> {
    /// A chart of those series under a title (*Montants par semaine*). Each column has one figure per series, in the
    /// same order. Up to 53 columns stay distinguishable on a phone.
    pub fn new<const SERIES: usize>(
        title: &str,
        series: [Series; SERIES],
        columns: impl IntoIterator<Item = (Period, [F; SERIES])>,
    ) -> Self {
        let columns: Vec<_> =
            columns.into_iter().map(|(period, figures)| Column::new(period, series, figures)).collect();
        let totals = std::array::from_fn(|place| sum(columns.iter().map(|column| column.series[place].figure)));
        Self { title: title.to_owned(), total: sum(totals), series: parts(series, totals), columns }
    }

    /// The chart as a page shows it. `id` names its parts in the page; `nothing` is shown when there is nothing to
    /// draw.
    pub const fn shown(&self, id: &'static str, nothing: &'static str) -> ChartShown<'_, F> {
        ChartShown { id, nothing, chart: self }
    }

    /// The total of all columns.
    pub fn total(&self) -> F {
        self.total
    }

    /// The columns, in chronological order.
    pub fn columns(&self) -> &[Column<F>] {
        &self.columns
    }

    /// The first column with the largest total.
    fn peak(&self) -> Option<&Column<F>> {
        let highest = self.columns.iter().map(|column| column.total.units()).max().filter(|most| *most > 0)?;
        self.columns.iter().find(|column| column.total.units() == highest)
    }

    /// One drawing for each width of the style sheet.
    pub(crate) fn drawings(&self) -> impl Iterator<Item = Drawing> {
        FRAMES.into_iter().map(|frame| draw(&self.columns, frame))
    }
}

/// Safe as HTML: the template escapes every value that it writes.
impl<F: Figure> HtmlSafe for ChartShown<'_, F> {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use epass_domain::Week;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{Amount, Count};

    fn shown<F: Figure>(chart: &Chart<F>) -> String {
        chart.shown("by-week", "Aucune transaction sur cette période.").to_string()
    }

    fn amounts(figures: &[[u64; 4]]) -> Chart<Amount> {
        let weeks = std::iter::successors(Week::parse("2026-W52").ok(), |week| Some(week.next()));
        let columns = weeks.zip(figures).map(|(week, cents)| (Period::from(week), cents.map(Amount::of)));
        Chart::new("Montants par semaine", Series::ENVELOPES, columns)
    }

    const THREE_WEEKS: [[u64; 4]; 3] = [[12_50, 0, 8_00, 0], [0; 4], [123_450, 9_00, 0, 45_000]];

    #[test]
    fn three_weeks_of_four_envelopes_as_a_page_shows_them() {
        insta::assert_snapshot!(shown(&amounts(&THREE_WEEKS)));
    }

    #[test]
    fn counts_in_one_piece_as_a_page_shows_them() {
        let columns = ["2026-W46", "2026-W47"].map(|code| Period::from(Week::parse(code).unwrap()));
        let columns = columns.into_iter().zip([[Count::from(1_250)], [Count::from(980)]]);
        insta::assert_snapshot!(shown(&Chart::new("Transactions", [Series::Whole("Transactions")], columns)));
    }

    #[test]
    fn nothing_to_draw_is_said_in_words() {
        for nothing in [amounts(&[]), amounts(&[[0; 4]; 5])] {
            let page = shown(&nothing);
            assert!(page.contains("<p class=\"chart-nothing\">Aucune transaction sur cette période.</p>"), "{page}");
            assert!(!page.contains("<svg") && !page.contains("<table"), "{page}");
        }
    }

    #[test]
    fn json_has_every_figure_and_nothing_of_the_drawing() {
        let part = |series, cents| json!({ "series": series, "amount_cents": cents });
        let expected = json!({
            "title": "Montants par semaine",
            "amount_cents": 20_50,
            "series": [part("reading", 12_50), part("cinema", 0), part("performance", 8_00), part("outing", 0)],
            "columns": [{
                "period": "2026-W52",
                "amount_cents": 20_50,
                "series": [part("reading", 12_50), part("cinema", 0), part("performance", 8_00), part("outing", 0)],
            }],
        });
        assert_eq!(serde_json::to_value(amounts(&THREE_WEEKS[..1])).unwrap(), expected);
    }

    #[test]
    fn the_contract_tells_amounts_from_counts() {
        #[derive(ToSchema)]
        #[expect(dead_code, reason = "only its schema is asked for")]
        struct View {
            amounts: Chart<Amount>,
            counts: Chart<Count>,
            communes: crate::Ranking<Amount>,
        }
        let mut schemas = Vec::new();
        View::schemas(&mut schemas);
        let names: BTreeSet<_> = schemas.iter().map(|(name, _)| name.as_str()).collect();
        let of_amounts = ["Chart_Amount", "Column_Amount", "Line_Amount", "Part_Amount", "Ranking_Amount"];
        let of_counts = ["Chart_Count", "Column_Count", "Part_Count"];
        assert_eq!(names, of_amounts.into_iter().chain(of_counts).chain(["ChartPeriod"]).collect());
        for (name, schema) in &schemas {
            let text = serde_json::to_string(schema).unwrap();
            assert!(!name.ends_with("_Amount") || !text.contains("\"count\""), "{name}: {text}");
            assert!(!name.ends_with("_Count") || !text.contains("amount_cents"), "{name}: {text}");
        }
    }

    #[test]
    fn what_is_written_is_never_markup() {
        let columns = [(Period::from(Week::parse("2026-W47").unwrap()), [Count::from(1)])];
        let page = shown(&Chart::new("<b>&\"'", [Series::Whole("<i>")], columns));
        assert!(!page.contains("<b>&") && !page.contains("<i>"), "{page}");
        assert!(page.contains("aria-label=\"&#60;b&#62;&#38;&#34;&#39;, en colonnes"), "{page}");
    }

    #[test]
    fn the_highest_column_is_the_first_of_equals() {
        let chart = amounts(&[[1, 0, 0, 0], [0, 7, 0, 0], [7, 0, 0, 0]]);
        assert_eq!(chart.peak().map(|column| column.period().code()).as_deref(), Some("2026-W53"));
        assert!(amounts(&[[0; 4]]).peak().is_none());
    }

    /// The written figures of the table's lines.
    fn table(page: &str) -> Vec<Vec<String>> {
        let body = page.split("<tbody>").nth(1).unwrap();
        let cells = |line: &str| {
            line.split("class=\"amount\">").skip(1).map(|cell| cell.split('<').next().unwrap().to_owned()).collect()
        };
        body.split("<tr>").skip(1).map(cells).collect()
    }

    proptest! {
        #[test]
        fn the_table_and_json_have_every_figure_and_add_up(
            figures in prop::collection::vec(prop::array::uniform4(0..=1_000_000_000u64), 1..=53)
                .prop_filter("something to draw", |figures| figures.iter().flatten().any(|units| *units > 0))
        ) {
            let chart = amounts(&figures);
            let mut expected: Vec<Vec<u64>> = figures.iter().map(|row| row.to_vec()).collect();
            expected.push((0..4).map(|place| figures.iter().map(|row| row[place]).sum()).collect());
            for row in &mut expected {
                row.push(row.iter().sum());
            }
            let written: Vec<Vec<String>> =
                expected.iter().map(|row| row.iter().map(|units| Amount::of(*units).to_string()).collect()).collect();
            prop_assert_eq!(table(&shown(&chart)), written);
            let json = serde_json::to_value(&chart).unwrap();
            prop_assert_eq!(&json["amount_cents"], *expected.last().unwrap().last().unwrap());
            prop_assert_eq!(json["columns"].as_array().unwrap().len(), figures.len());
        }
    }
}
