//! A partner's bons plans (guide §8.2): written, sent, corrected, withdrawn; who comes; and what is kept from others.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use epass_domain::{
    Attendee, BeneficiaryId, BirthDate, BonPlan, BonPlanId, BonPlanState, CardState, Email, Envelope, Line, Paragraph,
    ParisDay, Phone, Standing, Terms,
};
use epass_scenarios::{Answer, Deal, Stage, Till, count};
use epass_store::Candidate;
use epass_web::mint;
use serde_json::{Value, json};

const PICTURE: &[u8] = include_bytes!("../picture.png");
const NEW: &str = "/mes-bons-plans/nouveau";

/// A whole form, as a program sends it.
fn form(changes: Value) -> Value {
    let mut form = json!({
        "then": "draft", "title": "Rencontre avec une autrice", "description": "Une heure de lecture.\nPuis un goûter.",
        "envelope": "reading", "place": "Librairie des Lices", "place_postcode": "13001", "place_commune": "Marseille",
        "dates": [{ "day": "2026-11-28", "begin": "16:00", "end": "18:00" }], "offer": "free", "accompanied": "no", "registration": "yes",
        "places": "50",
    });
    form.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    form
}

/// The same, as a browser posts it.
fn posted(mut form: Value) -> BTreeMap<String, String> {
    let fields = form.as_object_mut().unwrap();
    let dates = fields.remove("dates").unwrap();
    for (row, date) in dates.as_array().unwrap().iter().enumerate() {
        for (name, text) in date.as_object().unwrap() {
            fields.insert(format!("{name}_{}", row + 1), text.clone());
        }
    }
    serde_json::from_value(form).unwrap()
}

fn path(told: &Value) -> String {
    format!("/mes-bons-plans/{}", told["id"].as_str().unwrap())
}

/// Changes a bon plan as a program does: reads the form, changes it, sends it back.
async fn change(till: &Till, path: &str, changes: Value) -> Answer {
    let mut read = till.get(&format!("{path}/modifier")).await.is(200).json()["bon_plan"].clone();
    read.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
    till.post(&format!("{path}/modifier"), &read).await
}

async fn stored(stage: &Stage, told: &Value) -> BonPlan {
    let id = BonPlanId::parse(told["id"].as_str().unwrap()).unwrap();
    stage.house.store().bons_plans.find(id).await.unwrap().unwrap()
}

/// The draft under this id, where it was not sent.
async fn draft(stage: &Stage, till: &Till, told: &Value) -> Value {
    let id = BonPlanId::parse(told["id"].as_str().unwrap()).unwrap();
    assert!(stage.house.store().bons_plans.find(id).await.unwrap().is_none(), "nobody else finds it");
    till.get(&format!("{}/modifier", path(told))).await.is(200).json()["bon_plan"].clone()
}

/// The team decides, without its pages.
async fn decided(stage: &Stage, before: &BonPlan, after: BonPlan) -> BonPlan {
    stage.house.store().bons_plans.save(before, &after, &[]).await.unwrap().unwrap();
    after
}

async fn published(stage: &Stage, told: &Value) -> BonPlan {
    let waits = stored(stage, told).await;
    decided(stage, &waits, waits.clone().publish(stage.house.clock.now()).unwrap()).await
}

/// So many young people register, one after the other.
async fn registered(stage: &Stage, plan: &BonPlan, many: u32) -> Vec<Attendee> {
    let (now, store) = (stage.house.clock.now(), stage.house.store());
    let young = stage.young().await;
    let mut all = Vec::new();
    for n in 0..many {
        // Everybody has a card of their own; the store asks whether it is active.
        let mut one = young.clone();
        one.id = BeneficiaryId(uuid::Uuid::from_u128(0xbeef_0000 + u128::from(n)));
        one.card = epass_domain::CardNumber::mint(5_000_000 + u64::from(n));
        one.file = epass_domain::FileNumber::mint(5_000_000 + u64::from(n));
        assert!(store.beneficiaries.enrol(&one).await.unwrap());
        let attendee = Attendee {
            beneficiary: one.id,
            first_name: Line::parse(if n == 0 { "=cmd|'/c calc'!A1" } else { "Inès" }, 60).unwrap(),
            last_name: Line::parse(&format!("Roux {n:03}"), 60).unwrap(),
            email: Email::parse(&format!("jeune{n}@example.org")).unwrap(),
            phone: (n % 2 == 0).then(|| Phone::parse("06 12 34 56 78").unwrap()),
            arrival: mint::arrival_id(now),
            registered_at: now,
            standing: Standing::In,
        };
        let born = BirthDate::parse("2008-05-14", ParisDay::of(now)).unwrap();
        let newcomer = Candidate { attendee: attendee.clone(), born, card: CardState::Active };
        let terms: Terms = store.attendances.terms(plan.id).await.unwrap().unwrap();
        store.attendances.join(plan, terms, &newcomer, now, |_| None).await.unwrap().unwrap();
        all.push(attendee);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bon_plan_goes_from_a_draft_to_the_team_and_back_for_a_correction() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;

    let told = till.post(NEW, &form(json!({}))).await.is(201).json();
    assert_eq!((&told["standing"]["state"], &told["revision"]), (&json!("draft"), &json!(1)));
    let shown = till.get(&path(&told)).await.is(200).json();
    assert_eq!((&shown["bon_plan"]["title"], &shown["missing"]), (&json!("Rencontre avec une autrice"), &json!([])));
    assert_eq!(shown["attendance"], Value::Null);
    assert_eq!(count(&stage.mails().await, |_| true), 0, "a draft is nobody else's business");

    let sent = change(&till, &path(&told), json!({ "then": "send", "places": "40" })).await.is(200).json();
    assert_eq!((&sent["standing"]["state"], &sent["revision"]), (&json!("submitted"), &json!(2)));
    let mails = stage.mails().await;
    assert_eq!(count(&mails, |mail| mail.to == "equipe@e-passjeunes.example.org"), 1);

    let waits = stored(&stage, &told).await;
    let reason = Paragraph::parse("Précisez l’étage.", 100).unwrap();
    decided(&stage, &waits, waits.clone().refuse(reason, stage.house.clock.now()).unwrap()).await;
    let refused = till.get(&path(&told)).await.is(200).json();
    assert_eq!(refused["standing"]["reason"], "Précisez l’étage.");
    let corrected = change(&till, &path(&told), json!({ "place": "Salle du haut" })).await.is(200).json();
    assert_eq!(corrected["standing"]["state"], "refused", "until it is sent again");
    let again = json!({ "revision": corrected["revision"] });
    let sent = till.post(&format!("{}/envoi", path(&told)), &again).await.is(200).json();
    assert_eq!(sent["standing"]["state"], "submitted");
    let twice = till.post(&format!("{}/envoi", path(&told)), &again).await.is(200).json();
    assert_eq!(twice, sent, "the same click twice");
    assert_eq!(stage.mails().await.len(), 2, "the team is told once each time");

    let plan = published(&stage, &told).await;
    let draft = change(&till, &path(&told), json!({ "then": "draft", "places": "60" })).await;
    draft.refuses(409, "bon_plan_changed");
    let sent = change(&till, &path(&told), json!({ "then": "send", "places": "60" })).await.is(200).json();
    assert_eq!(sent["standing"]["state"], "submitted", "what is published is not changed unseen");
    assert!(stored(&stage, &told).await.first_published_at == plan.first_published_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_the_form_is_told_at_its_field_and_nothing_typed_is_lost() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let answer = till.post(NEW, &json!({ "then": "send" })).await.refuses(422, "invalid");
    let fields: Vec<String> = answer.faults().into_iter().map(|(field, _)| field).collect();
    let needed = ["title", "description", "envelope", "place", "place_postcode", "place_commune", "day_1", "offer"];
    assert_eq!(fields[..8], needed.map(str::to_owned));

    let mut browser = stage.browser(&shop.account).await;
    let fields = [("title", "Ma rencontre"), ("description", "Un mot."), ("offer", "reduced"), ("then", "send")];
    let led = browser.upload(NEW, &fields, ("picture", PICTURE)).await;
    let page = browser.shown(led).await.is(200).text();
    for kept in [
        "value=\"Ma rencontre\"",
        "Un mot.",
        "id=\"offer-reduced\" value=\"reduced\" checked",
        "Cette image est enregistrée",
    ] {
        assert!(page.contains(kept), "{kept} is lost:\n{page}");
    }
    // The picture is carried by the form: what is sent next has it, without joining it again.
    let carried = page.split("name=\"kept_picture\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let id = page.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let whole = posted(form(json!({ "id": id, "kept_picture": carried, "picture_alt": "Un livre ouvert" })));
    let whole: Vec<(&str, &str)> = whole.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let kept = browser.post(NEW, &whole).await.is(303);
    assert_eq!(kept.header("location"), format!("/mes-bons-plans/{id}?fait=garde"));
    let twice = browser.post(NEW, &whole).await.is(303);
    assert_eq!(twice.header("location"), kept.header("location"));
    assert_eq!(
        till.get("/mes-bons-plans").await.json()["bons_plans"].as_array().unwrap().len(),
        1,
        "one form, one bon plan"
    );

    let page = browser.get(&format!("/mes-bons-plans/{id}")).await.is(200).text();
    let image = page.split("src=\"/images/bons-plans/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let image = browser.get(&format!("/images/bons-plans/{image}")).await.is(200);
    assert!(image.body.starts_with(&[0xFF, 0xD8, 0xFF]), "it is a JPEG by now");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_picture_is_refused_and_leaves_the_one_before() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let with = json!({ "picture_base64": STANDARD.encode(PICTURE), "picture_alt": "Un livre ouvert" });
    let told = till.post(NEW, &form(with)).await.is(201).json();
    let before = draft(&stage, &till, &told).await["kept_picture"].clone();
    assert!(before.as_str().unwrap().contains("-640x"), "{before}");

    for file in [&b"<svg onload=alert(1)>"[..], b"GIF89a", b"%PDF-1.7", &PICTURE[..400]] {
        let answer = change(&till, &path(&told), json!({ "picture_base64": STANDARD.encode(file) })).await;
        assert_eq!(answer.refuses(422, "invalid").faults(), [("picture".to_owned(), "picture".to_owned())]);
    }
    let heavy = vec![0; 2 * 1024 * 1024 + 1];
    let answer = change(&till, &path(&told), json!({ "picture_base64": STANDARD.encode(heavy) })).await;
    assert_eq!(answer.refuses(422, "invalid").faults(), [("picture".to_owned(), "picture_size".to_owned())]);
    for key in ["../../rib/41234567-1x1-1x1", "convention/1"] {
        let answer = change(&till, &path(&told), json!({ "kept_picture": key })).await;
        assert_eq!(answer.refuses(422, "invalid").faults(), [("picture".to_owned(), "picture".to_owned())], "{key}");
    }
    assert_eq!(draft(&stage, &till, &told).await["kept_picture"], before);
    let silent = json!({ "picture_alt": "", "then": "send" });
    let silent = change(&till, &path(&told), silent).await.refuses(422, "invalid");
    assert_eq!(silent.faults(), [("picture_alt".to_owned(), "missing".to_owned())], "who does not see it is told");
    change(&till, &path(&told), json!({ "remove_picture": "yes" })).await.is(200);
    assert_eq!(draft(&stage, &till, &told).await["kept_picture"], "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_convention_does_not_allow_is_not_sent() {
    let stage = Stage::set().await;
    let newcomer = stage.newcomer().await;
    let till = stage.till(&newcomer.account).await;
    till.get(NEW).await.refuses(422, "no_convention");
    till.post(NEW, &form(json!({}))).await.refuses(422, "no_convention");
    till.post(NEW, &form(json!({ "then": "send" }))).await.refuses(422, "no_convention");
    let list = till.get("/mes-bons-plans").await.is(200).json();
    assert_eq!((&list["may_write"], &list["bons_plans"]), (&json!(false), &json!([])));

    let cinema = stage.partner_taking(&[Envelope::Cinema]).await;
    let till = stage.till(&cinema.account).await;
    let sent = till.post(NEW, &form(json!({ "then": "send" }))).await;
    sent.refuses(422, "envelope_not_in_convention");
    let mut browser = stage.browser(&cinema.account).await;
    let fields = posted(form(json!({ "then": "send" })));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = browser.refused(NEW, &fields).await.is(200).text();
    assert!(page.contains("id=\"envelope-error\"") && page.contains("value=\"Rencontre avec une autrice\""));
    assert_eq!(till.get("/mes-bons-plans").await.json()["bons_plans"], json!([]), "nothing is stored");

    // A convention that is no longer in force: what stands can be read and taken back, not written.
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(5)).await;
    let till = stage.till(&shop.account).await;
    let mut dossier = shop.partner.dossier().unwrap().clone();
    dossier.administrative.legal_name = Line::parse("SARL Autre", 50).unwrap();
    let after = shop.partner.clone().declare(dossier, stage.house.clock.now()).0;
    stage.house.store().partners.save(&shop.partner, &after, &[]).await.unwrap().unwrap();
    let path = format!("/mes-bons-plans/{}", plan.id);
    till.get(&path).await.is(200);
    till.get(&format!("{path}/modifier")).await.refuses(422, "no_convention");
    till.post(&format!("{path}/duplication"), &json!({})).await.refuses(422, "no_convention");
    till.post(&format!("{path}/retrait"), &json!({ "revision": plan.revision })).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_it_was_read_is_not_overwritten() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let told = till.post(NEW, &form(json!({}))).await.is(201).json();
    let path = path(&told);
    let read = till.get(&format!("{path}/modifier")).await.json()["bon_plan"].clone();
    change(&till, &path, json!({ "title": "Un autre titre" })).await.is(200);
    let mut late = read.clone();
    late["title"] = json!("Un troisième titre");
    till.post(&format!("{path}/modifier"), &late).await.refuses(409, "bon_plan_changed");
    till.post(&format!("{path}/envoi"), &json!({ "revision": 1 })).await.refuses(409, "bon_plan_changed");
    till.post(&format!("{path}/retrait"), &json!({ "revision": 1 })).await.refuses(409, "bon_plan_changed");
    till.post(&format!("{path}/retrait"), &json!({})).await.refuses(422, "invalid");
    let stands = draft(&stage, &till, &told).await;
    assert_eq!((&stands["title"], &stands["revision"]), (&json!("Un autre titre"), &json!(2)));
    // The same change again is no other one.
    let mut same = read;
    same["title"] = json!("Un autre titre");
    assert_eq!(till.post(&format!("{path}/modifier"), &same).await.is(200).json()["revision"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_partners_bon_plan_is_not_there() {
    let stage = Stage::set().await;
    let (owner, stranger) = (stage.partner().await, stage.partner().await);
    let plan = stage.published(&owner, stage.content(&owner).places(5)).await;
    registered(&stage, &plan, 2).await;
    let till = stage.till(&stranger.account).await;
    let path = format!("/mes-bons-plans/{}", plan.id);
    for page in ["", "/modifier", "/inscrits", "/inscrits.csv"] {
        till.get(&format!("{path}{page}")).await.refuses(404, "not_found");
    }
    for what in ["/modifier", "/envoi", "/retrait", "/duplication"] {
        till.post(&format!("{path}{what}"), &json!({})).await.refuses(404, "not_found");
    }
    // Its id in a form of one's own makes another bon plan.
    let told = till.post(NEW, &form(json!({ "id": plan.id.to_string() }))).await.is(201).json();
    assert_ne!(told["id"], plan.id.to_string());
    let unchanged = stage.house.store().bons_plans.find(plan.id).await.unwrap().unwrap();
    assert_eq!(unchanged, plan);
    assert_eq!(till.get("/mes-bons-plans").await.json()["bons_plans"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_a_draft_of_its_own_and_the_same_click_makes_one() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(5)).await;
    let till = stage.till(&shop.account).await;
    let path = format!("/mes-bons-plans/{}/duplication", plan.id);
    let copy = mint::bon_plan_id(stage.house.clock.now()).to_string();
    for _ in 0..2 {
        let told = till.post(&path, &json!({ "copy": copy })).await.is(201).json();
        assert_eq!((told["id"].as_str(), &told["standing"]["state"]), (Some(copy.as_str()), &json!("draft")));
    }
    let list = till.get("/mes-bons-plans").await.json();
    assert_eq!(list["bons_plans"].as_array().unwrap().len(), 2);
    let other = draft(&stage, &till, &json!({ "id": copy })).await;
    assert_eq!((&other["title"], &other["places"]), (&json!(plan.content.title.as_str()), &json!("5")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_paged_and_says_how_many_come() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    for _ in 0..26 {
        stage.submitted(&shop, stage.content(&shop)).await;
    }
    let plan = stage.published(&shop, stage.content(&shop).places(2)).await;
    registered(&stage, &plan, 3).await;
    let till = stage.till(&shop.account).await;
    let first = till.get("/mes-bons-plans").await.is(200);
    let spent = first.spent();
    assert!(spent.trips <= 3, "{spent:?}");
    let first = first.json();
    let line = &first["bons_plans"][0];
    assert_eq!((&line["state"], &line["registered"], &line["waiting"]), (&json!("published"), &json!(2), &json!(1)));
    assert_eq!(first["bons_plans"].as_array().unwrap().len(), 25);
    let rest = till.get(&format!("/mes-bons-plans?after={}", first["next"].as_str().unwrap())).await.is(200).json();
    assert_eq!((rest["bons_plans"].as_array().unwrap().len(), &rest["next"]), (2, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_partner_knows_who_comes_in_their_order_and_takes_the_list_away() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(52)).await;
    registered(&stage, &plan, 54).await;
    let till = stage.till(&shop.account).await;
    let path = format!("/mes-bons-plans/{}/inscrits", plan.id);
    let first = till.get(&path).await.is(200).json();
    assert_eq!((&first["attendance"]["registered"], &first["attendance"]["waiting"]), (&json!(52), &json!(2)));
    assert_eq!((first["registrants"].as_array().unwrap().len(), &first["are_waiting"]), (50, &json!(false)));
    assert_eq!(first["registrants"][1]["email"], "jeune1@example.org");
    let rest = till.get(&format!("{path}?after={}", first["next"].as_str().unwrap())).await.is(200).json();
    assert_eq!((rest["registrants"].as_array().unwrap().len(), &rest["next"]), (2, &Value::Null));
    let waiting = till.get(&format!("{path}?liste=waiting")).await.is(200).json();
    let names: Vec<_> = waiting["registrants"].as_array().unwrap().iter().map(|one| one["last_name"].clone()).collect();
    assert_eq!((names, &waiting["are_waiting"]), (vec![json!("Roux 052"), json!("Roux 053")], &json!(true)));

    let file = till.get(&format!("{path}.csv")).await.is(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"inscrits.csv\"");
    let text = file.text();
    let lines: Vec<&str> = text.trim_start_matches('\u{FEFF}').lines().collect();
    assert_eq!((lines.len(), text.starts_with('\u{FEFF}')), (55, true));
    assert_eq!(lines[0], "Liste;Rang;Prénom;Nom;Adresse mail;Téléphone;Inscription;Heure de Paris");
    assert!(
        lines[1].starts_with("Inscrit;1;'=cmd|'/c calc'!A1;Roux 000;jeune0@example.org;06 12 34 56 78;"),
        "{}",
        lines[1]
    );
    assert!(lines[2].starts_with("Inscrit;2;Inès;Roux 001;jeune1@example.org;;"), "{}", lines[2]);
    assert!(lines[53].starts_with("Liste d’attente;1;Inès;Roux 052;"), "{}", lines[53]);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_registrants_of_a_withdrawn_bon_plan_are_told_once_each_though_it_was_cut_off() {
    const MANY: u32 = 300;
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(250)).await;
    registered(&stage, &plan, MANY).await;
    let till = stage.till(&shop.account).await;
    let path = format!("/mes-bons-plans/{}/retrait", plan.id);
    let body = json!({ "revision": plan.revision });

    // The partner's line breaks in the middle of it: the request is dropped, and its work with it.
    let cut = tokio::spawn({
        let (till, path, body) = (till.clone(), path.clone(), body.clone());
        async move { till.post(&path, &body).await }
    });
    while untold(&stage, &plan).await == MANY as usize {
        assert!(!cut.is_finished(), "it told nobody");
    }
    cut.abort();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let store = stage.house.store();
    assert!(matches!(store.bons_plans.find(plan.id).await.unwrap().unwrap().state, BonPlanState::Withdrawn { .. }));
    let left = untold(&stage, &plan).await;
    assert!(left > 0 && left < MANY as usize, "{left} are left to tell");

    // Whoever comes first goes on: the partner's second click and the mailer's sweep at once.
    let mailer = stage.house.mailer().unwrap();
    let sweep = mailer.handle(background_mailer::Event::Sweep);
    let (again, swept) = tokio::join!(till.post(&path, &body), sweep);
    again.is(200);
    swept.unwrap();
    assert_eq!(untold(&stage, &plan).await, 0);
    assert!(store.bons_plans.telling(10).await.unwrap().is_empty());

    let mut mails: BTreeMap<String, usize> = BTreeMap::new();
    for mail in stage.mails().await.iter().filter(|mail| mail.subject.contains("retiré")) {
        *mails.entry(mail.to.clone()).or_default() += 1;
    }
    assert_eq!((mails.len(), mails.values().max()), (MANY as usize, Some(&1)));
    till.post(&path, &body).await.is(200);
    assert_eq!(
        count(&stage.mails().await, |mail| mail.subject.contains("retiré")),
        MANY as usize,
        "again tells nobody"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_alone_tells_whom_a_cut_off_request_left_out() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(3)).await;
    registered(&stage, &plan, 5).await;
    // As if the process had ended right after the withdrawal was stored.
    decided(&stage, &plan, plan.clone().withdraw(stage.house.clock.now()).unwrap()).await;
    assert_eq!(untold(&stage, &plan).await, 5);
    stage.house.mailer().unwrap().handle(background_mailer::Event::Sweep).await.unwrap();
    assert_eq!(untold(&stage, &plan).await, 0);
    let mails = stage.mails().await;
    assert_eq!(count(&mails, |mail| mail.subject.contains("retiré")), 5, "with a place and in line");
    // A draft that is withdrawn, or one that is over, is no news to anybody.
    let draft = stage.submitted(&shop, stage.content(&shop)).await;
    let till = stage.till(&shop.account).await;
    till.post(&format!("/mes-bons-plans/{}/retrait", draft.id), &json!({ "revision": draft.revision })).await.is(200);
    assert!(stage.house.store().bons_plans.telling(10).await.unwrap().is_empty());
}

async fn untold(stage: &Stage, plan: &BonPlan) -> usize {
    stage.house.store().attendances.untold(plan.id, None, 1_000).await.unwrap().0.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bon_plan_in_json_that_is_refused_keeps_no_picture() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let with = |more: Value| {
        let mut sent = form(json!({ "picture_base64": STANDARD.encode(PICTURE), "picture_alt": "Un livre ouvert" }));
        sent.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        sent
    };
    for faulty in [json!({ "then": "send", "title": "" }), json!({ "accompanied": "AAA" }), json!({ "then": "garder" })]
    {
        till.post(NEW, &with(faulty)).await.refuses(422, "invalid");
    }
    till.post(NEW, &with(json!({ "then": "send", "envelope": "cinema" })))
        .await
        .refuses(422, "envelope_not_in_convention");
    assert_eq!(stage.objects("bon-plan"), 0);
    till.post(NEW, &with(json!({}))).await.is(201);
    assert_eq!(stage.objects("bon-plan"), 2, "large and small");
}

/// What is typed is kept as it is; what is chosen is one of the words, or not chosen yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_keeps_what_is_typed_and_no_word_that_is_no_choice() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let mut browser = stage.browser(&shop.account).await;
    let typed = json!({ "title": "Rencontre", "minimum_age": "AAA", "places": "beaucoup", "closing_day": "demain" });
    let told = till.post(NEW, &typed).await.is(201).json();
    assert_eq!(draft(&stage, &till, &told).await["minimum_age"], "AAA");
    for field in ["envelope", "offer", "accompanied", "registration", "remove_picture"] {
        for word in ["AAA", " ", "YES", "outing"] {
            let answer = till.post(NEW, &json!({ "title": "Rencontre", field: word })).await.refuses(422, "invalid");
            assert_eq!(answer.faults()[0].0, field, "{word}");
        }
        till.post(NEW, &json!({ "title": "Rencontre", field: "" })).await.is(201);
    }
    let page = browser.refused(NEW, &[("title", "Rencontre"), ("accompanied", "AAA"), ("places", "beaucoup")]).await;
    let page = page.text();
    assert!(page.contains("Répondez par oui ou par non") && page.contains("value=\"beaucoup\""), "{page}");
}
