//! What the bank says of a file: its pain.002, read whole or refused whole.

use std::collections::HashMap;
use std::io::Read as _;

use axum::extract::{Path, State};
use bytes::Bytes;
use epass_domain::{
    BankWord, Batch, BatchPhase, Fault, Invalid, Line, ParisDay, Refusal, Statement, StatementNumber, TransferReference,
};
use epass_transfers::{MAX_REPORT_BYTES, Report, Status, read_report};
use epass_web::{App, Input, Problem, ProblemBody, Reply, Staff};
use flate2::read::GzDecoder;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use utoipa::ToSchema;

use crate::batch::{self, Sheet};
use crate::form::{NoForm, REASON};
use crate::statement;

/// Unknown references that a refusal names.
const NAMED: usize = 5;
/// Statements that are changed at once.
const AT_ONCE: usize = 8;

/// What a report changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BankReport)]
pub struct Read {
    /// Transfers that it speaks of.
    pub named: usize,
    /// Those of them that it rejects, now or before.
    pub rejected: usize,
    /// Those that it says are executed.
    pub executed: usize,
    /// Whether the whole batch is known to be executed.
    pub is_paid: bool,
}

/// One transfer that a report speaks of.
struct Told {
    reference: TransferReference,
    word: BankWord,
}

/// Reads the bank's report (pain.002, or the same compressed by gzip). Whole or not at all: one for another batch or with an
/// unknown reference changes nothing. Read again, it changes nothing more.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/compte-rendu", request_body(
    content = NoForm, content_type = "multipart/form-data", description = "`report`: the file",
), params(("week" = String, Path, description = "Such as 2026-W47")), responses(
    (status = 200, description = "Read", body = Sheet),
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
    let message = batch.message().ok_or(Refusal::NoBankFile)?;
    let read =
        input.file("report").ok_or(Fault::new("missing", "Joignez le compte rendu de la banque.")).and_then(opened);
    let checked = match read.and_then(|report| checked(&report, &message).map(|told| (report, told))) {
        Ok((report, told)) => known(&app, &batch, &told).await?.map(|statements| (report, told, statements)),
        Err(fault) => Err(fault),
    };
    let (report, told, statements) = match checked {
        Ok(checked) => checked,
        Err(fault) => {
            let mut invalid = Invalid::default();
            invalid.add("report", fault);
            let sheet = Sheet::of(&app, &staff, &batch, "").await?;
            return Err(input.typed.problem(&invalid, |form| sheet.with_form(form)));
        }
    };
    let today = ParisDay::of(app.now());
    record(&app, &told, &statements, today).await?;
    let read = summary(&report, &told, &batch);
    let batch =
        batch::decide(&app, &week, |batch| if read.is_paid { batch.paid(today) } else { batch.sent(today) }).await?;
    Ok(Reply::ok(Sheet::of(&app, &staff, &batch, "").await?.with_report(read)))
}

/// The report in an upload, compressed or not; no more than the largest report is ever unpacked.
fn opened(upload: &Bytes) -> Result<Report, Fault> {
    if !upload.starts_with(&[0x1F, 0x8B]) {
        return read_report(upload);
    }
    let mut unpacked = Vec::new();
    let most = u64::try_from(MAX_REPORT_BYTES + 1).unwrap_or(u64::MAX);
    let unreadable =
        |_| Fault::new("report_compressed", "Ce fichier compressé est abîmé : joignez le fichier XML de la banque.");
    GzDecoder::new(upload.as_ref()).take(most).read_to_end(&mut unpacked).map_err(unreadable)?;
    read_report(&unpacked)
}

/// Whether a report is about this file, and what it says of its transfers.
fn checked(report: &Report, message: &str) -> Result<Vec<Told>, Fault> {
    if report.original_message != message {
        return Err(Fault::told(
            "report_of_another_batch",
            format!("Ce compte rendu est celui du fichier « {} », et non de « {message} ».", report.original_message),
        ));
    }
    if report.status == Some(Status::Rejected) && report.transfers.is_empty() {
        return Err(Fault::new(
            "file_rejected",
            "La banque a refusé le fichier entier, aucun virement n’est parti. Rien n’est changé : transmettez de nouveau le même fichier une fois la cause levée.",
        ));
    }
    let mut unknown = Vec::new();
    let mut told = Vec::with_capacity(report.transfers.len());
    for transfer in &report.transfers {
        match TransferReference::parse(&transfer.end_to_end) {
            Ok(reference) => told.push(Told { reference, word: word(transfer.status, transfer.reason.as_deref()) }),
            Err(_) => unknown.push(transfer.end_to_end.clone()),
        }
    }
    if unknown.is_empty() { Ok(told) } else { Err(unknown_references(&unknown)) }
}

fn word(status: Status, reason: Option<&str>) -> BankWord {
    match status {
        Status::Settled => BankWord::Executed,
        Status::Rejected => {
            let short = reason.map(|reason| reason.chars().take(REASON).collect::<String>());
            BankWord::Rejected { reason: short.and_then(|reason| Line::parse(&reason, REASON).ok()) }
        }
        Status::Partly | Status::Accepted => BankWord::Accepted,
    }
}

/// The statements that a report speaks of, if each of its references is of an order in this batch.
async fn known(app: &App, batch: &Batch, told: &[Told]) -> Result<Result<Vec<Statement>, Fault>, Problem> {
    let numbers: Vec<StatementNumber> = told.iter().map(|told| told.reference.statement.clone()).collect();
    let statements = app.store.reimbursements.all(&numbers).await?;
    let standing: HashMap<_, _> = statements.iter().map(|statement| (&statement.number, statement)).collect();
    let ordered_here = |told: &&Told| {
        let statement = standing.get(&told.reference.statement);
        let order = statement.and_then(|statement| statement.transfers.get(told.reference.attempt - 1));
        order.is_some_and(|order| order.batch == batch.week)
    };
    let unknown: Vec<String> =
        told.iter().filter(|told| !ordered_here(told)).map(|told| told.reference.code()).collect();
    Ok(if unknown.is_empty() { Ok(statements) } else { Err(unknown_references(&unknown)) })
}

fn unknown_references(unknown: &[String]) -> Fault {
    let named = unknown.iter().take(NAMED).map(|one| format!("« {one} »")).collect::<Vec<_>>().join(", ");
    let more = if unknown.len() > NAMED { format!(" et {} autres", unknown.len() - NAMED) } else { String::new() };
    Fault::told(
        "unknown_references",
        format!("Ce lot ne contient pas ces virements : {named}{more}. Rien n’est changé."),
    )
}

/// Stores what is new, each statement with the mail that tells of a failure.
async fn record(app: &App, told: &[Told], statements: &[Statement], today: ParisDay) -> Result<(), Problem> {
    let changes = told.iter().zip(statements).filter_map(|(told, before)| {
        let after = before.reported(told.reference.attempt, &told.word, today);
        (after != *before).then(|| (before.clone(), after))
    });
    let saved: Vec<_> = changes
        .map(|(before, after)| async move { Ok::<_, Problem>(statement::save(app, &before, &after).await??) })
        .collect();
    stream::iter(saved).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await.map(|_| ())
}

fn summary(report: &Report, told: &[Told], batch: &Batch) -> Read {
    let count = |is: fn(&BankWord) -> bool| told.iter().filter(|told| is(&told.word)).count();
    let rejected = count(|word| matches!(word, BankWord::Rejected { .. }));
    let executed = count(|word| matches!(word, BankWord::Executed));
    let transfers = match &batch.phase {
        BatchPhase::Made(made) => usize::try_from(made.figures.transfers.count).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let is_paid = report.status == Some(Status::Settled) || rejected + executed == transfers;
    Read { named: told.len(), rejected, executed, is_paid }
}
