//! Media types, compared as HTTP asks (RFC 9110, 8.3.1): by essence, ignoring case, parameters apart.

use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};

/// A body of a media type or encoding that forms do not use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnsupportedMedia;

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
    /// The kind of body that the headers declare; `None` without `Content-Type`.
    ///
    /// # Errors
    /// [`UnsupportedMedia`] for another type, for another encoding than UTF-8, or for a compressed body.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, UnsupportedMedia> {
        let is_plain = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"identity");
        if !headers.get_all(CONTENT_ENCODING).iter().all(is_plain) {
            return Err(UnsupportedMedia);
        }
        let mut said = headers.get_all(CONTENT_TYPE).iter();
        let (Some(kind), None) = (said.next(), said.next()) else {
            return if headers.contains_key(CONTENT_TYPE) { Err(UnsupportedMedia) } else { Ok(None) };
        };
        let kind = kind.to_str().map_err(|_| UnsupportedMedia)?;
        let known = [
            ("application/json", Self::Json),
            ("application/x-www-form-urlencoded", Self::Form),
            ("multipart/form-data", Self::Multipart),
        ];
        let found = known.into_iter().find(|(name, _)| essence(kind).eq_ignore_ascii_case(name));
        let is_utf_8 = parameter(kind, "charset").is_none_or(|charset| is_utf_8(&charset));
        found.filter(|_| is_utf_8).map(|(_, kind)| Some(kind)).ok_or(UnsupportedMedia)
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

/// A caller's preference for a media type, by `Accept` (RFC 9110, 12.5.1). A greater value is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wish {
    rank: Rank,
    /// The specificity of the match: 0 by `*/*` or not at all, 1 by `text/*`, 2 by its name.
    closeness: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// `q=0`: it is not acceptable.
    Refused,
    /// `Accept` does not mention it.
    Unsaid,
    /// Its weight, in thousandths.
    Weighed(u16),
}

impl Wish {
    /// Whether the type was named, and not refused.
    pub(crate) const fn is_named(self) -> bool {
        self.closeness == 2 && matches!(self.rank, Rank::Weighed(_))
    }
}

/// The preference for a type that has several names, the first name before the others; for each, the most specific
/// range counts.
pub(crate) fn wish(headers: &HeaderMap, is_named: &[fn(&str) -> bool], range: &str) -> Wish {
    let said = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let said = said.flat_map(|value| value.split(',')).map(|one| (essence(one).to_ascii_lowercase(), weight(one)));
    let said: Vec<(String, u16)> = said.collect();
    let heaviest =
        |fits: &dyn Fn(&str) -> bool| said.iter().filter(|(essence, _)| fits(essence)).map(|(_, weight)| *weight).max();
    let named = is_named.iter().find_map(|is_named| heaviest(is_named));
    let found = named.map(|weight| (weight, 2)).or_else(|| Some((heaviest(&|essence| essence == range)?, 1)));
    match found.or_else(|| Some((heaviest(&|essence| essence == "*/*")?, 0))) {
        None => Wish { rank: Rank::Unsaid, closeness: 0 },
        Some((0, closeness)) => Wish { rank: Rank::Refused, closeness },
        Some((weight, closeness)) => Wish { rank: Rank::Weighed(weight), closeness },
    }
}

/// The weight of a range, in thousandths. An unreadable weight counts as no weight.
fn weight(range: &str) -> u16 {
    const WHOLE: u16 = 1000;
    let read = |text: &str| {
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let is_number = !text.trim_matches('.').is_empty() && [whole, rest].iter().all(|digits| is_digits(digits));
        let thousandths: u16 = format!("{rest:0<3}").get(..3)?.parse().ok()?;
        let is_below_one = whole.bytes().all(|digit| digit == b'0');
        is_number.then_some(if is_below_one { thousandths } else { WHOLE })
    };
    parameter(range, "q").and_then(|text| read(&text)).unwrap_or(WHOLE)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a charset is UTF-8, or its subset ASCII.
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
