//! Finding 25 of thousands of published bons plans: what it costs, and that nothing is missed or shown twice.

use std::collections::BTreeSet;
use std::fmt::Write;

use axum::http::Method;
use epass_domain::{BonPlan, BonPlanId, Content, Envelope, Line, Offer, ParisDay, Place, Places};
use epass_scenarios::{Answer, Stage, announced, slot};
use serde_json::Value;
use uuid::Uuid;

/// So many, or `EPASS_BROWSING_PLANS`: 10000 for the measurement that the README shows.
fn how_many() -> u32 {
    std::env::var("EPASS_BROWSING_PLANS").map_or(2_000, |count| count.parse().unwrap())
}

/// A seventh of them.
const fn is_full(plan: &BonPlan) -> bool {
    plan.id.0.as_u128() % 7 == 1
}

const COMMUNES: [&str; 20] = [
    "Marseille",
    "Aix-en-Provence",
    "Toulon",
    "Nice",
    "Avignon",
    "Arles",
    "Gap",
    "Digne-les-Bains",
    "Manosque",
    "Cannes",
    "Antibes",
    "Grasse",
    "Hyères",
    "Fréjus",
    "Draguignan",
    "Orange",
    "Carpentras",
    "Martigues",
    "Aubagne",
    "La Ciotat",
];

/// A year of them: every envelope, twenty communes, half of them free, a fifth full, one to ten days long.
fn one_of_many(like: &BonPlan, number: u32) -> BonPlan {
    let content = &like.content;
    let today = ParisDay::parse("24/11/2026").unwrap();
    let first = today.plus_days((number * 350 / how_many()) as i32);
    let last = first.plus_days((number % 10) as i32);
    let hour = 9 + number % 8;
    let (begin, end) = (format!("{hour}:00"), format!("{}:30", hour + 1));
    // A tenth for whole days, as they were kept before dates had hours.
    let begin = if number.is_multiple_of(10) { "" } else { &begin };
    let dates = announced(vec![slot(&first.iso(), &last.iso(), begin, &end)]);
    let place =
        Place { commune: Line::parse(COMMUNES[(number / 3) as usize % 20], 50).unwrap(), ..content.place.clone() };
    let offer = if number.is_multiple_of(2) {
        Offer::Free
    } else {
        Offer::Reduced(Line::parse("5 € au lieu de 12 € avec la carte", 60).unwrap())
    };
    BonPlan {
        id: BonPlanId(Uuid::from_u128(u128::from(number) + 1)),
        content: Content {
            title: Line::parse(&format!("Rencontre n° {number} avec une autrice de romans graphiques"), 80).unwrap(),
            envelope: Envelope::DESK[number as usize % 3],
            place,
            dates,
            offer,
            places: Some(Places::try_from(10).unwrap()),
            ..content.clone()
        },
        ..like.clone()
    }
}

async fn ask(stage: &Stage, query: &str) -> Answer {
    let request = stage.http().request(Method::GET, &format!("/bons-plans?{query}"));
    stage.http().send(request.header("accept", "application/json"), "").await.is(200)
}

fn lines(answer: &Answer) -> Vec<Value> {
    answer.json()["bons_plans"].as_array().unwrap().clone()
}

/// All pages of a list.
async fn all(stage: &Stage, query: &str) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), String::new());
    for _ in 0..200 {
        let page = ask(stage, &format!("{query}&after={}", after.replace('#', "%23").replace(' ', "%20"))).await;
        found.extend(lines(&page).iter().map(|line| line["id"].as_str().unwrap().to_owned()));
        match page.json()["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => return found,
        }
    }
    panic!("{query} never ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_five_of_thousands() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let now = stage.house.clock.now();
    let like = stage.submitted(&shop, stage.content(&shop)).await.publish(now).unwrap();
    let plans: Vec<BonPlan> = (0..how_many()).map(|number| one_of_many(&like, number)).collect();
    let store = stage.house.store();
    // One whole, so that its commune may be chosen; of the others, what lists read.
    store.bons_plans.import(&plans[0]).await.unwrap();
    let shelved: Vec<_> = plans[1..].iter().map(|plan| (plan.clone(), is_full(plan))).collect();
    store.shelves.import(&shelved).await.unwrap();

    let asked = [
        ("nothing asked", ""),
        ("envelope and commune", "envelope=cinema&commune=Nice"),
        ("commune and free", "commune=Toulon&offer=free"),
        ("envelope and days", "envelope=reading&from=2027-02-01&to=2027-02-14"),
        ("commune and places left", "commune=Arles&places_left=yes"),
        ("days and free", "from=2027-05-01&to=2027-05-31&offer=free"),
        ("envelope, commune, free, places left", "envelope=performance&commune=Gap&offer=free&places_left=yes"),
    ];
    let mut table =
        format!("| of {} | found | round trips | read units | ms |\n| --- | --- | --- | --- | --- |\n", plans.len());
    for (what, query) in asked {
        let began = std::time::Instant::now();
        let answer = ask(&stage, query).await;
        let (ms, spent, found) = (began.elapsed().as_millis(), answer.spent(), lines(&answer).len());
        writeln!(
            table,
            "| {what} | {found} | {} | {}.{} | {ms} |",
            spent.trips,
            spent.read_tenths / 10,
            spent.read_tenths % 10
        )
        .unwrap();
        assert!(spent.trips <= 2 && spent.read_tenths <= 150, "{what}: {spent:?}");
        assert!(found == 25 || answer.json()["next"].is_string() || how_many() < 10_000, "{what}: {found}");
    }
    println!("{table}");
    if let Ok(file) = std::env::var("EPASS_BROWSING") {
        std::fs::write(file, &table).unwrap();
    }

    // Every page together is exactly what fits, each once, what ends first first.
    let fits = |plan: &BonPlan| {
        let content = &plan.content;
        content.place.commune.as_str() == "Arles" && !is_full(plan) && content.offer == Offer::Free
    };
    let mut expected: Vec<&BonPlan> = plans.iter().filter(|plan| fits(plan)).collect();
    expected.sort_by_key(|plan| (plan.content.dates.end_at(), plan.id.to_string()));
    let found = all(&stage, "commune=Arles&offer=free&places_left=yes").await;
    assert_eq!(found, expected.iter().map(|plan| plan.id.to_string()).collect::<Vec<_>>());
    let whole: Vec<String> = all(&stage, "envelope=reading&commune=Arles").await;
    assert_eq!(whole.len(), whole.iter().collect::<BTreeSet<_>>().len(), "nothing twice");
    // A year later, none of it is over by mistake and nothing over is left.
    stage.clock("2027-06-01T10:00:00+02:00");
    let later = lines(&ask(&stage, "").await);
    assert!(later.iter().all(|line| line["last_day"].as_str().unwrap() >= "2027-06-01"));
}
