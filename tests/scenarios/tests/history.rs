//! *Je suis mes transactions*: found by a part of a name, and added up without being asked.

use epass_domain::Line;
use epass_scenarios::{Stage, Till, Trip};
use jiff::SignedDuration;
use serde_json::{Value, json};

async fn named(till: &Till, name: &str) -> Vec<Value> {
    let query = serde_html_form::to_string([("name", name)]).unwrap();
    let page = till.get(&format!("/transactions?{query}")).await.is(200).json();
    page["transactions"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_searched_by_part_of_a_name_whatever_its_accents_and_its_order() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let line = |text: &str| Line::parse(text, 100).unwrap();
    let ines = stage.young().await;
    let zoe = stage.young_with(|young| (young.first_name, young.last_name) = (line("Zoé"), line("Lefèvre-Roux"))).await;
    stage.payment(&shop, &ines, 1_00).await;
    stage.payment(&shop, &zoe, 2_00).await;
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let sortie = stage.confirmed(&school, &shop, stage.sheet().on("24/11/2026")).await;
    stage.joins(&sortie, &ines).await;
    let (sortie, voucher) = stage.validated(&sortie).await;
    stage.settled(&shop, &sortie, &voucher).await;
    let till = stage.till(&shop.account).await;
    let cases = [
        ("roux", 2),
        ("ROUX", 2),
        ("lefevre roux", 1),
        ("roux zoé", 1),
        ("zoe l", 1),
        ("inès", 1),
        ("curie", 1),
        ("martin", 0),
    ];
    for (name, lines) in cases {
        assert_eq!(named(&till, name).await.len(), lines, "{name}");
    }
    let csv = till.get("/transactions.csv?name=zoe").await.is(200).text();
    assert!(csv.contains("Zoé") && !csv.contains("Inès"), "{csv}");
    let page = stage.browser(&shop.account).await.get("/transactions?name=zoe").await.is(200).text();
    assert!(page.contains("Zoé Lefèvre-Roux") && page.contains("Total à rembourser"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_adds_up_today_and_this_week_without_a_filter() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let till = stage.till(&shop.account).await;
    // The stage begins on a Tuesday: this one is of Monday, the week before is left out.
    let tuesday = stage.house.clock.now();
    for (days_ago, cents) in [(8, 7_00), (1, 3_00)] {
        stage.house.clock.set(tuesday - SignedDuration::from_hours(24 * days_ago));
        stage.payment(&shop, &young, cents).await;
    }
    stage.house.clock.set(tuesday);
    stage.payment(&shop, &young, 2_00).await;
    let undone = stage.payment(&shop, &young, 1_00).await.id.to_string();
    till.cancel(&undone).await.is(200);
    let today = json!({ "period": "today", "paid": 1, "paid_cents": 2_00, "cancelled": 1, "complete": true });
    let week = json!({ "period": "week", "paid": 2, "paid_cents": 5_00, "cancelled": 1, "complete": true });
    assert_eq!(till.get("/transactions").await.is(200).json()["totals"], json!([today, week]));

    // The same where the first page does not reach back to Monday.
    for _ in 0..30 {
        stage.payment(&shop, &young, 10).await;
    }
    let listed = till.get("/transactions").await.is(200).json();
    assert_eq!(listed["transactions"].as_array().unwrap().len(), 25);
    assert_eq!((&listed["totals"][0]["paid_cents"], &listed["totals"][1]["paid_cents"]), (&json!(5_00), &json!(8_00)));
    let page = stage.browser(&shop.account).await.get("/transactions").await.is(200).text();
    assert!(page.contains("Aujourd’hui") && page.contains("Depuis lundi") && page.contains("8,00\u{a0}€"), "{page}");
    let further = till.get(&format!("/transactions?after={}", listed["next"].as_str().unwrap())).await.is(200).json();
    assert_eq!(further["totals"], json!([]));
}
