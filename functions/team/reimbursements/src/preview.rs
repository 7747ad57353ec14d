//! What a report of the bank would do, before a button applies it.

use askama::Template;
use axum::extract::{Path, State};
use epass_domain::{BankReason, Batch, Verdict};
use epass_web::{App, Page, Problem, ProblemBody, Reply, Staff, filters, words};
use serde::Serialize;
use utoipa::ToSchema;

use crate::report::{self, Plan, Read, Told};
use crate::{HERE, batch};

/// Changes that the page names; the numbers count them all.
const CHANGES: usize = 100;

/// What a report would do.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "preview.html")]
#[schema(as = BankReportPreview)]
pub(crate) struct Preview {
    #[serde(skip)]
    page: Page,
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
    #[serde(skip)]
    more: u32,
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
    outcome: &'static str,
    #[serde(skip)]
    label: &'static str,
    /// The bank's reason, in words.
    reason: Option<String>,
}

impl Preview {
    pub(crate) fn of(staff: &Staff, batch: &Batch, sha256: &str, plan: &Plan) -> Self {
        let mut changes: Vec<(u8, Change)> = plan.told.iter().filter_map(Change::of).collect();
        changes.sort_by(|(rank, a), (other, b)| (rank, &a.reference).cmp(&(other, &b.reference)));
        let more = u32::try_from(changes.len().saturating_sub(CHANGES)).unwrap_or(u32::MAX);
        let read = plan.read();
        Self {
            page: staff.page("Compte rendu de la banque", HERE),
            week: batch.week.code(),
            message: batch.message().unwrap_or_default(),
            sha256: sha256.to_owned(),
            notes_sending: read.is_known && !batch.is_sent(),
            read,
            changes: changes.into_iter().take(CHANGES).map(|(_, change)| change).collect(),
            more,
        }
    }

    /// Where it is shown, and posted to.
    pub(crate) fn path(&self) -> String {
        format!("{HERE}/{}/comptes-rendus/{}", self.week, self.sha256)
    }
}

impl Change {
    /// The change, and how early it stands in the list; none where nothing changes.
    fn of(told: &Told) -> Option<(u8, Self)> {
        let (rank, outcome, label) = match told.verdict {
            Verdict::Unchanged => return None,
            Verdict::Contradicted => (0, "contradicted", "À vérifier"),
            Verdict::Rejected => (1, "rejected", "Rejeté"),
            Verdict::Executed => (2, "executed", "Exécuté"),
        };
        let reason = told.reason().map(|reason| BankReason::of(reason).sentence());
        let change = Self {
            reference: told.reference.code(),
            number: told.before.number.code(),
            partner_name: told.before.partner_name.to_string(),
            amount_cents: told.before.sum().amount().cents(),
            outcome,
            label,
            reason,
        };
        Some((rank, change))
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
    Ok(Reply::ok(Preview::of(&staff, &batch, &report, &plan)))
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
