//! The OpenAPI 3.1 description of every route, built from the declarations of the rooms.

use std::collections::BTreeSet;

use utoipa::openapi::info::LicenseBuilder;
use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, Object, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::ServerBuilder;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, Content, InfoBuilder, OpenApi, OpenApiBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::cookies::SESSION_COOKIE;
use crate::operations::operations;
use crate::problem::ProblemBody;
use crate::room::Room;
use crate::words;

pub use crate::operations::THROTTLED;

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
    // The URL is relative: a reader gets the description from the site that it describes.
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
            // `Input` refuses a field that the form does not have.
            form.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
    api
}

/// The names of the schemas that request bodies use.
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

/// Fields that serde fills with a default are optional: a client may leave the default out, and may not send `null`.
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

/// Whole numbers are read into unsigned 32 bits; the format `int32` would allow only half of that range.
fn as_u32(number: &mut Object) {
    let is_u32 = number.format == Some(SchemaFormat::KnownFormat(KnownFormat::Int32)) && number.minimum.is_some();
    if is_u32 {
        number.format = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
        number.maximum = Some(u32::MAX.into());
    }
}
