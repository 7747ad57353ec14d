//! Mails that could not be sent: the team sees them, and has them tried again.

use askama::Template;
use axum::extract::State;
use epass_domain::{MailId, Role};
use epass_store::{EntryKey, EntryState};
use epass_web::{
    Access, App, Done, Input, Kind, Page, Problem, ProblemBody, Reply, Room, Staff, Told, filters, routes,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

const HERE: &str = "/equipe/mails";
const LINES_A_PAGE: i32 = 50;

/// The routes of this room.
pub fn room() -> Room {
    Room::new("team-mails").open(Access::Only(Role::Team), routes!(list, try_again))
}

/// Mails that were set aside, oldest first.
#[derive(Template, Serialize, ToSchema)]
#[template(path = "mails.html")]
#[schema(as = MailList)]
struct List {
    #[serde(skip)]
    page: Page,
    mails: Vec<Line>,
    /// Whether there are more than are listed.
    more: bool,
}

/// A mail that was set aside.
#[derive(Serialize, ToSchema)]
#[schema(as = MailLine)]
struct Line {
    recipient: String,
    mail_id: String,
    email: String,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    attempts: u32,
    /// What SES said.
    failure: String,
}

/// Which mail to try again.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TryAgainForm {
    /// As listed.
    pub recipient: String,
    /// As listed.
    pub mail_id: String,
}

/// What is tried again.
#[derive(Serialize, ToSchema)]
struct Again {
    mail_id: String,
}

/// Lists the mails that were set aside.
#[utoipa::path(get, path = "/equipe/mails", responses((status = 200, description = "Mails set aside", body = List)))]
async fn list(State(app): State<App>, staff: Staff, input: Input<Done>) -> Result<Reply, Problem> {
    let entries = app.store.outbox.in_state(EntryState::SetAside, None, LINES_A_PAGE).await?;
    let notice = (input.form.is("renvoi")).then_some("Le mail repart : il disparaît d’ici une fois envoyé.");
    let mails: Vec<Line> = entries
        .into_iter()
        .map(|entry| Line {
            recipient: entry.recipient,
            mail_id: entry.mail_id.to_string(),
            email: entry.email.to_string(),
            made_at: entry.made_at,
            attempts: entry.attempts,
            failure: entry.failure.unwrap_or_default(),
        })
        .collect();
    let more = mails.len() == usize::try_from(LINES_A_PAGE).unwrap_or_default();
    Ok(Reply::ok(List { page: staff.page("Mails non envoyés", HERE).with_notice(notice), mails, more }))
}

/// Has a mail tried again.
#[utoipa::path(post, path = "/equipe/mails", request_body = TryAgainForm, responses(
    (status = 200, description = "It will be tried again", body = Again),
    (status = 404, description = "No such mail is set aside", body = ProblemBody),
))]
async fn try_again(State(app): State<App>, _staff: Staff, input: Input<TryAgainForm>) -> Result<Reply, Problem> {
    let mail_id = Uuid::try_parse(&input.form.mail_id).map_err(|_| Problem::not_found())?;
    let key = EntryKey { recipient: input.form.recipient, mail_id: MailId(mail_id) };
    if key.recipient.is_empty() || !app.store.outbox.try_again(&key).await? {
        return Err(Problem::new(Kind::NotFound));
    }
    Ok(Reply::ok(Told(Again { mail_id: input.form.mail_id })).see(format!("{HERE}?fait=renvoi")))
}
