//! The preview of a report of the bank: what it would do, before a button applies it.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{BankReason, Batch, ReportPlan, ReportedOrder, Verdict};
use epass_web::{App, Page, Problem, ProblemBody, Reply, Staff, filters, words};
use serde::Serialize;
use utoipa::ToSchema;

use crate::kept::kept;
use crate::read::Read;
use crate::{HERE, batch};

/// Changes that the page names; the numbers count them all.
const CHANGES: usize = 100;

/// The page that shows what a report would do.
#[derive(Template, Deref)]
#[template(path = "preview.html")]
pub(crate) struct PreviewPage {
    page: Page,
    /// Changes that the page does not name.
    more: u32,
    #[deref]
    body: Preview,
}

/// What a report would do.
#[derive(Serialize, ToSchema)]
#[schema(as = BankReportPreview)]
pub(crate) struct Preview {
    /// Such as `2026-W47`.
    week: String,
    /// The file that it is about (*MsgId*).
    message: String,
    /// SHA-256 of the report: its number in paths.
    sha256: String,
    #[serde(flatten)]
    read: Read,
    /// Whether applying it would note that the bank has the file, and nothing else.
    notes_sending: bool,
    /// What it would change, first what needs somebody; at most 100.
    changes: Vec<Change>,
}

/// What a report would do to one transfer.
#[derive(Serialize, ToSchema)]
#[schema(as = BankReportChange)]
struct Change {
    /// *EndToEndId*.
    reference: String,
    /// The statement that it pays.
    number: String,
    partner_name: String,
    /// Whole cents.
    amount_cents: u64,
    /// `executed`, `rejected` or `contradicted`.
    #[schema(value_type = words::BankReportOutcome)]
    outcome: Outcome,
    /// The bank's reason, in words.
    reason: Option<String>,
}

/// The outcome of a transfer; those that need somebody come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Contradicted,
    Rejected,
    Executed,
}

impl Outcome {
    /// None where nothing changes.
    const fn of(verdict: Verdict) -> Option<Self> {
        match verdict {
            Verdict::Unchanged => None,
            Verdict::Contradicted => Some(Self::Contradicted),
            Verdict::Rejected => Some(Self::Rejected),
            Verdict::Executed => Some(Self::Executed),
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Contradicted => "À vérifier",
            Self::Rejected => "Rejeté",
            Self::Executed => "Exécuté",
        }
    }
}

impl PreviewPage {
    pub(crate) fn of(staff: &Staff, batch: &Batch, sha256: &str, plan: &ReportPlan) -> Self {
        let mut changes: Vec<Change> = plan.reported.iter().filter_map(Change::of).collect();
        changes.sort_by(|a, b| (a.outcome, &a.reference).cmp(&(b.outcome, &b.reference)));
        let more = u32::try_from(changes.len().saturating_sub(CHANGES)).unwrap_or(u32::MAX);
        changes.truncate(CHANGES);
        let read = Read::from(plan.figures());
        let body = Preview {
            week: batch.week.code(),
            message: batch.message().unwrap_or_default(),
            sha256: sha256.to_owned(),
            notes_sending: read.is_known && !batch.is_sent(),
            read,
            changes,
        };
        Self { page: staff.page("Compte rendu de la banque", HERE), more, body }
    }
}

impl Preview {
    /// The path of the report.
    pub(crate) fn path(&self) -> String {
        format!("{HERE}/{}/comptes-rendus/{}", self.week, self.sha256)
    }
}

impl Change {
    /// None where nothing changes.
    fn of(order: &ReportedOrder) -> Option<Self> {
        Some(Self {
            reference: order.reference.code(),
            number: order.before.number.code(),
            partner_name: order.before.partner_name.to_string(),
            amount_cents: order.before.sum().amount().cents(),
            outcome: Outcome::of(order.verdict)?,
            reason: order.reason().map(|reason| BankReason::of(reason).sentence()),
        })
    }
}

/// Shows what a report that was taken in would do now.
#[utoipa::path(get, path = "/equipe/remboursements/{week}/comptes-rendus/{report}", params(
    ("week" = String, Path, description = "Such as 2026-W47"),
    ("report" = String, Path, description = "SHA-256 of the report"),
), responses(
    (status = 200, description = "What it would do", body = Preview),
    (status = 404, description = "No such batch, or no such report", body = ProblemBody),
    (status = 422, description = "It is about a file that was replaced since", body = ProblemBody),
))]
pub(crate) async fn show_report(
    State(app): State<App>,
    staff: Staff,
    Path((week, report)): Path<(String, String)>,
) -> Result<Reply, Problem> {
    let batch = batch::find(&app, &week).await?;
    let plan = kept(&app, &batch, &report).await?;
    Ok(Reply::ok(PreviewPage::of(&staff, &batch, &report, &plan)))
}
