//! What the desk costs, as DynamoDB itself counts it.

use std::fmt::Write;

use epass_domain::{Envelope, Voucher};
use epass_scenarios::{Spent, Stage, Till};
use jiff::SignedDuration;

fn spent(trips: u64, read_tenths: u64, write_tenths: u64) -> Spent {
    Spent { trips, read_tenths, write_tenths }
}

/// `EPASS_BUDGETS=FILE` keeps the table.
fn keep(table: &[(&str, Spent)]) {
    let mut text = String::from("| | round trips | read units | write units |\n| --- | --- | --- | --- |\n");
    let units = |tenths: u64| {
        if tenths.is_multiple_of(10) { format!("{}", tenths / 10) } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    for (what, spent) in table {
        let (read, write) = (units(spent.read_tenths), units(spent.write_tenths));
        writeln!(text, "| {what} | {} | {read} | {write} |", spent.trips).unwrap();
    }
    println!("{text}");
    if let Ok(file) = std::env::var("EPASS_BUDGETS") {
        std::fs::write(file, text).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_keeps_to_its_budgets() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    for _ in 0..30 {
        stage.payment(&shop, &young, 10).await;
    }
    let expires_at = stage.house.clock.now() + SignedDuration::from_hours(1);
    let voucher = stage.voucher(&young, Voucher { envelope: None, expires_at, used_by: None }).await;

    let found = till.look_up(young.card.as_str(), "2008-05-14").await.is(200);
    let ticket = found.json()["ticket"].as_str().unwrap().to_owned();
    let wrong = till.look_up(young.card.as_str(), "2008-05-15").await.is(404);
    let refused = till.pay(&ticket, "reading", 99_00).await.is(422);
    let paid = till.pay(&ticket, "reading", 1_00).await.is(201);
    let again = till.pay(&ticket, "reading", 1_00).await.is(200);
    let cancelled = till.cancel(paid.json()["id"].as_str().unwrap()).await.is(200);
    let by_voucher = till.look_up(voucher.as_str(), "2008-05-14").await.is(200);
    let ticket = by_voucher.json()["ticket"].as_str().unwrap().to_owned();
    let paid_by_voucher = till.pay(&ticket, "reading", 1_00).await.is(201);
    let voucher_back = till.cancel(paid_by_voucher.json()["id"].as_str().unwrap()).await.is(200);
    let history = till.get("/transactions").await.is(200);
    assert_eq!(history.json()["transactions"].as_array().unwrap().len(), 25);
    let next = till.get(&format!("/transactions?after={}", history.json()["next"].as_str().unwrap())).await.is(200);
    let receipt = till.get(&format!("/transactions/{}", paid.json()["id"].as_str().unwrap())).await.is(200);
    let filtered = till.get(&format!("/transactions?reference={}&state=paid", young.card.as_str())).await.is(200);
    let key = stage.till_key(&shop, true).await;
    let by_key = Till { http: stage.http(), token: key.reveal().to_owned() };
    let signer = &stage.house.app("partner-transaction").unwrap().signer;
    let code = signer.rotating_code(&young.file, stage.house.clock.now());
    let form = serde_json::json!({ "code": code.as_str() });
    let by_code = till.post("/transactions/recherche", &form).await.is(200);
    let replayed = till.post("/transactions/recherche", &form).await.is(404);
    let by_till = by_key.look_up(young.card.as_str(), "2008-05-14").await.is(200);
    let ticket = by_till.json()["ticket"].as_str().unwrap().to_owned();
    let paid_by_till = by_key.pay(&ticket, "reading", 1_00).await.is(201);
    by_key.cancel(paid_by_till.json()["id"].as_str().unwrap()).await.is(200);
    let table = [
        ("look-up", found.spent()),
        ("look-up, wrong", wrong.spent()),
        ("look-up by a scanned code", by_code.spent()),
        ("look-up by a code that served", replayed.spent()),
        ("look-up by a till", by_till.spent()),
        ("payment", paid.spent()),
        ("payment by a till", paid_by_till.spent()),
        ("payment sent again", again.spent()),
        ("payment that a rule refuses", refused.spent()),
        ("payment by voucher", paid_by_voucher.spent()),
        ("cancellation", cancelled.spent()),
        ("cancellation of a voucher's", voucher_back.spent()),
        ("25 lines of history", history.spent()),
        ("25 lines further on", next.spent()),
        ("history of one young person, with totals", filtered.spent()),
        ("receipt", receipt.spent()),
    ];
    keep(&table);

    // The budget: two round trips each; four write units, and one for the beneficiary's index; two more with a voucher.
    let is = |name: &str| table.iter().find(|(known, _)| *known == name).unwrap().1;
    assert_eq!(is("look-up"), spent(2, 60, 0));
    assert_eq!(is("look-up by a scanned code"), spent(3, 60, 10), "the mark is written while the wallet is read");
    assert_eq!(is("payment"), spent(2, 60, 50));
    // A till's use is counted while its key is read: one trip more, and no time.
    assert_eq!(is("look-up by a till"), spent(3, 50, 10));
    assert_eq!(is("payment by a till"), spent(3, 50, 60));
    assert_eq!(is("payment by voucher"), spent(2, 60, 70));
    assert_eq!(is("payment sent again"), spent(1, 60, 0));
    assert_eq!(is("payment that a rule refuses"), spent(1, 60, 0));
    assert_eq!(is("cancellation"), spent(2, 40, 50));
    assert_eq!(is("cancellation of a voucher's"), spent(2, 40, 70));
    for name in ["25 lines of history", "25 lines further on"] {
        assert_eq!((is(name).trips, is(name).write_tenths), (2, 0), "{name}");
        assert!(is(name).read_tenths <= 50, "{name}: {:?}", is(name));
    }
    assert_eq!(stage.left(&young, Envelope::Reading).await, 25_00);
}
