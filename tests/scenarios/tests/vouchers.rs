//! A young person's vouchers: made, shown, used once, given back, revoked; three at a time, however many are asked for.

use epass_domain::{Beneficiary, CardState, Envelope};
use epass_scenarios::{Answer, Browser, Stage, Till, at_once, count};
use serde_json::{Value, json};

const HERE: &str = "/mes-vouchers";

/// Somebody who is signed in.
async fn signed_in(stage: &Stage) -> (Beneficiary, Till) {
    let young = stage.young().await;
    let till = stage.till(&stage.account_of(&young).await).await;
    (young, till)
}

async fn make(till: &Till, envelope: &str, days: &str) -> Answer {
    till.post(HERE, &json!({ "voucher_envelope": envelope, "days": days })).await
}

async fn made(till: &Till, envelope: &str, days: &str) -> String {
    make(till, envelope, days).await.is(201).json()["voucher"]["number"].as_str().unwrap().to_owned()
}

async fn revoke(till: &Till, number: &str) -> Answer {
    till.post("/mes-vouchers/revocation", &json!({ "voucher_number": number })).await
}

async fn shown(till: &Till) -> Vec<Value> {
    till.get(HERE).await.is(200).json()["vouchers"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_pays_once_from_its_envelope_and_comes_back_with_a_cancellation() {
    let stage = Stage::set().await;
    let shop = stage.partner_taking(&[Envelope::Reading, Envelope::Cinema]).await;
    let desk = stage.till(&shop.account).await;
    let (young, phone) = signed_in(&stage).await;
    let number = made(&phone, "cinema", "7").await;

    let ticket = async || {
        let found = desk.look_up(&number, &young.birth_date.iso()).await.is(200);
        found.json()["ticket"].as_str().unwrap().to_owned()
    };
    desk.pay(&ticket().await, "reading", 1_00).await.refuses(422, "voucher_for_another_envelope");
    let paid = desk.pay(&ticket().await, "cinema", 5_00).await.is(201);
    assert_eq!(shown(&phone).await[0]["state"], "used");
    revoke(&phone, &number).await.refuses(422, "voucher_used");
    desk.cancel(paid.json()["id"].as_str().unwrap()).await.is(200);
    assert_eq!(shown(&phone).await[0]["state"], "live");
    desk.pay(&ticket().await, "cinema", 12_00).await.is(201);
    assert_eq!(stage.left(&young, Envelope::Cinema).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_one_means_nothing_at_once_not_even_to_a_desk_that_has_just_looked_it_up() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let desk = stage.till(&shop.account).await;
    let (young, phone) = signed_in(&stage).await;
    let number = made(&phone, "", "30").await;
    let found = desk.look_up(&number, &young.birth_date.iso()).await.is(200);
    for _ in 0..2 {
        revoke(&phone, &number).await.is(200);
    }
    assert!(shown(&phone).await.is_empty());
    let ticket = found.json()["ticket"].as_str().unwrap().to_owned();
    desk.pay(&ticket, "reading", 1_00).await.is(422);
    desk.look_up(&number, &young.birth_date.iso()).await.is(404);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);

    // Nobody else's can be revoked, and nobody learns whether it exists.
    let (_, other) = signed_in(&stage).await;
    let mine = made(&phone, "", "1").await;
    revoke(&other, &mine).await.is(200);
    assert_eq!(shown(&phone).await[0]["state"], "live");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_at_a_time_however_many_are_asked_for_at_once() {
    let stage = Stage::set().await;
    let (_, phone) = signed_in(&stage).await;
    let asked = (0..12).map(|_| {
        let phone = phone.clone();
        async move { make(&phone, "", "30").await }
    });
    let answers = at_once(12, asked).await;
    assert_eq!(count(&answers, |answer| answer.status == 201), 3);
    let refused = |answer: &Answer| answer.code() == "too_many_vouchers" || answer.status == 503;
    assert_eq!(count(&answers, refused), 9, "{answers:?}");
    assert_eq!(shown(&phone).await.len(), 3);
    let first = shown(&phone).await[0]["number"].as_str().unwrap().to_owned();
    revoke(&phone, &first).await.is(200);
    made(&phone, "reading", "1").await;
    make(&phone, "", "1").await.refuses(422, "too_many_vouchers");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_used_today_counts_until_midnight_and_an_expired_one_does_not() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let desk = stage.till(&shop.account).await;
    let (young, phone) = signed_in(&stage).await;
    let number = made(&phone, "", "30").await;
    made(&phone, "", "1").await;
    made(&phone, "", "1").await;
    let found = desk.look_up(&number, &young.birth_date.iso()).await.is(200);
    desk.pay(found.json()["ticket"].as_str().unwrap(), "reading", 1_00).await.is(201);
    make(&phone, "", "1").await.refuses(422, "too_many_vouchers");
    let page = stage.browser(&stage.account_of_signed_in(&young).await).await.get(HERE).await.is(200).text();
    assert!(page.contains("compte jusqu’à minuit"), "the page says why");

    stage.clock("2026-11-25T00:00:01+01:00");
    let phone = stage.till(&stage.account_of_signed_in(&young).await).await;
    for _ in 0..3 {
        made(&phone, "", "30").await;
    }
    assert_eq!(shown(&phone).await.len(), 3, "those that no longer count are swept");
    let desk = stage.till(&shop.account).await;
    desk.look_up(&number, &young.birth_date.iso()).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_pays_nothing_makes_no_voucher() {
    let stage = Stage::set().await;
    let suspended = stage.young_with(|young| young.card_state = CardState::Suspended).await;
    let phone = stage.till(&stage.account_of(&suspended).await).await;
    make(&phone, "", "7").await.refuses(422, "card_suspended");
    let faults = make(&phone, "outing", "31").await.refuses(422, "invalid").faults();
    assert_eq!(faults.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["voucher_envelope", "days"]);
    let none = revoke(&phone, "12345-67890-X").await.refuses(422, "invalid").faults();
    assert_eq!(none[0], ("voucher_number".to_owned(), "voucher_number".to_owned()));
    let (_, phone) = signed_in(&stage).await;
    stage.clock("2027-09-02T10:00:00+02:00");
    make(&phone, "", "7").await.is(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_makes_and_revokes_with_forms_alone() {
    let stage = Stage::set().await;
    let young = stage.young().await;
    let mut browser: Browser = stage.browser(&stage.account_of(&young).await).await;
    let done = browser.post(HERE, &[("voucher_envelope", ""), ("days", "7")]).await.is(303);
    let page = browser.get(done.header("location")).await.is(200).text();
    assert!(page.contains("Votre voucher est prêt") && page.contains("<svg class=\"qr\""), "{page}");
    let number = page.split("name=\"voucher_number\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let done = browser.post("/mes-vouchers/revocation", &[("voucher_number", &number)]).await.is(303);
    let page = browser.get(done.header("location")).await.is(200).text();
    assert!(page.contains("Encore 3 vouchers possibles") && !page.contains("<svg class=\"qr\""), "{page}");
    let page = browser.refused(HERE, &[("days", "")]).await.is(200).text();
    assert!(page.contains("Ce champ est obligatoire"), "{page}");
}
