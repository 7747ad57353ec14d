//! A room: the routes of one use case, each with its authorization rule. A route without one does not compile.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::ALLOW;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use tower::ServiceExt;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ComponentsBuilder, OpenApi, OpenApiBuilder, RefOr};

use crate::access::Access;
use crate::app::App;
use crate::carrier::drawing_in_place;
use crate::function::Function;
use crate::middleware::{Middleware, around};
use crate::operations::{complete, operations};
use crate::problem::{Kind, Problem};
use crate::routed::Routed;

/// A route as it was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// `GET`, `POST`…
    pub method: Method,
    /// The path, with `{names}`.
    pub path: String,
    /// The authorization rule.
    pub access: Access,
}

/// The result of `utoipa_axum::routes!`.
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
    /// The room of this function.
    pub fn new(function: &'static Function) -> Self {
        let (declared, schemas, doors) = (Vec::new(), Vec::new(), Vec::new());
        Self { function, declared, schemas, paths: Paths::new(), doors, fallback: false }
    }

    /// Adds the handlers of one path (`routes!(show, send)`), with the authorization rule `access`.
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

    /// Makes this room answer every path that no other room has, with 404.
    #[must_use]
    pub fn with_fallback(self) -> Self {
        Self { fallback: true, ..self }
    }

    /// The declaration of its function.
    pub const fn function(&self) -> &'static Function {
        self.function
    }

    /// The room's name, which is also the name of its package and its Lambda.
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

    /// The complete router, as the room's own function serves it.
    pub fn router(&self, app: &App) -> Router {
        nowhere(self.routes_only(app), app)
    }

    /// Its routes, to be merged with those of other rooms; [`nowhere`] answers what no room takes.
    pub fn routes_only(&self, app: &App) -> Router {
        let mut router = Router::new();
        for (path, access, handlers) in &self.doors {
            let shows = self.declared.iter().any(|route| route.method == Method::GET && route.path == *path);
            let post = self.paths.paths.get(path).and_then(|item| item.post.as_ref());
            let takes_nothing = post.is_some_and(|operation| operation.request_body.is_none());
            let middleware = Middleware { app: app.clone(), access: *access, shows, takes_nothing };
            router = router.route(path, handlers.clone().layer(from_fn_with_state(middleware, around)));
        }
        // `Input` keeps the limit itself, and answers 413 with a page.
        router.layer(DefaultBodyLimit::disable()).with_state(app.clone())
    }
}

/// Answers requests that no route takes, by path or by method, as the function behind API Gateway's `$default` does.
pub fn nowhere(router: Router, app: &App) -> Router {
    let unrouted = MethodRouter::new().fallback(unrouted);
    let middleware = Middleware { app: app.clone(), access: Access::Public, shows: false, takes_nothing: false };
    let service: MethodRouter = unrouted.layer(from_fn_with_state(middleware, around)).with_state(app.clone());
    let handler = move |request: Request| service.clone().oneshot(request);
    drawing_in_place(router.method_not_allowed_fallback(handler.clone()).fallback(handler))
}

/// Answers 405 with the allowed methods for a path of any room; 404 for any other path.
async fn unrouted(method: Method, uri: Uri) -> Result<Response, Problem> {
    let routed = Routed::find(uri.path()).filter(|routed| !routed.answers(&method)).ok_or(Problem::not_found())?;
    if method == Method::OPTIONS {
        return Ok((StatusCode::NO_CONTENT, [(ALLOW, routed.allow())]).into_response());
    }
    Err(Problem::new(Kind::MethodNotAllowed(routed.allow())))
}
