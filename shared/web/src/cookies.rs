//! The cookies of a request.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// The name of the session's cookie. `__Host-`: this host only, over HTTPS only, for all paths.
pub const SESSION_COOKIE: &str = "__Host-session";

/// The value of a cookie.
pub(crate) fn cookie_in(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = cookies.flat_map(cookie::Cookie::split_parse).flatten();
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}
