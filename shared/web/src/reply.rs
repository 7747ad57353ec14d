//! One handler, two faces: a view is a page (askama) and a JSON body (serde); what the caller asked for decides.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use askama::Template;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::media::essence;
use crate::typeset::typeset;

/// What a page is told of the request that it answers: where it stands, for the links that leave the site. And what it tells
/// in return.
#[derive(Debug, Default)]
pub struct Around {
    /// `EPASS_SITE_URL`.
    pub site: String,
    /// The path, without its query.
    pub path: String,
    /// Whether it named the decoder of QR codes (`filters::decoder`), and so has to be let run it.
    pub decodes: AtomicBool,
}

impl askama::Values for Around {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn std::any::Any> {
        match key {
            "site" => Some(&self.site),
            "path" => Some(&self.path),
            "decodes" => Some(&self.decodes),
            _ => None,
        }
    }
}

/// A page and a JSON body in one.
pub trait View: Send + Sync {
    /// The page.
    ///
    /// # Errors
    /// What askama says; it does not happen for templates that compile.
    fn html(&self, around: &Around) -> Result<String, askama::Error>;
    /// The body.
    ///
    /// # Errors
    /// What serde says; it does not happen for records of named fields.
    fn json(&self) -> Result<Vec<u8>, serde_json::Error>;
}

impl<T: Template + Serialize + Send + Sync> View for T {
    fn html(&self, around: &Around) -> Result<String, askama::Error> {
        self.render_with_values(around)
    }

    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

/// A body for tills that has no page of its own: a browser is sent elsewhere with [`Reply::see`].
#[derive(Clone, Debug)]
pub struct Told<T>(pub T);

impl<T: Serialize + Send + Sync> View for Told<T> {
    fn html(&self, _: &Around) -> Result<String, askama::Error> {
        Err(askama::Error::Custom("this answer has no page: it must `see` one".into()))
    }

    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&self.0)
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
    /// `Accept` decides where it names one of the two; or else a till (Bearer, or a JSON body) gets JSON. A browser names
    /// HTML first, so HTML it is where both are named.
    pub fn of(headers: &HeaderMap) -> Self {
        let types = |name: HeaderName| {
            let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            values.flat_map(|value| value.split(',')).map(essence).map(str::to_ascii_lowercase).collect::<Vec<_>>()
        };
        let is_json = |kind: &String| kind == "application/json" || kind.ends_with("+json");
        let accepted = types(ACCEPT);
        if accepted.iter().any(|kind| kind == "text/html" || kind == "application/xhtml+xml") {
            Self::Html
        } else if accepted.iter().any(is_json)
            || headers.contains_key(AUTHORIZATION)
            || types(CONTENT_TYPE).iter().any(is_json)
        {
            Self::Json
        } else {
            Self::Html
        }
    }
}

/// Whether a browser asks: it names HTML, which no script does that reads statuses.
pub(crate) fn names_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| essence(kind).eq_ignore_ascii_case("text/html"))
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
            _ => body(self.status, &*self.view, wants, around, "application/json"),
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

/// A view as a response; a page with French typography in its words.
pub(crate) fn body(
    status: StatusCode,
    view: &dyn View,
    wants: Wants,
    around: &Around,
    json_type: &'static str,
) -> Response {
    let rendered = match wants {
        Wants::Html => {
            let page = view.html(around).map(|html| typeset(&html).into_bytes());
            page.map(|html| ("text/html; charset=utf-8", html)).map_err(|error| error.to_string())
        }
        Wants::Json => view.json().map(|json| (json_type, json)).map_err(|error| error.to_string()),
    };
    match rendered {
        Ok((kind, body)) => {
            let mut response = (status, [(CONTENT_TYPE, kind)], body).into_response();
            if around.decodes.load(Ordering::Relaxed) {
                response.extensions_mut().insert(Decodes);
            }
            response
        }
        Err(reason) => {
            tracing::error!(reason, "a view does not render");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// 303.
pub fn see_other(path: &str) -> Response {
    let location = HeaderValue::try_from(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}
