//! The team's conventions (`product.md`, *Convention*): the queues, one dossier in full, and the decisions about it.

mod form;
mod function;
mod print;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use derive_more::Deref;
use epass_domain::{ConventionRefusal, Fault, Invalid, Partner, PartnerId, RibKind, Role, Stage};
use epass_dossier::{Account, DossierForm, Standing, about};
use epass_mail::Letter;
use epass_store::{PartnerLine, Partners};
use epass_web::{
    Access, App, Done, Filled, Input, Page, Problem, ProblemBody, Reply, Resumed, Room, SecondStep, SecondStepBody,
    Staff, Tab, filters, mint, named, routes, see_other, words,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use form::{AccountDecision, Asked, Queue};
pub use form::{AccountForm, DecisionForm, QueueForm, RefusalForm, StepForm};
pub use function::FUNCTION;
pub use print::print;

const HERE: &str = "/equipe/conventions";
const LINES: i32 = 25;
const MOST_FOUND: usize = 25;

/// The routes of this room.
pub fn room() -> Room {
    let team = Access::Only(Role::Team);
    Room::new(&FUNCTION)
        .open(team, routes!(list))
        .open(team, routes!(show))
        .open(team, routes!(ask_to_validate, validate))
        .open(team, routes!(refuse))
        .open(team, routes!(receive_copies))
        .open(team, routes!(decide_account))
        .open(team, routes!(rib))
}

/// The page of a queue or of a search.
#[derive(Template, Deref)]
#[template(path = "queue.html")]
struct ListPage {
    page: Page,
    form: Filled,
    /// The queue; none for a search.
    queue: Option<Queue>,
    first: String,
    following: String,
    /// Whether the search found more dossiers than are listed.
    is_more: bool,
    #[deref]
    body: DossierList,
}

/// A page of a queue, or the result of a search.
#[derive(Serialize, ToSchema)]
#[schema(as = QueueView)]
struct DossierList {
    /// The dossiers: of a queue, longest waiting first; of a search, by name.
    dossiers: Vec<Line>,
    /// The position of the next page: send it as `apres`. Null on the last page.
    next: Option<String>,
}

/// A dossier in the list.
#[derive(Serialize, ToSchema)]
#[schema(as = DossierLine)]
struct Line {
    /// *Numéro de dossier*.
    #[schema(example = "41234567")]
    number: String,
    /// *Raison sociale*.
    legal_name: String,
    /// *Nom commercial*.
    trade_name: String,
    /// The commune of the activity; null until it is declared.
    commune: Option<String>,
    /// The version of the convention; null until it is requested.
    version: Option<u32>,
    /// When the dossier entered this state.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
}

/// The page of one dossier, with the forms of the decisions.
#[derive(Template, Deref)]
#[template(path = "dossier.html")]
struct SheetPage {
    page: Page,
    form: Filled,
    #[deref]
    body: Sheet,
}

/// One dossier in full.
#[derive(Serialize, ToSchema)]
struct Sheet {
    /// *Numéro de dossier*.
    #[schema(example = "41234567")]
    number: String,
    /// The revision that was read: send it back with every decision.
    revision: u32,
    /// When the partner registered.
    #[schema(value_type = String, format = DateTime)]
    registered_at: Timestamp,
    /// The state of the convention.
    standing: Standing,
    /// The declared parts, without the account.
    dossier: DossierForm,
    /// The declared account.
    account: Option<Account>,
    /// The approved account, which is paid.
    paid_to: Option<Account>,
    /// The declared IBAN in full, for the comparison with the RIB, digit by digit.
    #[schema(example = "FR76 3000 1007 9412 3456 7890 185")]
    iban: Option<String>,
    /// When the declared account began to wait for approval; null when it does not wait.
    #[schema(value_type = Option<String>, format = DateTime)]
    bank_change_since: Option<Timestamp>,
    /// Other dossiers with the declared account, while it waits for approval; at most ten.
    same_account: Vec<SameAccount>,
}

/// Another dossier with the same account.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct SameAccount {
    /// *Numéro de dossier*.
    #[schema(example = "41234567")]
    number: String,
    /// *Raison sociale*.
    legal_name: String,
    siret: String,
    /// Whether this account is paid; `false` when it is only declared.
    is_paid: bool,
}

impl SameAccount {
    /// Reads the other dossiers with the declared account; none when the account does not wait for approval.
    async fn all(app: &App, partner: &Partner) -> Result<Vec<Self>, Problem> {
        let is_awaited = partner.requested_version().is_ok() || partner.waiting_bank().is_some();
        let Some(dossier) = partner.dossier().filter(|_| is_awaited) else { return Ok(Vec::new()) };
        let iban = &dossier.bank.iban;
        let numbers = app.store.bank_accounts.others(iban, &partner.id).await?;
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> = numbers.iter().map(Partners::key).collect();
        let found = app.store.read(&keys).await?;
        let mut others = Vec::new();
        for number in &numbers {
            let Some(other) = Partners::in_found(&found, number)? else { continue };
            let is_paid = other.paid_to.as_ref().is_some_and(|account| account.iban == *iban);
            if !is_paid && other.dossier().is_none_or(|dossier| dossier.bank.iban != *iban) {
                continue;
            }
            others.push(Self {
                number: number.to_string(),
                legal_name: other.legal_name().to_string(),
                siret: other.siret().to_string(),
                is_paid,
            });
        }
        Ok(others)
    }

    /// A warning that names these dossiers; none when there are none.
    fn warning(others: &[Self]) -> Option<String> {
        let named: Vec<String> =
            others.iter().map(|other| format!("{} (dossier n° {})", other.legal_name, other.number)).collect();
        (!named.is_empty()).then(|| format!("L’IBAN déclaré est déjà le compte de\u{a0}: {}.", named.join(", ")))
    }
}

/// The selection of one of the two RIBs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct RibForm {
    /// `declare` (the default) for the declared account, `rembourse` for the account that is paid.
    #[param(value_type = words::RibAccountOrNone)]
    compte: String,
}

impl RibForm {
    /// Whether the account that is paid is selected.
    fn is_paid(&self) -> Result<bool, Invalid> {
        const NEITHER: Fault = Fault::new("compte", "Demandez le RIB du compte « declare » ou « rembourse ».");
        let mut invalid = Invalid::default();
        let is_paid = match self.compte.as_str() {
            "" | "declare" => Ok(false),
            "rembourse" => Ok(true),
            _ => Err(NEITHER),
        };
        let is_paid = invalid.field("compte", is_paid);
        invalid.finish(|| is_paid)
    }
}

/// Lists a queue, longest waiting first, or searches: one dossier by its number or SIRET, or up to 25 by words of
/// their names or commune.
#[utoipa::path(get, path = "/equipe/conventions", params(QueueForm), responses(
    (status = 200, description = "The list", body = DossierList),
    (status = 422, description = "No such list or page, or no dossier number, SIRET or name", body = ProblemBody),
))]
async fn list(State(app): State<App>, staff: Staff, input: Input<QueueForm>) -> Result<Reply, Problem> {
    let asked = input
        .form
        .parse()
        .map_err(|invalid| input.typed.clone().problem(&invalid, |typed| ListPage::found(&staff, typed, Vec::new())))?;
    let partners = &app.store.partners;
    let number = match asked {
        Asked::Page(queue, after) => {
            let page = match queue {
                Queue::Stage(stage) => partners.at_stage(stage, after.as_ref(), LINES).await?,
                Queue::Accounts => partners.awaiting_bank(after.as_ref(), LINES).await?,
            };
            return Ok(Reply::ok(ListPage::page(&staff, queue, after.is_some(), &page)));
        }
        Asked::Dossier(number) => Some(number),
        Asked::Siret(siret) => partners.with_siret(&siret).await?,
        Asked::Named(words) => {
            let (lines, is_more) = partners.named(&words, MOST_FOUND).await?;
            let dossiers = lines.iter().map(|line| Line::of(line, Queue::ALL[0])).collect();
            return Ok(Reply::ok(ListPage { is_more, ..ListPage::found(&staff, input.typed, dossiers) }));
        }
    };
    let partner = match number {
        Some(number) => partners.find(&number).await?,
        None => None,
    };
    let dossiers = partner.iter().map(Line::found).collect();
    Ok(Reply::ok(ListPage::found(&staff, input.typed, dossiers)))
}

/// Gives one dossier in full.
#[utoipa::path(get, path = "/equipe/conventions/{partner}", params(("partner" = String, Path, description = "*Numéro de dossier*")), responses(
    (status = 200, description = "The dossier", body = Sheet),
    (status = 404, description = "No such dossier", body = ProblemBody),
))]
async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    resumed: Resumed,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let partner = find(&app, &number).await?;
    let others = SameAccount::all(&app, &partner).await?;
    let mut sheet = SheetPage::of(&staff, &partner, others);
    sheet.form = resumed.form(sheet.form);
    sheet.page = sheet.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(sheet))
}

/// Gives what a validation would do. In a browser, this is the confirmation page.
#[utoipa::path(get, path = "/equipe/conventions/{partner}/validation",
    params(("partner" = String, Path, description = "*Numéro de dossier*"), StepForm), responses(
    (status = 200, description = "What would be validated", body = SecondStepBody),
    (status = 404, description = "No such dossier", body = ProblemBody),
    (status = 409, description = "No version is requested, or the dossier changed since it was read", body = ProblemBody),
))]
async fn ask_to_validate(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<StepForm>,
) -> Result<Reply, Problem> {
    let partner = find(&app, &number).await?;
    let checked = async {
        let version = partner.requested_version()?;
        input.form.about(&partner)?;
        Ok(version)
    };
    let version = input.carry("decisions", checked).await?;
    let others = SameAccount::all(&app, &partner).await?;
    Ok(Reply::ok(asked(&staff, &partner, version).warns(SameAccount::warning(&others))))
}

/// The confirmation page of a validation: it states the partner and the content of the version.
fn asked(staff: &Staff, partner: &Partner, version: u32) -> SecondStep {
    let sheet = format!("{HERE}/{}", partner.id);
    let activities = partner.dossier().map_or_else(String::new, |dossier| {
        dossier.activity.envelopes.iter().map(|envelope| envelope.label()).collect::<Vec<_>>().join(", ")
    });
    SecondStep::new(
        page_of(staff, "Valider cette convention\u{a0}?", None),
        format!("{sheet}/validation"),
        "Je valide la convention",
        "La convention est imprimée définitivement, le référent en est averti par mail, et le partenaire peut encaisser \
         aussitôt. Une validation ne se retire pas.",
    )
    .fact("Raison sociale", partner.legal_name())
    .fact("SIRET", partner.siret())
    .fact("Nom commercial", partner.known_as())
    .fact("Activités", activities)
    .fact("Version", version)
    .carries("revision", partner.revision)
    .from(sheet, "Dossier")
    .or("Revenir au dossier")
}

/// Validates the requested version: prints its final document and opens the partner's tabs. This is final: a second
/// call is refused, because no decision is awaited any more.
#[utoipa::path(post, path = "/equipe/conventions/{partner}/validation", request_body = DecisionForm,
    params(("partner" = String, Path, description = "*Numéro de dossier*")), responses(
    (status = 200, description = "Validated", body = Sheet),
    (status = 404, description = "No such dossier", body = ProblemBody),
    (status = 409, description = "No version is requested, or the dossier changed since it was read", body = ProblemBody),
    (status = 422, description = "No revision was sent", body = ProblemBody),
))]
async fn validate(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<DecisionForm>,
) -> Result<Reply, Problem> {
    let before = find(&app, &number).await?;
    let validated = async {
        let decided = input.form.parse()?;
        let version = before.requested_version()?;
        decided.about(&before)?;
        let (now, copies_address) = (app.now(), app.settings.copies_address.clone());
        let pdf = print(&app.files, &before, copies_address.as_ref(), now).await?;
        let after = before.clone().validate(pdf, now)?;
        let letter = Letter::ConventionValidated { dossier: about(&app, &after), version, copies_address };
        save(&app, &before, &after, Some(letter)).await?;
        Ok(after)
    };
    let at_the_sheet = |problem: Problem| problem.of_page(format!("{HERE}/{}", before.id));
    let after = input.carry("decisions", validated).await.map_err(at_the_sheet)?;
    Ok(done(&staff, &after, "validee"))
}

/// Refuses the requested version; the reason is mailed to the referent.
#[utoipa::path(post, path = "/equipe/conventions/{partner}/refus", request_body = RefusalForm,
    params(("partner" = String, Path, description = "*Numéro de dossier*")), responses(
    (status = 200, description = "Refused", body = Sheet),
    (status = 404, description = "No such dossier", body = ProblemBody),
    (status = 409, description = "No version is requested, or the dossier changed since it was read", body = ProblemBody),
    (status = 422, description = "No reason or no revision was sent", body = ProblemBody),
))]
async fn refuse(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<RefusalForm>,
) -> Result<Reply, Problem> {
    let before = find(&app, &number).await?;
    let refused = async {
        let decided = input.form.parse()?;
        before.requested_version()?;
        let reason = decided.about(&before)?;
        let after = before.clone().refuse(reason.clone(), app.now())?;
        let letter = Letter::ConventionRefused { dossier: about(&app, &after), reason };
        save(&app, &before, &after, Some(letter)).await?;
        Ok(after)
    };
    let after = input.carry("decisions", refused).await?;
    Ok(done(&staff, &after, "refusee"))
}

/// Records that the two signed copies arrived (guide §4, nota).
#[utoipa::path(post, path = "/equipe/conventions/{partner}/copies", request_body = DecisionForm,
    params(("partner" = String, Path, description = "*Numéro de dossier*")), responses(
    (status = 200, description = "Recorded", body = Sheet),
    (status = 404, description = "No such dossier", body = ProblemBody),
    (status = 409, description = "No copies are awaited, or the dossier changed since it was read", body = ProblemBody),
    (status = 422, description = "No revision was sent", body = ProblemBody),
))]
async fn receive_copies(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<DecisionForm>,
) -> Result<Reply, Problem> {
    let before = find(&app, &number).await?;
    let received = async {
        let decided = input.form.parse()?;
        let after = before.clone().receive_copies(app.now())?;
        decided.about(&before)?;
        save(&app, &before, &after, None).await?;
        Ok(after)
    };
    let after = input.carry("decisions", received).await?;
    Ok(done(&staff, &after, "copies"))
}

/// Approves or refuses a changed account; the referent receives a mail. Until the decision, the old account is paid.
#[utoipa::path(post, path = "/equipe/conventions/{partner}/iban", request_body = AccountForm,
    params(("partner" = String, Path, description = "*Numéro de dossier*")), responses(
    (status = 200, description = "Decided", body = Sheet),
    (status = 404, description = "No such dossier", body = ProblemBody),
    (status = 409, description = "No account waits, or the dossier changed since it was read", body = ProblemBody),
    (status = 422, description = "No decision, no reason of a refusal, or no revision was sent", body = ProblemBody),
))]
async fn decide_account(
    State(app): State<App>,
    staff: Staff,
    Path(number): Path<String>,
    input: Input<AccountForm>,
) -> Result<Reply, Problem> {
    let before = find(&app, &number).await?;
    let saved = async {
        let decided = input.form.parse()?;
        let waiting = before.waiting_bank().ok_or(ConventionRefusal::NotAwaited)?;
        let (after, letter, word) = match decided.about(&before)? {
            AccountDecision::Approve => {
                let letter = Letter::BankChangeApproved { dossier: about(&app, &before), iban: waiting.iban.masked() };
                (before.clone().approve_bank()?, letter, "iban-accepte")
            }
            AccountDecision::Refuse(reason) => {
                let letter = Letter::BankChangeRefused { dossier: about(&app, &before), reason };
                (before.clone().refuse_bank()?, letter, "iban-refuse")
            }
        };
        save(&app, &before, &after, Some(letter)).await?;
        Ok((after, word))
    };
    let (after, word) = input.carry("decisions", saved).await?;
    Ok(done(&staff, &after, word))
}

/// Redirects to a RIB, through a link that is valid for one minute.
#[utoipa::path(get, path = "/equipe/conventions/{partner}/rib", params(("partner" = String, Path, description = "*Numéro de dossier*"), RibForm), responses(
    (status = 200, description = "The RIB, where `Location` leads", content((Vec<u8> = "application/pdf"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"))),
    (status = 303, description = "To the RIB, at `Location`: a link that lives for a minute"),
    (status = 404, description = "No such dossier, or no RIB yet", body = ProblemBody),
    (status = 422, description = "No such account", body = ProblemBody),
))]
async fn rib(
    State(app): State<App>,
    _: Staff,
    Path(number): Path<String>,
    input: Input<RibForm>,
) -> Result<Response, Problem> {
    let is_paid = input.form.is_paid()?;
    let partner = find(&app, &number).await?;
    let declared = partner.dossier().map(|dossier| &dossier.bank);
    let bank = if is_paid { partner.paid_to.as_ref() } else { declared };
    let rib = &bank.ok_or(Problem::not_found())?.rib;
    let ending = match rib.kind {
        RibKind::Pdf => "pdf",
        RibKind::Jpeg => "jpg",
        RibKind::Png => "png",
    };
    Ok(see_other(&app.files.link(&rib.key, &format!("rib-{}.{ending}", partner.id)).await?))
}

/// The dossier with this number.
async fn find(app: &App, number: &str) -> Result<Partner, Problem> {
    let number = named(number, PartnerId::parse)?;
    app.store.partners.find(&number).await?.ok_or(Problem::not_found())
}

/// Stores a decision with the mail to the referent.
async fn save(app: &App, before: &Partner, after: &Partner, letter: Option<Letter>) -> Result<(), Problem> {
    let now = app.now();
    let to =
        |letter: Letter| letter.to(after.referent_email(), mint::mail_id(now), now).greeting(after.referent_name());
    let mail = letter.map(to);
    Ok(app.store.partners.save(before, after, mail.as_slice()).await??)
}

/// The answer after a decision is stored.
fn done(staff: &Staff, after: &Partner, word: &str) -> Reply {
    Reply::ok(SheetPage::of(staff, after, Vec::new())).see(format!("{HERE}/{}?fait={word}", after.id))
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "validee" => Some("La convention est validée ; le référent en est averti par mail."),
        "refusee" => Some("La demande est refusée ; le motif est envoyé par mail au référent."),
        "copies" => Some("La réception des deux exemplaires signés est enregistrée."),
        "iban-accepte" => {
            Some("Le nouveau compte est accepté : les remboursements y vont désormais. Le référent en est averti.")
        }
        "iban-refuse" => Some("Le nouveau compte est refusé : l’ancien reste en vigueur. Le référent en est averti."),
        _ => None,
    }
}

/// A page of this room, with the queues as the second row of tabs.
fn page_of(staff: &Staff, title: &str, queue: Option<Queue>) -> Page {
    let mut page = staff.page(title, HERE);
    let tab = |one: Queue| Tab {
        label: one.label().into(),
        href: one.href(),
        current: queue == Some(one),
        under: Vec::new(),
    };
    if let Some(conventions) = page.tabs.iter_mut().find(|tab| tab.href == HERE) {
        conventions.under = Queue::ALL.into_iter().map(tab).collect();
    }
    page
}

impl ListPage {
    /// Whether the lines show commune and convention; those of the accounts to verify do not.
    fn tells_convention(&self) -> bool {
        self.queue != Some(Queue::Accounts)
    }

    fn page(staff: &Staff, queue: Queue, is_further: bool, found: &epass_store::Queue) -> Self {
        let next = found.next.as_ref().map(form::told);
        Self {
            page: page_of(staff, "Conventions", Some(queue)),
            form: Filled::default(),
            queue: Some(queue),
            first: if is_further { queue.href().to_owned() } else { String::new() },
            following: next.as_ref().map_or_else(String::new, |next| format!("{}&apres={next}", queue.href())),
            is_more: false,
            body: DossierList { dossiers: found.lines.iter().map(|line| Line::of(line, queue)).collect(), next },
        }
    }

    fn found(staff: &Staff, form: Filled, dossiers: Vec<Line>) -> Self {
        Self {
            page: page_of(staff, "Conventions", None),
            form,
            queue: None,
            first: String::new(),
            following: String::new(),
            is_more: false,
            body: DossierList { dossiers, next: None },
        }
    }
}

impl Line {
    fn of(line: &PartnerLine, queue: Queue) -> Self {
        Self {
            number: line.partner_id.to_string(),
            legal_name: line.legal_name.to_string(),
            trade_name: line.trade_name.to_string(),
            commune: line.commune.as_ref().map(ToString::to_string),
            version: line.convention_version,
            since: match queue {
                Queue::Stage(_) => line.stage_since,
                Queue::Accounts => line.bank_change_since,
            },
        }
    }

    fn found(partner: &Partner) -> Self {
        Self {
            number: partner.id.to_string(),
            legal_name: partner.legal_name().to_string(),
            trade_name: partner.known_as().to_string(),
            commune: partner.dossier().map(|dossier| dossier.activity.address.commune.to_string()),
            version: partner.convention.as_ref().map(|convention| convention.version),
            since: Some(partner.stage().1),
        }
    }
}

impl SheetPage {
    fn of(staff: &Staff, partner: &Partner, same_account: Vec<SameAccount>) -> Self {
        let page = page_of(staff, partner.legal_name().as_str(), None);
        Self { page, form: Filled::default(), body: Sheet::of(partner, same_account) }
    }
}

impl Sheet {
    fn of(partner: &Partner, same_account: Vec<SameAccount>) -> Self {
        Self {
            number: partner.id.to_string(),
            revision: partner.revision,
            registered_at: partner.registered_at,
            standing: Standing::of(partner),
            dossier: DossierForm::of(partner).without_account(),
            account: Account::declared(partner),
            paid_to: Account::paid(partner),
            iban: partner.dossier().map(|dossier| dossier.bank.iban.to_string()),
            bank_change_since: partner.bank_change_since,
            same_account,
        }
    }
}
