//! One statement: its orders to the bank, and what the team notes about them by hand.

use askama::Template;
use axum::extract::{Path, State};
use epass_domain::{
    Failure, Invalid, Outcome, ParisDay, Refusal, Statement, StatementNumber, TransferReference, TransferStage,
};
use epass_mail::{Letter, Reimbursed};
use epass_store::{Entry, Reimbursements};
use epass_web::{App, Done, Filled, Input, Kind, Page, Problem, ProblemBody, Reply, Staff, filters, mint, said, words};
use serde::Serialize;
use utoipa::ToSchema;

use crate::HERE;
use crate::form::{FailureForm, Revision, RevisionForm};

/// One statement.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "statement.html")]
#[schema(as = TeamStatement)]
struct Sheet {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    /// Such as `2026-W47-12345678`.
    number: String,
    /// The week.
    week: String,
    #[serde(skip)]
    days: String,
    /// *Numéro de dossier*.
    partner: String,
    partner_name: String,
    /// To be sent with every decision.
    revision: u32,
    /// Transactions that stand.
    count: u32,
    /// Whole cents.
    amount_cents: u64,
    /// `upcoming`, `in_batch`, `sent`, `paid` or `rejected`.
    #[schema(value_type = words::StatementState)]
    state: &'static str,
    #[serde(skip)]
    stage: TransferStage,
    /// Why it waits, in words; none when it does not.
    waits_for: Option<&'static str>,
    /// Its orders to the bank, the first one first.
    transfers: Vec<TransferShown>,
    /// Whether an order stands, which can be noted as paid or failed.
    is_ordered: bool,
    /// Whether the team can have it paid again to the account that was refused.
    can_be_retried: bool,
}

/// An order to the bank.
#[derive(Serialize, ToSchema)]
#[schema(as = TeamTransfer)]
struct TransferShown {
    /// *EndToEndId*.
    reference: String,
    /// The batch whose file carries it.
    batch: String,
    holder: String,
    /// Masked.
    iban: String,
    /// When the bank was asked to execute it.
    #[schema(value_type = String, format = Date)]
    execution_day: ParisDay,
    /// `ordered`, `paid`, `rejected` or `returned`.
    #[schema(value_type = words::TransferOutcome)]
    outcome: &'static str,
    #[serde(skip)]
    label: &'static str,
    /// Since when it is known.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<ParisDay>,
    /// The bank's reason.
    reason: Option<String>,
}

/// Why the money of a statement waits.
pub(crate) fn waits_for(statement: &Statement) -> Option<&'static str> {
    match statement.last_transfer().map(|order| &order.outcome) {
        None => Some("Il faut un IBAN validé"),
        Some(Outcome::Failed { again: true, .. }) => Some("Part avec le prochain lot"),
        Some(Outcome::Failed { .. }) => Some("Il faut un autre IBAN, ou votre accord"),
        Some(Outcome::Ordered | Outcome::Paid { .. }) => None,
    }
}

/// The badge of a state.
pub(crate) const fn tone(stage: TransferStage) -> &'static str {
    match stage {
        TransferStage::Paid => "good",
        TransferStage::Rejected => "bad",
        TransferStage::Upcoming => "warn",
        TransferStage::InBatch | TransferStage::Sent => "info",
    }
}

impl TransferShown {
    fn of(statement: &Statement) -> Vec<Self> {
        let orders = statement.transfers.iter().enumerate();
        orders
            .map(|(place, order)| {
                let (outcome, label, on, reason) = match &order.outcome {
                    Outcome::Ordered => ("ordered", "Demandé", None, None),
                    Outcome::Paid { on } => ("paid", "Payé", Some(*on), None),
                    Outcome::Failed { on, failure, reason, .. } => {
                        (failure.code(), failure.label(), Some(*on), reason.as_ref().map(ToString::to_string))
                    }
                };
                let reference = TransferReference { statement: statement.number.clone(), attempt: place + 1 };
                Self {
                    reference: reference.code(),
                    batch: order.batch.code(),
                    holder: order.payee.holder.to_string(),
                    iban: order.payee.iban.masked(),
                    execution_day: order.execution_day,
                    outcome,
                    label,
                    on,
                    reason,
                }
            })
            .collect()
    }
}

impl Sheet {
    /// The sheet of a statement, with the batch of its last order.
    async fn of(app: &App, staff: &Staff, statement: &Statement) -> Result<Self, Problem> {
        let batch = match statement.last_transfer() {
            Some(order) => app.store.reimbursements.batch(order.batch).await?,
            None => None,
        };
        let (stage, week) = (statement.stage(batch.as_ref()), statement.number.week);
        Ok(Self {
            page: staff.page(format!("Relevé {}", statement.number), HERE),
            form: Filled::default(),
            number: statement.number.code(),
            week: week.code(),
            days: said(week.first_day(), week.last_day()),
            partner: statement.number.partner.to_string(),
            partner_name: statement.partner_name.to_string(),
            revision: statement.revision,
            count: statement.sum().count,
            amount_cents: statement.sum().amount().cents(),
            state: stage.code(),
            stage,
            waits_for: waits_for(statement),
            transfers: TransferShown::of(statement),
            is_ordered: !statement.is_due(),
            can_be_retried: statement.clone().retried().is_ok(),
        })
    }

    /// A rule's no, on this page.
    fn refused(self, refusal: Refusal, typed: Filled) -> Problem {
        Problem::refused(refusal, "decisions", typed, |form| Self { form, ..self })
    }

    fn failures(&self) -> [(&'static str, &'static str); 2] {
        Failure::ALL.map(|failure| (failure.code(), failure.label()))
    }
}

/// Shows a statement and its orders to the bank.
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
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let statement = find(&app, &number).await?;
    let mut sheet = Sheet::of(&app, &staff, &statement).await?;
    sheet.page = sheet.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(sheet))
}

/// Notes that the bank rejected the order, or sent it back: the money is due again, and the partner is told.
#[utoipa::path(post, path = "/equipe/releves/{number}/echec", request_body = FailureForm, params(
    ("number" = String, Path, description = "Such as 2026-W47-12345678"),
), responses(
    (status = 200, description = "Due again", body = Sheet),
    (status = 404, description = "No such statement", body = ProblemBody),
    (status = 409, description = "No order stands, or it changed since it was read", body = ProblemBody),
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
    decide(&app, &staff, &number, input, "echec", failed).await
}

/// Notes that the bank executed the order.
#[utoipa::path(post, path = "/equipe/releves/{number}/paiement", request_body = RevisionForm, params(
    ("number" = String, Path, description = "Such as 2026-W47-12345678"),
), responses(
    (status = 200, description = "Paid", body = Sheet),
    (status = 404, description = "No such statement", body = ProblemBody),
    (status = 409, description = "No order stands, or it changed since it was read", body = ProblemBody),
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
    decide(&app, &staff, &number, input, "paye", |form: &RevisionForm| Ok((form.parse()?, paid))).await
}

/// Has the next batch pay it to the account that the bank refused.
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
    decide(&app, &staff, &number, input, "remis", |form: &RevisionForm| Ok((form.parse()?, Statement::retried))).await
}

/// A decision about a statement as it was read: `parse` gives the revision and the change.
async fn decide<F, C: FnOnce(Statement) -> Result<Statement, Refusal>>(
    app: &App,
    staff: &Staff,
    number: &str,
    input: Input<F>,
    word: &str,
    parse: impl FnOnce(&F) -> Result<(Revision, C), Invalid>,
) -> Result<Reply, Problem> {
    let before = find(app, number).await?;
    let sheet = Sheet::of(app, staff, &before).await?;
    let (revision, change) = match parse(&input.form) {
        Ok(decided) => decided,
        Err(invalid) => return Err(input.typed.problem(&invalid, |form| Sheet { form, ..sheet })),
    };
    let changed = revision.about(&before).and_then(|()| change(before.clone()));
    let saved = match changed {
        Ok(after) => save(app, &before, &after).await?.map(|()| after),
        Err(refusal) => Err(refusal),
    };
    match saved {
        Ok(after) => done(app, staff, &after, word).await,
        Err(refusal) => Err(sheet.refused(refusal, input.typed)),
    }
}

async fn done(app: &App, staff: &Staff, after: &Statement, word: &str) -> Result<Reply, Problem> {
    let sheet = Sheet::of(app, staff, after).await?;
    Ok(Reply::ok(sheet).see(format!("/equipe/releves/{}?fait={word}", after.number)))
}

/// Stores what is new of a statement; when its order failed, with the mail that tells the partner.
pub(crate) async fn save(app: &App, before: &Statement, after: &Statement) -> Result<Result<(), Refusal>, Problem> {
    let has_failed = after.is_due() && !before.is_due();
    let mail = if has_failed { Some(told(app, after).await?) } else { None };
    Ok(app.store.reimbursements.save(before, after, mail.as_slice()).await?)
}

async fn told(app: &App, after: &Statement) -> Result<Entry, Problem> {
    let now = app.now();
    let partner = app.store.partners.find(&after.number.partner).await?.ok_or(Problem::new(Kind::Internal))?;
    let statement = Reimbursed::of(after, &app.settings.site_url);
    let mail = Letter::Reimbursement { statement }.to(partner.referent_email(), mint::mail_id(now), now);
    Ok(mail.greeting(partner.referent_name()))
}

async fn find(app: &App, number: &str) -> Result<Statement, Problem> {
    let number = StatementNumber::parse(number).map_err(|_| Problem::not_found())?;
    let found = app.store.read(&[Reimbursements::key(&number)]).await?;
    Reimbursements::in_found(&found, &number)?.ok_or(Problem::not_found())
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "echec" => Some("Le virement est noté en échec : la somme est de nouveau due, le partenaire en est averti."),
        "paye" => Some("Le virement est noté comme payé."),
        "remis" => Some("Le relevé part avec le prochain lot."),
        _ => None,
    }
}
