//! One statement: its orders to the bank, and the team's manual notes about them.

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{
    BankReason, Batch, Creditor, Failure, FoundOut, Invalid, Outcome, ParisDay, Statement, StatementNumber,
    StatementRefusal, Transfer, TransferReference, TransferStage,
};
use epass_mail::{Letter, Reimbursed};
use epass_store::{Entry, Reimbursements};
use epass_web::{
    App, Done, Filled, Input, Kind, Page, Problem, ProblemBody, Reply, Resumed, Staff, filters, mint, named, said,
    words,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::{FailureForm, FindingForm, Revision, RevisionForm};
use crate::waiting::Creditors;
use crate::{HERE, batch};

/// The page of one statement, with the forms of the decisions.
#[derive(Template, Deref)]
#[template(path = "statement.html")]
struct SheetPage {
    page: Page,
    form: Filled,
    /// The days of its week, in French words.
    days: String,
    #[deref]
    body: Sheet,
}

/// One statement.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamStatement)]
struct Sheet {
    /// The number, such as `2026-W47-12345678`.
    number: String,
    /// The week.
    week: String,
    /// *Numéro de dossier*.
    partner: String,
    partner_name: String,
    /// The revision that was read: send it back with every decision.
    revision: u32,
    /// The number of transactions, without the cancelled ones.
    count: u32,
    /// The amount, in whole cents.
    amount_cents: u64,
    /// The state: `upcoming`, `in_batch`, `sent`, `paid`, `rejected` or `to_check`.
    #[schema(value_type = words::StatementState)]
    state: TransferStage,
    /// The reason for which it waits, in words; null when it does not wait.
    waits_for: Option<&'static str>,
    /// Its orders to the bank, oldest first.
    transfers: Vec<TransferShown>,
    /// Whether an order is at the bank, which can be noted as paid or failed.
    is_ordered: bool,
    /// Whether the team can have the refused account paid again; only when nothing else will pay the statement.
    can_be_retried: bool,
}

/// An order to the bank.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamTransfer)]
struct TransferShown {
    /// The *EndToEndId* of the order.
    reference: String,
    /// The batch whose file contains the order.
    batch: String,
    holder: String,
    /// The IBAN, masked.
    iban: String,
    /// The requested execution day.
    #[schema(value_type = String, format = Date)]
    execution_day: ParisDay,
    /// The state: `ordered`, `paid`, `rejected`, `returned` or `to_check`.
    #[schema(value_type = words::TransferOutcome)]
    outcome: OutcomeShown,
    /// The day on which the outcome became known; null while there is none.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<ParisDay>,
    /// The bank's reason in words, with its code; null when it gave none.
    #[schema(value_type = Option<String>, example = "compte clos (AC04)")]
    reason: Option<String>,
    /// The reason's code in ISO 20022's external code set, when it is one that we know.
    #[schema(value_type = Option<String>, example = "AC04")]
    reason_code: Option<&'static str>,
    /// Whether a person decided the outcome after the bank's reports contradicted each other.
    is_verified: bool,
}

/// The outcome of an order, for the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeShown {
    Ordered,
    Paid,
    ToCheck,
    #[serde(untagged)]
    Failed(Failure),
}

impl OutcomeShown {
    /// The outcome, and the day on which it became known.
    const fn of(outcome: &Outcome) -> (Self, Option<ParisDay>) {
        match outcome {
            Outcome::Ordered => (Self::Ordered, None),
            Outcome::Paid { on } => (Self::Paid, Some(*on)),
            Outcome::Failed { on, failure, .. } => (Self::Failed(*failure), Some(*on)),
            Outcome::ToCheck { on, .. } => (Self::ToCheck, Some(*on)),
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Ordered => "Demandé",
            Self::Paid => "Payé",
            Self::ToCheck => "Dit exécuté, et rejeté",
            Self::Failed(failure) => failure.label(),
        }
    }
}

/// The class of a state's badge.
pub(crate) const fn tone(stage: TransferStage) -> &'static str {
    match stage {
        TransferStage::Paid => "good",
        TransferStage::Rejected | TransferStage::ToCheck => "bad",
        TransferStage::Upcoming => "warn",
        TransferStage::InBatch | TransferStage::Sent => "info",
    }
}

impl TransferShown {
    fn of(statement: &Statement) -> Vec<Self> {
        let orders = statement.transfers.iter().zip(1..);
        orders
            .map(|(order, attempt)| {
                let (outcome, on) = OutcomeShown::of(&order.outcome);
                let reason = order.reason().map(BankReason::of);
                let reference = TransferReference { statement: statement.number.clone(), attempt };
                Self {
                    reference: reference.code(),
                    batch: order.batch.code(),
                    holder: order.payee.holder.to_string(),
                    iban: order.payee.iban.masked(),
                    execution_day: order.execution_day,
                    outcome,
                    on,
                    reason: reason.map(BankReason::sentence),
                    reason_code: reason.and_then(BankReason::code),
                    is_verified: order.verified,
                }
            })
            .collect()
    }

    fn is_to_check(&self) -> bool {
        self.outcome == OutcomeShown::ToCheck
    }
}

impl SheetPage {
    async fn of(app: &App, staff: &Staff, statement: &Statement) -> Result<Self, Problem> {
        let week = statement.number.week;
        Ok(Self {
            page: staff.page(format!("Relevé {}", statement.number), HERE),
            form: Filled::default(),
            days: said(week.first_day(), week.last_day()),
            body: Sheet::of(app, statement).await?,
        })
    }

    fn findings(&self) -> [FoundOut; 3] {
        FoundOut::ALL
    }

    fn failures(&self) -> [(&'static str, &'static str); 2] {
        Failure::ALL.map(|failure| (failure.code(), failure.label()))
    }
}

impl Sheet {
    /// The view of a statement, with the batch of its last order.
    async fn of(app: &App, statement: &Statement) -> Result<Self, Problem> {
        let batch = match statement.last_transfer() {
            Some(order) => app.store.reimbursements.batch(order.batch).await?,
            None => None,
        };
        let creditors = Creditors::of(app, std::slice::from_ref(statement)).await?;
        let is_ordered = statement.last_transfer().is_some_and(|order| !order.has_failed()) && !statement.is_to_check();
        Ok(Self {
            number: statement.number.code(),
            week: statement.number.week.code(),
            partner: statement.number.partner.to_string(),
            partner_name: statement.partner_name.to_string(),
            revision: statement.revision,
            count: statement.sum().count,
            amount_cents: statement.sum().amount().cents(),
            state: statement.stage(batch.as_ref()),
            waits_for: creditors.why(statement),
            transfers: TransferShown::of(statement),
            is_ordered: is_ordered && batch.as_ref().is_some_and(Batch::is_sent),
            can_be_retried: statement.clone().retried().is_ok() && !creditors.is_payable(statement),
        })
    }
}

/// Gives a statement and its orders to the bank.
#[utoipa::path(get, path = "/equipe/releves/{number}", params(
    ("number" = String, Path, description = "Such as 2026-W47-12345678"),
), responses(
    (status = 200, description = "The statement", body = Sheet),
    (status = 404, description = "No such statement", body = ProblemBody),
))]
pub(crate) async fn show_statement(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    resumed: Resumed,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let statement = find(&app, &number).await?;
    let mut sheet = SheetPage::of(&app, &staff, &statement).await?;
    sheet.form = resumed.form(sheet.form);
    sheet.page = sheet.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(sheet))
}

/// Notes that the bank rejected or returned the order: the money is due again, and the partner receives a mail.
#[utoipa::path(post, path = "/equipe/releves/{number}/echec", request_body = FailureForm, params(
    ("number" = String, Path, description = "Such as 2026-W47-12345678"),
), responses(
    (status = 200, description = "Due again", body = Sheet),
    (status = 404, description = "No such statement", body = ProblemBody),
    (status = 409, description = "No order stands, its file was not sent, or it changed since it was read", body = ProblemBody),
    (status = 422, description = "Faulty fields", body = ProblemBody),
))]
pub(crate) async fn fail(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<FailureForm>,
) -> Result<Reply, Problem> {
    let today = ParisDay::of(app.now());
    let failed = |form: &FailureForm| {
        let (revision, failure, reason) = form.parse()?;
        Ok((revision, move |statement: Statement| statement.failed(failure, reason, today)))
    };
    decide(&app, &staff, &number, &input, ("echec", Asks::SentFile), failed).await
}

/// Notes that the bank executed the order.
#[utoipa::path(post, path = "/equipe/releves/{number}/paiement", request_body = RevisionForm, params(
    ("number" = String, Path, description = "Such as 2026-W47-12345678"),
), responses(
    (status = 200, description = "Paid", body = Sheet),
    (status = 404, description = "No such statement", body = ProblemBody),
    (status = 409, description = "No order stands, its file was not sent, or it changed since it was read", body = ProblemBody),
    (status = 422, description = "No revision was sent", body = ProblemBody),
))]
pub(crate) async fn pay(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<RevisionForm>,
) -> Result<Reply, Problem> {
    let today = ParisDay::of(app.now());
    let paid = move |statement: Statement| statement.paid(today);
    let parse = |form: &RevisionForm| Ok((form.parse()?, paid));
    decide(&app, &staff, &number, &input, ("paye", Asks::SentFile), parse).await
}

/// Lets the next batch pay the statement to the account that the bank refused.
#[utoipa::path(post, path = "/equipe/releves/{number}/remise", request_body = RevisionForm, params(
    ("number" = String, Path, description = "Such as 2026-W47-12345678"),
), responses(
    (status = 200, description = "Paid with the next batch", body = Sheet),
    (status = 404, description = "No such statement", body = ProblemBody),
    (status = 409, description = "It does not wait for that, or changed since it was read", body = ProblemBody),
    (status = 422, description = "No revision was sent", body = ProblemBody),
))]
pub(crate) async fn retry(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<RevisionForm>,
) -> Result<Reply, Problem> {
    let parse = |form: &RevisionForm| Ok((form.parse()?, Statement::retried));
    decide(&app, &staff, &number, &input, ("remis", Asks::Nothing), parse).await
}

/// Notes a person's finding about an order on which the bank's reports contradict each other: the money is paid, or
/// due again.
#[utoipa::path(post, path = "/equipe/releves/{number}/verification", request_body = FindingForm, params(
    ("number" = String, Path, description = "Such as 2026-W47-12345678"),
), responses(
    (status = 200, description = "Decided", body = Sheet),
    (status = 404, description = "No such statement", body = ProblemBody),
    (status = 409, description = "The bank does not contradict itself about it, or it changed since it was read", body = ProblemBody),
    (status = 422, description = "Faulty fields", body = ProblemBody),
))]
pub(crate) async fn verify(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<FindingForm>,
) -> Result<Reply, Problem> {
    let today = ParisDay::of(app.now());
    let verified = |form: &FindingForm| {
        let (revision, reference, found) = form.parse()?;
        Ok((revision, move |statement: Statement| {
            if reference.statement != statement.number {
                return Err(StatementRefusal::NotToCheck);
            }
            statement.verified(reference.attempt, found, today)
        }))
    };
    decide(&app, &staff, &number, &input, ("verifie", Asks::Nothing), verified).await
}

/// The condition of a decision about a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// No further condition.
    Nothing,
    /// The bank has the file: otherwise it could not report on it. The decision also prevents that another file is
    /// made.
    SentFile,
}

impl Asks {
    async fn check(self, app: &App, statement: &Statement, today: ParisDay) -> Result<(), Problem> {
        let Some(order) = statement.last_transfer().filter(|order| self == Self::SentFile && !order.has_failed())
        else {
            return Ok(());
        };
        let week = order.batch.code();
        if !batch::find(app, &week).await?.is_sent() {
            return Err(StatementRefusal::FileNotSent.into());
        }
        batch::decide(app, &week, |batch| batch.answered(today)).await?;
        Ok(())
    }
}

/// Decides about a statement as it was read: `parse` gives the revision and the change.
async fn decide<F, C: FnOnce(Statement) -> Result<Statement, StatementRefusal>>(
    app: &App,
    staff: &Staff,
    number: &str,
    input: &Input<F>,
    (word, asks): (&str, Asks),
    parse: impl FnOnce(&F) -> Result<(Revision, C), Invalid>,
) -> Result<Reply, Problem> {
    let before = find(app, number).await?;
    let decided = async {
        let (revision, change) = parse(&input.form)?;
        revision.about(&before)?;
        let after = change(before.clone())?;
        asks.check(app, &before, ParisDay::of(app.now())).await?;
        if !save(app, &before, &after).await? {
            return Err(StatementRefusal::Changed.into());
        }
        Ok(after)
    };
    let at_the_sheet = |problem: Problem| problem.of_page(path(&before.number));
    let after = input.carry("decisions", decided).await.map_err(at_the_sheet)?;
    done(app, staff, &after, word).await
}

/// The path of a statement.
pub(crate) fn path(number: &StatementNumber) -> String {
    format!("/equipe/releves/{number}")
}

async fn done(app: &App, staff: &Staff, after: &Statement, word: &str) -> Result<Reply, Problem> {
    let sheet = SheetPage::of(app, staff, after).await?;
    Ok(Reply::ok(sheet).see(format!("{}?fait={word}", path(&after.number))))
}

/// Stores the change of a statement. If its order failed, or is found to be executed after all, the transaction
/// includes the mail to the partner. `false` when the statement changed since it was read.
pub(crate) async fn save(app: &App, before: &Statement, after: &Statement) -> Result<bool, Problem> {
    let has_failed = after.is_due() && !before.is_due();
    let found_executed = |statement: &Statement| statement.last_transfer().is_some_and(Transfer::is_found_executed);
    let is_found_executed = found_executed(after) && !found_executed(before);
    let mail = if has_failed || is_found_executed { Some(told(app, after).await?) } else { None };
    Ok(app.store.reimbursements.save(before, after, mail.as_slice()).await?.is_ok())
}

async fn told(app: &App, after: &Statement) -> Result<Entry, Problem> {
    let now = app.now();
    let partner = app.store.partners.find(&after.number.partner).await?.ok_or(Problem::new(Kind::Internal))?;
    let next = after.next_payee(Creditor::of(&partner).payee.as_ref());
    let statement = Reimbursed::of(after, &app.settings.site_url).goes_to(next.as_ref());
    let mail = Letter::Reimbursement { statement }.to(partner.referent_email(), mint::mail_id(now), now);
    Ok(mail.greeting(partner.referent_name()))
}

/// The statement with this number.
pub(crate) async fn find(app: &App, number: &str) -> Result<Statement, Problem> {
    let number = named(number, StatementNumber::parse)?;
    let found = app.store.read(&[Reimbursements::key(&number)]).await?;
    Reimbursements::in_found(&found, &number)?.ok_or(Problem::not_found())
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "echec" => Some("Le virement est noté en échec : la somme est de nouveau due, le partenaire en est averti."),
        "paye" => Some("Le virement est noté comme payé."),
        "remis" => Some("Le relevé part avec le prochain lot."),
        "verifie" => Some("Votre décision est notée : ce que la banque répète ne la change plus."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_of_an_order_has_its_word() {
        use OutcomeShown::{Failed, Ordered, Paid, ToCheck};
        let outcomes = [Ordered, Paid, Failed(Failure::Rejected), Failed(Failure::Returned), ToCheck];
        let words = ["ordered", "paid", "rejected", "returned", "to_check"];
        let written = outcomes.map(|outcome| serde_html_form::to_string([("outcome", outcome)]).unwrap());
        assert_eq!(written, words.map(|word| format!("outcome={word}")));
    }
}
