//! The confirmation link of the mail: opening it asks for a password, and the button creates the card, the file
//! number, the wallet and the sign-in.

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{
    Applicant, BeneficiaryId, Enrolment, EnrolmentId, EnrolmentRefusal, Fault, Invalid, Password, PasswordHash,
};
use epass_enrolment::{Admission, admit};
use epass_mail::Letter;
use epass_passwords::{Owner, guessable};
use epass_store::Namesake;
use epass_web::{
    App, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Told, filters, mint, passwords, public_page,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::HERE;

/// The query of the link. Other parameters, which messengers and mail scanners add, are ignored.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ConfirmationLink {
    /// The token of the registration; 122 random bits.
    pub token: String,
}

/// The form *Je confirme mon adresse*, with the password to sign in with. It has no `Debug`, because it holds
/// passwords.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConfirmationForm {
    /// The token of the link.
    #[schema(required)]
    pub token: String,
    /// *Mot de passe*: 8 to 24 characters, with a digit, a lower-case and an upper-case letter.
    #[schema(required, format = Password)]
    pub new_password: String,
    /// *Confirmer le mot de passe*.
    #[schema(required, format = Password)]
    pub confirm_password: String,
}

impl ConfirmationForm {
    /// Parses the chosen password.
    ///
    /// # Errors
    /// Every fault, at its field: `missing`, `password` (the rule), `confirmation`, and those of [`guessable`].
    fn password(&self, applicant: &Applicant) -> Result<Password, Invalid> {
        const DIFFERENT: Fault = Fault::new("confirmation", "Saisissez deux fois le même mot de passe.");
        let mut invalid = Invalid::default();
        let owner = Owner {
            identifier: None,
            names: &[&applicant.first_name, &applicant.last_name],
            email: Some(&applicant.email),
            born: Some(applicant.birth_date),
        };
        let chosen =
            Password::parse(&self.new_password).and_then(|password| guessable(&password, &owner).map(|()| password));
        let chosen = invalid.field("new_password", chosen);
        if self.confirm_password.is_empty() {
            invalid.add("confirm_password", Fault::missing());
        } else if self.confirm_password != self.new_password {
            invalid.add("confirm_password", DIFFERENT);
        }
        invalid.finish(|| chosen)
    }
}

/// The page with the button, or with the reason why there is none.
#[derive(Template, Deref)]
#[template(path = "confirmation.html")]
struct LinkPage {
    page: Page,
    form: Filled,
    token: String,
    refused: Option<EnrolmentRefusal>,
    #[deref]
    body: ConfirmationPage,
}

/// The form of the confirmation; it has no content.
#[derive(Serialize, ToSchema)]
pub struct ConfirmationPage {}

/// The outcome of the registration.
#[derive(Serialize, ToSchema)]
pub struct Confirmed {
    /// `enrolled`: the young person may sign in. `review`: somebody has the same name and birth date, and the team
    /// decides.
    #[schema(example = "enrolled")]
    state: &'static str,
}

/// Shows the confirmation form. Opening the link changes nothing, however often.
#[utoipa::path(get, path = "/inscription/jeune/confirmation", params(ConfirmationLink), responses(
    (status = 200, description = "The button", body = ConfirmationPage),
    (status = 409, description = "Too late (`link_expired`), or confirmed before (`already_confirmed`)", body = ProblemBody),
))]
pub async fn show_link(
    State(app): State<App>,
    pass: Option<Pass>,
    resumed: Resumed,
    input: Input<ConfirmationLink>,
) -> Result<Reply, Problem> {
    let form = resumed.form(input.typed);
    let page = |refused| LinkPage::of(form.value("token"), refused, pass.as_ref());
    let asked = find(&app, form.value("token")).await?;
    match asked.as_ref().ok_or(EnrolmentRefusal::LinkExpired).and_then(|asked| asked.confirmable(app.now())) {
        Ok(_) => Ok(Reply::ok(LinkPage { form: form.clone(), ..page(None) })),
        Err(refusal) => Err(Problem::from(refusal.clone()).standing_on(page(Some(refusal)))),
    }
}

/// Confirms the address and stores the password: this creates the card, the file number, the wallet and the sign-in.
/// It works once; a second call is refused. If somebody has the same name and birth date, the team decides.
#[utoipa::path(post, path = "/inscription/jeune/confirmation", request_body = ConfirmationForm, responses(
    (status = 201, description = "Confirmed", body = Confirmed),
    (status = 303, description = "The same, for a browser"),
    (status = 409, description = "Too late (`link_expired`), or confirmed before (`already_confirmed`)", body = ProblemBody),
    (status = 422, description = "A faulty password, or no longer eligible (`not_eligible_…`)", body = ProblemBody),
    (status = 503, description = "Busy: ask again", body = ProblemBody),
))]
pub async fn confirm(
    State(app): State<App>,
    pass: Option<Pass>,
    input: Input<ConfirmationForm>,
) -> Result<Reply, Problem> {
    let no = |refusal: EnrolmentRefusal| {
        let page = LinkPage::of(&input.form.token, Some(refusal.clone()), pass.as_ref());
        Problem::from(refusal).standing_on(page)
    };
    let asked = find(&app, &input.form.token).await?.ok_or_else(|| no(EnrolmentRefusal::LinkExpired))?;
    let applicant = asked.confirmable(app.now()).map_err(no)?.clone();
    let password = input.carry("new_password", async { Ok(input.form.password(&applicant)?) }).await?;
    let chosen = passwords::hash(&password);
    let (state, done) = match admit(&app, &asked, &applicant, Namesake::None, Some(&chosen)).await? {
        Admission::Enrolled => ("enrolled", "confirmee"),
        Admission::SamePerson(of) if set_aside(&app, asked, (applicant, chosen), of).await? => {
            ("review", "verification")
        }
        Admission::SamePerson(_) => return Err(no(EnrolmentRefusal::AlreadyConfirmed)),
        Admission::Refused(refusal) => return Err(no(refusal)),
    };
    Ok(Reply::created(Told(Confirmed { state })).see(format!("{HERE}?fait={done}")))
}

/// Sets the registration aside for the team, with mails to the team and to the applicant; `false` when it was
/// confirmed meanwhile.
async fn set_aside(
    app: &App,
    asked: Enrolment,
    (applicant, chosen): (Applicant, PasswordHash),
    of: BeneficiaryId,
) -> Result<bool, Problem> {
    let now = app.now();
    let site_url = app.settings.site_url.clone();
    let told = Letter::EnrolmentSetAside { site_url: site_url.clone() };
    let to_review = Letter::EnrolmentToReview { site_url };
    let mails = [
        told.to(&applicant.email, mint::mail_id(now), now).greeting(applicant.first_name.clone()),
        to_review.to(&app.settings.team_mail, mint::mail_id(now), now),
    ];
    let after = asked.clone().met(of, applicant, Some(chosen), now);
    Ok(app.store.enrolments.turn(&asked, &after, &mails).await?)
}

/// The registration of a link; none when it has expired, or when the link was cut or altered.
async fn find(app: &App, token: &str) -> Result<Option<Enrolment>, Problem> {
    match EnrolmentId::parse(token) {
        Ok(id) => Ok(app.store.enrolments.find(id).await?),
        Err(_) => Ok(None),
    }
}

impl LinkPage {
    fn of(token: &str, refused: Option<EnrolmentRefusal>, pass: Option<&Pass>) -> Self {
        let title = match refused {
            None => "Confirmez votre adresse mail",
            Some(_) => "Ce lien ne confirme rien",
        };
        let (page, form) = (public_page(title, pass), Filled::default());
        Self { page, form, token: token.to_owned(), refused, body: ConfirmationPage {} }
    }
}
