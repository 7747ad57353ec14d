//! The history as a file for a spreadsheet, with decimal commas and Paris time. The sum of *Montant compté* is the
//! amount owed to the partner.

use axum::response::Response;
use epass_domain::{Payer, Transaction};
use epass_web::csv;

/// The transactions as CSV.
pub fn csv(lines: &[Transaction]) -> Response {
    let heads = [
        "Numéro",
        "Date",
        "Heure de Paris",
        "Prénom",
        "Nom",
        "Référence",
        "Rubrique",
        "Montant (€)",
        "Montant compté (€)",
        "État",
        "Sortie",
        "Établissement",
        "Participants",
    ];
    csv::download("transactions.csv", heads, lines.iter().map(row))
}

fn row(of: &Transaction) -> [String; 13] {
    let ([first_name, last_name, reference], [title, establishment, present]) = match &of.payer {
        Payer::Desk(payer) => {
            ([payer.first_name.to_string(), payer.last_name.to_string(), payer.reference.masked()], Default::default())
        }
        Payer::Outing(outing) => (
            [String::new(), String::new(), outing.sortie.to_string()],
            [outing.title.to_string(), outing.establishment.to_string(), outing.present.to_string()],
        ),
    };
    let [day, hour] = csv::day_and_hour(of.at);
    [
        of.id.number(),
        day,
        hour,
        first_name,
        last_name,
        reference,
        of.envelope.label().to_owned(),
        of.amount.figures(),
        of.counted().figures(),
        of.state.label().to_owned(),
        title,
        establishment,
        present,
    ]
}
