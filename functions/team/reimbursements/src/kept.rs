//! An uploaded report of the bank: stored unchanged, and read again over the current batch.

use std::io::Read as _;

use bytes::Bytes;
use epass_domain::{BankReport, Batch, Fault, Invalid, ParisDay, ReportPlan};
use epass_transfers::{MAX_REPORT_BYTES, read_report};
use epass_web::{App, Problem};
use flate2::read::GzDecoder;

/// The plan of a stored report over the current batch.
pub(crate) async fn kept(app: &App, batch: &Batch, sha256: &str) -> Result<ReportPlan, Problem> {
    let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest {
        return Err(Problem::not_found());
    }
    let upload = app.files.read(&key(batch, sha256)).await?.ok_or(Problem::not_found())?;
    plan_of(app, batch, &upload).await
}

/// The key under which a report is stored.
pub(crate) fn key(batch: &Batch, sha256: &str) -> String {
    format!("report/{}-{sha256}", batch.week)
}

/// The effect of a report; a single fault refuses the whole report.
pub(crate) async fn plan_of(app: &App, batch: &Batch, upload: &Bytes) -> Result<ReportPlan, Problem> {
    let report = opened(upload).and_then(|report| report.is_about(batch).map(|()| report)).map_err(not_taken)?;
    let statements = app.store.reimbursements.ordered_in(batch.week).await?;
    report.took_the_file(batch, &statements).map_err(not_taken)?;
    ReportPlan::over(&report, batch, &statements, ParisDay::of(app.now())).map_err(not_taken)
}

/// The refusal of a whole report.
pub(crate) fn not_taken(fault: Fault) -> Problem {
    let mut invalid = Invalid::default();
    invalid.add("report", fault);
    invalid.into()
}

/// The report in an upload, compressed or not; never unpacks more than the largest report allowed.
fn opened(upload: &Bytes) -> Result<BankReport, Fault> {
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
