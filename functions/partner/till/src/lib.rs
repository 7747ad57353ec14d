//! *Mes caisses*: API keys with which a shop's own software looks beneficiaries up, takes payments and cancels them,
//! without anybody's password.

mod form;
mod function;

use askama::Template;
use axum::extract::{Path, State};
use derive_more::Deref;
use epass_domain::{ParisDay, PartnerId, Role, TillKey, TillKeyId, TillRefusal, paris_time};
use epass_mail::{KeyNews, Letter};
use epass_store::{Entry, Made, StoreError, TillKeys};
use epass_web::{
    Access, App, Desk, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, SecondStep,
    SecondStepBody, TillSecret, Told, cursor, filters, mint, named, routes,
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{PageForm, TillForm, Wanted};
pub use function::FUNCTION;

const TITLE: &str = "Mes caisses";
const HERE: &str = "/dossier/caisse";
const KEYS_A_PAGE: i32 = 50;

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION)
        .open(Access::Only(Role::Partner), routes!(list, make))
        .open(Access::Only(Role::Partner), routes!(ask, revoke))
        .open(Access::Only(Role::Partner), routes!(renew))
}

/// The page of the list of keys.
#[derive(Template, Deref)]
#[template(path = "tills.html")]
struct ListPage {
    page: Page,
    form: Filled,
    in_force: bool,
    is_first: bool,
    now: Timestamp,
    #[deref]
    body: TillKeyList,
}

/// The partner's keys, and the form that creates one.
#[derive(Serialize, ToSchema)]
struct TillKeyList {
    /// The keys of this page: live keys before revoked ones, each latest first.
    keys: Vec<Line>,
    /// Send it as `after` to get the next page.
    next: Option<String>,
}

/// A key in a list. The key's text is not stored.
#[derive(Serialize, ToSchema)]
#[schema(as = TillKeyLine)]
struct Line {
    /// The id of the key. It gives no access.
    id: String,
    /// The till's name.
    #[schema(example = "Caisse du rez-de-chaussée")]
    name: String,
    /// The time of creation: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The number of requests made with the key.
    uses: u64,
    /// The time of the last request: RFC 3339, UTC; none before the first.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// The time of the revocation: RFC 3339, UTC; none if it was not revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    /// The time of expiry: RFC 3339, UTC; the key is refused from this instant on, unless it is renewed.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
}

/// The state of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyState {
    /// The key is valid.
    Live,
    /// The key's year is over.
    Ended,
    /// The key was revoked.
    Revoked,
}

/// The page of a new key.
#[derive(Template, Deref)]
#[template(path = "made.html")]
struct MadePage {
    page: Page,
    #[deref]
    body: TillKeyMade,
}

/// A new key with its text, which is returned only once.
#[derive(Serialize, ToSchema)]
struct TillKeyMade {
    /// The key's text, for `Authorization: Bearer`. It is not shown again.
    key: String,
    #[serde(flatten)]
    line: Line,
}

/// Lists the partner's keys.
#[utoipa::path(get, path = "/dossier/caisse", params(PageForm), responses(
    (status = 200, description = "A page of 50 keys; revoked ones for 90 days", body = TillKeyList, example = json!({ "next": null, "keys": [{
        "id": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c",
        "name": "Caisse du rez-de-chaussée", "created_at": "2026-11-22T13:00:00Z", "uses": 0, "last_used_at": null,
        "revoked_at": null, "ends_at": "2027-11-22T23:00:00Z",
    }] })),
    (status = 422, description = "No such page", body = ProblemBody),
))]
async fn list(
    State(app): State<App>,
    desk: Desk,
    pass: Pass,
    resumed: Resumed,
    input: Input<PageForm>,
) -> Result<Reply, Problem> {
    let made: Option<MadeKey> = app.in_address(HERE, &session(&pass), &input.form.cle);
    if let Some((text, name, at)) = made
        && let Some(secret) = TillSecret::parse(&text)
    {
        let key = TillKey::made(desk.partner.id.clone(), secret.id(), name, at);
        return Ok(Reply::ok(MadePage::of(&desk, &secret, &key)));
    }
    let notice = match input.form.fait.as_str() {
        "revoquee" => Some("La clé est révoquée : la caisse qui l’utilise n’ouvre plus rien."),
        "prolongee" => Some("La clé est prolongée d’un an."),
        _ => None,
    };
    let after = cursor("after", &input.form.after, TillKeyId::parse)?;
    let (keys, next) = page_of_keys(&app, &desk.partner.id, after.as_ref()).await?;
    Ok(Reply::ok(ListPage {
        page: desk.page(TITLE, HERE).with_notice(notice),
        // The next request is another form, also after a refusal, so it gets a new id.
        form: resumed.form(Filled::default()).set("once", mint::form_id().to_string()),
        in_force: desk.partner.in_force().is_ok(),
        is_first: after.is_none(),
        now: app.now(),
        body: TillKeyList { keys: keys.iter().map(Line::of).collect(), next: next.map(|id| id.to_string()) },
    }))
}

/// The sealed content of the address of a new key's page: the key's text, the till's name and the time of creation.
type MadeKey = (String, epass_domain::Line, Timestamp);

/// The time for which a reload of the page shows the key again.
const SHOWN: SignedDuration = SignedDuration::from_mins(5);

/// The context of the seal, which binds the address of a new key to the session that created it.
fn session(pass: &Pass) -> String {
    pass.session.to_string()
}

/// Creates a key and returns its text: a browser can see it for five minutes, JSON has it once.
#[utoipa::path(post, path = "/dossier/caisse", request_body(
    content = TillForm, example = json!({ "till": "Caisse du rez-de-chaussée", "once": "6f1c0d8e-2b7a-4c6d-9e0f-1a2b3c4d5e6f" }),
), responses(
    (status = 201, description = "Made; the key is in this answer and in no other", body = TillKeyMade, example = json!({
        "key": "epk_10000001_9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c",
        "id": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c",
        "name": "Caisse du rez-de-chaussée", "created_at": "2026-11-22T13:00:00Z", "uses": 0, "last_used_at": null,
        "revoked_at": null, "ends_at": "2027-11-22T23:00:00Z",
    })),
    (status = 303, description = "A browser goes to where the key is shown for five minutes"),
    (status = 409, description = "The same form has made its key before (`till_key_shown`)", body = ProblemBody),
    (status = 422, description = "Faulty fields, no convention, or ten keys already", body = ProblemBody),
))]
async fn make(State(app): State<App>, desk: Desk, pass: Pass, input: Input<TillForm>) -> Result<Reply, Problem> {
    let made = async {
        let wanted = input.form.parse()?;
        desk.partner.in_force()?;
        let secret = TillSecret::mint(&desk.partner.id);
        let key = TillKey::made(desk.partner.id.clone(), secret.id(), wanted.name, app.now());
        let mail = told(&app, &desk, &key, KeyNews::Made { until: key.last_day().to_string() });
        match app.store.till_keys.make(&key, wanted.once.unwrap_or_else(mint::form_id), mail.as_ref()).await? {
            Made::Now => Ok((secret, key)),
            Made::Before => Err(TillRefusal::KeyShown.into()),
            Made::TooMany => Err(TillRefusal::TooManyKeys.into()),
        }
    };
    let (secret, key) = input.carry("till", made).await?;
    let record: MadeKey = (secret.reveal().to_owned(), key.name.clone(), key.created_at);
    let shown = app.address_of(HERE, &session(&pass), record, SHOWN).unwrap_or_default();
    Ok(Reply::created(MadePage::of(&desk, &secret, &key)).see(format!("{HERE}?cle={shown}")))
}

/// Shows the key that would be revoked: the second step of a browser.
#[utoipa::path(get, path = "/dossier/caisse/{key}/revocation", params(("key" = String, Path, description = "The key's id")), responses(
    (status = 200, description = "What would be revoked", body = SecondStepBody),
    (status = 303, description = "A browser whose key is revoked already goes to the list"),
    (status = 404, description = "No key of yours", body = ProblemBody),
))]
async fn ask(State(app): State<App>, pass: Pass, Path(key): Path<String>) -> Result<Reply, Problem> {
    let id = named(&key, TillKeyId::parse)?;
    let (desk, found) = app.enter_desk(&pass, &[TillKeys::key(pass.partner()?, &id)]).await?;
    let key = TillKeys::in_found(&found, &desk.partner.id, &id)?.ok_or(Problem::not_found())?;
    let reply = Reply::ok(asked(&desk, &key));
    Ok(if key.revoked_at.is_none() { reply } else { reply.see(format!("{HERE}?fait=revoquee")) })
}

/// The second step, which names the till and the last use of its key.
fn asked(desk: &Desk, key: &TillKey) -> SecondStep {
    SecondStep::new(
        desk.page("Révoquer cette clé\u{a0}?", HERE),
        format!("{HERE}/{}/revocation", key.id),
        "Révoquer la clé",
        "La caisse qui l’utilise ne pourra plus rien rechercher, encaisser ni annuler. Une clé révoquée ne se rétablit pas\u{a0}: \
         il faudra en créer une autre.",
    )
    .fact("Caisse", &key.name)
    .fact("Créée", paris_time(key.created_at))
    .fact("Dernière utilisation", key.last_used_at.map_or_else(|| "Jamais".to_owned(), paris_time))
    .from(HERE, TITLE)
    .or("Garder la clé")
}

/// Revokes a key: from the next request on it is refused. A second call is a no-op.
#[utoipa::path(post, path = "/dossier/caisse/{key}/revocation", params(("key" = String, Path, description = "The key's id")), responses(
    (status = 200, description = "Revoked", body = Revoked, example = json!({
        "id": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c",
    })),
    (status = 404, description = "No key of yours", body = ProblemBody),
))]
async fn revoke(State(app): State<App>, desk: Desk, Path(key): Path<String>) -> Result<Reply, Problem> {
    let key = find(&app, &desk, &key).await?;
    let mail = told(&app, &desk, &key, KeyNews::Revoked);
    if !app.store.till_keys.revoke(&desk.partner.id, &key.id, mail.as_ref(), app.now()).await? {
        return Err(Problem::not_found());
    }
    Ok(Reply::ok(Told(Revoked { id: key.id.to_string() })).see(format!("{HERE}?fait=revoquee")))
}

/// Renews a key for another year from today, even if it has expired. It is safe to repeat.
#[utoipa::path(post, path = "/dossier/caisse/{key}/prolongation", params(("key" = String, Path, description = "The key's id")), responses(
    (status = 200, description = "Renewed", body = Renewed, example = json!({
        "id": "9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c9f2c", "ends_at": "2027-11-22T23:00:00Z",
    })),
    (status = 404, description = "No key of yours, or one that was revoked", body = ProblemBody),
))]
async fn renew(State(app): State<App>, desk: Desk, Path(key): Path<String>) -> Result<Reply, Problem> {
    let key = find(&app, &desk, &key).await?;
    let renewed = TillKey { ends_at: Some(TillKey::end_from(app.now())), ..key };
    let until = renewed.last_day().to_string();
    let ends_at = renewed.ends_at();
    let mail = told(&app, &desk, &renewed, KeyNews::Renewed { until }).ok_or(Problem::not_found())?;
    if !app.store.till_keys.renew(&renewed, ends_at, &mail).await? {
        return Err(Problem::not_found());
    }
    Ok(Reply::ok(Told(Renewed { id: renewed.id.to_string(), ends_at })).see(format!("{HERE}?fait=prolongee")))
}

/// The new expiry of a key.
#[derive(Serialize, ToSchema)]
#[schema(as = TillKeyRenewed)]
struct Renewed {
    id: String,
    /// The time of expiry: RFC 3339, UTC; the key is refused from this instant on.
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
}

async fn find(app: &App, desk: &Desk, id: &str) -> Result<TillKey, Problem> {
    let id = named(id, TillKeyId::parse)?;
    let found = app.store.read(&[TillKeys::key(&desk.partner.id, &id)]).await?;
    TillKeys::in_found(&found, &desk.partner.id, &id)?.ok_or(Problem::not_found())
}

/// The mail that tells the account's address about a change of a key.
fn told(app: &App, desk: &Desk, key: &TillKey, news: KeyNews) -> Option<Entry> {
    let now = app.now();
    let letter = Letter::TillKey { till: key.name.clone(), news, site_url: app.settings.site_url.clone() };
    desk.email.as_ref().map(|email| letter.to(email, mint::mail_id(now), now))
}

/// The revoked key.
#[derive(Serialize, ToSchema)]
#[schema(as = TillKeyRevoked)]
struct Revoked {
    id: String,
}

impl ListPage {
    fn state(&self, key: &Line) -> KeyState {
        match key.revoked_at {
            Some(_) => KeyState::Revoked,
            None if self.now < key.ends_at => KeyState::Live,
            None => KeyState::Ended,
        }
    }

    fn first_href(&self) -> &'static str {
        if self.is_first { "" } else { HERE }
    }

    fn next_href(&self) -> String {
        self.next.as_ref().map_or_else(String::new, |next| format!("{HERE}?after={next}"))
    }
}

/// Lists live keys before revoked ones, each latest first.
async fn page_of_keys(
    app: &App,
    partner: &PartnerId,
    after: Option<&TillKeyId>,
) -> Result<(Vec<TillKey>, Option<TillKeyId>), StoreError> {
    let (mut keys, next) = app.store.till_keys.of(partner, after, KEYS_A_PAGE).await?;
    keys.sort_by_key(|key| (!key.is_live(app.now()), std::cmp::Reverse(key.created_at)));
    Ok((keys, next))
}

impl Line {
    fn of(key: &TillKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.to_string(),
            created_at: key.created_at,
            uses: key.uses,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            ends_at: key.ends_at(),
        }
    }

    /// The last day on which the key is valid.
    fn last_day(&self) -> ParisDay {
        ParisDay::of(self.ends_at - SignedDuration::from_secs(1))
    }
}

impl MadePage {
    fn of(desk: &Desk, secret: &TillSecret, key: &TillKey) -> Self {
        let page = desk.page("Votre clé est créée", HERE);
        Self { page, body: TillKeyMade { key: secret.reveal().to_owned(), line: Line::of(key) } }
    }
}
