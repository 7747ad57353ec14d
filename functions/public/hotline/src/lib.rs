//! *Hotline mail* (guide §10): sends a question to the team, and an acknowledgement to its sender.

mod form;
mod function;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::limits;
use epass_mail::Letter;
use epass_web::{
    Access, App, Client, Done, Filled, Input, Page, Pass, Problem, ProblemBody, Reply, Resumed, Room, Someone, Told,
    filters, mint, routes,
};
use serde::Serialize;
use utoipa::ToSchema;

use form::{Profile, Question};

pub use form::QuestionForm;
pub use function::FUNCTION;

const TITLE: &str = "Hotline mail";
const HERE: &str = "/hotline";

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION).open(Access::Public, routes!(show, ask))
}

/// The page of the form, or the next steps.
#[derive(Template, Deref)]
#[template(path = "hotline.html")]
struct HotlinePage {
    page: Page,
    form: Filled,
    done: bool,
    #[deref]
    body: QuestionPage,
}

/// The form has no other data.
#[derive(Serialize, ToSchema)]
struct QuestionPage {}

/// The answer to a question that was sent.
#[derive(Serialize, ToSchema)]
struct QuestionSent {
    /// A message for people.
    message: &'static str,
}

const SENT: &str = "Votre question est envoyée. Un mail vous le confirme.";

/// Shows the form; the name and address of an account that is signed in are filled in.
#[utoipa::path(get, path = "/hotline", responses(
    (status = 200, description = "The form", body = QuestionPage),
))]
async fn show(State(app): State<App>, pass: Option<Pass>, resumed: Resumed, input: Input<Done>) -> Reply {
    let someone = signed_in(&app, pass).await;
    let filled = someone.as_ref().map(prefilled).unwrap_or_default();
    let page = someone.map_or_else(|| Page::public(TITLE), |someone| someone.page(TITLE, HERE));
    let done = input.form.is("envoye");
    let page = page.with_notice(done.then_some(SENT));
    Reply::ok(HotlinePage { page, form: resumed.form(filled), done, body: QuestionPage {} })
}

/// Mails the question to the team, and an acknowledgement to its sender. At most five mails an hour and ten a day go
/// to one mail address. The acknowledgement repeats nothing that was typed.
#[utoipa::path(post, path = "/hotline", request_body = QuestionForm, responses(
    (status = 200, description = "Both mails leave", body = QuestionSent),
    (status = 303, description = "The same, for a browser"),
    (status = 422, description = "Faulty fields", body = ProblemBody),
    (status = 429, description = "Five mails to this address within the hour or ten within the day, or too many questions from this client address or on this day", body = ProblemBody),
))]
async fn ask(State(app): State<App>, client: Client, input: Input<QuestionForm>) -> Result<Reply, Problem> {
    let sent = Reply::ok(Told(QuestionSent { message: SENT })).see(format!("{HERE}?fait=envoye"));
    if input.form.is_by_program() {
        tracing::info!("a program filled in the hotline's form: nothing is sent");
        return Ok(sent);
    }
    let counted = async {
        let question = input.form.parse()?;
        let counted = app.of_mail_asked(limits::QUESTIONS_FROM, &client, &question.email);
        app.count_mails(&counted).await?;
        Ok(question)
    };
    let Question { name, email, profile, subject, question } = input.carry("email", counted).await?;
    let now = app.now();
    let acknowledged = Letter::HotlineAcknowledged.to(&email, mint::mail_id(now), now);
    let asked = Letter::HotlineQuestion { name, email, profile: profile.label().to_owned(), subject, question };
    let asked = asked.to(&app.settings.team_mail, mint::mail_id(now), now);
    app.store.outbox.post(&[asked, acknowledged]).await?;
    Ok(sent)
}

/// The account that is signed in, if any. An error counts as no account, so that asking for help stays possible.
async fn signed_in(app: &App, pass: Option<Pass>) -> Option<Someone> {
    let (someone, _) = app.enter_to_change_password(&pass?, &[]).await.ok()?;
    Some(someone)
}

/// The values to fill in for an account. A partner's account has the name of its structure.
fn prefilled(someone: &Someone) -> Filled {
    Filled::with([
        ("name", someone.account.name.as_str()),
        ("email", someone.account.email.as_str()),
        ("profile", Profile::of(someone.role()).code()),
    ])
}

impl HotlinePage {
    /// The choices of *profil*.
    fn profiles() -> [(&'static str, &'static str); 5] {
        Profile::ALL.map(|profile| (profile.code(), profile.label()))
    }
}
