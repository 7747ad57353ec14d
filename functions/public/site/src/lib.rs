//! The pages that everybody reads, the files that pages load, the API's description, and the answer to a path that does
//! not exist.

use askama::Template;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use epass_web::{Access, Page, Pass, Problem, ProblemBody, Reply, Room, assets, filters, public_page, routes};
use serde::Serialize;
use utoipa::ToSchema;

/// OpenAPI 3.1 of every room, as `cargo run -- openapi` writes it from the code; a test holds it to the code.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// The routes of this room.
pub fn room() -> Room {
    Room::new("public-site")
        .open(Access::Public, routes!(home))
        .open(Access::Public, routes!(faq))
        .open(Access::Public, routes!(guide))
        .open(Access::Public, routes!(legal))
        .open(Access::Public, routes!(accessibility))
        .open(Access::Public, routes!(asset))
        .open(Access::Public, routes!(openapi))
        .with_fallback()
}

/// A page of text; JSON has only its title.
#[derive(Serialize, ToSchema)]
struct Titled {
    /// The page's title.
    title: String,
}

macro_rules! text_page {
    ($view:ident, $handler:ident, $path:literal, $template:literal, $title:literal, $what:literal) => {
        #[derive(Template, Serialize)]
        #[template(path = $template)]
        struct $view {
            #[serde(skip)]
            page: Page,
            title: &'static str,
        }

        #[doc = $what]
        #[utoipa::path(get, path = $path, responses((status = 200, description = $what, body = Titled)))]
        async fn $handler(pass: Option<Pass>) -> Reply {
            Reply::ok($view { page: public_page($title, pass.as_ref()), title: $title })
        }
    };
}

text_page!(
    Home,
    home,
    "/",
    "home.html",
    "Les bons plans pour les jeunes de la région",
    "The home page with its three doors."
);
text_page!(Faq, faq, "/faq", "faq.html", "Foire aux questions", "Answers to frequent questions.");
text_page!(Guide, guide, "/guide", "guide.html", "Guide utilisateur", "The guide for partners.");
text_page!(Legal, legal, "/mentions-legales", "legal.html", "Mentions légales", "The legal notice.");
text_page!(
    Accessibility,
    accessibility,
    "/accessibilite",
    "accessibility.html",
    "Déclaration d’accessibilité",
    "The accessibility statement (RGAA)."
);

/// A file that pages load; its name carries the hash of its content.
#[utoipa::path(get, path = "/assets/{file}", params(("file" = String, Path, description = "Hash and name")), responses(
    (status = 200, description = "The file", content((String = "text/css"), (String = "text/javascript"), (String = "image/svg+xml"))),
    (status = 404, description = "No such file", body = ProblemBody),
))]
async fn asset(Path(file): Path<String>) -> Result<Response, Problem> {
    let asset = assets::find(&file).ok_or(Problem::not_found())?;
    let headers = [(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.bytes).into_response())
}

/// The description of every route.
#[utoipa::path(get, path = "/openapi.json", responses(
    (status = 200, description = "OpenAPI 3.1", content_type = "application/json", body = Object),
))]
async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}
