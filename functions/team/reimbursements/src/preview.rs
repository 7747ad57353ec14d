//! The preview of a report of the bank: its effect, before a button applies it.

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

/// The most changes that the page lists; the numbers count them all.
const CHANGES: usize = 100;

/// The page that previews a report.
#[derive(Template, Deref)]
#[template(path = "preview.html")]
pub(crate) struct PreviewPage {
    page: Page,
    /// The number of changes that the page does not list.
    more: u32,
    #[deref]
    body: Preview,
}

/// The effect that a report would have.
#[derive(Serialize, ToSchema)]
#[schema(as = BankReportPreview)]
pub(crate) struct Preview {
    /// The week, such as `2026-W47`.
    week: String,
    /// The *MsgId* of the file that the report is about.
    message: String,
    /// SHA-256 of the report; it identifies the report in paths.
    sha256: String,
    #[serde(flatten)]
    read: Read,
    /// Whether the only effect would be to note that the bank has the file.
    notes_sending: bool,
    /// The changes, those that need a person first; at most 100.
    changes: Vec<Change>,
}

/// The effect that a report would have on one transfer.
#[derive(Serialize, ToSchema)]
#[schema(as = BankReportChange)]
struct Change {
    /// The *EndToEndId* of the transfer.
    reference: String,
    /// The number of the statement that it pays.
    number: String,
    partner_name: String,
    /// The amount, in whole cents.
    amount_cents: u64,
    /// The outcome: `executed`, `rejected` or `contradicted`.
    #[schema(value_type = words::BankReportOutcome)]
    outcome: Outcome,
    /// The bank's reason, in words; null when it gave none.
    reason: Option<String>,
}

/// The outcome of a transfer, in this order: those that need a person come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Contradicted,
    Rejected,
    Executed,
}

impl Outcome {
    /// The outcome; none when nothing changes.
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
    /// The change; none when nothing changes.
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

/// Gives the effect that an uploaded report would have now.
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
