//! Input: a posted form, its multipart sister, a query string or a JSON body, read into one struct of raw text.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use epass_domain::Invalid;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::forms::Filled;
use crate::problem::{Kind, Problem};
use crate::reply::View;

/// The largest body: what API Gateway hands to a Lambda.
pub const MAX_BODY_BYTES: usize = 6 * 1024 * 1024;

/// What was sent: as a struct to parse, as values to show again, and the files beside it.
#[derive(Clone, Debug)]
pub struct Input<T> {
    /// Raw text by field.
    pub form: T,
    /// The same, to fill the form again.
    pub typed: Filled,
    /// Uploaded files by field; an empty file field is no file.
    pub files: Vec<Upload>,
}

/// What was just done, as the path that a post leads to says it (`?fait=envoye`): the page thanks for it. Unknown words say
/// nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    /// The word.
    pub fait: String,
}

impl Done {
    /// Whether it was this.
    pub fn is(&self, word: &str) -> bool {
        self.fait == word
    }
}

/// An uploaded file. Its name is never used.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The field.
    pub field: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl<T> Input<T> {
    /// The file of a field.
    pub fn file(&self, field: &str) -> Option<&Bytes> {
        self.files.iter().find(|file| file.field == field).map(|file| &file.bytes)
    }
}

impl Filled {
    /// The faults of this form as a problem, on the page that shows it again.
    pub fn problem<V: View + 'static>(self, invalid: &Invalid, page: impl FnOnce(Self) -> V) -> Problem {
        Problem::invalid(invalid, self, page)
    }
}

const UNREADABLE: Problem = Problem::new(Kind::Malformed("malformed"));

impl<T: DeserializeOwned + Send> FromRequest<App> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &App) -> Result<Self, Problem> {
        if request.method() == Method::GET {
            return Self::from_pairs(request.uri().query().unwrap_or_default().as_bytes(), Vec::new());
        }
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let (head, body) = request.into_parts();
        let body = match Limited::new(body, MAX_BODY_BYTES).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(Problem::new(Kind::TooLarge)),
            Err(_) => return Err(UNREADABLE),
        };
        if kind.starts_with("application/json") {
            let form = serde_json::from_slice(&body).map_err(|_| UNREADABLE)?;
            return Ok(Self { form, typed: Filled::default(), files: Vec::new() });
        }
        if kind.starts_with("multipart/form-data") {
            let (text, files) = parts(Request::from_parts(head, body.into())).await?;
            return Self::from_pairs(text.as_bytes(), files);
        }
        if kind.starts_with("application/x-www-form-urlencoded") || body.is_empty() {
            return Self::from_pairs(&body, Vec::new());
        }
        Err(Problem::new(Kind::Malformed("content_type")))
    }
}

impl<T: DeserializeOwned> Input<T> {
    fn from_pairs(encoded: &[u8], files: Vec<Upload>) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = serde_html_form::from_bytes(encoded).map_err(|_| UNREADABLE)?;
        let form = serde_html_form::from_bytes(encoded).map_err(|_| UNREADABLE)?;
        Ok(Self { form, typed: Filled::with(pairs), files })
    }
}

/// The fields of a multipart body: texts as an encoded form, and files.
async fn parts(request: Request) -> Result<(String, Vec<Upload>), Problem> {
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| UNREADABLE)?;
    let (mut texts, mut files) = (Vec::<(String, String)>::new(), Vec::new());
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
    let encoded = serde_html_form::to_string(texts).map_err(|_| UNREADABLE)?;
    Ok((encoded, files))
}
