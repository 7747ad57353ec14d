//! Figures as pictures: bar charts drawn on the server as SVG, each with every figure in a table, and the same figures as
//! JSON. No script, no inline style (the pages' policy forbids both): `style.css` gives colours and says which of a chart's
//! three drawings fits the width. Lengths are whole tenths; nothing is a float.
//!
//! A room's body holds a [`Chart`] or a [`Ranking`] as a field, and the template of its page draws it:
//! `{{ by_week.shown("by-week", NOTHING) }}`. The first argument names its parts in the page: letters, digits and hyphens, once
//! per page. The second one is the sentence in its place where there is nothing to draw.

mod axis;
mod chart;
mod column;
mod drawing;
mod figure;
mod period;
mod ranking;
mod series;
mod takings;

pub use chart::{Chart, ChartShown};
pub use column::{Column, Part};
pub use figure::{Amount, Count, Figure};
pub use period::Period;
pub use ranking::{Line, Ranking, RankingShown};
pub use series::Series;
pub use takings::{WeeklyTakings, is_of};
