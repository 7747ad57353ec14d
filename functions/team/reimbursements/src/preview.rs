//! The preview of a report of the bank: what it would do, before a button applies it.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{BankReason, Batch, Verdict};
use epass_web::{App, Page, Problem, ProblemBody, Reply, Staff, filters, words};
use serde::Serialize;
use utoipa::ToSchema;

use crate::report::{self, Plan, Read, Told};
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
    pub(crate) fn of(staff: &Staff, batch: &Batch, sha256: &str, plan: &Plan) -> Self {
        let mut changes: Vec<Change> = plan.told.iter().filter_map(Change::of).collect();
        changes.sort_by(|a, b| (a.outcome, &a.reference).cmp(&(b.outcome, &b.reference)));
        let more = u32::try_from(changes.len().saturating_sub(CHANGES)).unwrap_or(u32::MAX);
        changes.truncate(CHANGES);
        let read = plan.read();
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
    fn of(told: &Told) -> Option<Self> {
        Some(Self {
            reference: told.reference.code(),
            number: told.before.number.code(),
            partner_name: told.before.partner_name.to_string(),
            amount_cents: told.before.sum().amount().cents(),
            outcome: Outcome::of(told.verdict)?,
            reason: told.reason().map(|reason| BankReason::of(reason).sentence()),
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
    let plan = report::kept(&app, &batch, &report).await?;
    Ok(Reply::ok(PreviewPage::of(&staff, &batch, &report, &plan)))
}

#[cfg(test)]
pub(crate) mod tests {
    use epass_domain::{
        BankFile, Bic, Company, Creditor, Email, Envelope, Euros, Figures, Iban, Line, Month, PartnerId, Payee, Siret,
        Statement, Tally, Week,
    };
    use jiff::Timestamp;

    use super::*;

    fn monday() -> Timestamp {
        "2026-11-23T04:00:00+01:00".parse().unwrap()
    }

    /// A batch with its file.
    pub(crate) fn batch() -> Batch {
        let batch = Batch::open(Week::parse("2026-W47").unwrap(), 3, monday()).unwrap();
        let execution_day = batch.opened_on.next_target_day();
        batch.made(Figures::default(), Some(BankFile { key: "1".into(), sha256: "1".into(), execution_day }))
    }

    /// So many statements that it pays.
    pub(crate) fn statements(count: u64) -> Vec<Statement> {
        let line = |text| Line::parse(text, 70).unwrap();
        let issued = |number| {
            let iban = Iban::french(30006, 1, number);
            let creditor = Creditor {
                partner: PartnerId::mint(number),
                name: line("Maupetit"),
                company: Company { legal_name: line("SARL Maupetit"), siret: Siret::made_up(number), address: None },
                commune: None,
                payee: Some(Payee { holder: line("M"), iban, bic: Bic::parse("AGRIFRPP").unwrap(), town: None }),
                email: Email::parse("libraire@exemple.fr").unwrap(),
                referent: line("Ada Roux"),
            };
            let mut tally = Tally::default();
            tally.add(Month::parse("2026-11").unwrap(), Envelope::Reading, Euros::from_cents(12_50));
            Statement::issue(&creditor, &tally, &batch()).unwrap()
        };
        (1..=count).map(issued).collect()
    }
}
