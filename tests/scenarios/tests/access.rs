//! Who may enter where: every declared route × everybody who may come × other people's ids. The walk reads the rooms'
//! own declarations, so a new route is walked the day it is declared, or fails here for want of a fixture.

use std::fmt::Write;

use axum::Router;
use axum::body::Body;
use axum::http::header::{
    ACCEPT, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE, WWW_AUTHENTICATE,
};
use axum::http::{Method, Request, Response, StatusCode};
use epass_domain::{Account, Establishment, Invitation, Role, Week};
use epass_files::{Document, sha256};
use epass_local::rooms;
use epass_scenarios::{Deal, PASSWORD, Shop, Stage, Trip};
use epass_web::passwords::Opened;
use epass_web::{Access, App, Declared, SESSION_COOKIE, assets};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// Which face the caller reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Page,
    Json,
}

/// A bon plan that there is not.
const NOBODYS: &str = "00000000-0000-7000-8000-000000000000";

/// How well somebody's session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Session {
    /// A chosen password opened it.
    Live,
    /// It was signed out.
    Ended,
    /// A mailed password opened it.
    Mailed,
}

/// Who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Nobody,
    SignedIn(Role, Session),
    /// A shop's till; a revoked one's key opens nothing.
    Till {
        is_live: bool,
    },
}

/// What the rules say of a caller at a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Enters,
    SignsInFirst,
    MayNot,
    ChangesPasswordFirst,
}

/// The rules, once more and by themselves.
fn rule(declared: &Declared, caller: Caller) -> Rule {
    let (role, session) = match (declared.access, caller) {
        (Access::Public, _) | (Access::Desk, Caller::Till { is_live: true }) => return Rule::Enters,
        (_, Caller::Nobody) | (Access::Desk, Caller::Till { is_live: false }) => return Rule::SignsInFirst,
        (Access::SignedIn | Access::Only(_), Caller::Till { .. }) => return Rule::MayNot,
        (Access::Only(only), Caller::SignedIn(role, _)) if role != only => return Rule::MayNot,
        (Access::Desk, Caller::SignedIn(role, _)) if role != Role::Partner => return Rule::MayNot,
        (_, Caller::SignedIn(role, session)) => (role, session),
    };
    assert!(Role::ALL.contains(&role));
    match (session, declared.path.as_str()) {
        (Session::Live, _) => Rule::Enters,
        // Signing out asks for the signature only: it also frees a browser of a session that is over.
        (_, "/deconnexion") => Rule::Enters,
        (Session::Ended, _) => Rule::SignsInFirst,
        // `/espace` leads to the one page that a mailed password opens.
        (Session::Mailed, "/mot-de-passe" | "/espace") => Rule::Enters,
        (Session::Mailed, _) => Rule::ChangesPasswordFirst,
    }
}

/// An answer, read.
struct Answer {
    head: axum::http::response::Parts,
    body: String,
}

impl Answer {
    async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Self { head, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    fn header(&self, name: impl axum::http::header::AsHeaderName) -> &str {
        self.head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The problem's word; empty for a page or a success.
    fn code(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// The house with somebody of every role in it.
pub(crate) struct Walk {
    pub(crate) stage: Stage,
    pub(crate) router: Router,
    app: App,
    shop: Shop,
    accounts: Vec<Account>,
    pub(crate) own: Ids,
}

/// What stands for the names in paths.
pub(crate) struct Ids {
    transaction: String,
    partner: String,
    establishment: String,
    beneficiary: String,
    enrolment: String,
    version: String,
    ticket: String,
    /// One that is revoked on the way.
    key: String,
    /// One that stays, to be renewed.
    lasting_key: String,
    /// One that waits, for the team.
    waiting_plan: String,
    /// One that is published, for everybody.
    plan: String,
    picture: String,
    /// One of the school's at the shop.
    sortie: String,
    /// One that young people may join.
    open_sortie: String,
    /// One that the shop has settled.
    settled_sortie: String,
    /// The link of a mail to the shop.
    token: String,
    /// Of a statement of the shop's.
    week: String,
    year: String,
    /// Of the batch that closed it, for the team.
    batch: String,
    /// The statement's.
    number: String,
    /// What the bank said of the batch's file, taken in and not applied.
    report: String,
}

impl Walk {
    pub(crate) async fn begin() -> Self {
        let stage = Stage::set().await;
        let (router, app) = (stage.house.router().unwrap(), stage.house.app("account-login").unwrap());
        let shop = stage.partner().await;
        let school = stage.school("Lycée Marie-Curie", "13005").await;
        let pupil = stage.beneficiary().await;
        let accounts = vec![pupil, stage.account_of_school(&school).await, shop.account.clone(), stage.team().await];
        let own = Ids::of(&stage, &shop, &school).await;
        Self { stage, router, app, shop, accounts, own }
    }

    /// A session's token.
    pub(crate) async fn token(&self, role: Role, session: Session) -> String {
        let account = self.accounts.iter().find(|account| account.holder.role() == role).expect("every role is there");
        let opened = if session == Session::Mailed { Opened::Provisional } else { Opened::Chosen };
        let token = self.app.begin_session(account, opened).await.unwrap().token;
        if session == Session::Ended {
            let pass = self.app.signer.read_pass(&token).unwrap();
            self.app.store.accounts.end(&pass.identifier, pass.session).await.unwrap();
        }
        token
    }

    /// What a caller sends; none for nobody.
    async fn credential(&self, caller: Caller) -> Option<String> {
        match caller {
            Caller::Nobody => None,
            Caller::SignedIn(role, session) => Some(self.token(role, session).await),
            Caller::Till { is_live } => Some(self.stage.till_key(&self.shop, is_live).await.reveal().to_owned()),
        }
    }

    async fn ask(&self, declared: &Declared, ids: &Ids, face: Face, token: Option<&str>) -> Answer {
        self.send(request(declared, ids, face, token).body(body(declared, ids, face)).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        Answer::of(self.router.clone().oneshot(request).await.unwrap()).await
    }
}

impl Ids {
    /// A shop's and a school's own: the shop has taken a payment and looked somebody up once more, and receives an outing.
    async fn of(stage: &Stage, shop: &Shop, school: &Establishment) -> Self {
        let young = stage.young().await;
        let ticket = stage.ticket(shop, &young);
        let version = shop.partner.convention.as_ref().unwrap().version.to_string();
        let transaction = stage.payment(shop, &young, 1_00).await.id.to_string();
        let ticket = stage.house.app("partner-transaction").unwrap().signer.sign_ticket(&ticket);
        let key = stage.till_key(shop, true).await.id().to_string();
        let lasting_key = stage.till_key(shop, true).await.id().to_string();
        let establishment = stage.school("Lycée Jean-Giono", "13005").await.id.to_string();
        let enrolment = stage.duplicate(&young).await.id.to_string();
        let (beneficiary, partner) = (young.id.to_string(), shop.partner.id.to_string());
        let plan = stage.published(shop, stage.content(shop).places(5)).await.id.to_string();
        let waiting_plan = stage.submitted(shop, stage.content(shop)).await.id.to_string();
        let sortie = stage.confirmed(school, shop, stage.sheet()).await;
        stage.joins(&sortie, &young).await;
        let sortie = sortie.id.as_str().to_owned();
        let settled = stage.confirmed(school, shop, stage.sheet().on("24/11/2026").at_cents(1_00)).await;
        stage.joins(&settled, &young).await;
        let (settled, voucher) = stage.validated(&settled).await;
        stage.settled(shop, &settled, &voucher).await;
        let asked = stage.asked(school, shop, stage.sheet()).await;
        let invitation = Invitation::to(&asked, stage.house.clock.now());
        let token = stage.house.app("partner-sortie").unwrap().signer.sign_invitation(&invitation);
        let number = stage.stated(shop, "2026-11-17", "2026-W47").await;
        let report = report(stage, number.week).await;
        let picture = "0123456789abcdef-small.jpg".to_owned();
        let document = Document { media_type: "image/jpeg", bytes: b"a picture" };
        stage.house.files().unwrap().keep(&format!("bon-plan/{picture}"), document).await.unwrap();
        Self {
            transaction,
            partner,
            establishment,
            beneficiary,
            enrolment,
            version,
            ticket,
            key,
            lasting_key,
            waiting_plan,
            plan,
            picture,
            open_sortie: sortie.clone(),
            sortie,
            settled_sortie: settled.id.as_str().to_owned(),
            token,
            week: number.week.code(),
            year: "2026".into(),
            batch: number.week.code(),
            number: number.code(),
            report,
        }
    }

    /// The declared path with its names filled in.
    pub(crate) fn fill(&self, path: &str) -> String {
        let style = assets::url("style.css");
        let plan = if path.starts_with("/equipe/") { &self.waiting_plan } else { &self.plan };
        let sortie = match path.split('/').nth(1) {
            Some("sorties") => &self.open_sortie,
            Some("mes-sorties") => &self.settled_sortie,
            _ => &self.sortie,
        };
        let week = if path.starts_with("/equipe/") { &self.batch } else { &self.week };
        let key = if path.ends_with("/prolongation") { &self.lasting_key } else { &self.key };
        let named = [
            ("{plan}", plan.as_str()),
            ("{week}", week),
            ("{year}", &self.year),
            ("{number}", &self.number),
            ("{sortie}", sortie),
            ("{token}", &self.token),
            ("{picture}", &self.picture),
            ("{id}", self.transaction.as_str()),
            ("{partner}", &self.partner),
            ("{establishment}", &self.establishment),
            ("{beneficiary}", &self.beneficiary),
            ("{enrolment}", &self.enrolment),
            ("{version}", &self.version),
            ("{key}", key),
            ("{report}", &self.report),
            ("{file}", style.rsplit('/').next().unwrap()),
        ];
        let filled = named.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
        assert!(!filled.contains('{'), "{path} has a name without a fixture: give it one in Ids::fill");
        filled
    }
}

/// A report of the bank's about a week's file, as the team's upload leaves it: its name. It says that all is executed.
async fn report(stage: &Stage, week: Week) -> String {
    let batch = stage.house.store().reimbursements.batch(week).await.unwrap().unwrap();
    let message = batch.message().unwrap();
    let text = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts>\
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    );
    let name = sha256(text.as_bytes());
    let document = Document { media_type: "application/octet-stream", bytes: text.as_bytes() };
    stage.house.files().unwrap().keep(&format!("report/{week}-{name}"), document).await.unwrap();
    name
}

pub(crate) fn request(declared: &Declared, ids: &Ids, face: Face, token: Option<&str>) -> axum::http::request::Builder {
    let request =
        Request::builder().method(&declared.method).uri(ids.fill(&declared.path)).header(HOST, "localhost:3000");
    let request = match (face, token) {
        (Face::Json, Some(token)) => request.header(AUTHORIZATION, format!("Bearer {token}")),
        // A till sends its key with every request, whatever it reads.
        (Face::Page, Some(key)) if key.starts_with("epk_") => request.header(AUTHORIZATION, format!("Bearer {key}")),
        (Face::Page, Some(token)) => request.header(COOKIE, format!("{SESSION_COOKIE}={token}")),
        (_, None) => request,
    };
    match face {
        Face::Json => request.header(ACCEPT, "application/json").header(CONTENT_TYPE, "application/json"),
        Face::Page => request
            .header(ACCEPT, "text/html")
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded"),
    }
}

/// Nothing, which every form can read; a payment needs a ticket to be about something.
fn body(declared: &Declared, ids: &Ids, face: Face) -> Body {
    if declared.method == Method::GET {
        return Body::empty();
    }
    let is_payment = declared.path == "/transactions";
    Body::from(match (face, is_payment) {
        (Face::Json, true) => serde_json::json!({ "ticket": ids.ticket }).to_string(),
        (Face::Json, false) => "{}".to_owned(),
        (Face::Page, true) => format!("ticket={}", ids.ticket),
        (Face::Page, false) => String::new(),
    })
}

fn declared() -> Vec<Declared> {
    rooms::all().iter().flat_map(|room| room.declared().to_vec()).collect()
}

/// Nobody, every role with every kind of session, and tills.
fn callers() -> Vec<Caller> {
    let sessions = [Session::Live, Session::Ended, Session::Mailed];
    let signed_in = Role::ALL.into_iter().flat_map(|role| sessions.map(|session| Caller::SignedIn(role, session)));
    let tills = [true, false].map(|is_live| Caller::Till { is_live });
    std::iter::once(Caller::Nobody).chain(signed_in).chain(tills).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_admits_whom_it_declares_and_nobody_else() {
    let walk = Walk::begin().await;
    for caller in callers() {
        let mut token = None;
        for route in declared() {
            for face in [Face::Json, Face::Page] {
                if token.is_none() || route.path == "/deconnexion" {
                    token = walk.credential(caller).await;
                }
                let answer = walk.ask(&route, &walk.own, face, token.as_deref()).await;
                let at = format!("{caller:?} at {} {} ({face:?})", route.method, route.path);
                keeps_to(rule(&route, caller), caller, face, &answer, &at);
                if route.method == Method::POST && face == Face::Page {
                    assert!(!answer.head.status.is_success(), "{at}: a browser's post leads to a page (303)");
                }
                is_protected(&answer, &at);
                let is_kept = ["/assets/", "/images/bons-plans/"].iter().any(|kept| route.path.starts_with(kept));
                if route.access != Access::Public || (is_signed_in(caller) && !is_kept) {
                    assert_eq!(answer.header(CACHE_CONTROL), "no-store", "{at}");
                }
                if route.path == "/deconnexion" {
                    token = None;
                }
            }
        }
    }
}

fn keeps_to(rule: Rule, caller: Caller, face: Face, answer: &Answer, at: &str) {
    let (status, to) = (answer.head.status, answer.header(LOCATION));
    let said = (status.as_u16(), answer.code(), to.to_owned());
    let right = match (rule, face) {
        (Rule::SignsInFirst, Face::Json) => said == (401, "unauthenticated".into(), String::new()),
        (Rule::SignsInFirst, Face::Page) => status == StatusCode::SEE_OTHER && to.starts_with("/connexion?suite="),
        (Rule::MayNot, Face::Json) => said == (403, "forbidden".into(), String::new()),
        (Rule::MayNot, Face::Page) => status == StatusCode::FORBIDDEN && answer.body.contains("<h1"),
        (Rule::ChangesPasswordFirst, Face::Json) => said == (403, "password_change_required".into(), String::new()),
        (Rule::ChangesPasswordFirst, Face::Page) => said == (303, String::new(), "/mot-de-passe".into()),
        (Rule::Enters, _) => {
            let to_sign_in = to.starts_with("/connexion") && !to.starts_with("/connexion?reprise=");
            let is_led_away = to_sign_in || (to == "/mot-de-passe" && !is_mailed(caller));
            // Of the walk's empty forms, only the one of the mails asks for something that is not there.
            let is_nowhere = status == StatusCode::NOT_FOUND && !at.contains("POST /equipe/mails");
            let is_refused = matches!(status.as_u16(), 401 | 403 | 405) || status.is_server_error();
            !is_refused && !is_nowhere && !is_led_away
        }
    };
    assert!(right, "{at} should be {rule:?}: {said:?}\n{}", answer.body);
}

fn is_mailed(caller: Caller) -> bool {
    matches!(caller, Caller::SignedIn(_, Session::Mailed))
}

fn is_signed_in(caller: Caller) -> bool {
    matches!(caller, Caller::SignedIn(..))
}

fn is_protected(answer: &Answer, at: &str) {
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none';"), "{at}: {policy}");
    // Where a page scans, and only there, WebAssembly runs: what JavaScript makes of texts does nowhere.
    let scans = answer.body.contains(&assets::url(assets::DECODER));
    assert_eq!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), scans, "{at}: {policy}");
    let policy = policy.replace("'wasm-unsafe-eval'", "");
    for word in ["unsafe-inline", "unsafe-eval", "*", "http:"] {
        assert!(!policy.contains(word), "{at}: {policy}");
    }
    for word in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(policy.contains(word), "{at}: {policy}");
    }
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{at}");
    assert!(answer.header("strict-transport-security").starts_with("max-age=31536000"), "{at}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{at}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_partners_ids_lead_nowhere() {
    let walk = Walk::begin().await;
    let other = walk.stage.partner_of_version(2).await;
    let elsewhere = walk.stage.school("Lycée Jean-Moulin", "83000").await;
    let strange = Ids {
        // The team may see every dossier that there is.
        partner: "99999999".into(),
        establishment: epass_domain::EstablishmentId::made_up(9_999_999).to_string(),
        beneficiary: uuid::Uuid::max().to_string(),
        enrolment: uuid::Uuid::max().to_string(),
        ticket: walk.own.ticket.clone(),
        waiting_plan: NOBODYS.into(),
        plan: NOBODYS.into(),
        // The other one has a statement of this week, and the shop has none; nobody has one of that year.
        week: walk.stage.stated(&other, "2026-11-10", "2026-W46").await.week.code(),
        year: "2025".into(),
        // The team may see every batch and statement that there is.
        batch: "2026-W40".into(),
        number: "2026-W40-99999999".into(),
        // Who has the code of an outing may join it.
        open_sortie: "00000000K".into(),
        ..Ids::of(&walk.stage, &other, &elsewhere).await
    };
    let mut tried = 0;
    for route in declared().iter().filter(|route| route.path.contains('{') && route.access != Access::Public) {
        let role = match route.access {
            Access::Only(role) => role,
            Access::Desk => Role::Partner,
            Access::Public | Access::SignedIn => panic!("{} names something and is open to all", route.path),
        };
        let token = walk.token(role, Session::Live).await;
        for face in [Face::Json, Face::Page] {
            let answer = walk.ask(route, &strange, face, Some(&token)).await;
            assert_eq!(answer.head.status, StatusCode::NOT_FOUND, "{} {} ({face:?})", route.method, route.path);
            tried += 1;
        }
    }
    assert!(tried >= 18, "{tried} tries");

    // Nothing became of it: the other one's payment stands, and its ticket is of use to nobody else.
    let pay = Declared { method: Method::POST, path: "/transactions".into(), access: Access::Only(Role::Partner) };
    let receipt = Declared { method: Method::GET, path: "/transactions/{id}".into(), ..pay.clone() };
    let theirs = Ids::of(&walk.stage, &other, &elsewhere).await;
    let token = walk.token(Role::Partner, Session::Live).await;
    let refused = walk.ask(&pay, &theirs, Face::Json, Some(&token)).await;
    assert_eq!((refused.head.status, refused.code().as_str()), (StatusCode::BAD_REQUEST, "ticket"));
    let their_token = walk.app.begin_session(&other.account, Opened::Chosen).await.unwrap().token;
    let stands = walk.ask(&receipt, &strange, Face::Json, Some(&their_token)).await;
    let stands: Value = serde_json::from_str(&stands.body).unwrap();
    assert_eq!(stands["state"], "paid");
    assert_ne!(walk.shop.partner.id, other.partner.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_browser_sends_from_another_site_is_not_done() {
    let walk = Walk::begin().await;
    for route in declared().iter().filter(|route| route.method != Method::GET) {
        let role = match route.access {
            Access::Only(role) => role,
            Access::Public | Access::SignedIn | Access::Desk => Role::Partner,
        };
        let token = walk.token(role, Session::Live).await;
        for (name, value) in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://a.fr")]
        {
            let mut request = request(route, &walk.own, Face::Page, Some(&token));
            request.headers_mut().unwrap().remove("sec-fetch-site");
            let request = request.header(name, value).body(body(route, &walk.own, Face::Page)).unwrap();
            let answer = walk.send(request).await;
            assert_eq!(answer.head.status, StatusCode::FORBIDDEN, "{name}: {value} at {}", route.path);
        }
    }
}

/// Only what a bearer authenticated is exempt: a cookie authenticates whatever stands beside it.
#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_authenticates_nobody_lets_no_other_site_in() {
    let walk = Walk::begin().await;
    let forged = "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA";
    let headers =
        ["Basic ZTpw", "Bearer", "Bearer ", forged, "bearer x", "Digest a=b", "Negotiate x", "", "epk_10000001_00"];
    for route in declared().iter().filter(|route| route.method != Method::GET) {
        let role = match route.access {
            Access::Only(role) => role,
            Access::Public | Access::SignedIn | Access::Desk => Role::Partner,
        };
        let token = walk.token(role, Session::Live).await;
        for header in headers {
            let mut request = request(route, &walk.own, Face::Page, Some(&token)).header(AUTHORIZATION, header);
            request.headers_mut().unwrap().insert("sec-fetch-site", "cross-site".parse().unwrap());
            let answer = walk.send(request.body(body(route, &walk.own, Face::Page)).unwrap()).await;
            assert_eq!(answer.head.status, StatusCode::FORBIDDEN, "Authorization: {header} at {}", route.path);
        }
        let own = request(route, &walk.own, Face::Json, Some(&token)).header("sec-fetch-site", "cross-site");
        let answer = walk.send(own.body(body(route, &walk.own, Face::Json)).unwrap()).await;
        assert_ne!(answer.code(), "cross_site", "a bearer that is right at {}", route.path);
    }
    // On a public page a till's key authenticates nobody.
    let key = walk.stage.till_key(&walk.shop, true).await;
    let sign_in = Request::post("/connexion")
        .header(AUTHORIZATION, format!("Bearer {}", key.reveal()))
        .header("sec-fetch-site", "cross-site")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::empty())
        .unwrap();
    assert_eq!(walk.send(sign_in).await.code(), "cross_site");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_sign_out_with_a_new_password_and_with_the_day() {
    let walk = Walk::begin().await;
    let space = Declared { method: Method::GET, path: "/dossier".into(), access: Access::Only(Role::Partner) };
    let leave = Declared { method: Method::POST, path: "/deconnexion".into(), access: Access::SignedIn };
    let begin = || walk.token(Role::Partner, Session::Live);
    let status = async |token: &str| walk.ask(&space, &walk.own, Face::Json, Some(token)).await.head.status;

    let (first, second) = (begin().await, begin().await);
    assert_eq!(status(&first).await, StatusCode::OK);
    let left = walk.ask(&leave, &walk.own, Face::Page, Some(&first)).await;
    assert!(left.header(SET_COOKIE).starts_with(&format!("{SESSION_COOKIE}=;")), "{}", left.header(SET_COOKIE));
    assert_eq!(status(&first).await, StatusCode::UNAUTHORIZED, "signed out");
    assert_eq!(status(&second).await, StatusCode::OK, "the other one goes on");

    let change = Request::post("/mot-de-passe")
        .header(AUTHORIZATION, format!("Bearer {second}"))
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(
            serde_json::json!({ "current_password": PASSWORD, "new_password": "Brise7Calanque", "confirm_password": "Brise7Calanque" })
                .to_string(),
        ))
        .unwrap();
    let changed = walk.send(change).await;
    assert_eq!(changed.head.status, StatusCode::OK, "{}", changed.body);
    assert_eq!(status(&second).await, StatusCode::UNAUTHORIZED, "the password changed");
    let fresh: Value = serde_json::from_str(&changed.body).unwrap();
    let fresh = fresh["token"].as_str().unwrap();
    assert_eq!(status(fresh).await, StatusCode::OK, "a new session took its place");

    walk.stage.house.clock.set(walk.stage.house.clock.now() + jiff::SignedDuration::from_hours(12));
    assert_eq!(status(fresh).await, StatusCode::UNAUTHORIZED, "twelve hours later");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sessions_cookie_is_out_of_scripts_and_other_sites_reach() {
    let walk = Walk::begin().await;
    let form = format!("identifier={}&password={PASSWORD}", walk.shop.account.identifier);
    let sign_in = Request::post("/connexion")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(form))
        .unwrap();
    let answer = walk.send(sign_in).await;
    let cookie = answer.header(SET_COOKIE);
    let mut attributes = cookie.split("; ");
    assert!(attributes.next().unwrap().starts_with("__Host-session=ey"), "{cookie}");
    let attributes: Vec<&str> = attributes.collect();
    for needed in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(attributes.contains(&needed), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    assert_eq!(answer.header(CACHE_CONTROL), "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_path_a_wrong_method_and_a_forged_pass_are_protected_answers_too() {
    let walk = Walk::begin().await;
    let token = walk.token(Role::Partner, Session::Live).await;
    let mut forged = token.clone();
    forged.replace_range(token.len() - 6.., "AAAAAA");
    let asked = [
        (Method::GET, "/nulle-part", None, 404),
        (Method::DELETE, "/faq", None, 405),
        (Method::PUT, "/dossier", Some(&token), 405),
        (Method::GET, "/dossier", Some(&forged), 401),
    ];
    for (method, path, token, status) in asked {
        let at = format!("{method} {path}");
        let request = Request::builder().method(method).uri(path).header(ACCEPT, "application/json");
        let request = match token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        let answer = walk.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.head.status, status, "{at}: {}", answer.body);
        is_protected(&answer, &at);
        let how = (answer.header(WWW_AUTHENTICATE), answer.header(ALLOW));
        match status {
            401 => assert_eq!(how, ("Bearer realm=\"e-PASS JEUNES\"", "")),
            405 => assert_eq!(how, ("", "GET, HEAD, OPTIONS")),
            _ => assert_eq!(how, ("", "")),
        }
    }
}

#[test]
fn who_may_enter_where_changes_in_plain_sight() {
    let mut table = String::new();
    for room in rooms::all() {
        writeln!(table, "{}", room.name()).unwrap();
        for Declared { method, path, access } in room.declared() {
            let who = match access {
                Access::Public => "anybody",
                Access::SignedIn => "signed in",
                Access::Only(role) => role.code(),
                Access::Desk => "partner, and tills",
            };
            writeln!(table, "  {:5}{path:44}{who}", method.as_str()).unwrap();
        }
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("access", table));
}
