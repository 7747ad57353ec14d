//! The figures as CSV files.

use axum::extract::State;
use axum::response::Response;
use epass_web::{App, Input, Problem, ProblemBody, Staff, csv};

use crate::form::FiguresForm;
use crate::{Closed, commune_name};

/// Gives a CSV file with the takings by week, month and envelope.
#[utoipa::path(get, path = "/equipe/chiffres/semaines.csv", params(FiguresForm), responses(
    (status = 200, description = "Week, month, envelope, transactions, amount", body = String, content_type = "text/csv"),
    (status = 422, description = "No campaign, or no week", body = ProblemBody),
))]
pub(crate) async fn weeks(
    State(app): State<App>,
    _staff: Staff,
    input: Input<FiguresForm>,
) -> Result<Response, Problem> {
    let closed = asked(&app, &input).await?;
    let rows = closed.weekly.weeks().flat_map(|(week, takings)| {
        takings.iter().map(move |takings| {
            [
                week.code(),
                takings.month.code(),
                takings.envelope.label().to_owned(),
                takings.count.to_string(),
                takings.amount.figures(),
            ]
        })
    });
    let name = format!("chiffres-semaines-{}.csv", closed.campaign);
    Ok(csv::download(&name, ["Semaine", "Mois", "Rubrique", "Transactions", "Montant (€)"], rows))
}

/// Gives a CSV file with the takings by week, month and commune.
#[utoipa::path(get, path = "/equipe/chiffres/communes.csv", params(FiguresForm), responses(
    (status = 200, description = "Week, month, commune, partners, transactions, amount", body = String, content_type = "text/csv"),
    (status = 422, description = "No campaign, or no week", body = ProblemBody),
))]
pub(crate) async fn communes(
    State(app): State<App>,
    _staff: Staff,
    input: Input<FiguresForm>,
) -> Result<Response, Problem> {
    let closed = asked(&app, &input).await?;
    let rows = closed.communes.iter().flat_map(|(week, communes)| {
        communes.iter().map(move |of| {
            [
                week.code(),
                of.month.code(),
                commune_name(of),
                of.partners.to_string(),
                of.total.count.to_string(),
                of.total.amount().figures(),
            ]
        })
    });
    let name = format!("chiffres-communes-{}.csv", closed.campaign);
    Ok(csv::download(&name, ["Semaine", "Mois", "Commune", "Partenaires", "Transactions", "Montant (€)"], rows))
}

async fn asked(app: &App, input: &Input<FiguresForm>) -> Result<Closed, Problem> {
    let asked = input.form.parse(app.now())?;
    Closed::read(app, asked.campaign).await
}
