//! *Je modifie mon mot de passe* (guide §6). It is also the only page that a mailed password opens.

mod form;
mod function;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Account, Fault, Invalid, Password, paris_time};
use epass_mail::Letter;
use epass_passwords::{Owner, guessable};
use epass_store::Entry;
use epass_web::passwords::{self, Shut};
use epass_web::{
    Access, App, Device, Filled, Input, Kind, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, Someone, Told,
    filters, leading_on, led_on, mint, routes,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{PageQuery, PasswordChangeForm};
pub use function::FUNCTION;

const TITLE: &str = "Je modifie mon mot de passe";
const HERE: &str = "/mot-de-passe";

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION).open(Access::SignedIn, routes!(show, change))
}

/// The page of the form, or the confirmation after a change.
#[derive(Template, Deref)]
#[template(path = "password-change.html")]
struct ChangePage {
    page: Page,
    form: Filled,
    done: bool,
    #[deref]
    body: PasswordChangePage,
}

/// The state of the account before the change.
#[derive(Serialize, ToSchema)]
struct PasswordChangePage {
    /// Whether the session was opened with a mailed password; if so, it can only change the password.
    must_change_password: bool,
    /// The number of live till keys; 0 for an account that is not a partner's.
    till_keys: usize,
}

/// The new session.
#[derive(Serialize, ToSchema)]
struct PasswordChanged {
    /// The token that replaces the caller's token: all earlier sessions are over.
    token: String,
}

/// Shows the form of a password change.
#[utoipa::path(get, path = "/mot-de-passe", params(PageQuery), responses(
    (status = 200, description = "The form", body = PasswordChangePage),
))]
async fn show(State(app): State<App>, pass: Pass, resumed: Resumed, input: Input<PageQuery>) -> Result<Reply, Problem> {
    let (someone, _) = app.enter_to_change_password(&pass, &[]).await?;
    let till_keys = live_keys(&app, &someone).await?;
    let done = input.form.fait == "modifie";
    let page = someone.page(TITLE, HERE).with_notice(done.then_some("Votre mot de passe est modifié."));
    let must_change_password = someone.session.must_change_password;
    let body = PasswordChangePage { must_change_password, till_keys };
    Ok(Reply::ok(ChangePage { page, form: resumed.form(input.typed), done, body }))
}

/// Changes the password. All earlier sessions are over, including the caller's, which a new one replaces. The old
/// password and a mailed one are no longer valid, and a mail tells the account's address about the change. Of the
/// known devices, only this one stays known. A partner's till keys stay valid unless `end_till_keys` revokes them.
#[utoipa::path(post, path = "/mot-de-passe", request_body = PasswordChangeForm, responses(
    (status = 200, description = "Changed; also sets the cookies of the new session and of the device", body = PasswordChanged),
    (status = 303, description = "Changed, for a browser"),
    (status = 422, description = "Faulty fields, or the old password is wrong", body = ProblemBody),
    (status = 429, description = "Too many wrong passwords", body = ProblemBody),
))]
async fn change(
    State(app): State<App>,
    pass: Pass,
    device: Device,
    input: Input<PasswordChangeForm>,
) -> Result<Reply, Problem> {
    let now = app.now();
    let (someone, _) = app.enter_to_change_password(&pass, &[]).await?;
    let account = &someone.account;
    let till_keys = live_keys(&app, &someone).await?;
    let asked = async {
        let asked = input.form.parse()?;
        if let Some(shut) = app.password_again(&someone, asked.current).await? {
            let wrong = if shut == Shut::Stale { STALE } else { WRONG };
            return Err(Invalid::of("current_password", wrong).into());
        }
        may_be_chosen(account, &asked.new, now).map_err(|wrong| Invalid::of("new_password", wrong))?;
        Ok(asked)
    };
    let asked = input.carry("current_password", asked).await?;
    let hash = passwords::hash(&asked.new);
    let keys_end = (till_keys > 0).then_some(asked.ends_till_keys);
    let mail = told(&app, account, keys_end);
    if !app.store.accounts.change_password(account, &hash, mail.as_ref()).await? {
        // The password was changed meanwhile, which ended this session.
        return Err(Problem::new(Kind::Unauthenticated));
    }
    if let (Some(partner), true) = (&someone.partner, asked.ends_till_keys) {
        app.store.till_keys.revoke_all(&partner.id, now).await?;
    }
    let changed = account.clone().with_password(hash);
    let begun = app.begin_session(&changed, passwords::Opened::Chosen).await?;
    let told = PasswordChanged { token: begun.token };
    let page = leading_on(&format!("{HERE}?fait=modifie"), &input.form.suite);
    let reply = Reply::ok(Told(told)).see(page).with_cookie(begun.cookie);
    Ok(reply.with_cookie(device.knows(&app, &changed)))
}

/// Checks that a new password is neither easy to guess nor a previous one: after signing in with a mailed password,
/// one cannot reuse the chosen one either.
fn may_be_chosen(account: &Account, new: &Password, now: Timestamp) -> Result<(), Fault> {
    const BEFORE: Fault =
        Fault::new("previous_password", "Choisissez un mot de passe que vous n’aviez pas juste avant.");
    let owner = Owner {
        identifier: Some(&account.identifier),
        names: &[&account.name],
        email: Some(&account.email),
        born: None,
    };
    guessable(new, &owner)?;
    if passwords::check(Some(account), new.as_str(), now).is_ok() {
        return Err(form::SAME);
    }
    if passwords::was_chosen(account, new.as_str()) { Err(BEFORE) } else { Ok(()) }
}

/// The mail that tells the account's address about the change; none for a first password, whose change was just
/// requested.
fn told(app: &App, account: &Account, till_keys_ended: Option<bool>) -> Option<Entry> {
    account.password.as_ref()?;
    let now = app.now();
    let letter = Letter::PasswordChanged {
        identifier: account.identifier.clone(),
        at: paris_time(now),
        till_keys_ended,
        site_url: app.settings.site_url.clone(),
    };
    Some(letter.to(&account.email, mint::mail_id(now), now))
}

const STALE: Fault = Fault::new(
    "provisional_password_expired",
    "Ce mot de passe provisoire a plus de 24 heures : demandez-en un autre par « Mot de passe oublié ».",
);

const WRONG: Fault = Fault::new("wrong_password", "L’ancien mot de passe est incorrect.");

/// The number of a partner's live till keys, up to the most that it may have.
async fn live_keys(app: &App, someone: &Someone) -> Result<usize, Problem> {
    let Some(partner) = &someone.partner else { return Ok(0) };
    Ok(app.store.till_keys.live(&partner.id, app.now()).await?.len())
}

impl ChangePage {
    /// The path to which a browser is redirected.
    fn next(&self) -> &str {
        led_on(self.form.value("suite"))
    }
}
