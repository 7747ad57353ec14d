//! The two ways in: a till that speaks JSON under a token, and a browser that posts forms under a cookie.

use std::net::IpAddr;

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, REFERER, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode, request};
use bytes::Bytes;
use epass_web::{DEVICE_COOKIE, SESSION_COOKIE};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

/// A client of one site; clones share its connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    site: String,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// What a request spent in DynamoDB, as `x-epass-spent` tells it; units in tenths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Round trips.
    pub trips: u64,
    /// Tenths of a read unit.
    pub read_tenths: u64,
    /// Tenths of a write unit.
    pub write_tenths: u64,
}

impl Http {
    /// A client of the site at this URL (no slash at the end).
    pub fn of(site: &str) -> Self {
        Self::connecting(site, None)
    }

    /// A client of the site at another address of this machine: `127.0.0.2`.
    #[must_use]
    pub fn from(&self, address: IpAddr) -> Self {
        Self::connecting(&self.site, Some(address))
    }

    fn connecting(site: &str, from: Option<IpAddr>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_local_address(from);
        Self { client: Client::builder(TokioExecutor::new()).build(connector), site: site.to_owned() }
    }

    /// A request to a path of the site.
    pub fn request(&self, method: Method, path: &str) -> request::Builder {
        Request::builder().method(method).uri(format!("{}{path}", self.site))
    }

    /// Sends a request.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn send(&self, request: request::Builder, body: impl Into<Bytes>) -> Answer {
        self.try_send(request, body).await.expect("the site answers")
    }

    /// Sends a request that may find nobody.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn try_send(
        &self,
        request: request::Builder,
        body: impl Into<Bytes>,
    ) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let (head, body) = self.client.request(request.body(Full::new(body.into()))?).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }

    /// Sends on a request that came for another address: method, path, headers and body as they are.
    ///
    /// # Panics
    /// When nobody answers.
    pub async fn forward(&self, head: &request::Parts, body: Bytes) -> Answer {
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = self.request(head.method.clone(), path);
        for (name, value) in head.headers.iter().filter(|(name, _)| *name != "content-length") {
            request = request.header(name, value);
        }
        self.send(request, body).await
    }

    /// Posts JSON, signed in or not.
    pub async fn post_json(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        self.post_raw(path, token, "application/json", body.to_string()).await
    }

    /// Posts any bytes as any type, as a till.
    pub async fn post_raw(&self, path: &str, token: Option<&str>, kind: &str, body: impl Into<Bytes>) -> Answer {
        let request = self.request(Method::POST, path).header(ACCEPT, "application/json").header(CONTENT_TYPE, kind);
        self.send(bearer(request, token), body).await
    }

    /// Signs in as a till does.
    pub async fn sign_in(&self, identifier: &str, password: &str) -> Answer {
        self.post_json("/connexion", None, &json!({ "identifier": identifier, "password": password })).await
    }
}

fn bearer(request: request::Builder, token: Option<&str>) -> request::Builder {
    match token {
        Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
        None => request,
    }
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text()))
    }

    /// The body as text, with the spaces and hyphens that its template has: what [`epass_domain::unbroken`] made of them is
    /// taken back where nothing but that function writes it. `pages.rs` holds the typography itself against the bytes.
    pub fn text(&self) -> String {
        const PLAIN: [(&str, &str); 8] = [
            ("\u{a0}:", " :"),
            ("\u{a0}»", " »"),
            ("«\u{a0}", "« "),
            ("\u{202f};", " ;"),
            ("\u{202f}!", " !"),
            ("\u{202f}?", " ?"),
            ("°\u{a0}", "° "),
            ("\u{2011}", "-"),
        ];
        let text = String::from_utf8_lossy(&self.body).into_owned();
        PLAIN.iter().fold(text, |text, (set, plain)| text.replace(set, plain))
    }

    /// A header, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The problem's word; empty when it is none.
    pub fn code(&self) -> String {
        let body = serde_json::from_slice::<Value>(&self.body).unwrap_or_default();
        body["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Fields and words of the faults.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let body = self.json();
        let faults = body["faults"].as_array().cloned().unwrap_or_default();
        faults.iter().map(|fault| (text(&fault["field"]), text(&fault["code"]))).collect()
    }

    /// Holds the status against what it should be; the body is in the message.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Holds status and word of a refusal against what they should be.
    #[track_caller]
    pub fn refuses(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text());
        self
    }

    /// What it cost.
    pub fn spent(&self) -> Spent {
        let tenths = |text: &str| text.replace('.', "").parse().unwrap();
        let told = self.header("x-epass-spent");
        let part =
            |name: &str| told.split(", ").find_map(|part| part.strip_prefix(name)).unwrap_or_else(|| panic!("{told}"));
        Spent {
            trips: part("trips=").parse().unwrap(),
            read_tenths: tenths(part("read=")),
            write_tenths: tenths(part("write=")),
        }
    }
}

/// A shop's till: JSON under a token.
#[derive(Clone, Debug)]
pub struct Till {
    /// How it reaches the site.
    pub http: Http,
    /// For `Authorization`.
    pub token: String,
}

impl Till {
    /// One that has just signed in.
    pub async fn sign_in(http: Http, identifier: &str, password: &str) -> Self {
        let answer = http.sign_in(identifier, password).await.is(200);
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        Self { http, token }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        let request = self.http.request(Method::GET, path).header(ACCEPT, "application/json");
        self.http.send(bearer(request, Some(&self.token)), "").await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.http.post_json(path, Some(&self.token), body).await
    }

    /// Looks somebody up.
    pub async fn look_up(&self, reference: &str, birth_date: &str) -> Answer {
        self.post("/transactions/recherche", &json!({ "reference": reference, "birth_date": birth_date })).await
    }

    /// Looks a young person up by the card and gives the ticket.
    pub async fn ticket(&self, young: &epass_domain::Beneficiary) -> String {
        let found = self.look_up(young.card.as_str(), &young.birth_date.iso()).await.is(200);
        found.json()["ticket"].as_str().unwrap().to_owned()
    }

    /// Pays.
    pub async fn pay(&self, ticket: &str, envelope: &str, amount_cents: u64) -> Answer {
        let body = json!({ "ticket": ticket, "envelope": envelope, "amount_cents": amount_cents });
        self.post("/transactions", &body).await
    }

    /// Cancels.
    pub async fn cancel(&self, transaction: &str) -> Answer {
        self.post(&format!("/transactions/{transaction}/annulation"), &json!({})).await
    }

    /// All lines of the history, page after page.
    pub async fn history(&self) -> Vec<Value> {
        let mut lines = Vec::new();
        let mut path = "/transactions".to_owned();
        loop {
            let page = self.get(&path).await.is(200).json();
            lines.extend(page["transactions"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => path = format!("/transactions?after={next}"),
                None => return lines,
            }
        }
    }
}

/// Somebody's browser: pages and forms under a cookie.
#[derive(Clone, Debug)]
pub struct Browser {
    /// How it reaches the site.
    pub http: Http,
    /// The session's token, once there is one.
    pub cookie: Option<String>,
    /// What the device is known by, once it signed in.
    pub device: Option<String>,
}

impl Browser {
    /// A fresh one.
    pub const fn of(http: Http) -> Self {
        Self { http, cookie: None, device: None }
    }

    /// A request as a browser sends it from this site.
    pub fn request(&self, method: Method, path: &str) -> request::Builder {
        let request =
            self.http.request(method, path).header(ACCEPT, "text/html").header("sec-fetch-site", "same-origin");
        let cookies = [(SESSION_COOKIE, &self.cookie), (DEVICE_COOKIE, &self.device)];
        let kept = cookies.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        match kept.collect::<Vec<_>>() {
            none if none.is_empty() => request,
            kept => request.header(COOKIE, kept.join("; ")),
        }
    }

    /// Opens a page. A connection that the site closes meanwhile, as it does after an upload that it did not read to its end, is
    /// opened anew once, as a browser does with what only reads.
    pub async fn get(&self, path: &str) -> Answer {
        match self.http.try_send(self.request(Method::GET, path), "").await {
            Ok(answer) => answer,
            Err(_) => self.http.send(self.request(Method::GET, path), "").await,
        }
    }

    /// Posts a form, and keeps the cookie that comes back.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(None, path, fields).await
    }

    async fn send(&mut self, request: request::Builder, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        let answer = self.http.send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded"), body).await;
        self.keep(&answer);
        answer
    }

    /// Posts a form of this page.
    pub async fn post_from(&mut self, page: Option<&str>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, path);
        let request = match page {
            Some(page) => request.header(REFERER, format!("{}{page}", self.http.site)),
            None => request,
        };
        self.send(request, fields).await
    }

    /// Posts a form as a program with this browser's cookies: it names no media type, and reads a refusal's status in place.
    pub async fn post_as_program(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = self.request(Method::POST, path);
        request.headers_mut().expect("the request is sound").remove(ACCEPT);
        self.send(request, fields).await
    }

    /// Posts a form and opens the page that it leads to.
    pub async fn post_and_see(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let led = self.post(path, fields).await.is(StatusCode::SEE_OTHER.as_u16());
        self.get(led.header(LOCATION.as_str())).await
    }

    /// Posts a form that is refused, and opens the page that says so: the form's own, or one that says why.
    pub async fn refused(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let led = self.post(path, fields).await;
        self.shown(led).await
    }

    /// Opens the page to which a refused form leads.
    pub async fn shown(&self, led: Answer) -> Answer {
        let led = led.is(StatusCode::SEE_OTHER.as_u16());
        let page = led.header(LOCATION.as_str());
        assert!(page.contains("reprise=") || page.contains("refus="), "it is not refused, but leads to {page}");
        self.get(page).await
    }

    /// Posts a form with a file.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Answer {
        const EDGE: &str = "----edge-of-a-part";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let (name, bytes) = file;
        let head = format!(
            "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"../../rib.exe\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        let request =
            self.request(Method::POST, path).header(CONTENT_TYPE, format!("multipart/form-data; boundary={EDGE}"));
        let answer = self.http.send(request, body).await;
        self.keep(&answer);
        answer
    }

    /// Signs in; where it leads.
    pub async fn sign_in(&mut self, identifier: &str, password: &str) -> String {
        let answer = self.post("/connexion", &[("identifier", identifier), ("password", password)]).await;
        let answer = answer.is(StatusCode::SEE_OTHER.as_u16());
        answer.header(LOCATION.as_str()).to_owned()
    }

    fn keep(&mut self, answer: &Answer) {
        for set in answer.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let Some((name, rest)) = set.split_once('=') else { continue };
            let value = rest.split(';').next().filter(|value| !value.is_empty()).map(str::to_owned);
            match name {
                SESSION_COOKIE => self.cookie = value,
                DEVICE_COOKIE => self.device = value,
                _ => {}
            }
        }
    }
}
