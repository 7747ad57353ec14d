//! Bons plans over HTTP: the team decides, young people come in the order in which they came, and nobody oversells.

use epass_domain::{BonPlan, CardState, Line, Places, Standing};
use epass_scenarios::{Deal, Shop, Stage, Visitor, at_once, count};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn who_clicks_twice_is_on_the_list_once_and_leaves_once() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(5)).await;
    let one = Visitor::come(&stage).await;
    let twice = [one.clone(), one.clone(), one.clone()].map(|one| {
        let plan = plan.clone();
        async move { one.join(&plan).await }
    });
    let answers = at_once(3, twice).await;
    assert_eq!(count(&answers, |answer| answer.status == 201), 1);
    assert_eq!(count(&answers, |answer| answer.code() == "already_registered"), 2);
    assert_eq!(stage.attendance(&plan).await, (1, 0));
    let twice = [one.clone(), one.clone(), one.clone()].map(|one| {
        let plan = plan.clone();
        async move { one.leave(&plan).await }
    });
    assert_eq!(count(&at_once(3, twice).await, |answer| answer.status == 200), 3);
    assert_eq!(stage.attendance(&plan).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_and_go_at_once_and_the_counters_stay_right() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(7)).await;
    let all = stage.visitors(40).await;
    let moving = all.iter().cloned().enumerate().map(|(rank, one)| {
        let plan = plan.clone();
        async move {
            let mut answers = vec![one.join(&plan).await];
            if rank % 2 == 0 {
                answers.push(one.leave(&plan).await);
            }
            if rank % 4 == 0 {
                answers.push(one.join(&plan).await);
            }
            answers
        }
    });
    let answers = at_once(40, moving).await.concat();
    assert_eq!(count(&answers, |answer| !matches!(answer.status, 200 | 201)), 0);
    let (inside, line) =
        (stage.on_the_list(&plan, Standing::In).await, stage.on_the_list(&plan, Standing::Waiting).await);
    assert_eq!((inside.len(), line.len()), (7, 23), "thirty are still there");
    assert_eq!(stage.attendance(&plan).await, (7, 23));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_register_is_told_why_and_is_on_no_list() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let content = || stage.content(&shop).places(5);
    let mut one = Visitor::come(&stage).await;

    let adults = stage.published(&shop, content().at_least(25)).await;
    one.join(&adults).await.refuses(422, "too_young");
    let free = stage.published(&shop, stage.content(&shop)).await;
    one.join(&free).await.refuses(422, "no_registration");
    let waiting = stage.submitted(&shop, content()).await;
    one.join(&waiting).await.is(404);
    let suspended = Visitor::of(&stage, |young| young.card_state = CardState::Suspended).await;
    let open = stage.published(&shop, content()).await;
    suspended.join(&open).await.refuses(422, "card_suspended");
    assert_eq!(stage.attendance(&open).await, (0, 0));

    one.join(&open).await.is(201);
    let store = stage.house.store();
    let now = stage.house.clock.now();
    let withdrawn = open.clone().withdraw(now).unwrap();
    store.bons_plans.save(&open, &withdrawn, &[]).await.unwrap().unwrap();
    Visitor::come(&stage).await.join(&open).await.refuses(409, "not_published");
    assert_eq!(one.sees(&open).await["registration"]["standing"], "in", "who registered still finds it");
    one.leave(&open).await.is(200);

    let long = stage.published(&shop, content().days("2026-11-29", "2026-12-05")).await;
    stage.clock("2026-11-29T23:59:30+01:00");
    one.returns(&stage).await;
    one.join(&long).await.is(201);
    stage.clock("2026-11-30T00:00:00+01:00");
    Visitor::come(&stage).await.join(&long).await.refuses(409, "registration_closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_conditions_hold_where_what_was_read_is_old() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(1).at_least(18)).await;
    let store = stage.house.store();
    let before = store.attendances.terms(plan.id).await.unwrap().unwrap();
    let now = stage.house.clock.now();
    let child = Visitor::of(&stage, |young| {
        young.birth_date = epass_domain::BirthDate::parse("29/11/2008", epass_domain::ParisDay::of(now)).unwrap();
    })
    .await;
    let adult = Visitor::of(&stage, |young| {
        young.birth_date = epass_domain::BirthDate::parse("28/11/2008", epass_domain::ParisDay::of(now)).unwrap();
    })
    .await;
    child.join(&plan).await.refuses(422, "too_young");
    adult.join(&plan).await.is(201);

    // Somebody who read the terms before the place was taken, before the closing or before the change of age is decided on
    // again, by the conditions.
    let candidate = |visitor: &Visitor, born: &str| {
        let (id, email) = (visitor.id, visitor.email.clone());
        let born = epass_domain::BirthDate::parse(born, epass_domain::ParisDay::of(now)).unwrap();
        let line = |text| epass_domain::Line::parse(text, 100).unwrap();
        epass_store::Candidate {
            attendee: epass_domain::Attendee {
                beneficiary: id,
                first_name: line("Inès"),
                last_name: line("Roux"),
                email: epass_domain::Email::parse(&email).unwrap(),
                phone: None,
                arrival: epass_web::mint::arrival_id(now),
                registered_at: now,
                standing: Standing::Waiting,
            },
            born,
            card: CardState::Active,
        }
    };
    let any_age = epass_domain::Terms { born_by: None, ..before.clone() };
    let refused = store
        .attendances
        .join(&lenient(&plan), any_age, &candidate(&child, "29/11/2008"), now, |_| None)
        .await
        .unwrap();
    assert_eq!(refused, Err(epass_domain::AttendanceRefusal::TooYoung));
    let late = Visitor::come(&stage).await;
    let joined =
        store.attendances.join(&plan, before.clone(), &candidate(&late, "14/05/2008"), now, |_| None).await.unwrap();
    assert_eq!(joined, Ok(epass_store::Joined::Now(Standing::Waiting)));
    let closed = epass_domain::Terms { closes_at: now + jiff::SignedDuration::from_hours(24 * 365), ..before };
    let at = plan.content.closes_at() - jiff::SignedDuration::from_mins(1);
    let longer = epass_domain::Terms { ..closed };
    let last = Visitor::come(&stage).await;
    assert!(
        store.attendances.join(&plan, longer, &candidate(&last, "14/05/2008"), at, |_| None).await.unwrap().is_ok()
    );
}

/// The same, as one who read it before the age was set.
fn lenient(plan: &BonPlan) -> BonPlan {
    let mut plan = plan.clone();
    plan.content.minimum_age = None;
    plan
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_publishes_what_waits_longest_first_and_refuses_with_a_reason() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let first = stage.submitted(&shop, stage.content(&shop)).await;
    stage.clock("2026-11-24T11:00:00+01:00");
    let second = stage.submitted(&shop, stage.content(&shop)).await;
    let team = stage.till(&stage.team().await).await;
    let queue = team.get("/equipe/bons-plans").await.is(200).json();
    let ids: Vec<&str> =
        queue["bons_plans"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [first.id.to_string(), second.id.to_string()]);
    assert!(stage.listed("").await.is_empty(), "nothing is shown before");

    let decide = async |plan: &BonPlan, how: &str, body: Value| {
        team.post(&format!("/equipe/bons-plans/{}/{how}", plan.id), &body).await
    };
    decide(&first, "publication", json!({})).await.is(422);
    decide(&first, "publication", json!({ "revision": 1 })).await.refuses(409, "bon_plan_changed");
    let published = decide(&first, "publication", json!({ "revision": 2 })).await.is(200).json();
    assert_eq!(published["state"], "published");
    decide(&first, "publication", json!({ "revision": 2 })).await.refuses(409, "bon_plan_changed");
    decide(&first, "publication", json!({ "revision": 3 })).await.refuses(409, "bon_plan_changed");
    decide(&second, "refus", json!({ "revision": 2 })).await.is(422);
    decide(&second, "refus", json!({ "revision": 2, "reason": "L’adresse manque." })).await.is(200);
    assert_eq!(stage.listed("").await.len(), 1);
    assert!(team.get("/equipe/bons-plans").await.json()["bons_plans"].as_array().unwrap().is_empty());

    let referent = shop.partner.referent_email().as_str();
    let mails = stage.mails().await;
    let subjects: Vec<&str> =
        mails.iter().filter(|mail| mail.to == referent).map(|mail| mail.subject.split(" – ").next().unwrap()).collect();
    assert_eq!(subjects, ["Votre bon plan est publié", "Votre bon plan est à corriger"]);
    assert!(mails.iter().any(|mail| mail.text.contains("L’adresse manque.")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_goes_back_to_the_team_and_more_places_call_the_line() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(1)).await;
    let all = stage.visitors(4).await;
    for one in &all {
        one.join(&plan).await.is(201);
    }
    assert_eq!(stage.attendance(&plan).await, (1, 3));
    let store = stage.house.store();
    let now = stage.house.clock.now();
    let content = stage.content(&shop).places(3).commune("Arles");
    let changed = plan.clone().send(content, None, &shop.partner, now).unwrap();
    store.bons_plans.save(&plan, &changed, &[]).await.unwrap().unwrap();
    assert!(stage.listed("").await.is_empty(), "not shown until it is published again");
    let late = Visitor::come(&stage).await;
    late.join(&plan).await.refuses(409, "not_published");
    assert_eq!(all[1].standing(&plan).await, "waiting", "registrations stay");

    let team = stage.till(&stage.team().await).await;
    let path = format!("/equipe/bons-plans/{}/publication", plan.id);
    team.post(&path, &json!({ "revision": changed.revision })).await.is(200);
    assert_eq!(stage.attendance(&plan).await, (3, 1));
    let standings = [all[0].standing(&plan).await, all[1].standing(&plan).await, all[2].standing(&plan).await];
    assert_eq!(standings, ["in", "in", "in"]);
    let mut told = stage.told_of_a_place().await;
    told.sort();
    let mut called = vec![all[1].email.clone(), all[2].email.clone()];
    called.sort();
    assert_eq!(told, called);
    assert!(stage.listed("commune=marseille").await.is_empty(), "it moved");
    assert_eq!(stage.listed("commune=arles").await[0]["full"], true);
    // The last one takes the place of one who leaves; then a place is free, and lists say so.
    all[0].leave(&plan).await.is(200);
    assert_eq!(all[3].standing(&plan).await, "in");
    assert_eq!(stage.listed("places_left=yes").await.len(), 0);
    all[1].leave(&plan).await.is(200);
    assert_eq!(stage.listed("places_left=yes").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_undone_the_next_one_does() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(1)).await;
    let all = stage.visitors(3).await;
    all[0].join(&plan).await.is(201);
    all[1].join(&plan).await.is(201);
    // More places, and a crash before anybody in line is called.
    let store = stage.house.store();
    let now = stage.house.clock.now();
    let mut content = plan.content.clone();
    content.places = Some(Places::try_from(2).unwrap());
    let sent = plan.clone().send(content, None, &shop.partner, now).unwrap();
    store.bons_plans.save(&plan, &sent, &[]).await.unwrap().unwrap();
    let again = sent.clone().publish(now).unwrap();
    store.bons_plans.save(&sent, &again, &[]).await.unwrap().unwrap();
    assert_eq!(stage.attendance(&plan).await, (1, 1));
    assert_eq!(stage.listed("").await[0]["full"], false);
    // A newcomer does not overtake who waits: the line is called, and the newcomer is next.
    all[2].join(&plan).await.is(201);
    assert_eq!(stage.attendance(&plan).await, (2, 1));
    assert_eq!([all[1].standing(&plan).await, all[2].standing(&plan).await], ["in", "waiting"]);
    assert_eq!(stage.listed("").await[0]["full"], true);
    assert_eq!(stage.told_of_a_place().await, [all[1].email.clone()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn my_registrations_are_mine_and_latest_first() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let (one, other) = (Visitor::come(&stage).await, Visitor::come(&stage).await);
    assert!(one.get("/bons-plans/inscriptions").await["registrations"].as_array().unwrap().is_empty());
    let mut plans = Vec::new();
    for _ in 0..27 {
        let plan = stage.published(&shop, stage.content(&shop).places(1)).await;
        one.join(&plan).await.is(201);
        plans.insert(0, plan.id.to_string());
    }
    let page = one.get("/bons-plans/inscriptions").await;
    let next = one.get(&format!("/bons-plans/inscriptions?after={}", page["next"].as_str().unwrap())).await;
    assert!(next["next"].is_null());
    let lines = [page, next].map(|page| page["registrations"].as_array().unwrap().clone()).concat();
    let listed: Vec<String> = lines.iter().map(|line| line["bon_plan"].as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, plans);
    assert!(other.get("/bons-plans/inscriptions").await["registrations"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_a_place_that_is_its_partners_is_said_once() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let mut browser = stage.browser(&stage.account_of(&young).await).await;
    let mut away = stage.content(&shop).places(5);
    away.place.name = Line::parse("Parc Borély", 100).unwrap();
    let same = |name: &str| {
        let mut content = stage.content(&shop).places(5);
        content.place.name = Line::parse(name, 100).unwrap();
        content
    };
    for (content, line, is_named) in [
        (same("Librairie des Lices"), "Librairie des Lices, Marseille", false),
        (same("LIBRAIRIE DES LICES"), "Librairie des Lices, Marseille", false),
        (away, "Librairie des Lices – Parc Borély, Marseille", true),
    ] {
        let plan = stage.published(&shop, content).await;
        browser.post(&format!("/bons-plans/{}/inscription", plan.id), &[]).await.is(303);
        let list = browser.get("/bons-plans/inscriptions").await.is(200).text();
        let first = list.split("<p class=\"muted\">").nth(1).unwrap().split("</p>").next().unwrap();
        assert_eq!(plain(first), line);
        let page = browser.get(&format!("/bons-plans/{}", plan.id)).await.is(200).text();
        assert_eq!(page.contains("Proposé par"), is_named, "{page}");
        let email = stage.house.store().profiles.find(young.id).await.unwrap().unwrap().email;
        let mail = stage.mail_to(email.as_str()).await;
        assert_eq!(mail.text.contains("Proposé par"), is_named, "{}", mail.text);
    }
}

/// A line without the hints of typography.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ").replace('\u{2011}', "-")
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_reads_and_only_young_people_register() {
    let stage = Stage::set().await;
    let shop: Shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(5)).await;
    let draft = stage.submitted(&shop, stage.content(&shop)).await;
    let nobody = epass_scenarios::Browser::of(stage.http());
    let page = nobody.get(&format!("/bons-plans/{}", plan.id)).await.is(200).text();
    assert!(page.contains("Je me connecte pour m’inscrire") && page.contains("5 places"));
    nobody.get(&format!("/bons-plans/{}", draft.id)).await.is(404);
    let partner = stage.browser(&shop.account).await;
    let page = partner.get(&format!("/bons-plans/{}", plan.id)).await.is(200).text();
    assert!(page.contains("L’inscription est réservée aux jeunes bénéficiaires."));
    let one = Visitor::come(&stage).await;
    let mut young = epass_scenarios::Browser::of(stage.http());
    young.sign_in(one.account().identifier.as_str(), epass_scenarios::PASSWORD).await;
    let page = young.get(&format!("/bons-plans/{}", plan.id)).await.is(200).text();
    assert!(page.contains(&one.email), "what the partner gets is told before");
    let answer = young.post(&format!("/bons-plans/{}/inscription", plan.id), &[]).await.is(303);
    assert!(answer.header("location").ends_with("?fait=inscrit"));
    let again = young.refused(&format!("/bons-plans/{}/inscription", plan.id), &[]).await.is(200).text();
    assert!(again.contains("Vous êtes déjà sur la liste") && again.contains("Je me désinscris"));
}
