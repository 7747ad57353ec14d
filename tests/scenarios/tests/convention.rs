//! From registration to the first sale, and what a changed dossier entails (guide §3 to §5).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use epass_domain::{Iban, Line, Siret};
use epass_scenarios::{Answer, Browser, Http, Stage, Till};
use serde_json::{Value, json};

const RIB: &[u8] = b"%PDF-1.7\n% a RIB\n";

/// What stands behind a label in a mail.
fn fact(text: &str, label: &str) -> String {
    let found = text.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix("\u{a0}: "));
    found.unwrap_or_else(|| panic!("no {label} in {text}")).trim().to_owned()
}

/// What a presigned link leads to.
async fn download(answer: Answer) -> Answer {
    let link = answer.is(303).header("location").to_owned();
    let origin = 8 + link[8..].find('/').expect("a link has a path");
    let http = Http::of(&link[..origin]);
    http.send(http.request("GET".parse().unwrap(), &link[origin..]), "").await
}

/// The dossier of the team's page, with its revision.
async fn sheet(team: &Till, number: &str) -> Value {
    team.get(&format!("/equipe/conventions/{number}")).await.is(200).json()
}

/// A decision about what the team reads now.
async fn decide(team: &Till, number: &str, what: &str, more: Value) -> Answer {
    let mut body = json!({ "revision": sheet(team, number).await["revision"] });
    body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    team.post(&format!("/equipe/conventions/{number}/{what}"), &body).await
}

/// Changes fields of the dossier as a program does: reads the form, changes it, sends it back.
async fn change(till: &Till, changes: Value) -> Answer {
    let mut dossier = till.get("/dossier/modifier").await.is(200).json()["dossier"].clone();
    dossier.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    till.post("/dossier/modifier", &dossier).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bookshop_registers_gets_its_convention_and_sells() {
    let stage = Stage::set().await;
    let team = stage.team().await;
    let team_till = stage.till(&team).await;
    let registration = json!({
        "legal_name": "Librairie de l’Étoile", "siret": "732 829 320 00074", "email": "contact@etoile.example.org",
        "phone": "04 91 00 00 00", "civility": "madame", "referent_first_name": "Zoé", "referent_last_name": "Garcin",
    });
    let registered = stage.http().post_json("/inscription/partenaire", None, &registration).await.is(201).json();
    let number = registered["dossier_number"].as_str().unwrap();
    let twice = stage.http().post_json("/inscription/partenaire", None, &registration).await;
    twice.refuses(422, "siret_taken");

    let mail = stage.mail_to("contact@etoile.example.org").await;
    let (identifier, mailed) = (fact(&mail.text, "Identifiant"), fact(&mail.text, "Mot de passe provisoire"));
    let till = Till::sign_in(stage.http(), &identifier, &mailed).await;
    let chosen =
        json!({ "current_password": mailed, "new_password": "Brise7Calanque", "confirm_password": "Brise7Calanque" });
    let changed = till.post("/mot-de-passe", &chosen).await.is(200).json();
    let till = Till { token: changed["token"].as_str().unwrap().to_owned(), ..till };

    // The form is filled in with what is known; the rest is typed, and the RIB joined.
    let mut form = till.get("/convention/demande").await.is(200).json()["dossier"].clone();
    assert_eq!(form["legal_name"], "Librairie de l’Étoile");
    assert_eq!(form["referent_last_name"], "Garcin");
    let typed = json!({
        "street": "1 rue des Lices", "postcode": "13001", "commune": "Marseille", "referent_position": "Gérante",
        "referent_email": "zoe@etoile.example.org", "referent_phone": "06 00 00 00 00", "trade_name": "L’Étoile",
        "activity_street": "1 rue des Lices", "activity_postcode": "13001", "activity_commune": "Marseille",
        "envelopes": ["reading"], "account_holder": "Librairie de l’Étoile", "iban": Iban::french(30_001, 794, 12).as_str(),
        "bic": "BDFEFRPP",
    });
    form.as_object_mut().unwrap().extend(typed.as_object().cloned().unwrap());
    let without_rib = till.post("/convention/demande", &form).await.refuses(422, "invalid");
    assert_eq!(without_rib.faults(), [("rib".to_owned(), "missing".to_owned())]);
    form["rib_base64"] = json!(STANDARD.encode(RIB));
    let standing = till.post("/convention/demande", &form).await.is(200).json();
    assert_eq!((&standing["stage"], &standing["version"]), (&json!("requested"), &json!(1)));
    let young = stage.young().await;
    till.look_up(young.card.as_str(), "2008-05-14").await.refuses(422, "no_convention");
    till.get("/convention/1/pdf").await.refuses(404, "not_found");

    // The team sees it, its RIB included, and validates.
    let queue = team_till.get("/equipe/conventions").await.is(200).json();
    assert_eq!(queue["dossiers"][0]["number"], number);
    let rib = download(team_till.get(&format!("/equipe/conventions/{number}/rib")).await).await.is(200);
    assert_eq!(rib.body.as_ref(), RIB);
    assert_eq!(rib.header("content-type"), "application/pdf");
    let stale = json!({ "revision": 1 });
    team_till.post(&format!("/equipe/conventions/{number}/validation"), &stale).await.refuses(409, "dossier_changed");
    decide(&team_till, number, "validation", json!({})).await.is(200);
    decide(&team_till, number, "validation", json!({})).await.refuses(409, "not_awaited");
    let told = stage.mail_to("zoe@etoile.example.org").await;
    assert!(told.subject.contains("Votre convention est validée"), "{}", told.subject);

    // The document is the one that the page names, the same bytes each time.
    let documents = till.get("/convention").await.is(200).json()["standing"]["documents"].clone();
    let first = download(till.get("/convention/1/pdf").await).await.is(200);
    let second = download(till.get("/convention/1/pdf").await).await.is(200);
    assert!(first.body.starts_with(b"%PDF-"));
    assert_eq!(first.body, second.body);
    assert_eq!(documents[0]["sha256"], epass_files::sha256(&first.body));
    let mut browser = Browser::of(stage.http());
    browser.sign_in(&identifier, "Brise7Calanque").await;
    let shown = browser.get("/convention").await.is(200).text();
    assert!(shown.contains(&epass_files::sha256(&first.body)), "the page tells the digest");

    let ticket = till.ticket(&young).await;
    till.pay(&ticket, "reading", 12_50).await.is(201);
    decide(&team_till, number, "copies", json!({})).await.is(200);
    assert_eq!(sheet(&team_till, number).await["standing"]["stage"], "signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_siret_or_raison_sociale_asks_for_a_new_version_and_stops_sales_at_once() {
    let stage = Stage::set().await;
    let team = stage.till(&stage.team().await).await;
    let changes = [
        json!({ "siret": Siret::made_up(900_000_001).as_str() }),
        json!({ "legal_name": "SARL Autre Nom" }),
        json!({ "envelopes": ["reading", "cinema"] }),
    ];
    for changed in changes {
        let shop = stage.partner().await;
        let number = shop.partner.id.as_str();
        let till = stage.till(&shop.account).await;
        let young = stage.young().await;
        let ticket = till.ticket(&young).await;
        change(&till, changed.clone()).await.refuses(422, "new_convention_to_confirm");
        till.get("/transactions/nouvelle").await.is(200);
        let mut confirmed = changed.clone();
        confirmed["confirm"] = json!("yes");
        let told = change(&till, confirmed).await.is(200).json();
        assert_eq!((&told["new_convention"], &told["standing"]["version"]), (&json!(true), &json!(2)), "{changed}");
        till.pay(&ticket, "reading", 1_00).await.refuses(422, "no_convention");
        till.get("/transactions/nouvelle").await.refuses(422, "no_convention");
        // What was sold stays to be seen, and the earlier document too.
        till.get("/transactions").await.is(200);
        assert_eq!(till.get("/convention/1/pdf").await.status, 303);
        decide(&team, number, "validation", json!({})).await.is(200);
        till.pay(&ticket, "reading", 1_00).await.is(201);
    }
    // Nothing else asks for one.
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let told = change(&till, json!({ "phone": "04 91 00 00 01", "trade_name": "Autre enseigne" })).await.is(200).json();
    assert_eq!((&told["new_convention"], &told["account_waits"]), (&json!(false), &json!(false)));
    till.get("/transactions/nouvelle").await.is(200);
    let spelled = shop.partner.legal_name().as_str().to_uppercase();
    let told = change(&till, json!({ "legal_name": spelled })).await.is(200).json();
    assert_eq!(
        (&told["new_convention"], &told["standing"]["in_force"]),
        (&json!(false), &json!(true)),
        "spelling alone"
    );
    let taken = stage.partner().await.partner.siret().to_string();
    change(&till, json!({ "siret": taken })).await.refuses(422, "siret_taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_account_waits_for_the_team_while_sales_go_on() {
    let stage = Stage::set().await;
    let team = stage.till(&stage.team().await).await;
    let shop = stage.partner().await;
    let (number, referent) = (shop.partner.id.as_str(), shop.partner.referent_email().to_string());
    let till = stage.till(&shop.account).await;
    let paid_to = till.get("/dossier").await.is(200).json()["paid_to"].clone();
    let next = json!({ "iban": Iban::french(30_001, 794, 99).as_str() });
    let without = change(&till, next.clone()).await.refuses(422, "invalid");
    assert_eq!(without.faults()[0].0, "rib", "another account needs its own RIB");
    let with_rib = json!({ "iban": next["iban"], "rib_base64": STANDARD.encode(RIB) });

    let told = change(&till, with_rib.clone()).await.is(200).json();
    assert_eq!((&told["new_convention"], &told["account_waits"]), (&json!(false), &json!(true)));
    assert_eq!(till.get("/dossier").await.json()["paid_to"], paid_to, "the old one is paid until then");
    assert!(stage.mail_to(&referent).await.subject.contains("Changement d’IBAN"));
    let queue = team.get("/equipe/conventions?etape=iban").await.is(200).json();
    assert_eq!(queue["dossiers"][0]["number"], number);
    till.get("/transactions/nouvelle").await.is(200);

    decide(&team, number, "iban", json!({ "decision": "refuse" })).await.refuses(422, "invalid");
    decide(&team, number, "iban", json!({ "decision": "refuse", "reason": "RIB illisible" })).await.is(200);
    let mail = stage.mail_to(&referent).await;
    assert!(mail.subject.contains("n’est pas validé") && mail.text.contains("RIB illisible"), "{}", mail.text);
    assert_eq!(till.get("/dossier").await.json()["account"], paid_to);

    change(&till, with_rib).await.is(200);
    decide(&team, number, "iban", json!({ "decision": "approve" })).await.is(200);
    let after = till.get("/dossier").await.json();
    assert_ne!(after["paid_to"], paid_to);
    assert_eq!(after["paid_to"], after["account"]);
    assert_eq!(after["bank_change_since"], Value::Null);
    decide(&team, number, "iban", json!({ "decision": "approve" })).await.refuses(409, "not_awaited");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_tells_why_and_is_asked_again() {
    let stage = Stage::set().await;
    let team = stage.till(&stage.team().await).await;
    let shop = stage.applicant().await;
    let number = shop.partner.id.as_str();
    let till = stage.till(&shop.account).await;
    decide(&team, number, "refus", json!({ "reason": " " })).await.refuses(422, "invalid");
    decide(&team, number, "refus", json!({ "reason": "Le RIB est illisible.\nMerci de le joindre de nouveau." }))
        .await
        .is(200);
    let mail = stage.mail_to(shop.partner.referent_email().as_str()).await;
    assert!(mail.text.contains("Le RIB est illisible.") && mail.subject.contains("à corriger"), "{}", mail.text);
    let standing = till.get("/convention").await.is(200).json()["standing"].clone();
    assert_eq!(standing["stage"], "refused");
    assert!(standing["reason"].as_str().unwrap().starts_with("Le RIB est illisible."));

    let form = till.get("/convention/demande").await.is(200).json()["dossier"].clone();
    let again = till.post("/convention/demande", &form).await.is(200).json();
    assert_eq!((&again["stage"], &again["version"]), (&json!("requested"), &json!(1)));
    decide(&team, number, "validation", json!({})).await.is(200);
    till.get("/transactions/nouvelle").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_sees_whose_account_it_is_already_before_it_decides() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let waiting = stage.applicant().await;
    let store = stage.house.store();
    let team = stage.team().await;
    let (till, browser) = (stage.till(&team).await, stage.browser(&team).await);
    let path = format!("/equipe/conventions/{}", waiting.partner.id);
    let own = |of: &epass_domain::Partner| of.dossier().unwrap().bank.iban.clone();
    assert_eq!(till.get(&path).await.is(200).json()["same_account"], serde_json::json!([]));
    let taken = own(&shop.partner);
    let declare = async |iban: epass_domain::Iban| {
        let before = store.partners.find(&waiting.partner.id).await.unwrap().unwrap();
        let dossier = before.dossier().unwrap().clone();
        let bank = epass_domain::BankDetails { iban, ..dossier.bank.clone() };
        let after = before.clone().declare(epass_domain::Dossier { bank, ..dossier }, stage.house.clock.now()).0;
        store.partners.save(&before, &after, &[]).await.unwrap().unwrap();
    };
    declare(taken).await;
    let sheet = till.get(&path).await.is(200).json();
    let other = &sheet["same_account"][0];
    assert_eq!((&other["number"], &other["is_paid"]), (&serde_json::json!(shop.partner.id.as_str()), &true.into()));
    let page = browser.get(&path).await.is(200).text();
    assert!(page.contains("déjà le compte de"), "{page}");
    let step = browser.get(&format!("{path}/validation?revision={}", sheet["revision"])).await.is(200).text();
    assert!(step.contains("déjà le compte de"), "{step}");
    declare(own(&waiting.partner)).await;
    assert_eq!(
        till.get(&path).await.is(200).json()["same_account"],
        serde_json::json!([]),
        "it declares its own again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_that_would_suspend_shows_old_and_new_first_and_loses_nothing() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let mut browser = stage.browser(&shop.account).await;
    let form = |dossier: &Value| -> Vec<(String, String)> {
        let fields = dossier.as_object().unwrap().iter();
        fields
            .flat_map(|(name, value)| match value {
                Value::Array(many) => many.iter().map(|one| (name.clone(), one.as_str().unwrap().to_owned())).collect(),
                Value::String(text) => vec![(name.clone(), text.clone())],
                other => vec![(name.clone(), other.to_string())],
            })
            .collect()
    };
    let mut typed = till.get("/dossier/modifier").await.is(200).json()["dossier"].clone();
    let before = typed["legal_name"].as_str().unwrap().to_owned();
    typed["legal_name"] = json!("SARL Autre Nom");
    typed["phone"] = json!("04 91 00 00 07");
    let post = async |browser: &mut Browser, path: &str, typed: &Value| {
        let fields = form(typed);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post(path, &fields).await
    };
    // From either form, a browser is asked on a page that it can come back to and reload.
    for path in ["/convention/demande", "/dossier/modifier"] {
        typed["revision"] = till.get("/dossier/modifier").await.json()["dossier"]["revision"].clone();
        let asked = post(&mut browser, path, &typed).await.is(303);
        assert_eq!(asked.header("location"), "/dossier/modifier/confirmation");
    }
    let page = browser.get("/dossier/modifier/confirmation").await.is(200).text();
    for said in [before.as_str(), "SARL Autre Nom", "Rien n’est encore enregistré", "aucune transaction"] {
        assert!(page.contains(said), "{said} is missing: {page}");
    }
    till.get("/transactions/nouvelle").await.is(200);
    assert_eq!(till.get("/dossier").await.json()["dossier"]["legal_name"], json!(before), "nothing is changed");
    let again = browser.get("/dossier/modifier?reprendre=1").await.is(200).text();
    assert!(again.contains("value=\"SARL Autre Nom\"") && again.contains("04 91 00 00 07"), "{again}");

    let shown = till.get("/dossier/modifier/confirmation").await.is(200).json();
    assert_eq!(shown["changes"], json!([{ "field": "legal_name", "before": before, "after": "SARL Autre Nom" }]));
    let revision = shown["revision"].to_string();
    let stale = browser.refused("/dossier/modifier/confirmation", &[("revision", "1")]).await.is(200).text();
    assert!(stale.contains("à corriger"), "{stale}");
    for _ in 0..2 {
        let done = browser.post("/dossier/modifier/confirmation", &[("revision", &revision)]).await.is(303);
        assert_eq!(done.header("location"), "/dossier?fait=convention");
    }
    let page = browser.get("/dossier?fait=convention").await.is(200).text();
    assert!(page.contains("sont suspendus") && !page.contains("class=\"notice\""), "a warning, no thanks: {page}");
    let stands = till.get("/dossier").await.json()["dossier"].clone();
    assert_eq!((&stands["legal_name"], &stands["phone"]), (&typed["legal_name"], &typed["phone"]));
    till.get("/transactions/nouvelle").await.refuses(422, "no_convention");
    let mails = stage.mails().await;
    assert_eq!(mails.iter().filter(|mail| mail.subject.contains("demande de convention")).count(), 2, "told once each");
    assert_eq!(browser.get("/dossier/modifier/confirmation").await.is(303).header("location"), "/dossier/modifier");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_finds_dossiers_by_words_of_their_names_or_commune() {
    let stage = Stage::set().await;
    let team = stage.till(&stage.team().await).await;
    let named = |legal: &str, trade: &str, commune: &str| {
        stage.in_force(|dossier| {
            dossier.administrative.legal_name = Line::parse(legal, 100).unwrap();
            dossier.activity.trade_name = Line::parse(trade, 100).unwrap();
            dossier.activity.address.commune = Line::parse(commune, 100).unwrap();
        })
    };
    let partners = [
        named("SARL Lumière", "Cinéma L’Horizon", "Gap"),
        named("SAS L’Œil écoute", "L’Œil écoute", "Aix-en-Provence"),
        named("Association 1789", "Espace 1789", "Saint-Étienne-de-Tinée"),
    ];
    for partner in &partners {
        stage.house.store().partners.import(partner).await.unwrap();
    }
    // Every stage is searched: one that has only registered, one that waits, one that was refused.
    let (newcomer, applicant) = (stage.newcomer().await, stage.applicant().await);
    let asked = async |q: &str| {
        let query = encoded(q);
        let found = team.get(&format!("/equipe/conventions?q={query}")).await.is(200).json();
        let numbers =
            found["dossiers"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap().to_owned());
        numbers.collect::<Vec<_>>()
    };
    let number = |place: usize| partners[place].id.to_string();
    for (q, expected) in [
        ("horizon", vec![number(0)]),
        ("  CINEMA l’horizon ", vec![number(0)]),
        ("lumiere", vec![number(0)]),
        ("oeil", vec![number(1)]),
        ("œil aix", vec![number(1)]),
        ("1789", vec![number(2)]),
        ("st", vec![]),
        ("etienne", vec![number(2)]),
        ("horizon aix", vec![]),
        (partners[1].siret().as_str(), vec![number(1)]),
        (partners[2].id.as_str(), vec![number(2)]),
    ] {
        assert_eq!(asked(q).await, expected, "{q}");
    }
    let mut lices = asked("SARL livres").await;
    lices.sort();
    let mut both = vec![newcomer.partner.id.to_string(), applicant.partner.id.to_string()];
    both.sort();
    assert_eq!(lices, both);
    team.get("/equipe/conventions?q=123456").await.refuses(422, "invalid");

    for _ in 0..30 {
        stage.house.store().partners.import(&named("SARL Trente", "Trente", "Nice")).await.unwrap();
    }
    assert_eq!(asked("trente").await.len(), 25);
    let page = stage.browser(&stage.team().await).await.get("/equipe/conventions?q=trente").await.is(200).text();
    assert!(page.contains("25 premiers dossiers trouvés"), "{page}");
}

fn encoded(text: &str) -> String {
    serde_html_form::to_string([("q", text)]).unwrap().split_off("q=".len())
}

/// What is refused leaves nothing in the bucket: a program still has its file.
#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_in_json_that_is_refused_keeps_no_rib() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let before = stage.objects("rib");
    let changed = |confirm: &str| {
        json!({
            "legal_name": "SARL Autre Nom", "iban": Iban::french(20_041, 1, 77).as_str(), "confirm": confirm,
            "rib_base64": STANDARD.encode(b"%PDF-1.7 another account"),
        })
    };
    change(&till, changed("")).await.refuses(422, "new_convention_to_confirm");
    let twice = change(&till, changed("oui")).await.refuses(422, "invalid");
    assert_eq!(twice.faults(), [("confirm".to_owned(), "box".to_owned())]);
    let other = stage.partner().await.partner.siret().to_string();
    let mut taken = changed("yes");
    taken["siret"] = json!(other);
    change(&till, taken).await.refuses(422, "siret_taken");
    let mut stale = changed("yes");
    stale["revision"] = json!(99);
    change(&till, stale).await.refuses(409, "dossier_changed");
    assert_eq!(stage.objects("rib"), before);
    change(&till, changed("yes")).await.is(200);
    assert_eq!(stage.objects("rib"), before + 1, "it is kept with the dossier");
}
