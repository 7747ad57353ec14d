//! SES: a sink that answers the real SDK, keeps each mail in the mailbox unchanged, and simulates failures on request.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::MessageParser;

use super::error::StartError;
use super::thread::EngineThread;
use crate::mails::Mailbox;

/// SES accepts mails up to 40 MB; base64 and form encoding enlarge them.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// The simulated failures: the share of requests that fail, and a refusal for all. The outcome of a request depends on
/// its number only, so that it is the same in every run.
#[derive(Debug, Default)]
pub struct Faults {
    refused_per_mille: AtomicU32,
    unanswered_per_mille: AtomicU32,
    seen: AtomicU64,
    said: Mutex<Option<Said>>,
}

/// A refusal with SES's own code and message.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// The status of the response.
    pub status: u16,
    /// SES's code.
    pub code: &'static str,
    /// SES's message.
    pub message: &'static str,
    /// The recipient whose mails are refused; `None` for all.
    pub to: Option<&'static str>,
}

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Sent,
    Refused,
    Unanswered,
}

impl Faults {
    /// No failures.
    pub fn none() -> Self {
        Self::default()
    }

    /// Of a thousand requests, `refused` are answered 500 and not sent, and `unanswered` are sent and answered 500 all
    /// the same.
    pub fn per_mille(refused: u32, unanswered: u32) -> Self {
        let faults = Self::default();
        faults.set(refused, unanswered);
        faults
    }

    /// Changes the shares, from the next request on.
    pub fn set(&self, refused: u32, unanswered: u32) {
        self.refused_per_mille.store(refused, Ordering::Relaxed);
        self.unanswered_per_mille.store(unanswered, Ordering::Relaxed);
    }

    /// Refuses with this from the next request on; `None` ends it.
    pub fn say(&self, said: Option<Said>) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }

    /// The refusal for a mail to these recipients, if one is set.
    fn said_to(&self, recipients: &[String]) -> Option<Said> {
        let said = *self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.filter(|said| said.to.is_none_or(|to| recipients.iter().any(|recipient| recipient == to)))
    }

    /// The number of requests so far.
    pub fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }

    fn next(&self) -> Fate {
        let number = self.seen.fetch_add(1, Ordering::Relaxed);
        let drawn = u32::try_from(scatter(number) % 1000).expect("less than a thousand");
        let refused = self.refused_per_mille.load(Ordering::Relaxed);
        let unanswered = self.unanswered_per_mille.load(Ordering::Relaxed);
        if drawn < refused {
            Fate::Refused
        } else if drawn < refused + unanswered {
            Fate::Unanswered
        } else {
            Fate::Sent
        }
    }
}

/// SplitMix64: spreads neighbouring numbers over all of 64 bits.
fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The running sink.
pub struct Ses {
    thread: EngineThread,
}

struct Sink {
    mailbox: Mailbox,
    faults: Arc<Faults>,
}

impl Ses {
    /// Serves on a loopback port (0 for a free one).
    pub(super) fn start(mailbox: Mailbox, port: u16, faults: Arc<Faults>) -> Result<Self, StartError> {
        let sink = Arc::new(Sink { mailbox, faults });
        let router = Router::new().route("/", post(answer)).layer(DefaultBodyLimit::max(BODY_LIMIT)).with_state(sink);
        let thread = EngineThread::spawn("SES", port, |listener, stopped| async move {
            let until = async move { drop(stopped.await) };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(until).await {
                eprintln!("the SES engine ended: {error}");
            }
        })?;
        Ok(Self { thread })
    }

    pub(super) fn url(&self) -> String {
        self.thread.url()
    }

    pub(super) fn into_thread(self) -> EngineThread {
        self.thread
    }
}

type Fields = BTreeMap<String, String>;

/// A refusal in SES's format.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn of(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    fn internal(message: impl Into<String>) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, code: "InternalFailure", message: message.into() }
    }
}

async fn answer(State(sink): State<Arc<Sink>>, Form(fields): Form<Fields>) -> Response {
    let action = fields.get("Action").cloned().unwrap_or_default();
    match send(&sink, &action, &fields) {
        Ok(id) => xml(
            StatusCode::OK,
            format!(
                "<{action}Response xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><{action}Result><MessageId>{id}</MessageId>\
                 </{action}Result><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{action}Response>"
            ),
        ),
        Err(Refusal { status, code, message }) => xml(
            status,
            format!(
                "<ErrorResponse xmlns=\"http://ses.amazonaws.com/doc/2010-12-01/\"><Error><Type>{}</Type><Code>{code}</Code>\
                 <Message>{}</Message></Error><RequestId>0</RequestId></ErrorResponse>",
                if status.is_server_error() { "Receiver" } else { "Sender" },
                escaped(&message),
            ),
        ),
    }
}

/// Keeps the mail of a request, and returns its id.
fn send(sink: &Sink, action: &str, fields: &Fields) -> Result<String, Refusal> {
    if action != "SendRawEmail" {
        return Err(Refusal::of("InvalidAction", format!("{action} is not an action of this sink")));
    }
    let id = sink.mailbox.next_id();
    let data = fields.get("RawMessage.Data").map(String::as_str).unwrap_or_default();
    let mail = STANDARD.decode(data).map_err(|error| Refusal::of("InvalidParameterValue", error.to_string()))?;
    let recipients = members(fields, "Destinations");
    check(&mail, &recipients)?;
    let fate = sink.faults.next();
    if let Some(said) = sink.faults.said_to(&recipients) {
        let status = StatusCode::from_u16(said.status).unwrap_or(StatusCode::BAD_REQUEST);
        return Err(Refusal { status, code: said.code, message: said.message.to_owned() });
    }
    if fate == Fate::Refused {
        return Err(Refusal::internal("told to refuse"));
    }
    sink.mailbox.keep(&id, &mail).map_err(|error| Refusal::internal(error.to_string()))?;
    if fate == Fate::Unanswered {
        return Err(Refusal::internal("told to fail after sending"));
    }
    Ok(id)
}

/// SES's checks of a raw message: a sender, recipients that are addresses, and lines of at most 998 bytes that end in
/// CRLF (*Amazon SES Developer Guide*, *Sending raw email*).
fn check(mail: &[u8], recipients: &[String]) -> Result<(), Refusal> {
    let no = |message: &str| Err(Refusal::of("InvalidParameterValue", message));
    let is_address = |text: &String| text.contains('@') && text.is_ascii() && !text.contains(char::is_whitespace);
    let message = MessageParser::default().parse(mail).unwrap_or_default();
    let to: Vec<String> = [message.to(), message.cc(), message.bcc()]
        .into_iter()
        .flatten()
        .flat_map(|list| list.iter().filter_map(|one| one.address.as_deref().map(str::to_owned)))
        .collect();
    let named = if recipients.is_empty() { &to } else { recipients };
    if message.from().is_none() {
        return no("Missing required header 'From'.");
    }
    if named.is_empty() || !named.iter().all(is_address) {
        return no("Missing final '@domain'");
    }
    if mail.split(|byte| *byte == b'\n').any(|line| line.len() > 999 || !(line.is_empty() || line.ends_with(b"\r"))) {
        return no("A line is longer than 998 bytes, or does not end in CRLF");
    }
    Ok(())
}

/// A list of the query protocol: `name.member.1`, `name.member.2`…
fn members(fields: &Fields, name: &str) -> Vec<String> {
    (1..).map_while(|place: u32| fields.get(&format!("{name}.member.{place}")).cloned()).collect()
}

fn xml(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/xml")], body).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_requests_fail_the_same_way_in_every_run() {
        let draw = || {
            let faults = Faults::per_mille(400, 100);
            (0..1000).map(|_| faults.next()).collect::<Vec<_>>()
        };
        let fates = draw();
        assert_eq!(fates, draw());
        let count = |fate| fates.iter().filter(|drawn| **drawn == fate).count();
        assert!((350..450).contains(&count(Fate::Refused)), "{}", count(Fate::Refused));
        assert!((70..130).contains(&count(Fate::Unanswered)), "{}", count(Fate::Unanswered));
    }
}
