//! Media types as HTTP compares them (RFC 9110, 8.3.1): by essence, without case, parameters apart.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use crate::problem::{Kind, Problem};

/// The kinds of bodies that a form comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
}

impl BodyKind {
    /// What the body is said to be; none without `Content-Type`.
    ///
    /// # Errors
    /// [`Kind::UnsupportedMedia`] for another type, or for another encoding than UTF-8.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        const OTHER: Problem = Problem::new(Kind::UnsupportedMedia);
        let mut said = headers.get_all(CONTENT_TYPE).iter();
        let (Some(kind), None) = (said.next(), said.next()) else {
            return if headers.contains_key(CONTENT_TYPE) { Err(OTHER) } else { Ok(None) };
        };
        let kind = kind.to_str().map_err(|_| OTHER)?;
        let known = [
            ("application/json", Self::Json),
            ("application/x-www-form-urlencoded", Self::Form),
            ("multipart/form-data", Self::Multipart),
        ];
        let found = known.into_iter().find(|(name, _)| essence(kind).eq_ignore_ascii_case(name));
        let is_utf_8 = parameter(kind, "charset").is_none_or(|charset| is_utf_8(&charset));
        found.filter(|_| is_utf_8).map(|(_, kind)| Some(kind)).ok_or(OTHER)
    }
}

/// A media type without its parameters.
pub(crate) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The value of a parameter, without its quotes.
pub(crate) fn parameter(media_type: &str, name: &str) -> Option<String> {
    let mut parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, value) = parameters.find(|(known, _)| known.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// UTF-8, or its part ASCII.
fn is_utf_8(charset: &str) -> bool {
    ["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(kind: &'static str) -> Option<Option<BodyKind>> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        BodyKind::of(&headers).ok()
    }

    #[test]
    fn media_types_are_compared_by_essence_without_case() {
        for json in [
            "application/json",
            "APPLICATION/JSON",
            "Application/Json; charset=utf-8",
            "application/json ;Charset=\"UTF-8\"",
            "application/json;charset=us-ascii; profile=x",
        ] {
            assert_eq!(of(json), Some(Some(BodyKind::Json)), "{json}");
        }
        assert_eq!(of("Application/X-WWW-Form-Urlencoded"), Some(Some(BodyKind::Form)));
        assert_eq!(of("multipart/form-data; boundary=x"), Some(Some(BodyKind::Multipart)));
        assert!(matches!(BodyKind::of(&HeaderMap::new()), Ok(None)));
    }

    #[test]
    fn another_type_or_encoding_is_none_of_ours() {
        for other in [
            "",
            "application/jsonx",
            "application/json-patch+json",
            "application/vnd.api+json",
            "application/json, text/plain",
            "text/json",
            "application/json; charset=iso-8859-1",
            "application/x-www-form-urlencoded;charset=windows-1252",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
