//! Content negotiation: a handler answers with a view, which is rendered as a page (askama) or as JSON (serde).

use std::cmp::Ordering;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicBool};

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use derive_more::Deref;
use epass_domain::Campaign;
use serde::Serialize;

use crate::marks::marked;
use crate::media::{Wish, essence, wish};
use crate::typeset::typeset;

/// The request's context for the page that answers it (its address, for links that leave the site), and what the page
/// reports back.
#[derive(Debug, Default)]
pub struct Around {
    /// `EPASS_SITE_URL`.
    pub site: String,
    /// The path, without its query.
    pub path: String,
    /// The mark of the signed-in account, for the forms of the page (`owner.rs`).
    pub mark: Option<String>,
    /// The campaign of today, for what a page says of its amounts and days.
    pub campaign: Option<Campaign>,
    /// Whether the page named the decoder of QR codes (`filters::decoder`), and must be allowed to run it.
    pub decodes: AtomicBool,
}

impl askama::Values for Around {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn std::any::Any> {
        match key {
            "site" => Some(&self.site),
            "path" => Some(&self.path),
            "campaign" => self.campaign.as_ref().map(|campaign| campaign as &dyn std::any::Any),
            "decodes" => Some(&self.decodes),
            _ => None,
        }
    }
}

/// A page.
pub trait Drawn: Send + Sync {
    /// The HTML.
    ///
    /// # Errors
    /// Askama's; it does not happen for templates that compile.
    fn html(&self, around: &Around) -> Result<String, askama::Error>;
}

impl<T: Template + Send + Sync> Drawn for T {
    fn html(&self, around: &Around) -> Result<String, askama::Error> {
        self.render_with_values(around)
    }
}

/// A page and its JSON body, which is the API's contract. The page derefs to its body, so that its template names the
/// body's fields directly.
pub trait View: Drawn {
    /// The JSON body.
    ///
    /// # Errors
    /// Serde's; it does not happen for structs with named fields.
    fn json(&self) -> Result<Vec<u8>, serde_json::Error>;
}

impl<T: Drawn + Deref<Target: Serialize>> View for T {
    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&**self)
    }
}

/// A JSON body without a page: a browser is redirected with [`Reply::see`].
#[derive(Clone, Debug, Deref)]
pub struct Told<T>(pub T);

impl<T: Send + Sync> Drawn for Told<T> {
    fn html(&self, _: &Around) -> Result<String, askama::Error> {
        Err(askama::Error::Custom("this answer has no page: it must `see` one".into()))
    }
}

/// The representation that the caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A page, as HTML.
    Html,
    /// JSON.
    Json,
}

impl Wants {
    /// `Accept` decides: the type that weighs more, or that is named while the other one only matches a range. Browsers
    /// name HTML first, so HTML wins when both are named. When `Accept` leaves it open, or refuses both, a till
    /// (Bearer, or a JSON body) gets JSON, and any other caller HTML.
    pub fn of(headers: &HeaderMap) -> Self {
        let is_json = |kind: &str| kind == "application/json" || kind.ends_with("+json");
        let html = html_wish(headers);
        let json = wish(headers, &[|kind| kind == "application/json", |kind| kind.ends_with("+json")], "application/*");
        match html.cmp(&json) {
            Ordering::Greater => Self::Html,
            Ordering::Less => Self::Json,
            Ordering::Equal if html.is_named() => Self::Html,
            Ordering::Equal => {
                let sent = headers.get_all(CONTENT_TYPE).iter().filter_map(|value| value.to_str().ok());
                let mut sent = sent.map(|kind| essence(kind).to_ascii_lowercase());
                let is_till = headers.contains_key(AUTHORIZATION) || sent.any(|kind| is_json(&kind));
                if is_till { Self::Json } else { Self::Html }
            }
        }
    }
}

/// Whether the caller is a browser: it names HTML, unlike scripts that read statuses.
pub(crate) fn names_html(headers: &HeaderMap) -> bool {
    html_wish(headers).is_named()
}

fn html_wish(headers: &HeaderMap) -> Wish {
    wish(headers, &[|kind| kind == "text/html", |kind| kind == "application/xhtml+xml"], "text/*")
}

/// Marks an answer that may run WebAssembly: a page that scans, and its worker.
#[derive(Clone, Copy, Debug)]
pub struct Decodes;

/// An answer that is rendered as HTML or JSON once the caller's preference is known.
#[derive(Clone)]
pub struct Reply {
    status: StatusCode,
    view: Arc<dyn View>,
    see: Option<String>,
    cookies: Vec<String>,
}

impl Reply {
    /// Status 200.
    pub fn ok(view: impl View + 'static) -> Self {
        Self { status: StatusCode::OK, view: Arc::new(view), see: None, cookies: Vec::new() }
    }

    /// Status 201.
    pub fn created(view: impl View + 'static) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(view) }
    }

    /// Redirects a browser there (303), so that a reload repeats nothing; JSON is not redirected.
    #[must_use]
    pub fn see(self, path: impl Into<String>) -> Self {
        Self { see: Some(path.into()), ..self }
    }

    /// Adds a cookie.
    #[must_use]
    pub fn with_cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }

    pub(crate) fn render(self, wants: Wants, around: &Around) -> Response {
        let mut response = match (wants, &self.see) {
            (Wants::Html, Some(path)) => see_other(path),
            (Wants::Html, None) => drawn(self.status, &*self.view, around),
            (Wants::Json, _) => body(self.status, &*self.view),
        };
        for cookie in self.cookies.into_iter().filter_map(|cookie| HeaderValue::try_from(cookie).ok()) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A page as a response, with French typography in its words.
pub(crate) fn drawn(status: StatusCode, page: &dyn Drawn, around: &Around) -> Response {
    let html = page.html(around).map(|html| typeset(&html));
    let html = html.map(|html| match &around.mark {
        Some(mark) => marked(&html, mark),
        None => html,
    });
    match html {
        Ok(html) => {
            let mut response = (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response();
            if around.decodes.load(atomic::Ordering::Relaxed) {
                response.extensions_mut().insert(Decodes);
            }
            response
        }
        Err(error) => not_rendered(&error),
    }
}

/// The JSON body of a view as a response.
fn body(status: StatusCode, view: &dyn View) -> Response {
    match view.json() {
        Ok(json) => (status, [(CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => not_rendered(&error),
    }
}

fn not_rendered(error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::error!(error, "a view does not render");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// A redirect with status 303.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The representation for this `Accept` and one more header.
    fn wants(accept: &[&'static str], besides: Option<(&'static str, &'static str)>) -> Wants {
        let accept = accept.iter().map(|value| ("accept", *value));
        let mut headers = HeaderMap::new();
        for (name, value) in accept.chain(besides) {
            headers.append(name, HeaderValue::from_static(value));
        }
        Wants::of(&headers)
    }

    #[test]
    fn accept_decides_by_weight_and_by_how_closely_it_names() {
        use Wants::{Html, Json};
        const TILL: (&str, &str) = ("authorization", "Bearer x");
        const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
        // `Accept`, the result for a browser, the result for a till.
        let cases: &[(&[&str], Wants, Wants)] = &[
            (&[], Html, Json),
            (&[""], Html, Json),
            (&["*/*"], Html, Json),
            (&["text/plain"], Html, Json),
            (&[BROWSER], Html, Html),
            (&["text/html"], Html, Html),
            (&["application/xhtml+xml"], Html, Html),
            (&["application/json"], Json, Json),
            (&["application/problem+json"], Json, Json),
            (&["APPLICATION/JSON; charset=utf-8"], Json, Json),
            (&["Text/HTML;Level=1"], Html, Html),
            // Both are named.
            (&["application/json, text/html"], Html, Html),
            (&["text/html", "application/json"], Html, Html),
            (&["application/json, text/html;q=0.9"], Json, Json),
            (&["application/json;q=0.9, text/html"], Html, Html),
            (&["application/json;q=0.001, text/html;q=0.002"], Html, Html),
            // Not acceptable.
            (&["application/json;q=0"], Html, Html),
            (&["application/json;q=0.0"], Html, Html),
            (&["application/json;q=0.000"], Html, Html),
            (&["application/json; q=0."], Html, Html),
            (&["application/json;Q=0"], Html, Html),
            (&["application/json ; charset=utf-8 ; q=0"], Html, Html),
            (&["application/problem+json;q=0"], Html, Html),
            (&["application/json;q=0, */*"], Html, Html),
            (&["application/json;q=0, */*;q=0.1"], Html, Html),
            (&["application/json;q=0", "text/html;q=0.1"], Html, Html),
            (&["text/html;q=0"], Json, Json),
            (&["text/html;q=0, */*"], Json, Json),
            (&["TEXT/HTML;q=0.0, */*;q=0.5"], Json, Json),
            (&["text/html;q=0, application/json"], Json, Json),
            (&["text/html;q=0, application/xhtml+xml"], Json, Json),
            (&["text/*;q=0, */*"], Json, Json),
            (&["application/*;q=0, */*"], Html, Html),
            // Both are refused, so `Accept` is ignored.
            (&["*/*;q=0"], Html, Json),
            (&["text/html;q=0, application/json;q=0"], Html, Json),
            // Ranges.
            (&["application/json, */*"], Json, Json),
            (&["application/json, text/plain, */*"], Json, Json),
            (&["text/html, */*"], Html, Html),
            (&["text/*"], Html, Html),
            (&["application/*"], Json, Json),
            (&["text/*, */*"], Html, Html),
            (&["application/*, text/html"], Html, Html),
            (&["text/*, application/json"], Json, Json),
            (&["text/html;q=0.5, */*"], Json, Json),
            (&["application/json;q=0.1, */*;q=0.01"], Json, Json),
            (&["image/avif,image/webp,*/*;q=0.8"], Html, Json),
            // An unreadable weight counts as no weight.
            (&["application/json;q=abc"], Json, Json),
            (&["application/json;q="], Json, Json),
            (&["application/json;q=."], Json, Json),
            (&["application/json;q=-1"], Json, Json),
            // A comma begins another range.
            (&["application/json;q=0,5"], Html, Html),
            (&["application/json;q=1.5, text/html;q=0.9"], Json, Json),
            (&["application/json;q=.5, text/html;q=.6"], Html, Html),
            (&["application/json;q=\"0\""], Html, Html),
            (&["application/json;q=0.0004, text/html;q=0.9"], Html, Html),
            (&[",;,/"], Html, Json),
        ];
        for (accept, browser, till) in cases {
            assert_eq!(wants(accept, None), *browser, "{accept:?}");
            assert_eq!(wants(accept, Some(TILL)), *till, "{accept:?} of a till");
        }
        assert_eq!(wants(&["*/*"], Some(("content-type", "Application/JSON; charset=utf-8"))), Json);
        assert_eq!(wants(&["application/json;q=0"], Some(("content-type", "application/json"))), Html);
    }
}
