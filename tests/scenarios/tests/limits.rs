//! Limits: what a stranger guesses keeps nobody out, what a stranger asks for floods nobody, and a class behind one address
//! passes.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::http::Method;
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE};
use epass_cloud::Service;
use epass_domain::limits::{
    self, INVITATIONS_OF_SCHOOL, MAILS, MAILS_TO, MAILS_TO_IN_A_DAY, RECOVERIES, RECOVERIES_FROM, SIGN_INS_FROM,
};
use epass_domain::{Account, Siret};
use epass_local::Template;
use epass_scenarios::{Answer, Browser, Http, PASSWORD, Stage, Till, at_once, count};
use epass_web::DEVICE_COOKIE;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const WRONG: &str = "Faux2026";
const NEW: &str = "Brise7Calanque";

fn later(stage: &Stage, by: SignedDuration) {
    stage.house.clock.set(stage.house.clock.now() + by);
}

/// Another machine.
fn elsewhere(stage: &Stage, last: u8) -> Http {
    stage.http().from([127, 0, 0, last].into())
}

fn waits(answer: &Answer) -> i64 {
    answer.header("retry-after").parse().unwrap_or_else(|_| panic!("no wait: {} {}", answer.status, answer.text()))
}

async fn guesses(http: &Http, name: &str, times: usize) -> Vec<Answer> {
    let guesses = (0..times).map(|_| (http.clone(), name.to_owned()));
    at_once(20, guesses.map(|(http, name)| async move { http.sign_in(&name, WRONG).await })).await
}

async fn try_again(browser: &mut Browser, account: &Account, password: &str) -> Answer {
    browser.post_as_program("/connexion", &[("identifier", account.identifier.as_str()), ("password", password)]).await
}

fn client(stage: &Stage) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&stage.house.cloud().settings(Service::DynamoDb))
}

async fn counters(stage: &Stage) -> Vec<HashMap<String, AttributeValue>> {
    let name = Template::embedded().unwrap().table("Counters").unwrap().name.clone();
    client(stage).scan().table_name(name).send().await.unwrap().items.unwrap()
}

/// Sets the counter whose key begins so.
async fn fill(stage: &Stage, begins: &str, to: u32) {
    let items = counters(stage).await;
    let mut item = items.into_iter().find(|item| item["counter"].as_s().unwrap().starts_with(begins)).unwrap();
    item.insert("count".into(), AttributeValue::N(to.to_string()));
    let name = Template::embedded().unwrap().table("Counters").unwrap().name.clone();
    client(stage).put_item().table_name(name).set_item(Some(item)).send().await.unwrap();
}

async fn mailed_password(stage: &Stage, account: &Account) -> String {
    let mail = stage.mail_to(account.email.as_str()).await;
    let line = mail.text.lines().find_map(|line| line.strip_prefix("Mot de passe provisoire\u{a0}: "));
    line.unwrap_or_else(|| panic!("no password in {}", mail.subject)).trim().to_owned()
}

async fn recover(stage: &Stage, name: &str) -> Answer {
    stage.http().post_json("/mot-de-passe-oublie", None, &json!({ "identifier": name })).await
}

// ---------------------------------------------------------------- Signing in

/// What thirty pupils of one class sign in with.
async fn class(stage: &Stage) -> Vec<String> {
    let mut pupils = Vec::new();
    for _ in 0..30 {
        pupils.push(stage.beneficiary().await.identifier.to_string());
    }
    pupils
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_hundred_wrong_passwords_keep_the_owner_out_of_no_device_that_signed_in_before() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let mut own = stage.browser(&account).await;
    for stranger in [elsewhere(&stage, 2), stage.http()] {
        let answers = guesses(&stranger, account.identifier.as_str(), 100).await;
        assert!(count(&answers, |answer| answer.status == 401) <= 5);
    }
    // A device that was never seen is kept out, and so is one without its cookie.
    stage.http().sign_in(account.identifier.as_str(), PASSWORD).await.refuses(429, "too_many");
    try_again(&mut Browser::of(elsewhere(&stage, 3)), &account, PASSWORD).await.is(429);
    // The known one signs in, by identifier and by address, and changes the password.
    try_again(&mut own, &account, PASSWORD).await.is(303);
    let by_address = [("identifier", account.email.as_str()), ("password", PASSWORD)];
    own.post("/connexion", &by_address).await.is(303);
    let change = [("current_password", PASSWORD), ("new_password", NEW), ("confirm_password", NEW)];
    assert_eq!(own.post("/mot-de-passe", &change).await.is(303).header("location"), "/mot-de-passe?fait=modifie");
    try_again(&mut own, &account, NEW).await.is(303);
    // What the stranger guessed is not forgotten by it.
    stage.http().sign_in(account.identifier.as_str(), NEW).await.refuses(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_device_has_five_tries_of_its_own_and_spends_no_others() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let (mut first, mut second) = (stage.browser(&account).await, stage.browser(&account).await);
    for _ in 0..5 {
        try_again(&mut first, &account, WRONG).await.is(401);
    }
    try_again(&mut first, &account, PASSWORD).await.is(429);
    try_again(&mut second, &account, PASSWORD).await.is(303);
    stage.http().sign_in(account.identifier.as_str(), PASSWORD).await.is(200);
    try_again(&mut first, &account, PASSWORD).await.is(429);
    later(&stage, SignedDuration::from_mins(1));
    try_again(&mut first, &account, PASSWORD).await.is(303);
}

/// The `Set-Cookie` of a sign-in.
async fn device_of(stage: &Stage, account: &Account) -> String {
    stage.browser(account).await.device.expect("a sign-in makes the device known")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_of_another_account_a_forged_one_and_an_old_one_are_as_none() {
    let stage = Stage::set().await;
    let (account, other) = (stage.partner().await.account, stage.partner().await.account);
    let (own, others) = (device_of(&stage, &account).await, device_of(&stage, &other).await);
    guesses(&stage.http(), account.identifier.as_str(), 6).await;
    let with = async |device: Option<String>| {
        let mut browser = Browser { device, ..Browser::of(stage.http()) };
        try_again(&mut browser, &account, PASSWORD).await.status
    };
    let mut altered = own.clone();
    altered.replace_range(40..41, if &own[40..41] == "A" { "B" } else { "A" });
    for (what, device) in
        [("none", None), ("another's", Some(others)), ("altered", Some(altered)), ("made up", Some("e30".into()))]
    {
        assert_eq!(with(device).await, 429, "{what}");
    }
    // The session's own cookie is none either, nor is a device's a session.
    let session = stage.browser(&other).await.cookie;
    assert_eq!(with(session).await, 429);
    let as_session = Browser { cookie: Some(own.clone()), ..Browser::of(stage.http()) };
    assert!(as_session.get("/espace").await.is(303).header("location").starts_with("/connexion"));
    assert_eq!(with(Some(own.clone())).await, 303);
    later(&stage, SignedDuration::from_hours(24 * 181));
    guesses(&stage.http(), account.identifier.as_str(), 6).await;
    assert_eq!(with(Some(own)).await, 429, "half a year without signing in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_makes_every_other_device_unknown() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let (mut own, mut thief) = (stage.browser(&account).await, stage.browser(&account).await);
    let change = [("current_password", PASSWORD), ("new_password", NEW), ("confirm_password", NEW)];
    own.post("/mot-de-passe", &change).await.is(303);
    guesses(&elsewhere(&stage, 2), account.identifier.as_str(), 6).await;
    try_again(&mut thief, &account, PASSWORD).await.is(429);
    try_again(&mut own, &account, NEW).await.is(303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_known_at_each_account_that_signed_in_there_and_its_cookie_shows_none() {
    let stage = Stage::set().await;
    let (first, second) = (stage.partner().await.account, stage.beneficiary().await);
    let mut shared = stage.browser(&first).await;
    try_again(&mut shared, &second, PASSWORD).await.is(303);
    for account in [&first, &second] {
        guesses(&elsewhere(&stage, 2), account.identifier.as_str(), 6).await;
        let answer = try_again(&mut shared, account, PASSWORD).await.is(303);
        let set = answer.headers.get_all("set-cookie").iter().map(|set| set.to_str().unwrap().to_owned());
        let set: Vec<_> = set.filter(|set| set.starts_with(DEVICE_COOKIE)).collect();
        assert!(set[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=15552000"), "{set:?}");
        assert!(!set[0].contains(first.identifier.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identifier_and_its_address_are_one_counter() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let names = [account.identifier.as_str(), account.email.as_str()];
    for name in names.into_iter().cycle().take(5) {
        stage.http().sign_in(name, WRONG).await.refuses(401, "wrong_credentials");
    }
    for name in names {
        stage.http().sign_in(name, PASSWORD).await.refuses(429, "too_many");
    }
    // The right password forgets the wrong ones, by whichever name it comes.
    later(&stage, SignedDuration::from_mins(1));
    stage.http().sign_in(names[1], PASSWORD).await.is(200);
    for _ in 0..5 {
        stage.http().sign_in(names[0], WRONG).await.refuses(401, "wrong_credentials");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_counts_as_somebody_does() {
    let stage = Stage::set().await;
    let (one, other) = (stage.partner().await.account, stage.partner().await.account);
    let pairs = [(one.identifier.as_str(), "personne-0000"), (other.email.as_str(), "personne@example.org")];
    for (somebody, nobody) in pairs {
        for _ in 0..8 {
            let (one, other) = (stage.http().sign_in(somebody, WRONG).await, stage.http().sign_in(nobody, WRONG).await);
            assert_eq!((one.status, &one.body), (other.status, &other.body), "{somebody}");
            assert_eq!(one.spent().write_tenths, other.spent().write_tenths, "{somebody} {}", one.status);
            assert_eq!(one.spent().trips, other.spent().trips, "{somebody} {}", one.status);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_identifiers_from_one_address_meet_a_limit_that_ends_after_a_quarter_of_an_hour() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let mut known = stage.browser(&account).await;
    let (stranger, began) = (elsewhere(&stage, 2), stage.house.clock.now());
    let names = (0..60).map(|number| (stranger.clone(), format!("inconnu-{number:04}")));
    let answers = at_once(10, names.map(|(http, name)| async move { http.sign_in(&name, WRONG).await })).await;
    assert_eq!(count(&answers, |answer| answer.status == 401), usize::try_from(SIGN_INS_FROM.most).unwrap());
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert_eq!(refused.len(), 10);
    assert!(refused.iter().all(|answer| (1..=900).contains(&waits(answer))));
    // Names that no account can have count as well; the right password waits, or it would tell.
    stranger.sign_in("a b", WRONG).await.refuses(429, "too_many");
    stranger.sign_in(account.identifier.as_str(), PASSWORD).await.refuses(429, "too_many");
    // Whoever the device is known to, and every other address, is free.
    known.http = stranger.clone();
    try_again(&mut known, &account, PASSWORD).await.is(303);
    elsewhere(&stage, 3).sign_in(account.identifier.as_str(), PASSWORD).await.is(200);
    stage.house.clock.set(began + SignedDuration::from_mins(14));
    stranger.sign_in(account.identifier.as_str(), PASSWORD).await.refuses(429, "too_many");
    stage.house.clock.set(began + SignedDuration::from_mins(16));
    stranger.sign_in(account.identifier.as_str(), PASSWORD).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_what_the_connection_says_and_no_header() {
    let stage = Stage::set().await;
    let mut statuses = Vec::new();
    for number in 0..60 {
        let request = stage.http().request(Method::POST, "/connexion").header(ACCEPT, "application/json");
        let request = request.header(CONTENT_TYPE, "application/json");
        let request =
            request.header("x-forwarded-for", format!("203.0.113.{number}")).header("forwarded", "for=203.0.113.9");
        let body = json!({ "identifier": format!("inconnu-{number:04}"), "password": WRONG }).to_string();
        statuses.push(stage.http().send(request, body).await.status);
    }
    assert_eq!(statuses[59], 429, "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_pupils_behind_one_address_sign_in_at_once_and_a_third_mistypes_first() {
    let stage = Stage::set().await;
    let pupils = class(&stage).await;
    let mistyped = pupils.iter().step_by(3).map(|name| (stage.http(), name.clone()));
    let wrong = at_once(10, mistyped.map(|(http, name)| async move { http.sign_in(&name, WRONG).await })).await;
    assert_eq!(count(&wrong, |answer| answer.status == 401), 10);
    let all = pupils.iter().map(|name| (stage.http(), name.clone()));
    let right = at_once(30, all.map(|(http, name)| async move { http.sign_in(&name, PASSWORD).await })).await;
    assert_eq!(count(&right, |answer| answer.status == 200), 30);
    // What was right was given back: forty wrong ones are free.
    let names = (0..40).map(|number| (stage.http(), format!("inconnu-{number:04}")));
    let answers = at_once(10, names.map(|(http, name)| async move { http.sign_in(&name, WRONG).await })).await;
    assert_eq!(count(&answers, |answer| answer.status == 401), 40);
    stage.http().sign_in("inconnu-9999", WRONG).await.refuses(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_counter_names_an_address_a_mailbox_or_a_guess() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    for name in [account.identifier.as_str(), account.email.as_str(), "motdepasse.tape"] {
        elsewhere(&stage, 42).sign_in(name, WRONG).await.is(401);
        recover(&stage, name).await.is(200);
    }
    elsewhere(&stage, 42).post_json("/hotline", None, &question("zoe@librairie.example")).await.is(200);
    let items = counters(&stage).await;
    let told = format!("{items:?}");
    for word in ["127.0.0", account.identifier.as_str(), "example", "motdepasse", "zoe"] {
        assert!(!told.contains(word), "{word}: {told}");
    }
    assert!(items.iter().all(|item| item.contains_key("expires_at")), "every counter is swept: {told}");
}

// ---------------------------------------------------------------- Recovery

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_a_mail_gives_nobody_another_guess() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    for name in [account.identifier.as_str(), "personne-0000"] {
        let before = guesses(&stage.http(), name, 8).await;
        assert_eq!(count(&before, |answer| answer.status == 401), 5, "{name}");
        for _ in 0..3 {
            recover(&stage, name).await.is(200);
        }
        let after = guesses(&stage.http(), name, 20).await;
        assert_eq!(count(&after, |answer| answer.status == 429), 20, "{name}");
    }
    // The chosen password waits on; the mailed one opens, and no further mail than the third left.
    assert_eq!(stage.mails().await.len(), 3);
    stage.http().sign_in(account.identifier.as_str(), PASSWORD).await.refuses(429, "too_many");
    let mailed = mailed_password(&stage, &account).await;
    let told = stage.http().sign_in(account.email.as_str(), &mailed).await.is(200).json();
    let till = Till { http: stage.http(), token: told["token"].as_str().unwrap().to_owned() };
    till.get("/espace").await.is(200);
    // Its use forgets no guess either.
    stage.http().sign_in(account.identifier.as_str(), PASSWORD).await.refuses(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_of_a_mailed_password_are_counted_apart_and_begin_anew_with_the_next_mail() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let name = account.identifier.as_str();
    recover(&stage, name).await.is(200);
    let mailed = mailed_password(&stage, &account).await;
    guesses(&stage.http(), name, 6).await;
    // One address has two hundred tries of it; a stranger who used them up takes no one else's.
    let stranger = elsewhere(&stage, 2);
    guesses(&stranger, name, 200).await;
    stranger.sign_in(name, &mailed).await.refuses(429, "too_many");
    stage.http().sign_in(name, &mailed).await.is(200);
    fill(&stage, "mailed-password#", limits::MAILED_PASSWORDS.most).await;
    stage.http().sign_in(name, &mailed).await.refuses(429, "too_many");
    recover(&stage, name).await.is(200);
    let next = mailed_password(&stage, &account).await;
    stage.http().sign_in(name, &next).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_gets_three_recoveries_an_hour_by_whatever_name_they_are_asked_for() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let email = account.email.as_str().to_owned();
    for _ in 0..3 {
        recover(&stage, account.identifier.as_str()).await.is(200);
        recover(&stage, &email.to_uppercase()).await.is(200);
        stage.http().post_json("/identifiant-oublie", None, &json!({ "email": email })).await.is(200);
    }
    assert_eq!(stage.mails().await.len(), usize::try_from(RECOVERIES.most).unwrap());
    later(&stage, SignedDuration::from_hours(1));
    recover(&stage, &email).await.is(200);
    assert_eq!(stage.mails().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn recoveries_from_one_address_meet_a_limit_and_a_class_does_not() {
    let stage = Stage::set().await;
    let pupils = class(&stage).await;
    for name in &pupils {
        recover(&stage, name).await.is(200);
    }
    assert_eq!(stage.mails().await.len(), 30);
    fill(&stage, RECOVERIES_FROM.name, RECOVERIES_FROM.most).await;
    let refused = recover(&stage, &pupils[0]).await.refuses(429, "too_many");
    assert!((1..=3600).contains(&waits(&refused)));
    let mut browser = Browser::of(stage.http());
    let page = browser.refused("/identifiant-oublie", &[("email", "lea@example.org")]).await.is(200).text();
    assert!(page.contains("Trop de demandes viennent de votre connexion à Internet"), "{page}");
    assert!(page.contains("value=\"lea@example.org\""), "{page}");
    let other = elsewhere(&stage, 2);
    other.post_json("/mot-de-passe-oublie", None, &json!({ "identifier": pupils[0] })).await.is(200);
    assert_eq!(stage.mails().await.len(), 31);
}

// ---------------------------------------------------------------- Mails to typed addresses

fn shop(siret: u64, email: &str) -> Value {
    json!({
        "legal_name": "SARL Les Ocres", "siret": Siret::made_up(siret).as_str(), "email": email, "phone": "0491000000",
        "civility": "madame", "referent_first_name": "Zoé", "referent_last_name": "Garcin",
    })
}

fn pupil(first_name: &str, email: &str) -> Value {
    json!({
        "birth_date": "2009-11-24", "status": "high_school", "home_postcode": "13001", "school_postcode": "13100",
        "school_name": "Lycée Marie-Curie", "first_name": first_name, "last_name": "Martin", "email": email,
    })
}

fn question(email: &str) -> Value {
    json!({
        "name": "Zoé Garcin", "email": email, "profile": "partner", "subject": "Gagnez 1 000 euros",
        "question": "Cliquez sur https://arnaque.example/gagner avant ce soir.",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_five_sirets_bring_five_mails_to_one_address_in_an_hour_and_ten_in_a_day() {
    let stage = Stage::set().await;
    let mut siret = 500_000_000;
    for (hour, sent) in [5, 5, 0].into_iter().enumerate() {
        for number in 0..25 {
            siret += 1;
            let answer =
                stage.http().post_json("/inscription/partenaire", None, &shop(siret, "victime@example.org")).await;
            assert_eq!(
                answer.status,
                if number < sent { 201 } else { 429 },
                "hour {hour}, {number}: {}",
                answer.text()
            );
            if answer.status == 429 {
                let most = if hour == 0 { 3600 } else { 24 * 3600 };
                assert!((1..=most).contains(&waits(&answer)), "{}", waits(&answer));
                let none = stage.house.store().partners.with_siret(&Siret::made_up(siret)).await.unwrap();
                assert!(none.is_none(), "no dossier without its mail");
            }
        }
        later(&stage, SignedDuration::from_hours(1));
    }
    assert_eq!(stage.mails().await.len(), usize::try_from(MAILS_TO_IN_A_DAY.most).unwrap());
    later(&stage, SignedDuration::from_hours(24));
    stage.http().post_json("/inscription/partenaire", None, &shop(siret + 1, "victime@example.org")).await.is(201);
}

/// Thirty-two ways to write one mailbox: case, dots, tags.
fn spellings() -> impl Iterator<Item = String> {
    let locals = ["leamartin", "lea.martin", "l.eamartin", "LeaMartin"];
    let tags = ["", "+pass", "+2", "+a.b"];
    let domains = ["example.org", "Example.ORG"];
    locals.into_iter().flat_map(move |local| {
        tags.into_iter().flat_map(move |tag| domains.into_iter().map(move |domain| format!("{local}{tag}@{domain}")))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_spellings_of_one_mailbox_bring_five_mails() {
    let stage = Stage::set().await;
    for (place, email) in spellings().enumerate() {
        let answer = stage.http().post_json("/inscription/jeune", None, &pupil("Léa", &email)).await;
        assert_eq!(answer.status, if place < 5 { 201 } else { 429 }, "{email}: {}", answer.text());
    }
    assert_eq!(stage.mails().await.len(), usize::try_from(MAILS_TO.most).unwrap());
    // The form says whose mails are too many and until when, and keeps what was typed.
    let form = pupil("Léa", "leamartin@example.org");
    let mut fields: Vec<(&str, &str)> =
        form.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    fields.push(("step", "4"));
    let page = Browser::of(stage.http()).refused("/inscription/jeune", &fields).await.is(200).text();
    assert!(
        page.contains("Plusieurs mails sont déjà partis à cette adresse : réessayez après le 24/11/2026"),
        "{page}"
    );
    assert!(page.contains("value=\"leamartin@example.org\"") && page.contains("value=\"Martin\""), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_mail_to_a_typed_address_counts_for_its_mailbox() {
    let stage = Stage::set().await;
    let email = "victime@example.org";
    for number in 0..2 {
        stage.http().post_json("/inscription/partenaire", None, &shop(510_000_000 + number, email)).await.is(201);
        stage.http().post_json("/inscription/jeune", None, &pupil("Léa", email)).await.is(201);
    }
    stage.http().post_json("/hotline", None, &question(email)).await.is(200);
    stage.http().post_json("/hotline", None, &question(email)).await.refuses(429, "too_many");
    stage.http().post_json("/inscription/jeune", None, &pupil("Léa", email)).await.refuses(429, "too_many");
    stage.http().post_json("/inscription/partenaire", None, &shop(510_000_009, email)).await.refuses(429, "too_many");
    // Another mailbox is free: what was refused was not counted anywhere.
    stage.http().post_json("/hotline", None, &question("autre@example.org")).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_pupils_behind_one_address_register_at_once() {
    let stage = Stage::set().await;
    let forms = (0..30).map(|number| (stage.http(), pupil("Léa", &format!("eleve{number}@example.org"))));
    let answers =
        at_once(30, forms.map(|(http, form)| async move { http.post_json("/inscription/jeune", None, &form).await }))
            .await;
    assert_eq!(count(&answers, |answer| answer.status == 201), 30);
    assert_eq!(stage.mails().await.len(), 30);
    fill(&stage, limits::REGISTRATIONS_FROM.name, limits::REGISTRATIONS_FROM.most).await;
    stage
        .http()
        .post_json("/inscription/jeune", None, &pupil("Léa", "eleve31@example.org"))
        .await
        .refuses(429, "too_many");
    stage
        .http()
        .post_json("/inscription/partenaire", None, &shop(520_000_000, "a@example.org"))
        .await
        .refuses(429, "too_many");
    let other = elsewhere(&stage, 2);
    other.post_json("/inscription/jeune", None, &pupil("Léa", "eleve31@example.org")).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_stranger_typed_is_repeated_to_an_address_that_nobody_proved() {
    let stage = Stage::set().await;
    let email = "victime@example.org";
    stage.http().post_json("/hotline", None, &question(email)).await.is(200);
    stage.http().post_json("/inscription/jeune", None, &pupil("Barnabé", email)).await.is(201);
    let named =
        json!({ "legal_name": "Zigzag Productions", "referent_first_name": "Barnabé", "referent_last_name": "Ixe" });
    let mut typed = shop(530_000_000, email);
    typed.as_object_mut().unwrap().extend(named.as_object().cloned().unwrap());
    stage.http().post_json("/inscription/partenaire", None, &typed).await.is(201);
    let mails = stage.mails().await;
    let mails: Vec<_> = mails.iter().filter(|mail| mail.to == email).collect();
    assert_eq!(mails.len(), 3);
    for mail in mails {
        let whole = format!("{} {} {}", mail.subject, mail.text, mail.html.as_deref().unwrap_or_default());
        for word in ["Garcin", "Gagnez", "arnaque", "Cliquez", "Barnabé", "Zigzag Productions", "Ixe", "Martin"] {
            assert!(!whole.contains(word), "{word} in « {} »", mail.subject);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mails_of_a_day_have_an_end_for_everybody_alike() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    stage.http().post_json("/hotline", None, &question("a@example.org")).await.is(200);
    fill(&stage, &format!("{}#", MAILS.name), MAILS.most - 1).await;
    recover(&stage, account.identifier.as_str()).await.is(200);
    let mails = stage.mails().await.len();
    for answer in [
        recover(&stage, account.identifier.as_str()).await,
        recover(&stage, "personne-0000").await,
        stage.http().post_json("/hotline", None, &question("b@example.org")).await,
        stage.http().post_json("/inscription/jeune", None, &pupil("Léa", "c@example.org")).await,
        stage.http().post_json("/inscription/partenaire", None, &shop(540_000_000, "d@example.org")).await,
    ] {
        let refused = answer.refuses(429, "too_many");
        assert!((1..=24 * 3600).contains(&waits(&refused)));
    }
    assert_eq!(stage.mails().await.len(), mails);
    let tomorrow: Timestamp = "2026-11-25T00:00:01Z".parse().unwrap();
    stage.house.clock.set(tomorrow);
    stage.http().post_json("/hotline", None, &question("b@example.org")).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_registrations_of_one_person_from_one_address_have_one_link_and_the_second_counts() {
    let stage = Stage::set().await;
    let link = async || {
        let mail = stage.mail_to("lea@example.org").await;
        mail.text.split("?token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    };
    stage.http().post_json("/inscription/jeune", None, &pupil("Léa", "lea@example.org")).await.is(201);
    let first = link().await;
    let mut second = pupil("LÉA", "Lea@Example.org");
    second["school_name"] = json!("Lycée Thiers");
    stage.http().post_json("/inscription/jeune", None, &second).await.is(201);
    let mail = stage.mail_to("Lea@example.org").await;
    assert!(mail.text.contains(&first), "the same link");
    let chosen = json!({ "token": first, "new_password": NEW, "confirm_password": NEW });
    stage.http().post_json("/inscription/jeune/confirmation", None, &chosen).await.is(201);
    stage.http().post_json("/inscription/jeune/confirmation", None, &chosen).await.refuses(409, "already_confirmed");
    let told = stage.http().sign_in("lea@example.org", NEW).await.is(200).json();
    let till = Till { http: stage.http(), token: told["token"].as_str().unwrap().to_owned() };
    assert!(till.get("/mes-donnees.json").await.is(200).text().contains("Lycée Thiers"));
    // Somebody else of that address has a link of their own.
    stage.http().post_json("/inscription/jeune", None, &pupil("Zoé", "lea@example.org")).await.is(201);
    assert_ne!(link().await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_and_a_school_have_limits_too_and_lose_nothing_that_they_typed() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let at_school = stage.till(&stage.account_of_school(&school).await).await;
    let form = |title: &str| {
        json!({
            "partner": shop.partner.id.as_str(), "title": title, "description": "Séance scolaire.", "day": "2026-12-17",
            "price": "8,00", "expected": "30", "organiser": "Mme Roux", "referent": "M. Blanc", "settlement_terms": "actual",
        })
    };
    at_school.post("/etablissement/sorties", &form("Le Cid")).await.is(201);
    fill(&stage, INVITATIONS_OF_SCHOOL.name, INVITATIONS_OF_SCHOOL.most).await;
    at_school.post("/etablissement/sorties", &form("Andromaque")).await.refuses(429, "too_many");
    let team = stage.till(&stage.team().await).await;
    let access = format!("/equipe/etablissements/{}/acces", school.id);
    team.post(&access, &json!({})).await.is(200);
    fill(&stage, limits::TEAM_MAILS_TO.name, limits::TEAM_MAILS_TO.most).await;
    later(&stage, SignedDuration::from_mins(2));
    team.post(&access, &json!({})).await.refuses(429, "too_many");
    assert_eq!(stage.mails().await.len(), 2);
}

/// A cookie that is sent twice, or with others, is read as browsers send it.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_known_beside_other_cookies() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let device = device_of(&stage, &account).await;
    guesses(&stage.http(), account.identifier.as_str(), 6).await;
    let request = stage.http().request(Method::POST, "/connexion").header(ACCEPT, "application/json");
    let request =
        request.header(CONTENT_TYPE, "application/json").header(COOKIE, format!("a=b; {DEVICE_COOKIE}={device}; c=d"));
    let body = json!({ "identifier": account.identifier.as_str(), "password": PASSWORD }).to_string();
    stage.http().send(request, body).await.is(200);
}
