//! Converts a request into API Gateway's event (HTTP API, payload 2.0), and the answer into a response.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use axum::body::{Body, to_bytes};
use axum::extract::{OriginalUri, Request};
use axum::http::header::{COOKIE, SET_COOKIE, USER_AGENT};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use epass_web::{Peer, StartError};
use serde_json::{Value, json};

/// The largest body that API Gateway accepts.
const MOST_BYTES: usize = 10 * 1024 * 1024;

/// The event for a request.
///
/// # Errors
/// The body is cut off, or larger than API Gateway accepts.
pub(super) async fn event(request: Request) -> Result<Value, StartError> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BYTES).await?;
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0);
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in parts.headers.iter().filter(|(name, _)| **name != COOKIE) {
        let joined = headers.entry(name.as_str()).or_default();
        joined.push_str(if joined.is_empty() { "" } else { "," });
        joined.push_str(&text(value));
    }
    let cookies = parts.headers.get_all(COOKIE).iter().map(text).collect::<Vec<_>>().join("; ");
    let cookies: Vec<&str> = cookies.split("; ").filter(|cookie| !cookie.is_empty()).collect();
    let agent = parts.headers.get(USER_AGENT).map(text).unwrap_or_default();
    Ok(json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": uri.path(),
        "rawQueryString": uri.query().unwrap_or_default(),
        "cookies": cookies,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012", "apiId": "local", "domainName": "localhost", "domainPrefix": "local",
            "http": { "method": parts.method.as_str(), "path": uri.path(), "protocol": "HTTP/1.1", "sourceIp": peer, "userAgent": agent },
            "requestId": "local", "routeKey": "$default", "stage": "$default",
            "time": "22/Nov/2026:19:05:00 +0000", "timeEpoch": 1_795_374_300_000_i64,
        },
        "body": STANDARD.encode(&body),
        "isBase64Encoded": true,
    }))
}

/// The response for an answer.
///
/// # Errors
/// The answer is not in the expected format.
pub(super) fn response(answer: &Value) -> Result<Response, StartError> {
    let status = answer["statusCode"].as_u64().ok_or("an answer without a status")?;
    let mut response = Response::builder().status(u16::try_from(status)?);
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        response = response.header(name, value.as_str().unwrap_or_default());
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        response = response.header(SET_COOKIE, cookie.as_str().unwrap_or_default());
    }
    let body = answer["body"].as_str().unwrap_or_default();
    let is_encoded = answer["isBase64Encoded"].as_bool() == Some(true);
    let body = if is_encoded { STANDARD.decode(body)? } else { body.as_bytes().to_vec() };
    Ok(response.body(Body::from(body))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_becomes_an_event() {
        let request = Request::post("/transactions/recherche?a=%C3%A9&b")
            .header("cookie", "__Host-session=x; theme=y")
            .header("accept", "text/html")
            .header("accept", "application/json")
            .body(Body::from("code=1"));
        let event = event(request.unwrap()).await.unwrap();
        assert_eq!(
            (&event["rawPath"], &event["rawQueryString"]),
            (&json!("/transactions/recherche"), &json!("a=%C3%A9&b"))
        );
        assert_eq!(event["cookies"], json!(["__Host-session=x", "theme=y"]));
        assert_eq!(event["headers"], json!({ "accept": "text/html,application/json" }));
        assert_eq!(event["requestContext"]["http"]["method"], "POST");
        assert_eq!(event["body"], STANDARD.encode("code=1"));
    }

    #[tokio::test]
    async fn an_answer_becomes_a_response() {
        let answer = json!({ "statusCode": 303, "headers": { "location": "/espace" }, "cookies": ["a=1", "b=2"],
            "body": STANDARD.encode("é"), "isBase64Encoded": true });
        let response = response(&answer).unwrap();
        assert_eq!((response.status().as_u16(), &response.headers()["location"]), (303, &"/espace".parse().unwrap()));
        assert_eq!(response.headers().get_all(SET_COOKIE).iter().count(), 2);
        assert_eq!(to_bytes(response.into_body(), 9).await.unwrap(), "é".as_bytes());
        assert!(super::response(&json!({})).is_err());
    }
}
