//! The team and the young people: found, suspended, reinstated, given another card, and told apart from namesakes.

use epass_domain::{CardState, Envelope, Holder, Identifier, Reference, Voucher};
use epass_scenarios::{Stage, Till};
use serde_json::{Value, json};

const HERE: &str = "/equipe/jeunes";

async fn team(stage: &Stage) -> Till {
    stage.till(&stage.team().await).await
}

async fn find(team: &Till, wanted: &str) -> Vec<Value> {
    let found = team.post("/equipe/jeunes/recherche", &json!({ "wanted": wanted })).await.is(200).json();
    found["beneficiaries"].as_array().unwrap().clone()
}

/// Subjects of the mails so far, oldest first.
async fn subjects(stage: &Stage) -> Vec<String> {
    let mails = stage.mails().await;
    mails.into_iter().map(|mail| mail.subject.replace(" – e-PASS JEUNES", "")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_young_person_is_found_by_every_number_address_identifier_and_name() {
    let stage = Stage::set().await;
    let team = team(&stage).await;
    let young = stage
        .young_with(|young| {
            young.first_name = epass_domain::Line::parse("Anaïs", 50).unwrap();
            young.last_name = epass_domain::Line::parse("De la Tour", 50).unwrap();
        })
        .await;
    stage.young().await;
    let account = stage.account_of(&young).await;
    let expires_at = "2026-12-01T00:00:00Z".parse().unwrap();
    let voucher = stage.voucher(&young, Voucher { envelope: None, expires_at, used_by: None }).await;
    let wanted = [
        young.card.as_str(),
        young.file.as_str(),
        voucher.as_str(),
        account.identifier.as_str(),
        account.email.as_str(),
        "De la Tour",
        "de-la-tour anaïs",
        "Anaïs de la Tour",
        "DELA",
    ];
    for wanted in wanted {
        let found = find(&team, wanted).await;
        assert_eq!(found.len(), 1, "{wanted}");
        assert_eq!(found[0]["id"], young.id.to_string(), "{wanted}");
    }
    for wanted in ["Zyx", "personne@example.org", "2600 1405 3201 2345"] {
        assert!(find(&team, wanted).await.is_empty(), "{wanted}");
    }
    let sheet = team.get(&format!("{HERE}/{}", young.id)).await.is(200).json();
    assert_eq!((&sheet["file"], &sheet["suspended"]), (&json!(young.file.to_string()), &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_page_of_namesakes_asks_for_the_first_name() {
    let stage = Stage::set().await;
    let team = team(&stage).await;
    for _ in 0..27 {
        stage.young().await;
    }
    let found = team.post("/equipe/jeunes/recherche", &json!({ "wanted": "Roux" })).await.is(200).json();
    assert_eq!((found["beneficiaries"].as_array().unwrap().len(), &found["more"]), (25, &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_never_shows_a_whole_voucher() {
    let stage = Stage::set().await;
    let (team, shop) = (team(&stage).await, stage.partner().await);
    let young = stage.young().await;
    stage.payment(&shop, &young, 3_00).await;
    let sheet = team.get(&format!("{HERE}/{}", young.id)).await.is(200).json();
    assert_eq!(sheet["transactions"][0]["partner"], shop.partner.known_as().as_str());
    assert_eq!(sheet["transactions"][0]["amount_cents"], 3_00);
    assert_eq!(sheet["balances"][0], json!({ "envelope": "reading", "left_cents": 25_00, "dotation_cents": 28_00 }));

    // Somebody with a voucher.
    let store = stage.house.store();
    let number = epass_domain::VoucherNumber::mint(7);
    let profile = store.profiles.find(young.id).await.unwrap().unwrap();
    let id = epass_domain::BeneficiaryId(uuid::Uuid::from_u128(7_777));
    let (card, file) = (epass_domain::CardNumber::mint(7_777), epass_domain::FileNumber::mint(7_777));
    let holder = epass_domain::Beneficiary { id, card, file, ..young.clone() };
    let profile = epass_domain::Profile { beneficiary: id, vouchers: vec![number.clone()], ..profile };
    let expires_at = "2026-12-01T00:00:00Z".parse().unwrap();
    let voucher = Some(Voucher { envelope: Some(Envelope::Cinema), expires_at, used_by: None });
    let reference = Reference::Voucher(number.clone());
    let mut writes = store.beneficiaries.enrolment(&holder);
    let person = epass_domain::Person::of(&holder.first_name, &holder.last_name, holder.birth_date);
    writes.push(store.profiles.put_new(&profile, &person));
    writes.push(store.beneficiaries.name(&reference, &epass_domain::ReferenceEntry { beneficiary: id, voucher }));
    assert!(store.beneficiaries.store(writes).await.unwrap());
    let sheet = team.get(&format!("{HERE}/{id}")).await.is(200);
    let shown = sheet.json()["vouchers"][0].clone();
    assert_eq!((&shown["state"], &shown["envelope"]), (&json!("live"), &json!("cinema")));
    assert_eq!(shown["masked"], reference.masked());
    assert!(!sheet.text().contains(number.as_str()) && !sheet.text().contains(&number.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_card_pays_nothing_by_any_number_until_it_is_reinstated() {
    let stage = Stage::set().await;
    let (team, shop) = (team(&stage).await, stage.partner().await);
    let till = stage.till(&shop.account).await;
    let young = stage.young().await;
    let expires_at = "2026-12-01T00:00:00Z".parse().unwrap();
    let voucher = stage.voucher(&young, Voucher { envelope: None, expires_at, used_by: None }).await;
    let ticket = till.ticket(&young).await;
    let path = format!("{HERE}/{}", young.id);
    team.post(&format!("{path}/suspension"), &json!({})).await.refuses(422, "invalid");
    let reason = json!({ "suspension_reason": "Carte prêtée à un ami." });
    let sheet = team.post(&format!("{path}/suspension"), &reason).await.is(200).json();
    assert_eq!((&sheet["suspended"], &sheet["suspension"]["reason"]), (&json!(true), &json!("Carte prêtée à un ami.")));
    till.pay(&ticket, "reading", 1_00).await.refuses(422, "card_suspended");
    for number in [young.card.as_str(), young.file.as_str(), voucher.as_str()] {
        let looked_up = till.look_up(number, &young.birth_date.iso()).await;
        let paid = match looked_up.status {
            200 => till.pay(looked_up.json()["ticket"].as_str().unwrap(), "reading", 1_00).await,
            _ => looked_up,
        };
        assert_eq!(paid.code(), "card_suspended", "{number}: {}", paid.text());
    }
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
    let told = stage.mail_to(&format!("{}@example.org", profile_account(&stage, &young).await)).await;
    assert!(told.text.contains("Carte prêtée à un ami."), "{}", told.text);

    let sheet = team.post(&format!("{path}/retablissement"), &json!({})).await.is(200).json();
    assert_eq!((&sheet["suspended"], &sheet["suspension"]), (&json!(false), &Value::Null));
    team.post(&format!("{path}/retablissement"), &json!({})).await.is(200);
    assert_eq!(subjects(&stage).await, ["Votre carte est suspendue", "Votre carte est rétablie"]);
    till.pay(&till.ticket(&young).await, "reading", 1_00).await.is(201);
}

async fn profile_account(stage: &Stage, young: &epass_domain::Beneficiary) -> Identifier {
    stage.house.store().profiles.find(young.id).await.unwrap().unwrap().account
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_suspensions_at_once_one_is_told_and_the_same_one_twice_is_one_mail() {
    let stage = Stage::set().await;
    let (one, two) = (team(&stage).await, team(&stage).await);
    let young = stage.young().await;
    let path = format!("{HERE}/{}/suspension", young.id);
    let (lent, lost) = (json!({ "suspension_reason": "Prêtée." }), json!({ "suspension_reason": "Perdue." }));
    let (first, second) = tokio::join!(one.post(&path, &lent), two.post(&path, &lost));
    let mut answers = [(first.status, first.code()), (second.status, second.code())];
    answers.sort();
    assert_eq!(answers, [(200, String::new()), (409, "card_changed".to_owned())]);
    let won = if first.status == 200 { &lent } else { &lost };
    let (again, once_more) = tokio::join!(one.post(&path, won), two.post(&path, won));
    assert_eq!((again.status, once_more.status), (200, 200));
    assert_eq!(subjects(&stage).await, ["Votre carte est suspendue"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_card_is_dead_at_once_and_everything_else_stays() {
    let stage = Stage::set().await;
    let (team, shop) = (team(&stage).await, stage.partner().await);
    let till = stage.till(&shop.account).await;
    let young = stage.young().await;
    let shown = till.ticket(&young).await;
    let by_file = till.look_up(young.file.as_str(), &young.birth_date.iso()).await.is(200);
    let by_file = by_file.json()["ticket"].as_str().unwrap().to_owned();
    let paid = till.pay(&till.ticket(&young).await, "reading", 2_00).await.is(201).json()["id"].clone();
    let path = format!("{HERE}/{}/carte", young.id);
    let read = json!({ "card": young.card.as_str() });
    let (one, two) = tokio::join!(team.post(&path, &read), team.post(&path, &read));
    let (one, two) = (one.is(200).json(), two.is(200).json());
    assert_eq!(one["card"], two["card"], "the same click twice makes one card");
    assert_ne!(one["card"], young.card.to_string());
    assert_eq!(subjects(&stage).await, ["Votre carte est refaite"]);

    till.look_up(young.card.as_str(), &young.birth_date.iso()).await.is(404);
    till.pay(&shown, "reading", 1_00).await.refuses(422, "card_replaced");
    till.pay(&by_file, "reading", 1_00).await.is(201);
    let renewed = stage.as_stored(&young).await;
    till.pay(&till.ticket(&renewed).await, "reading", 1_00).await.is(201);
    till.cancel(paid.as_str().unwrap()).await.is(200);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 26_00);
    let mail = stage.mails().await.pop().unwrap();
    assert!(!mail.text.contains(renewed.card.as_str()) && !mail.text.contains(&renewed.card.to_string()));

    let other = json!({ "card": epass_domain::CardNumber::mint(999_999).as_str() });
    team.post(&path, &other).await.refuses(409, "card_changed");
    let suspended = json!({ "suspension_reason": "Perdue." });
    team.post(&path.replace("/carte", "/suspension"), &suspended).await.is(200);
    team.post(&path, &json!({ "card": renewed.card.as_str() })).await.is(200);
    assert_eq!(stage.as_stored(&young).await.card_state, CardState::Suspended, "another card does not reinstate");
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_and_a_replacement_at_once_end_with_the_old_card_dead() {
    let stage = Stage::set().await;
    let (team, shop) = (team(&stage).await, stage.partner().await);
    let till = stage.till(&shop.account).await;
    for _ in 0..5 {
        let young = stage.young().await;
        let ticket = till.ticket(&young).await;
        let read = json!({ "card": young.card.as_str() });
        let path = format!("{HERE}/{}/carte", young.id);
        let (paid, replaced) = tokio::join!(till.pay(&ticket, "reading", 1_00), team.post(&path, &read));
        replaced.is(200);
        let left = stage.left(&young, Envelope::Reading).await;
        match paid.status {
            201 => assert_eq!(left, 27_00),
            _ => assert_eq!((paid.refuses(422, "card_replaced").status, left), (422, 28_00)),
        }
        assert!(stage.house.store().beneficiaries.lookup(&Reference::Card(young.card)).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namesake_who_is_somebody_else_gets_a_card_and_only_once() {
    let stage = Stage::set().await;
    let (one, two) = (team(&stage).await, team(&stage).await);
    let young = stage.young().await;
    let waits = stage.duplicate(&young).await;
    let path = format!("/equipe/doublons/{}", waits.id);
    let listed = one.get("/equipe/doublons").await.is(200).json();
    assert_eq!(listed["duplicates"][0]["id"], waits.id.to_string());
    let shown = one.get(&path).await.is(200).json();
    assert_eq!((&shown["state"], &shown["holder_id"]), (&json!("waiting"), &json!(young.id.to_string())));
    assert_eq!(shown["applicant"]["last_name"], shown["holder"]["last_name"]);
    assert_ne!(shown["applicant"]["email"], shown["holder"]["email"]);
    let other = format!("{path}/autre");
    let body = json!({});
    let (first, second) = tokio::join!(one.post(&other, &body), two.post(&other, &body));
    assert_eq!(
        (first.is(200).json(), second.is(200).json()),
        (json!({"state": "enrolled"}), json!({"state": "enrolled"}))
    );
    let email = shown["applicant"]["email"].as_str().unwrap();
    let mails: Vec<_> = stage.mails().await.into_iter().filter(|mail| mail.subject.contains("est prêt")).collect();
    assert_eq!(mails.len(), 1);
    let found = find(&one, email).await;
    assert_eq!(found.len(), 1);
    assert_ne!(found[0]["id"], young.id.to_string());
    let identifiers =
        stage.house.store().accounts.identifiers_of(&epass_domain::Email::parse(email).unwrap()).await.unwrap();
    let account = stage.house.store().accounts.find(&identifiers[0]).await.unwrap().unwrap();
    assert!(matches!(account.holder, Holder::Beneficiary(id) if id.to_string() == found[0]["id"]));
    one.post(&format!("{path}/meme"), &json!({})).await.refuses(409, "already_decided");
    let decided = one.get(&path).await.is(200).json();
    assert_eq!((&decided["state"], &decided["applicant"]), (&json!("enrolled"), &Value::Null));
    assert!(one.get("/equipe/doublons").await.json()["duplicates"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_words_about_a_namesake_at_once_one_holds() {
    let stage = Stage::set().await;
    let (one, two) = (team(&stage).await, team(&stage).await);
    let young = stage.young().await;
    for _ in 0..4 {
        let waits = stage.duplicate(&young).await;
        let path = format!("/equipe/doublons/{}", waits.id);
        let (another, same) = (format!("{path}/autre"), format!("{path}/meme"));
        let body = json!({});
        let (another, same) = tokio::join!(one.post(&another, &body), two.post(&same, &body));
        let state = one.get(&path).await.is(200).json()["state"].clone();
        if another.status == 200 {
            assert_eq!((state, same.refuses(409, "already_decided").status), (json!("enrolled"), 409));
        } else {
            another.refuses(409, "already_decided");
            assert_eq!((state, same.is(200).json()), (json!("refused"), json!({ "state": "refused" })));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_is_told_how_to_get_back_in_and_nothing_is_made() {
    let stage = Stage::set().await;
    let team = team(&stage).await;
    let young = stage.young().await;
    let waits = stage.duplicate(&young).await;
    let path = format!("/equipe/doublons/{}/meme", waits.id);
    for _ in 0..2 {
        assert_eq!(team.post(&path, &json!({})).await.is(200).json(), json!({ "state": "refused" }));
    }
    let told: Vec<_> =
        stage.mails().await.into_iter().filter(|mail| mail.text.contains("/identifiant-oublie")).collect();
    assert_eq!(told.len(), 1, "one mail says how");
    assert!(find(&team, &told[0].to).await.is_empty(), "nobody has this address");
    assert_eq!(find(&team, "Roux").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_team_sees_young_people() {
    let stage = Stage::set().await;
    let young = stage.young().await;
    let (shop, school) = (stage.partner().await, stage.establishment().await);
    let own = stage.account_of(&young).await;
    for account in [&shop.account, &school, &own] {
        let till = stage.till(account).await;
        till.get(&format!("{HERE}/{}", young.id)).await.refuses(403, "forbidden");
        let found = till.post("/equipe/jeunes/recherche", &json!({ "wanted": young.file.as_str() })).await;
        found.refuses(403, "forbidden");
        till.post(&format!("{HERE}/{}/retablissement", young.id), &json!({})).await.refuses(403, "forbidden");
    }
}
