//! Input: a posted form (URL-encoded or multipart), a query string or a JSON body, read into one struct of raw text.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::Method;
use axum::http::request::Parts;
use bytes::Bytes;
use epass_domain::{Fault, Invalid};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::forms::{FieldFault, Filled, faults};
use crate::marks::taken;
use crate::media::BodyKind;
use crate::owner::Owner;
use crate::problem::{Kind, Problem};
use crate::reply::Drawn;
use crate::sent::{self, Manner, Sent, Unread, Wanted, Why};

/// The largest body: the limit of an API Gateway request to a Lambda.
pub const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

/// The input: a struct to parse, values to show again, and uploaded files.
#[derive(Clone, Debug)]
pub struct Input<T> {
    /// Raw text by field.
    pub form: T,
    /// The same values, to fill the form again.
    pub typed: Filled,
    /// Uploaded files by field; an empty file field is no file.
    pub files: Vec<Upload>,
}

/// The action that a POST has just done, in the query of the page that it leads to (`?fait=envoye`): the page confirms
/// it. Unknown words are ignored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// The word.
    pub fait: String,
}

impl Done {
    /// Whether this was done.
    pub fn is(&self, word: &str) -> bool {
        self.fait == word
    }
}

/// An uploaded file. The name that the client gives it is never used.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The field.
    pub field: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl<T> Input<T> {
    /// The file in a field.
    pub fn file(&self, field: &str) -> Option<&Bytes> {
        self.files.iter().find(|file| file.field == field).map(|file| &file.bytes)
    }
}

impl Filled {
    /// The faults of a list's filter as a problem, on a page that shows an empty list. A posted form goes back to its
    /// own page instead ([`Input::carry`]).
    pub fn problem<V: Drawn + 'static>(self, invalid: &Invalid, page: impl FnOnce(Self) -> V) -> Problem {
        let problem = Problem::faulty(invalid);
        problem.on(page(self.refused(faults(invalid))))
    }
}

/// The position at which a page of a list begins, from the `next` of the page before; `None` for the first page.
///
/// # Errors
/// `page`, at this field, when the position is not valid for the list.
pub fn cursor<'a, T, F>(
    field: &'static str,
    text: &'a str,
    parse: impl FnOnce(&'a str) -> Result<T, F>,
) -> Result<Option<T>, Problem> {
    const NOWHERE: Fault =
        Fault::new("page", "Cette page de la liste n’existe pas : reprenez la liste depuis le début.");
    if text.trim().is_empty() {
        return Ok(None);
    }
    let mut invalid = Invalid::default();
    let place = invalid.field(field, parse(text).map_err(|_| NOWHERE));
    invalid.finish(|| place.map(Some)).map_err(|invalid| Problem::faulty(&invalid))
}

/// The body of a route that takes none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Refuses a body with content, for a route that takes none: its sender expects the fields to have an effect.
///
/// # Errors
/// Those of [`Input`], except that the body may be missing.
pub(crate) async fn without_body(request: Request, app: &App) -> Result<Request, Problem> {
    let (head, body) = buffered(request).await;
    if !body.is_empty() {
        Input::<Nothing>::from_request(Request::from_parts(head.clone(), body.into()), app).await?;
    }
    Ok(Request::from_parts(head, axum::body::Body::empty()))
}

/// A request with its body read. A body that cannot be read, or is over the limit, also exceeds the limit of [`Input`].
pub(crate) async fn buffered(request: Request) -> (Parts, Bytes) {
    let (head, body) = request.into_parts();
    let read = Limited::new(body, MAX_BODY_BYTES + 1).collect().await;
    (head, read.map_or_else(|_| vec![0; MAX_BODY_BYTES + 1].into(), |body| body.to_bytes()))
}

/// A body that does not match its media type.
const UNREADABLE: Problem = Problem::new(Kind::Malformed("malformed"));

/// Reading is tolerant, writing is strict. A query ignores unknown fields. A body must be present and of a known type,
/// and each of its fields must belong to the form, come once, and be of the form's kind.
impl<T: DeserializeOwned + Send> FromRequest<App> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            return Self::of_query(request.uri().query().unwrap_or_default());
        }
        let kind = BodyKind::of(request.headers())?;
        let (head, body) = request.into_parts();
        let owner = head.extensions.get::<Owner>().cloned();
        let body = match Limited::new(body, MAX_BODY_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(Problem::new(Kind::TooLarge)),
            Err(_) => return Err(UNREADABLE),
        };
        match kind {
            Some(BodyKind::Json) => Self::of_json(&body),
            Some(BodyKind::Form) => Self::of_form(pairs(&body)?, Vec::new(), owner),
            Some(BodyKind::Multipart) => {
                let (texts, files) = parts(Request::from_parts(head, body.into())).await?;
                Self::of_form(texts, files, owner)
            }
            None if body.is_empty() => Err(Problem::new(Kind::Malformed("body_missing"))),
            None => Err(Problem::new(Kind::UnsupportedMedia)),
        }
    }
}

impl<T: DeserializeOwned> Input<T> {
    fn of_query(query: &str) -> Result<Self, Problem> {
        Self::of_pairs(pairs(query.as_bytes())?, Vec::new(), Manner::Tolerant)
    }

    fn of_json(body: &[u8]) -> Result<Self, Problem> {
        let Sent::Object(fields) =
            serde_json::from_slice(body).map_err(|_| Problem::new(Kind::Malformed("malformed")))?
        else {
            return Err(Problem::new(Kind::Malformed("not_an_object")));
        };
        let form = sent::read(fields, Manner::Strict).map_err(unread)?;
        Ok(Self { form, typed: Filled::default(), files: Vec::new() })
    }

    /// A posted form that belongs to the account that is signed in.
    fn of_form(mut pairs: Vec<(String, String)>, files: Vec<Upload>, owner: Option<Owner>) -> Result<Self, Problem> {
        let mark = taken(&mut pairs);
        if owner.is_some_and(|owner| !owner.owns(mark.as_deref())) {
            return Err(Problem::new(Kind::Unauthenticated));
        }
        Self::of_pairs(pairs, files, Manner::Strict)
    }

    fn of_pairs(pairs: Vec<(String, String)>, files: Vec<Upload>, manner: Manner) -> Result<Self, Problem> {
        let form = sent::read(sent::typed(&pairs), manner).map_err(unread)?;
        let typed = Filled::with(pairs).with_files(files.iter().map(|file| file.field.clone()));
        Ok(Self { form, typed, files })
    }
}

/// Percent-decoded names and values; bytes that are not UTF-8 become U+FFFD, which no field accepts.
fn pairs(encoded: &[u8]) -> Result<Vec<(String, String)>, Problem> {
    serde_html_form::from_bytes(encoded).map_err(|_| UNREADABLE)
}

/// An unknown or repeated field makes the request unreadable (400); a field of another kind of value is a fault of that
/// field (422).
fn unread(unread: Unread) -> Problem {
    let name: String = unread.field.chars().filter(|c| !c.is_control()).take(MOST_OF_A_NAME).collect();
    let (code, message) = match unread.why {
        Why::Unknown => ("unknown_field", format!("Le champ « {name} » n’existe pas ici.")),
        Why::Twice => ("field_twice", format!("Le champ « {name} » ne peut être envoyé qu’une fois.")),
        Why::Not(Wanted::Whole) => (
            "not_whole",
            format!(
                "« {name} » est un nombre entier, zéro ou plus, en chiffres seulement : sans guillemets, signe, virgule ni exposant."
            ),
        ),
        Why::Not(Wanted::Text) => ("not_text", format!("« {name} » est un texte.")),
        Why::Not(Wanted::List) => ("not_list", format!("« {name} » est une liste, entre crochets.")),
        Why::Not(Wanted::Bool) => ("not_boolean", format!("« {name} » est vrai ou faux : true ou false.")),
        Why::Not(Wanted::Object) => ("not_object", format!("« {name} » est un objet, entre accolades.")),
        Why::Not(Wanted::Other) => ("wrong_type", format!("« {name} » ne peut pas être lu.")),
    };
    let is_unreadable = matches!(unread.why, Why::Unknown | Why::Twice);
    let fault = FieldFault { field: name, code: code.to_owned(), message };
    Problem::new(if is_unreadable { Kind::UnreadableField(fault) } else { Kind::Invalid(vec![fault]) })
}

/// The most characters of a field's name that an error repeats.
const MOST_OF_A_NAME: usize = 60;

/// The fields of a multipart body: texts, and files.
pub(crate) async fn parts(request: Request) -> Result<(Vec<(String, String)>, Vec<Upload>), Problem> {
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| UNREADABLE)?;
    let (mut texts, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = multipart.next_field().await.map_err(|_| UNREADABLE)? {
        let field = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let bytes = part.bytes().await.map_err(|_| UNREADABLE)?;
        if !is_file {
            texts.push((field, String::from_utf8(bytes.to_vec()).map_err(|_| UNREADABLE)?));
        } else if !bytes.is_empty() {
            files.push(Upload { field, bytes });
        }
    }
    Ok((texts, files))
}
