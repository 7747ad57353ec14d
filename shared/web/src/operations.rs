//! The common parts of all operations in the API's description.

use axum::http::Method;
use epass_domain::Role;
use utoipa::ToSchema;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Content, ContentBuilder, PathItem, Ref, RefOr, Response, ResponseBuilder, SecurityRequirement};

use crate::access::Access;
use crate::problem::ProblemBody;

/// Adds the common parts to an operation: its tag, a unique name, the route's access, and the responses for
/// unauthorised callers and unreadable bodies.
pub(crate) fn complete(operation: &mut Operation, method: &Method, room: &str, access: Access) {
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
            as_bytes(response);
        }
    }
    let mut common = Vec::new();
    if operation.request_body.is_some() {
        common.push(("400", "The body cannot be read, or has fields that are not described"));
        common.push(("413", "The body is over 6 MB"));
        common.push(("415", "The body is of another type than those described, or not in UTF-8"));
    }
    if *method == Method::POST {
        common.push(("403", "A browser says that another site sent it"));
    }
    match access {
        Access::Public => {}
        Access::SignedIn => common.push(UNAUTHENTICATED),
        Access::Only(_) | Access::Desk => {
            common.splice(..0, [UNAUTHENTICATED, ("403", "Not open to this role")]).for_each(drop)
        }
    }
    let ways: &[&str] = match access {
        Access::Public => &[],
        Access::SignedIn | Access::Only(_) => &["bearer", "session"],
        Access::Desk => &["bearer", "session", "till"],
    };
    operation.security = Some(ways.iter().map(|way| SecurityRequirement::new(*way, [""; 0])).collect());
    let throttled = ResponseBuilder::new().description(THROTTLED).build();
    operation.responses.responses.entry("429".to_owned()).or_insert_with(|| throttled.into());
    for (status, what) in common {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
        let response = ResponseBuilder::new().description(what).content(PROBLEM, problem).build();
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| response.into());
    }
}

/// The description of API Gateway's own response at the limits of `infra/template.yaml`.
pub const THROTTLED: &str = "More requests at once than the site takes: try again (a body of API Gateway's, not ours)";

const PROBLEM: &str = "application/problem+json";
const UNAUTHENTICATED: (&str, &str) = ("401", "Nobody is signed in, or the session is over");

/// A handler's annotation declares a [`ProblemBody`]; this adds its media type.
fn as_problem(response: &mut Response) {
    let problem = Some(RefOr::Ref(Ref::from_schema_name(ProblemBody::name())));
    let is_problem = |content: &RefOr<Content>| matches!(content, RefOr::T(content) if content.schema == problem);
    if response.content.get("application/json").is_some_and(is_problem)
        && let Some(content) = response.content.shift_remove("application/json")
    {
        response.content.insert(PROBLEM.to_owned(), content);
    }
}

/// A file is a handler's `Vec<u8>`: described as bytes, not as a list of numbers.
fn as_bytes(response: &mut Response) {
    for (media_type, content) in &mut response.content {
        if let RefOr::T(Content { schema: Some(schema @ RefOr::T(Schema::Array(_))), .. }) = content
            && !media_type.ends_with("json")
        {
            let bytes = ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::String))
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
                .build();
            *schema = RefOr::T(Schema::Object(bytes));
        }
    }
}

/// The operations that a room may declare for a path.
pub(crate) fn operations(item: &mut PathItem) -> [(Method, &mut Option<Operation>); 2] {
    [(Method::GET, &mut item.get), (Method::POST, &mut item.post)]
}
