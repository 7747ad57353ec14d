//! The history as a file that a French spreadsheet opens: UTF-8 with its mark, semicolons, comma decimals.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use epass_domain::{ParisDay, Transaction, TransactionState, paris_time};

/// The lines as CSV. A cell that a spreadsheet would take for a formula is defused with an apostrophe (OWASP, CSV injection).
pub fn csv(lines: &[Transaction]) -> impl IntoResponse + use<> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::from("\u{FEFF}"));
    let heads =
        ["Numéro", "Date", "Date et heure de Paris", "Prénom", "Nom", "Référence", "Rubrique", "Montant (€)", "État"];
    let rows = std::iter::once(heads.map(str::to_owned)).chain(lines.iter().map(row));
    for row in rows {
        writer.write_record(row.iter().map(|cell| defused(cell))).expect("writing to memory does not fail");
    }
    let body = writer.into_inner().expect("writing to memory does not fail");
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"transactions.csv\"")];
    (headers, body)
}

fn row(of: &Transaction) -> [String; 9] {
    let state = match of.state {
        TransactionState::Paid => "Validée",
        TransactionState::Cancelled { .. } => "Annulée",
    };
    [
        of.id.to_string(),
        ParisDay::of(of.at).to_string(),
        paris_time(of.at),
        of.first_name.to_string(),
        of.last_name.to_string(),
        of.reference.masked(),
        of.envelope.label().to_owned(),
        of.amount.figures(),
        state.to_owned(),
    ]
}

fn defused(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_looks_like_a_formula_is_defused() {
        assert_eq!(
            ["=1", "+1", "-1", "@x", "\tx", "\rx", "Léa"].map(defused),
            ["'=1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "Léa"]
        );
    }
}
