//! What the log says of people: nothing, however much of it is asked for.

use std::fs::File;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use epass_domain::Iban;
use epass_scenarios::{Browser, Http, Till};
use serde_json::{Value, json};

use crate::durability::{Running, binary};

const NEW: &str = "Brise7Calanque";
const EMAIL: &str = "zenobie.garcin@ocres.example.org";

/// The latest mail to an address, once it is there.
async fn mail_to(http: &Http, email: &str) -> String {
    for _ in 0..200 {
        let request = http.request("GET".parse().unwrap(), "/_local/mails").header("accept", "application/json");
        let told: Value = http.send(request, "").await.json();
        if let Some(mail) = told.as_array().unwrap().iter().find(|mail| mail["to"] == email) {
            return mail["text"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no mail to {email}");
}

#[tokio::test(flavor = "multi_thread")]
async fn at_trace_the_log_has_no_name_no_iban_no_password_and_no_address() {
    let data = tempfile::tempdir().unwrap();
    let log = data.path().join("log");
    let mut command = tokio::process::Command::new(binary());
    let traced = command.args(["--now", "2026-11-24T10:00:00+01:00"]).env("RUST_LOG", "trace");
    let traced = traced.stderr(File::create(&log).unwrap());
    let running = Running::start_with(&data.path().join("run"), traced).await;
    let http = running.http();

    // A partner registers, signs in with the mailed password, chooses one, and gives an account to be paid to.
    let registration = json!({
        "legal_name": "Zigzag Productions", "siret": "73282932000074", "email": EMAIL, "phone": "0491000017",
        "civility": "madame", "referent_first_name": "Zénobie", "referent_last_name": "Garcinette",
    });
    http.post_json("/inscription/partenaire", None, &registration).await.is(201);
    let mail = mail_to(&http, EMAIL).await;
    let fact = |name: &str| {
        let rest = mail.split(&format!("{name}\u{a0}: ")).nth(1).unwrap_or_else(|| panic!("no {name} in {mail}"));
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let (identifier, mailed) = (fact("Identifiant"), fact("Mot de passe provisoire"));
    let till = Till::sign_in(http.clone(), &identifier, &mailed).await;
    let chosen = json!({ "current_password": mailed, "new_password": NEW, "confirm_password": NEW });
    let changed = till.post("/mot-de-passe", &chosen).await.is(200).json();
    let till = Till { token: changed["token"].as_str().unwrap().to_owned(), ..till };
    let iban = Iban::french(30_001, 794, 12);
    let mut form = till.get("/convention/demande").await.is(200).json()["dossier"].clone();
    let typed = json!({
        "street": "1 rue des Lices", "postcode": "13001", "commune": "Marseille", "referent_position": "Gérante",
        "referent_email": EMAIL, "referent_phone": "06 00 00 00 00", "trade_name": "Zigzag",
        "activity_street": "1 rue des Lices", "activity_postcode": "13001", "activity_commune": "Marseille",
        "envelopes": ["reading"], "account_holder": "Zigzag Productions", "iban": iban.as_str(), "bic": "BDFEFRPP",
        "rib_base64": STANDARD.encode(b"%PDF-1.7 rib"),
    });
    form.as_object_mut().unwrap().extend(typed.as_object().cloned().unwrap());
    till.post("/convention/demande", &form).await.is(200);
    // A young person is looked up at a desk; somebody forgets a password, and a browser signs in wrongly.
    let desk = Till::sign_in(http.clone(), "partenaire", "Demo2026").await;
    desk.look_up("2600 1405 3201 2345", "14/05/2008").await.is(200);
    http.post_json("/mot-de-passe-oublie", None, &json!({ "identifier": EMAIL })).await.is(200);
    let mut browser = Browser::of(http.clone());
    browser.refused("/connexion", &[("identifier", EMAIL), ("password", "Devine7Encore")]).await.is(200);
    running.kill().await;

    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("answered") && log.contains("/convention/demande"), "it does log: {log}");
    let secrets = [
        "Zigzag",
        "Garcinette",
        "Zénobie",
        EMAIL,
        "ocres.example",
        "0491000017",
        "+33491000017",
        iban.as_str(),
        &mailed,
        NEW,
        "Demo2026",
        "Devine7Encore",
        &identifier,
        "argon2",
        "2600140532012345",
        "Martin",
        "2008-05-14",
        &till.token,
        "127.0.0.1",
    ];
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "« {secret} » is logged");
    }
}
