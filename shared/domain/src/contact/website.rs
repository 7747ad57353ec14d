//! Addresses of websites.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::email::is_domain;
use crate::text::kept_as_text;
use crate::typed::visible;
use crate::{Fault, is_invisible};

/// The address of a website: `http` or `https`, a public host name, at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Website(String);

impl Website {
    const MAX: usize = 200;

    /// Reads an address; a missing scheme becomes `https://`, and scheme and host become lower case.
    ///
    /// # Errors
    /// `missing` when blank; `website` when it is not such an address or is too long.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let typed = visible(text);
        if typed.is_empty() {
            return Err(Fault::missing());
        }
        website(&typed).filter(|url| url.chars().count() <= Self::MAX).map(Self).ok_or(Fault::new(
            "website",
            "Indiquez l’adresse d’un site, par exemple https://www.exemple.fr (200 caractères au plus).",
        ))
    }

    /// The whole address, with its scheme.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn website(typed: &str) -> Option<String> {
    let (scheme, rest) = match typed.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("https".to_owned(), typed),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let authority = authority.to_ascii_lowercase();
    let (host, port) = authority.split_once(':').unwrap_or((&authority, "443"));
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c) && !"\"<>\\^`{|}".contains(c);
    let formed = matches!(scheme.as_str(), "http" | "https")
        && is_domain(host)
        && port.bytes().all(|b| b.is_ascii_digit())
        && port.parse::<u16>().is_ok()
        && path.chars().all(plain);
    formed.then(|| format!("{scheme}://{authority}{path}"))
}

impl fmt::Display for Website {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

kept_as_text!(Website);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_website_gets_its_scheme() {
        let url = |text| Website::parse(text).map(|site| site.as_str().to_owned());
        assert_eq!(url("www.Exemple.fr"), Ok("https://www.exemple.fr".into()));
        assert_eq!(url("HTTP://exemple.fr:8080/Été?a=1#b"), Ok("http://exemple.fr:8080/Été?a=1#b".into()));
        for text in [
            "javascript:alert(1)",
            "javascript://exemple.fr/%0aalert(1)",
            "ftp://exemple.fr",
            "exemple",
            "https://",
            "localhost:3000",
            "https://moi@exemple.fr",
            "https://exemple.fr/a b",
            "https://exemple.fr/\"x",
            "https://exemple.fr:99999",
            "https://exemple.fr:+80",
            "https://127.0.0.1/",
        ] {
            assert_eq!(url(text).unwrap_err().code, "website", "{text}");
        }
        assert_eq!(url(&format!("exemple.fr/{}", "a".repeat(200))).unwrap_err().code, "website");
    }

    proptest! {
        #[test]
        fn what_was_read_is_read_back_the_same(text in "\\PC{0,40}") {
            if let Ok(site) = Website::parse(&text) {
                prop_assert_eq!(Website::parse(site.as_str()), Ok(site.clone()));
            }
        }
    }
}
