//! The client address of a request, as rate limits count it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lambda_http::request::RequestContext;

use crate::app::App;

/// The peer of the connection, where no API gateway stands in front: the local runner puts it into the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// A truncated keyed digest of the client's address, so that counters hold no addresses. All addresses of an IPv6
/// network (/64) share one digest: a client that has one of them has all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client(String);

impl Client {
    /// The digest.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        // Without a known address all requests share one client, so that leaving it out does not bypass a limit.
        let network = address(parts).map_or_else(|| "unknown".to_owned(), network);
        Ok(Self(app.signer.digest("client", &network)))
    }
}

/// The peer that API Gateway reports. `X-Forwarded-For` is set by the client and is not read.
///
/// Behind a distribution (CloudFront) the peer is the distribution, and all clients would count as one. The address is
/// then in a header that the distribution sets (`CloudFront-Viewer-Address`). It would be read here, and only from
/// requests that prove their origin by a header with a secret that the distribution alone adds.
fn address(parts: &Parts) -> Option<IpAddr> {
    match parts.extensions.get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref()?.parse().ok(),
        _ => parts.extensions.get::<Peer>().map(|peer| peer.0),
    }
}

fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::json;

    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn an_address_is_what_the_gateway_or_the_connection_says_and_never_a_header() {
        let mut asked =
            parts(&[("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1"), ("x-real-ip", "192.0.2.1")]);
        assert_eq!(address(&asked), None);
        asked.extensions.insert(Peer("127.0.0.1".parse().unwrap()));
        assert_eq!(address(&asked), "127.0.0.1".parse().ok());
        let event = include_str!("../../../events/account-login.json").replace("192.0.2.44", "203.0.113.9");
        let event = event.replace("\"x-forwarded-for\": \"203.0.113.9\"", "\"x-forwarded-for\": \"192.0.2.1\"");
        let request = lambda_http::request::from_str(&event).unwrap();
        let (asked, _) = request.into_parts();
        assert_eq!(address(&asked), "203.0.113.9".parse().ok(), "{}", json!(event));
    }

    #[test]
    fn an_ipv6_network_is_one_client_and_a_mapped_address_is_the_one_it_maps() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
