//! What a desk scans: the code that a phone shows, good once and for a minute; numbers through the wrong keyboard layout;
//! and the one voice for whatever is not good.

use epass_domain::limits::LOOK_UPS;
use epass_domain::{Beneficiary, FileNumber, RotatingCode, Voucher, VoucherNumber};
use epass_scenarios::{Answer, Browser, Stage, Till, at_once, count};
use epass_web::Signer;
use jiff::SignedDuration;
use serde_json::json;

const SEARCH: &str = "/transactions/recherche";

/// What this young person's phone shows now.
fn code(stage: &Stage, young: &Beneficiary) -> RotatingCode {
    let app = stage.house.app("partner-transaction").unwrap();
    app.signer.rotating_code(&young.file, app.now())
}

async fn scan(till: &Till, code: &RotatingCode) -> Answer {
    till.post(SEARCH, &json!({ "code": code.as_str() })).await
}

async fn in_page(browser: &mut Browser, field: &str, number: &str, birth_date: &str) -> Answer {
    browser.post_and_see(SEARCH, &[(field, number), ("birth_date", birth_date)]).await
}

fn later(stage: &Stage, seconds: i64) {
    stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_secs(seconds));
}

/// The first second of a half minute.
async fn on_the_half_minute() -> Stage {
    let stage = Stage::set().await;
    stage.clock("2026-11-24T10:00:00+01:00");
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_code_leads_to_the_wallet_without_a_birth_date_and_pays_as_the_file_number() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let till = stage.till(&shop.account).await;
    let found = scan(&till, &code(&stage, &young)).await.is(200).json();
    assert_eq!((&found["first_name"], &found["last_name"]), (&json!("Inès"), &json!("Roux")));
    let paid = till.pay(found["ticket"].as_str().unwrap(), "reading", 5_00).await.is(201).json();
    let listed = till.get(&format!("/transactions?reference={}", young.file.as_str())).await.is(200).json();
    assert_eq!(listed["transactions"][0]["id"], paid["id"]);
    assert!(
        young
            .file
            .as_str()
            .ends_with(listed["transactions"][0]["reference"].as_str().unwrap().split('\u{A0}').nth(1).unwrap())
    );

    // In a browser it goes into whichever field has the cursor.
    let mut browser = stage.browser(&shop.account).await;
    later(&stage, 30);
    let page = in_page(&mut browser, "card_number", &code(&stage, &young).to_string(), "").await.is(200);
    assert!(page.text().contains("Inès Roux"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_its_half_minute_and_the_next_one() {
    let stage = on_the_half_minute().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let till = stage.till(&shop.account).await;
    let codes = {
        let app = stage.house.app("partner-transaction").unwrap();
        [0, 30, 60].map(|seconds| app.signer.rotating_code(&young.file, app.now() + SignedDuration::from_secs(seconds)))
    };
    scan(&till, &codes[1]).await.refuses(404, "not_found");
    scan(&till, &codes[0]).await.is(200);
    stage.clock("2026-11-24T10:00:58+01:00");
    scan(&till, &codes[1]).await.is(200);
    stage.clock("2026-11-24T10:01:00+01:00");
    scan(&till, &codes[0]).await.refuses(404, "not_found");
    stage.clock("2026-11-24T10:01:58+01:00");
    scan(&till, &codes[2]).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_serves_once_whoever_scans_it() {
    let stage = on_the_half_minute().await;
    let (shop, other, young) = (stage.partner().await, stage.partner().await, stage.young().await);
    let (till, elsewhere) = (stage.till(&shop.account).await, stage.till(&other.account).await);
    let shown = code(&stage, &young);
    let desks = (0..8).map(|desk| if desk % 2 == 0 { till.clone() } else { elsewhere.clone() });
    let answers =
        at_once(8, desks.map(|till| (till, shown.clone())).map(|(till, code)| async move { scan(&till, &code).await }))
            .await;
    assert_eq!(count(&answers, |answer| answer.status == 200), 1);
    assert_eq!(count(&answers, |answer| answer.status == 404), 7);
    // Somebody else's code of the same half minute is another one, and so is the next one of this phone.
    scan(&till, &code(&stage, &stage.young().await)).await.is(200);
    stage.clock("2026-11-24T10:00:30+01:00");
    scan(&till, &shown).await.refuses(404, "not_found");
    scan(&till, &code(&stage, &young)).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn stale_altered_foreign_and_replayed_codes_are_refused_with_one_voice() {
    let stage = on_the_half_minute().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let till = stage.till(&shop.account).await;
    let mut browser = stage.browser(&shop.account).await;
    // The first wrong one of the hour opens the count.
    till.look_up(FileNumber::mint(9_999).as_str(), "2008-05-14").await.refuses(404, "not_found");

    let stale = code(&stage, &young);
    stage.clock("2026-11-24T10:01:00+01:00");
    let replayed = code(&stage, &young);
    scan(&till, &replayed).await.is(200);
    let signer = &stage.house.app("partner-transaction").unwrap().signer;
    let now = stage.house.clock.now();
    let other = Signer::new(&[7; 32]).unwrap();
    let digit = |place: usize| {
        let fresh = signer.rotating_code(&young.file, now).as_str().to_owned();
        let by = if fresh.as_bytes()[place] == b'5' { "6" } else { "5" };
        RotatingCode::parse(&format!("{}{by}{}", &fresh[..place], &fresh[place + 1..])).unwrap()
    };
    let cases = [
        stale,
        replayed,
        other.rotating_code(&young.file, now),
        digit(28),
        digit(3),
        signer.rotating_code(&FileNumber::mint(8_888), now),
    ];
    let voices = {
        let mut voices = Vec::new();
        for code in &cases[..4] {
            voices.push((
                scan(&till, code).await.refuses(404, "not_found").body,
                in_page(&mut browser, "card_number", code.as_str(), "").await.is(200).text(),
            ));
        }
        stage.house.clock.set(now + SignedDuration::from_hours(2));
        till.look_up(FileNumber::mint(9_999).as_str(), "2008-05-14").await.refuses(404, "not_found");
        for code in &cases[4..] {
            voices.push((
                scan(&till, code).await.refuses(404, "not_found").body,
                in_page(&mut browser, "card_number", code.as_str(), "").await.is(200).text(),
            ));
        }
        voices
    };
    for voice in &voices {
        assert_eq!(voice, &voices[0]);
    }
    assert!(voices[0].1.contains("Ce code n’est pas valable, ou ne l’est plus"));
    assert!(cases.iter().all(|code| !voices[0].1.contains(code.as_str())), "the field is empty for the next one");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_count_among_the_wrong_look_ups_of_the_hour() {
    let stage = on_the_half_minute().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let till = stage.till(&shop.account).await;
    for guess in 0..u64::from(LOOK_UPS.most) {
        till.post(SEARCH, &json!({ "code": "12" })).await.refuses(422, "invalid");
        scan(&till, &RotatingCode::of(&young.file, guess)).await.refuses(404, "not_found");
    }
    let shown = code(&stage, &young);
    scan(&till, &shown).await.refuses(429, "too_many");
    let other = stage.partner().await;
    scan(&stage.till(&other.account).await, &shown).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn vouchers_that_are_used_over_anothers_or_unknown_are_refused_with_one_voice() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let till = stage.till(&shop.account).await;
    let expires_at = stage.house.clock.now() + SignedDuration::from_hours(1);
    let live = Voucher { envelope: None, expires_at, used_by: None };
    let used =
        stage.voucher(&young, Voucher { used_by: Some(stage.ticket(&shop, &young).transaction), ..live.clone() }).await;
    let over = stage.voucher(&young, Voucher { expires_at: stage.house.clock.now(), ..live.clone() }).await;
    let good = stage.voucher(&young, live).await;
    let unknown = VoucherNumber::mint(0x3_0000_0000_0000);
    let cases = [
        (used.as_str(), "2008-05-14"),
        (over.as_str(), "2008-05-14"),
        (good.as_str(), "2008-05-15"),
        (unknown.as_str(), "2008-05-14"),
    ];
    // The first wrong one of the hour opens the count.
    till.look_up(unknown.as_str(), "2008-05-14").await.refuses(404, "not_found");
    let mut browser = stage.browser(&shop.account).await;
    let mut voices = Vec::new();
    for (number, birth_date) in cases {
        let told = till.look_up(number, birth_date).await.refuses(404, "not_found");
        let page = in_page(&mut browser, "voucher_number", number, birth_date).await.is(200).text();
        let spent = told.spent();
        voices.push((
            told.body,
            page.replace(number, "NUMBER").replace(birth_date, "DAY"),
            spent.trips,
            spent.write_tenths,
        ));
    }
    for voice in &voices {
        assert_eq!(voice, &voices[0]);
    }
    till.look_up(good.as_str(), "2008-05-14").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_set_for_qwerty_on_an_azerty_machine_is_understood() {
    let stage = Stage::set().await;
    let (shop, young) =
        (stage.partner().await, stage.young_with(|young| young.card = "2600140532012345".parse().unwrap()).await);
    let mut browser = stage.browser(&shop.account).await;
    let found = in_page(&mut browser, "card_number", "é-àà&'à(\"éà&é\"'(", "14/05/2008").await.is(200);
    assert!(found.text().contains("Inès Roux"));
    let azerty = |digits: &str| -> String {
        let key = |digit: char| "à&é\"'(-è_ç".chars().nth(digit.to_digit(10).unwrap() as usize).unwrap();
        digits.chars().map(key).collect()
    };
    let shown = azerty(code(&stage, &young).as_str());
    let found = in_page(&mut browser, "card_number", &shown, "").await.is(200);
    assert!(found.text().contains("Inès Roux"));
    stage.payment(&shop, &young, 2_00).await;
    let query = serde_html_form::to_string([("reference", azerty(young.card.as_str()))]).unwrap();
    let listed = stage.till(&shop.account).await.get(&format!("/transactions?{query}")).await.is(200).json();
    assert_eq!(listed["transactions"].as_array().unwrap().len(), 1);
}
