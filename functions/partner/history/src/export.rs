//! The history as a file for a spreadsheet: comma decimals, Paris time.

use axum::response::Response;
use epass_domain::{ParisDay, Payer, Transaction, TransactionState, paris_time};
use epass_web::csv;

/// The lines as CSV.
pub fn csv(lines: &[Transaction]) -> Response {
    let heads = [
        "Numéro",
        "Date",
        "Date et heure de Paris",
        "Prénom",
        "Nom",
        "Référence",
        "Rubrique",
        "Montant (€)",
        "État",
        "Sortie",
        "Établissement",
        "Participants",
    ];
    csv::download("transactions.csv", heads, lines.iter().map(row))
}

fn row(of: &Transaction) -> [String; 12] {
    let state = match of.state {
        TransactionState::Paid => "Validée",
        TransactionState::Cancelled { .. } => "Annulée",
    };
    let ([first_name, last_name, reference], [title, establishment, present]) = match &of.payer {
        Payer::Desk(payer) => {
            ([payer.first_name.to_string(), payer.last_name.to_string(), payer.reference.masked()], Default::default())
        }
        Payer::Outing(outing) => (
            [String::new(), String::new(), outing.sortie.to_string()],
            [outing.title.to_string(), outing.establishment.to_string(), outing.present.to_string()],
        ),
    };
    [
        of.id.to_string(),
        ParisDay::of(of.at).to_string(),
        paris_time(of.at),
        first_name,
        last_name,
        reference,
        of.envelope.label().to_owned(),
        of.amount.figures(),
        state.to_owned(),
        title,
        establishment,
        present,
    ]
}
