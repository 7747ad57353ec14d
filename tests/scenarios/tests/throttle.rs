//! Guessing is slow: passwords by identifier, numbers and birth dates by desk.

use epass_domain::CardNumber;
use epass_domain::limits::LOOK_UPS;
use epass_scenarios::{Answer, PASSWORD, Stage, Till, at_once, count};
use jiff::SignedDuration;
use serde_json::json;

/// Seconds to wait; the clock runs on between count and answer.
fn waits(answer: &Answer) -> u64 {
    answer.header("retry-after").parse().unwrap_or_else(|_| panic!("no wait: {} {}", answer.status, answer.text()))
}

fn about(answer: &Answer, minutes: u64) -> bool {
    (minutes * 60 - 10..=minutes * 60).contains(&waits(answer))
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_passwords_wait_a_minute_that_doubles_to_an_hour() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let identifier = shop.account.identifier.as_str();
    let guess = async || stage.http().sign_in(identifier, "Faux2026").await;
    for _ in 0..5 {
        guess().await.refuses(401, "wrong_credentials");
    }
    for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        let answer = guess().await.refuses(429, "too_many");
        assert!(about(&answer, minutes), "{} for {minutes} min", waits(&answer));
        // The right one waits as well, or it would tell that it is right.
        let right = stage.http().sign_in(identifier, PASSWORD).await.refuses(429, "too_many");
        assert!(about(&right, minutes));
        stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_mins(minutes.cast_signed()));
        guess().await.refuses(401, "wrong_credentials");
    }
    stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_hours(1));
    stage.http().sign_in(identifier, PASSWORD).await.is(200);
    // The right one forgets the wrong ones.
    for _ in 0..5 {
        guess().await.refuses(401, "wrong_credentials");
    }
    guess().await.refuses(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_locked_out_gets_in_with_a_mailed_password() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let identifier = shop.account.identifier.as_str();
    for _ in 0..5 {
        stage.http().sign_in(identifier, "Faux2026").await.refuses(401, "wrong_credentials");
    }
    stage.http().sign_in(identifier, PASSWORD).await.refuses(429, "too_many");
    stage.http().post_json("/mot-de-passe-oublie", None, &json!({ "identifier": identifier })).await.is(200);
    let mail = stage.mail_to(shop.account.email.as_str()).await;
    let password = mail.text.lines().find_map(|line| line.strip_prefix("Mot de passe provisoire\u{a0}: ")).unwrap();
    stage.http().sign_in(identifier, password.trim()).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_guesses_at_once_five_are_looked_at() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let identifier = shop.account.identifier.to_string();
    for identifier in [identifier, "inconnu-0000".to_owned()] {
        let guesses = (0..100).map(|_| (stage.http(), identifier.clone()));
        let answers =
            at_once(100, guesses.map(|(http, identifier)| async move { http.sign_in(&identifier, "Faux2026").await }))
                .await;
        assert_eq!(count(&answers, |answer| answer.status == 401), 5);
        assert_eq!(count(&answers, |answer| answer.status == 429), 95);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_form_of_a_session_is_no_way_around() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let guess = json!({ "current_password": "Faux2026", "new_password": "Brise7Calanque", "confirm_password": "Brise7Calanque" });
    for _ in 0..5 {
        till.post("/mot-de-passe", &guess).await.is(422);
    }
    till.post("/mot-de-passe", &guess).await.refuses(429, "too_many");
    stage.http().sign_in(shop.account.identifier.as_str(), "Faux2026").await.refuses(429, "too_many");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_look_ups_an_hour_and_the_desk_waits() {
    let stage = Stage::set().await;
    let (shop, other) = (stage.partner().await, stage.partner().await);
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let opened = stage.house.clock.now();
    let right = async |till: &Till| till.look_up(young.card.as_str(), "2008-05-14").await;
    for guess in 0..u64::from(LOOK_UPS.most) {
        // What is right, or not even a number, does not count.
        right(&till).await.is(200);
        till.look_up("1234", "2008-05-14").await.refuses(422, "invalid");
        till.look_up(CardNumber::mint(5_000 + guess).as_str(), "2008-05-14").await.refuses(404, "not_found");
    }
    let waiting = right(&till).await.refuses(429, "too_many");
    assert!(about(&waiting, 60), "{}", waits(&waiting));
    till.look_up(CardNumber::mint(6_000).as_str(), "2008-05-14").await.refuses(429, "too_many");
    right(&stage.till(&shop.account).await).await.refuses(429, "too_many");
    right(&stage.till(&other.account).await).await.is(200);
    stage.house.clock.set(opened + SignedDuration::from_mins(59));
    right(&till).await.refuses(429, "too_many");
    stage.house.clock.set(opened + SignedDuration::from_mins(61));
    right(&till).await.is(200);
    till.look_up(young.card.as_str(), "2008-05-15").await.refuses(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_look_ups_at_once_are_counted_one_by_one() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let guesses = (0..60).map(|guess| (till.clone(), CardNumber::mint(7_000 + guess)));
    let answers =
        at_once(30, guesses.map(|(till, card)| async move { till.look_up(card.as_str(), "2008-05-14").await })).await;
    assert_eq!(count(&answers, |answer| answer.status == 404), 10);
    assert_eq!(count(&answers, |answer| answer.status == 429), 50);
}

/// The wallet is what a birth date is compared with. Of the refusals, those that read none compared nothing.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_look_ups_at_once_at_most_ten_dates_are_compared() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let guesses = (0..200).map(|_| (till.clone(), young.card.clone()));
    let answers =
        at_once(200, guesses.map(|(till, card)| async move { till.look_up(card.as_str(), "2008-05-15").await })).await;
    assert_eq!(count(&answers, |answer| answer.status == 404), 10);
    assert_eq!(count(&answers, |answer| answer.status == 429), 190);
    // Session, account, partner, number and the two counts come in one trip; a wallet is one unit more.
    let without = answers.iter().map(|answer| answer.spent().read_tenths).min().unwrap();
    assert_eq!(count(&answers, |answer| answer.spent().read_tenths > without), 10, "wallets read");
}

#[tokio::test(flavor = "multi_thread")]
async fn right_look_ups_at_once_wait_for_their_turn_and_all_come_through() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let look_ups = (0..60).map(|_| (till.clone(), young.clone()));
    let tickets = at_once(30, look_ups.map(|(till, young)| async move { till.ticket(&young).await })).await;
    assert_eq!(tickets.len(), 60);
    // Nine wrong ones are free after as many right ones as one likes.
    for _ in 0..9 {
        till.look_up(young.card.as_str(), "2008-05-15").await.refuses(404, "not_found");
    }
    till.ticket(&young).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_and_a_wrong_birth_date_answer_byte_for_byte_alike() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    // The first wrong one of the hour opens the count.
    till.look_up(CardNumber::mint(8_001).as_str(), "2008-05-14").await.refuses(404, "not_found");
    let number = till.look_up(CardNumber::mint(8_000).as_str(), "2008-05-14").await.refuses(404, "not_found");
    let birth_date = till.look_up(young.card.as_str(), "2008-05-15").await.refuses(404, "not_found");
    assert_eq!(number.body, birth_date.body);
    let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(&number), names(&birth_date));
    assert_eq!(number.spent().trips, birth_date.spent().trips, "nor does the way there tell them apart");
    assert_eq!(number.spent().write_tenths, birth_date.spent().write_tenths);
}
