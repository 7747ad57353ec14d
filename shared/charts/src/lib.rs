//! Bar charts, drawn on the server as SVG, each with a table of every figure and the same figures as JSON. There is
//! no script and no inline style (the pages' content security policy forbids both): `style.css` gives the colours and
//! selects which of a chart's three drawings fits the width. Lengths are whole tenths, never floats.
//!
//! A room's body holds a [`Chart`] or a [`Ranking`] as a field, and the template of its page draws it:
//! `{{ by_week.shown("by-week", NOTHING) }}`. The first argument is the id of its parts in the page: letters, digits
//! and hyphens, unique per page. The second one is the sentence that is shown when there is nothing to draw.

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
