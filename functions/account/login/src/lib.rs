//! *Je me connecte*, *Me déconnecter* and *Mon espace*, which redirects each role to its start page (guide §3).

mod form;
mod function;
mod guess;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Role, paris_time};
use epass_web::passwords::Opened;
use epass_web::words;
use epass_web::{
    Access, App, Client, Device, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, Someone, Told,
    ended_cookie, filters, kept_until, leading_on, routes,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{SignInForm, SignInQuery};
pub use function::FUNCTION;
use guess::Guess;

const OVER: &str = "Votre session est terminée. Reconnectez-vous : vous reviendrez à la page que vous demandiez.";
const NOT_SENT: &str = "Votre session est terminée : rien n’a été encaissé, envoyé ni enregistré. Reconnectez-vous : vous reviendrez à la page où vous étiez.";
const LOST: &str = "Votre session est terminée : rien n’a été envoyé ni enregistré, et votre saisie n’a pas pu être gardée. Reconnectez-vous pour la refaire.";
const NO_LONGER: &str = "Votre session est terminée : rien n’a été envoyé ni enregistré, et votre saisie n’est plus gardée. Reconnectez-vous pour la refaire.";

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION)
        .open(Access::Public, routes!(show, sign_in))
        .open(Access::Public, routes!(sign_out))
        .open(Access::SignedIn, routes!(space))
}

/// The page of the form, which carries `role` and `suite`.
#[derive(Template, Deref)]
#[template(path = "sign-in.html")]
struct FormPage {
    page: Page,
    form: Filled,
    role: Option<Role>,
    ended: Option<String>,
    #[deref]
    body: SignInPage,
}

/// The sign-in form has no other data.
#[derive(Serialize, ToSchema)]
struct SignInPage {}

/// The new session.
#[derive(Serialize, ToSchema)]
struct SignedIn {
    /// The session's token, for `Authorization: Bearer`; valid for twelve hours.
    token: String,
    /// The role: `beneficiary`, `partner`, `establishment` or `team`.
    #[schema(value_type = words::Role)]
    role: &'static str,
    /// The account's name.
    name: String,
}

/// The end of a session.
#[derive(Serialize, ToSchema)]
struct SignedOut {
    /// Always true: signing out twice is not an error.
    signed_out: bool,
}

/// The account that is signed in. A browser is redirected to the start page of its role.
#[derive(Serialize, ToSchema)]
struct Space {
    /// The role: `beneficiary`, `partner`, `establishment` or `team`.
    #[schema(value_type = words::Role)]
    role: &'static str,
    /// The account's name.
    name: String,
    /// Whether the session was opened with a mailed password; if so, it can only change the password.
    must_change_password: bool,
}

/// Shows the sign-in form.
#[utoipa::path(get, path = "/connexion", params(SignInQuery), responses(
    (status = 200, description = "The form", body = SignInPage),
))]
async fn show(State(app): State<App>, pass: Option<Pass>, resumed: Resumed, input: Input<SignInQuery>) -> Reply {
    // A request with a session cookie and a path to return to was redirected here, because the session is over.
    let was_sent = pass.is_some() && !input.form.suite.is_empty();
    let page = FormPage::of(&app, resumed.form(input.typed));
    Reply::ok(FormPage { ended: page.ended.or(was_sent.then(|| OVER.to_owned())), ..page })
}

/// Begins a session of twelve hours. A wrong identifier and a wrong password give the same answer, in the same time.
/// After five wrong passwords one must wait a minute, and each further wrong one doubles the wait, up to an hour. A
/// device that signed in before (the cookie `__Host-device`) has its own counter, so that a stranger's guesses do not
/// lock it out; a mailed password is accepted during a wait. If an address has several accounts, the password decides
/// which one is opened.
#[utoipa::path(post, path = "/connexion", request_body = SignInForm, responses(
    (status = 200, description = "Signed in; also sets the cookies `__Host-session` and `__Host-device`", body = SignedIn),
    (status = 303, description = "Signed in, for a browser: to `suite`, to *Mon espace*, or to change a mailed password"),
    (status = 401, description = "The identifier or the password is wrong (`wrong_credentials`), the mailed password is past its day (`provisional_password_expired`), or the address and the password open several accounts (`several_accounts`)", body = ProblemBody),
    (status = 422, description = "A field is blank", body = ProblemBody),
    (status = 429, description = "Too many wrong passwords for this account, or from this client address; `Retry-After` says how long to wait", body = ProblemBody),
))]
async fn sign_in(
    State(app): State<App>,
    client: Client,
    device: Device,
    input: Input<SignInForm>,
) -> Result<Reply, Problem> {
    let guess = Guess { app: &app, client: &client, device: &device };
    let opened = async {
        let asked = input.form.parse()?;
        guess.at(asked.name.as_ref(), asked.password).await
    };
    let (account, opened) = input.carry("identifier", opened).await?;
    let begun = app.begin_session(&account, opened).await?;
    let told = SignedIn { token: begun.token, role: account.holder.role().code(), name: account.name.to_string() };
    let reply = Reply::ok(Told(told)).with_cookie(begun.cookie);
    Ok(match opened {
        Opened::Chosen => reply.see(input.form.next()).with_cookie(device.knows(&app, &account)),
        // A device becomes known once a password is chosen.
        Opened::Provisional => reply.see(leading_on("/mot-de-passe", &input.form.suite)),
    })
}

/// Ends the session and clears the cookie. A valid signature is enough, so a session that is already over can be
/// ended again. Without a session the call is a no-op.
#[utoipa::path(post, path = "/deconnexion", responses(
    (status = 200, description = "Signed out", body = SignedOut),
    (status = 303, description = "Signed out, for a browser: to the home page"),
))]
async fn sign_out(State(app): State<App>, pass: Option<Pass>) -> Result<Reply, Problem> {
    if let Some(pass) = pass {
        app.store.accounts.end(&pass.identifier, pass.session).await?;
    }
    Ok(Reply::ok(Told(SignedOut { signed_out: true })).see("/").with_cookie(ended_cookie()))
}

/// Returns the account that is signed in; a browser is redirected to the start page of its role.
#[utoipa::path(get, path = "/espace", responses(
    (status = 200, description = "Who is signed in", body = Space),
    (status = 303, description = "A browser is led to its role's first page, or to change a mailed password"),
))]
async fn space(State(app): State<App>, pass: Pass) -> Result<Reply, Problem> {
    let (someone, _) = app.enter_to_change_password(&pass, &[]).await?;
    Ok(Reply::ok(Told(Space::of(&someone))).see(workplace(&someone)))
}

/// The start page of a role.
fn workplace(someone: &Someone) -> &'static str {
    let in_force = someone.partner.as_ref().is_some_and(|partner| partner.in_force().is_ok());
    match someone.role() {
        _ if someone.session.must_change_password => "/mot-de-passe",
        Role::Partner if in_force => "/transactions/nouvelle",
        Role::Partner => "/dossier",
        Role::Team => "/equipe/conventions",
        Role::Beneficiary => "/mon-pass",
        Role::Establishment => "/etablissement/sorties",
    }
}

impl FormPage {
    /// The form with the typed values, without the password.
    fn of(app: &App, form: Filled) -> Self {
        let role = form::role(form.value("role"));
        let title = match role {
            None => "Je me connecte à mon espace e-PASS JEUNES",
            Some(Role::Beneficiary) => "Je me connecte à mon espace jeune bénéficiaire",
            Some(Role::Establishment) => "Je me connecte à mon espace établissement",
            Some(Role::Partner) => "Je me connecte à mon espace partenaire",
            Some(Role::Team) => "Je me connecte à l’espace de l’équipe",
        };
        let ended = match form.value("fin") {
            "envoi" => Some(NOT_SENT.to_owned()),
            "perte" => Some(LOST.to_owned()),
            word => kept_until(app, word).map(|until| kept(until, app.now())),
        };
        Self { page: Page::public(title), form, role, ended, body: SignInPage {} }
    }
}

/// The text that tells until when a form is kept, or that it no longer is.
fn kept(until: Timestamp, now: Timestamp) -> String {
    if until <= now {
        return NO_LONGER.to_owned();
    }
    format!(
        "Votre session est terminée : rien n’a été envoyé ni enregistré. Votre saisie est gardée jusqu’au {} : \
         reconnectez-vous avec le même compte, et vous la retrouverez. Les fichiers joints seront à choisir de nouveau.",
        paris_time(until)
    )
}

impl Space {
    fn of(someone: &Someone) -> Self {
        Self {
            role: someone.role().code(),
            name: someone.account.name.to_string(),
            must_change_password: someone.session.must_change_password,
        }
    }
}
