//! Bons plans for young people (`product.md`, *Bon plan*): anybody browses and filters; card holders register, join
//! the waiting list and leave.

mod form;
mod function;
mod list;
mod mine;
mod one;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use epass_domain::{Rendition, Role};
use epass_web::{Access, App, Problem, ProblemBody, Room, routes};

pub use form::BrowseForm;
pub use function::FUNCTION;

const HERE: &str = "/bons-plans";
const MINE: &str = "/bons-plans/inscriptions";

/// The routes of this room.
pub fn room() -> Room {
    let young = Access::Only(Role::Beneficiary);
    Room::new(&FUNCTION)
        .open(Access::Public, routes!(list::list))
        .open(young, routes!(mine::mine))
        .open(Access::Public, routes!(image))
        .open(Access::Public, routes!(one::show))
        .open(young, routes!(one::join))
        .open(young, routes!(one::leave))
}

/// Gives a picture of a bon plan. Its name is made from its content, so that the image at an address never changes.
#[utoipa::path(get, path = "/images/bons-plans/{picture}", params(("picture" = String, Path, description = "Its name")), responses(
    (status = 200, description = "The picture", content_type = "image/jpeg", body = Vec<u8>),
    (status = 404, description = "No such picture", body = ProblemBody),
))]
async fn image(State(app): State<App>, Path(name): Path<String>) -> Result<Response, Problem> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let named = name.strip_suffix(".jpg").is_some_and(|stem| stem.len() <= 100 && stem.chars().all(plain));
    if !named {
        return Err(Problem::not_found());
    }
    let bytes = app.files.read(&format!("{}{name}", Rendition::FOLDER)).await?.ok_or(Problem::not_found())?;
    let headers = [(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, bytes).into_response())
}

/// The path of one size of a picture.
fn path_of(rendition: &Rendition) -> String {
    format!("{HERE}/images/{}", rendition.name())
}
