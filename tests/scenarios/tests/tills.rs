//! A till's key opens the desk and nothing else, is shown once, is counted, and ends at once.

use epass_domain::limits::LOOK_UPS_OF_SHOP;
use epass_domain::{Envelope, TillKey};
use epass_scenarios::{Browser, Shop, Stage, Till, at_once, count};
use epass_web::TillSecret;
use jiff::SignedDuration;
use serde_json::{Value, json};

const TILLS: &str = "/dossier/caisse";

/// A key made through the page, and what the answer says of it.
async fn make(shop: &Till, name: &str) -> (String, Value) {
    let made = shop.post(TILLS, &json!({ "till": name })).await.is(201).json();
    (made["key"].as_str().unwrap().to_owned(), made)
}

fn till(stage: &Stage, key: &str) -> Till {
    Till { http: stage.http(), token: key.to_owned() }
}

/// The one line of a shop's list.
async fn only_line(shop: &Till) -> Value {
    let listed = shop.get(TILLS).await.is(200).json();
    assert_eq!(listed["keys"].as_array().unwrap().len(), 1);
    listed["keys"][0].clone()
}

async fn open(stage: &Stage) -> (Shop, Till) {
    let shop = stage.partner().await;
    let session = stage.till(&shop.account).await;
    (shop, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_looks_up_takes_cancels_and_reads_the_history() {
    let stage = Stage::set().await;
    let (_, session) = open(&stage).await;
    let young = stage.young().await;
    let (key, _) = make(&session, "Caisse 1").await;
    let till = till(&stage, &key);
    let ticket = till.ticket(&young).await;
    let paid = till.pay(&ticket, "reading", 12_50).await.is(201).json();
    assert_eq!(till.pay(&ticket, "reading", 12_50).await.is(200).json(), paid);
    // What a till took is the shop's: its own session sees it, and the other way round.
    assert_eq!(session.history().await, till.history().await);
    till.get("/transactions.csv").await.is(200);
    let id = paid["id"].as_str().unwrap();
    till.get(&format!("/transactions/{id}")).await.is(200);
    till.cancel(id).await.is(200);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_comes_to_the_desk_and_no_further() {
    let stage = Stage::set().await;
    let (shop, session) = open(&stage).await;
    let (key, made) = make(&session, "Caisse 1").await;
    let till = till(&stage, &key);
    for path in ["/dossier", "/dossier/modifier", TILLS, "/convention", "/espace", "/mot-de-passe", "/equipe/mails"] {
        till.get(path).await.refuses(403, "forbidden");
    }
    till.post(TILLS, &json!({ "till": "Caisse 2" })).await.refuses(403, "forbidden");
    let revocation = format!("{TILLS}/{}/revocation", made["id"].as_str().unwrap());
    till.post(&revocation, &json!({})).await.refuses(403, "forbidden");
    till.post("/deconnexion", &json!({})).await.is(200);
    till.get("/transactions").await.is(200);
    let change =
        json!({ "current_password": "x", "new_password": "Brise7Calanque", "confirm_password": "Brise7Calanque" });
    till.post("/mot-de-passe", &change).await.refuses(403, "forbidden");
    // To a page for all it is nobody, and a cookie is no place for a key.
    assert!(till.get("/").await.is(200).text().contains("{"));
    let as_cookie = Browser { cookie: Some(key), ..Browser::of(stage.http()) };
    as_cookie.get("/transactions").await.is(303);
    assert_eq!(stage.as_stored(&stage.young().await).await.wallet.reading.cents(), 28_00);
    session.get("/dossier").await.is(200);
    assert_eq!(session.get("/dossier").await.is(200).json()["number"], shop.partner.id.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ends_with_its_revocation_at_the_next_request_and_the_others_go_on() {
    let stage = Stage::set().await;
    let (_, session) = open(&stage).await;
    let (first, made) = make(&session, "Caisse 1").await;
    let (second, _) = make(&session, "Caisse 2").await;
    till(&stage, &first).get("/transactions").await.is(200);
    let revocation = format!("{TILLS}/{}/revocation", made["id"].as_str().unwrap());
    for _ in 0..2 {
        session.post(&revocation, &json!({})).await.is(200);
        till(&stage, &first).get("/transactions").await.refuses(401, "unauthenticated");
    }
    till(&stage, &second).get("/transactions").await.is(200);
    let listed = session.get(TILLS).await.is(200).json();
    let states: Vec<_> = listed["keys"].as_array().unwrap().iter().map(|key| key["revoked_at"].is_null()).collect();
    assert_eq!(states, [true, false], "live ones first");
    // A refused request is no use of it.
    assert_eq!(listed["keys"][1]["uses"], 1);
    // Another shop cannot end it, nor learn that there is such a key.
    let (_, other) = open(&stage).await;
    let second = &listed["keys"][0]["id"];
    other.post(&format!("{TILLS}/{}/revocation", second.as_str().unwrap()), &json!({})).await.refuses(404, "not_found");
    session.post(&format!("{TILLS}/{}/revocation", "0".repeat(64)), &json!({})).await.refuses(404, "not_found");
    session.post(&format!("{TILLS}/rien/revocation"), &json!({})).await.refuses(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_opens_nothing_whichever_part_is_wrong() {
    let stage = Stage::set().await;
    let (shop, session) = open(&stage).await;
    let (other, _) = open(&stage).await;
    let (key, _) = make(&session, "Caisse 1").await;
    let last = if key.ends_with('0') { "1" } else { "0" };
    let elsewhere = key.replace(shop.partner.id.as_str(), other.partner.id.as_str());
    let nobodys = TillSecret::mint(&"99999999".to_owned().try_into().unwrap()).reveal().to_owned();
    let wrong =
        [format!("{}{last}", &key[..key.len() - 1]), elsewhere, nobodys, key.to_uppercase(), key[..20].to_owned()];
    for wrong in wrong {
        till(&stage, &wrong).get("/transactions").await.refuses(401, "unauthenticated");
    }
    // Of what is listed nobody can make a key.
    let line = only_line(&session).await;
    let id = line["id"].as_str().unwrap();
    for text in [id.to_owned(), format!("epk_{}_{id}", shop.partner.id)] {
        till(&stage, &text).get("/transactions").await.refuses(401, "unauthenticated");
    }
    assert_eq!(line["uses"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_with_a_key_is_counted_those_at_once_as_well() {
    let stage = Stage::set().await;
    let (_, session) = open(&stage).await;
    let young = stage.young().await;
    let (key, _) = make(&session, "Caisse 1").await;
    assert_eq!(only_line(&session).await["last_used_at"], Value::Null);
    let till = till(&stage, &key);
    let answers =
        at_once(20, (0..40).map(|_| till.clone()).map(|till| async move { till.get("/transactions").await })).await;
    assert_eq!(count(&answers, |answer| answer.status == 200), 40);
    stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_hours(1));
    till.look_up(young.card.as_str(), "2008-05-15").await.refuses(404, "not_found");
    let line = only_line(&session).await;
    assert_eq!(line["uses"], 41);
    let hour_ago = stage.house.clock.now() - SignedDuration::from_mins(1);
    assert!(line["last_used_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap() > hour_ago);
    // Ten typos close that till, and neither the desk nor the next till.
    for _ in 0..9 {
        till.look_up(young.card.as_str(), "2008-05-15").await.refuses(404, "not_found");
    }
    till.look_up(young.card.as_str(), "2008-05-14").await.refuses(429, "too_many");
    session.look_up(young.card.as_str(), "2008-05-14").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_no_way_to_go_on_guessing() {
    let stage = Stage::set().await;
    let (_, session) = open(&stage).await;
    let young = stage.young().await;
    let mut wrong = 0;
    'tills: for number in 0..10 {
        let (key, _) = make(&session, &format!("Caisse {number}")).await;
        let till = till(&stage, &key);
        for _ in 0..10 {
            match till.look_up(young.card.as_str(), "2008-05-15").await.status {
                404 => wrong += 1,
                429 => break 'tills,
                other => panic!("{other}"),
            }
        }
    }
    assert_eq!(wrong, LOOK_UPS_OF_SHOP.most);
    session.look_up(young.card.as_str(), "2008-05-14").await.refuses(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_for_five_minutes_and_sending_its_form_again_makes_no_second_one() {
    let stage = Stage::set().await;
    let (shop, session) = open(&stage).await;
    let mut browser = stage.browser(&shop.account).await;
    let page = browser.get(TILLS).await.is(200).text();
    let once = page.split("name=\"once\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let form = [("till", "Caisse 1"), ("once", once.as_str())];
    let led = browser.post(TILLS, &form).await.is(303).header("location").to_owned();
    let shown = browser.get(&led).await.is(200);
    assert_eq!(shown.header("cache-control"), "no-store");
    let key = shown.text().split("epk_").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    till(&stage, &format!("epk_{key}")).get("/transactions").await.is(200);
    let again = browser.refused(TILLS, &form).await.is(200).text();
    assert!(again.contains("ne s’affiche qu’une fois") && !again.contains(&key));
    assert!(!browser.get(TILLS).await.is(200).text().contains(&key));
    assert!(!led.contains(&key) && browser.get(&led).await.is(200).text().contains(&key), "Reload shows it again");
    let elsewhere = stage.browser(&shop.account).await;
    assert!(!elsewhere.get(&led).await.is(200).text().contains(&key), "in that session alone");
    stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_mins(5));
    assert!(!browser.get(&led).await.is(200).text().contains(&key));
    only_line(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_keys_are_live_at_most_however_they_are_asked_for() {
    let stage = Stage::set().await;
    let (_, session) = open(&stage).await;
    let asked = (0..16).map(|n| (session.clone(), json!({ "till": format!("Caisse {n}") })));
    let answers = at_once(16, asked.map(|(session, form)| async move { session.post(TILLS, &form).await })).await;
    assert_eq!(count(&answers, |answer| answer.status == 201), TillKey::MOST as usize);
    assert_eq!(count(&answers, |answer| answer.code() == "too_many_till_keys"), 6);
    let listed = session.get(TILLS).await.is(200).json();
    let id = listed["keys"][0]["id"].as_str().unwrap();
    // One that ends makes room for one, once.
    for _ in 0..2 {
        session.post(&format!("{TILLS}/{id}/revocation"), &json!({})).await.is(200);
    }
    make(&session, "Caisse 17").await;
    session.post(TILLS, &json!({ "till": "Caisse 18" })).await.refuses(422, "too_many_till_keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_convention_no_key_is_made_a_till_takes_nothing_and_can_still_be_ended() {
    let stage = Stage::set().await;
    let newcomer = stage.newcomer().await;
    let session = stage.till(&newcomer.account).await;
    session.post(TILLS, &json!({ "till": "Caisse 1" })).await.refuses(422, "no_convention");
    // One that was made while there was a convention.
    let key = stage.till_key(&newcomer, true).await;
    let till = till(&stage, key.reveal());
    till.get("/transactions/nouvelle").await.refuses(422, "no_convention");
    till.look_up(stage.young().await.card.as_str(), "2008-05-14").await.refuses(422, "no_convention");
    session.post(&format!("{TILLS}/{}/revocation", key.id()), &json!({})).await.is(200);
    till.get("/transactions").await.refuses(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ends_after_a_year_is_told_a_month_before_and_is_renewed_with_one_click() {
    let stage = Stage::set().await;
    let (shop, session) = open(&stage).await;
    let (key, made) = make(&session, "Caisse 1").await;
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(made["ends_at"], "2027-11-24T23:00:00Z");
    let chore = background_housekeeping::Chore::TillKeys;
    let housekeeping = stage.house.housekeeping().unwrap();
    assert_eq!(housekeeping.handle(chore).await.unwrap().keys, 0);

    stage.clock("2027-10-28T08:30:00+02:00");
    assert_eq!(housekeeping.handle(chore).await.unwrap().keys, 1);
    assert_eq!(housekeeping.handle(chore).await.unwrap().keys, 0, "once");
    let mail = stage.mail_to(shop.partner.referent_email().as_str()).await;
    assert!(mail.subject.contains("échéance") && mail.text.contains("24/11/2027"), "{}", mail.text);

    stage.clock("2027-11-24T22:00:00+01:00");
    till(&stage, &key).history().await;
    stage.clock("2027-11-25T00:00:00+01:00");
    till(&stage, &key).get("/transactions").await.refuses(401, "unauthenticated");
    let session = stage.till(&shop.account).await;
    assert_eq!(only_line(&session).await["revoked_at"], Value::Null);
    let page = stage.browser(&shop.account).await.get(TILLS).await.is(200).text();
    assert!(page.contains("Échue") && page.contains("Prolonger"), "{page}");
    for _ in 0..2 {
        session.post(&format!("{TILLS}/{id}/prolongation"), &json!({})).await.is(200);
    }
    till(&stage, &key).get("/transactions").await.is(200);
    assert_eq!(only_line(&session).await["ends_at"], "2028-11-24T23:00:00Z");
    session.post(&format!("{TILLS}/{id}/revocation"), &json!({})).await.is(200);
    session.post(&format!("{TILLS}/{id}/prolongation"), &json!({})).await.is(404);
    till(&stage, &key).get("/transactions").await.refuses(401, "unauthenticated");
    let others = stage.partner().await;
    stage.till(&others.account).await.post(&format!("{TILLS}/{id}/prolongation"), &json!({})).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_made_or_revoked_is_told_to_the_account_s_address() {
    let stage = Stage::set().await;
    let (shop, session) = open(&stage).await;
    let (key, made) = make(&session, "Caisse du fond").await;
    let told = stage.mail_to(shop.account.email.as_str()).await;
    assert!(told.subject.starts_with("Une clé de caisse est créée") && told.text.contains("Caisse du fond"));
    assert!(!told.text.contains(&key), "the key is shown once, and not here");
    session.post(&format!("{TILLS}/{}/revocation", made["id"].as_str().unwrap()), &json!({})).await.is(200);
    session.post(&format!("{TILLS}/{}/revocation", made["id"].as_str().unwrap()), &json!({})).await.is(200);
    let told = stage.mail_to(shop.account.email.as_str()).await;
    assert!(told.subject.starts_with("Une clé de caisse est révoquée"), "{}", told.subject);
    assert_eq!(stage.mails().await.len(), 2, "a second revocation tells nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_says_that_keys_stay_in_service_and_ends_them_when_asked_to() {
    for ends in [false, true] {
        let stage = Stage::set().await;
        let (shop, session) = open(&stage).await;
        let (key, _) = make(&session, "Caisse 1").await;
        assert_eq!(session.get("/mot-de-passe").await.is(200).json()["till_keys"], 1);
        let page = stage.browser(&shop.account).await.get("/mot-de-passe").await.is(200).text();
        assert!(page.contains("Révoquer aussi les clés de mes caisses"));
        let change = json!({
            "current_password": epass_scenarios::PASSWORD, "new_password": "Brise7Calanque",
            "confirm_password": "Brise7Calanque", "end_till_keys": if ends { "yes" } else { "" },
        });
        session.post("/mot-de-passe", &change).await.is(200);
        let till = till(&stage, &key).get("/transactions").await;
        if ends {
            till.refuses(401, "unauthenticated")
        } else {
            till.is(200)
        };
        let told = stage.mail_to(shop.account.email.as_str()).await.text;
        assert_eq!(told.contains("révoquées avec lui"), ends, "{told}");
        assert_eq!(told.contains("restent en service"), !ends, "{told}");
    }
}
