//! CULTURO (guide §9.1): who is listed and who is not, what strangers never read there, and that nobody is missed or shown
//! twice among thousands.

use std::collections::BTreeSet;
use std::fmt::Write;

use axum::http::Method;
use axum::http::header::ACCEPT;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use epass_domain::{
    Accessibility, Department, Dossier, Envelope, Iban, Line, Listing, Partner, Postcode, Search, folded,
};
use epass_scenarios::{Answer, Shop, Stage, Till, at_once};
use serde_json::{Value, json};

const HERE: &str = "/culturo";

/// What anybody reads there.
async fn read(stage: &Stage, path: &str) -> Answer {
    let request = stage.http().request(Method::GET, path).header(ACCEPT, "application/json");
    stage.http().send(request, "").await
}

async fn ask(stage: &Stage, query: &str) -> Answer {
    read(stage, &format!("{HERE}?{query}")).await
}

fn numbers(page: &Answer) -> Vec<String> {
    let partners = page.json()["partners"].as_array().unwrap().clone();
    partners.iter().map(|one| one["number"].as_str().unwrap().to_owned()).collect()
}

/// All pages of a search.
async fn all(stage: &Stage, query: &str) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), String::new());
    for _ in 0..200 {
        let page = ask(stage, &format!("{query}&after={}", after.replace(' ', "+"))).await.is(200);
        let here = numbers(&page);
        let next = page.json()["next"].as_str().map(str::to_owned);
        assert!(
            here.len() <= 25 && (here.len() == 25 || next.is_none()),
            "{query}: a page of {} is not full",
            here.len()
        );
        found.extend(here);
        match next {
            Some(next) => after = next,
            None => return found,
        }
    }
    panic!("{query} never ends");
}

/// Whether anybody finds this shop now, by its page and by its name.
async fn is_listed(stage: &Stage, shop: &Shop) -> bool {
    let number = shop.partner.id.as_str();
    let page = read(stage, &format!("{HERE}/{number}")).await;
    let found = all(stage, "").await.contains(&number.to_owned());
    assert_eq!(page.status, if found { 200 } else { 404 }, "the list and the page say the same of {number}");
    found
}

/// Changes fields of the dossier as a program does: reads the form, changes it, sends it back.
async fn change(till: &Till, changes: Value) {
    let mut dossier = till.get("/dossier/modifier").await.is(200).json()["dossier"].clone();
    dossier["confirm"] = json!("yes");
    dossier.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    till.post("/dossier/modifier", &dossier).await.is(200);
}

/// The team decides about what it reads now.
async fn decide(team: &Till, shop: &Shop, what: &str, more: Value) {
    let path = format!("/equipe/conventions/{}", shop.partner.id);
    let mut body = json!({ "revision": team.get(&path).await.is(200).json()["revision"] });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    team.post(&format!("{path}/{what}"), &body).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_is_listed_from_its_validation_on_and_not_while_a_new_convention_is_due() {
    let stage = Stage::set().await;
    let team = stage.till(&stage.team().await).await;
    assert!(!is_listed(&stage, &stage.newcomer().await).await, "it has only registered");
    let refused = stage.applicant().await;
    assert!(!is_listed(&stage, &refused).await, "it has only asked");
    decide(&team, &refused, "refus", json!({ "reason": "Le RIB est illisible." })).await;
    assert!(!is_listed(&stage, &refused).await, "it was refused");

    let shop = stage.applicant().await;
    decide(&team, &shop, "validation", json!({})).await;
    assert!(is_listed(&stage, &shop).await);
    decide(&team, &shop, "copies", json!({})).await;
    assert!(is_listed(&stage, &shop).await);
    let till = stage.till(&shop.account).await;
    let rib = STANDARD.encode(b"%PDF-1.7\n% a RIB\n");
    change(&till, json!({ "iban": Iban::french(20_041, 1, 99).as_str(), "rib_base64": rib })).await;
    assert!(is_listed(&stage, &shop).await, "another account is no other convention");
    change(&till, json!({ "legal_name": "SARL Autre Nom" })).await;
    assert!(!is_listed(&stage, &shop).await, "another raison sociale asks for a new convention");
    decide(&team, &shop, "validation", json!({})).await;
    assert!(is_listed(&stage, &shop).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listed_changes_with_the_dossier_at_once() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let page = format!("{HERE}/{}", shop.partner.id);
    let moved = json!({
        "trade_name": "L’Œil écoute", "activity_street": "3 place du Forum", "activity_postcode": "84000",
        "activity_commune": "Avignon", "website": "oeil.example.org", "phone": "04 90 00 00 01",
        "accessibility": ["sight", "motor"],
    });
    change(&stage.till(&shop.account).await, moved).await;
    let shown = read(&stage, &page).await.is(200).json();
    let expected = json!({
        "number": shop.partner.id, "name": "L’Œil écoute", "street": "3 place du Forum", "postcode": "84000",
        "commune": "Avignon", "phone": "04 90 00 00 01", "website": "https://oeil.example.org",
        "envelopes": ["reading"], "accessibility": ["motor", "sight"],
    });
    assert_eq!(shown, expected);
    assert_eq!(numbers(&ask(&stage, "department=13").await.is(200)), Vec::<String>::new(), "it has moved");
    for found in ["department=84", "name=OEIL+ECOUTE", "name=ecoute+oeil", "commune=avig", "accessibility=sight"] {
        assert_eq!(numbers(&ask(&stage, found).await.is(200)), [shop.partner.id.to_string()], "{found}");
    }
    for nobody in ["name=oeil+sourd", "envelope=cinema", "accessibility=sight&accessibility=mental", "commune=Gap"] {
        assert_eq!(numbers(&ask(&stage, nobody).await.is(200)), Vec::<String>::new(), "{nobody}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_read_nothing_else_of_a_dossier() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let dossier = shop.partner.dossier().unwrap();
    let (administrative, referent) = (&dossier.administrative, &dossier.referent);
    let kept = [
        administrative.legal_name.as_str(),
        administrative.siret.as_str(),
        administrative.email.as_str(),
        referent.first_name.as_str(),
        referent.last_name.as_str(),
        referent.position.as_str(),
        referent.email.as_str(),
        dossier.bank.iban.as_str(),
        dossier.bank.bic.as_str(),
    ];
    let young = stage.till(&stage.beneficiary().await).await;
    let school = stage.browser(&stage.establishment().await).await;
    let path = format!("{HERE}/{}", shop.partner.id);
    for path in [HERE, &path] {
        let answers = [read(&stage, path).await, young.get(path).await, school.get(path).await];
        for said in answers.map(|answer| answer.is(200).text()) {
            assert!(said.contains("Librairie des Lices"), "{path}");
            for secret in kept {
                assert!(!said.contains(secret), "{path} tells {secret}:\n{said}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_told_at_their_fields_and_nobody_is_not_found() {
    let stage = Stage::set().await;
    let long = "x".repeat(101);
    let query = format!("name={long}&department=75&envelope=outing&accessibility=lunar");
    let refused = ask(&stage, &query).await.refuses(422, "invalid");
    let fields: Vec<String> = refused.faults().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["name", "department", "envelope", "accessibility"]);
    assert_eq!(ask(&stage, "after=x").await.refuses(422, "invalid").faults(), [("after".into(), "page".into())]);
    ask(&stage, "quartier=Panier").await.is(200);
    for nobody in ["12", "41234567", "00000000", "x%00", "%F0%9F%92%A5"] {
        read(&stage, &format!("{HERE}/{nobody}")).await.refuses(404, "not_found");
    }
}

/// Draws the same for the same seed.
struct Draws(u64);

impl Draws {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }

    /// Each of these or not.
    fn some<T: Copy>(&mut self, these: &[T]) -> Vec<T> {
        these.iter().copied().filter(|_| self.below(2) == 0).collect()
    }
}

/// The last one is of no department of the region: whose shop lies across the border is found all the same.
const COMMUNES: [(&str, &str); 9] = [
    ("Digne-les-Bains", "04000"),
    ("Gap", "05000"),
    ("Nice", "06000"),
    ("Saint-Laurent-du-Var", "06700"),
    ("Marseille", "13001"),
    ("La Ciotat", "13600"),
    ("Saint-Tropez", "83990"),
    ("L’Isle-sur-la-Sorgue", "84800"),
    ("Saint-Étienne", "42000"),
];
const KINDS: [&str; 5] = ["Librairie", "Cinéma", "Théâtre", "L’Œuvre", "Opéra"];
const NAMES: [&str; 7] = ["du Marché", "des Cigales", "Noël", "de l’Été", "Saint-Éloi", "de la Mer", "du Château"];

/// One of many: names repeat, so that only the dossier's number tells them apart.
fn drawn(dossier: &mut Dossier, draws: &mut Draws) {
    let line = |text: &str| Line::parse(text, 100).unwrap();
    let (commune, postcode) = draws.of(&COMMUNES);
    let activity = &mut dossier.activity;
    activity.trade_name = line(&format!("{} {}", draws.of(&KINDS), draws.of(&NAMES)));
    (activity.address.commune, activity.address.postcode) = (line(commune), Postcode::parse(postcode).unwrap());
    activity.accessibility = draws.some(&Accessibility::ALL);
    activity.envelopes = draws.some(&Envelope::DESK);
    if activity.envelopes.is_empty() {
        activity.envelopes = vec![Envelope::Reading];
    }
}

/// A search as it is typed, and as the plain filter below reads it.
fn search(draws: &mut Draws) -> (String, Search) {
    let words = |typed: &str| folded(typed).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let rarely = |draws: &mut Draws| draws.below(3) == 0;
    let (mut query, mut search) = (String::new(), Search::default());
    if rarely(draws) {
        let typed = draws.of(&["theatre", "ETE", "oeuvre", "éloi SAINT", "mer", "du", "cinema-noel", "zzz"]);
        write!(query, "&name={}", typed.replace(' ', "+")).unwrap();
        search.name = words(typed);
    }
    if rarely(draws) {
        let typed = draws.of(&["Saint", "saint-tropez", "gap", "sorgue", "ciotat LA", "Étienne"]);
        write!(query, "&commune={}", typed.replace(' ', "+")).unwrap();
        search.commune = words(typed);
    }
    if rarely(draws) {
        let department = draws.of(&Department::ALL);
        write!(query, "&department={}", department.code()).unwrap();
        search.department = Some(department);
    }
    if rarely(draws) {
        let envelope = draws.of(&Envelope::DESK);
        write!(query, "&envelope={}", envelope.code()).unwrap();
        search.envelope = Some(envelope);
    }
    if rarely(draws) {
        search.accessibility = draws.some(&Accessibility::ALL);
        for one in &search.accessibility {
            write!(query, "&accessibility={}", one.code()).unwrap();
        }
    }
    (query, search)
}

/// The rule once more, by itself.
fn fits(search: &Search, listing: &Listing) -> bool {
    let has = |text: &Line, words: &[String]| words.iter().all(|word| folded(text.as_str()).contains(word.as_str()));
    has(&listing.name, &search.name)
        && has(&listing.address.commune, &search.commune)
        && search.department.is_none_or(|asked| listing.address.postcode.as_str().starts_with(asked.code()))
        && search.envelope.is_none_or(|asked| listing.envelopes.contains(&asked))
        && search.accessibility.iter().all(|asked| listing.accessibility.contains(asked))
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_five_of_two_thousand() {
    let stage = Stage::set().await;
    let mut draws = Draws(2026);
    let partners: Vec<Partner> = (0..2_000).map(|_| stage.in_force(|dossier| drawn(dossier, &mut draws))).collect();
    let listings: Vec<Listing> = partners.iter().map(|partner| Listing::of(partner).unwrap()).collect();
    let store = stage.house.store();
    let imports = partners.into_iter().map(|partner| {
        let store = store.clone();
        async move { store.partners.import(&partner).await.unwrap() }
    });
    at_once(16, imports).await;

    let mut table = String::from("| | found | round trips | read units |\n| --- | --- | --- | --- |\n");
    let asked = [
        ("nothing asked", "", 7, 100),
        ("one department", "department=06", 1, 15),
        ("envelope and boxes", "envelope=cinema&accessibility=motor&accessibility=sight", 7, 1_000),
        ("a word that nobody has", "name=zzz", 7, 1_000),
    ];
    for (what, query, trips, read_tenths) in asked {
        let answer = ask(&stage, query).await.is(200);
        let spent = answer.spent();
        let (whole, tenth) = (spent.read_tenths / 10, spent.read_tenths % 10);
        writeln!(table, "| {what} | {} | {} | {whole}.{tenth} |", numbers(&answer).len(), spent.trips).unwrap();
        assert!(
            spent.trips == trips && spent.read_tenths <= read_tenths && spent.write_tenths == 0,
            "{what}: {spent:?}"
        );
    }
    println!("{table}");

    let mut found_somebody = 0;
    for round in 0..40 {
        let (query, search) = if round == 0 { Default::default() } else { self::search(&mut draws) };
        let mut expected: Vec<&Listing> = listings.iter().filter(|listing| fits(&search, listing)).collect();
        expected.sort_by_key(|listing| (folded(listing.name.as_str()), listing.partner.to_string()));
        let found = all(&stage, &query).await;
        assert_eq!(found.len(), found.iter().collect::<BTreeSet<_>>().len(), "{query}: somebody twice");
        let expected: Vec<String> = expected.iter().map(|listing| listing.partner.to_string()).collect();
        assert_eq!(found, expected, "{query}");
        found_somebody += usize::from(!found.is_empty());
    }
    assert!(found_somebody > 20, "{found_somebody} searches found somebody");
}
