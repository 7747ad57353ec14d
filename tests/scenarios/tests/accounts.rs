//! Signing in by address, mailed passwords that are past their day, passwords that are guessed early, and the mails that tell
//! of a change.

use epass_domain::{Account, Holder, Identifier, Password};
use epass_scenarios::{PASSWORD, Stage, Till};
use epass_web::passwords;
use jiff::SignedDuration;
use serde_json::{Value, json};

const NEW: &str = "Brise7Calanque";
const OTHER: &str = "Vent8Garrigue";

fn change(current: &str, new: &str) -> Value {
    json!({ "current_password": current, "new_password": new, "confirm_password": new })
}

async fn mailed(stage: &Stage, email: &str) -> String {
    let mail = stage.mail_to(email).await;
    let line = mail.text.lines().find_map(|line| line.strip_prefix("Mot de passe provisoire\u{a0}: "));
    line.unwrap_or_else(|| panic!("no password in {}", mail.subject)).trim().to_owned()
}

/// Another account of the same address, with a password of its own.
async fn sibling(stage: &Stage, of: &Account, password: &str) -> Account {
    let account = Account {
        identifier: Identifier::parse(&format!("{}-b", of.identifier)).unwrap(),
        holder: Holder::Team,
        password: Some(passwords::hash(&Password::parse(password).unwrap())),
        ..of.clone()
    };
    assert!(stage.house.store().accounts.open(&account).await.unwrap());
    account
}

#[tokio::test(flavor = "multi_thread")]
async fn one_signs_in_by_address_and_of_several_accounts_the_password_decides() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let typed = account.email.as_str().to_uppercase();
    let told = stage.http().sign_in(&typed, PASSWORD).await.is(200).json();
    assert_eq!(told["role"], "partner");
    let wrong = stage.http().sign_in(&typed, "Faux2026").await.refuses(401, "wrong_credentials");
    let nobody = stage.http().sign_in("personne@example.org", "Faux2026").await.refuses(401, "wrong_credentials");
    assert_eq!(wrong.body, nobody.body);

    sibling(&stage, &account, NEW).await;
    assert_eq!(stage.http().sign_in(&typed, PASSWORD).await.is(200).json()["role"], "partner");
    assert_eq!(stage.http().sign_in(&typed, NEW).await.is(200).json()["role"], "team");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_and_a_password_of_two_accounts_ask_for_the_identifier() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let other = sibling(&stage, &account, PASSWORD).await;
    let email = account.email.as_str();
    stage.http().sign_in(email, PASSWORD).await.refuses(401, "several_accounts");
    let form = [("identifier", email), ("password", PASSWORD)];
    let page = epass_scenarios::Browser::of(stage.http()).refused("/connexion", &form).await.is(200).text();
    for identifier in [&account.identifier, &other.identifier] {
        assert!(page.contains(identifier.as_str()), "who has the password may read which accounts it opens");
        stage.http().sign_in(identifier.as_str(), PASSWORD).await.is(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_by_address_wait_as_those_by_identifier_do() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    for email in [account.email.as_str(), "personne@example.org"] {
        for place in 0..5 {
            let typed = if place % 2 == 0 { email.to_uppercase() } else { email.to_owned() };
            stage.http().sign_in(&typed, "Faux2026").await.refuses(401, "wrong_credentials");
        }
        stage.http().sign_in(email, PASSWORD).await.refuses(429, "too_many");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provisional_password_of_friday_says_on_monday_that_its_day_is_over() {
    let stage = Stage::set().await;
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let team = stage.till(&stage.team().await).await;
    team.post(&format!("/equipe/etablissements/{}/acces", school.id), &json!({})).await.is(200);
    let shop = stage.partner().await;
    stage
        .http()
        .post_json("/mot-de-passe-oublie", None, &json!({ "identifier": shop.account.identifier.as_str() }))
        .await
        .is(200);
    let cases = [
        (school.identifier.as_str().to_owned(), school.email.as_str().to_owned()),
        (shop.account.identifier.as_str().to_owned(), shop.account.email.as_str().to_owned()),
    ];
    let mut passwords = Vec::new();
    for (_, email) in &cases {
        passwords.push(mailed(&stage, email).await);
    }
    stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_hours(72));
    for ((identifier, email), password) in cases.iter().zip(&passwords) {
        for name in [identifier, email] {
            let told = stage.http().sign_in(name, password).await.refuses(401, "provisional_password_expired");
            assert!(told.text().contains("24 heures"), "{}", told.text());
            // Nobody learns it from a wrong one.
            stage.http().sign_in(name, "Faux2026").await.refuses(401, "wrong_credentials");
        }
        let form = [("identifier", identifier.as_str()), ("password", password.as_str())];
        let page = epass_scenarios::Browser::of(stage.http()).refused("/connexion", &form).await.is(200).text();
        assert!(page.contains("plus de 24") && page.contains("href=\"/mot-de-passe-oublie\""), "{page}");
    }
    // Another one is asked for by the address that one knows, and opens.
    stage
        .http()
        .post_json("/mot-de-passe-oublie", None, &json!({ "identifier": cases[0].1.to_uppercase() }))
        .await
        .is(200);
    let fresh = mailed(&stage, &cases[0].1).await;
    stage.http().sign_in(&cases[0].1, &fresh).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_a_mailed_password_that_outlives_its_day_is_told_so() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let identifier = shop.account.identifier.as_str();
    stage.http().post_json("/mot-de-passe-oublie", None, &json!({ "identifier": identifier })).await.is(200);
    let password = mailed(&stage, shop.account.email.as_str()).await;
    stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_hours(23));
    let till = Till::sign_in(stage.http(), identifier, &password).await;
    stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_hours(2));
    let faults = till.post("/mot-de-passe", &change(&password, NEW)).await.refuses(422, "invalid").faults();
    assert_eq!(faults[0], ("current_password".to_owned(), "provisional_password_expired".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_guessed_early_or_was_had_before_is_refused_with_its_own_sentence() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let identifier = shop.account.identifier.as_str();
    let cases = [
        ("Password1".to_owned(), "common_password"),
        ("Motdepasse13".to_owned(), "common_password"),
        (format!("Xy1{identifier}"), "password_with_name"),
        ("MonEpass2027".to_owned(), "password_with_product"),
        (PASSWORD.to_uppercase().replace("SCENE", "sCENE"), "same_password"),
    ];
    for (new, told) in cases {
        let faults = till.post("/mot-de-passe", &change(PASSWORD, &new)).await.refuses(422, "invalid").faults();
        assert_eq!(faults, [("new_password".to_owned(), told.to_owned())], "{new}");
    }
    let changed = till.post("/mot-de-passe", &change(PASSWORD, NEW)).await.is(200).json();
    let till = Till { token: changed["token"].as_str().unwrap().to_owned(), ..till };
    let changed = till.post("/mot-de-passe", &change(NEW, OTHER)).await.is(200).json();
    let till = Till { token: changed["token"].as_str().unwrap().to_owned(), ..till };
    let faults = till.post("/mot-de-passe", &change(OTHER, NEW)).await.refuses(422, "invalid").faults();
    assert_eq!(faults, [("new_password".to_owned(), "previous_password".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_is_told_by_mail_and_the_first_one_is_not() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    till.post("/mot-de-passe", &change(PASSWORD, NEW)).await.is(200);
    let mail = stage.mail_to(shop.account.email.as_str()).await;
    assert!(mail.subject.starts_with("Votre mot de passe est modifié"), "{}", mail.subject);
    assert!(!mail.text.contains(NEW) && !mail.text.contains("caisse"));

    let form = json!({
        "legal_name": "SARL Les Ocres", "siret": "73282932000074", "email": "ocres@example.org", "phone": "0491000000",
        "civility": "madame", "referent_first_name": "Zoé", "referent_last_name": "Garcin",
    });
    stage.http().post_json("/inscription/partenaire", None, &form).await.is(201);
    let first = mailed(&stage, "ocres@example.org").await;
    let before = stage.mails().await.len();
    let till = Till::sign_in(stage.http(), "ocres@example.org", &first).await;
    till.post("/mot-de-passe", &change(&first, OTHER)).await.is(200);
    assert_eq!(stage.mails().await.len(), before, "who chooses the first one has just asked for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_address_is_told_to_the_old_one_and_to_the_new_one() {
    let stage = Stage::set().await;
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let team = stage.till(&stage.team().await).await;
    let form = async |email: &str| {
        let stands = stage.house.store().establishments.find(&school.id).await.unwrap().unwrap();
        json!({
            "name": school.name.as_str(), "kind": "high_school", "street": school.address.street.as_str(),
            "postcode": "13005", "commune": "Marseille", "email": email, "phone": "0491401000",
            "revision": stands.revision,
        })
    };
    let path = format!("/equipe/etablissements/{}", school.id);
    let capitals = school.email.as_str().replace("ecole", "ECOLE");
    team.post(&path, &form(&capitals).await).await.is(200);
    assert!(stage.mails().await.is_empty(), "another case is the same address");
    team.post(&path, &form("nouvelle@lycee.example.org").await).await.is(200);
    for to in [capitals.as_str(), "nouvelle@lycee.example.org"] {
        let mail = stage.mail_to(to).await;
        assert!(mail.subject.starts_with("Votre adresse mail est modifiée"), "{to}: {}", mail.subject);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_referent_is_told_to_the_address_of_before() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let old = shop.partner.referent_email().to_string();
    let change = async |email: &str| {
        let mut dossier = till.get("/dossier/modifier").await.is(200).json()["dossier"].clone();
        dossier["referent_email"] = json!(email);
        till.post("/dossier/modifier", &dossier).await.is(200);
    };
    change(&old.replace("contact", "CONTACT")).await;
    assert!(stage.mails().await.is_empty(), "another case is the same address");
    change("autre@etoile.example.org").await;
    let mails = stage.mails().await;
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(mail.to.to_lowercase(), old);
    assert!(mail.subject.starts_with("Votre adresse mail est modifiée"), "{}", mail.subject);
}
