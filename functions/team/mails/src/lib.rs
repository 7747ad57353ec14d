//! Unsent mails: the team sees why they wait or were set aside, and retries one, several or all of a cause.

mod function;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use derive_more::Deref;
use epass_domain::{Fault, Invalid, MailId, Role, chosen};
use epass_mail::Cause;
use epass_store::{Entry, EntryKey, EntryState, Outbox, StoreError};
use epass_web::{
    Access, App, Done, Filled, Input, Page, Problem, ProblemBody, Reply, Resumed, Room, Staff, Told, filters, routes,
    words,
};
use futures::future::try_join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

pub use function::FUNCTION;

const HERE: &str = "/equipe/mails";
/// The most mails of each state that one request reads or retries.
const READ: i32 = 500;
/// The most mails that are listed.
const SHOWN: usize = 100;
/// The number of mails that are released concurrently.
const AT_ONCE: usize = 20;

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION).open(Access::Only(Role::Team), routes!(list, try_again))
}

/// The page of the unsent mails.
#[derive(Template, Deref)]
#[template(path = "mails.html")]
struct ListPage {
    page: Page,
    form: Filled,
    /// Whether there are more mails than are counted.
    partly: bool,
    #[deref]
    body: List,
}

/// The unsent mails, oldest first, and their causes.
#[derive(Serialize, ToSchema)]
#[schema(as = MailList)]
struct List {
    /// The causes, with the number of mails of each.
    causes: Vec<CauseLine>,
    mails: Vec<Line>,
    /// Whether there are more mails than are listed.
    more: bool,
}

/// A cause of unsent mails.
#[derive(Serialize, ToSchema)]
#[schema(as = MailCause)]
struct CauseLine {
    /// The code: `unverified`, `quota`, `rate`, `paused`, `forbidden`, `unreachable`, `trouble`, `address`,
    /// `message`, `letter` or `unknown`.
    #[schema(value_type = words::MailCauseCode)]
    cause: &'static str,
    /// The French label.
    label: &'static str,
    /// The French advice on what the team can do.
    advice: &'static str,
    /// The number of mails that wait: they are retried automatically.
    waiting: usize,
    /// The number of mails set aside: the team must retry them.
    set_aside: usize,
}

/// An unsent mail.
#[derive(Serialize, ToSchema)]
#[schema(as = MailLine)]
struct Line {
    /// The id of the mail: send it to retry the mail.
    id: String,
    email: String,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// The state: `held` while it waits, `set_aside` when the mailer gave up.
    #[schema(value_type = words::MailState)]
    state: &'static str,
    /// The code of the cause; see `causes`.
    #[schema(value_type = words::MailCauseCode)]
    cause: &'static str,
    /// The French label of the cause.
    label: &'static str,
    /// The number of times that sending was refused.
    refusals: u32,
    /// When it is retried automatically; null once it is set aside.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_try_at: Option<Timestamp>,
}

/// The mails to retry: by id, or all of a cause.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TryAgainForm {
    /// The ids of the mails, as listed.
    pub mails: Vec<String>,
    /// Retries all mails of this cause, among the oldest 500 that wait and the oldest 500 that are set aside. Ignored
    /// when `mails` is not empty.
    #[schema(value_type = words::MailCauseCodeOrNone)]
    pub cause: String,
}

/// The result of a retry.
#[derive(Serialize, ToSchema)]
#[schema(as = MailsTriedAgain)]
struct Again {
    /// The number of mails that are retried.
    count: usize,
    /// Whether more mails of the cause are left for another request.
    more: bool,
}

/// Lists the unsent mails and their causes.
#[utoipa::path(get, path = "/equipe/mails", responses((status = 200, description = "Mails that wait or were set aside", body = List)))]
async fn list(State(app): State<App>, staff: Staff, resumed: Resumed, input: Input<Done>) -> Result<Reply, Problem> {
    let (entries, partly) = unsent(&app.store.outbox).await?;
    let notice = match input.form.fait.as_str() {
        "renvoi" => Some("L’envoi repart : les mails disparaissent d’ici une fois envoyés."),
        "suite" => {
            Some("L’envoi des plus anciens repart. D’autres attendent pour la même cause : renvoyez-les ensuite.")
        }
        _ => None,
    };
    let page = staff.page("Mails non envoyés", HERE).with_notice(notice);
    let form = resumed.form(Filled::default());
    Ok(Reply::ok(ListPage { page, form, partly, body: List::of(&entries, partly) }))
}

/// Retries mails now, including those that wait.
#[utoipa::path(post, path = "/equipe/mails", request_body = TryAgainForm, responses(
    (status = 200, description = "They are tried again", body = Again),
    (status = 303, description = "The same, for a browser"),
    (status = 404, description = "No such mail waits or is set aside", body = ProblemBody),
    (status = 422, description = "No mail and no cause was named", body = ProblemBody),
))]
async fn try_again(State(app): State<App>, _: Staff, input: Input<TryAgainForm>) -> Result<Reply, Problem> {
    let named = async {
        Ok(match input.form.parse()? {
            Named::Mails(keys) => (keys, false),
            Named::All(cause) => of_cause(&app.store.outbox, cause).await?,
        })
    };
    let (keys, more) = input.carry("mails", named).await?;
    let count = release(&app.store.outbox, &keys).await?;
    if count == 0 {
        return Err(Problem::no_match(
            "Aucun de ces mails n’est plus en attente : ils sont partis, ou d’autres les remplacent.",
        ));
    }
    tracing::info!(count, cause = input.form.cause, "mails are tried again");
    let done = if more { "suite" } else { "renvoi" };
    Ok(Reply::ok(Told(Again { count, more })).see(format!("{HERE}?fait={done}")))
}

/// Releases each mail, and returns the number of those that were waiting or set aside.
async fn release(outbox: &Outbox, keys: &[EntryKey]) -> Result<usize, StoreError> {
    let mut count = 0;
    for some in keys.chunks(AT_ONCE) {
        let released = try_join_all(some.iter().map(|key| outbox.try_again(key))).await?;
        count += released.into_iter().filter(|released| *released).count();
    }
    Ok(count)
}

/// The mails of a cause among those that one request reads, and whether there may be more.
async fn of_cause(outbox: &Outbox, cause: Cause) -> Result<(Vec<EntryKey>, bool), StoreError> {
    let (entries, more) = unsent(outbox).await?;
    let keys = entries.iter().filter(|entry| cause_of(entry) == cause).map(Entry::key).collect();
    Ok((keys, more))
}

/// The oldest mails that wait and that are set aside, and whether there may be more.
async fn unsent(outbox: &Outbox) -> Result<(Vec<Entry>, bool), StoreError> {
    let mut entries = outbox.in_state(EntryState::Held, None, READ).await?;
    let set_aside = outbox.in_state(EntryState::SetAside, None, READ).await?;
    let is_full = |read: &Vec<Entry>| read.len() == READ.unsigned_abs() as usize;
    let more = is_full(&entries) || is_full(&set_aside);
    entries.extend(set_aside);
    entries.sort_by_key(|entry| entry.mail_id);
    Ok((entries, more))
}

fn cause_of(entry: &Entry) -> Cause {
    Cause::read(entry.failure.as_deref().unwrap_or_default())
}

/// The id of a mail on the page.
fn id(entry: &Entry) -> String {
    format!("{}.{}", entry.recipient, entry.mail_id)
}

fn key(id: &str) -> Option<EntryKey> {
    let (recipient, mail) = id.split_once('.').filter(|(recipient, _)| !recipient.is_empty())?;
    Some(EntryKey { recipient: recipient.to_owned(), mail_id: MailId(Uuid::try_parse(mail).ok()?) })
}

/// The mails that a form names.
enum Named {
    Mails(Vec<EntryKey>),
    All(Cause),
}

impl TryAgainForm {
    fn parse(&self) -> Result<Named, Invalid> {
        const NO_CAUSE: Fault = Fault::new("cause", "Choisissez une des causes de la liste.");
        const NONE_NAMED: Fault = Fault::new("missing", "Cochez au moins un mail à renvoyer.");
        let mut invalid = Invalid::default();
        let known = |code: &str| Cause::ALL.into_iter().find(|cause| cause.code() == code).ok_or(NO_CAUSE);
        let cause = invalid.field("cause", chosen(&self.cause, known));
        if cause == Some(None) && self.mails.is_empty() {
            invalid.add("mails", NONE_NAMED);
        }
        invalid.finish(|| {
            let mails = || Named::Mails(self.mails.iter().filter_map(|id| key(id)).collect());
            Some(cause?.filter(|_| self.mails.is_empty()).map_or_else(mails, Named::All))
        })
    }
}

impl List {
    /// The body of these mails. `partly` tells whether there are more than these.
    fn of(entries: &[Entry], partly: bool) -> Self {
        let mails = entries.iter().take(SHOWN).map(Line::of).collect();
        Self { causes: causes(entries), mails, more: partly || entries.len() > SHOWN }
    }
}

/// The causes in their order, each with the number of its mails.
fn causes(entries: &[Entry]) -> Vec<CauseLine> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for entry in entries {
        let (waiting, set_aside) = counts.entry(cause_of(entry).code()).or_default();
        match entry.state {
            EntryState::SetAside => *set_aside += 1,
            EntryState::Held | EntryState::Pending | EntryState::Sending => *waiting += 1,
        }
    }
    let line = |cause: Cause| {
        let (waiting, set_aside) = *counts.get(cause.code())?;
        Some(CauseLine { cause: cause.code(), label: cause.label(), advice: cause.advice(), waiting, set_aside })
    };
    Cause::ALL.into_iter().filter_map(line).collect()
}

impl Line {
    fn of(entry: &Entry) -> Self {
        let (cause, waits) = (cause_of(entry), entry.state == EntryState::Held);
        let next_try_at = entry.due_at_ms.filter(|_| waits).and_then(|due| Timestamp::from_millisecond(due).ok());
        Self {
            id: id(entry),
            email: entry.email.to_string(),
            made_at: entry.made_at,
            state: entry.state.code(),
            cause: cause.code(),
            label: cause.label(),
            refusals: entry.refusals,
            next_try_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::Schema;

    use super::*;

    #[test]
    fn the_descriptions_words_are_the_mailers() {
        let listed = |schema: RefOr<Schema>| match schema {
            RefOr::T(Schema::Object(text)) => text.enum_values.unwrap_or_default(),
            _ => Vec::new(),
        };
        assert_eq!(listed(words::MailCauseCode::schema()), Cause::ALL.map(Cause::code));
        assert_eq!(listed(words::MailState::schema()), [EntryState::Held, EntryState::SetAside].map(EntryState::code));
    }
}
