//! One handler, two faces: a view is a page (askama) and a JSON body (serde); what the caller asked for decides.

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

/// What a page is told of the request that it answers: where it stands, for the links that leave the site. And what it tells
/// in return.
#[derive(Debug, Default)]
pub struct Around {
    /// `EPASS_SITE_URL`.
    pub site: String,
    /// The path, without its query.
    pub path: String,
    /// The mark of who is signed in, for the forms of the page (`owner.rs`).
    pub mark: Option<String>,
    /// The campaign of today, for what a page says of its amounts and days.
    pub campaign: Option<Campaign>,
    /// Whether it named the decoder of QR codes (`filters::decoder`), and so has to be let run it.
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
    /// Its HTML.
    ///
    /// # Errors
    /// What askama says; it does not happen for templates that compile.
    fn html(&self, around: &Around) -> Result<String, askama::Error>;
}

impl<T: Template + Send + Sync> Drawn for T {
    fn html(&self, around: &Around) -> Result<String, askama::Error> {
        self.render_with_values(around)
    }
}

/// A page, and the body that it shows: the JSON contract. The page derefs to its body, so that its template names what the body
/// has as its own.
pub trait View: Drawn {
    /// The body.
    ///
    /// # Errors
    /// What serde says; it does not happen for records of named fields.
    fn json(&self) -> Result<Vec<u8>, serde_json::Error>;
}

impl<T: Drawn + Deref<Target: Serialize>> View for T {
    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&**self)
    }
}

/// A body for tills that has no page of its own: a browser is sent elsewhere with [`Reply::see`].
#[derive(Clone, Debug, Deref)]
pub struct Told<T>(pub T);

impl<T: Send + Sync> Drawn for Told<T> {
    fn html(&self, _: &Around) -> Result<String, askama::Error> {
        Err(askama::Error::Custom("this answer has no page: it must `see` one".into()))
    }
}

/// What the caller reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A page.
    Html,
    /// JSON.
    Json,
}

impl Wants {
    /// `Accept` decides: the face that weighs more, or that is named while the other one only lies in a range; a browser names
    /// HTML first, so HTML it is where both are named. Where `Accept` leaves it open, or refuses both, a till (Bearer, or a JSON
    /// body) gets JSON, and anybody else HTML.
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

/// Whether a browser asks: it names HTML, which no script does that reads statuses.
pub(crate) fn names_html(headers: &HeaderMap) -> bool {
    html_wish(headers).is_named()
}

fn html_wish(headers: &HeaderMap) -> Wish {
    wish(headers, &[|kind| kind == "text/html", |kind| kind == "application/xhtml+xml"], "text/*")
}

/// An answer that may run WebAssembly: a page that scans, and the worker that does it for the page.
#[derive(Clone, Copy, Debug)]
pub struct Decodes;

/// An answer that is rendered once it is known what the caller reads.
#[derive(Clone)]
pub struct Reply {
    status: StatusCode,
    view: Arc<dyn View>,
    see: Option<String>,
    cookies: Vec<String>,
}

impl Reply {
    /// 200.
    pub fn ok(view: impl View + 'static) -> Self {
        Self { status: StatusCode::OK, view: Arc::new(view), see: None, cookies: Vec::new() }
    }

    /// 201.
    pub fn created(view: impl View + 'static) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(view) }
    }

    /// A browser goes there instead (303), so that reloading repeats nothing; JSON stays.
    #[must_use]
    pub fn see(self, path: impl Into<String>) -> Self {
        Self { see: Some(path.into()), ..self }
    }

    /// Sets one more cookie.
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

/// The body of a view as a response.
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

/// 303.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What somebody reads who says this in `Accept`, and this besides.
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
        // What is accepted, what a browser gets, what a till gets.
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
            // Neither is, so that `Accept` says nothing.
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
            // A weight that cannot be read is none.
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
