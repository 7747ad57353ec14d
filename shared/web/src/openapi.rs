//! The description of every route, made of what the rooms declare: OpenAPI 3.1.

use std::collections::BTreeSet;

use axum::http::Method;
use epass_domain::Role;
use utoipa::openapi::info::LicenseBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{
    AdditionalProperties, KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::ServerBuilder;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, Content, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr, Response,
    ResponseBuilder, SecurityRequirement,
};
use utoipa::{PartialSchema, ToSchema};

use crate::middleware::SESSION_COOKIE;
use crate::problem::ProblemBody;
use crate::room::{Access, Room};
use crate::words;

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
        .schemas_from_iter(words::open_choices())
        .build();
    let about = "Every page of e-PASS JEUNES is also this API: ask with `Accept: application/json`, or with a Bearer \
                 token from `POST /connexion`. Amounts are whole cents. What is refused comes back as RFC 9457 problems.";
    let licence = LicenseBuilder::new().name("EUPL-1.2").identifier(Some("EUPL-1.2")).build();
    let info = InfoBuilder::new()
        .title("e-PASS JEUNES")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about))
        .license(Some(licence))
        .build();
    let tag = |room: &Room| TagBuilder::new().name(room.name()).description(Some(room.function().description)).build();
    // Relative: whoever reads the description has it from the site that it describes.
    let server = ServerBuilder::new().url("/").description(Some("The site that gives this description")).build();
    let mut api = OpenApiBuilder::new()
        .info(info)
        .servers(Some([server]))
        .tags(Some(rooms.iter().map(tag)))
        .components(Some(components))
        .build();
    for room in rooms {
        api.merge(room.openapi());
    }
    let bodies = bodies(&mut api);
    for (name, schema) in api.components.iter_mut().flat_map(|components| &mut components.schemas) {
        if let (true, RefOr::T(Schema::Object(form))) = (bodies.contains(name), schema) {
            may_leave_out(form);
            // `Input` refuses a field that the form does not have, whatever reads the others.
            form.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
    api
}

/// The names of the schemas that are sent.
fn bodies(api: &mut OpenApi) -> BTreeSet<String> {
    let operations = api.paths.paths.values_mut().flat_map(operations).filter_map(|(_, operation)| operation.as_ref());
    let bodies = operations.filter_map(|operation| operation.request_body.as_ref()).filter_map(|body| match body {
        RefOr::T(body) => Some(body.content.values()),
        RefOr::Ref(_) => None,
    });
    let named = bodies.flatten().filter_map(|content| match content {
        RefOr::T(Content { schema: Some(RefOr::Ref(to)), .. }) => to.ref_location.rsplit('/').next(),
        _ => None,
    });
    named.map(str::to_owned).collect()
}

/// A form's fields that serde fills with a default are left out where there is nothing to say: no client has to send the
/// default, and none may send `null`.
fn may_leave_out(form: &mut Object) {
    for field in form.properties.values_mut() {
        match field {
            RefOr::T(Schema::Object(field)) => {
                field.default = None;
                as_u32(field);
                if let SchemaType::Array(kinds) = &field.schema_type {
                    let kind = kinds.iter().find(|kind| **kind != Type::Null).cloned();
                    field.schema_type = kind.map_or(SchemaType::AnyValue, SchemaType::Type);
                }
            }
            RefOr::T(Schema::Array(list)) => list.default = None,
            RefOr::Ref(word) => word.default = None,
            RefOr::T(Schema::OneOf(_) | Schema::AllOf(_) | Schema::AnyOf(_)) | RefOr::T(_) => {}
        }
    }
}

/// Whole numbers are read into 32 bits without a sign: what the format `int32` ends at is half of them.
fn as_u32(number: &mut Object) {
    let is_u32 = number.format == Some(SchemaFormat::KnownFormat(KnownFormat::Int32)) && number.minimum.is_some();
    if is_u32 {
        number.format = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
        number.maximum = Some(u32::MAX.into());
    }
}

/// An operation with what every route has in common: its tag, a name that no other room has, who may enter, and what
/// strangers and unreadable bodies get.
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

/// What API Gateway says for us, at the limits of `infra/template.yaml`.
pub const THROTTLED: &str = "More requests at once than the site takes: try again (a body of API Gateway's, not ours)";

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

/// A file is a handler's `Vec<u8>`: bytes, no list of numbers.
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

/// The operations of a path that rooms may have.
pub(crate) fn operations(item: &mut PathItem) -> [(Method, &mut Option<Operation>); 2] {
    [(Method::GET, &mut item.get), (Method::POST, &mut item.post)]
}
