//! The description of every route, made of what the rooms declare: OpenAPI 3.1.

use epass_domain::Role;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr, Response,
    ResponseBuilder, SecurityRequirement,
};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::ProblemBody;
use crate::room::{Access, Room, SESSION_COOKIE};

/// The whole API.
pub fn whole(rooms: &[Room]) -> OpenApi {
    let bearer = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE)));
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A till's key, `epk_…`, made in *Mon dossier*; the routes of the desk alone take it."));
    let till = SecurityScheme::Http(key.build());
    let mut referred = Vec::new();
    ProblemBody::schemas(&mut referred);
    let components = ComponentsBuilder::new()
        .security_scheme("bearer", bearer)
        .security_scheme("session", cookie)
        .security_scheme("till", till)
        .schema(ProblemBody::name(), ProblemBody::schema())
        .schemas_from_iter(referred)
        .build();
    let about = "Every page of e-PASS JEUNES is also this API: ask with `Accept: application/json`, or with a Bearer \
                 token from `POST /connexion`. Amounts are whole cents. What is refused comes back as RFC 9457 problems.";
    let info =
        InfoBuilder::new().title("e-PASS JEUNES").version(env!("CARGO_PKG_VERSION")).description(Some(about)).build();
    let mut api = OpenApiBuilder::new().info(info).components(Some(components)).build();
    for room in rooms {
        api.merge(room.openapi());
    }
    api
}

/// An operation with what every route has in common: its tag, a name that no other room has, who may enter, and what
/// strangers and unreadable bodies get.
pub(crate) fn complete(operation: &mut Operation, room: &str, access: Access) {
    operation.tags = Some(vec![room.to_owned()]);
    operation.operation_id = operation.operation_id.take().map(|handler| format!("{room}.{handler}"));
    let may_enter = match access {
        Access::Public => "Open to anybody.".to_owned(),
        Access::SignedIn => format!("Open to: {}.", Role::ALL.map(Role::code).join(", ")),
        Access::Only(role) => format!("Open to: {}.", role.code()),
        Access::Desk => format!("Open to: {}, and tills with a key.", Role::Partner.code()),
    };
    let said = operation.description.take().map_or_else(String::new, |text| format!("{text}\n\n"));
    operation.description = Some(format!("{said}{may_enter}"));
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            as_problem(response);
        }
    }
    let mut common = Vec::new();
    if operation.request_body.is_some() {
        common.push(("400", "The body cannot be read, or has fields that are not described"));
        common.push(("413", "The body is over 6 MB"));
        common.push(("415", "The body is of another type than those described, or not in UTF-8"));
    }
    match access {
        Access::Public => {}
        Access::SignedIn => common.push(UNAUTHENTICATED),
        Access::Only(_) | Access::Desk => common.extend([UNAUTHENTICATED, ("403", "Not open to this role")]),
    }
    if access != Access::Public {
        let ways = ["bearer", "session", "till"].into_iter().take(if access == Access::Desk { 3 } else { 2 });
        operation.security = Some(ways.map(|way| SecurityRequirement::new(way, [""; 0])).collect());
    }
    for (status, what) in common {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
        let response = ResponseBuilder::new().description(what).content(PROBLEM, problem).build();
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| response.into());
    }
}

const PROBLEM: &str = "application/problem+json";
const UNAUTHENTICATED: (&str, &str) = ("401", "Nobody is signed in, or the session is over");

/// A handler's annotation says that it answers a [`ProblemBody`]; this says under which media type.
fn as_problem(response: &mut Response) {
    let problem = Some(RefOr::Ref(Ref::from_schema_name(ProblemBody::name())));
    let is_problem = |content: &RefOr<Content>| matches!(content, RefOr::T(content) if content.schema == problem);
    if response.content.get("application/json").is_some_and(is_problem)
        && let Some(content) = response.content.shift_remove("application/json")
    {
        response.content.insert(PROBLEM.to_owned(), content);
    }
}

/// The operations of a path that rooms may have.
pub(crate) fn operations(item: &mut PathItem) -> [(axum::http::Method, &mut Option<Operation>); 2] {
    [(axum::http::Method::GET, &mut item.get), (axum::http::Method::POST, &mut item.post)]
}
