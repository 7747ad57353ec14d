//! All declared paths of the product: their canonical form, and their methods. A room knows only its own routes, but
//! API Gateway sends every other request to one of the rooms (`$default`).

use axum::http::Method;
use percent_encoding::percent_decode_str;

/// Each path with its declared methods, as `cargo run -- routes` writes them; a test compares it with the code.
const ROUTES: &str = include_str!("../routes.txt");

/// A path that a room declares.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Routed {
    /// The canonical path: no trailing or double slash, words in their declared case. Names in it keep their case.
    pub(crate) path: String,
    methods: &'static str,
}

impl Routed {
    /// The route of a path, in any spelling; `None` when there is none.
    pub(crate) fn find(path: &str) -> Option<Self> {
        let asked: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let routes = ROUTES.lines().filter_map(|line| line.split_once(' '));
        let fitting = routes.filter_map(|(declared, methods)| Some((fit(declared, &asked)?, methods)));
        // For `/bons-plans/inscriptions` and `/bons-plans/{plan}`, a word takes precedence over a name.
        let (parts, methods) = fitting.min_by_key(|(parts, _)| parts.iter().map(Part::is_name).collect::<Vec<_>>())?;
        let path: String = parts.iter().flat_map(|part| ["/", part.text()]).collect();
        Some(Self { path: if path.is_empty() { "/".to_owned() } else { path }, methods })
    }

    /// Whether the path answers this method.
    pub(crate) fn answers(&self, method: &Method) -> bool {
        let declared = if method == Method::HEAD { &Method::GET } else { method };
        self.methods.split(' ').any(|known| known == declared.as_str())
    }

    /// The value of the header `Allow`.
    pub(crate) fn allow(&self) -> String {
        let known =
            self.methods.split(' ').flat_map(|known| if known == "GET" { vec![known, "HEAD"] } else { vec![known] });
        known.chain(["OPTIONS"]).collect::<Vec<_>>().join(", ")
    }
}

/// A segment of a path.
enum Part<'a> {
    Word(&'a str),
    Name(&'a str),
}

impl<'a> Part<'a> {
    const fn is_name(&self) -> bool {
        matches!(self, Self::Name(_))
    }

    const fn text(&self) -> &'a str {
        match self {
            Self::Word(text) | Self::Name(text) => text,
        }
    }
}

/// The segments of a declared path, with the requested ones in place of its names; `None` when they differ in more than
/// case.
fn fit<'a>(declared: &'static str, asked: &[&'a str]) -> Option<Vec<Part<'a>>> {
    let words: Vec<&'static str> = declared.split('/').filter(|part| !part.is_empty()).collect();
    if words.len() != asked.len() {
        return None;
    }
    let part = |(word, asked): (&'static str, &&'a str)| {
        if word.starts_with('{') {
            return Some(Part::Name(asked));
        }
        word.eq_ignore_ascii_case(asked).then_some(Part::Word(word))
    };
    words.into_iter().zip(asked).map(part).collect()
}

/// Redirects of paths that have moved, because the API's description must not allow two readings of a path
/// (`/equipe/jeunes/doublons/{enrolment}` beside `/equipe/jeunes/{beneficiary}/carte`).
const MOVED: [(&str, &str); 3] = [
    ("/bons-plans/images", "/images/bons-plans"),
    ("/equipe/jeunes/doublons", "/equipe/doublons"),
    ("/equipe/remboursements/releves", "/equipe/releves"),
];

/// The canonical path of one that is written otherwise: `/faq/`, `/FAQ` and `//faq` are `/faq`. It is always a path of
/// ours, so the redirect stays on this site.
pub(crate) fn canonical(path: &str) -> Option<String> {
    let rest = |from: &str| path.strip_prefix(from).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let moved = MOVED.iter().find_map(|(from, to)| Some(format!("{to}{}", rest(from)?)));
    let is_plain = path == "/"
        || !(path.ends_with('/') || path.contains("//") || path.bytes().any(|byte| byte.is_ascii_uppercase()));
    if is_plain && moved.is_none() {
        return None;
    }
    let routed = Routed::find(moved.as_deref().unwrap_or(path))?;
    (routed.path != path).then_some(routed.path)
}

/// A path in which the name `wrong` is replaced by `right`.
pub(crate) fn respelt(path: &str, wrong: &str, right: &str) -> String {
    let is_wrong = |part: &str| percent_decode_str(part).decode_utf8().is_ok_and(|text| text == wrong);
    path.split('/').map(|part| if is_wrong(part) { right } else { part }).collect::<Vec<_>>().join("/")
}

/// Whether a path's percent-encoding decodes to UTF-8 text; all names of ours do.
pub(crate) fn is_text(path: &str) -> bool {
    percent_decode_str(path).decode_utf8().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_and_case_lead_to_the_path_as_it_is_declared() {
        let cases = [
            ("/faq/", "/faq"),
            ("//faq", "/faq"),
            ("/FAQ", "/faq"),
            ("//", "/"),
            ("/Equipe//DOUBLONS/", "/equipe/doublons"),
            ("/equipe/jeunes/doublons", "/equipe/doublons"),
            ("/equipe/jeunes/doublons/019ab7c4/autre", "/equipe/doublons/019ab7c4/autre"),
            ("/bons-plans/images/0123456789abcdef-small.jpg", "/images/bons-plans/0123456789abcdef-small.jpg"),
            ("/transactions/NOUVELLE", "/transactions/nouvelle"),
            ("/TRANSACTIONS.CSV", "/transactions.csv"),
            ("/Culturo/10000001/", "/culturo/10000001"),
            ("/Sortie-A-Confirmer/eyJhbGciOiJIUzI1NiJ9.AbC-_d", "/sortie-a-confirmer/eyJhbGciOiJIUzI1NiJ9.AbC-_d"),
            ("/etablissement/sorties/12345678K/PARTAGE", "/etablissement/sorties/12345678K/partage"),
        ];
        for (asked, declared) in cases {
            assert_eq!(canonical(asked).as_deref(), Some(declared), "{asked}");
            assert_eq!(canonical(declared), None, "{declared}");
        }
    }

    #[test]
    fn what_is_no_path_of_ours_leads_nowhere() {
        for asked in [
            "//evil.example",
            "//evil.example/",
            "///evil.example//x",
            "/\\evil.example/",
            "/%2f/evil.example/",
            "/%5Cevil.example/",
            "//faq.evil.example/",
            "/FAQ/x",
            "/_local/Mails/",
        ] {
            assert_eq!(canonical(asked), None, "{asked}");
        }
    }

    #[test]
    fn whatever_is_asked_for_a_path_leads_to_this_site() {
        for start in ["/", "//", "/\\", "/%2f", "/%5c"] {
            for rest in
                ["evil.example", "evil.example/", "evil.example//faq/", "culturo/evil.example/", "CULTURO/\\evil"]
            {
                let led = canonical(&format!("{start}{rest}")).unwrap_or_default();
                assert!(led.is_empty() || led.starts_with("/culturo/"), "{start}{rest} leads to {led}");
            }
        }
    }

    #[test]
    fn a_path_names_the_methods_of_all_rooms_that_answer_it() {
        let allow = |path: &str| Routed::find(path).map(|routed| routed.allow());
        assert_eq!(allow("/faq").as_deref(), Some("GET, HEAD, OPTIONS"));
        assert_eq!(allow("/transactions").as_deref(), Some("GET, HEAD, POST, OPTIONS"));
        assert_eq!(allow("/deconnexion").as_deref(), Some("POST, OPTIONS"));
        assert_eq!(allow("/nulle-part"), None);
        let faq = Routed::find("/faq").unwrap();
        assert!(faq.answers(&Method::GET) && faq.answers(&Method::HEAD) && !faq.answers(&Method::POST));
    }

    #[test]
    fn bytes_that_are_no_text_are_no_name() {
        assert!(is_text("/culturo/%C3%A9") && !is_text("/culturo/%ff") && is_text("/culturo/%zz"));
    }
}
