//! *Je modifie mon mot de passe* (guide §6): also the one page that a mailed password opens.

mod form;

use askama::Template;
use axum::extract::State;
use epass_domain::{Fault, Invalid};
use epass_web::passwords;
use epass_web::{
    Access, App, Done, Filled, Input, Kind, Page, Pass, Problem, ProblemBody, Reply, Room, Someone, Told, filters,
    routes,
};
use serde::Serialize;
use utoipa::ToSchema;

pub use form::PasswordChangeForm;

const TITLE: &str = "Je modifie mon mot de passe";
const HERE: &str = "/mot-de-passe";

/// The routes of this room.
pub fn room() -> Room {
    Room::new("account-password-change").open(Access::SignedIn, routes!(show, change))
}

/// The form, or the news that it is done.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "password-change.html")]
struct PasswordChangePage {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    #[serde(skip)]
    done: bool,
    /// Signed in with a mailed password: nothing else is open before.
    must_change_password: bool,
}

/// The session that goes on.
#[derive(Serialize, ToSchema)]
struct PasswordChanged {
    /// Takes the place of the token that asked: every session from before is over.
    token: String,
}

/// Shows the form.
#[utoipa::path(get, path = "/mot-de-passe", responses(
    (status = 200, description = "The form", body = PasswordChangePage),
))]
async fn show(State(app): State<App>, pass: Pass, input: Input<Done>) -> Result<Reply, Problem> {
    let (someone, _) = app.enter_to_change_password(&pass, &[]).await?;
    let form = PasswordChangePage::of(&someone, Filled::default());
    Ok(Reply::ok(if input.form.is("modifie") { form.done() } else { form }))
}

/// Changes the password. Every session from before is over, this one too; a fresh one takes its place. The old password,
/// and one that was mailed, open nothing any more.
#[utoipa::path(post, path = "/mot-de-passe", request_body = PasswordChangeForm, responses(
    (status = 200, description = "Changed; also sets the cookie of the new session", body = PasswordChanged),
    (status = 303, description = "Changed, for a browser"),
    (status = 422, description = "Faulty fields, or the old password is wrong", body = ProblemBody),
    (status = 429, description = "Too many wrong passwords", body = ProblemBody),
))]
async fn change(State(app): State<App>, pass: Pass, input: Input<PasswordChangeForm>) -> Result<Reply, Problem> {
    let now = app.now();
    let (someone, _) = app.enter_to_change_password(&pass, &[]).await?;
    let account = &someone.account;
    let form = |typed| PasswordChangePage::of(&someone, typed);
    let asked = input.form.parse().map_err(|invalid| input.typed.clone().problem(&invalid, form))?;
    if let Err(wait) = app.store.counters.attempt_password(&account.identifier, now).await? {
        return Err(Problem::too_many(wait, "current_password", input.typed, form));
    }
    if passwords::check(Some(account), asked.current, now).is_none() {
        return Err(input.typed.problem(&fault("current_password", WRONG), form));
    }
    app.store.counters.clear(&account.identifier).await?;
    // Whoever came with a mailed password may not go back to the chosen one before it.
    if passwords::check(Some(account), asked.new.as_str(), now).is_some() {
        return Err(input.typed.problem(&fault("new_password", form::SAME), form));
    }
    let hash = passwords::hash(&asked.new);
    if !app.store.accounts.change_password(&account.identifier, &hash, account.password_version).await? {
        // It was changed meanwhile, which ended this session.
        return Err(Problem::new(Kind::Unauthenticated));
    }
    let begun = app.begin_session(&account.clone().with_password(hash), passwords::Opened::Chosen).await?;
    let told = PasswordChanged { token: begun.token };
    Ok(Reply::ok(Told(told)).see(format!("{HERE}?fait=modifie")).with_cookie(begun.cookie))
}

const WRONG: Fault = Fault::new("wrong_password", "L’ancien mot de passe est incorrect.");

fn fault(field: &'static str, fault: Fault) -> Invalid {
    let mut invalid = Invalid::default();
    invalid.add(field, fault);
    invalid
}

impl PasswordChangePage {
    fn of(someone: &Someone, form: Filled) -> Self {
        let must_change_password = someone.session.must_change_password;
        Self { page: someone.page(TITLE, HERE), form, done: false, must_change_password }
    }

    fn done(self) -> Self {
        Self { page: self.page.with_notice(Some("Votre mot de passe est modifié.")), done: true, ..self }
    }
}
