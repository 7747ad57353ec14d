//! The mailbox of mails sent on this machine: their storage, and the pages that show them at `/_local/mails`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use askama::Template;
use axum::extract::{Path as Segment, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::get;
use axum::{Router, middleware};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mail_parser::{Address, Message, MessageParser, MimeHeaders};
use serde::{Deserialize, Serialize};

/// The most mails on the HTML list; JSON has all.
const LISTED: usize = 200;

/// The content security policy of this module's pages: their own stylesheet, and the HTML part in its frame.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The content security policy of a mail's HTML in its frame: no script, form or request; links open in a new page.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
     frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// A folder with an `.eml` file for each mail; later names sort after earlier ones.
#[derive(Clone, Debug)]
pub struct Mailbox {
    folder: PathBuf,
    last: Arc<AtomicU64>,
}

/// A mail in the mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// The mail's name in the mailbox, which is also SES's message id.
    pub id: String,
    /// The time of sending, from its `Date`; RFC 3339.
    pub at: Option<Timestamp>,
    /// The sender.
    pub from: String,
    /// The recipients, separated by commas.
    pub to: String,
    /// The address for replies.
    pub reply_to: String,
    /// The subject.
    pub subject: String,
    /// The text part; empty when there is none.
    pub text: String,
    /// The HTML part, when there is one.
    pub html: Option<String>,
}

impl Mailbox {
    /// Opens the folder; creates it if missing.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), last: Arc::default() })
    }

    /// A name for the next mail: nanoseconds since 1970, at least one more than the last.
    #[expect(
        clippy::disallowed_methods,
        reason = "the order of arrival is the machine's, whatever the runner's clock says"
    )]
    pub(crate) fn next_id(&self) -> String {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        let before = self.last.fetch_max(now, Ordering::Relaxed);
        let id = if before < now { now } else { self.last.fetch_add(1, Ordering::Relaxed) + 1 };
        format!("{id:020}")
    }

    /// Stores a mail atomically under its name.
    pub(crate) fn keep(&self, id: &str, mail: &[u8]) -> io::Result<()> {
        let unfinished = self.folder.join(format!("{id}.part"));
        std::fs::write(&unfinished, mail)?;
        std::fs::rename(unfinished, self.folder.join(format!("{id}.eml")))
    }

    /// All mails, newest first.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn list(&self) -> io::Result<Vec<Mail>> {
        let mut ids = self.ids()?;
        ids.sort_unstable_by(|a, b| b.cmp(a));
        ids.iter().filter_map(|id| self.read(id).transpose()).collect()
    }

    /// One mail; `None` when the name is unknown.
    ///
    /// # Errors
    /// Its file cannot be read.
    pub fn read(&self, id: &str) -> io::Result<Option<Mail>> {
        Ok(self.raw(id)?.map(|bytes| Mail::parse(id, &bytes)))
    }

    /// The bytes of one mail, as they were sent; `None` when the name is unknown.
    ///
    /// # Errors
    /// Its file cannot be read.
    pub fn raw(&self, id: &str) -> io::Result<Option<Vec<u8>>> {
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        match std::fs::read(self.folder.join(format!("{id}.eml"))) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn ids(&self) -> io::Result<Vec<String>> {
        let mut ids = vec![];
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            ids.extend(name.to_str().and_then(|name| name.strip_suffix(".eml")).map(str::to_owned));
        }
        Ok(ids)
    }
}

impl Mail {
    /// Parses MIME; missing parts are empty.
    fn parse(id: &str, bytes: &[u8]) -> Self {
        let message = MessageParser::default().parse(bytes).unwrap_or_default();
        let part = |subtype: &str| {
            let of = |part: &&mail_parser::MessagePart<'_>| {
                part.content_type().map_or(subtype == "plain", |kind| kind.subtype() == Some(subtype))
            };
            let found = message.parts.iter().filter(|part| part.is_text()).find(of);
            found.and_then(|part| part.text_contents()).map(str::to_owned)
        };
        Self {
            id: id.to_owned(),
            at: message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
            from: addresses(message.from()),
            to: recipients(&message),
            reply_to: addresses(message.reply_to()),
            subject: message.subject().unwrap_or_default().to_owned(),
            text: part("plain").unwrap_or_default(),
            html: part("html"),
        }
    }

    /// The time of day in Paris, for people.
    fn moment(&self) -> String {
        let paris = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
        self.at.map_or_else(String::new, |at| at.to_zoned(paris).strftime("%d/%m/%Y à %H h %M").to_string())
    }

    /// The text, split at the begin and end of its links.
    fn pieces(&self) -> Vec<Piece<'_>> {
        let mut pieces = vec![];
        let mut rest = self.text.as_str();
        while let Some(start) = [rest.find("http://"), rest.find("https://")].into_iter().flatten().min() {
            let (before, link) = rest.split_at(start);
            let end = link.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(link.len());
            let link = link[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '»']);
            pieces.push(Piece { text: before, link });
            rest = &rest[start + link.len()..];
        }
        pieces.push(Piece { text: rest, link: "" });
        pieces
    }
}

/// A piece of text and the link after it; after the last text the link is empty.
struct Piece<'m> {
    text: &'m str,
    link: &'m str,
}

fn recipients(message: &Message<'_>) -> String {
    let lists = [message.to(), message.cc(), message.bcc()];
    lists.map(addresses).into_iter().filter(|list| !list.is_empty()).collect::<Vec<_>>().join(", ")
}

fn addresses(list: Option<&Address<'_>>) -> String {
    let each = list.into_iter().flat_map(|list| list.iter());
    each.filter_map(|one| one.address.as_deref()).collect::<Vec<_>>().join(", ")
}

/// The pages: `/_local/mails`, `/_local/mails/{id}`, its `/html` and its `/eml`, the message as it was sent. The first
/// two answer JSON to `Accept: application/json`: a list of mails, newest first, or one mail. `?to=` filters by
/// recipient.
pub fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/_local/mails", get(list))
        .route("/_local/mails.css", get(stylesheet))
        .route("/_local/mails/{id}", get(show))
        .layer(middleware::map_response(guard))
        .route("/_local/mails/{id}/html", get(show_html))
        .route("/_local/mails/{id}/eml", get(show_raw))
        .with_state(mailbox)
}

/// Adds the content security policy of this module's pages.
pub(crate) async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(PAGE_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

#[derive(Deserialize)]
struct Sought {
    to: Option<String>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Mails envoyés (local)</title>
<link rel="stylesheet" href="/_local/mails.css">
<main>
<h1>Mails envoyés</h1>
<p>Gardés sur cette machine, jamais expédiés. <a href="/_local/mails">Actualiser</a> · <a href="/_local/gallery">Galerie de tous les mails et documents</a> · <a href="/">Le site</a></p>
{% if mails.is_empty() %}<p class="empty">Aucun mail pour l’instant.</p>{% else %}
<table>
<thead><tr><th scope="col">Envoyé</th><th scope="col">À</th><th scope="col">Objet</th></tr></thead>
<tbody>{% for mail in mails %}
<tr><td>{{ mail.moment() }}</td><td>{{ mail.to }}</td><td><a href="/_local/mails/{{ mail.id }}">{{ mail.subject }}</a></td></tr>{% endfor %}
</tbody>
</table>{% endif %}
{% if more > 0 %}<p>Et {{ more }} plus anciens.</p>{% endif %}
</main>
</html>"#
)]
struct ListPage {
    mails: Vec<Mail>,
    more: usize,
}

async fn list(State(mailbox): State<Mailbox>, Query(sought): Query<Sought>, headers: HeaderMap) -> Response {
    let found = tokio::task::spawn_blocking(move || mailbox.list()).await.map_err(io::Error::other).flatten();
    let mut mails = match found {
        Ok(mails) => mails,
        Err(error) => return broken(&error),
    };
    if let Some(to) = sought.to {
        mails.retain(|mail| mail.to.split(", ").any(|one| one.eq_ignore_ascii_case(&to)));
    }
    if wants_json(&headers) {
        return Json(mails).into_response();
    }
    let more = mails.len().saturating_sub(LISTED);
    mails.truncate(LISTED);
    page(&ListPage { mails, more })
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ mail.subject }} (local)</title>
<link rel="stylesheet" href="/_local/mails.css">
<main>
<p><a href="/_local/mails">Tous les mails</a></p>
<h1>{{ mail.subject }}</h1>
<dl><dt>De</dt><dd>{{ mail.from }}</dd><dt>À</dt><dd>{{ mail.to }}</dd><dt>Réponse à</dt><dd>{{ mail.reply_to }}</dd><dt>Envoyé</dt><dd>{{ mail.moment() }}</dd></dl>
<p><a href="/_local/mails/{{ mail.id }}/eml">Le message entier, tel qu’il est envoyé</a></p>
<h2>Texte</h2>
<pre>{% for piece in mail.pieces() %}{{ piece.text }}{% if !piece.link.is_empty() %}<a href="{{ piece.link }}" rel="noopener">{{ piece.link }}</a>{% endif %}{% endfor %}</pre>
{% if mail.html.is_some() %}<h2>HTML</h2>
<iframe title="Partie HTML du mail" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/_local/mails/{{ mail.id }}/html"></iframe>{% endif %}
</main>
</html>"#
)]
struct MailPage {
    mail: Mail,
}

async fn show(State(mailbox): State<Mailbox>, Segment(id): Segment<String>, headers: HeaderMap) -> Response {
    match mailbox.read(&id) {
        Ok(Some(mail)) if wants_json(&headers) => Json(mail).into_response(),
        Ok(Some(mail)) => page(&MailPage { mail }),
        Ok(None) => unknown(),
        Err(error) => broken(&error),
    }
}

/// The HTML part as it was sent, for the frame.
async fn show_html(State(mailbox): State<Mailbox>, Segment(id): Segment<String>) -> Response {
    match mailbox.read(&id) {
        Ok(Some(Mail { html: Some(html), .. })) => framed(&html),
        Ok(_) => unknown(),
        Err(error) => broken(&error),
    }
}

/// The HTML part of a mail for a frame; its links open in a new page.
pub(crate) fn framed(html: &str) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(format!("<base target=\"_blank\">{html}"))).into_response()
}

/// The message as it was sent.
async fn show_raw(State(mailbox): State<Mailbox>, Segment(id): Segment<String>) -> Response {
    match mailbox.raw(&id) {
        Ok(Some(bytes)) => {
            let headers =
                [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (headers, bytes).into_response()
        }
        Ok(None) => unknown(),
        Err(error) => broken(&error),
    }
}

async fn stylesheet() -> Response {
    const CSS: &str = "\
        body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; color: #1d2433; background: #f5f7fb }\n\
        main { max-width: 60rem; margin: 0 auto; padding: 1rem }\n\
        h1 { font-size: 1.75rem } h2 { font-size: 1.25rem } h3 { font-size: 1.1rem; margin-bottom: 0 } h3 + p { margin-top: 0 }\n\
        table { width: 100%; border-collapse: collapse; background: #fff }\n\
        th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid #d6dce8; overflow-wrap: anywhere }\n\
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem } dd { margin: 0 }\n\
        pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #fff; padding: 1rem; border: 1px solid #d6dce8 }\n\
        iframe { width: 100%; height: 40rem; background: #fff; border: 1px solid #d6dce8 }\n\
        .frames { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0 1rem; align-items: start }\n\
        code { color: #4b5872 } summary { cursor: pointer; padding: .25rem 0 }\n\
        a { color: #0b4ea2 } .empty { padding: 2rem; background: #fff; text-align: center }\n";
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], CSS).into_response()
}

fn wants_json(headers: &HeaderMap) -> bool {
    epass_web::Wants::of(headers) == epass_web::Wants::Json
}

pub(crate) fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => broken(&io::Error::other(error)),
    }
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, "Il n’y a pas de mail de ce nom.").into_response()
}

pub(crate) fn broken(error: &io::Error) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
}
