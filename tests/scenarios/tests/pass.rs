//! *Mon pass*: balances, card, rotating code and history, as the young person sees them.

use epass_domain::{Campaign, CardState, Envelope, RotatingCode, Wallet};
use epass_scenarios::{Spent, Stage};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_young_person_signs_in_to_the_pass_and_sees_what_a_payment_left() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let account = stage.account_of(&young).await;
    stage.payment(&shop, &young, 12_50).await;
    let space = stage.browser(&account).await.get("/espace").await.is(303);
    assert_eq!(space.header("location"), "/mon-pass");

    let pass = stage.till(&account).await.get("/mon-pass").await.is(200).json();
    let left: Vec<_> = pass["envelopes"].as_array().unwrap().iter().map(|one| one["left_cents"].as_u64()).collect();
    assert_eq!(left, [Some(15_50), Some(12_00), Some(10_00), Some(10_00)]);
    assert_eq!((&pass["suspended"], &pass["over"]), (&false.into(), &false.into()));
    assert_eq!(pass["card_number"], young.card.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_is_the_young_persons_own_and_another_one_every_half_minute() {
    let stage = Stage::set().await;
    let young = stage.young().await;
    let till = stage.till(&stage.account_of(&young).await).await;
    let other = stage.till(&stage.beneficiary().await).await;
    let signer = stage.house.app("beneficiary-pass").unwrap().signer.clone();
    let digits = |answer: &epass_scenarios::Answer| answer.json()["code"]["digits"].as_str().unwrap().to_owned();

    stage.clock("2026-11-24T10:00:20+01:00");
    let answer = till.get("/mon-pass/code").await.is(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let left = answer.json()["code"]["seconds_left"].as_i64().unwrap();
    assert!((8..=10).contains(&left), "{left}");
    let first = digits(&answer);
    let shown = signer.shown(&RotatingCode::parse(&first).unwrap(), stage.house.clock.now()).unwrap();
    assert_eq!(shown.file, young.file);
    assert_ne!(first[9..], digits(&other.get("/mon-pass/code").await.is(200))[9..]);

    stage.clock("2026-11-24T10:00:30+01:00");
    let second = digits(&till.get("/mon-pass/code").await.is(200));
    assert_ne!(second, first);
    let shop = stage.partner().await;
    let found =
        stage.till(&shop.account).await.post("/transactions/recherche", &json!({ "code": second })).await.is(200);
    assert_eq!(found.json()["last_name"], young.last_name.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_does_not_pay_shows_no_code_and_says_why() {
    let stage = Stage::set().await;
    let ended = Wallet::full(Campaign::parse("2025-2026").unwrap());
    let suspended = stage.young_with(|young| young.card_state = CardState::Suspended).await;
    let over = stage.young_with(|young| young.wallet = ended).await;
    for (young, word, link) in [(suspended, "suspended", "/hotline"), (over, "over", "/renouvellement")] {
        let account = stage.account_of(&young).await;
        let told = stage.till(&account).await.get("/mon-pass/code").await.is(200).json();
        assert_eq!((&told[word], &told["code"]), (&true.into(), &serde_json::Value::Null));
        let browser = stage.browser(&account).await;
        for path in ["/mon-pass", "/mon-pass/carte", "/mon-pass/code"] {
            let page = browser.get(path).await.is(200).text();
            let main = page.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
            assert!(main.contains(&format!("href=\"{link}\"")), "{path} leads to {link}:\n{main}");
            assert!(!main.contains("data-code") && !main.contains("href=\"/mon-pass/code\""), "{path}:\n{main}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_names_the_partner_and_says_what_was_cancelled_and_holds_nobody_elses() {
    let stage = Stage::set().await;
    let (shop, young, other) = (stage.partner().await, stage.young().await, stage.young().await);
    let desk = stage.till(&shop.account).await;
    let taken_back = stage.payment(&shop, &young, 3_00).await;
    desk.cancel(&taken_back.id.to_string()).await.is(200);
    stage.payment(&shop, &other, 4_00).await;
    stage.payment(&shop, &young, 5_00).await;

    let history = stage.till(&stage.account_of(&young).await).await.get("/mon-pass/historique").await.is(200).json();
    let lines = history["transactions"].as_array().unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line["amount_cents"].as_u64(), line["state"].as_str())).collect();
    assert_eq!(told, [(Some(5_00), Some("paid")), (Some(3_00), Some("cancelled"))]);
    assert_eq!((&lines[0]["partner"], &lines[0]["commune"]), (&"Librairie des Lices".into(), &"Marseille".into()));
    assert_eq!(stage.left(&young, Envelope::Reading).await, 23_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_is_paged_without_gap_or_repeat() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    for cents in 1..=60 {
        stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_millis(2));
        stage.payment(&shop, &young, cents).await;
    }
    let till = stage.till(&stage.account_of(&young).await).await;
    let (mut seen, mut pages, mut path) = (Vec::new(), 0, "/mon-pass/historique".to_owned());
    loop {
        let page = till.get(&path).await.is(200).json();
        let lines = page["transactions"].as_array().unwrap();
        seen.extend(lines.iter().map(|line| line["amount_cents"].as_u64().unwrap()));
        pages += 1;
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/mon-pass/historique?after={next}");
    }
    assert_eq!((pages, seen), (3, (1..=60).rev().collect::<Vec<u64>>()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pass_keeps_to_its_budgets() {
    let stage = Stage::set().await;
    let young = stage.young().await;
    for _ in 0..3 {
        let shop = stage.partner().await;
        stage.payment(&shop, &young, 1_00).await;
    }
    let till = stage.till(&stage.account_of(&young).await).await;
    for path in ["/mon-pass", "/mon-pass/carte", "/mon-pass/code"] {
        let spent = till.get(path).await.is(200).spent();
        assert_eq!(spent, Spent { trips: 1, read_tenths: 30, write_tenths: 0 }, "{path}");
    }
    let spent = till.get("/mon-pass/historique").await.is(200).spent();
    println!("history: {spent:?}");
    assert_eq!((spent.trips, spent.write_tenths), (3, 0));
    assert!(spent.read_tenths <= 70, "{spent:?}");
}
