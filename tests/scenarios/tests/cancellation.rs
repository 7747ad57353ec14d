//! A transaction is cancelled by its partner, on its Paris day, once.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use epass_cloud::Service;
use epass_domain::{Did, Envelope, Phase, Reference, Transaction, Voucher};
use epass_local::Template;
use epass_scenarios::{Setting, Stage, Trip, at, at_once, count};
use serde_json::json;

/// When the day's payment is made, its last second, and the first of the next day: an ordinary day, and the two of 2026 and
/// 2027 when the clock changes.
const DAYS: [(&str, &str, &str); 5] = [
    ("2026-11-24T09:00:00+01:00", "2026-11-24T23:59:59+01:00", "2026-11-25T00:00:00+01:00"),
    ("2026-03-29T00:10:00+01:00", "2026-03-29T23:59:59+02:00", "2026-03-30T00:00:00+02:00"),
    ("2026-10-25T00:10:00+02:00", "2026-10-25T23:59:59+01:00", "2026-10-26T00:00:00+01:00"),
    ("2027-03-28T00:10:00+01:00", "2027-03-28T23:59:59+02:00", "2027-03-29T00:00:00+02:00"),
    ("2027-10-31T00:10:00+02:00", "2027-10-31T23:59:59+01:00", "2027-11-01T00:00:00+01:00"),
];

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_ends_at_midnight_in_paris_on_every_kind_of_day() {
    for (paid_at, last_second, midnight) in DAYS {
        let stage = Stage::of(Setting { now: at(paid_at), ..Setting::default() }).await;
        let shop = stage.partner().await;
        let young = stage.young().await;
        let till = stage.till(&shop.account).await;
        let (taken_back, kept) = (till.ticket(&young).await, till.ticket(&young).await);
        let taken_back = till.pay(&taken_back, "reading", 3_00).await.is(201).json();
        let kept = till.pay(&kept, "reading", 4_00).await.is(201).json();
        let id = |paid: &serde_json::Value| paid["id"].as_str().unwrap().to_owned();

        // A session lives for twelve hours.
        stage.clock(last_second);
        let till = stage.till(&shop.account).await;
        stage.clock(last_second);
        let cancelled = till.cancel(&id(&taken_back)).await.is(200).json();
        assert_eq!(cancelled["amount_cents"], 3_00);
        assert_eq!(stage.left(&young, Envelope::Reading).await, 24_00, "{paid_at}");

        stage.clock(midnight);
        till.cancel(&id(&kept)).await.refuses(409, "cancellation_day_over");
        assert_eq!(stage.left(&young, Envelope::Reading).await, 24_00, "{paid_at}");
        let lines = till.history().await;
        assert_eq!(lines.iter().map(|line| line["state"].as_str().unwrap()).collect::<Vec<_>>(), ["paid", "cancelled"]);
        assert!(lines.iter().all(|line| line["cancellable"] == false));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_of_the_first_second_of_the_day_is_cancelled_on_that_day() {
    let stage = Stage::of(Setting { now: at("2026-10-25T00:00:00+02:00"), ..Setting::default() }).await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let young = stage.young().await;
    let ticket = till.ticket(&young).await;
    let paid = till.pay(&ticket, "reading", 1_00).await.is(201).json();
    // The hour between two and three comes twice; the second time is later, and the same day.
    stage.clock("2026-10-25T02:30:00+01:00");
    till.cancel(paid["id"].as_str().unwrap()).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_cancelled_once_and_by_nobody_else() {
    let stage = Stage::set().await;
    let (shop, other) = (stage.partner().await, stage.partner().await);
    let young = stage.young().await;
    let (till, stranger) = (stage.till(&shop.account).await, stage.till(&other.account).await);
    let paid = stage.payment(&shop, &young, 8_00).await.id.to_string();
    stranger.cancel(&paid).await.refuses(404, "not_found");
    till.cancel("019ab7c4-5b1e-7000-8000-5a9d3c2b1e0f").await.refuses(404, "not_found");
    till.cancel("..%2F..").await.refuses(404, "not_found");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 20_00);
    till.cancel(&paid).await.is(200);
    till.cancel(&paid).await.refuses(409, "already_cancelled");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_cancellations_at_once_exactly_one_gives_the_money_back() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    for _ in 0..3 {
        let paid = stage.payment(&shop, &young, 8_00).await.id.to_string();
        let all = (0..20).map(|_| (till.clone(), paid.clone()));
        let answers = at_once(20, all.map(|(till, paid)| async move { till.cancel(&paid).await })).await;
        assert_eq!(count(&answers, |answer| answer.status == 200), 1);
        assert_eq!(count(&answers, |answer| answer.status == 409 && answer.code() == "already_cancelled"), 19);
        assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_and_cancellations_that_meet_add_up() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let mut work = Vec::new();
    for _ in 0..10 {
        let paid = stage.payment(&shop, &young, 1_00).await.id.to_string();
        work.push((till.clone(), paid, till.ticket(&young).await));
    }
    let both = work.into_iter().map(|(till, paid, ticket)| async move {
        let (cancelled, bought) = tokio::join!(till.cancel(&paid), till.pay(&ticket, "reading", 2_00));
        (cancelled.status, bought.status)
    });
    let answers = at_once(10, both).await;
    // 18 euros are left, 10 come back, and ten times two are asked for: all of it fits unless a payment comes too early.
    let (back, taken) = (count(&answers, |of| of.0 == 200) as u64, count(&answers, |of| of.1 == 201) as u64);
    assert_eq!(back, 10);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 18_00 + back * 1_00 - taken * 2_00);
    let lines = till.history().await;
    let paid: u64 =
        lines.iter().filter(|line| line["state"] == "paid").map(|line| line["amount_cents"].as_u64().unwrap()).sum();
    assert_eq!(paid, 28_00 - stage.left(&young, Envelope::Reading).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outing_is_one_line_among_those_of_the_desk() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let young = stage.young().await;
    stage.payment(&shop, &young, 3_00).await;
    let (sortie, voucher) = stage.crowded(&school, &shop, stage.sheet().on("24/11/2026"), 30).await;
    let settled = stage.settled(&shop, &sortie, &voucher).await;
    stage.payment(&shop, &young, 4_00).await;

    let till = stage.till(&shop.account).await;
    let lines = till.history().await;
    assert_eq!(
        lines.iter().map(|line| line["payer"].as_str().unwrap()).collect::<Vec<_>>(),
        ["desk", "outing", "desk"]
    );
    let receipt = till.get(&format!("/transactions/{}", settled.id)).await.is(200).json();
    for outing in [&lines[1], &receipt] {
        assert_eq!((&outing["title"], &outing["present"]), (&json!("Le Cid, séance scolaire"), &json!(30)));
        assert_eq!(
            (&outing["sortie"], &outing["establishment"]),
            (&json!(sortie.id.as_str()), &json!("Lycée Marie-Curie"))
        );
        assert_eq!((&outing["amount_cents"], &outing["envelope"]), (&json!(24_000), &json!("outing")));
        assert_eq!((&outing["state"], &outing["cancellable"]), (&json!("paid"), &json!(true)));
        assert!(outing.get("first_name").is_none() && outing.get("available_cents").is_none());
    }
    let only = till.get("/transactions?envelope=outing&state=paid").await.is(200).json();
    assert_eq!(only["transactions"].as_array().unwrap().len(), 1);

    let csv = till.get("/transactions.csv").await.is(200).text();
    let row = csv.lines().find(|row| row.contains("Le Cid")).unwrap();
    let end = format!(";;;{};Sorties;240,00;240,00;Validée;Le Cid, séance scolaire;Lycée Marie-Curie;30", sortie.id);
    assert!(row.ends_with(&end), "{row}");

    let page = stage.browser(&shop.account).await.get("/transactions?state=paid").await.is(200).text();
    assert!(page.contains("247,00\u{A0}€"), "the totals count it: {page}");
    let own = stage.house.store().transactions.of(young.id, None, 10).await.unwrap();
    assert_eq!(own.transactions.len(), 2, "an outing is in nobody's own history");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_is_cancelled_on_its_day_reopens_the_outing_once() {
    let stage = Stage::of(Setting { now: at("2026-11-26T15:00:00+01:00"), ..Setting::default() }).await;
    let (shop, other) = (stage.partner().await, stage.partner().await);
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let young = stage.young().await;
    let sortie = stage.confirmed(&school, &shop, stage.sheet()).await;
    stage.joins(&sortie, &young).await;
    let (_, voucher) = stage.validated(&sortie).await;
    let settled = stage.settled(&shop, &sortie, &voucher).await;
    let stranger = stage.till(&other.account).await;
    stranger.cancel(&settled.id.to_string()).await.refuses(404, "not_found");

    let till = stage.till(&shop.account).await;
    let all = (0..8).map(|_| (till.clone(), settled.id.to_string()));
    let answers = at_once(8, all.map(|(till, id)| async move { till.cancel(&id).await })).await;
    assert_eq!(count(&answers, |answer| answer.status == 200), 1);
    assert_eq!(count(&answers, |answer| answer.status == 409 && answer.code() == "already_cancelled"), 7);
    let reopened = stage.outing(&sortie).await;
    assert_eq!(reopened.state.phase(), Phase::Validated);
    assert_eq!(stage.left(&young, Envelope::Outing).await, 2_00, "the price is still held");
    let steps = stage.house.store().sorties.steps(&sortie.id, None, 10).await.unwrap().steps;
    assert_eq!(steps[0].did, Did::Reopened);
    assert_eq!(steps[0].who, *shop.partner.known_as());

    // Settled again, it is another transaction; the first stays cancelled.
    stage.clock("2026-11-26T23:59:59+01:00");
    let again = stage.settled(&shop, &sortie, &voucher).await;
    let till = stage.till(&shop.account).await;
    stage.clock("2026-11-27T00:00:00+01:00");
    till.cancel(&again.id.to_string()).await.refuses(409, "cancellation_day_over");
    let lines = till.history().await;
    assert_eq!(lines.iter().map(|line| line["state"].as_str().unwrap()).collect::<Vec<_>>(), ["paid", "cancelled"]);
    assert_eq!(stage.outing(&sortie).await.state.phase(), Phase::Settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_transaction_that_the_outing_does_not_name_reopens_nothing() {
    let stage = Stage::of(Setting { now: at("2026-11-26T15:00:00+01:00"), ..Setting::default() }).await;
    let shop = stage.partner().await;
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let (sortie, voucher) = stage.crowded(&school, &shop, stage.sheet(), 2).await;
    let settled = stage.settled(&shop, &sortie, &voucher).await;
    let another = Transaction { id: stage.ticket(&shop, &stage.young().await).transaction, ..settled };
    stage.house.store().transactions.import(std::slice::from_ref(&another)).await.unwrap();
    stage.till(&shop.account).await.cancel(&another.id.to_string()).await.is(500);
    assert_eq!(stage.outing(&sortie).await.state.phase(), Phase::Settled);
}

/// What somebody else wrote over a voucher that paid.
enum Fate {
    /// Another transaction uses it.
    Others,
    /// It is gone.
    Gone,
}

async fn meets(stage: &Stage, voucher: &Reference, fate: Fate) {
    let client = Client::new(&stage.house.cloud().settings(Service::DynamoDb));
    let key = AttributeValue::S(voucher.as_str().to_owned());
    let table = Template::embedded().unwrap().table("References").unwrap().name.clone();
    match fate {
        Fate::Others => {
            let others = AttributeValue::S("019ab7c4-0000-7000-8000-000000000000".to_owned());
            let update = client.update_item().table_name(table).key("reference", key);
            let update = update.update_expression("SET voucher.used_by = :others");
            update.expression_attribute_values(":others", others).send().await.unwrap();
        }
        Fate::Gone => {
            client.delete_item().table_name(table).key("reference", key).send().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_that_one_write_refuses_is_refused_whole_and_never_swallows_the_money() {
    for (fate, status, left) in [(Fate::Others, 500, 25_00), (Fate::Gone, 200, 28_00)] {
        let stage = Stage::set().await;
        let (shop, young) = (stage.partner().await, stage.young().await);
        let till = stage.till(&shop.account).await;
        let expires_at = stage.house.clock.now() + jiff::SignedDuration::from_hours(48);
        let voucher = stage.voucher(&young, Voucher { envelope: None, expires_at, used_by: None }).await;
        let found = till.look_up(voucher.as_str(), &young.birth_date.iso()).await.is(200).json();
        let paid = till.pay(found["ticket"].as_str().unwrap(), "reading", 3_00).await.is(201).json();
        assert_eq!(stage.left(&young, Envelope::Reading).await, 25_00);
        meets(&stage, &voucher, fate).await;
        let id = paid["id"].as_str().unwrap();
        till.cancel(id).await.is(status);
        assert_eq!(stage.left(&young, Envelope::Reading).await, left);
        let state = till.get(&format!("/transactions/{id}")).await.is(200).json()["state"].clone();
        assert_eq!(state, if status == 200 { "cancelled" } else { "paid" });
    }
}
