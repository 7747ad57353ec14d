//! Reading is tolerant: what messengers and newsletters add to a link changes nothing, a path may be written otherwise, and
//! HEAD answers as GET does; a method that a path does not answer is told which it does. Here and in AWS alike: every room
//! is also asked through its own router, as its function is.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::header::{ALLOW, AUTHORIZATION, CONTENT_LENGTH, HeaderMap, LOCATION};
use axum::http::{Method, Request, StatusCode};
use epass_domain::Role;
use epass_local::{Template, rooms};
use epass_web::{Access, Declared};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::access::{Face, Session, Walk, request};

/// An answer, whole.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: head.status, headers: head.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

fn text<'a>(headers: &'a HeaderMap, name: &axum::http::HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Somebody who may read a route.
fn reader(declared: &Declared) -> Role {
    match declared.access {
        Access::Only(role) => role,
        Access::Public | Access::SignedIn | Access::Desk => Role::Partner,
    }
}

/// Every route of GET in every room, with its request for somebody who may read it.
async fn reads(walk: &Walk, face: Face) -> Vec<(Declared, String, String)> {
    let mut tokens = BTreeMap::new();
    let mut reads = Vec::new();
    for declared in rooms::all().iter().flat_map(|room| room.declared().to_vec()) {
        if declared.method != Method::GET {
            continue;
        }
        let role = reader(&declared);
        if !tokens.contains_key(role.code()) {
            tokens.insert(role.code(), walk.token(role, Session::Live).await);
        }
        let path = walk.own.fill(&declared.path);
        reads.push((declared, path, tokens[role.code()].clone()));
    }
    assert!(reads.len() > 80 && (face == Face::Page || face == Face::Json), "{} routes", reads.len());
    reads
}

fn asked(walk: &Walk, declared: &Declared, method: Method, uri: &str, face: Face, token: &str) -> Request<Body> {
    let declared = Declared { method, ..declared.clone() };
    let mut request = request(&declared, &walk.own, face, Some(token)).body(Body::empty()).unwrap();
    *request.uri_mut() = uri.parse().unwrap_or_else(|error| panic!("{uri}: {error}"));
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_add_to_a_link_changes_nothing() {
    const FOREIGN: [&str; 6] = [
        "fbclid=IwAR0x",
        "utm_source=newsletter&utm_medium=mail&utm_source=again",
        "sortie_code=12345678K-x",
        "fbclid&=&=x&utm_source=",
        "utm_campaign=%zz%ff%",
        "constructor=1&__proto__[a]=b&page_id[]=2",
    ];
    let walk = Walk::begin().await;
    for face in [Face::Page, Face::Json] {
        for (declared, path, token) in reads(&walk, face).await {
            let plain = send(&walk.router, asked(&walk, &declared, Method::GET, &path, face, &token)).await;
            for foreign in FOREIGN {
                // The list of outings itself asks for this one.
                if foreign.starts_with("sortie_code") && declared.path == "/sorties" {
                    continue;
                }
                let uri = format!("{path}?{foreign}");
                let answer = send(&walk.router, asked(&walk, &declared, Method::GET, &uri, face, &token)).await;
                assert_eq!(answer.status, plain.status, "GET {uri} ({face:?}): {}", answer.body);
                let leads_to_a_file = plain.status == StatusCode::SEE_OTHER;
                assert!(
                    leads_to_a_file || answer.body.len().abs_diff(plain.body.len()) < 400,
                    "GET {uri} ({face:?}) answers something else"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_value_of_a_known_parameter_is_told_at_its_field_and_never_unreadable() {
    let walk = Walk::begin().await;
    let described: serde_json::Value = serde_json::from_str(&rooms::openapi(rooms::all()).unwrap()).unwrap();
    let mut tried = 0;
    for face in [Face::Page, Face::Json] {
        for (declared, path, token) in reads(&walk, face).await {
            let parameters = described["paths"][&declared.path]["get"]["parameters"].as_array().cloned();
            for parameter in parameters.unwrap_or_default().iter().filter(|one| one["in"] == "query") {
                let name = parameter["name"].as_str().unwrap();
                for value in ["%ff%00", "x&NAME=y", "[]", "-1", ""] {
                    let uri = format!("{path}?{name}={}", value.replace("NAME", name));
                    let answer = send(&walk.router, asked(&walk, &declared, Method::GET, &uri, face, &token)).await;
                    let status = answer.status.as_u16();
                    assert!(
                        matches!(status, 200 | 303 | 404 | 409 | 422),
                        "GET {uri} ({face:?}): {status} {}",
                        answer.body
                    );
                    if status == 422 && face == Face::Json {
                        assert!(
                            answer.body.contains(&format!("\"{name}\"")),
                            "GET {uri} names no {name}: {}",
                            answer.body
                        );
                    }
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 400, "{tried} tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_written_otherwise_leads_to_the_one_that_is_declared() {
    let walk = Walk::begin().await;
    for (declared, path, token) in reads(&walk, Face::Page).await {
        // The words in capitals; the names are of one case only.
        let louder: Vec<String> = declared
            .path
            .split('/')
            .zip(path.split('/'))
            .map(|(word, part)| if word.starts_with('{') { part.to_owned() } else { word.to_uppercase() })
            .collect();
        let written = [format!("{path}/"), format!("//{}", &path[1..]), path.replacen('/', "///", 2), louder.join("/")];
        for written in written.iter().filter(|written| **written != path) {
            let uri = format!("{written}?fbclid=a%2Fb");
            let answer = send(&walk.router, asked(&walk, &declared, Method::GET, &uri, Face::Page, &token)).await;
            assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{uri}");
            assert_eq!(text(&answer.headers, &LOCATION), format!("{path}?fbclid=a%2Fb"), "{uri}");
        }
    }
    let post = Request::post("/Connexion/").header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap();
    let moved = send(&walk.router, post).await;
    assert_eq!((moved.status, text(&moved.headers, &LOCATION)), (StatusCode::PERMANENT_REDIRECT, "/connexion"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_way_of_writing_a_path_leads_to_another_site() {
    let walk = Walk::begin().await;
    let cases = [
        "//evil.example",
        "//evil.example/",
        "///evil.example/%2e%2e",
        "/\\evil.example/",
        "/\\/evil.example/",
        "/%2fevil.example/",
        "/%5c%5Cevil.example/",
        "/FAQ//evil.example/",
        "//FAQ/..//evil.example",
        "/culturo//%0d%0aLocation:%20https://evil.example/",
    ];
    for path in cases {
        let Ok(request) = Request::get(path).body(Body::empty()) else { continue };
        let answer = send(&walk.router, request).await;
        let location = text(&answer.headers, &LOCATION);
        let is_ours = location.is_empty() || (location.starts_with('/') && !location[1..].starts_with(['/', '\\']));
        assert!(is_ours && !location.contains(['\r', '\n']), "{path} leads to {location}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_as_get_does_and_without_a_body() {
    let walk = Walk::begin().await;
    for (declared, path, token) in reads(&walk, Face::Page).await {
        for query in ["", "?from=demain&after=x&department=75&page=0"] {
            let uri = format!("{path}{query}");
            let get = send(&walk.router, asked(&walk, &declared, Method::GET, &uri, Face::Page, &token)).await;
            let head = send(&walk.router, asked(&walk, &declared, Method::HEAD, &uri, Face::Page, &token)).await;
            assert_eq!(head.status, get.status, "HEAD {uri}");
            assert!(head.body.is_empty(), "HEAD {uri} has a body");
            for (name, value) in &get.headers {
                let is_of_the_moment = name == "x-epass-spent" || *name == LOCATION || *name == CONTENT_LENGTH;
                assert!(is_of_the_moment || head.headers.get(name) == Some(value), "HEAD {uri}: {name}");
            }
        }
    }
}

/// API Gateway leads a request to the function whose route has its method and its path; the rest goes to `$default`.
#[tokio::test(flavor = "multi_thread")]
async fn each_function_answers_head_itself_and_the_default_one_says_which_methods_a_path_has() {
    let walk = Walk::begin().await;
    let template = Template::embedded().unwrap();
    let routers: BTreeMap<&str, Router> = rooms::all()
        .iter()
        .map(|room| {
            let (name, app) = (room.name(), walk.stage.house.app(room.name()).unwrap());
            (name, room.router(&app))
        })
        .collect();
    let default = template.functions.iter().find(|function| function.routes.iter().any(|route| route.is_default()));
    let default = &routers[default.unwrap().name.as_str()];
    for (declared, path, token) in reads(&walk, Face::Page).await {
        let leads = |method: &str| {
            let is_it = |route: &epass_local::template::Route| route.method == method && route.path == declared.path;
            template.functions.iter().find(|function| function.routes.iter().any(is_it)).map(|one| one.name.as_str())
        };
        let room = leads("GET").unwrap();
        assert_eq!(leads("HEAD"), Some(room), "{}", declared.path);
        let get = send(&routers[room], asked(&walk, &declared, Method::GET, &path, Face::Page, &token)).await;
        let head = send(&routers[room], asked(&walk, &declared, Method::HEAD, &path, Face::Page, &token)).await;
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "HEAD {path} at {room}");
        for router in [default, &routers[room], &walk.router] {
            let wrong = send(router, asked(&walk, &declared, Method::DELETE, &path, Face::Page, &token)).await;
            assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED, "DELETE {path}");
            let allow = text(&wrong.headers, &ALLOW).to_owned();
            assert!(allow.starts_with("GET, HEAD") && allow.ends_with("OPTIONS"), "{path}: {allow}");
            let options = send(router, asked(&walk, &declared, Method::OPTIONS, &path, Face::Page, &token)).await;
            assert_eq!(
                (options.status, text(&options.headers, &ALLOW)),
                (StatusCode::NO_CONTENT, allow.as_str()),
                "{path}"
            );
            let slash = format!("{path}/");
            let moved = send(router, asked(&walk, &declared, Method::GET, &slash, Face::Page, &token)).await;
            if path != "/" {
                assert_eq!(moved.status, StatusCode::PERMANENT_REDIRECT, "{slash}");
            }
        }
    }
    // A path that two rooms share, and one that only takes a post.
    for (path, method, allow) in [
        ("/transactions", Method::PUT, "GET, HEAD, POST, OPTIONS"),
        ("/deconnexion", Method::GET, "POST, OPTIONS"),
        ("/transactions/recherche", Method::PATCH, "POST, OPTIONS"),
    ] {
        for router in [default, &walk.router] {
            let request = Request::builder().method(method.clone()).uri(path).body(Body::empty()).unwrap();
            let answer = send(router, request).await;
            let told = (answer.status.as_u16(), text(&answer.headers, &ALLOW));
            // `/transactions/recherche` by GET would be a transaction of that name.
            assert_eq!(told, (405, allow), "{method} {path}");
        }
    }
    let nowhere = Request::options("/nulle-part").body(Body::empty()).unwrap();
    assert_eq!(send(default, nowhere).await.status, StatusCode::NOT_FOUND);
}

#[test]
fn the_file_of_routes_is_what_the_rooms_declare() {
    let file = include_str!("../../../shared/web/routes.txt");
    assert!(file == rooms::routes(rooms::all()), "run `cargo run -- routes > shared/web/routes.txt`");
    let menu = include_str!("../../../shared/web/menu.txt");
    assert!(menu == rooms::menu(rooms::all()), "run `cargo run -- menu > shared/web/menu.txt`");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_in_a_path_that_is_no_text_is_nowhere() {
    let walk = Walk::begin().await;
    let token = walk.token(Role::Partner, Session::Live).await;
    for path in ["/culturo/%ff", "/transactions/%ff", "/bons-plans/%C3%28", "/mes-sorties/%ff/recu", "/assets/%80"] {
        let request = Request::get(path).header(AUTHORIZATION, format!("Bearer {token}")).body(Body::empty()).unwrap();
        let answer = send(&walk.router, request).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}: {}", answer.body);
        assert!(answer.body.contains("\"not_found\""), "{path}: {}", answer.body);
    }
}

/// People spell what a path names as they heard or copied it: whoever reads is led to the one address.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_led_to_the_one_spelling_of_what_a_path_names() {
    let walk = Walk::begin().await;
    let mut led = 0;
    for (declared, path, token) in reads(&walk, Face::Page).await {
        let places: Vec<usize> =
            declared.path.split('/').enumerate().filter(|(_, part)| part.starts_with('{')).map(|(at, _)| at).collect();
        for place in places {
            let parts: Vec<&str> = path.split('/').collect();
            let ours = parts[place];
            let others = [
                format!("+{ours}"),
                format!("0{ours}"),
                format!("%20{ours}"),
                format!("{ours}%20"),
                ours.to_lowercase(),
                ours.to_uppercase(),
            ];
            for other in others.iter().filter(|other| *other != ours) {
                let mut parts = parts.clone();
                parts[place] = other;
                let uri = parts.join("/");
                let request = asked(&walk, &declared, Method::GET, &format!("{uri}?fbclid=x"), Face::Page, &token);
                let answer = send(&walk.router, request).await;
                if answer.status == StatusCode::PERMANENT_REDIRECT {
                    assert_eq!(text(&answer.headers, &LOCATION), format!("{path}?fbclid=x"), "{uri}");
                    led += 1;
                } else {
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}: {}", answer.body);
                }
            }
        }
    }
    assert!(led > 60, "{led} are led on");
}
