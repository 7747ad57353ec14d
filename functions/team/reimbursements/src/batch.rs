//! One batch: its progress, its totals, the bank's file, and the week's statements.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use derive_more::Deref;
use epass_domain::{
    AppliedReport, AuditRule, BankFile, Batch, BatchPhase, BatchRefusal, Difference, Figures, Made, ParisDay,
    Statement, Total, Week,
};
use epass_web::{
    App, Filled, Input, Page, Problem, ProblemBody, Reply, Resumed, Staff, filters, named, said, see_other, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::form::{BatchForm, NoForm};
use crate::read::Read;
use crate::{HERE, STATEMENTS, StatementLine, run};

/// The most statements to check that are read: there should be none.
const TO_CHECK: usize = 200;

/// A batch in a list, with its progress.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchShown {
    /// The week, such as `2026-W47`.
    #[schema(value_type = String)]
    pub week: Week,
    /// The state: `closing`, `auditing`, `stopped`, `made`, `sent` or `paid`.
    #[schema(value_type = words::BatchState)]
    pub state: &'static str,
    /// The number of partners processed.
    pub walked: u32,
    /// The number of partners to process.
    pub partners: u32,
    /// The total of the bank's file; null until it is made.
    pub transfers: Option<TotalShown>,
    /// The requested execution day of the bank's file.
    #[schema(value_type = Option<String>, format = Date)]
    pub execution_day: Option<ParisDay>,
}

/// A count and an amount.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = BatchTotal)]
pub struct TotalShown {
    /// The count.
    pub count: u32,
    /// The amount, in whole cents.
    pub amount_cents: u64,
}

impl From<Total> for TotalShown {
    fn from(total: Total) -> Self {
        Self { count: total.count, amount_cents: total.amount().cents() }
    }
}

impl BatchShown {
    /// A batch as the team sees it.
    pub fn of(batch: &Batch) -> Self {
        let state = match &batch.phase {
            BatchPhase::Closing { .. } => "closing",
            BatchPhase::Auditing { .. } => "auditing",
            BatchPhase::Stopped { .. } => "stopped",
            BatchPhase::Made(Made { paid_on: Some(_), .. }) => "paid",
            BatchPhase::Made(Made { sent_on: Some(_), .. }) => "sent",
            BatchPhase::Made(_) => "made",
        };
        let transfers = match &batch.phase {
            BatchPhase::Made(made) => Some(made.figures.transfers.into()),
            _ => None,
        };
        Self {
            week: batch.week,
            state,
            walked: batch.walked,
            partners: batch.partners,
            transfers,
            execution_day: batch.file().map(|file| file.execution_day),
        }
    }

    /// The days of its week, in words.
    pub(crate) fn days(&self) -> String {
        said(self.week.first_day(), self.week.last_day())
    }

    /// The state, in French words.
    pub(crate) fn label(&self) -> &'static str {
        match self.state {
            "closing" => "Relevés en cours",
            "auditing" => "Contrôle en cours",
            "stopped" => "Arrêté par le contrôle",
            "paid" => "Payé",
            "sent" => "Envoyé à la banque",
            _ if self.execution_day.is_none() => "Rien à payer",
            _ => "Fichier prêt",
        }
    }

    /// Whether it is being made.
    pub fn is_running(&self) -> bool {
        matches!(self.state, "closing" | "auditing")
    }

    /// The class of the state's badge.
    pub(crate) fn tone(&self) -> &'static str {
        match self.state {
            "paid" => "good",
            "stopped" => "bad",
            "made" if self.execution_day.is_some() => "warn",
            _ => "info",
        }
    }
}

/// A difference that the audit of a batch found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchDifference)]
struct DifferenceShown {
    /// The rule that failed: `statement_missing`, `lines_do_not_add_up` or `file_does_not_add_up`.
    #[schema(value_type = words::AuditRule)]
    rule: AuditRule,
    /// *Numéro de dossier* of the partner; null for the file as a whole.
    partner: Option<String>,
    /// The stored amount, in cents.
    stated_cents: u64,
    /// The recounted amount, in cents.
    found_cents: u64,
    /// When the difference was found.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl DifferenceShown {
    fn of(difference: &Difference, at: Timestamp) -> Self {
        Self {
            rule: difference.rule,
            partner: difference.partner.as_ref().map(ToString::to_string),
            stated_cents: difference.stated_cents,
            found_cents: difference.found_cents,
            at,
        }
    }

    /// The rule, in French words.
    const fn sentence(&self) -> &'static str {
        match self.rule {
            AuditRule::StatementMissing => "Des transactions de la semaine ne sont dans aucun relevé.",
            AuditRule::LinesDoNotAddUp => "La somme des transactions n’est pas celle du relevé.",
            AuditRule::FileDoesNotAddUp => "La somme des relevés n’est pas celle du fichier de virements.",
        }
    }
}

/// The totals of a batch: its statements, minus those held, plus those carried over, equal the file's transfers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchFigures)]
struct FiguresShown {
    /// The week's statements.
    statements: TotalShown,
    /// The week's statements that wait for an approved account.
    held: TotalShown,
    /// Earlier statements that this batch pays.
    carried: TotalShown,
    /// The transfers of the file: their count and control sum.
    transfers: TotalShown,
}

impl FiguresShown {
    fn of(figures: &Figures) -> Self {
        let Figures { statements, held, carried, transfers, .. } = figures;
        Self {
            statements: (*statements).into(),
            held: (*held).into(),
            carried: (*carried).into(),
            transfers: (*transfers).into(),
        }
    }
}

/// A file that a later one replaced before it was sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplacedBankFile)]
struct ReplacedShown {
    /// The *MsgId* of the file.
    message: String,
    /// The execution day that the file would have requested.
    #[schema(value_type = String, format = Date)]
    execution_day: ParisDay,
    /// SHA-256 of the file.
    sha256: String,
}

impl ReplacedShown {
    fn of(week: Week, file: &BankFile) -> Self {
        Self {
            message: BankFile::message(week, file.execution_day),
            execution_day: file.execution_day,
            sha256: file.sha256.clone(),
        }
    }
}

/// A report of the bank that was applied.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AppliedBankReport)]
struct ReportShown {
    /// SHA-256 of the report.
    sha256: String,
    /// When it was applied.
    #[schema(value_type = String, format = Date)]
    on: ParisDay,
    /// The number of transfers that became executed by this report.
    executed: u32,
    /// The number of transfers whose money became due again by this report.
    rejected: u32,
    /// The number of transfers that must be checked because of this report.
    contradicted: u32,
}

impl ReportShown {
    fn of(report: &AppliedReport) -> Self {
        let AppliedReport { sha256, on, executed, rejected, contradicted } = report.clone();
        Self { sha256, on, executed, rejected, contradicted }
    }
}

/// The urgency of the bank's file, by its execution day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileDay {
    /// The bank has enough time.
    Ahead,
    /// The file must reach the bank today, or it is too late already.
    Near,
    /// The execution day is today or past.
    Late,
}

impl FileDay {
    /// The urgency of a file that waits to be sent; none for other files.
    fn of(batch: &Batch, today: ParisDay) -> Option<Self> {
        let file = batch.file().filter(|_| !batch.is_sent())?;
        Some(match file.execution_day {
            _ if file.is_late(today) => Self::Late,
            day if day == today.next_target_day() => Self::Near,
            _ => Self::Ahead,
        })
    }
}

/// The page of one batch, with the forms of the decisions.
#[derive(Template, Deref)]
#[template(path = "batch.html")]
pub(crate) struct SheetPage {
    page: Page,
    form: Filled,
    /// The urgency of the file; none when no file waits to be sent.
    file_day: Option<FileDay>,
    first: String,
    #[deref]
    body: Sheet,
}

/// One batch.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchSheet)]
pub(crate) struct Sheet {
    #[serde(flatten)]
    batch: BatchShown,
    /// The day on which the batch was opened.
    #[schema(value_type = String, format = Date)]
    opened_on: ParisDay,
    /// The difference that stopped the batch; null when it is not stopped.
    difference: Option<DifferenceShown>,
    /// The totals, once the batch is made.
    figures: Option<FiguresShown>,
    /// The *MsgId* of the file.
    message: Option<String>,
    /// SHA-256 of the file.
    sha256: Option<String>,
    /// When the file was given to the bank.
    #[schema(value_type = Option<String>, format = Date)]
    sent_on: Option<ParisDay>,
    /// When the execution of the file was noted.
    #[schema(value_type = Option<String>, format = Date)]
    paid_on: Option<ParisDay>,
    /// Whether the bank has reported on the file; what is noted about it can then no longer be undone.
    is_answered: bool,
    /// Whether the file waits to be sent and its day is today or past, so that another one can be made.
    is_late: bool,
    /// The files that this one replaced before they were sent.
    replaced: Vec<ReplacedShown>,
    /// The bank's reports that changed something.
    reports: Vec<ReportShown>,
    /// The effect of a report, right after it was applied.
    report: Option<Read>,
    /// Statements of the file about which the bank's reports contradict each other.
    to_check: Vec<StatementLine>,
    /// The week's statements, in descending order of amount; at most 50.
    statements: Vec<StatementLine>,
    /// The position of the next page: send it as `apres`. Null on the last page.
    next: Option<String>,
}

impl SheetPage {
    /// The page of a batch; `after` is the position after which its statements begin.
    pub(crate) async fn of(app: &App, staff: &Staff, batch: &Batch, after: &str) -> Result<Self, Problem> {
        let today = ParisDay::of(app.now());
        Ok(Self {
            page: staff.page(format!("Lot de la semaine {}", batch.week), HERE),
            form: Filled::default(),
            file_day: FileDay::of(batch, today),
            first: if after.is_empty() { String::new() } else { path(batch.week) },
            body: Sheet::of(app, batch, after, today).await?,
        })
    }

    /// Adds the effect of a report of the bank.
    pub(crate) fn with_report(mut self, read: Read) -> Self {
        self.body.report = Some(read);
        self
    }

    /// The address of the next page of statements; empty on the last page.
    fn following(&self) -> String {
        let query = |next| serde_html_form::to_string([("apres", next)]).unwrap_or_default();
        self.next.as_ref().map_or_else(String::new, |next| format!("{HERE}/{}?{}", self.batch.week, query(next)))
    }
}

impl Sheet {
    async fn of(app: &App, batch: &Batch, after: &str, today: ParisDay) -> Result<Self, Problem> {
        let after = Some(after).filter(|after| !after.is_empty());
        let page = app.store.reimbursements.of_batch(batch.week, after, STATEMENTS);
        let (page, disputed) = tokio::join!(page, to_check(app, batch));
        let (page, disputed) = (page?, disputed?);
        let made = match &batch.phase {
            BatchPhase::Made(made) => Some(made),
            _ => None,
        };
        let difference = match &batch.phase {
            BatchPhase::Stopped { at, difference } => Some(DifferenceShown::of(difference, *at)),
            _ => None,
        };
        Ok(Self {
            batch: BatchShown::of(batch),
            opened_on: batch.opened_on,
            difference,
            figures: made.map(|made| FiguresShown::of(&made.figures)),
            message: batch.message(),
            sha256: batch.file().map(|file| file.sha256.clone()),
            sent_on: made.and_then(|made| made.sent_on),
            paid_on: made.and_then(|made| made.paid_on),
            is_answered: made.is_some_and(|made| made.is_answered),
            is_late: FileDay::of(batch, today) == Some(FileDay::Late),
            replaced: batch.replaced.iter().map(|file| ReplacedShown::of(batch.week, file)).collect(),
            reports: made.map(|made| made.reports.iter().map(ReportShown::of).collect()).unwrap_or_default(),
            report: None,
            to_check: StatementLine::all(app, &disputed, Some(batch)).await?,
            statements: StatementLine::all(app, &page.lines, Some(batch)).await?,
            next: page.next,
        })
    }
}

/// Gives a batch and its statements.
#[utoipa::path(get, path = "/equipe/remboursements/{week}", params(
    ("week" = String, Path, description = "Such as 2026-W47"), BatchForm,
), responses(
    (status = 200, description = "The batch", body = Sheet),
    (status = 404, description = "No such batch", body = ProblemBody),
))]
pub(crate) async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    resumed: Resumed,
    input: Input<BatchForm>,
) -> Result<Reply, Problem> {
    let batch = find(&app, &week).await?;
    let mut sheet = SheetPage::of(&app, &staff, &batch, &input.form.apres).await?;
    sheet.form = resumed.form(sheet.form);
    sheet.page = sheet.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(sheet))
}

/// Redirects to the bank's file (pain.001.001.09), through a link that is valid for one minute.
#[utoipa::path(get, path = "/equipe/remboursements/{week}/virements.xml", params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "The file, where `Location` leads", body = Vec<u8>, content_type = "application/xml"),
    (status = 303, description = "To the file, at `Location`: a link that lives for a minute"),
    (status = 404, description = "No such batch, or one without a file", body = ProblemBody),
))]
pub(crate) async fn download(
    State(app): State<App>,
    _staff: Staff,
    Path(week): Path<String>,
) -> Result<Response, Problem> {
    let batch = find(&app, &week).await?;
    let (file, message) = batch.file().zip(batch.message()).ok_or(Problem::not_found())?;
    Ok(see_other(&app.files.link(&file.key, &format!("{message}.xml")).await?))
}

/// Notes that the file was given to the bank. A second call changes nothing.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/envoi", request_body = NoForm, params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "Sent", body = Sheet),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "It has no file", body = ProblemBody),
))]
pub(crate) async fn sent(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let today = ParisDay::of(app.now());
    let batch = decide(&app, &week, |batch| batch.sent(today)).await?;
    done(&app, &staff, &batch, "envoye").await
}

/// Undoes the note that the file was given to the bank: it was neither given nor executed. A second call changes
/// nothing.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/envoi/reprise", request_body = NoForm, params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "Not sent", body = Sheet),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "It has no file, or the bank answered", body = ProblemBody),
))]
pub(crate) async fn not_sent(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let batch = decide(&app, &week, Batch::not_sent).await?;
    done(&app, &staff, &batch, "repris").await
}

/// Notes that the bank executed the file, except for the transfers that failed. A second call changes nothing.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/paiement", request_body = NoForm, params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "Paid", body = Sheet),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "It has no file", body = ProblemBody),
))]
pub(crate) async fn paid(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let today = ParisDay::of(app.now());
    let batch = decide(&app, &week, |batch| batch.paid(today)).await?;
    done(&app, &staff, &batch, "paye").await
}

/// Undoes the note that the bank executed the file. A second call changes nothing.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/paiement/reprise", request_body = NoForm, params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "Not paid", body = Sheet),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "It has no file, or the bank answered", body = ProblemBody),
))]
pub(crate) async fn not_paid(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let batch = decide(&app, &week, Batch::not_paid).await?;
    done(&app, &staff, &batch, "repris").await
}

/// Makes another file with a future execution day, in place of one that was not sent. The first file is kept.
#[utoipa::path(post, path = "/equipe/remboursements/{week}/fichier", request_body = NoForm, params(
    ("week" = String, Path, description = "Such as 2026-W47"),
), responses(
    (status = 200, description = "It is being made", body = Sheet),
    (status = 404, description = "No such batch", body = ProblemBody),
    (status = 409, description = "It has no file, one that was sent, or one whose day is still to come", body = ProblemBody),
))]
pub(crate) async fn make_anew(
    State(app): State<App>,
    staff: Staff,
    Path(week): Path<String>,
    _: Input<NoForm>,
) -> Result<Reply, Problem> {
    let now = app.now();
    let batch = decide(&app, &week, |batch| batch.made_anew(now)).await?;
    // If the start is lost, the daily run resumes from the stored batch.
    run::launch(&app, Some(batch.week)).await?;
    done(&app, &staff, &batch, "fichier").await
}

/// The answer after a decision is stored.
async fn done(app: &App, staff: &Staff, batch: &Batch, word: &str) -> Result<Reply, Problem> {
    let sheet = SheetPage::of(app, staff, batch, "").await?;
    Ok(Reply::ok(sheet).see(format!("{}?fait={word}", path(batch.week))))
}

/// The statements of this batch's file, current or earlier, about which the bank's reports contradict each other.
pub(crate) async fn to_check(app: &App, batch: &Batch) -> Result<Vec<Statement>, Problem> {
    let mut waiting = app.store.reimbursements.to_check(None, TO_CHECK).await?.lines;
    waiting.retain(|statement| statement.orders_in(batch.week).next().is_some());
    Ok(waiting)
}

/// Decides about a batch as it is stored; retries after a lost race.
pub(crate) async fn decide(
    app: &App,
    week: &str,
    change: impl Fn(&Batch) -> Result<Batch, BatchRefusal>,
) -> Result<Batch, Problem> {
    const TRIES: usize = 3;
    for _ in 0..TRIES {
        let before = find(app, week).await?;
        let after = change(&before)?;
        if after == before || app.store.reimbursements.advance(&before, &after).await? {
            return Ok(after);
        }
    }
    Err(Problem::new(epass_web::Kind::Busy))
}

/// The batch of a week.
pub(crate) async fn find(app: &App, week: &str) -> Result<Batch, Problem> {
    let week = named(week, Week::parse)?;
    app.store.reimbursements.batch(week).await?.ok_or(Problem::not_found())
}

/// The path of a batch.
pub(crate) fn path(week: Week) -> String {
    format!("{HERE}/{week}")
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "envoye" => Some("Le lot est noté comme envoyé à la banque : les partenaires le voient."),
        "paye" => Some("Le lot est noté comme payé : les partenaires le voient."),
        "repris" => Some("C’est repris : les partenaires voient de nouveau l’état d’avant."),
        "fichier" => Some("Le nouveau fichier se fait maintenant : il s’affiche ici une fois contrôlé."),
        "compte-rendu" => Some("Le compte rendu de la banque est appliqué."),
        "compte-rendu-attente" => {
            Some("Rien n’a changé : ce compte rendu ne dit encore rien de définitif. La banque en enverra un autre.")
        }
        "compte-rendu-connu" => Some("Rien n’a changé : tout ce que dit ce compte rendu était déjà noté."),
        "lance" => Some("Le lot est lancé : son avancement s’affiche ici."),
        _ => None,
    }
}
