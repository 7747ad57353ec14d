//! `/openapi.json` is true: it is the code's, it is OpenAPI 3.1, and every operation answers with a status that it names
//! and a body of the schema that it gives.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use epass_domain::{
    Account, BirthDate, Campaign, CardNumber, Did, Email, Envelope, EstablishmentId, Invitation, ParisDay, Party, Role,
    Sortie, SortieState, Wallet,
};
use epass_files::Document;
use epass_local::rooms;
use epass_mail::Letter;
use epass_scenarios::{Deal, PASSWORD, Shop, Stage, Trip};
use epass_store::{Leased, Next};
use epass_web::openapi::THROTTLED;
use epass_web::passwords::Opened;
use epass_web::{MAX_BODY_BYTES, assets, mint};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use jsonschema::{Draft, Validator};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tower::ServiceExt;

const FILE: &str = include_str!("../../../functions/public/site/openapi.json");

#[test]
fn the_file_is_what_the_code_says() {
    let code = rooms::openapi(rooms::all()).unwrap();
    assert!(FILE == code, "run `cargo run -- openapi > functions/public/site/openapi.json`");
}

#[test]
fn it_is_openapi_3_1() {
    let schema: Value = serde_json::from_str(include_str!("openapi-3.1.schema.json")).unwrap();
    let described = described();
    holds(&validator(&schema), &described, "the description");
    assert_eq!(described["openapi"].as_str().and_then(|version| version.get(..4)), Some("3.1."));
    let mut names = BTreeSet::new();
    for (_, _, operation) in operations(&described) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "two operations are called {name}");
    }
    for reference in references(&described) {
        assert!(described.pointer(&reference).is_some(), "{reference} is nowhere");
    }
}

/// Two rooms that call different things alike would overwrite each other's schema.
#[test]
fn a_schemas_name_means_one_thing() {
    let mut known: BTreeMap<String, (Value, String)> = BTreeMap::new();
    for room in rooms::all() {
        let described = serde_json::to_value(room.openapi()).unwrap();
        for (name, schema) in described["components"]["schemas"].as_object().into_iter().flatten() {
            let (first, whose) = known.entry(name.clone()).or_insert((schema.clone(), room.name().to_owned()));
            assert_eq!(first, schema, "{whose} and {} both have a {name}: rename one, #[schema(as = …)]", room.name());
        }
    }
}

/// The routes that tills call are shown by an example of what is sent and of what comes back; each is of its own schema.
#[test]
fn the_desks_routes_have_examples_that_are_as_described() {
    const DESK: [&str; 10] = [
        "GET /transactions/nouvelle",
        "POST /transactions/recherche",
        "POST /transactions",
        "GET /transactions",
        "GET /transactions/{id}",
        "POST /transactions/{id}/annulation",
        "GET /dossier/caisse",
        "POST /dossier/caisse",
        "POST /dossier/caisse/{key}/prolongation",
        "POST /dossier/caisse/{key}/revocation",
    ];
    let described = described();
    let components = &described["components"];
    let mut examples = BTreeSet::new();
    for (method, path, operation) in operations(&described) {
        let name = format!("{method} {path}");
        let sent =
            operation["requestBody"]["content"].as_object().into_iter().flatten().map(|(_, content)| (true, content));
        let responses =
            operation["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
        let told = responses.flat_map(|(_, response)| response["content"].as_object().into_iter().flatten());
        for (is_sent, content) in sent.chain(told.map(|(_, content)| (false, content))) {
            if content["example"].is_null() {
                continue;
            }
            holds(&whole_body(&content["schema"], components), &content["example"], &format!("the example of {name}"));
            examples.insert((name.clone(), is_sent));
        }
    }
    for name in DESK {
        assert!(examples.contains(&(name.to_owned(), false)), "{name} shows no answer");
        let (method, path) = name.split_once(' ').unwrap();
        let is_sent = described["paths"][path][method.to_lowercase()].get("requestBody").is_some();
        assert!(!is_sent || examples.contains(&(name.to_owned(), true)), "{name} shows no body");
    }
}

/// Closed sets are enumerations: where a sentence lists the words, the schema lists them too.
#[test]
fn words_that_a_sentence_lists_are_an_enumeration() {
    let described = described();
    let mut plain = Vec::new();
    fn walk(at: &str, schema: &Value, plain: &mut Vec<String>) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let is_text = field["type"] == "string" || field["type"] == json!(["string", "null"]);
            let said = field["description"].as_str().unwrap_or_default();
            let words = said
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|word| word.bytes().all(|b| b == b'_' || b.is_ascii_lowercase()));
            let is_open = field.get("enum").is_none() && said.contains("` or `") && words.count() > 1;
            if is_text && is_open {
                plain.push(format!("{at}.{name}: {said}"));
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            walk(at, part, plain);
        }
    }
    for (name, schema) in described["components"]["schemas"].as_object().unwrap() {
        walk(name, schema, &mut plain);
    }
    assert!(plain.is_empty(), "{plain:#?}");
}

/// A form's fields that may be left out have no default that a client would have to send, and are never `null`.
#[test]
fn what_may_be_left_out_is_optional_and_no_default() {
    let described = described();
    for (method, path, operation) in operations(&described) {
        for (_, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            let form = described.pointer(content["schema"]["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap();
            for (name, field) in form["properties"].as_object().into_iter().flatten() {
                assert!(field.get("default").is_none(), "{method} {path}: {name} has a default");
                let may_be_null = field.get("type").is_some_and(|kind| kind.to_string().contains("null"));
                assert!(!may_be_null, "{method} {path}: {name} may be null");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_as_it_is_described() {
    let mut caller = Caller::begin().await;
    let stage = Stage::set().await;
    caller.router = stage.house.router().unwrap();
    let shop = stage.partner().await;
    let newcomer = stage.newcomer().await;
    let partner = token(&stage, &shop.account).await;
    let new = token(&stage, &newcomer.account).await;
    let team = token(&stage, &stage.team().await).await;

    anybody(&mut caller, &shop).await;
    account(&mut caller, &stage, &shop).await;
    till(&mut caller, &stage, &shop, &partner, &new).await;
    keys(&mut caller, &partner, &new).await;
    dossier(&mut caller, &newcomer, &partner, &new).await;
    decisions(&mut caller, &newcomer, &team, &new).await;
    mails(&mut caller, &stage, &team).await;
    batches(&mut caller, &stage, &team).await;
    figures(&mut caller, &partner, &team).await;
    statements(&mut caller, &stage).await;
    written(&mut caller, &stage, &partner).await;
    confirmed(&mut caller, &stage).await;
    establishments(&mut caller, &team).await;
    young_people(&mut caller, &stage, &team).await;
    let young = young(&mut caller, &stage).await;
    browsing(&mut caller, &stage, &shop, &young).await;
    outing(&mut caller, &stage, &shop, &young).await;
    published(&mut caller, &stage, &shop, &team).await;
    let school = sorties(&mut caller, &stage, &shop).await;
    partner_sorties(&mut caller, &stage, &shop, &partner).await;
    doors(&mut caller, &stage, &shop, &partner).await;
    invited(&mut caller, &stage, &shop).await;
    let roles = [Role::Partner, Role::Team, Role::Beneficiary, Role::Establishment];
    let tokens: Vec<_> = roles.into_iter().zip([partner, team, young, school]).collect();
    strangers_and_nonsense(&mut caller, &tokens).await;

    let unseen = caller.unseen();
    assert!(unseen.is_empty(), "described and never seen: {unseen:#?}");
}

/// The pages and forms that are open to all.
async fn anybody(caller: &mut Caller, shop: &Shop) {
    for path in ["/", "/faq", "/guide", "/mentions-legales", "/accessibilite", "/openapi.json", "/hotline"] {
        caller.get(path, "", None, 200).await;
    }
    for name in [
        "style.css",
        "app.js",
        "camera.js",
        "code.js",
        "desk.js",
        "live.js",
        "scanner.js",
        "scanner.wasm",
        "favicon.svg",
        "icon-180.png",
        "source-sans-3.woff2",
        "site.webmanifest",
    ] {
        let url = assets::url(name);
        caller.call("GET /assets/{file}", &url, None, None, 200).await;
    }
    caller.call("GET /assets/{file}", "/assets/rien.css", None, None, 404).await;
    for (query, status) in [("", 200), ("?inconnu=1", 200), ("?after=x", 422), ("?department=75", 422)] {
        caller.get("/culturo", query, None, status).await;
    }
    for (number, status) in [(shop.partner.id.as_str(), 200), ("41234567", 404)] {
        caller.call("GET /culturo/{partner}", &format!("/culturo/{number}"), None, None, status).await;
    }
    caller.get("/connexion", "?role=partner", None, 200).await;
    for path in ["/mot-de-passe-oublie", "/identifiant-oublie", "/inscription/partenaire"] {
        caller.get(path, "", None, 200).await;
        caller.post(path, json!({}), None, 422).await;
    }
    caller.post("/mot-de-passe-oublie", json!({ "identifier": "personne" }), None, 200).await;
    caller.post("/identifiant-oublie", json!({ "email": shop.account.email.as_str() }), None, 200).await;
    let registration = json!({
        "legal_name": "Librairie de l’Étoile", "siret": "73282932000074", "email": "contact@etoile.example",
        "phone": "0491000000", "civility": "madame", "referent_first_name": "Zoé", "referent_last_name": "Lefèvre",
    });
    caller.post("/inscription/partenaire", registration.clone(), None, 201).await;
    let taken = caller.post("/inscription/partenaire", registration, None, 422).await;
    assert_eq!(taken["code"], "siret_taken");
    let question = json!({
        "name": "Zoé", "email": "zoe@librairie.example", "profile": "partner", "subject": "Carte", "question": "Bonjour ?",
    });
    caller.post("/hotline", json!({ "email": "zoe" }), None, 422).await;
    for _ in 0..5 {
        caller.post("/hotline", question.clone(), None, 200).await;
    }
    caller.post("/hotline", question, None, 429).await;
}

/// Signing in and out, and passwords.
async fn account(caller: &mut Caller, stage: &Stage, shop: &Shop) {
    let young = stage.beneficiary().await;
    let identifier = shop.account.identifier.as_str();
    let signed_in =
        caller.post("/connexion", json!({ "identifier": identifier, "password": PASSWORD }), None, 200).await;
    let token = signed_in["token"].as_str().unwrap();
    caller.get("/espace", "", Some(token), 200).await;
    caller.post("/deconnexion", Value::Null, Some(token), 200).await;
    caller.post("/connexion", json!({ "identifier": "" }), None, 422).await;
    let wrong = json!({ "identifier": "personne", "password": "Demo2027" });
    for _ in 0..5 {
        caller.post("/connexion", wrong.clone(), None, 401).await;
    }
    caller.post("/connexion", wrong, None, 429).await;

    let token = self::token(stage, &young).await;
    caller.get("/mot-de-passe", "", Some(&token), 200).await;
    let change = |current: &str| json!({ "current_password": current, "new_password": "Brise7Calanque", "confirm_password": "Brise7Calanque" });
    let changed = caller.post("/mot-de-passe", change(PASSWORD), Some(&token), 200).await;
    let token = changed["token"].as_str().unwrap();
    for _ in 0..5 {
        caller.post("/mot-de-passe", change("Demo2027"), Some(token), 422).await;
    }
    caller.post("/mot-de-passe", change("Demo2027"), Some(token), 429).await;
}

/// A young person from the registration on; gives the token of one who is signed in.
async fn young(caller: &mut Caller, stage: &Stage) -> String {
    const HERE: &str = "/inscription/jeune";
    const CONFIRM: &str = "/inscription/jeune/confirmation";
    let chosen =
        |token: &str| json!({ "token": token, "new_password": "Brise7Calanque", "confirm_password": "Brise7Calanque" });
    caller.get(HERE, "", None, 200).await;
    caller.post(HERE, json!({ "step": "1" }), None, 422).await;
    let first = json!({ "step": "1", "birth_date": "2009-05-14", "status": "high_school" });
    caller.post(HERE, first, None, 200).await;
    let lea = |born: &str, email: &str| {
        json!({
            "birth_date": born, "status": "high_school", "home_postcode": "13001", "school_postcode": "13001",
            "school_name": "Lycée Marie-Curie", "first_name": "Léa", "last_name": "Martin", "email": email,
        })
    };
    for _ in 0..5 {
        caller.post(HERE, lea("2009-05-14", "lea@example.org"), None, 201).await;
    }
    caller.post(HERE, lea("2009-05-14", "lea@example.org"), None, 429).await;
    let link = async |email: &str| {
        let mail = stage.mail_to(email).await;
        mail.text.split("?token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    };
    let token = link("lea@example.org").await;
    caller.get(CONFIRM, &format!("?token={token}"), None, 200).await;
    caller.post(CONFIRM, chosen(&token), None, 201).await;
    caller.post(CONFIRM, chosen(&token), None, 409).await;
    caller.get(CONFIRM, "?token=12", None, 409).await;
    // Twenty-six tomorrow: the link comes in time, the click a day too late.
    caller.post(HERE, lea("2000-11-25", "vingt-cinq@example.org"), None, 201).await;
    let late = link("vingt-cinq@example.org").await;
    let now = stage.house.clock.now();
    stage.house.clock.set(now + SignedDuration::from_hours(24));
    caller.post(CONFIRM, chosen(&late), None, 422).await;
    stage.house.clock.set(now);

    let ended = Wallet::full(Campaign::parse("2025-2026").unwrap());
    let young = stage.young_with(|young| young.wallet = ended).await;
    let token = self::token(stage, &stage.account_of(&young).await).await;
    let situation = json!({
        "status": "trainee", "home_postcode": "13001", "school_postcode": "13001", "school_name": "AFPA de Marseille",
    });
    caller.get("/renouvellement", "", Some(&token), 200).await;
    caller.post("/renouvellement", json!({}), Some(&token), 422).await;
    caller.post("/renouvellement", situation.clone(), Some(&token), 200).await;
    caller.post("/renouvellement", situation, Some(&token), 409).await;
    let leaving = self::token(stage, &stage.beneficiary().await).await;
    for path in ["/mes-donnees", "/mes-donnees.json", "/mes-donnees/fermeture"] {
        caller.get(path, "", Some(&leaving), 200).await;
    }
    for (password, status) in
        [("", 422), ("Faux2026x", 422), ("Faux2026x", 422), ("Faux2026x", 422), ("Faux2026x", 422)]
    {
        caller.post("/mes-donnees/fermeture", json!({ "account_password": password }), Some(&leaving), status).await;
    }
    caller.post("/mes-donnees/fermeture", json!({ "account_password": PASSWORD }), Some(&leaving), 429).await;
    let leaving = self::token(stage, &stage.beneficiary().await).await;
    caller.post("/mes-donnees/fermeture", json!({ "account_password": PASSWORD }), Some(&leaving), 200).await;
    caller.get("/compte-ferme", "", None, 200).await;
    caller.get("/mes-vouchers", "", Some(&token), 200).await;
    let made = caller.post("/mes-vouchers", json!({ "days": "7" }), Some(&token), 201).await;
    caller.post("/mes-vouchers", json!({}), Some(&token), 422).await;
    let number = json!({ "voucher_number": made["voucher"]["number"] });
    caller.post("/mes-vouchers/revocation", number, Some(&token), 200).await;
    caller.post("/mes-vouchers/revocation", json!({}), Some(&token), 422).await;
    let shop = stage.partner().await;
    stage.payment(&shop, &young, 5_00).await;
    for path in ["/mon-pass", "/mon-pass/carte", "/mon-pass/code", "/mon-pass/historique"] {
        caller.get(path, "", Some(&token), 200).await;
    }
    caller.get("/mon-pass/historique", "?after=demain", Some(&token), 422).await;
    token
}

/// A call about one thing of a path: `POST /bons-plans/{plan}/inscription`.
async fn about(
    caller: &mut Caller,
    name: &str,
    id: &str,
    token: Option<&str>,
    body: Option<Value>,
    status: u16,
) -> Value {
    let (_, path) = name.split_once(' ').unwrap();
    caller.call(name, &path.replace("{plan}", id), token, body, status).await
}

const NOBODYS: &str = "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f";

/// Bons plans as the young see them.
async fn browsing(caller: &mut Caller, stage: &Stage, shop: &Shop, young: &str) {
    let (joins, leaves) = ("POST /bons-plans/{plan}/inscription", "POST /bons-plans/{plan}/desinscription");
    let plan = stage.published(shop, stage.content(shop).places(5)).await.id.to_string();
    let grown = stage.published(shop, stage.content(shop).at_least(25)).await.id.to_string();
    let waits = stage.submitted(shop, stage.content(shop)).await.id.to_string();
    for (query, status) in [("", 200), ("?inconnu=1", 200), ("?envelope=jeux", 422)] {
        caller.get("/bons-plans", query, None, status).await;
    }
    about(caller, "GET /bons-plans/{plan}", &plan, None, None, 200).await;
    about(caller, "GET /bons-plans/{plan}", NOBODYS, None, None, 404).await;
    about(caller, joins, &plan, Some(young), None, 201).await;
    about(caller, joins, &plan, Some(young), None, 409).await;
    about(caller, joins, &grown, Some(young), None, 422).await;
    about(caller, joins, &waits, Some(young), None, 404).await;
    about(caller, joins, NOBODYS, Some(young), None, 404).await;
    for (query, status) in [("", 200), ("?inconnu=1", 200), ("?after=12", 422)] {
        caller.get("/bons-plans/inscriptions", query, Some(young), status).await;
    }
    about(caller, leaves, &plan, Some(young), None, 200).await;
    about(caller, leaves, NOBODYS, Some(young), None, 404).await;
    let shown = stage.published(shop, stage.content(shop).places(5)).await;
    let yesterday = vec![epass_scenarios::slot("2026-11-20", "2026-11-20", "16:00", "18:00")];
    let id = epass_domain::BonPlanId(uuid::Uuid::from_u128(0x0193_3f00_0000_7000_8000_0000_0000_0042));
    let over = epass_domain::BonPlan { id, content: shown.content.clone().dates(yesterday), ..shown };
    stage.house.store().bons_plans.import(&over).await.unwrap();
    about(caller, leaves, &over.id.to_string(), Some(young), None, 409).await;
    let picture = Document { media_type: "image/jpeg", bytes: b"a picture" };
    stage.house.files().unwrap().keep("bon-plan/0123456789abcdef-small.jpg", picture).await.unwrap();
    for (name, status) in [("0123456789abcdef-small.jpg", 200), ("0123456789abcdee-small.jpg", 404)] {
        let path = format!("/images/bons-plans/{name}");
        caller.call("GET /images/bons-plans/{picture}", &path, None, None, status).await;
    }
}

/// An outing as the young see it.
async fn outing(caller: &mut Caller, stage: &Stage, shop: &Shop, young: &str) {
    const JOIN: &str = "POST /sorties/{sortie}/inscription";
    const LEAVE: &str = "POST /sorties/{sortie}/desinscription";
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let sortie = stage.confirmed(&school, shop, stage.sheet()).await;
    let dear = stage.confirmed(&school, shop, stage.sheet()).await;
    let nobodys = epass_domain::SortieId::mint(1);
    let path = |id: &epass_domain::SortieId, step: &str| format!("/sorties/{}{step}", id.as_str());
    for (id, status) in [(&sortie.id, 200), (&nobodys, 404)] {
        caller.call("GET /sorties/{sortie}", &path(id, ""), Some(young), None, status).await;
    }
    let joins = [(&sortie.id, 201), (&sortie.id, 409), (&dear.id, 422), (&nobodys, 404)];
    for (id, status) in joins {
        caller.call(JOIN, &path(id, "/inscription"), Some(young), None, status).await;
    }
    for (query, status) in [
        ("", 200),
        ("?inconnu=1", 200),
        ("?after=hier", 422),
        ("?sortie_code=ABC", 422),
        ("?sortie_code=00000000A", 422),
    ] {
        caller.get("/sorties", query, Some(young), status).await;
    }
    for (id, status) in [(&sortie.id, 200), (&sortie.id, 200), (&nobodys, 404)] {
        caller.call(LEAVE, &path(id, "/desinscription"), Some(young), None, status).await;
    }
    caller.call(JOIN, &path(&sortie.id, "/inscription"), Some(young), None, 201).await;
    stage.validated(&sortie).await;
    caller.call(LEAVE, &path(&sortie.id, "/desinscription"), Some(young), None, 409).await;
}

/// Bons plans as the team decides about them.
async fn published(caller: &mut Caller, stage: &Stage, shop: &Shop, team: &str) {
    let team = Some(team);
    let waits = stage.submitted(shop, stage.content(shop)).await;
    let (id, revision) = (waits.id.to_string(), waits.revision);
    caller.get("/equipe/bons-plans", "", team, 200).await;
    caller.get("/equipe/bons-plans", "?inconnu=1", team, 200).await;
    about(caller, "GET /equipe/bons-plans/{plan}", &id, team, None, 200).await;
    about(caller, "GET /equipe/bons-plans/{plan}", NOBODYS, team, None, 404).await;
    let refused = stage.submitted(shop, stage.content(shop)).await.id.to_string();
    let shown = stage.published(shop, stage.content(shop)).await;
    let gone = shown.id.to_string();
    let decisions = [
        (
            "POST /equipe/bons-plans/{plan}/retrait",
            &gone,
            json!({ "revision": shown.revision, "taking_down_reason": "Le lieu est fermé." }),
        ),
        ("POST /equipe/bons-plans/{plan}/publication", &id, json!({ "revision": revision })),
        (
            "POST /equipe/bons-plans/{plan}/refus",
            &refused,
            json!({ "revision": revision, "reason": "L’adresse manque." }),
        ),
    ];
    for (name, id, body) in decisions {
        about(caller, name, id, team, Some(json!({})), 422).await;
        about(caller, name, NOBODYS, team, Some(body.clone()), 404).await;
        about(caller, name, id, team, Some(body.clone()), 200).await;
        about(caller, name, id, team, Some(body), 409).await;
    }
}

/// The JSON contract of the desk.
async fn till(caller: &mut Caller, stage: &Stage, shop: &Shop, partner: &str, new: &str) {
    let young = stage.young().await;
    let look = json!({ "reference": young.card.as_str(), "birth_date": young.birth_date.iso() });
    caller.get("/transactions/nouvelle", "", Some(partner), 200).await;
    let refused = caller.get("/transactions/nouvelle", "", Some(new), 422).await;
    assert_eq!(refused["code"], "no_convention");
    let found = caller.post("/transactions/recherche", look, Some(partner), 200).await;
    let fields: BTreeSet<&str> = found.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, BTreeSet::from(["ticket", "first_name", "last_name", "envelopes", "warnings"]));
    caller.post("/transactions/recherche", json!({}), Some(partner), 422).await;

    let ticket = found["ticket"].as_str().unwrap();
    let pay = |amount: u64| json!({ "ticket": ticket, "envelope": "reading", "amount_cents": amount });
    let dear = caller.post("/transactions", pay(28_01), Some(partner), 422).await;
    assert_eq!(dear["code"], "balance_too_low");
    caller.post("/transactions", json!({ "ticket": "rien" }), Some(partner), 400).await;
    let paid = caller.post("/transactions", pay(12_50), Some(partner), 201).await;
    assert_eq!(caller.post("/transactions", pay(12_50), Some(partner), 200).await, paid);
    let fields: BTreeSet<&str> = paid.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, BTreeSet::from(["id", "amount_cents", "envelope", "at", "available_cents"]));

    let listed = caller.get("/transactions", "?state=paid", Some(partner), 200).await;
    assert_eq!(listed["transactions"][0]["id"], paid["id"]);
    caller.get("/transactions", "?from=demain", Some(partner), 422).await;
    caller.get("/transactions", "?couleur=bleu", Some(partner), 200).await;
    caller.get("/transactions.csv", "", Some(partner), 200).await;
    caller.get("/transactions.csv", "?from=demain", Some(partner), 422).await;
    caller.get("/transactions.csv", "?couleur=bleu", Some(partner), 200).await;
    let receipt = format!("/transactions/{}", paid["id"].as_str().unwrap());
    let nobodys = "/transactions/019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f".to_owned();
    caller.call("GET /transactions/{id}", &receipt, Some(partner), None, 200).await;
    caller.call("GET /transactions/{id}", &nobodys, Some(partner), None, 404).await;
    for (path, status) in [(&receipt, 200), (&receipt, 409), (&nobodys, 404)] {
        let path = format!("{path}/annulation");
        caller.call("GET /transactions/{id}/annulation", &path, Some(partner), None, status).await;
        caller.call("POST /transactions/{id}/annulation", &path, Some(partner), None, status).await;
    }
    caller.call("GET /transactions/{id}", &receipt, Some(partner), None, 200).await;

    let nobody = json!({ "reference": young.card.as_str(), "birth_date": "2009-01-01" });
    for _ in 0..10 {
        caller.post("/transactions/recherche", nobody.clone(), Some(partner), 404).await;
    }
    caller.post("/transactions/recherche", nobody, Some(partner), 429).await;
    let version = shop.partner.convention.as_ref().unwrap().version;
    for (version, status) in [(version, 303), (99, 404)] {
        let path = format!("/convention/{version}/pdf");
        caller.call("GET /convention/{version}/pdf", &path, Some(partner), None, status).await;
    }
}

/// Keys of tills, and what they open.
async fn keys(caller: &mut Caller, partner: &str, new: &str) {
    const REVOKE: &str = "POST /dossier/caisse/{key}/revocation";
    let form = json!({ "till": "Caisse 1", "once": "6f1c0d8e-2b7a-4c6d-9e0f-1a2b3c4d5e6f" });
    let made = caller.post("/dossier/caisse", form.clone(), Some(partner), 201).await;
    caller.post("/dossier/caisse", form, Some(partner), 409).await;
    caller.post("/dossier/caisse", json!({ "till": "Caisse 1" }), Some(new), 422).await;
    caller.get("/transactions", "", made["key"].as_str(), 200).await;
    let listed = caller.get("/dossier/caisse", "", Some(partner), 200).await;
    caller.get("/dossier/caisse", "?after=hier", Some(partner), 422).await;
    assert_eq!((&listed["keys"][0]["id"], &listed["keys"][0]["uses"]), (&made["id"], &json!(1)));
    let renewal = format!("/dossier/caisse/{}/prolongation", made["id"].as_str().unwrap());
    for (who, status) in [(partner, 200), (new, 404)] {
        caller.call("POST /dossier/caisse/{key}/prolongation", &renewal, Some(who), None, status).await;
    }
    let path = format!("/dossier/caisse/{}/revocation", made["id"].as_str().unwrap());
    for (who, status) in [(partner, 200), (new, 404)] {
        caller.call("GET /dossier/caisse/{key}/revocation", &path, Some(who), None, status).await;
        caller.call(REVOKE, &path, Some(who), None, status).await;
    }
}

/// What a partner writes: its bons plans, and who comes.
async fn written(caller: &mut Caller, stage: &Stage, partner: &str) {
    const NEW: &str = "/mes-bons-plans/nouveau";
    const NOBODYS: &str = "/mes-bons-plans/00000000-0000-7000-8000-000000000000";
    let form = json!({
        "id": "01933f00-0000-7000-8000-000000000001", "title": "Rencontre", "description": "Une heure de lecture.",
        "envelope": "reading", "place": "Librairie", "place_postcode": "13001", "place_commune": "Marseille",
        "dates": [{ "day": "2026-11-28", "begin": "16:00", "end": "18:00" }], "offer": "free", "accompanied": "no", "registration": "yes",
    });
    let newcomer = token(stage, &stage.newcomer().await.account).await;
    caller.get(NEW, "", Some(partner), 200).await;
    caller.get(NEW, "", Some(&newcomer), 422).await;
    let made = caller.post(NEW, form.clone(), Some(partner), 201).await;
    caller.post(NEW, form.clone(), Some(partner), 200).await;
    caller.post(NEW, json!({ "then": "send" }), Some(partner), 422).await;
    caller.get("/mes-bons-plans", "", Some(partner), 200).await;
    caller.get("/mes-bons-plans", "?after=hier", Some(partner), 422).await;

    let one = format!("/mes-bons-plans/{}", made["id"].as_str().unwrap());
    let revision = json!({ "revision": 1 });
    let steps = [("/modifier", form.clone()), ("/envoi", revision.clone()), ("/retrait", revision)];
    for page in ["", "/modifier", "/inscrits", "/inscrits.csv"] {
        let name = format!("GET /mes-bons-plans/{{plan}}{page}");
        let has_list = if page.starts_with("/inscrits") { 404 } else { 200 };
        caller.call(&name, &format!("{one}{page}"), Some(partner), None, has_list).await;
        caller.call(&name, &format!("{NOBODYS}{page}"), Some(partner), None, 404).await;
    }
    let registrants = "GET /mes-bons-plans/{plan}/inscrits";
    caller.call(registrants, &format!("{one}/inscrits?after=hier"), Some(partner), None, 422).await;
    for (step, body) in steps {
        let name = format!("POST /mes-bons-plans/{{plan}}{step}");
        caller.call(&name, &format!("{NOBODYS}{step}"), Some(partner), Some(body), 404).await;
        let faulty = if step == "/modifier" { json!({ "then": "send" }) } else { json!({}) };
        caller.call(&name, &format!("{one}{step}"), Some(partner), Some(faulty), 422).await;
        let stale = if step == "/modifier" { stale(&form) } else { json!({ "revision": 9 }) };
        caller.call(&name, &format!("{one}{step}"), Some(partner), Some(stale), 409).await;
    }
    let copy = "POST /mes-bons-plans/{plan}/duplication";
    caller.call(copy, &format!("{one}/duplication"), Some(partner), Some(json!({})), 201).await;
    caller.call(copy, &format!("{NOBODYS}/duplication"), Some(partner), Some(json!({})), 404).await;
    let change = json!({ "revision": 1, "title": "Rencontre et goûter" });
    let change = merged(&form, &change);
    caller
        .call("POST /mes-bons-plans/{plan}/modifier", &format!("{one}/modifier"), Some(partner), Some(change), 200)
        .await;
    for (step, revision) in [("/envoi", 2), ("/retrait", 3)] {
        let name = format!("POST /mes-bons-plans/{{plan}}{step}");
        let body = json!({ "revision": revision });
        caller.call(&name, &format!("{one}{step}"), Some(partner), Some(body), 200).await;
    }
    for page in ["/inscrits", "/inscrits.csv"] {
        let name = format!("GET /mes-bons-plans/{{plan}}{page}");
        caller.call(&name, &format!("{one}{page}"), Some(partner), None, 200).await;
    }
    caller.call("GET /mes-bons-plans/{plan}/modifier", &format!("{one}/modifier"), Some(partner), None, 409).await;
    caller.post(NEW, merged(&form, &json!({ "title": "Trop tard" })), Some(partner), 409).await;

    // A partner whose convention is no longer in force: nothing can be written.
    let dated = stage.partner().await;
    let theirs = stage.published(&dated, stage.content(&dated)).await;
    let token = token(stage, &dated.account).await;
    let mut dossier = dated.partner.dossier().unwrap().clone();
    dossier.administrative.legal_name = epass_domain::Line::parse("SARL Autre", 50).unwrap();
    let after = dated.partner.clone().declare(dossier, stage.house.clock.now()).0;
    stage.house.store().partners.save(&dated.partner, &after, &[]).await.unwrap().unwrap();
    let path = format!("/mes-bons-plans/{}", theirs.id);
    caller.call("GET /mes-bons-plans/{plan}/modifier", &format!("{path}/modifier"), Some(&token), None, 422).await;
    caller.call(copy, &format!("{path}/duplication"), Some(&token), Some(json!({})), 422).await;
}

/// A change that would suspend a partner, shown and confirmed.
async fn confirmed(caller: &mut Caller, stage: &Stage) {
    const CONFIRMATION: &str = "/dossier/modifier/confirmation";
    let shop = stage.partner().await;
    let token = token(stage, &shop.account).await;
    caller.get(CONFIRMATION, "", Some(&token), 200).await;
    let mut dossier = shop.partner.dossier().unwrap().clone();
    dossier.administrative.legal_name = epass_domain::Line::parse("SARL Autre", 50).unwrap();
    let proposing = shop.partner.clone().propose(dossier, stage.house.clock.now());
    stage.house.store().partners.save(&shop.partner, &proposing, &[]).await.unwrap().unwrap();
    caller.post(CONFIRMATION, json!({}), Some(&token), 422).await;
    caller.post(CONFIRMATION, json!({ "revision": 99 }), Some(&token), 409).await;
    let shown = caller.get(CONFIRMATION, "", Some(&token), 200).await;
    caller.post(CONFIRMATION, json!({ "revision": shown["revision"] }), Some(&token), 200).await;
}

/// The form as somebody read it long ago.
fn stale(form: &Value) -> Value {
    merged(form, &json!({ "revision": 9, "title": "Un autre titre" }))
}

/// An object with some values replaced.
fn merged(object: &Value, with: &Value) -> Value {
    let mut object = object.clone();
    object.as_object_mut().unwrap().extend(with.as_object().cloned().unwrap());
    object
}

/// What a partner declares.
async fn dossier(caller: &mut Caller, newcomer: &Shop, partner: &str, new: &str) {
    caller.get("/dossier", "", Some(new), 200).await;
    caller.get("/dossier/modifier", "", Some(new), 200).await;
    caller.get("/convention", "", Some(partner), 200).await;
    let shown = caller.get("/convention/demande", "", Some(new), 200).await;
    assert_eq!(shown["dossier"]["legal_name"], newcomer.partner.legal_name().as_str());
    let mut asked = complete(&shown["dossier"]);
    caller.post("/convention/demande", shown["dossier"].clone(), Some(new), 422).await;
    caller.post("/convention/demande", asked.clone(), Some(new), 200).await;
    caller.post("/convention/demande", asked.clone(), Some(new), 409).await;
    asked["revision"] = json!(99);
    caller.post("/dossier/modifier", asked, Some(new), 409).await;

    let shown = caller.get("/dossier", "", Some(partner), 200).await;
    assert!(shown["account"]["iban_masked"].as_str().unwrap().contains("••••"));
    // Another account than the one that is paid: it waits for the team.
    let mut changed = caller.get("/dossier/modifier", "", Some(partner), 200).await["dossier"].clone();
    changed["iban"] = json!(epass_domain::Iban::french(30004, 2, 987_654_321).as_str());
    caller.post("/dossier/modifier", changed.clone(), Some(partner), 422).await;
    changed["rib_base64"] = json!(RIB);
    let told = caller.post("/dossier/modifier", changed, Some(partner), 200).await;
    assert_eq!((&told["new_convention"], &told["account_waits"]), (&json!(false), &json!(true)));
}

/// `%PDF-1.7 rib`
const RIB: &str = "JVBERi0xLjcgcmli";

/// A dossier with what a registration does not say.
fn complete(known: &Value) -> Value {
    let mut dossier = known.clone();
    let more = json!({
        "street": "12 rue de Rome", "postcode": "13001", "commune": "Marseille", "referent_position": "Gérante",
        "referent_phone": "0600000000", "trade_name": "La Neuve", "activity_street": "12 rue de Rome",
        "activity_postcode": "13001", "activity_commune": "Marseille", "envelopes": ["reading"],
        "accessibility": ["motor"], "account_holder": "La Neuve", "bic": "BNPAFRPP", "rib_base64": RIB,
        "iban": epass_domain::Iban::french(30004, 1, 123_456_789).as_str(),
    });
    dossier.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    dossier
}

/// What the team decides about the newcomer's request, and about the shop's account.
async fn decisions(caller: &mut Caller, newcomer: &Shop, team: &str, new: &str) {
    const SHEET: &str = "GET /equipe/conventions/{partner}";
    let number = newcomer.partner.id.as_str().to_owned();
    let listed = caller.get("/equipe/conventions", "", Some(team), 200).await;
    assert_eq!(listed["dossiers"][0]["number"], number.as_str());
    caller.get("/equipe/conventions", "?etape=demain", Some(team), 422).await;
    let waiting = caller.get("/equipe/conventions", "?etape=iban", Some(team), 200).await;
    let shop = waiting["dossiers"][0]["number"].as_str().unwrap().to_owned();

    let at = |number: &str, decision: &str| format!("/equipe/conventions/{number}{decision}");
    caller.call(SHEET, &at("99999999", ""), Some(team), None, 404).await;
    let rib = "GET /equipe/conventions/{partner}/rib";
    caller.call(rib, &at("99999999", "/rib"), Some(team), None, 404).await;
    caller.call(rib, &at(&number, "/rib"), Some(team), None, 303).await;
    caller.call(rib, &(at(&number, "/rib") + "?compte=AAA"), Some(team), None, 422).await;
    let body = |revision: &Value, more: Value| {
        let mut body = json!({ "revision": revision });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let decisions = [
        ("refus", &number, json!({ "reason": "Le RIB est illisible." })),
        ("validation", &number, json!({})),
        ("copies", &number, json!({})),
        ("iban", &shop, json!({ "decision": "approve" })),
    ];
    for (decision, number, more) in decisions {
        let operation = format!("POST /equipe/conventions/{{partner}}/{decision}");
        let decision = format!("/{decision}");
        if decision == "/validation" {
            // It was refused: it is asked for again.
            let shown = caller.get("/convention/demande", "", Some(new), 200).await;
            let again = complete(&shown["dossier"]);
            caller.post("/convention/demande", again, Some(new), 200).await;
        }
        let sheet = caller.call(SHEET, &at(number, ""), Some(team), None, 200).await;
        let right = body(&sheet["revision"], more);
        let path = at(number, &decision);
        if decision == "/validation" {
            let asks = "GET /equipe/conventions/{partner}/validation";
            let revision = &sheet["revision"];
            for (path, status) in [
                (format!("{path}?revision={revision}"), 200),
                (format!("{path}?revision={revision}0"), 409),
                (at("99999999", &decision), 404),
            ] {
                caller.call(asks, &path, Some(team), None, status).await;
            }
        }
        caller.call(&operation, &at("99999999", &decision), Some(team), Some(right.clone()), 404).await;
        caller.call(&operation, &path, Some(team), Some(json!({})), 422).await;
        caller.call(&operation, &path, Some(team), Some(right.clone()), 200).await;
        caller.call(&operation, &path, Some(team), Some(right), 409).await;
    }
}

/// Mails that were set aside.
async fn mails(caller: &mut Caller, stage: &Stage, team: &str) {
    let now = stage.house.clock.now();
    let letter = Letter::IdentifierReminder { identifiers: Vec::new(), site_url: "https://a.fr".into() };
    let entry = letter.to(&Email::parse("a@b.fr").unwrap(), mint::mail_id(now), now);
    let outbox = stage.house.store().outbox;
    outbox.post(std::slice::from_ref(&entry)).await.unwrap();
    let Leased::Ours(lease) = outbox.take(&entry.key(), now).await.unwrap() else { panic!("nobody else sends it") };
    outbox.refused(&lease, "message", Next::SetAside).await.unwrap();
    let listed = caller.get("/equipe/mails", "", Some(team), 200).await;
    let line = &listed["mails"][0];
    let again = json!({ "mails": [line["id"]] });
    caller.post("/equipe/mails", again.clone(), Some(team), 200).await;
    caller.post("/equipe/mails", again, Some(team), 404).await;
    caller.post("/equipe/mails", json!({}), Some(team), 422).await;
}

/// A school, created and changed.
async fn batches(caller: &mut Caller, stage: &Stage, team: &str) {
    const HERE: &str = "/equipe/remboursements";
    let own = Some(team);
    let shops = [stage.partner().await, stage.partner().await];
    for shop in &shops {
        stage.taken(shop, "2026-11-18", Envelope::Reading, 12_50).await;
    }
    stage.close("2026-W46").await;
    stage.close("2026-W47").await;
    for (query, status) in [("", 200), ("?inconnu=1", 200)] {
        caller.get(HERE, query, own, status).await;
        let path = format!("{HERE}/2026-W47{query}");
        caller.call(&format!("GET {HERE}/{{week}}"), &path, own, None, status).await;
    }
    caller.get(HERE, "?apres=hier", own, 422).await;
    caller.call(&format!("GET {HERE}/{{week}}"), &format!("{HERE}/2026-W30"), own, None, 404).await;
    for (week, status) in [("2026-W47", 200), ("2026-W48", 422)] {
        caller.post(&format!("{HERE}/lancer"), json!({ "week": week }), own, status).await;
    }
    for (week, status) in [("2026-W47", 303), ("2026-W46", 404)] {
        let path = format!("{HERE}/{week}/virements.xml");
        caller.call(&format!("GET {HERE}/{{week}}/virements.xml"), &path, own, None, status).await;
    }
    for (week, status) in [("2026-W47", 200), ("2026-W46", 409), ("2026-W30", 404)] {
        for under in ["envoi", "envoi/reprise", "paiement", "paiement/reprise"] {
            let path = format!("{HERE}/{week}/{under}");
            if !under.contains('/') {
                caller.call(&format!("GET {HERE}/{{week}}/{under}"), &path, own, None, status).await;
            }
            caller.call(&format!("POST {HERE}/{{week}}/{under}"), &path, own, Some(json!({})), status).await;
        }
    }
    for (week, status) in [("2026-W47", 422), ("2026-W46", 409), ("2026-W30", 404)] {
        let path = format!("{HERE}/{week}/compte-rendu");
        caller.call(&format!("POST {HERE}/{{week}}/compte-rendu"), &path, own, Some(json!({})), status).await;
    }
    for (week, status) in [("2026-W47", 409), ("2026-W46", 409), ("2026-W30", 404)] {
        let path = format!("{HERE}/{week}/fichier");
        caller.call(&format!("GET {HERE}/{{week}}/fichier"), &path, own, None, status).await;
        caller.call(&format!("POST {HERE}/{{week}}/fichier"), &path, own, Some(json!({})), status).await;
        let path = format!("{HERE}/{week}/comptes-rendus/{}", "0".repeat(64));
        caller.call(&format!("GET {HERE}/{{week}}/comptes-rendus/{{report}}"), &path, own, None, 404).await;
        caller.call(&format!("POST {HERE}/{{week}}/comptes-rendus/{{report}}"), &path, own, Some(json!({})), 404).await;
    }
    let [failing, paid] = shops.map(|shop| format!("2026-W47-{}", shop.partner.id));
    let failure = json!({ "revision": 1, "failure": "rejected", "bank_reason": "AC04" });
    let decisions = [
        ("echec", failing.as_str(), failure.clone(), 200),
        ("echec", &failing, failure, 409),
        ("echec", &failing, json!({}), 422),
        ("remise", &failing, json!({ "revision": 2 }), 200),
        ("remise", &failing, json!({ "revision": 2 }), 409),
        ("remise", &failing, json!({}), 422),
        ("verification", &failing, json!({}), 422),
        ("paiement", &paid, json!({ "revision": 1 }), 200),
        ("paiement", &paid, json!({ "revision": 1 }), 409),
        ("paiement", &paid, json!({}), 422),
    ];
    let name = |under: &str| format!("POST /equipe/releves/{{number}}/{under}");
    for (under, number, body, status) in decisions {
        let path = format!("/equipe/releves/{number}/{under}");
        caller.call(&name(under), &path, own, Some(body), status).await;
        let nobodys = format!("/equipe/releves/2026-W47-99999999/{under}");
        caller.call(&name(under), &nobodys, own, Some(json!({ "revision": 1 })), 404).await;
    }
    let right = json!({ "revision": 3, "reference": failing, "found": "executed" });
    let path = format!("/equipe/releves/{failing}/verification");
    caller.call(&name("verification"), &path, own, Some(right), 409).await;
    let step = "GET /equipe/releves/{number}/verification";
    for (number, found, status) in
        [(failing.as_str(), "executed", 200), (&failing, "", 422), ("2026-W47-99999999", "executed", 404)]
    {
        let path = format!("/equipe/releves/{number}/verification?revision=3&reference={failing}&found={found}");
        caller.call(step, &path, own, None, status).await;
    }
    for (number, status) in [(failing.as_str(), 200), ("2026-W47-99999999", 404)] {
        let path = format!("/equipe/releves/{number}");
        caller.call("GET /equipe/releves/{number}", &path, own, None, status).await;
    }
}

/// A partner's statements, and the files to keep.
async fn statements(caller: &mut Caller, stage: &Stage) {
    const HERE: &str = "/remboursements";
    let shop = stage.partner().await;
    stage.stated(&shop, "2026-11-04", "2026-W45").await;
    let token = token(stage, &shop.account).await;
    for (query, status) in [("", 200), ("?inconnu=1", 200), ("?avant=hier", 422)] {
        caller.get(HERE, query, Some(&token), status).await;
    }
    for (under, found) in [("", 200), ("/releve.pdf", 303), ("/releve.csv", 200)] {
        for (week, status) in [("2026-W45", found), ("2026-W30", 404)] {
            let path = format!("{HERE}/{week}{under}");
            caller.call(&format!("GET {HERE}/{{week}}{under}"), &path, Some(&token), None, status).await;
        }
    }
    for (year, status) in [("2026", 303), ("2025", 404)] {
        let path = format!("{HERE}/annee/{year}/releves.zip");
        caller.call(&format!("GET {HERE}/annee/{{year}}/releves.zip"), &path, Some(&token), None, status).await;
    }
}

async fn figures(caller: &mut Caller, partner: &str, team: &str) {
    for (path, own) in [
        ("/equipe/chiffres", team),
        ("/equipe/chiffres/semaines.csv", team),
        ("/equipe/chiffres/communes.csv", team),
        ("/statistiques", partner),
        ("/statistiques.csv", partner),
    ] {
        for (query, status) in [("", 200), ("?inconnu=1", 200), ("?campaign=2026", 422)] {
            caller.get(path, query, Some(own), status).await;
        }
    }
}

async fn establishments(caller: &mut Caller, team: &str) {
    const HERE: &str = "/equipe/etablissements";
    const SHEET: &str = "GET /equipe/etablissements/{establishment}";
    const CHANGE: &str = "POST /equipe/etablissements/{establishment}";
    const ACCESS: &str = "POST /equipe/etablissements/{establishment}/acces";
    let uai = EstablishmentId::made_up(139_001).to_string();
    let typed = json!({
        "uai": uai, "name": "Lycée Marie-Curie", "kind": "high_school", "street": "16 boulevard Jeanne-d’Arc",
        "postcode": "13005", "commune": "Marseille", "email": "contact@lycee.example", "phone": "0491000000",
    });
    caller.get(&format!("{HERE}/nouveau"), "", Some(team), 200).await;
    caller.post(HERE, json!({}), Some(team), 422).await;
    let created = caller.post(HERE, typed, Some(team), 201).await["establishment"].clone();
    caller.get(HERE, "", Some(team), 200).await;
    caller.get(HERE, "?department=75", Some(team), 422).await;
    let (nowhere, here) = (format!("{HERE}/99999999"), format!("{HERE}/{uai}"));
    caller.call(SHEET, &nowhere, Some(team), None, 404).await;
    caller.call(SHEET, &here, Some(team), None, 200).await;
    let renamed = |name: &str| {
        let mut changed = created.clone();
        changed["name"] = json!(name);
        changed
    };
    caller.call(CHANGE, &nowhere, Some(team), Some(created.clone()), 404).await;
    caller.call(CHANGE, &here, Some(team), Some(renamed("")), 422).await;
    caller.call(CHANGE, &here, Some(team), Some(renamed("Lycée Irène-Joliot-Curie")), 200).await;
    caller.call(CHANGE, &here, Some(team), Some(renamed("Lycée Pierre-Curie")), 409).await;
    caller.call(ACCESS, &format!("{nowhere}/acces"), Some(team), None, 404).await;
    caller.call(ACCESS, &format!("{here}/acces"), Some(team), None, 200).await;
}

/// A school's outings; gives its token.
async fn sorties(caller: &mut Caller, stage: &Stage, shop: &Shop) -> String {
    const HERE: &str = "/etablissement/sorties";
    const NOBODYS: &str = "00000000K";
    let school = stage.school("Lycée Jean-Giono", "13005").await;
    let token = token(stage, &stage.account_of_school(&school).await).await;
    let own = Some(token.as_str());
    let form = |changes: Value| {
        let mut form = json!({
            "partner": shop.partner.id.as_str(), "title": "Le Cid", "description": "Séance scolaire.",
            "day": "2027-01-14", "price_cents": 8_00, "expected": "30", "organiser": "Mme Roux", "referent": "M. Blanc",
            "settlement_terms": "actual",
        });
        form.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
        form
    };
    caller.get(&format!("{HERE}/nouvelle"), &format!("?partner={}", shop.partner.id), own, 200).await;
    let fresh = mint::sortie_id();
    let once = form(json!({ "id": fresh.as_str() }));
    caller.post(HERE, once.clone(), own, 201).await;
    caller.post(HERE, once, own, 200).await;
    caller.post(HERE, form(json!({ "id": fresh.as_str(), "title": "Tartuffe" })), own, 409).await;
    caller.post(HERE, form(json!({ "partner": stage.newcomer().await.partner.id.as_str() })), own, 422).await;
    for (query, status) in [("", 200), ("?inconnu=1", 200), ("?after=hier", 422), ("?from=demain", 422)] {
        caller.get(HERE, query, own, status).await;
    }

    let asked = stage.asked(&school, shop, stage.sheet()).await;
    let comment = epass_domain::Paragraph::parse("Plutôt le matin.", 100).unwrap();
    let returned = asked.clone().send_back(comment.clone(), 1, stage.house.clock.now()).unwrap();
    let step = stage.step(Party::Partner, Did::Returned { comment });
    stage.house.store().sorties.change(&asked, &returned, &step, &[]).await.unwrap().unwrap();
    let confirmed = stage.confirmed(&school, shop, stage.sheet()).await;
    let now = stage.house.clock.now();
    let state =
        SortieState::Settled { at: now, voucher: mint::voucher_number(), transaction: mint::transaction_id(now) };
    let settled = Sortie { id: mint::sortie_id(), state, ..confirmed.clone() };
    stage.house.store().sorties.import(&settled, &[], &[]).await.unwrap();
    let (asked, sortie, settled) = (asked.id.as_str(), confirmed.id.as_str(), settled.id.as_str());
    let reads = [
        ("", vec![(asked, 200), (NOBODYS, 404)]),
        ("/modifier", vec![(asked, 200), (sortie, 409), (NOBODYS, 404)]),
        ("/partage", vec![(sortie, 200), (asked, 409), (NOBODYS, 404)]),
        ("/impression", vec![(sortie, 409), (NOBODYS, 404)]),
        ("/validation", vec![(sortie, 422), (asked, 409), (NOBODYS, 404)]),
    ];
    for (under, tries) in reads {
        for (id, status) in tries {
            caller
                .call(&format!("GET {HERE}/{{sortie}}{under}"), &format!("{HERE}/{id}{under}"), own, None, status)
                .await;
        }
    }
    let page = format!("{HERE}/{asked}?page=0");
    caller.call(&format!("GET {HERE}/{{sortie}}"), &page, own, None, 422).await;
    let corrected = |changes: Value| {
        let mut form = form(changes);
        form.as_object_mut().unwrap().remove("partner");
        Some(form)
    };
    let why = Some(json!({ "cancellation_reason": "Grève." }));
    let young = stage.young().await;
    let retire = format!("/participants/{}/retrait", young.id);
    let writes = [
        ("/modifier", asked, corrected(json!({ "day": "2020-01-01" })), 422),
        ("/modifier", asked, corrected(json!({})), 200),
        ("/modifier", asked, corrected(json!({ "title": "Tartuffe" })), 409),
        ("/modifier", NOBODYS, corrected(json!({})), 404),
        ("/validation", sortie, None, 422),
        ("/validation", asked, None, 409),
        ("/validation", NOBODYS, None, 404),
        (&retire, asked, None, 409),
        (&retire, NOBODYS, None, 404),
        (&retire, sortie, None, 200),
    ];
    let name = |under: &str| {
        let under = if under.starts_with("/participants/") { "/participants/{beneficiary}/retrait" } else { under };
        format!("POST {HERE}/{{sortie}}{under}")
    };
    for (under, id, body, status) in writes {
        caller.call(&name(under), &format!("{HERE}/{id}{under}"), own, body, status).await;
    }
    stage.joins(&confirmed, &young).await;
    let path = format!("{HERE}/{sortie}/validation");
    caller.call(&format!("GET {HERE}/{{sortie}}/validation"), &path, own, None, 200).await;
    let ends = [
        ("/validation", sortie, None, 200),
        ("/annulation", sortie, Some(json!({})), 422),
        ("/annulation", sortie, why.clone(), 200),
        ("/annulation", NOBODYS, why.clone(), 404),
        ("/annulation", settled, why, 409),
    ];
    for (under, id, body, status) in ends {
        caller.call(&name(under), &format!("{HERE}/{id}{under}"), own, body, status).await;
        if under == "/validation" {
            let path = format!("{HERE}/{id}/impression");
            caller.call(&format!("GET {HERE}/{{sortie}}/impression"), &path, own, None, 200).await;
        }
    }
    token
}

/// The partner's answers.
async fn partner_sorties(caller: &mut Caller, stage: &Stage, shop: &Shop, partner: &str) {
    const HERE: &str = "/mes-sorties";
    const NOBODYS: &str = "00000000K";
    let own = Some(partner);
    let school = stage.school("Lycée Jean-Giono", "13005").await;
    for (query, status) in [("", 200), ("?inconnu=1", 200), ("?after=hier", 422), ("?from=demain", 422)] {
        caller.get(HERE, query, own, status).await;
    }
    let (one, other) =
        (stage.asked(&school, shop, stage.sheet()).await, stage.asked(&school, shop, stage.sheet()).await);
    for (id, status) in [(one.id.as_str(), 200), (NOBODYS, 404)] {
        caller.call(&format!("GET {HERE}/{{sortie}}"), &format!("{HERE}/{id}"), own, None, status).await;
    }
    let late = format!("{HERE}/{}?suivi=hier", one.id.as_str());
    caller.call(&format!("GET {HERE}/{{sortie}}"), &late, own, None, 422).await;
    for (under, sortie) in [("confirmation", &one), ("renvoi", &other)] {
        let form = |changes: Value| {
            let mut form = if under == "renvoi" { json!({ "comment": "Plutôt le matin." }) } else { json!({}) };
            form.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
            Some(form)
        };
        let tries = [
            (NOBODYS, json!({ "version": 1 }), 404),
            (sortie.id.as_str(), json!({}), 422),
            (sortie.id.as_str(), json!({ "version": 2 }), 409),
            (sortie.id.as_str(), json!({ "version": 1 }), 200),
        ];
        for (id, changes, status) in tries {
            let path = format!("{HERE}/{id}/{under}");
            caller.call(&format!("POST {HERE}/{{sortie}}/{under}"), &path, own, form(changes), status).await;
        }
    }
}

/// The day of an outing.
async fn doors(caller: &mut Caller, stage: &Stage, shop: &Shop, partner: &str) {
    const HERE: &str = "/mes-sorties";
    const NOBODYS: &str = "00000000K";
    let own = Some(partner);
    let school = stage.school("Lycée Jean-Giono", "13005").await;
    let today = ParisDay::of(stage.house.clock.now()).iso();
    let sheet = || stage.sheet().on(&today);
    let confirmed = stage.confirmed(&school, shop, sheet()).await;
    let (lea, ines) = (stage.young().await, stage.young().await);
    for young in [&lea, &ines] {
        stage.joins(&confirmed, young).await;
    }
    let unready = stage.confirmed(&school, shop, sheet().at_cents(1_00)).await;
    stage.joins(&unready, &lea).await;
    let flat = stage.confirmed(&school, shop, sheet().at_cents(1_00).flat()).await;
    stage.joins(&flat, &lea).await;
    stage.validated(&flat).await;
    let (sortie, voucher) = stage.validated(&confirmed).await;
    let (id, unready, flat) = (sortie.id.as_str(), unready.id.as_str(), flat.id.as_str());

    let list = format!("GET {HERE}/{{sortie}}/encaissement");
    for (id, query, status) in [(id, "", 200), (id, "?inconnu=1", 200), (id, "?page=0", 422), (NOBODYS, "", 404)] {
        caller.call(&list, &format!("{HERE}/{id}/encaissement{query}"), own, None, status).await;
    }
    let mark = async |caller: &mut Caller, how: &str, id: &str, who: String, status: u16| {
        let name = format!("POST {HERE}/{{sortie}}/{how}/{{beneficiary}}");
        caller.call(&name, &format!("{HERE}/{id}/{how}/{who}"), own, Some(json!({})), status).await;
    };
    for how in ["absents", "presents"] {
        mark(caller, how, id, "personne".into(), 404).await;
        mark(caller, how, unready, lea.id.to_string(), 409).await;
        mark(caller, how, id, lea.id.to_string(), 200).await;
    }
    mark(caller, "absents", flat, lea.id.to_string(), 422).await;
    mark(caller, "absents", id, ines.id.to_string(), 200).await;
    let dear = stage.confirmed(&school, shop, sheet().at_cents(9_00)).await;
    stage.joins(&dear, &ines).await;
    mark(caller, "presents", id, ines.id.to_string(), 422).await;

    let name = format!("POST {HERE}/{{sortie}}/encaissement");
    let receipt = format!("GET {HERE}/{{sortie}}/recu");
    let right = Some(json!({ "voucher_number": voucher.as_str() }));
    let wrong = Some(json!({ "voucher_number": mint::voucher_number().as_str() }));
    caller.call(&receipt, &format!("{HERE}/{id}/recu"), own, None, 404).await;
    let tries =
        [(NOBODYS, right.clone(), 404), (unready, right.clone(), 409), (id, right.clone(), 201), (id, right, 200)];
    for (id, form, status) in tries {
        caller.call(&name, &format!("{HERE}/{id}/encaissement"), own, form, status).await;
    }
    caller.call(&receipt, &format!("{HERE}/{id}/recu"), own, None, 200).await;
    for status in std::iter::repeat_n(422, 10).chain([429]) {
        caller.call(&name, &format!("{HERE}/{flat}/encaissement"), own, wrong.clone(), status).await;
    }
}

/// The links of mails to a partner.
async fn invited(caller: &mut Caller, stage: &Stage, shop: &Shop) {
    const DOOR: &str = "/sortie-a-confirmer";
    let school = stage.school("Lycée Jean-Giono", "13005").await;
    let sign = |sortie: &Sortie, version: u32| {
        let invitation = Invitation { version, ..Invitation::to(sortie, stage.house.clock.now()) };
        stage.house.app("partner-sortie").unwrap().signer.sign_invitation(&invitation)
    };
    let (one, other) =
        (stage.asked(&school, shop, stage.sheet()).await, stage.asked(&school, shop, stage.sheet()).await);
    for (token, status) in [(sign(&one, 1), 200), (sign(&one, 2), 409), ("rien".to_owned(), 404)] {
        caller.call(&format!("GET {DOOR}/{{token}}"), &format!("{DOOR}/{token}"), None, None, status).await;
    }
    let form = json!({ "comment": "Plutôt le matin." });
    for (under, sortie, form) in [("confirmation", &one, json!({})), ("renvoi", &other, form)] {
        let name = format!("POST {DOOR}/{{token}}/{under}");
        if form != json!({}) {
            let path = format!("{DOOR}/{}/{under}", sign(sortie, 1));
            caller.call(&name, &path, None, Some(json!({})), 422).await;
        }
        for (token, status) in [(sign(sortie, 1), 200), (sign(sortie, 1), 409), ("rien".to_owned(), 404)] {
            caller.call(&name, &format!("{DOOR}/{token}/{under}"), None, Some(form.clone()), status).await;
        }
    }
    let gone = stage.partner().await;
    let asked = stage.asked(&school, &gone, stage.sheet()).await;
    let mut dossier = gone.partner.dossier().unwrap().clone();
    dossier.administrative.legal_name = epass_domain::Line::parse("SARL Autre", 100).unwrap();
    let waits = gone.partner.clone().declare(dossier, stage.house.clock.now()).0;
    stage.house.store().partners.save(&gone.partner, &waits, &[]).await.unwrap().unwrap();
    let path = format!("{DOOR}/{}/confirmation", sign(&asked, 1));
    caller.call(&format!("POST {DOOR}/{{token}}/confirmation"), &path, None, Some(json!({})), 422).await;
}

/// Young people, as the team finds and decides about them.
async fn young_people(caller: &mut Caller, stage: &Stage, team: &str) {
    const HERE: &str = "/equipe/jeunes";
    const SHEET: &str = "GET /equipe/jeunes/{beneficiary}";
    let young = stage.young().await;
    caller.get(HERE, "", Some(team), 200).await;
    let search = "/equipe/jeunes/recherche";
    caller.post(search, json!({ "wanted": "" }), Some(team), 422).await;
    let found = caller.post(search, json!({ "wanted": young.file.as_str() }), Some(team), 200).await;
    assert_eq!(found["beneficiaries"][0]["id"], young.id.to_string());
    let (here, nowhere) = (format!("{HERE}/{}", young.id), format!("{HERE}/personne"));
    caller.call(SHEET, &nowhere, Some(team), None, 404).await;
    let card = caller.call(SHEET, &here, Some(team), None, 200).await["card"].clone();
    let orders = [
        ("suspension", json!({ "suspension_reason": "Prêtée." }), json!({ "suspension_reason": "Perdue." })),
        ("carte", json!({ "card": card }), json!({ "card": CardNumber::mint(424_242).as_str() })),
    ];
    for (order, right, stale) in orders {
        let operation = format!("POST /equipe/jeunes/{{beneficiary}}/{order}");
        let path = format!("{here}/{order}");
        caller.call(&operation, &format!("{nowhere}/{order}"), Some(team), Some(right.clone()), 404).await;
        caller.call(&operation, &path, Some(team), Some(json!({})), 422).await;
        caller.call(&operation, &path, Some(team), Some(right), 200).await;
        caller.call(&operation, &path, Some(team), Some(stale), 409).await;
    }
    let reinstate = "POST /equipe/jeunes/{beneficiary}/retablissement";
    caller.call(reinstate, &format!("{nowhere}/retablissement"), Some(team), None, 404).await;
    caller.call(reinstate, &format!("{here}/retablissement"), Some(team), None, 200).await;

    let list = "/equipe/doublons".to_owned();
    caller.get(&list, "?after=demain", Some(team), 422).await;
    for (word, other) in [("autre", "meme"), ("meme", "autre")] {
        let waits = stage.duplicate(&young).await;
        caller.get(&list, "", Some(team), 200).await;
        let path = format!("{list}/{}", waits.id);
        let operation = |word: &str| format!("POST /equipe/doublons/{{enrolment}}/{word}");
        caller.call("GET /equipe/doublons/{enrolment}", &path, Some(team), None, 200).await;
        caller.call(&operation(word), &format!("{path}/{word}"), Some(team), None, 200).await;
        caller.call(&operation(other), &format!("{path}/{other}"), Some(team), None, 409).await;
        caller.call(&operation(word), &format!("{list}/aucun/{word}"), Some(team), None, 404).await;
    }
    caller.call("GET /equipe/doublons/{enrolment}", &format!("{list}/aucun"), Some(team), None, 404).await;
    let older = stage
        .young_with(|young| {
            young.birth_date = BirthDate::parse("1990-05-14", ParisDay::parse("2026-11-24").unwrap()).unwrap()
        })
        .await;
    let late = stage.duplicate(&older).await;
    let another = "POST /equipe/doublons/{enrolment}/autre";
    caller.call(another, &format!("{list}/{}/autre", late.id), Some(team), None, 422).await;
}

/// What every operation does with nobody, with a wrong role, and with a body that it cannot read.
async fn strangers_and_nonsense(caller: &mut Caller, tokens: &[(Role, String)]) {
    let described = caller.described.clone();
    let rooms = rooms::all();
    let admits = |method: &str, path: &str, role: Role| {
        let mut declared = rooms.iter().flat_map(|room| room.declared());
        let route = declared.find(|route| route.method == method && route.path == path);
        route.is_some_and(|route| route.access.admits(Some(role)))
    };
    for (method, path, operation) in operations(&described) {
        let name = format!("{method} {path}");
        let filled = path
            .replace("{id}", "019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f")
            .replace("{partner}", "99999999")
            .replace("{establishment}", "99999999")
            .replace("{beneficiary}", "personne")
            .replace("{enrolment}", "aucune")
            .replace("{version}", "1")
            .replace("{plan}", NOBODYS)
            .replace("{sortie}", "00000000K")
            .replace("{token}", "rien")
            .replace("{picture}", "rien")
            .replace("{key}", &"0".repeat(64))
            .replace("{report}", &"0".repeat(64))
            .replace("{file}", "rien");
        let of = |admitted| tokens.iter().find(|(role, _)| admits(&method, path, *role) == admitted);
        let (_, own) = of(true).expect("somebody may do it");
        let own = own.as_str();
        if operation["security"] != json!([]) {
            caller.call(&name, &filled, None, None, 401).await;
            match of(false) {
                Some((_, wrong)) => drop(caller.call(&name, &filled, Some(wrong), None, 403).await),
                None if method == "POST" => {
                    caller.site = Some("cross-site");
                    caller.call(&name, &filled, None, None, 403).await;
                    caller.site = None;
                }
                None => {}
            }
        }
        if method == "POST" && operation["security"] == json!([]) {
            caller.site = Some("cross-site");
            caller.call(&name, &filled, None, Some(json!({})), 403).await;
            caller.site = None;
        }
        if operation.get("requestBody").is_some() {
            caller.call(&name, &filled, Some(own), Some(json!({ "inconnu": 1 })), 400).await;
            caller.send(&name, &filled, Some(own), Some("{".into()), 400).await;
            caller.send(&name, &filled, Some(own), Some("x".repeat(MAX_BODY_BYTES + 1)), 413).await;
            caller.kind = "application/jsonx";
            caller.send(&name, &filled, Some(own), Some("{}".into()), 415).await;
            caller.kind = "application/json";
        }
    }
}

/// Described answers that no test can bring about at will, each with its reason.
const UNSEEN: &[(&str, &str, &str)] = &[
    ("POST /convention/demande", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /dossier/modifier", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /dossier/modifier/confirmation", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /equipe/etablissements", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /equipe/etablissements/{establishment}", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /equipe/etablissements/{establishment}/acces", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /etablissement/sorties", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /etablissement/sorties/{sortie}/modifier", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /identifiant-oublie", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /inscription/partenaire", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /mot-de-passe-oublie", "429", "a day's or an hour's mails: limits.rs"),
    ("POST /transactions", "404", "an account that was closed since the look-up: tests/input.rs"),
    ("POST /transactions", "503", "a store that stays busy: tests/faults.rs"),
    ("POST /inscription/partenaire", "503", "eight dossier numbers taken in a row"),
    ("POST /inscription/jeune/confirmation", "503", "eight card numbers taken in a row"),
    ("POST /mes-vouchers", "503", "a list that moves at every reading"),
    ("POST /mes-vouchers/revocation", "503", "a list that moves at every reading"),
    ("POST /mes-donnees/fermeture", "503", "a card that is reissued in the same instant"),
    ("POST /sorties/{sortie}/inscription", "503", "an outing that many join for longer than the retries last"),
    ("POST /sorties/{sortie}/desinscription", "503", "an outing that many leave for longer than the retries last"),
    ("POST /mes-sorties/{sortie}/encaissement", "503", "absentees that are declared at every reading"),
    ("POST /equipe/etablissements", "503", "five identifiers taken in a row"),
    ("POST /equipe/doublons/{enrolment}/autre", "503", "eight card numbers taken in a row"),
    ("POST /equipe/jeunes/{beneficiary}/suspension", "503", "a card that colleagues keep turning"),
    ("POST /equipe/jeunes/{beneficiary}/retablissement", "503", "a card that colleagues keep turning"),
    ("POST /equipe/jeunes/{beneficiary}/carte", "503", "five card numbers taken in a row"),
    ("POST /equipe/remboursements/{week}/compte-rendu", "200", "a file: tests/team_reimbursements.rs"),
    ("POST /equipe/remboursements/{week}/fichier", "200", "a file whose day is past: tests/team_reimbursements.rs"),
    ("GET /equipe/remboursements/{week}/fichier", "200", "a file whose day is past: tests/team_reimbursements.rs"),
    ("GET /equipe/remboursements/{week}/comptes-rendus/{report}", "200", "a file: tests/team_reimbursements.rs"),
    ("GET /equipe/remboursements/{week}/comptes-rendus/{report}", "422", "a file: tests/team_reimbursements.rs"),
    ("POST /equipe/remboursements/{week}/comptes-rendus/{report}", "200", "a file: tests/team_reimbursements.rs"),
    ("POST /equipe/remboursements/{week}/comptes-rendus/{report}", "422", "a file: tests/team_reimbursements.rs"),
    ("POST /equipe/releves/{number}/verification", "200", "a file: tests/team_reimbursements.rs"),
    ("POST /equipe/remboursements/{week}/compte-rendu", "413", "a file: tests/team_reimbursements.rs"),
    ("*", "303", "the browser's face of a form: tests/pages.rs and the journeys"),
];

/// Calls the house, and holds every answer against the description.
struct Caller {
    router: Router,
    described: Value,
    /// What a browser would say of where it was sent from.
    site: Option<&'static str>,
    /// As what a body is sent.
    kind: &'static str,
    seen: BTreeSet<(String, String)>,
    /// The operations whose near misses were tried.
    missed: BTreeSet<String>,
    validators: BTreeMap<(String, String), Validator>,
}

impl Caller {
    async fn begin() -> Self {
        let (described, seen) = (described(), BTreeSet::new());
        Self {
            router: Router::new(),
            described,
            site: None,
            kind: "application/json",
            seen,
            missed: BTreeSet::new(),
            validators: BTreeMap::new(),
        }
    }

    async fn get(&mut self, path: &str, query: &str, token: Option<&str>, status: u16) -> Value {
        self.call(&format!("GET {path}"), &format!("{path}{query}"), token, None, status).await
    }

    async fn post(&mut self, path: &str, body: Value, token: Option<&str>, status: u16) -> Value {
        let body = Some(body).filter(|body| !body.is_null());
        self.call(&format!("POST {path}"), path, token, body, status).await
    }

    async fn call(&mut self, name: &str, path: &str, token: Option<&str>, body: Option<Value>, status: u16) -> Value {
        self.send(name, path, token, body.map(|body| body.to_string()), status).await
    }

    /// Sends it; the answer must have this status, and be as the operation `name` describes it. Gives its JSON.
    async fn send(&mut self, name: &str, path: &str, token: Option<&str>, body: Option<String>, status: u16) -> Value {
        if status < 400 && self.missed.insert(name.to_owned()) {
            self.other_spellings(name, path, token, body.as_deref()).await;
            self.other_words(name, path, token, body.as_deref()).await;
        }
        let (head, body) = self.exchange(name, path, token, body).await;
        let at = format!("{name} → {}", head.status.as_u16());
        assert_eq!(head.status.as_u16(), status, "{at}: {}", String::from_utf8_lossy(&body));
        let described = self.response(name, status);
        self.seen.insert((name.to_owned(), status.to_string()));
        let media_type = head.headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap().split(';').next().unwrap());
        let Some(media_type) = media_type else {
            assert!(described.get("content").is_none() && body.is_empty(), "{at} describes a body, and has none");
            return Value::Null;
        };
        let schema = described["content"][media_type]["schema"].clone();
        assert!(!schema.is_null(), "{at} does not describe {media_type}: {}", described["content"]);
        if !media_type.ends_with("json") {
            return Value::Null;
        }
        let body: Value = serde_json::from_slice(&body).unwrap();
        let components = &self.described["components"];
        let key = (name.to_owned(), status.to_string());
        let validator = self.validators.entry(key).or_insert_with(|| whole_body(&schema, components));
        holds(validator, &body, &at);
        body
    }

    /// What a path names has one address: in another spelling, the request that is about to be taken finds nothing.
    async fn other_spellings(&self, name: &str, path: &str, token: Option<&str>, body: Option<&str>) {
        let (_, declared) = name.split_once(' ').unwrap();
        let (path, query) =
            path.split_once('?').map_or((path, String::new()), |(path, query)| (path, format!("?{query}")));
        let parts: Vec<&str> = path.split('/').collect();
        for (place, declared) in declared.split('/').enumerate() {
            if !declared.starts_with('{') {
                continue;
            }
            let ours = parts[place];
            let mut others = vec![
                format!("+{ours}"),
                format!("0{ours}"),
                format!("00{ours}"),
                format!(" {ours}"),
                format!("{ours} "),
                format!("{ours}\u{a0}"),
                format!("{ours}.0"),
                format!("{{{ours}}}"),
                format!("urn:uuid:{ours}"),
                ours.replace('-', ""),
                ours.replace('-', " "),
                ours.to_lowercase(),
                ours.to_uppercase(),
                ours.chars().map(full_width).collect(),
            ];
            others.retain(|other| other != ours);
            for other in others {
                let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
                parts[place] = utf8_percent_encode(&other, NON_ALPHANUMERIC).to_string();
                let path = parts.join("/") + &query;
                let (head, _) = self.exchange(name, &path, token, body.map(str::to_owned)).await;
                assert_eq!(head.status.as_u16(), 404, "{name} takes {other:?} for {ours:?}");
            }
        }
    }

    /// A word that is none of a closed set is refused, wherever the description names the set; an empty one is refused unless
    /// the choice may be left open.
    async fn other_words(&self, name: &str, path: &str, token: Option<&str>, body: Option<&str>) {
        let (method, declared) = name.split_once(' ').unwrap();
        let operation = &self.described["paths"][declared][method.to_lowercase()];
        let (bare, query) = path.split_once('?').unwrap_or((path, ""));
        for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == "query") {
            let Some(choice) = self.choice(&parameter["schema"]) else { continue };
            let field = parameter["name"].as_str().unwrap();
            for word in choice.others() {
                let word = utf8_percent_encode(&word, NON_ALPHANUMERIC);
                let (head, _) = self.exchange(name, &format!("{bare}?{field}={word}"), token, None).await;
                assert_eq!(head.status.as_u16(), 422, "{name} takes {word:?} for {field}");
            }
            if choice.is_open && query.is_empty() {
                let (head, _) = self.exchange(name, &format!("{bare}?{field}="), token, None).await;
                assert!(head.status.as_u16() < 400, "{name} refuses an empty {field}");
            }
        }
        let Some(Ok(sent)) = body.map(serde_json::from_str::<Value>) else { return };
        let form = &operation["requestBody"]["content"]["application/json"]["schema"];
        let form = form["$ref"].as_str().and_then(|to| self.described.pointer(to.trim_start_matches('#')));
        for (field, schema) in form.iter().flat_map(|form| form["properties"].as_object().into_iter().flatten()) {
            let is_list = schema["type"] == "array";
            let Some(choice) = self.choice(if is_list { &schema["items"] } else { schema }) else { continue };
            for word in choice.others() {
                let mut sent = sent.clone();
                sent[field] = if is_list { json!([word]) } else { json!(word) };
                let (head, body) = self.exchange(name, path, token, Some(sent.to_string())).await;
                let told = String::from_utf8_lossy(&body);
                assert_eq!(head.status.as_u16(), 422, "{name} takes {word:?} for {field}: {told}");
            }
        }
    }

    /// The closed set that a schema is, and whether the choice may be left open.
    fn choice(&self, schema: &Value) -> Option<Choice> {
        let resolved = |schema: &Value| {
            let to = schema["$ref"].as_str()?;
            self.described.pointer(to.trim_start_matches('#')).cloned()
        };
        let set = resolved(schema)?;
        let open = set["oneOf"].as_array().and_then(|ones| Some((resolved(ones.first()?)?, ones.len() == 2)));
        let (set, is_open) = open.unwrap_or((set, false));
        let words = set["enum"].as_array()?.iter().map(|word| word.as_str().unwrap().to_owned()).collect();
        Some(Choice { words, is_open })
    }

    async fn exchange(
        &self,
        name: &str,
        path: &str,
        token: Option<&str>,
        body: Option<String>,
    ) -> (axum::http::response::Parts, Bytes) {
        let (method, _) = name.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path).header(ACCEPT, "application/json");
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, self.kind);
        }
        if let Some(site) = self.site {
            request = request.header("sec-fetch-site", site);
        }
        let request = request.body(body.map_or_else(Body::empty, Body::from)).unwrap();
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        (head, body.collect().await.unwrap().to_bytes())
    }

    fn response(&self, name: &str, status: u16) -> Value {
        let (method, path) = name.split_once(' ').unwrap();
        let operation = &self.described["paths"][path][method.to_lowercase()];
        let response = &operation["responses"][status.to_string()];
        assert!(!response.is_null(), "{name} does not describe {status}");
        response.clone()
    }

    /// What is described, was not seen, and has no reason not to be.
    fn unseen(&self) -> Vec<String> {
        let mut unseen = Vec::new();
        for (method, path, operation) in operations(&self.described) {
            let name = format!("{method} {path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let is_elsewhere = response["description"] == THROTTLED
                    || response["description"].as_str().unwrap().ends_with("where `Location` leads");
                let excused =
                    is_elsewhere || UNSEEN.iter().any(|(of, code, _)| (*of == name || *of == "*") && code == status);
                if !excused && !self.seen.contains(&(name.clone(), status.clone())) {
                    unseen.push(format!("{name} → {status}"));
                }
            }
        }
        unseen
    }
}

/// A closed set of words that a description names.
struct Choice {
    words: Vec<String>,
    is_open: bool,
}

impl Choice {
    /// Words that are none of it.
    fn others(&self) -> Vec<String> {
        let first = &self.words[0];
        let near =
            [format!("{first} "), format!(" {first}"), first.to_uppercase(), first.to_lowercase(), format!("{first}s")];
        let mut others: Vec<String> =
            ["AAA", " ", "\u{200b}", "null", "true"].map(str::to_owned).into_iter().chain(near).collect();
        others.extend((!self.is_open).then(String::new));
        others.retain(|other| !self.words.contains(other));
        others
    }
}

/// An ASCII character as wide as a Chinese one: digits and letters that are some to Unicode, and none to us.
fn full_width(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c }
}

fn described() -> Value {
    serde_json::from_str(&rooms::openapi(rooms::all()).unwrap()).unwrap()
}

/// Method, path and description of each operation.
fn operations(described: &Value) -> Vec<(String, &String, &Value)> {
    let paths = described["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().iter();
        operations.map(move |(method, operation)| (method.to_uppercase(), path, operation))
    });
    operations.collect()
}

/// Every `$ref` as a JSON pointer.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match (name.as_str(), value) {
                ("$ref", Value::String(to)) => vec![to.trim_start_matches('#').to_owned()],
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// A schema that also refuses what it does not name.
fn whole_body(schema: &Value, components: &Value) -> Validator {
    let mut schema = json!({ "allOf": [schema], "components": components });
    tighten(&mut schema["allOf"][0], false);
    for component in schema["components"]["schemas"].as_object_mut().unwrap().values_mut() {
        tighten(component, true);
    }
    validator(&schema)
}

/// Closes objects: at the place that refers to them, so that a part of an `allOf`, or one way of being such a part, does not
/// refuse the other parts.
fn tighten(schema: &mut Value, is_part: bool) {
    let Some(fields) = schema.as_object_mut() else { return };
    for (name, value) in fields.iter_mut() {
        match (name.as_str(), value) {
            ("allOf", Value::Array(parts)) => parts.iter_mut().for_each(|part| tighten(part, true)),
            ("oneOf" | "anyOf", Value::Array(ones)) => ones.iter_mut().for_each(|one| tighten(one, is_part)),
            ("items", items) => tighten(items, false),
            ("properties", Value::Object(all)) => all.values_mut().for_each(|one| tighten(one, false)),
            _ => {}
        }
    }
    let is_closed = ["$ref", "properties", "allOf"].iter().any(|name| fields.contains_key(*name));
    if is_closed && !is_part {
        fields.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(schema).unwrap()
}

fn holds(validator: &Validator, value: &Value, what: &str) {
    let faults: Vec<String> =
        validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{what} is not as described: {faults:#?}\n{value:#}");
}

async fn token(stage: &Stage, account: &Account) -> String {
    let app = stage.house.app("account-login").unwrap();
    app.begin_session(account, Opened::Chosen).await.unwrap().token
}
