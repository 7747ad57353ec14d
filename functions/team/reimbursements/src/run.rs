//! *Lancer maintenant*: has what is due closed without waiting for the night.

use axum::extract::State;
use epass_domain::{Batch, BatchPhase, Refusal, Week};
use epass_web::{App, Filled, Input, Problem, ProblemBody, Reply, Staff, Told};
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::{ListForm, RunForm};
use crate::{HERE, List, batch};

/// What was started.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchRun)]
struct Started {
    /// The week that was asked for.
    week: Option<String>,
    /// Whether something was started; a batch that is made already stays as it is.
    started: bool,
}

/// What the function is told, as `background/reimbursement` reads it.
#[derive(Serialize)]
struct Wanted {
    week: Option<Week>,
}

/// Has the batches made that are due, or that of one week; one that the audit stopped begins again.
#[utoipa::path(post, path = "/equipe/remboursements/lancer", request_body = RunForm, responses(
    (status = 200, description = "Started, or made already", body = Started),
    (status = 422, description = "No week, one that is not over, or one before the scheme", body = ProblemBody),
))]
pub(crate) async fn start(State(app): State<App>, staff: Staff, input: Input<RunForm>) -> Result<Reply, Problem> {
    let asked = match input.form.parse() {
        Ok(asked) => asked,
        Err(invalid) => {
            let list = List::of(&app, &staff, &ListForm::default()).await?;
            return Err(input.typed.problem(&invalid, |form| list.with_form(form)));
        }
    };
    let Some(week) = asked else {
        launch(&app, None).await?;
        return Ok(Reply::ok(Told(Started { week: None, started: true })).see(format!("{HERE}?fait=lance")));
    };
    if let Err(refusal) = may_close(&app, week) {
        let list = List::of(&app, &staff, &ListForm::default()).await?;
        return Err(Problem::refused(refusal, "week", input.typed, |form| list.with_form(form)));
    }
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

/// Whether a week is over, and not before the scheme.
fn may_close(app: &App, week: Week) -> Result<(), Refusal> {
    if app.settings.first_week.is_some_and(|first| week < first) {
        return Err(Refusal::NoBatchDue);
    }
    Batch::open(week, 0, app.now()).map(|_| ())
}

/// Starts the state machine. Two clicks of one second for the same are one start.
pub(crate) async fn launch(app: &App, week: Option<Week>) -> Result<(), Problem> {
    let wanted = week.map_or_else(|| "due".to_owned(), Week::code);
    let name = format!("equipe-{wanted}-{}", app.now().as_second());
    app.reimbursement.start(&name, &Wanted { week }).await?;
    Ok(())
}

pub(crate) fn notice(done: &str) -> Option<&'static str> {
    (done == "lance").then_some("C’est lancé : les lots dus se font maintenant, leur avancement s’affiche ici.")
}

impl List {
    fn with_form(self, form: Filled) -> Self {
        Self { form, ..self }
    }
}
