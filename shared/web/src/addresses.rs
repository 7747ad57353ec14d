//! Addresses of this site: their paths, and whether a path has a page.

use axum::http::Method;

use crate::routed::Routed;

/// Whether an address of this site has this path.
pub(crate) fn is_at(address: &str, path: &str) -> bool {
    without_query(address) == without_query(path)
}

/// The path of an address, without its query.
pub(crate) fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

/// Whether an address of this site has a page that answers GET.
pub fn is_page(address: &str) -> bool {
    Routed::find(without_query(address)).is_some_and(|routed| routed.answers(&Method::GET))
}

/// The nearest path above this one that has a page; never the root.
pub(crate) fn page_above(path: &str) -> Option<String> {
    let (above, _) = path.rsplit_once('/').filter(|(above, _)| !above.is_empty())?;
    if is_page(above) { Some(above.to_owned()) } else { page_above(above) }
}
