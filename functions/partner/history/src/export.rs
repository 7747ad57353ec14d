//! The history as a file for a spreadsheet: comma decimals, Paris time.

use axum::response::Response;
use epass_domain::{ParisDay, Transaction, TransactionState, paris_time};
use epass_web::csv;

/// The lines as CSV.
pub fn csv(lines: &[Transaction]) -> Response {
    let heads =
        ["Numéro", "Date", "Date et heure de Paris", "Prénom", "Nom", "Référence", "Rubrique", "Montant (€)", "État"];
    csv::download("transactions.csv", heads, lines.iter().map(row))
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
