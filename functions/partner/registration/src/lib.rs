//! *Je m'inscris*: a new partner gets its dossier number, and by mail its identifier and a provisional password (guide §3).

mod form;
mod function;

use askama::Template;
use axum::extract::State;
use epass_domain::{
    Account, Civility, Holder, Identifier, Partner, PartnerId, Provisional, Refusal, Registration, limits,
};
use epass_mail::Letter;
use epass_store::Taken;
use epass_web::{
    Access, App, Client, Done, Filled, Input, Kind, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, Told,
    filters, mint, passwords, public_page, routes,
};
use serde::Serialize;
use utoipa::ToSchema;

pub use form::RegistrationForm;
pub use function::FUNCTION;

const HERE: &str = "/inscription/partenaire";

/// How often other numbers are minted when one is taken; each time is a chance of one in thousands.
const MINTINGS: usize = 8;

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION).open(Access::Public, routes!(show, register))
}

/// The form, or what happens next.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "registration.html")]
struct RegistrationPage {
    #[serde(skip)]
    page: Page,
    #[serde(skip)]
    form: Filled,
    #[serde(skip)]
    done: bool,
}

/// The new dossier. The identifier and the password are in the mail, and nowhere else.
#[derive(Serialize, ToSchema)]
struct Registered {
    /// Eight digits.
    #[schema(example = "41234567")]
    dossier_number: String,
}

/// Shows the form.
#[utoipa::path(get, path = "/inscription/partenaire", responses(
    (status = 200, description = "The form", body = RegistrationPage),
))]
async fn show(pass: Option<Pass>, resumed: Resumed, input: Input<Done>) -> Reply {
    let form = RegistrationPage::of(pass.as_ref(), resumed.form(Filled::default()));
    Reply::ok(if input.form.is("envoye") { form.done(pass.as_ref()) } else { form })
}

/// Opens a dossier and an account, and mails the identifier and a provisional password to the address given. One SIRET,
/// one partner: the same form sent twice opens one dossier, and the second is told to look into its mailbox.
#[utoipa::path(post, path = "/inscription/partenaire", request_body = RegistrationForm, responses(
    (status = 201, description = "Registered; a mail with identifier and password leaves", body = Registered),
    (status = 303, description = "The same, for a browser"),
    (status = 422, description = "Faulty fields, or the SIRET is another partner's (`siret_taken`)", body = ProblemBody),
    (status = 429, description = "Five mails to this address within the hour or ten within the day, or too many registrations from this client address or on this day", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
async fn register(
    State(app): State<App>,
    pass: Option<Pass>,
    client: Client,
    input: Input<RegistrationForm>,
) -> Result<Reply, Problem> {
    let page = |typed| RegistrationPage::of(pass.as_ref(), typed);
    let asked = input.form.parse().map_err(|invalid| input.typed.clone().problem(&invalid, page))?;
    if let Err(full) = app.count(&app.of_mail_asked(limits::REGISTRATIONS_FROM, &client, &asked.email)).await? {
        return Err(Problem::too_many_mails(full, "email", input.typed, page));
    }
    match open(&app, asked).await? {
        Ok(id) => {
            let told = Registered { dossier_number: id.to_string() };
            Ok(Reply::created(Told(told)).see(format!("{HERE}?fait=envoye")))
        }
        Err(taken) => {
            let message = format!("{taken} {JUST_REGISTERED}");
            Err(Problem::at(Kind::Refused(taken), "siret", &message, input.typed, page))
        }
    }
}

/// For who clicked twice; it tells a stranger nothing that the refusal does not.
const JUST_REGISTERED: &str = "Si vous venez de vous inscrire, votre identifiant vous attend dans votre boîte mail.";

/// Stores partner, account and mail together, under numbers that are free.
async fn open(app: &App, registration: Registration) -> Result<Result<PartnerId, Refusal>, Problem> {
    let now = app.now();
    let password = mint::provisional_password();
    let provisional = Provisional::made(passwords::hash(&password), now);
    for _ in 0..MINTINGS {
        let id = PartnerId::mint(mint::number());
        let account = Account {
            identifier: Identifier::of_partner(&id),
            holder: Holder::Partner(id.clone()),
            email: registration.email.clone(),
            name: registration.legal_name.clone(),
            password: None,
            previous: None,
            provisional: Some(provisional.clone()),
            password_version: 0,
        };
        let letter = Letter::Registered {
            identifier: account.identifier.clone(),
            password: (&password).into(),
            site_url: app.settings.site_url.clone(),
        };
        let mail = letter.to(&registration.email, mint::mail_id(now), now);
        let partner = Partner::registered(id.clone(), registration.clone(), now);
        match app.store.partners.register(&partner, &account, &mail).await? {
            Ok(()) => return Ok(Ok(id)),
            Err(Taken::Siret) => return Ok(Err(Refusal::SiretTaken)),
            Err(Taken::Number) => {}
        }
    }
    Err(Problem::new(Kind::Busy))
}

impl RegistrationPage {
    fn of(pass: Option<&Pass>, form: Filled) -> Self {
        Self { page: public_page("Je m’inscris comme partenaire", pass), form, done: false }
    }

    fn done(self, pass: Option<&Pass>) -> Self {
        Self { page: public_page("Votre inscription est enregistrée", pass), done: true, ..self }
    }

    /// The choices of *civilité*.
    fn civilities() -> [(&'static str, &'static str); 2] {
        Civility::ALL.map(|civility| (civility.code(), civility.label()))
    }
}
