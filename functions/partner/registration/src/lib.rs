//! *Je m'inscris* (guide §3): a new partner gets a dossier number, and by mail an identifier and a provisional
//! password.

mod form;
mod function;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{
    Account, Civility, ConventionRefusal, Holder, Identifier, Partner, PartnerId, Provisional, Registration, limits,
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

/// The most attempts to mint a free number; about one attempt in thousands finds its number taken.
const MINTINGS: usize = 8;

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION).open(Access::Public, routes!(show, register))
}

/// The page of the form. Once the form is accepted, it shows the next steps.
#[derive(Template, Deref)]
#[template(path = "registration.html")]
struct RegistrationPage {
    page: Page,
    form: Filled,
    done: bool,
    #[deref]
    body: RegistrationBody,
}

/// The form, or the next steps.
#[derive(Serialize, ToSchema)]
#[schema(as = RegistrationPage)]
struct RegistrationBody {}

/// The new dossier. The identifier and the password are only in the mail.
#[derive(Serialize, ToSchema)]
struct Registered {
    /// The dossier number: eight digits.
    #[schema(example = "41234567")]
    dossier_number: String,
}

/// Shows the form.
#[utoipa::path(get, path = "/inscription/partenaire", responses(
    (status = 200, description = "The form", body = RegistrationBody),
))]
async fn show(pass: Option<Pass>, resumed: Resumed, input: Input<Done>) -> Reply {
    let done = input.form.is("envoye");
    let title = if done { "Votre inscription est enregistrée" } else { "Je m’inscris comme partenaire" };
    let (page, form) = (public_page(title, pass.as_ref()), resumed.form(Filled::default()));
    Reply::ok(RegistrationPage { page, form, done, body: RegistrationBody {} })
}

/// Opens a dossier and an account, and mails the identifier and a provisional password to the given address. A SIRET
/// can register once: if the same form is sent twice, the second request is refused with a hint to look into the
/// mailbox.
#[utoipa::path(post, path = "/inscription/partenaire", request_body = RegistrationForm, responses(
    (status = 201, description = "Registered; a mail with identifier and password leaves", body = Registered),
    (status = 303, description = "The same, for a browser"),
    (status = 422, description = "Faulty fields, or the SIRET is another partner's (`siret_taken`)", body = ProblemBody),
    (status = 429, description = "Five mails to this address within the hour or ten within the day, or too many registrations from this client address or on this day", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
async fn register(State(app): State<App>, client: Client, input: Input<RegistrationForm>) -> Result<Reply, Problem> {
    let registered = async {
        let asked = input.form.parse()?;
        let counted = app.of_mail_asked(limits::REGISTRATIONS_FROM, &client, &asked.email);
        app.count_mails(&counted).await.map_err(|problem| problem.stands_at("email"))?;
        open(&app, asked).await
    };
    let id = input.carry("siret", registered).await?;
    let told = Registered { dossier_number: id.to_string() };
    Ok(Reply::created(Told(told)).see(format!("{HERE}?fait=envoye")))
}

/// The refusal of a SIRET that is already registered. A hint helps a partner that sent the form twice; it tells a
/// stranger no more than the refusal does.
fn siret_taken() -> Problem {
    let taken = ConventionRefusal::SiretTaken;
    let words = format!("{taken} Si vous venez de vous inscrire, votre identifiant vous attend dans votre boîte mail.");
    Problem::from(taken).in_words(words)
}

/// Stores the partner, the account and the mail together, under free numbers.
async fn open(app: &App, registration: Registration) -> Result<PartnerId, Problem> {
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
            Ok(()) => return Ok(id),
            Err(Taken::Siret) => return Err(siret_taken()),
            Err(Taken::Number) => {}
        }
    }
    Err(Problem::new(Kind::Busy))
}

impl RegistrationPage {
    /// The choices of *civilité*.
    fn civilities() -> [(&'static str, &'static str); 2] {
        Civility::ALL.map(|civility| (civility.code(), civility.label()))
    }
}
