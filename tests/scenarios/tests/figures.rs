//! Key figures and statistics: what was taken is what is told, week by week, month by month, commune by commune.

use epass_domain::{Envelope, Line};
use epass_scenarios::{Setting, Shop, Stage, Till, at};
use serde_json::{Value, json};

/// Mid-October: weeks 40 (September and October) and 41 are closed, 42 runs; two shops in two communes.
struct Scene {
    stage: Stage,
    books: Shop,
    team: Till,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::of(Setting { now: at("2026-10-14T10:00:00+02:00"), ..Setting::default() }).await;
        let books = stage.partner().await;
        let theatre = stage.in_force(|dossier| {
            dossier.activity.address.commune = Line::parse("Arles", 100).unwrap();
        });
        stage.house.store().partners.import(&theatre).await.unwrap();
        let theatre = Shop { partner: theatre, account: books.account.clone() };
        stage.taken(&books, "2026-09-30", Envelope::Reading, 10_00).await;
        stage.taken(&books, "2026-10-01", Envelope::Reading, 4_00).await;
        stage.taken(&books, "2026-10-02", Envelope::Cinema, 3_00).await;
        stage.taken_and_cancelled(&books, "2026-10-02", Envelope::Reading, 28_00).await;
        stage.taken(&theatre, "2026-10-06", Envelope::Outing, 23_200).await;
        stage.taken(&books, "2026-10-13", Envelope::Reading, 2_00).await;
        for week in ["2026-W40", "2026-W41"] {
            stage.close(week).await;
        }
        let team = stage.till(&stage.team().await).await;
        Self { stage, books, team }
    }
}

fn columns(chart: &Value) -> Vec<(String, u64)> {
    let column = |of: &Value| (of["period"].as_str().unwrap().to_owned(), of["amount_cents"].as_u64().unwrap());
    chart["columns"].as_array().unwrap().iter().map(column).filter(|(_, cents)| *cents > 0).collect()
}

fn told(of: &[(&str, u64)]) -> Vec<(String, u64)> {
    of.iter().map(|(period, cents)| ((*period).to_owned(), *cents)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_sees_what_closed_weeks_took_by_week_month_envelope_commune_and_partner() {
    let scene = Scene::set().await;
    let figures = scene.team.get("/equipe/chiffres").await.is(200).json();
    assert_eq!(
        (&figures["count"], &figures["amount_cents"], &figures["statements"]),
        (&json!(4), &json!(24_900), &json!(2))
    );
    assert_eq!(columns(&figures["by_week"]), told(&[("2026-W40", 17_00), ("2026-W41", 23_200)]));
    assert_eq!(columns(&figures["by_month"]), told(&[("2026-09", 10_00), ("2026-10", 23_900)]));
    let communes = figures["communes"]["lines"].as_array().unwrap();
    let communes: Vec<_> = communes.iter().map(|line| (line["name"].clone(), line["amount_cents"].clone())).collect();
    assert_eq!(communes, [(json!("Arles"), json!(23_200)), (json!("Marseille"), json!(17_00))]);
    assert_eq!(figures["week"], "2026-W41", "the last one");
    let week = scene.team.get("/equipe/chiffres?closed_week=2026-W40").await.is(200).json();
    let partners = week["partners"]["lines"].as_array().unwrap();
    assert_eq!(partners.len(), 1);
    assert!(partners[0]["name"].as_str().unwrap().contains(scene.books.partner.id.as_str()));
    let csv = scene.team.get("/equipe/chiffres/semaines.csv").await.is(200).text();
    for line in
        ["2026-W40;2026-09;Lecture;1;10,00", "2026-W40;2026-10;Cinéma;1;3,00", "2026-W41;2026-10;Sorties;1;232,00"]
    {
        assert!(csv.contains(line), "{line}: {csv}");
    }
    let csv = scene.team.get("/equipe/chiffres/communes.csv").await.is(200).text();
    assert!(csv.contains("2026-W40;2026-09;Marseille;1;1;10,00"), "{csv}");
    let before = scene.team.get("/equipe/chiffres?campaign=2025-2026").await.is(200).json();
    assert_eq!((&before["count"], &before["week"]), (&json!(0), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_sees_its_own_with_the_week_that_runs_and_nothing_of_anothers() {
    let scene = Scene::set().await;
    let desk = scene.stage.till(&scene.books.account).await;
    let shown = desk.get("/statistiques").await.is(200).json();
    assert_eq!((&shown["count"], &shown["amount_cents"]), (&json!(4), &json!(19_00)));
    assert_eq!((&shown["average_cents"], &shown["best_week"]), (&json!(4_75), &json!("2026-W40")));
    assert_eq!(columns(&shown["by_week"]), told(&[("2026-W40", 17_00), ("2026-W42", 2_00)]));
    assert_eq!(columns(&shown["by_month"]), told(&[("2026-09", 10_00), ("2026-10", 9_00)]));
    let csv = desk.get("/statistiques.csv").await.is(200).text();
    assert!(csv.contains("2026-W42;2026-10;Lecture;1;2,00") && !csv.contains("232"), "{csv}");
    // A week that is over and not closed yet is counted too, and once when it is.
    scene.stage.clock("2026-10-19T03:00:00+02:00");
    let desk = scene.stage.till(&scene.books.account).await;
    let over = desk.get("/statistiques").await.is(200).json();
    scene.stage.close("2026-W42").await;
    assert_eq!(desk.get("/statistiques").await.is(200).json(), over);
    assert_eq!(over["amount_cents"], 19_00);
}
