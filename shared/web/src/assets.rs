//! The files that pages load. The URL of each contains a hash of its content, so that browsers may cache it for ever.
//!
//! The compiler computes the hashes, so that a function which only links to files does not contain their bytes.

use std::borrow::Cow;

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
}

macro_rules! assets {
    ($($name:literal: $media_type:literal,)*) => {
        /// Names and hashes.
        const FILES: &[(&str, u64)] = &[$(($name, hash(include_bytes!(concat!("../assets/", $name)), OFFSET))),*];

        /// Media type and bytes by name.
        fn read(name: &str) -> Option<(&'static str, &'static [u8])> {
            match name {
                $($name => Some(($media_type, include_bytes!(concat!("../assets/", $name)))),)*
                _ => None,
            }
        }
    };
}

assets! {
    "style.css": "text/css; charset=utf-8",
    "app.js": "text/javascript; charset=utf-8",
    "camera.js": "text/javascript; charset=utf-8",
    "code.js": "text/javascript; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "live.js": "text/javascript; charset=utf-8",
    "scanner.js": "text/javascript; charset=utf-8",
    "scanner.wasm": "application/wasm",
    "source-sans-3.woff2": "font/woff2",
    "source-sans-3-europe.woff2": "font/woff2",
    "favicon.svg": "image/svg+xml",
    "icon-180.png": "image/png",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
    "shared.png": "image/png",
    "site.webmanifest": "application/manifest+json",
}

/// The worker that runs [`DECODER`]. The response with its file sets its own content security policy.
pub const DECODERS_WORKER: &str = "scanner.js";

/// The decoder of QR codes, for browsers without one. Its source is `shared/scanner`.
pub const DECODER: &str = "scanner.wasm";

/// The files that refer to other files. Their hash covers all files, and the references get their hash when the file is
/// served.
const NAMING: [&str; 2] = ["style.css", "site.webmanifest"];

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a. A collision would gain an attacker nothing, and the compiler can evaluate this short function.
const fn hash(bytes: &[u8], seed: u64) -> u64 {
    let (mut hash, mut at) = (seed, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// The hash of all files together.
const ALL: u64 = {
    let (mut all, mut at) = (OFFSET, 0);
    while at < FILES.len() {
        all = hash(&FILES[at].1.to_be_bytes(), all);
        at += 1;
    }
    all
};

/// The last path segment of a known file.
fn file(name: &str, hash: u64) -> String {
    let hash = if NAMING.contains(&name) { ALL } else { hash };
    format!("{:010x}-{name}", hash >> 24)
}

/// The URL of an asset by its name; for an unknown name, a path that is not found.
pub fn url(name: &str) -> String {
    match FILES.iter().find(|(known, _)| *known == name) {
        Some((_, hash)) => format!("/assets/{}", file(name, *hash)),
        None => format!("/assets/{name}"),
    }
}

/// The asset of a last path segment.
pub fn find(segment: &str) -> Option<Asset> {
    let (name, _) = FILES.iter().find(|(name, hash)| file(name, *hash) == segment)?;
    let (media_type, bytes) = read(name)?;
    let bytes = if NAMING.contains(name) { Cow::Owned(named(bytes)) } else { Cow::Borrowed(bytes) };
    Some(Asset { media_type, bytes })
}

/// The text of a file. References to other files, in brackets or quotes, are replaced by their served names.
fn named(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let text = FILES.iter().fold(text, |text, (name, hash)| {
        let served = file(name, *hash);
        text.replace(&format!("({name})"), &format!("({served})"))
            .replace(&format!("\"{name}\""), &format!("\"{served}\""))
    });
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_found_under_the_url_that_links_to_it() {
        for (name, _) in FILES {
            let found = find(url(name).trim_start_matches("/assets/")).unwrap();
            assert!(!found.bytes.is_empty() && !found.media_type.is_empty(), "{name}");
        }
        assert!(find("style.css").is_none() && find("0000000000-style.css").is_none());
    }

    #[test]
    fn the_stylesheet_and_the_manifest_name_files_as_they_are_served() {
        let text = |name| {
            let found = find(url(name).trim_start_matches("/assets/")).unwrap();
            String::from_utf8(found.bytes.into_owned()).unwrap()
        };
        let served = |name: &str| url(name).trim_start_matches("/assets/").to_owned();
        assert!(text("style.css").contains(&format!("url({})", served("source-sans-3.woff2"))));
        assert!(text("site.webmanifest").contains(&format!("\"{}\"", served("icon-512.png"))));
    }

    #[test]
    fn the_stylesheet_closes_what_it_opens() {
        let style = include_str!("../assets/style.css");
        assert_eq!(style.matches('{').count(), style.matches('}').count());
    }

    #[test]
    fn the_typeface_is_small() {
        let size = |name| find(url(name).trim_start_matches("/assets/")).unwrap().bytes.len();
        assert!(size("source-sans-3.woff2") + size("source-sans-3-europe.woff2") <= 40 * 1024);
    }
}
