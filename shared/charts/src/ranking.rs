//! A ranking of names by figure, in descending order: a table whose lines have a bar.

use askama::Template;
use askama::filters::HtmlSafe;
use derive_more::Deref;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Figure;
use crate::axis::share;
use crate::column::sum;

/// The first names by figure, and the total of the others.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ranking<F: Figure> {
    /// The title.
    title: String,
    /// The total of all names.
    #[serde(flatten)]
    total: F,
    /// The first names, in descending order.
    lines: Vec<Line<F>>,
    /// The number of other names whose figure is not zero.
    others: usize,
    /// The total of those others.
    others_total: F,
}

/// A ranking as a page shows it.
#[derive(Template, Deref)]
#[template(path = "ranking.html")]
pub struct RankingShown<'a, F: Figure> {
    id: &'static str,
    /// The heading of the names: *Commune*, *Partenaire*.
    kind: &'static str,
    nothing: &'static str,
    #[deref]
    ranking: &'a Ranking<F>,
}

/// One name and its figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Line<F: Figure> {
    /// The name.
    #[schema(example = "Marseille")]
    name: String,
    /// The figure.
    #[serde(flatten)]
    figure: F,
}

/// The full length of a bar, in the units of its own drawing.
const FULL: u64 = 10_000;

impl<F: Figure> Ranking<F> {
    /// The first `shown` of those names, each given once. Names with a zero figure are left out; equal figures are
    /// sorted by name.
    pub fn new(title: &str, shown: usize, figures: impl IntoIterator<Item = (String, F)>) -> Self {
        let mut lines: Vec<_> = figures
            .into_iter()
            .filter(|(_, figure)| figure.units() > 0)
            .map(|(name, figure)| Line { name, figure })
            .collect();
        lines.sort_by(|one, other| {
            other.figure.units().cmp(&one.figure.units()).then_with(|| one.name.cmp(&other.name))
        });
        let total = sum(lines.iter().map(|line| line.figure));
        let others = lines.split_off(shown.min(lines.len()));
        let others_total = sum(others.iter().map(|line| line.figure));
        Self { title: title.to_owned(), total, lines, others: others.len(), others_total }
    }

    /// The ranking as a page shows it. `id` names its parts in the page, `kind` is the heading of the names
    /// (*Commune*), and `nothing` is shown when there is nothing to rank.
    pub const fn shown(&self, id: &'static str, kind: &'static str, nothing: &'static str) -> RankingShown<'_, F> {
        RankingShown { id, kind, nothing, ranking: self }
    }

    /// The total of all names.
    pub fn total(&self) -> F {
        self.total
    }

    /// The first names, in descending order.
    pub fn lines(&self) -> &[Line<F>] {
        &self.lines
    }

    /// The length of a figure's bar; the largest figure, which may be the others' total, has the full length.
    fn bar(&self, figure: &F) -> u64 {
        let longest = self.lines.first().map_or(0, |line| line.figure.units()).max(self.others_total.units());
        share(figure.units().into(), longest.into(), FULL)
    }
}

impl<F: Figure> Line<F> {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The figure.
    pub fn figure(&self) -> F {
        self.figure
    }
}

/// Safe as HTML: the template escapes every value that it writes.
impl<F: Figure> HtmlSafe for RankingShown<'_, F> {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{Amount, Count};

    fn ranking<F: Figure>(shown: usize, figures: &[(&str, u64)]) -> Ranking<F> {
        let figures = figures.iter().map(|(name, units)| ((*name).to_owned(), F::of(*units)));
        Ranking::new("Par commune", shown, figures)
    }

    fn page<F: Figure>(ranking: &Ranking<F>) -> String {
        ranking.shown("communes", "Commune", "Aucune commune.").to_string()
    }

    const FIVE: [(&str, u64); 5] = [("Gap", 500), ("Nice", 20_000), ("<Arles>", 500), ("Toulon", 0), ("Aix", 100)];

    #[test]
    fn the_first_of_five_and_the_others_as_a_page_shows_them() {
        insta::assert_snapshot!(page(&ranking::<Amount>(2, &FIVE)));
    }

    #[test]
    fn the_most_comes_first_equals_stand_by_name_and_nothing_is_left_out() {
        let names: Vec<_> = ranking::<Count>(9, &FIVE).lines.into_iter().map(|line| line.name).collect();
        assert_eq!(names, ["Nice", "<Arles>", "Gap", "Aix"]);
    }

    #[test]
    fn json_has_the_lines_and_the_others() {
        let expected = json!({
            "title": "Par commune",
            "count": 21_100,
            "lines": [{ "name": "Nice", "count": 20_000 }],
            "others": 3,
            "others_total": { "count": 1_100 },
        });
        assert_eq!(serde_json::to_value(ranking::<Count>(1, &FIVE)).unwrap(), expected);
    }

    #[test]
    fn nothing_to_rank_is_said_in_words() {
        for nothing in [ranking::<Count>(5, &[]), ranking(5, &[("Gap", 0)])] {
            let page = page(&nothing);
            assert!(page.contains("Aucune commune.") && !page.contains("<table"), "{page}");
        }
    }

    #[test]
    fn the_others_may_be_the_longest_bar() {
        let ranking = ranking::<Count>(1, &[("Gap", 3), ("Nice", 2), ("Aix", 2), ("Arles", 2)]);
        assert_eq!(ranking.bar(&ranking.others_total), FULL);
        assert_eq!(ranking.bar(&ranking.lines[0].figure), FULL / 2);
    }

    proptest! {
        #[test]
        fn lines_and_others_add_up_and_bars_are_in_proportion(
            figures in prop::collection::btree_map("[a-z]{1,6}", 0..=1_000_000_000u64, 0..40), shown in 0..20usize
        ) {
            let figures: Vec<(&str, u64)> = figures.iter().map(|(name, units)| (name.as_str(), *units)).collect();
            let ranking = ranking::<Amount>(shown, &figures);
            let listed: u64 = ranking.lines.iter().map(|line| line.figure.units()).sum();
            prop_assert_eq!(listed + ranking.others_total.units(), figures.iter().map(|(_, units)| *units).sum::<u64>());
            prop_assert!(ranking.lines.len() <= shown && ranking.lines.is_sorted_by_key(|line| u64::MAX - line.figure.units()));
            let drawn = ranking.lines.iter().map(|line| line.figure).chain([ranking.others_total]);
            let longest = drawn.clone().map(Figure::units).max().unwrap_or(0);
            for figure in drawn {
                prop_assert!(ranking.bar(&figure) <= FULL);
                prop_assert_eq!(ranking.bar(&figure), (figure.units() * FULL).checked_div(longest).unwrap_or(0));
            }
        }
    }
}
