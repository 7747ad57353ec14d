//! *Lancer maintenant*: makes the batches that are due, without waiting for the night.

use axum::extract::State;
use epass_domain::{Batch, BatchPhase, BatchRefusal, Week};
use epass_web::{App, Input, Problem, ProblemBody, Reply, Staff, Told};
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::RunForm;
use crate::{HERE, batch};

/// The result of a start.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchRun)]
struct Started {
    /// The requested week; null when all due batches were requested.
    week: Option<String>,
    /// Whether a run was started. A batch that is already made does not change.
    started: bool,
}

/// The input of the state machine, as `background/reimbursement` reads it.
#[derive(Serialize)]
struct Wanted {
    week: Option<Week>,
}

/// Makes the batches that are due, or that of one week. A batch that the audit stopped begins again.
#[utoipa::path(post, path = "/equipe/remboursements/lancer", request_body = RunForm, responses(
    (status = 200, description = "Started, or made already", body = Started),
    (status = 422, description = "No week, one that is not over, or one before the scheme", body = ProblemBody),
))]
pub(crate) async fn start(State(app): State<App>, _: Staff, input: Input<RunForm>) -> Result<Reply, Problem> {
    let asked = async {
        let asked = input.form.parse()?;
        asked.map_or(Ok(()), |week| may_close(&app, week))?;
        Ok(asked)
    };
    let asked = input.carry("week", asked).await?;
    let Some(week) = asked else {
        launch(&app, None).await?;
        return Ok(Reply::ok(Told(Started { week: None, started: true })).see(format!("{HERE}?fait=lance")));
    };
    let standing = app.store.reimbursements.batch(week).await?;
    let is_made = standing.as_ref().is_some_and(Batch::is_made);
    if !is_made {
        launch(&app, Some(week)).await?;
    }
    let told = Started { week: Some(week.code()), started: !is_made };
    let see = match standing.map(|batch| batch.phase) {
        None => format!("{HERE}?fait=lance"),
        Some(BatchPhase::Made(_)) => batch::path(week),
        Some(_) => format!("{}?fait=lance", batch::path(week)),
    };
    Ok(Reply::ok(Told(told)).see(see))
}

/// Refuses a week that is not over, or that is before the scheme began.
fn may_close(app: &App, week: Week) -> Result<(), BatchRefusal> {
    if app.settings.first_week.is_some_and(|first| week < first) {
        return Err(BatchRefusal::NotDue);
    }
    Batch::open(week, 0, app.now()).map(|_| ())
}

/// Starts the state machine. Two identical starts within the same second are one.
pub(crate) async fn launch(app: &App, week: Option<Week>) -> Result<(), Problem> {
    let wanted = week.map_or_else(|| "due".to_owned(), Week::code);
    let name = format!("equipe-{wanted}-{}", app.now().as_second());
    app.reimbursement.start(&name, &Wanted { week }).await?;
    Ok(())
}

pub(crate) fn notice(done: &str) -> Option<&'static str> {
    (done == "lance").then_some("C’est lancé : les lots dus se font maintenant, leur avancement s’affiche ici.")
}
