//! A session ends when it should, and a mailed password opens one door only.

use epass_scenarios::{Browser, PASSWORD, Stage, Till};
use jiff::SignedDuration;
use serde_json::json;

const NEW: &str = "Brise7Calanque";

fn change(current: &str, new: &str) -> serde_json::Value {
    json!({ "current_password": current, "new_password": new, "confirm_password": new })
}

/// The password in the latest mail to an address.
async fn mailed(stage: &Stage, email: &str) -> String {
    let mail = stage.mail_to(email).await;
    let line = mail.text.lines().find_map(|line| line.strip_prefix("Mot de passe provisoire\u{a0}: "));
    line.unwrap_or_else(|| panic!("no password in {}", mail.subject)).trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_signed_out_is_refused_at_the_next_request() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let other = stage.till(&shop.account).await;
    till.get("/transactions").await.is(200);
    till.post("/deconnexion", &json!({})).await.is(200);
    till.get("/transactions").await.refuses(401, "unauthenticated");
    other.get("/transactions").await.is(200);

    let mut browser = stage.browser(&shop.account).await;
    let kept = Browser { cookie: browser.cookie.clone(), ..Browser::of(stage.http()) };
    browser.get("/transactions").await.is(200);
    let out = browser.post("/deconnexion", &[]).await.is(303);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
    assert_eq!(browser.cookie, None);
    let back = kept.get("/transactions?state=paid").await.is(303);
    assert_eq!(back.header("location"), "/connexion?suite=%2Ftransactions%3Fstate%3Dpaid");
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_password_ends_every_session_but_the_one_that_takes_its_place() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let (till, other) = (stage.till(&shop.account).await, stage.till(&shop.account).await);
    let mut browser = stage.browser(&shop.account).await;
    let before = Browser { cookie: browser.cookie.clone(), ..Browser::of(stage.http()) };

    till.post("/mot-de-passe", &change("Faux2026", NEW)).await.is(422);
    let changed = till.post("/mot-de-passe", &change(PASSWORD, NEW)).await.is(200).json();
    till.get("/transactions").await.refuses(401, "unauthenticated");
    other.get("/transactions").await.refuses(401, "unauthenticated");
    before.get("/transactions").await.is(303);
    let fresh = Till { token: changed["token"].as_str().unwrap().to_owned(), ..till };
    fresh.get("/transactions").await.is(200);
    stage.http().sign_in(shop.account.identifier.as_str(), PASSWORD).await.is(401);
    browser.cookie = None;
    assert_eq!(browser.sign_in(shop.account.identifier.as_str(), NEW).await, "/espace");

    // The same in a browser: the page says so, under a fresh cookie.
    let old = Browser { cookie: browser.cookie.clone(), ..Browser::of(stage.http()) };
    let fields = [("current_password", NEW), ("new_password", "Vent8Garrigue"), ("confirm_password", "Vent8Garrigue")];
    let done = browser.post("/mot-de-passe", &fields).await.is(303);
    assert_eq!(done.header("location"), "/mot-de-passe?fait=modifie");
    browser.get("/mot-de-passe?fait=modifie").await.is(200);
    old.get("/transactions").await.is(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lives_for_twelve_hours() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let begun = stage.house.clock.now();
    stage.house.clock.set(begun + SignedDuration::from_hours(12) - SignedDuration::from_secs(30));
    till.get("/transactions").await.is(200);
    stage.house.clock.set(begun + SignedDuration::from_hours(12));
    till.get("/transactions").await.refuses(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_password_opens_nothing_but_its_own_change() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let (identifier, email) = (shop.account.identifier.as_str(), shop.account.email.as_str());
    stage.http().post_json("/mot-de-passe-oublie", None, &json!({ "identifier": identifier })).await.is(200);
    let password = mailed(&stage, email).await;

    // The chosen one stays valid meanwhile.
    stage.http().sign_in(identifier, PASSWORD).await.is(200);
    let till = Till::sign_in(stage.http(), identifier, &password).await;
    for path in ["/transactions", "/dossier", "/convention", "/transactions/nouvelle", "/transactions.csv"] {
        till.get(path).await.refuses(403, "password_change_required");
    }
    till.look_up("2600140532012345", "2008-05-14").await.refuses(403, "password_change_required");
    till.get("/mot-de-passe").await.is(200);
    let mut browser = Browser::of(stage.http());
    assert_eq!(browser.sign_in(identifier, &password).await, "/mot-de-passe");
    assert_eq!(browser.get("/dossier").await.is(303).header("location"), "/mot-de-passe");

    // Neither the mailed nor the forgotten one may be chosen; afterwards both open nothing.
    till.post("/mot-de-passe", &change(&password, &password)).await.is(422);
    till.post("/mot-de-passe", &change(&password, PASSWORD)).await.is(422);
    till.post("/mot-de-passe", &change(&password, NEW)).await.is(200);
    stage.http().sign_in(identifier, &password).await.refuses(401, "wrong_credentials");
    stage.http().sign_in(identifier, PASSWORD).await.refuses(401, "wrong_credentials");
    stage.http().sign_in(identifier, NEW).await.is(200);
    let mails = stage.mails().await;
    assert_eq!(mails.len(), 2, "the mailed one, and the news of the change");
    assert!(!mails[0].text.contains(PASSWORD));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_password_lives_for_a_day_and_the_next_one_takes_its_place() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let (identifier, email) = (shop.account.identifier.as_str(), shop.account.email.as_str());
    let ask = json!({ "identifier": identifier });
    stage.http().post_json("/mot-de-passe-oublie", None, &ask).await.is(200);
    let first = mailed(&stage, email).await;
    stage.http().post_json("/mot-de-passe-oublie", None, &ask).await.is(200);
    let second = mailed(&stage, email).await;
    assert_ne!(first, second);
    stage.http().sign_in(identifier, &first).await.refuses(401, "wrong_credentials");
    let made = stage.house.clock.now();
    stage.house.clock.set(made + SignedDuration::from_hours(24) - SignedDuration::from_mins(1));
    stage.http().sign_in(identifier, &second).await.is(200);
    stage.house.clock.set(made + SignedDuration::from_hours(24));
    stage.http().sign_in(identifier, &second).await.refuses(401, "provisional_password_expired");
    stage.http().sign_in(identifier, PASSWORD).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_answers_alike_whether_or_not_there_is_such_an_account() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let cases = [
        ("/mot-de-passe-oublie", "identifier", shop.account.identifier.as_str(), "inconnu-0000"),
        ("/identifiant-oublie", "email", shop.account.email.as_str(), "inconnu@example.org"),
    ];
    for (path, field, known, unknown) in cases {
        let known = stage.http().post_json(path, None, &json!({ field: known })).await.is(200);
        let unknown = stage.http().post_json(path, None, &json!({ field: unknown })).await.is(200);
        assert_eq!(known.body, unknown.body);
        assert_eq!(known.headers.keys().collect::<Vec<_>>(), unknown.headers.keys().collect::<Vec<_>>());
    }
    let mails = stage.mails().await;
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().all(|mail| mail.to == shop.account.email.as_str()));
    assert!(mails[1].text.contains(shop.account.identifier.as_str()));
    // A fourth one within the hour sends nothing, by whatever name it is asked for, and answers as ever.
    for _ in 0..4 {
        let ask = json!({ "identifier": shop.account.identifier.as_str() });
        stage.http().post_json("/mot-de-passe-oublie", None, &ask).await.is(200);
    }
    assert_eq!(stage.mails().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_identifiers_and_wrong_passwords_answer_alike() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let wrong =
        stage.http().sign_in(shop.account.identifier.as_str(), "Faux2026").await.refuses(401, "wrong_credentials");
    let unknown = stage.http().sign_in("inconnu-0000", "Faux2026").await.refuses(401, "wrong_credentials");
    assert_eq!(wrong.body, unknown.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_tells_role_and_name_and_leads_each_role_home() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let team = stage.team().await;
    let school = stage.establishment().await;
    let young = stage.beneficiary().await;
    let homes = [
        (&shop.account, "partner", "/transactions/nouvelle"),
        (&team, "team", "/equipe/conventions"),
        (&school, "establishment", "/etablissement/sorties"),
        (&young, "beneficiary", "/mon-pass"),
    ];
    for (account, role, home) in homes {
        let told = stage.http().sign_in(account.identifier.as_str(), PASSWORD).await.is(200);
        assert_eq!(told.json()["role"], role);
        assert_eq!(told.json()["name"], account.name.as_str());
        let cookie = told.header("set-cookie");
        for part in ["__Host-session=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let browser = stage.browser(account).await;
        assert_eq!(browser.get("/espace").await.is(303).header("location"), home);
    }
}
