//! What is stored about a young person is told in full, and goes when the account is closed; what was paid stays, without
//! the name.

use epass_domain::{Beneficiary, Envelope, Reference};
use epass_scenarios::{Answer, Deal, PASSWORD, Stage, Till, Trip};
use serde_json::json;

async fn close(phone: &Till, password: &str) -> Answer {
    phone.post("/mes-donnees/fermeture", &json!({ "account_password": password })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_stored_is_told() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    for _ in 0..120 {
        stage.payment(&shop, &young, 10).await;
    }
    let account = stage.account_of(&young).await;
    let phone = stage.till(&account).await;
    let made = phone.post("/mes-vouchers", &json!({ "days": "7" })).await.is(201).json();
    let file = phone.get("/mes-donnees.json").await.is(200);
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert_eq!(file.header("cache-control"), "no-store");
    let told = file.json();
    assert_eq!(told["transactions"].as_array().unwrap().len(), 120, "all pages");
    assert_eq!(told["transactions"][0]["partner"], "Librairie des Lices");
    assert_eq!(told["vouchers"][0]["number"], made["voucher"]["number"]);
    assert_eq!(told["balances"][0], json!({ "envelope": "reading", "available_cents": 16_00 }));
    let known = [
        ("identifier", account.identifier.as_str()),
        ("first_name", "Inès"),
        ("birth_date", "2008-05-14"),
        ("email", account.email.as_str()),
        ("school", "Lycée Marie-Curie"),
    ];
    for (field, value) in known {
        assert_eq!(told[field], value);
    }
    assert!(!file.text().contains("$argon2"), "no hash leaves the house");
    let team = stage.till(&stage.team().await).await;
    let reason = json!({ "suspension_reason": "Carte prêtée à un ami." });
    team.post(&format!("/equipe/jeunes/{}/suspension", young.id), &reason).await.is(200);
    assert_eq!(phone.get("/mes-donnees.json").await.is(200).json()["suspension_reason"], "Carte prêtée à un ami.");
    let page = stage.browser(&account).await.get("/mes-donnees").await.is(200).text();
    for value in [young.card.to_string(), young.file.to_string(), account.email.to_string()] {
        assert!(page.contains(&value), "{value}");
    }
}

/// That nothing names somebody any more, but that what they paid is still there.
async fn is_gone(stage: &Stage, shop: &epass_scenarios::Shop, young: &Beneficiary, voucher: &Reference) {
    let store = stage.house.store();
    assert_eq!(store.beneficiaries.find(young.id).await.unwrap(), None);
    assert_eq!(store.profiles.find(young.id).await.unwrap(), None);
    for number in [Reference::Card(young.card.clone()), Reference::File(young.file.clone()), voucher.clone()] {
        assert_eq!(store.beneficiaries.lookup(&number).await.unwrap(), None);
    }
    let lines = stage.till(&shop.account).await.history().await;
    assert_eq!(lines.len(), 3);
    for line in &lines {
        assert_eq!((line["first_name"].as_str(), line["last_name"].as_str()), (Some("Compte"), Some("clos")));
        assert_eq!(line["amount_cents"], 1_00);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_leaves_what_was_paid_and_no_name() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let account = stage.account_of(&young).await;
    let phone = stage.till(&account).await;
    let mut paid = Vec::new();
    for _ in 0..3 {
        paid.push(stage.payment(&shop, &young, 1_00).await);
    }
    let made = phone.post("/mes-vouchers", &json!({ "days": "7" })).await.is(201).json();
    let voucher = Reference::parse(made["voucher"]["number"].as_str().unwrap()).unwrap();
    close(&phone, "Faux2026x").await.refuses(422, "invalid");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 25_00, "nothing is erased by a wrong password");

    close(&phone, PASSWORD).await.is(200);
    is_gone(&stage, &shop, &young, &voucher).await;
    close(&phone, PASSWORD).await.refuses(401, "unauthenticated");
    stage.http().sign_in(account.identifier.as_str(), PASSWORD).await.refuses(401, "wrong_credentials");
    let mail = stage.mail_to(account.email.as_str()).await;
    assert!(mail.subject.starts_with("Votre compte est clos"));

    // The partner may still cancel today: its trace says so, and the money goes to nobody.
    let desk = stage.till(&shop.account).await;
    desk.cancel(&paid[0].id.to_string()).await.is(200);
    desk.look_up(young.card.as_str(), &young.birth_date.iso()).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_off_after_any_step_the_next_click_ends_it() {
    let stage = Stage::set().await;
    for steps in 0..=4 {
        let shop = stage.partner().await;
        let young = stage.young().await;
        let account = stage.account_of(&young).await;
        let phone = stage.till(&account).await;
        for _ in 0..3 {
            stage.payment(&shop, &young, 1_00).await;
        }
        let made = phone.post("/mes-vouchers", &json!({ "days": "7" })).await.is(201).json();
        let voucher = Reference::parse(made["voucher"]["number"].as_str().unwrap()).unwrap();
        // As far as a function came that was killed after this many writes.
        let closures = stage.house.store().closures;
        if steps > 0 {
            closures.begin(&young).await.unwrap();
            let till = stage.till(&shop.account).await;
            till.pay(&till.ticket(&young).await, "reading", 1_00).await.refuses(422, "card_suspended");
        }
        let traces = stage.house.store().transactions.of(young.id, None, 10).await.unwrap().transactions;
        for paid in traces.iter().take(usize::saturating_sub(steps, 1)) {
            closures.forget_name(paid).await.unwrap();
        }
        close(&phone, PASSWORD).await.is(200);
        is_gone(&stage, &shop, &young, &voucher).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_leaves_open_outings_and_is_nameless_on_the_others() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let (young, friend) = (stage.young().await, stage.young().await);
    let mut outings = Vec::new();
    for _ in 0..4 {
        let sortie = stage.confirmed(&school, &shop, stage.sheet().at_cents(2_00)).await;
        stage.joins(&sortie, &young).await;
        stage.joins(&sortie, &friend).await;
        outings.push(sortie);
    }
    let [open, frozen, settled, cancelled] = &outings[..] else { unreachable!("four were made") };
    let account = stage.account_of(&young).await;
    let phone = stage.till(&account).await;
    stage.validated(frozen).await;
    let (_, voucher) = stage.validated(settled).await;
    stage.clock("2026-11-26T09:00:00+01:00");
    stage.settled(&shop, settled, &voucher).await;
    stage.cancelled(cancelled).await;
    let phone = Till { token: stage.till(&account).await.token, ..phone };

    let told = phone.get("/mes-donnees.json").await.is(200).json();
    let told: Vec<_> = told["sorties"].as_array().unwrap().iter().map(|one| (&one["id"], &one["share"])).collect();
    for (sortie, share) in [(open, "held"), (frozen, "held"), (settled, "spent"), (cancelled, "held")] {
        assert!(told.contains(&(&json!(sortie.id.as_str()), &json!(share))), "{told:?}");
    }
    // As far as a function came that was killed after the card stopped, with a list that loses its name twice.
    stage.house.store().closures.begin(&young).await.unwrap();
    stage.house.store().sorties.forget_name(&frozen.id, young.id).await.unwrap();
    close(&phone, PASSWORD).await.is(200);

    assert_eq!(stage.outing(open).await.joined, 1);
    assert!(stage.participants(open).await.iter().all(|one| one.beneficiary == friend.id));
    for sortie in [frozen, settled, cancelled] {
        assert_eq!(stage.outing(sortie).await.joined, 2, "the place is paid for, or to be given back");
        let listed = stage.participants(sortie).await;
        let own = listed.iter().find(|one| one.beneficiary == young.id).unwrap();
        assert_eq!((own.first_name.as_str(), own.last_name.as_str(), &own.email), ("Compte", "clos", &None));
        let other = listed.iter().find(|one| one.beneficiary == friend.id).unwrap();
        assert_eq!((other.first_name.as_str(), other.email.is_some()), ("Inès", true));
    }
    stage.house.housekeeping().unwrap().handle(background_housekeeping::Chore::Release).await.unwrap();
    let mails = stage.mails().await;
    let told =
        mails.iter().filter(|mail| mail.subject.contains("annulée") && mail.to == account.email.as_str()).count();
    assert_eq!(told, 0, "nothing is written to who has left");
    assert_eq!(stage.left(&friend, Envelope::Outing).await, 10_00 - 3 * 2_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_gives_its_place_at_a_bon_plan_to_the_first_in_line() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(1)).await;
    let all = stage.visitors(2).await;
    let [first, second] = &all[..] else { unreachable!("two came") };
    first.join(&plan).await.is(201);
    second.join(&plan).await.is(201);
    assert_eq!((first.standing(&plan).await, second.standing(&plan).await), ("in".into(), "waiting".into()));
    close(&stage.till(first.account()).await, PASSWORD).await.is(200);
    assert_eq!(second.standing(&plan).await, "in");
    assert!(stage.mail_to(&second.email).await.subject.contains("place"));
    let is_full = async || stage.listed("").await[0]["full"] == true;
    assert!(is_full().await);
    close(&stage.till(second.account()).await, PASSWORD).await.is(200);
    assert!(!is_full().await, "nobody is left on its list");
}
