//! The public pages, the static files, the API description, and the answer to a path that does not exist.

mod function;

use askama::Template;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use derive_more::Deref;
use epass_domain::Envelope;
use epass_web::{Access, Decodes, Page, Pass, Problem, ProblemBody, Reply, Room, assets, filters, public_page, routes};
use serde::Serialize;
use utoipa::ToSchema;

pub use function::FUNCTION;

/// The OpenAPI 3.1 description of every room. `cargo run -- openapi` writes it from the code; a test checks that both
/// agree.
pub const OPENAPI: &str = include_str!("../openapi.json");

/// The routes of this room.
pub fn room() -> Room {
    Room::new(&FUNCTION)
        .open(Access::Public, routes!(home))
        .open(Access::Public, routes!(faq))
        .open(Access::Public, routes!(guide))
        .open(Access::Public, routes!(legal))
        .open(Access::Public, routes!(accessibility))
        .open(Access::Public, routes!(asset))
        .open(Access::Public, routes!(openapi))
        .with_fallback()
}

/// A page of text; its JSON has only the title.
#[derive(Serialize, ToSchema)]
struct Titled {
    /// The page's title.
    title: &'static str,
}

macro_rules! text_page {
    ($view:ident, $handler:ident, $path:literal, $template:literal, $title:literal, $what:literal, $told:literal) => {
        #[derive(Template, Deref)]
        #[template(path = $template)]
        struct $view {
            page: Page,
            #[deref]
            body: Titled,
        }

        #[doc = $what]
        #[utoipa::path(get, path = $path, responses((status = 200, description = $what, body = Titled)))]
        async fn $handler(pass: Option<Pass>) -> Reply {
            let page = public_page($title, pass.as_ref()).with_description($told);
            Reply::ok($view { page, body: Titled { title: $title } })
        }
    };
}

text_page!(
    Home,
    home,
    "/",
    "home.html",
    "Les bons plans pour les jeunes de la région",
    "The home page with its three doors.",
    "L’e-PASS JEUNES offre chaque année un crédit de livres, de cinéma, de spectacles et de sorties aux 15 à 25 ans de Provence-Alpes-Côte d’Azur."
);
text_page!(
    Faq,
    faq,
    "/faq",
    "faq.html",
    "Foire aux questions",
    "Answers to frequent questions.",
    "Qui a droit à l’e-PASS JEUNES, où l’utiliser, comment payer, annuler ou se faire rembourser : les réponses aux questions fréquentes."
);
text_page!(
    Guide,
    guide,
    "/guide",
    "guide.html",
    "Guide utilisateur",
    "The guide for partners.",
    "Le guide des partenaires de l’e-PASS JEUNES : s’inscrire, demander sa convention, encaisser, annuler, suivre ses remboursements."
);
text_page!(
    Legal,
    legal,
    "/mentions-legales",
    "legal.html",
    "Mentions légales",
    "The legal notice.",
    "Qui édite et héberge le site e-PASS JEUNES, quelles données il garde, pourquoi, combien de temps, et quels sont vos droits."
);
text_page!(
    Accessibility,
    accessibility,
    "/accessibilite",
    "accessibility.html",
    "Déclaration d’accessibilité",
    "The accessibility statement (RGAA).",
    "L’état d’accessibilité du site e-PASS JEUNES, ce qui est fait, ce qui reste à vérifier, et comment signaler un défaut."
);

/// Returns a static file; its name contains the hash of its content.
#[utoipa::path(get, path = "/assets/{file}", params(("file" = String, Path, description = "Hash and name")), responses(
    (status = 200, description = "The file", content((String = "text/css"), (String = "text/javascript"), (String = "image/svg+xml"), (String = "image/png"), (String = "font/woff2"), (Object = "application/manifest+json"), (String = "application/wasm"))),
    (status = 404, description = "No such file", body = ProblemBody),
))]
async fn asset(Path(file): Path<String>) -> Result<Response, Problem> {
    let asset = assets::find(&file).ok_or(Problem::not_found())?;
    let headers = [(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    let mut response = (headers, asset.bytes).into_response();
    if file == assets::url(assets::DECODERS_WORKER).trim_start_matches("/assets/") {
        response.extensions_mut().insert(Decodes);
    }
    Ok(response)
}

/// Returns the OpenAPI description of every route.
#[utoipa::path(get, path = "/openapi.json", responses(
    (status = 200, description = "OpenAPI 3.1", content_type = "application/json", body = Object),
))]
async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}
