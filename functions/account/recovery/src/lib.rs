//! *Mot de passe oublié* and *Identifiant oublié* (guide §3, nota): both answer by mail, and never reveal whether an
//! account exists.

mod form;
mod function;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Account, Email, Holder, Identifier, Line, Password, Provisional, SignInName, limits};
use epass_mail::Letter;
use epass_store::Entry;
use epass_web::{
    Access, App, Client, Done, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, Told, filters,
    mint, passwords, public_page, routes,
};
use serde::Serialize;
use utoipa::ToSchema;

pub use form::{ForgottenIdentifierForm, ForgottenPasswordForm};
pub use function::FUNCTION;

const PASSWORD: &str = "/mot-de-passe-oublie";
const IDENTIFIER: &str = "/identifiant-oublie";

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION)
        .open(Access::Public, routes!(show_password, mail_password))
        .open(Access::Public, routes!(show_identifier, mail_identifier))
}

/// The page *Mot de passe oublié*, or the next steps.
#[derive(Template, Deref)]
#[template(path = "forgotten-password.html")]
struct PasswordPage {
    page: Page,
    form: Filled,
    done: bool,
    #[deref]
    body: ForgottenPasswordPage,
}

/// The form has no other data.
#[derive(Serialize, ToSchema)]
struct ForgottenPasswordPage {}

/// The page *Identifiant oublié*, or the next steps.
#[derive(Template, Deref)]
#[template(path = "forgotten-identifier.html")]
struct IdentifierPage {
    page: Page,
    form: Filled,
    done: bool,
    #[deref]
    body: ForgottenIdentifierPage,
}

/// The form has no other data.
#[derive(Serialize, ToSchema)]
struct ForgottenIdentifierPage {}

/// The answer, which is the same whether or not the account exists.
#[derive(Serialize, ToSchema)]
struct RecoveryAsked {
    /// A message for people.
    message: &'static str,
}

const ASKED: RecoveryAsked = RecoveryAsked { message: "Si ce compte existe, un mail vient de partir." };

/// Shows the form for a forgotten password.
#[utoipa::path(get, path = "/mot-de-passe-oublie", responses(
    (status = 200, description = "The form", body = ForgottenPasswordPage),
))]
async fn show_password(pass: Option<Pass>, resumed: Resumed, input: Input<Done>) -> Reply {
    let page = public_page("Mot de passe oublié", pass.as_ref());
    let (form, done) = (resumed.form(Filled::default()), input.form.is("envoye"));
    Reply::ok(PasswordPage { page, form, done, body: ForgottenPasswordPage {} })
}

/// Mails a provisional password, valid for 24 hours, to the account's own address; the chosen password stays valid.
/// The answer is the same whether or not the account exists. For an address, each of its accounts gets one. From the
/// fourth request of an hour for one mailbox on, by identifier or address, no mail is sent and the answer does not
/// tell: a stranger can neither flood a mailbox nor learn from a refusal. A mailed password opens an account that
/// must wait after wrong passwords; the wrong attempts stay counted, so that a request for a mail allows no more
/// guesses.
#[utoipa::path(post, path = "/mot-de-passe-oublie", request_body = ForgottenPasswordForm, responses(
    (status = 200, description = "A mail leaves if there is such an account", body = RecoveryAsked),
    (status = 303, description = "The same, for a browser"),
    (status = 422, description = "The field is blank, or no account can have such an identifier", body = ProblemBody),
    (status = 429, description = "Too many requests from this client address, or too many mails on this day", body = ProblemBody),
))]
async fn mail_password(
    State(app): State<App>,
    client: Client,
    input: Input<ForgottenPasswordForm>,
) -> Result<Reply, Problem> {
    let now = app.now();
    let asked = async {
        let name = input.form.parse()?;
        let accounts = app.store.accounts.named(&name).await?;
        let may_be_sent = may_be_sent(&app, &client, &name, &accounts).await?;
        Ok((name, accounts, may_be_sent))
    };
    let (name, accounts, may_be_sent) = input.carry("identifier", asked).await?;
    let mailed = match name {
        SignInName::Identifier(_) => 1,
        SignInName::Email(_) => SignInName::ACCOUNTS,
    };
    for place in 0..mailed {
        // A password is hashed even without an account, because the hash takes most of the time.
        let password = mint::provisional_password();
        let provisional = Provisional::made(passwords::hash(&password), now);
        if let Some(account) = accounts.get(place).filter(|_| may_be_sent) {
            lay(&app, account, &password, &provisional).await?;
            let tries = app.of_name(limits::MAILED_PASSWORDS, account.identifier.as_str());
            app.store.counters.begin_anew(&tries, now).await?;
        }
    }
    Ok(Reply::ok(Told(ASKED)).see(format!("{PASSWORD}?fait=envoye")))
}

/// Stores a provisional password beside the chosen one, with the mail that contains it.
async fn lay(app: &App, account: &Account, password: &Password, provisional: &Provisional) -> Result<(), Problem> {
    let now = app.now();
    let letter = Letter::ProvisionalPassword {
        identifier: account.identifier.clone(),
        password: password.into(),
        site_url: app.settings.site_url.clone(),
    };
    let mail = letter.to(&account.email, mint::mail_id(now), now);
    let mail = app.store.outbox.entry(&Entry { name: greeted(account), ..mail });
    Ok(app.store.accounts.lay_provisional(&account.identifier, provisional, mail).await?)
}

/// Shows the form for a forgotten identifier.
#[utoipa::path(get, path = "/identifiant-oublie", responses(
    (status = 200, description = "The form", body = ForgottenIdentifierPage),
))]
async fn show_identifier(pass: Option<Pass>, resumed: Resumed, input: Input<Done>) -> Reply {
    let page = public_page("Identifiant oublié", pass.as_ref());
    let (form, done) = (resumed.form(Filled::default()), input.form.is("envoye"));
    Reply::ok(IdentifierPage { page, form, done, body: ForgottenIdentifierPage {} })
}

/// Mails the identifiers of an address to that address. The answer is the same whether or not it has any. From the
/// fourth request of an hour on, no mail is sent.
#[utoipa::path(post, path = "/identifiant-oublie", request_body = ForgottenIdentifierForm, responses(
    (status = 200, description = "A mail leaves if the address has an account", body = RecoveryAsked),
    (status = 303, description = "The same, for a browser"),
    (status = 422, description = "The field is blank or no address", body = ProblemBody),
    (status = 429, description = "Too many requests from this client address, or too many mails on this day", body = ProblemBody),
))]
async fn mail_identifier(
    State(app): State<App>,
    client: Client,
    input: Input<ForgottenIdentifierForm>,
) -> Result<Reply, Problem> {
    let asked = async {
        let email = input.form.parse()?;
        let accounts = app.store.accounts.of_email(&email).await?;
        let may_be_sent = may_be_sent(&app, &client, &SignInName::Email(email), &accounts).await?;
        Ok((accounts, may_be_sent))
    };
    let (accounts, may_be_sent) = input.carry("email", asked).await?;
    if may_be_sent && !accounts.is_empty() {
        let mails: Vec<_> = reminders(&app, &accounts).collect();
        app.store.outbox.post(&mails).await?;
    }
    Ok(Reply::ok(Told(ASKED)).see(format!("{IDENTIFIER}?fait=envoye")))
}

/// One reminder to each address as the accounts store it, not as it was typed: on a mail server that distinguishes
/// case, the typed one may belong to someone else.
fn reminders(app: &App, accounts: &[Account]) -> impl Iterator<Item = Entry> {
    let mut identifiers: BTreeMap<&Email, Vec<Identifier>> = BTreeMap::new();
    for account in accounts {
        identifiers.entry(&account.email).or_default().push(account.identifier.clone());
    }
    identifiers.into_iter().map(|(email, identifiers)| {
        let letter = Letter::IdentifierReminder { identifiers, site_url: app.settings.site_url.clone() };
        letter.to(email, mint::mail_id(app.now()), app.now())
    })
}

/// The name in the greeting of a mail: only a young person's, who confirmed the address. Other accounts have the name
/// of a structure.
fn greeted(account: &Account) -> Option<Line> {
    matches!(account.holder, Holder::Beneficiary(_)).then(|| account.name.clone())
}

/// Counts a request, and returns whether a mail may be sent. A request by identifier counts for the account's
/// mailbox, like one by address; an unknown name counts in the same way. Full limits of the client and of the day are
/// reported. A full limit of the mailbox is not, because it would reveal the owner.
async fn may_be_sent(app: &App, client: &Client, name: &SignInName, accounts: &[Account]) -> Result<bool, Problem> {
    app.count_mails(&[app.of_client(limits::RECOVERIES_FROM, client)]).await?;
    let mailbox = match (name, accounts.first()) {
        (SignInName::Email(email), _) => app.of_mailbox(limits::RECOVERIES, email),
        (SignInName::Identifier(_), Some(account)) => app.of_mailbox(limits::RECOVERIES, &account.email),
        (SignInName::Identifier(identifier), None) => app.of_name(limits::RECOVERIES, identifier.as_str()),
    };
    match app.count(&[mailbox, app.of_all_mails()]).await? {
        Ok(()) => Ok(true),
        Err(full) if full.limit == limits::RECOVERIES => Ok(false),
        Err(full) => Err(Problem::mails_full(full)),
    }
}
