//! The middleware around every handler: it identifies the caller, checks the route's access, renders the answer, and
//! logs its cost.

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN,
    REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use epass_domain::{Campaign, Role};
use epass_store::meter::Meter;

use crate::access::Access;
use crate::addresses::{is_at, page_above, without_query};
use crate::app::App;
use crate::carrier::InPlace;
use crate::cookies::{SESSION_COOKIE, cookie_in};
use crate::frames::page_around;
use crate::input::without_body;
use crate::owner::Owner;
use crate::problem::{Back, Code, Ended, Kind, Problem, Said};
use crate::reply::{Around, Decodes, Reply, Wants, names_html};
use crate::resumed::{self, Typed};
use crate::routed::{canonical, is_text, respelt};
use crate::seen::Seen;
use crate::tills::{Caller, TillSecret};
use crate::tokens::Pass;

/// The middleware's settings for a path.
#[derive(Clone)]
pub(crate) struct Middleware {
    pub(crate) app: App,
    pub(crate) access: Access,
    /// Whether the path answers GET with a page.
    pub(crate) shows: bool,
    /// Whether a POST to it has no body.
    pub(crate) takes_nothing: bool,
}

/// Runs a handler and renders its answer.
pub(crate) async fn around(State(of): State<Middleware>, request: Request, next: Next) -> Response {
    let meter = Meter::default();
    let (mut visit, request) = Visit::of(&of, request).await;
    let (response, seen) = visit.handled(&of, request, next, &meter).await;
    let mut response = visit.rendered(&of, response, seen, &meter).await;
    visit.log(&mut response, &meter);
    // A page that a secret in the path opens is as private as one that a session opens.
    let for_anybody = of.access == Access::Public && visit.role().is_none() && !visit.route.contains("{token}");
    let decodes = response.extensions_mut().remove::<Decodes>().is_some();
    protect(response.headers_mut(), for_anybody, decodes);
    if of.app.settings.tell_spent
        && let Ok(told) = HeaderValue::try_from(meter.spent().to_string())
    {
        response.headers_mut().insert(HeaderName::from_static("x-epass-spent"), told);
    }
    response
}

/// A request as the middleware sees it: the path, the caller, and the page that it came from.
struct Visit {
    wants: Wants,
    /// Whether `Accept` names HTML, as browsers do.
    is_browser: bool,
    method: Method,
    /// The path with its query.
    path: String,
    /// The route as it was declared; `-` for a path that no room takes.
    route: String,
    caller: Option<Caller>,
    /// The mark of the account that is signed in.
    owner: Option<Owner>,
    is_cross_site: bool,
    /// The page of this site that the request was sent from.
    before: Option<String>,
    /// The typed values, where the route's form is one that is kept.
    typed: Option<Typed>,
}

impl Visit {
    /// Reads the request. The values of a form that is kept are read before the handler takes the body.
    async fn of(of: &Middleware, request: Request) -> (Self, Request) {
        let headers = request.headers();
        let wants = Wants::of(headers);
        // A till is anonymous on a public page.
        let is_known = |sender: &Sender| of.access != Access::Public || sender.caller.session().is_some();
        let sender = Sender::of(&of.app, headers).filter(is_known);
        let by_bearer = sender.as_ref().is_some_and(|sender| sender.by_bearer);
        let caller = sender.map(|sender| sender.caller);
        let session = caller.as_ref().and_then(Caller::session);
        let mut visit = Self {
            wants,
            is_browser: wants == Wants::Html && names_html(headers),
            method: request.method().clone(),
            path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            route: request.extensions().get::<MatchedPath>().map_or("-", |path| path.as_str()).to_owned(),
            owner: session.map(|pass| Owner(of.app.signer.mark(&pass.identifier))),
            is_cross_site: !by_bearer && is_cross_site(request.method(), headers),
            before: resumed::page_before(headers),
            typed: None,
            caller,
        };
        if wants != Wants::Html || visit.method != Method::POST || !resumed::is_kept(&visit.route) {
            return (visit, request);
        }
        let (request, typed) = resumed::read(&of.app, visit.session(), request).await;
        visit.typed = typed;
        (visit, request)
    }

    /// The path without its query.
    fn place(&self) -> &str {
        without_query(&self.path)
    }

    fn role(&self) -> Option<Role> {
        self.caller.as_ref().map(Caller::role)
    }

    fn session(&self) -> Option<&Pass> {
        self.caller.as_ref().and_then(Caller::session)
    }

    fn is_till(&self) -> bool {
        matches!(self.caller, Some(Caller::Till(_)))
    }

    /// The reason to refuse the request before the handler, if there is one.
    fn refused(&self, access: Access) -> Option<Kind> {
        let role = self.role();
        if self.is_cross_site {
            return Some(Kind::CrossSite);
        }
        if !is_text(self.place()) {
            return Some(Kind::NotFound);
        }
        let is_admitted = if self.is_till() { access.admits_tills() } else { access.admits(role) };
        if is_admitted {
            return None;
        }
        // A form of another account than the session's is refused as if the session had ended, whatever the role.
        let is_foreign = self.typed.as_ref().zip(self.owner.as_ref()).is_some_and(|(typed, owner)| !typed.is_of(owner));
        Some(if role.is_none() || is_foreign { Kind::Unauthenticated } else { Kind::Forbidden })
    }

    /// The handler's answer and the account that it identified; or the refusal, without calling it.
    async fn handled(
        &self,
        of: &Middleware,
        mut request: Request,
        next: Next,
        meter: &Meter,
    ) -> (Response, Option<Seen>) {
        if let Some(canonical) = canonical(request.uri().path()) {
            return (moved(&canonical, request.uri().query()), None);
        }
        if let Some(kind) = self.refused(of.access) {
            return (Problem::new(kind).into_response(), None);
        }
        if self.is_browser
            && is_read(&self.method)
            && let Some(told) = resumed::told_at(&of.app, self.session(), request.uri())
        {
            return (told.into_response(), None);
        }
        if let Some(caller) = self.caller.clone() {
            request.extensions_mut().insert(caller);
        }
        // On a public page a form belongs to everybody.
        if let Some(owner) = self.owner.clone().filter(|_| of.access != Access::Public) {
            request.extensions_mut().insert(owner);
        }
        if of.takes_nothing && self.method == Method::POST {
            match without_body(request, &of.app).await {
                Ok(bare) => request = bare,
                Err(problem) => return (problem.into_response(), None),
            }
        }
        Seen::during(meter.measure(next.run(request))).await
    }

    /// The answer as HTML or JSON, as the caller reads it.
    async fn rendered(
        &mut self,
        of: &Middleware,
        mut response: Response,
        seen: Option<Seen>,
        meter: &Meter,
    ) -> Response {
        let role = self.role();
        let page = |title: &str| page_around(title, role, seen);
        let mark = self.owner.as_ref().map(|owner| owner.0.clone());
        let site = of.app.settings.site_url.clone();
        // Only pages name the campaign.
        let campaign = (self.wants == Wants::Html).then(|| Campaign::at(of.app.now()));
        let path = self.place().to_owned();
        let around = Around { site, path, mark, campaign, ..Around::default() };
        if let Some(told) = response.extensions_mut().remove::<Said>() {
            return told.render(page, around.path.clone(), &around);
        }
        if let Some(reply) = response.extensions_mut().remove::<Reply>() {
            return reply.render(self.wants, &around);
        }
        let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
        if let Some((wrong, right)) = problem.respelling()
            && self.wants == Wants::Html
            && is_read(&self.method)
        {
            return moved(&respelt(&around.path, wrong, right), self.path.split_once('?').map(|(_, query)| query));
        }
        if self.is_browser && self.method == Method::POST && self.route != "-" && problem.leads_to_a_get() {
            problem = meter.measure(self.led_to_a_get(&of.app, problem)).await;
        }
        let in_place = if self.wants == Wants::Html { self.in_place(&problem) } else { None };
        let back = self.back(of, problem.kind(), meter).await;
        let mut response = problem.render(self.wants, page, &around, &back, of.app.now());
        if let Some(in_place) = in_place {
            response.extensions_mut().insert(in_place);
        }
        response
    }

    /// The path that a sign-in returns to.
    async fn back(&mut self, of: &Middleware, kind: &Kind, meter: &Meter) -> Back {
        if is_read(&self.method) {
            return Back { path: self.path.clone(), ended: Ended::Reading };
        }
        if !matches!(kind, Kind::Unauthenticated) {
            return Back { path: "/espace".into(), ended: Ended::Reading };
        }
        // Returns to the page that the POST came from, not to the address that took it.
        let page = self.before.clone().filter(|page| of.shows || !is_at(page, &self.path));
        let here = of.shows.then(|| self.path.clone());
        let path = page.or(here).unwrap_or_else(|| "/espace".into());
        let Some(page) = resumed::page_of(&self.route, &self.path) else { return Back { path, ended: Ended::Sending } };
        if let Some(typed) = self.typed.take()
            && let Some((path, word)) = meter.measure(resumed::keep(&of.app, &page, typed)).await
        {
            return Back { path, ended: Ended::Writing(word) };
        }
        Back { path, ended: Ended::Losing }
    }

    /// Redirects the problem to a page that a GET shows: the form's own, or one that gives the reason. It stays as it
    /// is when no page is known, or when the typed values are too long for an address.
    async fn led_to_a_get(&self, app: &App, problem: Problem) -> Problem {
        let Some(page) = self.page_of(&problem, self.before.as_deref()) else { return problem };
        let path = match problem.form() {
            None if problem.stands() => Some(page),
            Some(form) => resumed::refused(app, self.session(), &self.route, &page, form).await,
            None => resumed::told(app, self.session(), &page, problem.kind().said()),
        };
        match path {
            Some(path) => problem.back_to(path),
            None => problem,
        }
    }

    /// The form of a problem, to be drawn on its own page in this response, when nothing else shows it.
    fn in_place(&self, problem: &Problem) -> Option<InPlace> {
        let form = problem.form().filter(|_| !problem.is_shown())?.clone();
        Some(InPlace { page: self.page_of(problem, None)?, form })
    }

    /// The page of a problem's form: the one that the problem names, or the one that the POST came from. A second step
    /// shown by GET has no form of its own: it belongs to the page above.
    fn page_of(&self, problem: &Problem, before: Option<&str>) -> Option<String> {
        let own = || match is_read(&self.method) {
            true => page_above(self.place()),
            false => resumed::sent_from(before, &self.route, &self.path),
        };
        problem.page().map(str::to_owned).or_else(own)
    }

    /// Logs the one event of the request.
    fn log(&self, response: &mut Response, meter: &Meter) {
        let code = response.extensions_mut().remove::<Code>().map_or("", |code| code.0);
        let (method, route, spent) = (&self.method, &self.route, meter.spent());
        tracing::info!(
            %method, route, status = response.status().as_u16(), code, role = self.role().map_or("", Role::code),
            till = self.is_till(), trips = spent.trips, read_tenths = spent.read_tenths, write_tenths = spent.write_tenths,
            "answered"
        );
    }
}

/// A permanent redirect that keeps method and body (308).
fn moved(path: &str, query: Option<&str>) -> Response {
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    let location = HeaderValue::try_from(format!("{path}{query}")).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response()
}

/// The caller of a request, and how it was authenticated.
struct Sender {
    caller: Caller,
    /// By `Authorization`, which no browser sends on its own; otherwise by the cookie, which every browser sends.
    by_bearer: bool,
}

impl Sender {
    /// A signed pass in `Authorization: Bearer` or in the cookie, or a till's key in `Authorization: Bearer`. A wrong
    /// bearer token is anonymous, whatever the cookie holds; another scheme is ignored.
    fn of(app: &App, headers: &HeaderMap) -> Option<Self> {
        let Some(token) = bearer(headers) else {
            let caller = Caller::Session(app.signer.read_pass(&cookie_in(headers, SESSION_COOKIE)?)?);
            return Some(Self { caller, by_bearer: false });
        };
        let till = TillSecret::parse(token).map(|secret| Caller::till(&secret));
        let caller = till.or_else(|| app.signer.read_pass(token).map(Caller::Session))?;
        Some(Self { caller, by_bearer: true })
    }
}

/// The token of `Authorization: Bearer`; the scheme ignores case (RFC 9110, 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Whether a method only reads.
fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the browser reports a cross-site request: by `Sec-Fetch-Site`, else by `Origin` against `Host`. A request
/// with neither does not come from a current browser.
fn is_cross_site(method: &Method, headers: &HeaderMap) -> bool {
    if is_read(method) {
        return false;
    }
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(HeaderName::from_static("sec-fetch-site")), text(ORIGIN), text(HOST)) {
        (Some(site), ..) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => origin.split_once("://").map(|(_, sender)| sender) != Some(host),
        (None, Some(_), None) => true,
        (None, None, _) => false,
    }
}

/// The content security policy of an answer, with this source of scripts.
macro_rules! policy {
    ($scripts:literal) => {
        concat!(
            "default-src 'none'; style-src 'self'; script-src ",
            $scripts,
            "; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'"
        )
    };
}

/// The headers of every answer. An answer that is `for_anybody` may be cached if it is revalidated before it is shown;
/// a page of a signed-in caller, or one that sets a cookie, is not stored. An answer that `decodes` QR codes may run
/// our WebAssembly.
fn protect(headers: &mut HeaderMap, for_anybody: bool, decodes: bool) {
    let policy = if decodes { policy!("'self' 'wasm-unsafe-eval'") } else { policy!("'self'") };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(self), microphone=(), geolocation=()"));
    if !headers.contains_key(CACHE_CONTROL) {
        let rule = if for_anybody && !headers.contains_key(SET_COOKIE) { "no-cache" } else { "no-store" };
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(rule));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        is_cross_site(method, &headers)
    }

    #[test]
    fn only_what_a_browser_sends_from_another_site_is_cross_site() {
        let post = |headers| sent(&Method::POST, headers);
        assert!(post(&[("sec-fetch-site", "cross-site")]));
        assert!(post(&[("sec-fetch-site", "same-site")]));
        assert!(!post(&[("sec-fetch-site", "same-origin"), ("origin", "https://other"), ("host", "here")]));
        assert!(post(&[("origin", "https://other"), ("host", "here")]));
        assert!(post(&[("origin", "null"), ("host", "here")]));
        assert!(!post(&[("origin", "https://here"), ("host", "here")]));
        assert!(!post(&[("host", "here")]), "no browser sends neither");
        assert!(post(&[("sec-fetch-site", "cross-site"), ("authorization", "Bearer x")]), "whatever else it sends");
        assert!(!sent(&Method::GET, &[("sec-fetch-site", "cross-site")]), "a link in a mail");
    }
}
