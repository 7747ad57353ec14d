//! The bank's report on a file (pain.002): accepted or refused as a whole, stored, previewed, and applied on request.

use axum::extract::{Path, State};
use epass_domain::{
    AppliedReport, Batch, BatchRefusal, Fault, ParisDay, ReportFigures, ReportPlan, ReportedOrder, Verdict,
};
use epass_files::{Document, sha256};
use epass_web::{App, Input, Kind, Problem, ProblemBody, Reply, Staff};
use futures::{StreamExt, TryStreamExt, stream};

use crate::batch::{self, Sheet, SheetPage};
use crate::form::NoForm;
use crate::kept::{kept, key, not_taken, plan_of};
use crate::preview::{Preview, PreviewPage};
use crate::read::Read;
use crate::statement;

/// The number of statements changed concurrently.
const AT_ONCE: usize = 8;

/// Accepts the bank's report (pain.002, plain or compressed by gzip) and shows its effect; nothing changes yet. The
/// report is accepted or refused as a whole: one for another file, or with an unknown reference, is refused.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/compte-rendu", request_body(
    content = NoForm, content_type = "multipart/form-data", description = "`report`: the file",
), params(("week" = String, Path, description = "Such as 2026-W47")), responses(
    (status = 200, description = "What it would do", body = Preview),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "The batch has no file", body = ProblemBody),
    (status = 413, description = "Over 6 MB; compress it", body = ProblemBody),
    (status = 422, description = "No report, one that is refused, for another batch, or with unknown references", body = ProblemBody),
))]
pub(crate) async fn import(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    input: Input<NoForm>,
) -> Result<Reply, Problem> {
    let batch = batch::find(&app, &week).await?;
    batch.message().ok_or(BatchRefusal::NoFile)?;
    let planned = async {
        let upload = input.file("report").ok_or(Fault::new("missing", "Joignez le compte rendu de la banque."));
        let upload = upload.map_err(not_taken)?;
        Ok((upload, plan_of(&app, &batch, upload).await?))
    };
    let (upload, plan) = input.carry("report", planned).await?;
    let sha256 = sha256(upload);
    app.files.keep(&key(&batch, &sha256), Document { media_type: "application/octet-stream", bytes: upload }).await?;
    let preview = PreviewPage::of(&staff, &batch, &sha256, &plan);
    let see = preview.path();
    Ok(Reply::ok(preview).see(see))
}

/// Applies an uploaded report. A second call changes nothing, and says so.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/comptes-rendus/{report}", request_body = NoForm, params(
    ("week" = String, Path, description = "Such as 2026-W47"),
    ("report" = String, Path, description = "SHA-256 of the report"),
), responses(
    (status = 200, description = "Applied", body = Sheet),
    (status = 404, description = "No such batch, or no such report", body = ProblemBody),
    (status = 422, description = "It is about a file that was replaced since", body = ProblemBody),
))]
pub(crate) async fn apply(
    State(app): State<App>,
    staff: Staff,
    Path((week, report)): Path<(String, String)>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let before = batch::find(&app, &week).await?;
    let plan = kept(&app, &before, &report).await?;
    let today = ParisDay::of(app.now());
    // First, so that what is noted about the batch can no longer be undone.
    let batch = batch::decide(&app, &week, |batch| batch.answered(today)).await?;
    let read = carry_out(&app, &plan, &batch, today).await?;
    let applied = AppliedReport {
        sha256: report,
        on: today,
        executed: read.executed,
        rejected: read.rejected,
        contradicted: read.contradicted,
    };
    let after = batch::decide(&app, &week, |batch| batch.reported(applied.clone(), read.unanswered == 0)).await?;
    let read = Read { is_known: read.is_known && after.revision == before.revision, ..read.into() };
    let word = match () {
        () if !read.is_known => "compte-rendu",
        () if read.is_pending() => "compte-rendu-attente",
        () => "compte-rendu-connu",
    };
    let sheet = SheetPage::of(&app, &staff, &after, "").await?.with_report(read);
    Ok(Reply::ok(sheet).see(format!("{}?fait={word}", batch::path(after.week))))
}

/// Stores the changes, each statement with the mail about a failure.
async fn carry_out(app: &App, plan: &ReportPlan, batch: &Batch, today: ParisDay) -> Result<ReportFigures, Problem> {
    let saved: Vec<_> = plan.reported.iter().map(|order| save(app, order, batch, today)).collect();
    let verdicts: Vec<Verdict> = stream::iter(saved).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(plan.count(verdicts.into_iter()))
}

/// Stores the change of one order; decides once more if its statement changed since it was read.
async fn save(app: &App, order: &ReportedOrder, batch: &Batch, today: ParisDay) -> Result<Verdict, Problem> {
    const TRIES: usize = 4;
    let (mut before, mut after, mut verdict) = (order.before.clone(), order.after.clone(), order.verdict);
    for _ in 0..TRIES {
        if after == before || statement::save(app, &before, &after).await? {
            return Ok(verdict);
        }
        before = app.store.reimbursements.find(&before.number).await?.ok_or(Problem::new(Kind::Internal))?;
        (after, verdict) = before.hear(&order.reference, &order.words, batch, today);
    }
    Err(Problem::new(Kind::Busy))
}
