//! A bon plan's dates are data (`product.md`, *Bon plan*): registration, the line and the lists end with them; drafts need none;
//! the team takes one down; a partner without a convention in force takes no registration.

use epass_domain::{BonPlan, Standing};
use epass_scenarios::{Browser, Deal, Stage, Visitor, count, slot};
use serde_json::{Value, json};

const NEW: &str = "/mes-bons-plans/nouveau";

#[tokio::test(flavor = "multi_thread")]
async fn registration_and_the_line_end_when_the_last_date_begins_and_all_ends_when_it_does() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let series =
        vec![slot("2026-11-28", "2026-11-28", "16:00", "18:00"), slot("2026-12-05", "2026-12-05", "16:00", "18:00")];
    let plan = stage.published(&shop, stage.content(&shop).places(1).dates(series)).await;
    let mut all = stage.visitors(4).await;
    for one in &all[..3] {
        one.join(&plan).await.is(201);
    }
    let shown = all[0].sees(&plan).await;
    assert_eq!(shown["dates"][1]["begins_at"], "2026-12-05T15:00:00Z");
    assert_eq!(shown["closes_at"], "2026-12-05T15:00:00Z");

    stage.clock("2026-12-05T15:59:59+01:00");
    for one in &mut all {
        one.returns(&stage).await;
    }
    all[3].join(&plan).await.is(201);
    all[0].leave(&plan).await.is(200);
    assert_eq!(all[1].standing(&plan).await, "in", "until it begins, a place goes to the first in line");

    stage.clock("2026-12-05T16:00:00+01:00");
    Visitor::come(&stage).await.join(&plan).await.refuses(409, "registration_closed");
    all[1].leave(&plan).await.is(200);
    assert_eq!(stage.attendance(&plan).await, (0, 2), "nobody moves up in line once it has begun");
    assert_eq!(stage.told_of_a_place().await.len(), 1);
    assert_eq!(stage.listed("").await.len(), 1);

    stage.clock("2026-12-05T18:00:00+01:00");
    Visitor::come(&stage).await.join(&plan).await.refuses(409, "bon_plan_ended");
    all[2].leave(&plan).await.refuses(409, "bon_plan_ended");
    assert_eq!(stage.on_the_list(&plan, Standing::Waiting).await.len(), 2);
    assert!(stage.listed("").await.is_empty(), "what is over is not shown");
    assert!(stage.listed("from=2026-12-01&places_left=yes").await.is_empty());
    assert_eq!(all[2].sees(&plan).await["over"], true);
    let lines = all[2].get("/bons-plans/inscriptions").await;
    assert_eq!(lines["registrations"][0]["over"], true);
    let till = stage.till(&shop.account).await;
    assert_eq!(till.get("/mes-bons-plans").await.json()["bons_plans"][0]["is_over"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_first_comes_first_to_the_minute_and_whole_days_end_at_midnight() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let mut plans = Vec::new();
    for (begin, end) in [("", ""), ("16:00", "18:00"), ("10:00", "12:00"), ("22:00", "01:00")] {
        let date = slot("2026-11-28", "2026-11-28", begin, end);
        plans.push(stage.published(&shop, stage.content(&shop).dates(vec![date])).await.id.to_string());
    }
    let listed = async |at: &str, query: &str| {
        stage.clock(at);
        let found = stage.listed(query).await;
        let ids: Vec<String> = found.iter().map(|line| line["id"].as_str().unwrap().to_owned()).collect();
        ids.iter().map(|id| plans.iter().position(|plan| plan == id).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(listed("2026-11-27T12:00:00+01:00", "").await, [2, 1, 0, 3]);
    assert_eq!(listed("2026-11-28T11:59:59+01:00", "envelope=reading").await, [2, 1, 0, 3]);
    assert_eq!(listed("2026-11-28T12:00:00+01:00", "").await, [1, 0, 3]);
    assert_eq!(listed("2026-11-28T18:00:00+01:00", "commune=marseille").await, [0, 3]);
    assert_eq!(listed("2026-11-29T00:00:00+01:00", "").await, [3]);
    assert_eq!(listed("2026-11-29T01:00:00+01:00", "").await, [0_usize; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_night_on_which_the_clock_goes_back_is_an_hour_longer() {
    let stage = Stage::set().await;
    stage.clock("2026-10-20T12:00:00+02:00");
    let shop = stage.partner().await;
    // From half past one, summer time, to half past two, winter time: two hours.
    let night = slot("2026-10-25", "2026-10-25", "01:30", "02:30");
    let plan = stage.published(&shop, stage.content(&shop).places(5).dates(vec![night])).await;
    for (at, code) in [
        ("2026-10-25T01:29:59+02:00", ""),
        ("2026-10-25T01:30:00+02:00", "registration_closed"),
        ("2026-10-25T02:30:00+02:00", "registration_closed"),
        ("2026-10-25T02:29:59+01:00", "registration_closed"),
        ("2026-10-25T02:30:00+01:00", "bon_plan_ended"),
    ] {
        stage.clock(at);
        let answer = Visitor::come(&stage).await.join(&plan).await;
        match code {
            "" => answer.is(201),
            _ => answer.refuses(409, code),
        };
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_kept_whatever_it_lacks_and_is_faulty_only_when_it_is_sent() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let nothing = till.post(NEW, &json!({})).await.is(201).json();
    assert_eq!(nothing["standing"]["state"], "draft");
    let typed = json!({
        "title": "Rencontre", "place_postcode": "1300", "places": "-3",
        "dates": [{ "day": "2026-11-28", "begin": "16:00", "end": "" }],
    });
    let told = till.post(NEW, &typed).await.is(201).json();
    let path = format!("/mes-bons-plans/{}", told["id"].as_str().unwrap());
    let listed = till.get("/mes-bons-plans").await.is(200).json();
    let titles: Vec<&str> =
        listed["bons_plans"].as_array().unwrap().iter().map(|line| line["title"].as_str().unwrap()).collect();
    assert_eq!(titles[0], "Rencontre");
    assert!(titles[1].starts_with("Brouillon du"), "{titles:?}");

    let shown = till.get(&path).await.is(200).json();
    assert_eq!(shown["bon_plan"], Value::Null);
    let missing: Vec<&str> =
        shown["missing"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    let fields =
        ["description", "envelope", "place", "place_postcode", "place_commune", "end_1", "offer", "accompanied"];
    assert_eq!(missing[..8], fields);
    let read = till.get(&format!("{path}/modifier")).await.is(200).json();
    assert_eq!(read["bon_plan"]["place_postcode"], "1300", "what was typed is kept as it was");
    assert_eq!(
        read["bon_plan"]["dates"],
        json!([{ "day": "2026-11-28", "begin": "16:00", "end": "", "last_day": "" }])
    );

    let sent = till.post(&format!("{path}/envoi"), &json!({ "revision": 1 })).await.refuses(422, "invalid");
    assert!(sent.faults().iter().any(|(field, _)| field == "end_1"), "{:?}", sent.faults());
    // In a browser the faults stand at the fields of the form, and the draft is still there.
    let mut browser = stage.browser(&shop.account).await;
    let page = browser.refused(&format!("{path}/envoi"), &[("revision", "1")]).await.is(200).text();
    assert!(page.contains("id=\"end_1-error\"") && page.contains("value=\"1300\""), "{page}");
    let page = browser.get(&path).await.is(200).text();
    assert!(page.contains("il reste à compléter") && page.contains("modifier#end_1"), "{page}");

    till.post(&format!("{path}/retrait"), &json!({ "revision": 1 })).await.is(200);
    till.get(&path).await.refuses(404, "not_found");
    stage.browser(&shop.account).await.get(&format!("/bons-plans/{}", nothing["id"].as_str().unwrap())).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn corrections_of_a_refused_one_are_kept_apart_until_they_are_sent() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let waits = stage.submitted(&shop, stage.content(&shop)).await;
    let reason = epass_domain::Paragraph::parse("Précisez.", 100).unwrap();
    let refused = waits.clone().refuse(reason, stage.house.clock.now()).unwrap();
    let store = stage.house.store();
    store.bons_plans.save(&waits, &refused, &[]).await.unwrap().unwrap();
    let path = format!("/mes-bons-plans/{}", refused.id);
    let mut read = till.get(&format!("{path}/modifier")).await.is(200).json()["bon_plan"].clone();
    read["title"] = json!("");
    till.post(&format!("{path}/modifier"), &read).await.is(200);
    let stands = store.bons_plans.find(refused.id).await.unwrap().unwrap();
    assert_eq!(stands.content, refused.content, "what the team saw stays");
    let shown = till.get(&path).await.is(200).json();
    assert_eq!((&shown["unsent"], &shown["missing"][0]["field"]), (&json!(true), &json!("title")));
    let revision = json!({ "revision": shown["revision"] });
    till.post(&format!("{path}/envoi"), &revision).await.refuses(422, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_takes_one_down_with_a_reason_and_everybody_concerned_is_told() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(1)).await;
    let (inside, waiting) = (Visitor::come(&stage).await, Visitor::come(&stage).await);
    inside.join(&plan).await.is(201);
    waiting.join(&plan).await.is(201);
    let team = stage.till(&stage.team().await).await;
    let path = format!("/equipe/bons-plans/{}/retrait", plan.id);
    let body = json!({ "revision": plan.revision, "taking_down_reason": "Le lieu est fermé." });
    let unsaid = team.post(&path, &json!({ "revision": plan.revision })).await.refuses(422, "invalid");
    assert_eq!(unsaid.faults(), [("taking_down_reason".to_owned(), "missing".to_owned())]);
    team.post(&path, &json!({ "revision": 1, "taking_down_reason": "Non" })).await.refuses(409, "bon_plan_changed");
    assert_eq!(team.post(&path, &body).await.is(200).json()["state"], "taken_down");
    team.post(&path, &body).await.refuses(409, "bon_plan_changed");

    assert!(stage.listed("").await.is_empty());
    Visitor::come(&stage).await.join(&plan).await.refuses(409, "not_published");
    let mails = stage.mails().await;
    for young in [&inside.email, &waiting.email] {
        assert_eq!(count(&mails, |mail| mail.to == *young && mail.subject.contains("retiré")), 1);
        assert!(!mails.iter().any(|mail| mail.to == *young && mail.text.contains("Le lieu est fermé.")));
    }
    let referent = shop.partner.referent_email().as_str();
    assert_eq!(count(&mails, |mail| mail.to == referent && mail.text.contains("Le lieu est fermé.")), 1);
    let till = stage.till(&shop.account).await;
    let shown = till.get(&format!("/mes-bons-plans/{}", plan.id)).await.is(200).json();
    assert_eq!(
        (&shown["standing"]["state"], &shown["standing"]["reason"]),
        (&json!("taken_down"), &json!("Le lieu est fermé."))
    );
    assert_eq!(inside.get("/bons-plans/inscriptions").await["registrations"][0]["taken_down"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_partners_bons_plans_stay_to_be_read_and_take_no_registration_until_it_is_validated_again() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(5)).await;
    let waits = stage.submitted(&shop, stage.content(&shop)).await;
    let one = Visitor::come(&stage).await;
    one.join(&plan).await.is(201);
    let after = stage.blocked(&shop).await;

    assert_eq!(stage.listed("").await.len(), 1, "it stays to be read");
    let other = Visitor::come(&stage).await;
    other.join(&plan).await.refuses(409, "registration_suspended");
    assert_eq!(stage.attendance(&plan).await, (1, 0));
    let page = Browser::of(stage.http()).get(&format!("/bons-plans/{}", plan.id)).await.is(200).text();
    assert!(page.contains("ne prend pas d’inscription pour l’instant"), "{page}");
    one.leave(&plan).await.is(200);
    let team = stage.till(&stage.team().await).await;
    let publication = format!("/equipe/bons-plans/{}/publication", waits.id);
    team.post(&publication, &json!({ "revision": waits.revision })).await.refuses(422, "partner_blocked");
    let culturo = format!("/culturo/{}", shop.partner.id);
    Browser::of(stage.http()).get(&culturo).await.is(404);

    stage.validated_again(&after).await;
    other.join(&plan).await.is(201);
    team.post(&publication, &json!({ "revision": waits.revision })).await.is(200);
    Browser::of(stage.http()).get(&culturo).await.is(200);
}

/// What is asked of a list stays true to its plans: the `Deal` of a test is announced before its first date.
#[tokio::test(flavor = "multi_thread")]
async fn lists_say_the_dates_as_data() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let one: BonPlan = stage.published(&shop, stage.content(&shop)).await;
    let line = stage.listed("").await[0].clone();
    assert_eq!(line["id"], one.id.to_string());
    assert_eq!((&line["dates"], &line["begin"], &line["end"]), (&json!(1), &json!("16:00"), &json!("18:00")));
    let page = Browser::of(stage.http()).get("/bons-plans").await.is(200).text().replace('\u{A0}', " ");
    assert!(page.contains("samedi 28 novembre 2026, de 16 h à 18 h"), "{page}");
}
