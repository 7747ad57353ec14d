//! Lists as CSV files for a French spreadsheet: UTF-8 with a byte order mark, semicolons, CRLF (RFC 4180), and times as
//! `09:29`, which a spreadsheet reads as a time. No cell is read as a formula.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use epass_domain::{ParisDay, paris_clock};
use jiff::Timestamp;

/// A list to download under `name` (ASCII, no quotes), with its header line first. A cell that a spreadsheet would read
/// as a formula is escaped with an apostrophe (OWASP, CSV injection).
///
/// # Panics
/// Never: writing to memory does not fail.
pub fn download<const COLUMNS: usize>(
    name: &str,
    heads: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, file(heads, rows)).into_response()
}

/// The same list as bytes.
///
/// # Panics
/// Never: writing to memory does not fail.
pub fn file<const COLUMNS: usize>(
    heads: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(::csv::Terminator::CRLF)
        .from_writer(Vec::from("\u{FEFF}"));
    for row in std::iter::once(heads.map(str::to_owned)).chain(rows) {
        writer.write_record(row.iter().map(|cell| defused(cell))).expect("writing to memory does not fail");
    }
    writer.into_inner().expect("writing to memory does not fail")
}

/// An instant as two cells: the Paris day, `22/11/2026`, and the time of day there, `09:29`.
pub fn day_and_hour(at: Timestamp) -> [String; 2] {
    [ParisDay::of(at).to_string(), paris_clock(at)]
}

/// Puts an apostrophe before a cell that begins like a formula: with `= + - @`, with their full-width forms, which
/// Japanese and Chinese spreadsheets read alike, or with a tab or an end of line. Leading spaces, quotes and invisible
/// characters are skipped, because spreadsheets trim them.
fn defused(cell: &str) -> String {
    const CONTROLS: [char; 3] = ['\t', '\r', '\n'];
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let is_passed_over = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '"' | '\'' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
    };
    let begins = cell.trim_start_matches(is_passed_over);
    if cell.starts_with(CONTROLS) || begins.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_that_looks_like_a_formula_is_defused() {
        for cell in ["=1+1", "+33", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"] {
            assert_eq!(defused(cell), format!("'{cell}"));
        }
    }

    #[test]
    fn what_stands_before_the_formula_hides_nothing() {
        for cell in [" =1", "\u{A0}+1", "\u{3000}@x", "\"=1", "'-1", "\" '=1", "\u{FEFF}=1", "\u{200B}=1", "\u{0}=1"] {
            assert_eq!(defused(cell), format!("'{cell}"));
        }
    }

    #[test]
    fn other_cells_stay_as_they_are() {
        for cell in
            ["", "Léa", "Jean-Luc", "04 91 00 00 00", "a@b.fr", "12,50", "\"Les Lices\"", "L’Étoile = le soleil"]
        {
            assert_eq!(defused(cell), cell);
        }
    }

    #[test]
    fn an_instant_is_a_day_and_a_time_of_paris() {
        let at = |text: &str| day_and_hour(text.parse().unwrap());
        assert_eq!(at("2026-11-22T08:29:59Z"), ["22/11/2026", "09:29"]);
        assert_eq!(at("2026-10-24T22:30:00Z"), ["25/10/2026", "00:30"]);
        assert_eq!(at("2026-10-25T01:30:00Z"), ["25/10/2026", "02:30"], "the hour that comes twice");
    }

    #[test]
    fn separators_quotes_and_line_ends_stay_in_their_cell() {
        let rows = [["a;b".to_owned(), "dit \"oui\"".to_owned()], ["=x;\ny".to_owned(), "é".to_owned()]];
        let text = String::from_utf8(file(["Un", "Deux"], rows)).unwrap();
        assert_eq!(text, "\u{FEFF}Un;Deux\r\n\"a;b\";\"dit \"\"oui\"\"\"\r\n\"'=x;\ny\";é\r\n");
    }
}
