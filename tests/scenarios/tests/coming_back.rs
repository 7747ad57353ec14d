//! Who closes an account and registers again in the same campaign finds what was left: no more, no less, and no suspension shed.

use epass_domain::{Beneficiary, BeneficiaryId, Campaign, CardState, Envelope, Holder, Identifier, Wallet};
use epass_scenarios::{PASSWORD, Stage, Till, Trip, at_once, count};
use serde_json::{Value, json};

const CHOSEN: &str = "Brise7Calanque";

fn lea() -> Value {
    json!({
        "birth_date": "2009-11-24", "status": "high_school", "home_postcode": "13001", "school_postcode": "13100",
        "school_name": "Lycée Marie-Curie", "first_name": "Léa", "last_name": "De la Tour", "email": "lea@example.org",
    })
}

fn but(changes: &[(&str, &str)]) -> Value {
    let mut form = lea();
    for (field, value) in changes {
        form[*field] = json!(value);
    }
    form
}

/// Registers and gives the confirmation to send.
async fn asked(stage: &Stage, form: &Value) -> Value {
    stage.http().post_json("/inscription/jeune", None, form).await.is(201);
    let mail = stage.mail_to(form["email"].as_str().unwrap()).await;
    let token = mail.text.split("?token=").nth(1).unwrap().split_whitespace().next().unwrap();
    json!({ "token": token, "new_password": CHOSEN, "confirm_password": CHOSEN })
}

async fn confirm(stage: &Stage, confirmation: &Value) -> String {
    let told = stage.http().post_json("/inscription/jeune/confirmation", None, confirmation).await.is(201).json();
    told["state"].as_str().unwrap().to_owned()
}

/// Who signs in with the identifier of the latest mail to this address.
async fn mailed(stage: &Stage, email: &str) -> (Beneficiary, Identifier) {
    let mail = stage.mail_to(email).await;
    let named = mail.text.split("Identifiant\u{a0}: ").nth(1).expect("the mail names an identifier");
    let identifier = Identifier::parse(named.split_whitespace().next().unwrap()).unwrap();
    let account = stage.house.store().accounts.find(&identifier).await.unwrap().unwrap();
    let Holder::Beneficiary(id) = account.holder else { panic!("{:?}", account.holder) };
    (stage.house.store().beneficiaries.find(id).await.unwrap().unwrap(), identifier)
}

async fn enrolled(stage: &Stage, form: &Value) -> (Beneficiary, Identifier) {
    let confirmation = asked(stage, form).await;
    assert_eq!(confirm(stage, &confirmation).await, "enrolled");
    mailed(stage, form["email"].as_str().unwrap()).await
}

async fn close(stage: &Stage, identifier: &Identifier) {
    let phone = Till::sign_in(stage.http(), identifier.as_str(), CHOSEN).await;
    phone.post("/mes-donnees/fermeture", &json!({ "account_password": CHOSEN })).await.is(200);
}

fn balances(of: &Beneficiary) -> [u64; 4] {
    Envelope::ALL.map(|envelope| of.wallet.balance(envelope).cents())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_typed_the_second_time_the_wallet_is_what_was_left() {
    let ways: [&[(&str, &str)]; 9] = [
        &[],
        &[("email", "autre@example.org")],
        &[("first_name", "LEA"), ("last_name", "de-la-tour")],
        &[("first_name", "le\u{301}a"), ("last_name", "DELATOUR")],
        &[("first_name", "Lĕä")],
        &[("first_name", "  LÉA ")],
        &[("last_name", "De  la   Tour ")],
        &[("first_name", "De la Tour"), ("last_name", "Léa")],
        &[("status", "apprentice"), ("school_name", "CFA d’Aubagne"), ("mobile", "0612345678")],
    ];
    for (way, changes) in ways.into_iter().enumerate() {
        let stage = Stage::set().await;
        let shop = stage.partner().await;
        let (lea, identifier) = enrolled(&stage, &lea()).await;
        stage.payment(&shop, &lea, 27_50).await;
        close(&stage, &identifier).await;
        let (back, _) = enrolled(&stage, &but(changes)).await;
        assert_eq!(balances(&back), [50, 12_00, 10_00, 10_00], "way {way}: {changes:?}");
        assert_eq!(back.card_state, CardState::Active);
        assert_ne!((back.id, &back.card), (lea.id, &lea.card), "a new card");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_again_and_again_adds_nothing_and_the_mail_says_why() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let mut left = 28_00;
    for round in 0..4 {
        let (lea, identifier) = enrolled(&stage, &but(&[("email", &format!("lea{round}@example.org"))])).await;
        assert_eq!(balances(&lea)[0], left, "round {round}");
        let welcome = stage.mail_to(&format!("lea{round}@example.org")).await.text;
        assert_eq!(welcome.contains("celui qui y restait"), round > 0, "{welcome}");
        stage.payment(&shop, &lea, 7_00).await;
        left -= 7_00;
        close(&stage, &identifier).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_wallet_leaves_nothing_behind() {
    let stage = Stage::set().await;
    let (lea, identifier) = enrolled(&stage, &lea()).await;
    close(&stage, &identifier).await;
    let (back, _) = enrolled(&stage, &self::lea()).await;
    assert_eq!(balances(&back), balances(&lea));
    let welcome = stage.mail_to("lea@example.org").await.text;
    assert!(!welcome.contains("celui qui y restait"), "{welcome}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_card_stays_suspended_and_a_closing_that_broke_off_suspends_nobody() {
    for broken_off in [false, true] {
        for suspended in [false, true] {
            let stage = Stage::set().await;
            let shop = stage.partner().await;
            let (lea, identifier) = enrolled(&stage, &lea()).await;
            stage.payment(&shop, &lea, 1_00).await;
            if suspended {
                let team = stage.till(&stage.team().await).await;
                let reason = json!({ "suspension_reason": "Carte prêtée à un ami." });
                team.post(&format!("/equipe/jeunes/{}/suspension", lea.id), &reason).await.is(200);
            }
            if broken_off {
                stage.house.store().closures.begin(&lea).await.unwrap();
                stage.house.store().closures.begin(&lea).await.unwrap();
            }
            close(&stage, &identifier).await;
            let (back, _) = enrolled(&stage, &self::lea()).await;
            let stands = if suspended { CardState::Suspended } else { CardState::Active };
            assert_eq!(back.card_state, stands, "broken off: {broken_off}");
            let till = stage.till(&shop.account).await;
            let paid = till.pay(&till.ticket(&back).await, "reading", 1_00).await;
            if suspended {
                paid.refuses(422, "card_suspended")
            } else {
                paid.is(201)
            };
            assert_eq!(stage.mail_to("lea@example.org").await.text.contains("suspendue"), suspended);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_is_not_shed_with_a_wallet_that_has_ended() {
    let stage = Stage::set().await;
    let ended = Wallet::full(Campaign::parse("2025-2026").unwrap());
    let young = stage
        .young_with(|young| {
            young.wallet = ended;
            young.card_state = CardState::Suspended;
        })
        .await;
    let account = stage.account_of(&young).await;
    let phone = stage.till(&account).await;
    phone.post("/mes-donnees/fermeture", &json!({ "account_password": PASSWORD })).await.is(200);
    let form = but(&[
        ("first_name", young.first_name.as_str()),
        ("last_name", young.last_name.as_str()),
        ("birth_date", &young.birth_date.iso()),
    ]);
    let (back, _) = enrolled(&stage, &form).await;
    assert_eq!((back.card_state, balances(&back)), (CardState::Suspended, [28_00, 12_00, 10_00, 10_00]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_campaign_knows_nothing_of_it() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let (lea, identifier) = enrolled(&stage, &lea()).await;
    stage.payment(&shop, &lea, 28_00).await;
    close(&stage, &identifier).await;
    stage.clock("2027-09-01T08:00:00+02:00");
    let (back, _) = enrolled(&stage, &self::lea()).await;
    assert_eq!(back.wallet, Wallet::full(Campaign::parse("2027-2028").unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_cancelled_after_the_closing_gives_its_credit_to_who_has_the_rest() {
    for comes_back_first in [false, true] {
        let stage = Stage::set().await;
        let shop = stage.partner().await;
        let till = stage.till(&shop.account).await;
        let (lea, identifier) = enrolled(&stage, &lea()).await;
        let phone = Till::sign_in(stage.http(), identifier.as_str(), CHOSEN).await;
        let made = phone.post("/mes-vouchers", &json!({ "days": "7" })).await.is(201).json();
        let number = made["voucher"]["number"].as_str().unwrap();
        let found = till.look_up(number, &lea.birth_date.iso()).await.is(200).json();
        let by_voucher = till.pay(found["ticket"].as_str().unwrap(), "reading", 3_00).await.is(201).json();
        let by_card = stage.payment(&shop, &lea, 20_00).await;
        close(&stage, &identifier).await;
        let mut back = None;
        if comes_back_first {
            back = Some(enrolled(&stage, &self::lea()).await.0);
        }
        till.cancel(&by_card.id.to_string()).await.is(200);
        till.cancel(by_voucher["id"].as_str().unwrap()).await.is(200);
        till.cancel(&by_card.id.to_string()).await.is(409);
        let back = match back {
            Some(back) => stage.as_stored(&back).await,
            None => enrolled(&stage, &self::lea()).await.0,
        };
        assert_eq!(balances(&back)[0], 28_00, "came back first: {comes_back_first}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outing_gives_a_closed_account_s_credit_back_to_what_it_left() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let (lea, identifier) = enrolled(&stage, &lea()).await;
    let mut outings = Vec::new();
    for _ in 0..3 {
        let sortie = stage.confirmed(&school, &shop, stage.sheet().at_cents(3_00)).await;
        stage.joins(&sortie, &lea).await;
        outings.push(sortie);
    }
    let [open, cancelled, visited] = &outings[..] else { unreachable!("three were made") };
    stage.validated(cancelled).await;
    stage.validated(visited).await;
    close(&stage, &identifier).await;
    assert_eq!(stage.outing(open).await.joined, 0, "left with the closing");
    stage.cancelled(cancelled).await;
    stage.house.housekeeping().unwrap().handle(background_housekeeping::Chore::Release).await.unwrap();
    let (back, _) = enrolled(&stage, &self::lea()).await;
    assert_eq!(balances(&back)[3], 7_00, "two of three are given back");

    // Absent on the day: the account that came back has it; present after all: it is held once more.
    stage.clock("2026-11-26T09:00:00+01:00");
    let desk = stage.till(&shop.account).await;
    let mark = async |word: &str| {
        desk.post(&format!("/mes-sorties/{}/{word}/{}", visited.id.as_str(), lea.id), &json!({})).await.is(200);
        stage.left(&back, Envelope::Outing).await
    };
    assert_eq!(mark("absents").await, 10_00);
    assert_eq!(mark("presents").await, 7_00);
    assert_eq!(mark("presents").await, 7_00, "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn credit_that_comes_back_before_its_owner_lies_with_what_the_account_left() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let teacher = stage.till(&stage.account_of_school(&school).await).await;
    let (lea, identifier) = enrolled(&stage, &lea()).await;
    let mut outings = Vec::new();
    for _ in 0..2 {
        let sortie = stage.confirmed(&school, &shop, stage.sheet().at_cents(3_00)).await;
        stage.joins(&sortie, &lea).await;
        stage.validated(&sortie).await;
        outings.push(sortie.id.as_str().to_owned());
    }
    close(&stage, &identifier).await;
    let reason = json!({ "cancellation_reason": "Le théâtre est en grève." });
    teacher.post(&format!("/etablissement/sorties/{}/annulation", outings[0]), &reason).await.is(200);
    stage.clock("2026-11-26T09:00:00+01:00");
    let desk = stage.till(&shop.account).await;
    for word in ["absents", "presents", "absents"] {
        desk.post(&format!("/mes-sorties/{}/{word}/{}", outings[1], lea.id), &json!({})).await.is(200);
    }
    let (back, _) = enrolled(&stage, &self::lea()).await;
    assert_eq!(balances(&back)[3], 10_00, "both prices");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_s_word_about_a_namesake_gives_nobody_a_second_wallet() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let (lea, identifier) = enrolled(&stage, &lea()).await;
    stage.payment(&shop, &lea, 28_00).await;
    // A second registration waits for the team; meanwhile the first account closes.
    let twin = asked(&stage, &but(&[("email", "autre@example.org")])).await;
    assert_eq!(confirm(&stage, &twin).await, "review");
    close(&stage, &identifier).await;
    let waiting = stage.house.store().enrolments.waiting(None, 10).await.unwrap().enrolments;
    let team = stage.till(&stage.team().await).await;
    team.post(&format!("/equipe/doublons/{}/autre", waiting[0].id), &json!({})).await.is(200);
    let (back, _) = mailed(&stage, "autre@example.org").await;
    assert_eq!(balances(&back)[0], 0);
    // And whoever comes third meets the claim.
    let third = asked(&stage, &but(&[("email", "troisieme@example.org")])).await;
    assert_eq!(confirm(&stage, &third).await, "review");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_namesake_keeps_a_wallet_of_their_own_through_closings() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let (lea, first) = enrolled(&stage, &lea()).await;
    let twin = asked(&stage, &but(&[("email", "autre@example.org")])).await;
    assert_eq!(confirm(&stage, &twin).await, "review");
    let team = stage.till(&stage.team().await).await;
    let decide = async || {
        let waiting = stage.house.store().enrolments.waiting(None, 10).await.unwrap().enrolments;
        team.post(&format!("/equipe/doublons/{}/autre", waiting[0].id), &json!({})).await.is(200);
    };
    decide().await;
    let (other, second) = mailed(&stage, "autre@example.org").await;
    assert_eq!(balances(&other)[0], 28_00, "another person");
    stage.payment(&shop, &lea, 10_00).await;
    stage.payment(&shop, &other, 25_00).await;
    // The namesake closes and comes back by the team: with the namesake's rest, not with a full wallet.
    close(&stage, &second).await;
    let again = asked(&stage, &but(&[("email", "encore@example.org")])).await;
    assert_eq!(confirm(&stage, &again).await, "review", "the first account still stands");
    decide().await;
    let (other, second) = mailed(&stage, "encore@example.org").await;
    assert_eq!(balances(&other)[0], 3_00);
    // Both close: nobody can tell them apart any more, and who comes back finds the first rest.
    close(&stage, &first).await;
    close(&stage, &second).await;
    let (one, _) = enrolled(&stage, &self::lea()).await;
    assert_eq!(balances(&one)[0], 18_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn closings_and_confirmations_at_once_leave_one_rest_and_make_one_wallet() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let (lea, identifier) = enrolled(&stage, &lea()).await;
    stage.payment(&shop, &lea, 20_00).await;
    let phone = Till::sign_in(stage.http(), identifier.as_str(), CHOSEN).await;
    let clicks = (0..6).map(|_| {
        let phone = phone.clone();
        async move { phone.post("/mes-donnees/fermeture", &json!({ "account_password": CHOSEN })).await }
    });
    let answers = at_once(6, clicks).await;
    assert!(answers.iter().all(|answer| [200, 401, 404, 429, 503].contains(&answer.status)), "{answers:?}");
    assert!(answers.iter().any(|answer| answer.status == 200));

    let mut confirmations = Vec::new();
    for one in 0..4 {
        confirmations.push(asked(&stage, &but(&[("email", &format!("lea{one}@example.org"))])).await);
    }
    let clicks = confirmations.into_iter().map(|confirmation| {
        let http = stage.http();
        async move { http.post_json("/inscription/jeune/confirmation", None, &confirmation).await }
    });
    let states: Vec<_> =
        at_once(4, clicks).await.into_iter().map(|answer| answer.is(201).json()["state"].clone()).collect();
    assert_eq!(count(&states, |state| *state == "enrolled"), 1, "{states:?}");
    assert_eq!(count(&states, |state| *state == "review"), 3, "{states:?}");
    let waiting = stage.house.store().enrolments.waiting(None, 10).await.unwrap().enrolments;
    let of: BeneficiaryId = waiting[0].duplicate().unwrap().1;
    assert_eq!(balances(&stage.house.store().beneficiaries.find(of).await.unwrap().unwrap())[0], 8_00);
}
