//! The layout of a chart of columns: lengths in tenths of the drawing's unit. The template draws it.

use std::fmt;

use crate::axis::{Axis, share};
use crate::column::Column;
use crate::{Figure, Period};

/// A length or a coordinate, in tenths of a unit; a unit is about a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tenths(pub(crate) u64);

impl fmt::Display for Tenths {
    /// Writes `12` or `12.5`, as SVG requires.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}", self.0 / 10),
            tenth => write!(f, "{}.{tenth}", self.0 / 10),
        }
    }
}

/// The size of a drawing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// The name of the size in the style sheet.
    pub(crate) name: &'static str,
    /// The full width, in units.
    width: u64,
    /// The height of the highest axis mark above the foot.
    plot: u64,
}

/// Three sizes: a phone, an upright tablet, and anything wider. The style sheet shows the one that fits, so that text
/// keeps about the same size.
pub(crate) const FRAMES: [Frame; 3] = [
    Frame { name: "narrow", width: 3_000, plot: 1_800 },
    Frame { name: "middle", width: 5_000, plot: 2_000 },
    Frame { name: "wide", width: 8_600, plot: 2_400 },
];

/// The estimated width of a character at the style sheet's 13 units.
const CHARACTER: u64 = 85;
/// The space around text.
const AIR: u64 = 80;
/// The space above the highest mark, for the figure over a column that reaches it.
const ABOVE: u64 = 220;
/// The space under the columns, for the periods and the years.
const BELOW: u64 = 440;
/// The distance of the first text line under the columns.
const TICK_LINE: u64 = 190;
const YEAR_LINE: u64 = 370;
/// The greatest width of a column, however few there are.
const WIDEST: u64 = 560;
/// The least height of a column that is not zero.
const LEAST: u64 = 10;

/// A chart of columns, laid out.
#[derive(Debug)]
pub(crate) struct Drawing {
    pub(crate) name: &'static str,
    pub(crate) width: Tenths,
    pub(crate) height: Tenths,
    /// The right end of the axis marks, where the columns begin.
    pub(crate) left: Tenths,
    /// The baseline of the columns.
    pub(crate) foot: Tenths,
    pub(crate) marks: Vec<Words>,
    pub(crate) columns: Vec<Bar>,
    pub(crate) ticks: Vec<Words>,
    pub(crate) years: Vec<Words>,
    /// The figures above the columns; empty when they do not all fit.
    pub(crate) figures: Vec<Words>,
}

/// A text and its anchor point.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) x: Tenths,
    pub(crate) y: Tenths,
    pub(crate) text: String,
}

/// One column, from its foot upwards.
#[derive(Debug)]
pub(crate) struct Bar {
    pub(crate) x: Tenths,
    pub(crate) width: Tenths,
    /// The area that reacts to the pointer: the column and the space above and beside it.
    pub(crate) slot_x: Tenths,
    pub(crate) slot_width: Tenths,
    pub(crate) parts: Vec<Block>,
}

/// One part of a column.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) series: &'static str,
    pub(crate) y: Tenths,
    pub(crate) height: Tenths,
}

/// Lays columns out in a frame.
pub(crate) fn draw<F: Figure>(columns: &[Column<F>], frame: Frame) -> Drawing {
    let axis = Axis::holding(columns.iter().map(|column| column.total().units()).max().unwrap_or(0));
    let foot = ABOVE + frame.plot;
    let marks: Vec<(u64, String)> =
        axis.marks().map(|units| (foot - axis.up(units, frame.plot), F::mark(units, axis.step))).collect();
    let left = marks.iter().map(|(_, text)| long(text)).max().unwrap_or(0) + AIR;
    let row = Row { left, width: frame.width - left, foot, plot: frame.plot, count: columns.len().max(1) };
    Drawing {
        name: frame.name,
        width: Tenths(frame.width),
        height: Tenths(foot + BELOW),
        left: Tenths(left),
        foot: Tenths(foot),
        marks: marks.into_iter().map(|(y, text)| Words { x: Tenths(left - AIR), y: Tenths(y), text }).collect(),
        columns: columns.iter().enumerate().map(|(place, column)| row.bar(place, column, axis)).collect(),
        ticks: row.ticks(columns.iter().map(Column::period)),
        years: row.years(columns.iter().map(Column::period)),
        figures: row.figures(columns, axis),
    }
}

/// The horizontal layout of the columns.
#[derive(Clone, Copy)]
struct Row {
    left: u64,
    width: u64,
    foot: u64,
    plot: u64,
    /// The number of columns; at least one.
    count: usize,
}

impl Row {
    /// The left edge of a column's slot; for the index after the last column, the right edge of the row.
    fn slot(self, place: usize) -> u64 {
        self.left + share(place as u128, self.count as u128, self.width)
    }

    fn middle(self, place: usize) -> u64 {
        u64::midpoint(self.slot(place), self.slot(place + 1))
    }

    /// The width of the narrowest slot.
    fn pitch(self) -> u64 {
        share(1, self.count as u128, self.width)
    }

    fn bar<F: Figure>(self, place: usize, column: &Column<F>, axis: Axis) -> Bar {
        let width = (self.pitch() * 2 / 3).clamp(1, WIDEST);
        Bar {
            x: Tenths(self.middle(place) - width / 2),
            width: Tenths(width),
            slot_x: Tenths(self.slot(place)),
            slot_width: Tenths(self.slot(place + 1) - self.slot(place)),
            parts: self.parts(column, self.up(column.total(), axis)),
        }
    }

    /// The height of a column.
    fn up<F: Figure>(self, total: F, axis: Axis) -> u64 {
        let up = axis.up(total.units().into(), self.plot);
        if total.units() > 0 { up.max(LEAST) } else { up }
    }

    /// The parts of a column, stacked: their heights add up exactly to the height of the column.
    fn parts<F: Figure>(self, column: &Column<F>, height: u64) -> Vec<Block> {
        let whole: u128 = column.parts().iter().map(|part| u128::from(part.figure().units())).sum();
        let mut below: u128 = 0;
        let mut parts = Vec::new();
        for part in column.parts() {
            let from = share(below, whole, height);
            below += u128::from(part.figure().units());
            let to = share(below, whole, height);
            if to > from {
                parts.push(Block { series: part.code(), y: Tenths(self.foot - to), height: Tenths(to - from) });
            }
        }
        parts
    }

    /// The period labels that fit without touching: every one, or every second, third …
    fn ticks<'a>(self, periods: impl Iterator<Item = &'a Period> + Clone) -> Vec<Words> {
        let widest = periods.clone().map(|period| long(&period.tick())).max().unwrap_or(0);
        let every = usize::try_from((widest + AIR).div_ceil(self.pitch().max(1))).expect("a few hundred at most");
        periods
            .enumerate()
            .step_by(every.max(1))
            .filter(|(place, period)| self.holds(self.middle(*place), long(&period.tick())))
            .map(|(place, period)| self.under(self.middle(place), TICK_LINE, period.tick()))
            .collect()
    }

    /// Each year under its first column, unless the next year begins too close.
    fn years<'a>(self, periods: impl Iterator<Item = &'a Period>) -> Vec<Words> {
        let mut starts: Vec<(u64, i16)> = Vec::new();
        for (place, period) in periods.enumerate() {
            if starts.last().is_none_or(|(_, year)| *year != period.year()) {
                starts.push((self.middle(place), period.year()));
            }
        }
        let nexts: Vec<_> = starts.iter().skip(1).map(|(next, _)| Some(*next)).chain([None]).collect();
        starts
            .into_iter()
            .zip(nexts)
            .map(|((start, year), next)| (start, next, year.to_string()))
            .filter(|(start, next, year)| {
                self.holds(*start, long(year)) && next.is_none_or(|next| start + long(year) + AIR <= next)
            })
            .map(|(start, _, year)| self.under(start, YEAR_LINE, year))
            .collect()
    }

    /// The figure above each column; empty if two of them would touch.
    fn figures<F: Figure>(self, columns: &[Column<F>], axis: Axis) -> Vec<Words> {
        let shown = columns.iter().enumerate().filter(|(_, column)| column.total().units() > 0);
        let words: Vec<Words> = shown
            .map(|(place, column)| Words {
                x: Tenths(self.middle(place)),
                y: Tenths(self.foot - self.up(column.total(), axis) - AIR * 3 / 4),
                text: column.total().to_string(),
            })
            .collect();
        let fit = words.iter().all(|figure| long(&figure.text) <= self.pitch());
        if fit { words } else { Vec::new() }
    }

    /// Whether a text centred at `middle` stays within the row or the axis margin.
    fn holds(self, middle: u64, length: u64) -> bool {
        middle >= length / 2 && middle + length / 2 <= self.left + self.width
    }

    fn under(self, x: u64, line: u64, text: String) -> Words {
        Words { x: Tenths(x), y: Tenths(self.foot + line), text }
    }
}

/// The estimated greatest width of a text: SVG gives none before it is drawn.
fn long(text: &str) -> u64 {
    CHARACTER * u64::try_from(text.chars().count()).expect("a text's length fits")
}

#[cfg(test)]
mod tests {
    use epass_domain::{Month, Week};
    use proptest::prelude::*;

    use super::*;
    use crate::{Amount, Chart, Count, Series};

    /// Consecutive weeks from October 2026 on, with those figures.
    fn weeks<F: Figure>(figures: &[[u64; 4]]) -> Chart<F> {
        weeks_from("2026-W40", figures)
    }

    fn weeks_from<F: Figure>(first: &str, figures: &[[u64; 4]]) -> Chart<F> {
        let weeks = std::iter::successors(Week::parse(first).ok(), |week| Some(week.next()));
        let columns = weeks.zip(figures).map(|(week, figures)| (Period::from(week), figures.map(F::of)));
        Chart::new("", Series::ENVELOPES, columns)
    }

    fn months(count: usize) -> Chart<Count> {
        let months = std::iter::successors(Month::parse("2026-09").ok(), |month| Some(month.next()));
        let columns = months.take(count).map(|month| (Period::from(month), [Count::of(7)]));
        Chart::new("", [Series::Whole("Transactions")], columns)
    }

    fn texts(words: &[Words]) -> Vec<&str> {
        words.iter().map(|words| words.text.as_str()).collect()
    }

    /// Ordinary amounts, zero, and amounts that dwarf all others.
    fn figure() -> impl Strategy<Value = u64> {
        prop_oneof![3 => 0..=100_000u64, 1 => Just(0), 1 => 0..=1_000_000_000u64, 1 => 0..=u64::MAX / 8]
    }

    fn high(bar: &Bar) -> u64 {
        bar.parts.iter().map(|part| part.height.0).sum()
    }

    proptest! {
        #[test]
        fn bars_are_as_high_as_their_figures_and_stay_in_the_frame(
            figures in prop::collection::vec([figure(), figure(), figure(), figure()], 1..=53)
        ) {
            let chart: Chart<Amount> = weeks(&figures);
            for (frame, drawing) in FRAMES.into_iter().zip(chart.drawings()) {
                let totals: Vec<u128> = chart.columns().iter().map(|column| column.total().units().into()).collect();
                let top = Axis::holding(u64::try_from(*totals.iter().max().unwrap()).unwrap()).top;
                let mut free_from = drawing.left.0;
                for (bar, total) in drawing.columns.iter().zip(totals) {
                    prop_assert!(bar.x.0 >= free_from, "no bar covers its neighbour, or the axis");
                    free_from = bar.x.0 + bar.width.0;
                    prop_assert!(free_from <= frame.width && bar.width.0 > 0);
                    let exact = u64::try_from(total * u128::from(frame.plot) / top).unwrap();
                    prop_assert_eq!(high(bar), if total == 0 { 0 } else { exact.max(LEAST) });
                    prop_assert!(high(bar) <= frame.plot);
                }
            }
        }

        #[test]
        fn parts_stand_on_each_other_and_are_as_high_as_their_share(
            figures in [figure(), figure(), figure(), figure()]
        ) {
            let chart: Chart<Amount> = weeks(&[figures]);
            for drawing in chart.drawings() {
                let bar = &drawing.columns[0];
                let whole: u128 = figures.iter().map(|units| u128::from(*units)).sum();
                let mut foot = drawing.foot.0;
                for part in &bar.parts {
                    prop_assert_eq!(part.y.0 + part.height.0, foot);
                    foot = part.y.0;
                }
                for (series, units) in Series::ENVELOPES.into_iter().zip(figures) {
                    let drawn = bar.parts.iter().find(|part| part.series == series.code()).map_or(0, |part| part.height.0);
                    let exact = (u128::from(units) * u128::from(high(bar))).checked_div(whole).unwrap_or(0);
                    prop_assert!(u128::from(drawn).abs_diff(exact) <= 1, "{drawn} for {exact}");
                }
            }
        }

        #[test]
        fn words_neither_touch_nor_leave_the_frame(
            figures in prop::collection::vec([figure(), figure(), figure(), figure()], 1..=53),
            first in prop::sample::select(vec!["2026-W20", "2026-W51", "2026-W53", "2027-W01"])
        ) {
            let chart: Chart<Amount> = weeks_from(first, &figures);
            for drawing in chart.drawings() {
                for mark in &drawing.marks {
                    prop_assert!(mark.x.0 >= long(&mark.text));
                }
                for row in [&drawing.ticks, &drawing.years, &drawing.figures] {
                    let mut free_from = 0;
                    for words in row {
                        let half = long(&words.text) / 2;
                        prop_assert!(words.x.0 >= free_from + half, "{row:?}");
                        free_from = words.x.0 + half;
                        prop_assert!(free_from <= drawing.width.0, "{row:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_year_of_weeks_names_what_there_is_room_for_and_both_its_years() {
        let chart: Chart<Amount> = weeks(&[[1, 2, 3, 4]; 53]);
        let [narrow, _, wide] = FRAMES.map(|frame| draw(chart.columns(), frame));
        assert_eq!(texts(&narrow.years), ["2026", "2027"]);
        assert_eq!(texts(&wide.years), ["2026", "2027"]);
        assert_eq!(texts(&narrow.ticks)[..2], ["28/09", "21/12"]);
        assert_eq!(texts(&wide.ticks)[..2], ["28/09", "26/10"]);
        assert!(wide.figures.is_empty());
    }

    #[test]
    fn twelve_months_are_all_named_where_there_is_room() {
        let chart = months(12);
        let [narrow, _, wide] = FRAMES.map(|frame| draw(chart.columns(), frame));
        assert_eq!(wide.ticks.len(), 12);
        assert_eq!(texts(&narrow.ticks), ["sept.", "déc.", "mars", "juin"]);
        assert_eq!(texts(&wide.figures), ["7"; 12]);
    }

    #[test]
    fn one_month_is_one_bar_of_no_great_width_in_the_middle() {
        for drawing in months(1).drawings() {
            let bar = &drawing.columns[0];
            assert_eq!(bar.width, Tenths(WIDEST));
            assert!((bar.x.0 + WIDEST / 2).abs_diff(u64::midpoint(drawing.left.0, drawing.width.0)) <= 1);
        }
    }

    #[test]
    fn next_to_an_outlier_the_others_are_still_seen() {
        let chart: Chart<Amount> = weeks(&[[5, 0, 0, 0], [1_000_000_000, 0, 0, 0], [0; 4]]);
        for drawing in chart.drawings() {
            let heights: Vec<_> = drawing.columns.iter().map(high).collect();
            assert_eq!(heights[0], LEAST);
            assert!(heights[1] > 100 * LEAST);
            assert_eq!(heights[2], 0);
        }
    }

    #[test]
    fn lengths_are_written_as_svg_reads_them() {
        assert_eq!([Tenths(0), Tenths(7), Tenths(120), Tenths(125)].map(|t| t.to_string()), ["0", "0.7", "12", "12.5"]);
    }
}
