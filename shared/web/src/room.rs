//! A room: the routes of one use case, each with the role that may enter. A route without one does not compile.

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, MatchedPath, OptionalFromRequestParts, Request, State};
use axum::http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue,
    LOCATION, ORIGIN, REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use epass_domain::{Role, Trading};
use epass_store::meter::Meter;
use tower::ServiceExt;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ComponentsBuilder, OpenApi, OpenApiBuilder, RefOr};

use crate::app::{App, Desk, Someone, Staff};
use crate::function::Function;
use crate::input::without_body;
use crate::menu::tabs;
use crate::openapi::{complete, operations};
use crate::owner::Owner;
use crate::page::Page;
use crate::problem::{Back, Code, Ended, Kind, Problem, Said};
use crate::reply::{Around, Decodes, Reply, Wants, names_html};
use crate::resumed;
use crate::routed::{Routed, canonical, is_text, respelt};
use crate::seen::Seen;
use crate::tills::{Caller, TillSecret};
use crate::tokens::Pass;

/// Who may enter a route. There is no default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// Anybody who is signed in.
    SignedIn,
    /// One role.
    Only(Role),
    /// Partners, and tills with a partner's key: no other route takes a key.
    Desk,
}

impl Access {
    /// Whether who signed in in a role, or nobody, may enter.
    pub fn admits(self, role: Option<Role>) -> bool {
        match self {
            Self::Public => true,
            Self::SignedIn => role.is_some(),
            Self::Only(only) => role == Some(only),
            Self::Desk => role == Some(Role::Partner),
        }
    }

    /// Whether a till may enter: no route but those of the desk, however open to partners.
    pub const fn admits_tills(self) -> bool {
        match self {
            Self::Public | Self::Desk => true,
            Self::SignedIn | Self::Only(_) => false,
        }
    }
}

/// A route as it was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// `GET`, `POST`…
    pub method: Method,
    /// With `{names}`.
    pub path: String,
    /// Who may enter.
    pub access: Access,
}

/// What `utoipa_axum::routes!` makes of handlers.
pub type Routes = (Vec<(String, RefOr<Schema>)>, Paths, MethodRouter<App>);

/// The routes of one use case.
pub struct Room {
    function: &'static Function,
    declared: Vec<Declared>,
    schemas: Vec<(String, RefOr<Schema>)>,
    paths: Paths,
    doors: Vec<(String, Access, MethodRouter<App>)>,
    fallback: bool,
}

impl Room {
    /// The room that this function answers for.
    pub fn new(function: &'static Function) -> Self {
        let (declared, schemas, doors) = (Vec::new(), Vec::new(), Vec::new());
        Self { function, declared, schemas, paths: Paths::new(), doors, fallback: false }
    }

    /// Adds handlers of one path (`routes!(show, send)`), open to `access`.
    #[must_use]
    pub fn open(mut self, access: Access, (schemas, mut paths, router): Routes) -> Self {
        let mut path_of_router = String::new();
        for (path, item) in &mut paths.paths {
            path_of_router.clone_from(path);
            for (method, operation) in operations(item) {
                if let Some(operation) = operation {
                    complete(operation, &method, self.name(), access);
                    self.declared.push(Declared { method, path: path.clone(), access });
                }
            }
        }
        self.schemas.extend(schemas);
        self.paths.merge(paths);
        self.doors.push((path_of_router, access, router));
        self
    }

    /// This room answers what no other one does: that there is no such page.
    #[must_use]
    pub fn with_fallback(self) -> Self {
        Self { fallback: true, ..self }
    }

    /// What its function is, and may do.
    pub const fn function(&self) -> &'static Function {
        self.function
    }

    /// Its name, which is also its package's and its Lambda's.
    pub const fn name(&self) -> &'static str {
        self.function.name
    }

    /// Its routes.
    pub fn declared(&self) -> &[Declared] {
        &self.declared
    }

    /// Whether it answers `$default`.
    pub const fn is_fallback(&self) -> bool {
        self.fallback
    }

    /// Its part of the API's description.
    pub fn openapi(&self) -> OpenApi {
        let components = ComponentsBuilder::new().schemas_from_iter(self.schemas.clone()).build();
        OpenApiBuilder::new().paths(self.paths.clone()).components(Some(components)).build()
    }

    /// The router that answers it all, as the room's own function does.
    pub fn router(&self, app: &App) -> Router {
        nowhere(self.routes_only(app), app)
    }

    /// Its routes, to be merged with those of other rooms; what no room takes is for [`nowhere`].
    pub fn routes_only(&self, app: &App) -> Router {
        let mut router = Router::new();
        for (path, access, handlers) in &self.doors {
            let shows = self.declared.iter().any(|route| route.method == Method::GET && route.path == *path);
            let post = self.paths.paths.get(path).and_then(|item| item.post.as_ref());
            let takes_nothing = post.is_some_and(|operation| operation.request_body.is_none());
            let door = Door { app: app.clone(), access: *access, shows, takes_nothing };
            router = router.route(path, handlers.clone().layer(from_fn_with_state(door, around)));
        }
        // `Input` keeps the limit itself, and answers 413 with a page.
        router.layer(DefaultBodyLimit::disable()).with_state(app.clone())
    }
}

/// Answers what no route takes, by path or by method, as API Gateway's `$default` does: with the page that says so.
pub fn nowhere(router: Router, app: &App) -> Router {
    let unrouted = MethodRouter::new().fallback(unrouted);
    let door = Door { app: app.clone(), access: Access::Public, shows: false, takes_nothing: false };
    let service: MethodRouter = unrouted.layer(from_fn_with_state(door, around)).with_state(app.clone());
    let handler = move |request: Request| service.clone().oneshot(request);
    router.method_not_allowed_fallback(handler.clone()).fallback(handler)
}

/// A path of any room says which methods it answers; any other path is nowhere.
async fn unrouted(method: Method, uri: Uri) -> Result<Response, Problem> {
    let routed = Routed::find(uri.path()).filter(|routed| !routed.answers(&method)).ok_or(Problem::not_found())?;
    if method == Method::OPTIONS {
        return Ok((StatusCode::NO_CONTENT, [(ALLOW, routed.allow())]).into_response());
    }
    Err(Problem::new(Kind::MethodNotAllowed(routed.allow())))
}

/// What stands before the handlers of one path.
#[derive(Clone)]
struct Door {
    app: App,
    access: Access,
    /// Whether the path has a page, besides what it takes.
    shows: bool,
    /// Whether what is posted to it has no body.
    takes_nothing: bool,
}

/// Around every handler: who is asking, may they, what did it cost, and in which face they get the answer.
async fn around(
    State(Door { app, access, shows, takes_nothing }): State<Door>,
    mut request: Request,
    next: Next,
) -> Response {
    let wants = Wants::of(request.headers());
    let is_browser = wants == Wants::Html && names_html(request.headers());
    let method = request.method().clone();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("-", |path| path.as_str()).to_owned();
    // On a public page a till is nobody.
    let is_known = |sender: &Sender| access != Access::Public || sender.caller.session().is_some();
    let sender = Sender::of(&app, request.headers()).filter(is_known);
    let by_bearer = sender.as_ref().is_some_and(|sender| sender.by_bearer);
    let caller = sender.map(|sender| sender.caller);
    let role = caller.as_ref().map(Caller::role);
    let till = matches!(caller, Some(Caller::Till(_)));
    let meter = Meter::default();
    let admitted = if till { access.admits_tills() } else { access.admits(role) };
    let refused = if !by_bearer && is_cross_site(&method, request.headers()) {
        Some(Kind::CrossSite)
    } else if !is_text(request.uri().path()) {
        Some(Kind::NotFound)
    } else if admitted {
        None
    } else if role.is_none() {
        Some(Kind::Unauthenticated)
    } else {
        Some(Kind::Forbidden)
    };
    let session = caller.as_ref().and_then(Caller::session).cloned();
    let referer = resumed::page_before(request.headers());
    let owner = session.as_ref().map(|pass| Owner(app.signer.mark(&pass.identifier)));
    let mut typed = None;
    if wants == Wants::Html && method == Method::POST && resumed::is_kept(&route) {
        (request, typed) = resumed::read(&app, session.as_ref(), request).await;
    }
    // The form of an account that is not the one of the session: as if no session lived, whatever role this one has.
    let is_foreign = typed.as_ref().zip(owner.as_ref()).is_some_and(|(typed, owner)| !typed.is_of(owner));
    let refused = refused.map(|kind| match kind {
        Kind::Forbidden if is_foreign => Kind::Unauthenticated,
        kind => kind,
    });
    let told = resumed::told_at(&app, session.as_ref(), request.uri()).filter(|_| is_browser && is_read(&method));
    let (mut response, seen) = match (canonical(request.uri().path()), refused) {
        (Some(canonical), _) => (moved(&canonical, request.uri().query()), None),
        (None, Some(kind)) => (Problem::new(kind).into_response(), None),
        (None, None) if let Some(told) = told => (told.into_response(), None),
        (None, None) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            // On a public page a form is anybody's.
            if let Some(owner) = owner.clone().filter(|_| access != Access::Public) {
                request.extensions_mut().insert(owner);
            }
            let request =
                if takes_nothing && method == Method::POST { without_body(request, &app).await } else { Ok(request) };
            match request {
                Ok(request) => Seen::during(meter.measure(next.run(request))).await,
                Err(problem) => (problem.into_response(), None),
            }
        }
    };
    let page = |title: &str| page_around(title, role, seen);
    let place = resumed::without_query(&path).to_owned();
    let mark = owner.map(|owner| owner.0);
    let around = Around { site: app.settings.site_url.clone(), path: place, mark, ..Around::default() };
    let respelling = response.extensions().get::<Problem>().and_then(Problem::respelling);
    let respelling = respelling.filter(|_| wants == Wants::Html && is_read(&method));
    let ours = respelling.map(|(wrong, right)| respelt(&around.path, wrong, right));
    if let Some(told) = response.extensions_mut().remove::<Said>() {
        response = told.render(page, around.path.clone(), &around);
    } else if let Some(ours) = ours {
        response = moved(&ours, path.split_once('?').map(|(_, query)| query));
    } else if let Some(reply) = response.extensions_mut().remove::<Reply>() {
        response = reply.render(wants, &around);
    } else if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        if is_browser && method == Method::POST && route != "-" && problem.leads_to_a_get() {
            let sent = Sent { pass: session.as_ref(), route: &route, path: &path, before: referer.as_deref() };
            problem = meter.measure(sent.led_to_a_get(&app, problem)).await;
        }
        let here = if is_read(&method) { path.clone() } else { "/espace".to_owned() };
        let mut back = Back { path: here, ended: Ended::Reading };
        if !is_read(&method) && matches!(problem.kind(), Kind::Unauthenticated) {
            // Back to the page that the post came from, not to the address that took it.
            let page = referer.filter(|page| shows || !resumed::is_at(page, &path));
            let here = shows.then(|| path.clone());
            back = Back { path: page.or(here).unwrap_or_else(|| "/espace".into()), ended: Ended::Sending };
            if let Some(page) = resumed::page_of(&route, &path) {
                back.ended = Ended::Losing;
                if let Some(typed) = typed
                    && let Some((path, word)) = meter.measure(resumed::keep(&app, &page, typed)).await
                {
                    back = Back { path, ended: Ended::Writing(word) };
                }
            }
        }
        response = problem.render(wants, page, &around, &back, app.now());
    }
    let code = response.extensions_mut().remove::<Code>().map_or("", |code| code.0);
    let spent = meter.spent();
    tracing::info!(
        %method, route, status = response.status().as_u16(), code, role = role.map_or("", Role::code), till, trips = spent.trips,
        read_tenths = spent.read_tenths, write_tenths = spent.write_tenths, "answered"
    );
    // What a secret in the path opens is no more for anybody than what a session opens.
    let for_anybody = access == Access::Public && role.is_none() && !route.contains("{token}");
    let decodes = response.extensions_mut().remove::<Decodes>().is_some();
    protect(response.headers_mut(), for_anybody, decodes);
    if app.settings.tell_spent
        && let Ok(told) = HeaderValue::try_from(spent.to_string())
    {
        response.headers_mut().insert(HeaderName::from_static("x-epass-spent"), told);
    }
    response
}

/// A post of a browser, and where it came from.
struct Sent<'a> {
    pass: Option<&'a Pass>,
    route: &'a str,
    path: &'a str,
    before: Option<&'a str>,
}

impl Sent<'_> {
    /// The problem, on a page that a GET shows: the form's own, or one that says why. As it was where no page is known, or
    /// what was typed is too long to travel.
    async fn led_to_a_get(self, app: &App, problem: Problem) -> Problem {
        let sent_from = || resumed::sent_from(self.before, self.route, self.path);
        let Some(page) = problem.page().map(str::to_owned).or_else(sent_from) else { return problem };
        let path = match problem.form() {
            None if problem.stands() => Some(page),
            Some(form) => resumed::refused(app, self.pass, self.route, &page, form).await,
            None => resumed::told(app, self.pass, &page, problem.kind().said()),
        };
        match path {
            Some(path) => problem.back_to(path),
            None => problem,
        }
    }
}

/// For good, with the method and the body as they are (308).
fn moved(path: &str, query: Option<&str>) -> Response {
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    let location = HeaderValue::try_from(format!("{path}{query}")).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response()
}

/// A page around a problem: theirs, where the handler came to know who it is; or else the header and tabs that the signature
/// alone allows.
fn page_around(title: &str, role: Option<Role>, seen: Option<Seen>) -> Page {
    match (role, seen) {
        (None, _) => Page::public(title),
        (Some(_), Some(seen)) => seen.page(title),
        (Some(role), None) => Page::signed_in(title, String::new(), role, tabs(role, Trading::NotYet, "")),
    }
}

/// The name of the session's cookie. `__Host-`: this host only, over HTTPS only, for all paths.
pub const SESSION_COOKIE: &str = "__Host-session";

/// Who sent a request, and how that is known.
struct Sender {
    caller: Caller,
    /// By `Authorization`, which no browser sends on its own; or else by the cookie, which every browser does.
    by_bearer: bool,
}

impl Sender {
    /// By a signed pass in `Authorization: Bearer` or in the cookie, or by a till's key in the former. A bearer that is
    /// wrong is nobody, whatever the cookie says; another scheme says nothing.
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

/// The value of a cookie.
pub(crate) fn cookie_in(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = cookies.flat_map(cookie::Cookie::split_parse).flatten();
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// The token of `Authorization: Bearer`; the scheme's case does not count (RFC 9110, 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Whether a method only reads.
fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether a browser says that another site sent this: `Sec-Fetch-Site`, or else `Origin` against `Host`. A request with
/// neither comes from no browser of this decade.
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

/// What a browser lets an answer do, with this source of scripts.
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

/// The headers that every answer carries. What is `for_anybody` may be kept if it is asked for again before it is shown;
/// what somebody who is signed in sees, or a cookie, is kept nowhere. What `decodes` QR codes may run WebAssembly of ours.
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

impl FromRequestParts<App> for Pass {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().ok_or(Problem::new(Kind::Unauthenticated))?;
        caller.session().cloned().ok_or(Problem::new(Kind::Forbidden))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::new(Kind::Unauthenticated))
    }
}

impl OptionalFromRequestParts<App> for Pass {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Caller>().and_then(Caller::session).cloned())
    }
}

impl FromRequestParts<App> for Someone {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let pass = <Pass as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        Ok(app.enter(&pass, &[]).await?.0)
    }
}

impl FromRequestParts<App> for Desk {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        Ok(app.enter_desk(&caller, &[]).await?.0)
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let someone = Someone::from_request_parts(parts, app).await?;
        if someone.role() == Role::Team { Ok(Self(someone)) } else { Err(Problem::new(Kind::Forbidden)) }
    }
}

/// A public page's header: *Mon espace* where a pass came along, without asking the store.
pub fn public_page(title: &str, pass: Option<&Pass>) -> Page {
    match pass {
        None => Page::public(title),
        Some(pass) => Page::signed_in(title, String::new(), pass.holder.role(), Vec::new()),
    }
}

/// As [`public_page`], with the tabs of a young person or an establishment whose pass came along; `here` is its path.
pub fn public_page_at(title: &str, pass: Option<&Pass>, here: &str) -> Page {
    match pass.map(|pass| pass.holder.role()) {
        Some(role @ (Role::Beneficiary | Role::Establishment)) => {
            Page::signed_in(title, String::new(), role, tabs(role, Trading::NotYet, here))
        }
        // Which tabs a partner has, the store alone knows.
        Some(Role::Partner | Role::Team) | None => public_page(title, pass),
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

    #[test]
    fn access_admits_by_role_and_tills_to_the_desk_alone() {
        let admitted = |access: Access| [None, Some(Role::Team), Some(Role::Partner)].map(|role| access.admits(role));
        assert_eq!(admitted(Access::Public), [true, true, true]);
        assert_eq!(admitted(Access::SignedIn), [false, true, true]);
        assert_eq!(admitted(Access::Only(Role::Team)), [false, true, false]);
        assert_eq!(admitted(Access::Desk), [false, false, true]);
        assert!(Access::Public.admits_tills() && Access::Desk.admits_tills());
        assert!(!Access::SignedIn.admits_tills() && !Access::Only(Role::Partner).admits_tills());
    }
}
