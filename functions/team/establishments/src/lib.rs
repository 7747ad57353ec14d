//! The team's establishments (`product.md`, *Accounts*): the list of a department, and the creation and change of an
//! establishment and its sign-in.

mod form;
mod function;

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{
    Account, Department, Email, Establishment, EstablishmentDetails, EstablishmentId, EstablishmentKind,
    EstablishmentRefusal, Identifier, Password, Provisional, Role, limits,
};
use epass_mail::Letter;
use epass_store::establishments::{Asked, EstablishmentPage};
use epass_store::{Entry, EstablishmentLine, NotFree};
use epass_web::{
    Access, App, Done, Filled, Input, Kind, Page, Problem, ProblemBody, Reply, Resumed, Room, Staff, filters, mint,
    named, passwords, routes, words,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{EstablishmentForm, ListForm};
pub use function::FUNCTION;

const HERE: &str = "/equipe/etablissements";
const LINES: usize = 25;

/// The number of identifiers tried before giving up: the first one is nearly always free.
const MINTINGS: usize = 5;

/// The routes of this room.
pub fn room() -> Room {
    let team = Access::Only(Role::Team);
    Room::new(&FUNCTION)
        .open(team, routes!(list, create))
        .open(team, routes!(show_new))
        .open(team, routes!(show, change))
        .open(team, routes!(send_access))
}

/// A page of a department's list.
#[derive(Template, Deref)]
#[template(path = "list.html")]
struct ListPage {
    page: Page,
    form: Filled,
    department: Option<Department>,
    searched: bool,
    first: String,
    following: String,
    #[deref]
    body: EstablishmentList,
}

/// The establishments of a department.
#[derive(Serialize, ToSchema)]
struct EstablishmentList {
    /// The establishments, by name.
    establishments: Vec<Line>,
    /// The position of the next page: send it as `after`. Null on the last page.
    next: Option<String>,
}

/// An establishment in the list.
#[derive(Serialize, ToSchema)]
#[schema(as = EstablishmentLine)]
struct Line {
    /// *Code UAI*.
    #[schema(example = "0750655E")]
    uai: String,
    /// *Nom*.
    name: String,
    /// The type of the establishment.
    #[schema(value_type = words::EstablishmentKind)]
    kind: EstablishmentKind,
    /// *Commune*.
    commune: String,
}

/// The form of a new establishment.
#[derive(Template, Deref)]
#[template(path = "new.html")]
struct NewPage {
    page: Page,
    form: Filled,
    #[deref]
    body: NewEstablishment,
}

/// The form; it has no content.
#[derive(Serialize, ToSchema)]
struct NewEstablishment {}

/// One establishment and its sign-in.
#[derive(Template, Deref)]
#[template(path = "establishment.html")]
struct SheetPage {
    page: Page,
    form: Filled,
    #[deref]
    body: EstablishmentSheet,
}

/// The establishment.
#[derive(Serialize, ToSchema)]
struct EstablishmentSheet {
    /// The values of the form: change them and send them back.
    establishment: EstablishmentForm,
    /// The identifier with which it signs in.
    #[schema(example = "lycee-marie-curie-1234")]
    identifier: String,
    /// The state of its sign-in.
    access: AccessState,
    /// When the mailed password expires; null when none waits for its first use.
    #[schema(value_type = Option<String>, format = DateTime)]
    access_until: Option<Timestamp>,
    /// When the team created the establishment.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// The state of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum AccessState {
    /// The establishment has chosen its password.
    Chosen,
    /// A mailed password waits for its first use.
    Mailed,
    /// The mailed password has expired, or none was ever mailed.
    Expired,
}

/// Lists the establishments of a department by name, or those that match a search.
#[utoipa::path(get, path = "/equipe/etablissements", params(ListForm), responses(
    (status = 200, description = "The list", body = EstablishmentList),
    (status = 422, description = "No department of the region", body = ProblemBody),
))]
async fn list(State(app): State<App>, staff: Staff, input: Input<ListForm>) -> Result<Reply, Problem> {
    let faulty = |form| ListPage::of(&staff, form, None, EstablishmentPage::default());
    let asked = input.form.parse().map_err(|invalid| input.typed.clone().problem(&invalid, faulty))?;
    let found = app.store.establishments.page(&asked, LINES).await?;
    Ok(Reply::ok(ListPage::of(&staff, input.typed, Some(&asked), found)))
}

/// Gives the form of a new establishment.
#[utoipa::path(get, path = "/equipe/etablissements/nouveau", responses(
    (status = 200, description = "The form", body = NewEstablishment),
))]
async fn show_new(staff: Staff, resumed: Resumed) -> Reply {
    let page = resumed.told(staff.page("Nouvel établissement", HERE));
    Reply::ok(NewPage { page, form: resumed.form(Filled::default()), body: NewEstablishment {} })
}

/// Creates an establishment with its account, and mails it the identifier and a provisional password. Idempotent: the
/// same details find the establishment that was created first.
#[utoipa::path(post, path = "/equipe/etablissements", request_body = EstablishmentForm, responses(
    (status = 201, description = "Created; a mail with identifier and password leaves", body = EstablishmentSheet),
    (status = 422, description = "Faulty fields, or the UAI is another's (`uai_taken`)", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
    (status = 429, description = "Too many mails to this address on this day", body = ProblemBody),
))]
async fn create(State(app): State<App>, staff: Staff, input: Input<EstablishmentForm>) -> Result<Reply, Problem> {
    let created = async {
        let (id, details) = input.form.parse_new()?;
        count_mail(&app, &details.email).await?;
        match open(&app, &id, &details).await? {
            Some(opened) => Ok(opened),
            None => known_alike(&app, &id, &details).await,
        }
    };
    let (establishment, account) = input.carry("uai", created).await?;
    let sheet = SheetPage::of(&staff, &establishment, &account, app.now());
    Ok(Reply::created(sheet).see(format!("{HERE}/{}?fait=cree", establishment.id)))
}

/// Gives one establishment.
#[utoipa::path(get, path = "/equipe/etablissements/{establishment}", params(("establishment" = String, Path, description = "*Code UAI*")), responses(
    (status = 200, description = "The establishment", body = EstablishmentSheet),
    (status = 404, description = "No such establishment", body = ProblemBody),
))]
async fn show(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    resumed: Resumed,
    input: Input<Done>,
) -> Result<Reply, Problem> {
    let (establishment, account) = find(&app, &id).await?;
    let mut sheet = SheetPage::of(&staff, &establishment, &account, app.now());
    sheet.form = resumed.form(sheet.form);
    sheet.page = sheet.page.with_notice(notice(&input.form.fait));
    Ok(Reply::ok(sheet))
}

/// Changes an establishment. A changed address receives its mails from now on, and the old address is told too.
#[utoipa::path(post, path = "/equipe/etablissements/{establishment}", request_body = EstablishmentForm,
    params(("establishment" = String, Path, description = "*Code UAI*")), responses(
    (status = 200, description = "Changed", body = EstablishmentSheet),
    (status = 404, description = "No such establishment", body = ProblemBody),
    (status = 409, description = "It changed since it was read", body = ProblemBody),
    (status = 422, description = "Faulty fields", body = ProblemBody),
    (status = 429, description = "Too many mails to this address on this day", body = ProblemBody),
))]
async fn change(
    State(app): State<App>,
    staff: Staff,
    Path(id): Path<String>,
    input: Input<EstablishmentForm>,
) -> Result<Reply, Problem> {
    let (before, account) = find(&app, &id).await?;
    let changed = async {
        let change = input.form.parse_change(&before.id)?;
        let after = before.clone().change(change.details, change.revision)?;
        let mails = address_changed(&app, &before, &after);
        if !mails.is_empty() {
            count_mail(&app, &after.email).await?;
        }
        app.store.establishments.save(&before, &after, &mails).await??;
        Ok(after)
    };
    let after = input.carry("name", changed).await?;
    let sheet = SheetPage::of(&staff, &after, &account, app.now());
    Ok(Reply::ok(sheet).see(format!("{HERE}/{}?fait=modifie", after.id)))
}

/// The mails about a changed address, to the old one and to the new one.
fn address_changed(app: &App, before: &Establishment, after: &Establishment) -> Vec<Entry> {
    if before.email.folded() == after.email.folded() {
        return Vec::new();
    }
    let now = app.now();
    let (name, email) = (after.name.clone(), after.email.clone());
    let letter = Letter::AddressChanged { name, email, site_url: app.settings.site_url.clone() };
    [&before.email, &after.email].map(|to| letter.to(to, mint::mail_id(now), now)).into()
}

/// Mails the identifier and a new provisional password; a password that the establishment chose stays valid. Two
/// calls within a minute send one mail.
#[utoipa::path(post, path = "/equipe/etablissements/{establishment}/acces",
    params(("establishment" = String, Path, description = "*Code UAI*")), responses(
    (status = 200, description = "A mail leaves", body = EstablishmentSheet),
    (status = 404, description = "No such establishment", body = ProblemBody),
    (status = 429, description = "Too many mails to this address on this day", body = ProblemBody),
))]
async fn send_access(State(app): State<App>, staff: Staff, Path(id): Path<String>) -> Result<Reply, Problem> {
    let (establishment, account) = find(&app, &id).await?;
    let now = app.now();
    if account.may_be_mailed(now) {
        count_mail(&app, &establishment.email).await?;
        let (provisional, mail) = access(&app, &establishment);
        app.store.accounts.lay_provisional_over(&account, &provisional, &mail).await?;
        let tries = app.of_name(limits::MAILED_PASSWORDS, account.identifier.as_str());
        app.store.counters.begin_anew(&tries, now).await?;
    }
    let (establishment, account) = find(&app, &id).await?;
    let sheet = SheetPage::of(&staff, &establishment, &account, now);
    Ok(Reply::ok(sheet).see(format!("{HERE}/{}?fait=acces", establishment.id)))
}

/// Counts a mail to the typed address against the rate limits.
async fn count_mail(app: &App, email: &Email) -> Result<(), Problem> {
    let counted = app.count_mails(&[app.of_mailbox(limits::TEAM_MAILS_TO, email)]).await;
    counted.map_err(|problem| problem.stands_at("email"))
}

/// The establishment with this UAI, and its account.
async fn find(app: &App, id: &str) -> Result<(Establishment, Account), Problem> {
    let id = named(id, EstablishmentId::parse)?;
    let establishment = app.store.establishments.find(&id).await?.ok_or(Problem::not_found())?;
    let account = app.store.accounts.find(&establishment.identifier).await?.ok_or(Problem::not_found())?;
    Ok((establishment, account))
}

/// Stores establishment, account and mail in one transaction, under a free identifier; `None` when the UAI is taken.
async fn open(
    app: &App,
    id: &EstablishmentId,
    details: &EstablishmentDetails,
) -> Result<Option<(Establishment, Account)>, Problem> {
    for _ in 0..MINTINGS {
        let identifier = Identifier::from_name(details.name.as_str(), mint::number() as u32);
        let establishment = Establishment::created(id.clone(), details.clone(), identifier, app.now());
        let (provisional, mail) = access(app, &establishment);
        let account = Account { provisional: Some(provisional), ..establishment.account() };
        match app.store.establishments.create(&establishment, &account, &mail).await? {
            Ok(()) => return Ok(Some((establishment, account))),
            Err(NotFree::Uai) => return Ok(None),
            Err(NotFree::Identifier) => {}
        }
    }
    Err(Problem::new(Kind::Busy))
}

/// The establishment that was created with the same details, when the form was sent twice. Otherwise the UAI is
/// taken.
async fn known_alike(
    app: &App,
    id: &EstablishmentId,
    details: &EstablishmentDetails,
) -> Result<(Establishment, Account), Problem> {
    let (known, account) = find(app, id.as_str()).await?;
    if known.details() == *details { Ok((known, account)) } else { Err(EstablishmentRefusal::UaiTaken.into()) }
}

/// A new provisional password, and the mail that carries it.
fn access(app: &App, establishment: &Establishment) -> (Provisional, Entry) {
    let now = app.now();
    let password: Password = mint::provisional_password();
    let letter = Letter::EstablishmentAccess {
        name: establishment.name.clone(),
        identifier: establishment.identifier.clone(),
        password: (&password).into(),
        site_url: app.settings.site_url.clone(),
    };
    let mail = letter.to(&establishment.email, mint::mail_id(now), now);
    (Provisional::made(passwords::hash(&password), now), mail)
}

fn notice(done: &str) -> Option<&'static str> {
    match done {
        "cree" => Some("L’établissement est créé ; son identifiant et un mot de passe provisoire partent par mail."),
        "modifie" => Some("Les modifications sont enregistrées."),
        "acces" => Some("L’identifiant et un nouveau mot de passe provisoire partent par mail."),
        _ => None,
    }
}

/// The options of *Type d'établissement*.
fn kinds() -> [(&'static str, &'static str); 4] {
    EstablishmentKind::ALL.map(|kind| (kind.code(), kind.label()))
}

impl ListPage {
    fn of(staff: &Staff, form: Filled, asked: Option<&Asked>, found: EstablishmentPage) -> Self {
        let here = |after: Option<&str>| {
            let shown =
                [("department", asked.map_or("", |asked| asked.department.code())), ("words", form.value("words"))];
            let pairs = shown.into_iter().chain(after.map(|after| ("after", after)));
            let pairs: Vec<(&str, &str)> = pairs.filter(|(_, value)| !value.is_empty()).collect();
            format!("{HERE}?{}", serde_html_form::to_string(pairs).unwrap_or_default())
        };
        let is_further = asked.is_some_and(|asked| asked.after.is_some());
        let (first, following) = (
            if is_further { here(None) } else { String::new() },
            found.next.as_deref().map_or_else(String::new, |next| here(Some(next))),
        );
        Self {
            page: staff.page("Établissements", HERE),
            department: asked.map(|asked| asked.department),
            searched: asked.is_some_and(|asked| !asked.words.is_empty()),
            first,
            following,
            form: match asked {
                Some(asked) => form.set("department", asked.department.code()),
                None => form,
            },
            body: EstablishmentList {
                establishments: found.lines.into_iter().map(Line::of).collect(),
                next: found.next,
            },
        }
    }

    /// The options of *Département*.
    fn departments() -> [(&'static str, String); 6] {
        Department::ALL.map(|one| (one.code(), format!("{} {}", one.code(), one.label())))
    }
}

impl Line {
    fn of(line: EstablishmentLine) -> Self {
        Self {
            uai: line.id.to_string(),
            name: line.name.to_string(),
            kind: line.kind,
            commune: line.commune.to_string(),
        }
    }
}

impl SheetPage {
    fn of(staff: &Staff, of: &Establishment, account: &Account, now: Timestamp) -> Self {
        let live = account.provisional.as_ref().filter(|mailed| mailed.is_live(now));
        let establishment = EstablishmentForm::of(of);
        let (page, form) = (staff.page(of.name.as_str(), HERE), establishment.filled());
        let body = EstablishmentSheet {
            establishment,
            identifier: account.identifier.to_string(),
            access: match (&account.password, live) {
                (Some(_), _) => AccessState::Chosen,
                (None, Some(_)) => AccessState::Mailed,
                (None, None) => AccessState::Expired,
            },
            access_until: live.map(|mailed| mailed.expires_at),
            created_at: of.created_at,
        };
        Self { page, form, body }
    }
}
