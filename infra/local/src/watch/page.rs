//! Pages that reload themselves, and assets from the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use epass_web::{StartError, assets};

use super::tree::root;

/// Polls four times a second, and reloads the page when the version has changed.
const SCRIPT: &str = "\
    const version = async () => (await fetch('/_local/watch')).text();\n\
    const first = version();\n\
    setInterval(async () => {\n\
        try { if (await version() !== await first) location.reload(); } catch { /* It starts again. */ }\n\
    }, 250);\n";

/// The version of the work tree that is shown.
pub(super) struct Version {
    /// A number that differs between starts: a program that replaces another one keeps its process id.
    start: u32,
    changes: AtomicU32,
}

impl Default for Version {
    fn default() -> Self {
        Self { start: rand::random(), changes: AtomicU32::new(0) }
    }
}

impl Version {
    /// Notes that something has changed.
    pub(super) fn has_changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    /// The version as text, which a page compares.
    fn text(&self) -> String {
        format!("{}-{}", self.start, self.changes.load(Ordering::Relaxed))
    }
}

/// All routes, and those for watching.
pub(super) fn site(version: &Arc<Version>, routes: Router) -> Router {
    let routes = routes.layer(from_fn_with_state(version.clone(), alive));
    routes.merge(
        Router::new()
            .route("/_local/watch", get(|State(version): State<Arc<Version>>| async move { version.text() }))
            .route("/_local/watch.js", get(|| async { ([(CONTENT_TYPE, "text/javascript")], SCRIPT) }))
            .with_state(version.clone()),
    )
}

/// Serves assets from the disk, and adds the script to pages.
async fn alive(State(version): State<Arc<Version>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if let Some(asset) = path.strip_prefix("/assets/").and_then(from_disk) {
        return asset;
    }
    // The pages under `/_local` allow no script.
    let is_ours = path.starts_with("/_local");
    let response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if is_ours || !kind.starts_with("text/html") {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(with_script(&String::from_utf8_lossy(&bytes), &version.text())))
}

/// An asset from the disk, whatever the hash in its name. The decoder's worker is not served here: its room sets its
/// content security policy.
fn from_disk(file: &str) -> Option<Response> {
    // The link of a known file has a hash. A stylesheet on the disk names its typeface without one.
    let known = |name: &&str| assets::url(name).trim_start_matches("/assets/") != *name;
    let names = [Some(file), file.split_once('-').map(|(_hash, name)| name)];
    let name = names.into_iter().flatten().find(known).filter(|name| *name != assets::DECODERS_WORKER)?;
    let asset = assets::find(assets::url(name).trim_start_matches("/assets/"))?;
    let bytes = std::fs::read(root().join("shared/web/assets").join(name)).ok()?;
    Some(([(CONTENT_TYPE, asset.media_type), (CACHE_CONTROL, "no-store")], bytes).into_response())
}

/// The page with the script, and with links to stylesheets and scripts that no browser has cached.
fn with_script(html: &str, version: &str) -> String {
    html.replace(".css\"", &format!(".css?{version}\"")).replace(".js\"", &format!(".js?{version}\"")).replacen(
        "</head>",
        "<script src=\"/_local/watch.js\" defer></script>\n</head>",
        1,
    )
}

/// The error page for a room whose binary did not answer.
pub(super) fn broken(room: &str, error: &StartError) -> Response {
    let said = format!("{room} n’a pas répondu : {error}. La console dit pourquoi.");
    (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], said).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_read_from_the_disk_with_any_hash_or_none() {
        for file in ["style.css", "0000000000-style.css", "source-sans-3.woff2", "0000000000-source-sans-3.woff2"] {
            assert!(from_disk(file).is_some(), "{file}");
        }
        for file in ["0000000000-scanner.js", "none.css", "../../../Cargo.toml", "0-../../../Cargo.toml"] {
            assert!(from_disk(file).is_none(), "{file}");
        }
    }

    #[test]
    fn a_page_gets_the_script_and_links_of_this_version() {
        let html = r#"<head><link rel="stylesheet" href="/assets/1-style.css"></head>"#;
        let alive = with_script(html, "7-2");
        assert!(alive.contains("style.css?7-2\"") && alive.contains("watch.js"), "{alive}");
    }
}
