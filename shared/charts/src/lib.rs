//! Figures as pictures: bar charts drawn on the server as SVG, each with every figure in a table, and the same figures as
//! JSON. No script, no inline style (the pages' policy forbids both): `style.css` gives colours and says which of a chart's
//! three drawings fits the width. Lengths are whole tenths; nothing is a float.
//!
//! A room's view holds a [`Chart`] or a [`Ranking`] as a field, and its template prints it: `{{ view.by_week }}`.

mod axis;
mod chart;
mod drawing;
mod figure;
mod period;
mod ranking;
mod series;
mod takings;

pub use chart::{Chart, Column, Part};
pub use figure::{Amount, Count, Figure};
pub use period::Period;
pub use ranking::{Line, Ranking};
pub use series::Series;
pub use takings::{WeeklyTakings, is_of};

/// What a picture shows, in words.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What its parts are called in the page: letters, digits and hyphens, once per page.
    pub id: &'static str,
    /// *Montants par semaine*.
    pub title: String,
    /// What stands in its place when there is nothing to draw: a sentence.
    pub nothing: &'static str,
}
