//! Whatever everybody does, the money of an outing adds up.

use std::collections::BTreeMap;

use background_housekeeping::Chore;
use epass_domain::{Beneficiary, CardState, Envelope, Euros, Presence};
use epass_scenarios::{Stage, Trip, Visitor, count};

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_join_is_told_why_and_keeps_the_money() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let sortie = stage.confirmed(&school, &shop, stage.sheet()).await;
    let path = format!("/sorties/{}/inscription", sortie.id.as_str());

    let poor = Visitor::of(&stage, |young| young.wallet.outing = Euros::from_cents(7_99)).await;
    poor.post(&path).await.refuses(422, "balance_too_low");
    let suspended = Visitor::of(&stage, |young| young.card_state = CardState::Suspended).await;
    suspended.post(&path).await.refuses(422, "card_suspended");
    let twice = Visitor::come(&stage).await;
    twice.post(&path).await.is(201);
    twice.post(&path).await.refuses(409, "already_joined");
    stage.validated(&sortie).await;
    let late = Visitor::come(&stage).await;
    let told = late.post(&path).await.refuses(409, "sortie_state").json()["detail"].to_string();
    assert!(told.contains("Validée") && told.contains("l’encaisser"), "{told}");
    twice.post(&format!("/sorties/{}/desinscription", sortie.id.as_str())).await.refuses(409, "sortie_state");
    late.post("/sorties/00000000K/inscription").await.is(404);
    for (one, left) in [(&poor, 7_99), (&suspended, 10_00), (&twice, 2_00), (&late, 10_00)] {
        let wallet = stage.house.store().beneficiaries.find(one.id).await.unwrap().unwrap().wallet;
        assert_eq!(wallet.outing.cents(), left);
    }
    assert_eq!(stage.outing(&sortie).await.joined, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_pupils_of_a_cancelled_outing_have_their_money_back_once_though_it_was_cut_off() {
    const MANY: usize = 500;
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let sortie = stage.confirmed(&school, &shop, stage.sheet()).await;
    let mut all: Vec<Beneficiary> = Vec::new();
    for _ in 0..MANY {
        let young = stage.young().await;
        stage.joins(&sortie, &young).await;
        all.push(young);
    }
    let cancelled = stage.cancelled(&sortie).await;
    let released = async || count(&stage.participants(&sortie).await, |one| one.presence == Presence::Released);

    // Killed in the middle of it, twice.
    for _ in 0..2 {
        let before = released().await;
        let app = stage.house.app("background-housekeeping").unwrap();
        let work = tokio::spawn({
            let cancelled = cancelled.clone();
            async move { epass_sortie::release(&app, &cancelled, 10_000).await }
        });
        while released().await == before {
            assert!(!work.is_finished(), "it gave nothing back");
        }
        work.abort();
    }
    let before = released().await;
    assert!(before > 0 && before < MANY, "{before} have theirs");

    // Two runs of the housekeeping at once go on from there; a third one finds nothing to do.
    let housekeeping = stage.house.housekeeping().unwrap();
    let (one, other) = tokio::join!(housekeeping.handle(Chore::Release), housekeeping.handle(Chore::Release));
    one.unwrap();
    other.unwrap();
    assert_eq!(released().await, MANY);
    assert_eq!(housekeeping.handle(Chore::Release).await.unwrap().released, 0);
    for young in &all {
        assert_eq!(stage.left(young, Envelope::Outing).await, 10_00);
    }
    let mut mails: BTreeMap<String, usize> = BTreeMap::new();
    for mail in stage.mails().await.iter().filter(|mail| mail.subject.contains("annulée")) {
        *mails.entry(mail.to.clone()).or_default() += 1;
    }
    assert_eq!((mails.len(), mails.values().max()), (MANY, Some(&1)), "everybody is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_renewed_or_left_since_is_told_but_gets_no_money_of_an_ended_campaign() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let sortie = stage.confirmed(&school, &shop, stage.sheet().on("31/08/2027")).await;
    let (stays, renews) = (stage.young().await, stage.young().await);
    stage.joins(&sortie, &stays).await;
    stage.joins(&sortie, &renews).await;
    stage.clock("2027-09-01T10:00:00+02:00");
    let before = stage.as_stored(&renews).await;
    let situation = stage.house.store().profiles.find(renews.id).await.unwrap().unwrap().situation;
    let after = before.clone().renew(&situation, stage.house.clock.now()).unwrap();
    stage.house.store().profiles.renew(&before, &after, &situation).await.unwrap();
    stage.cancelled(&sortie).await;
    stage.house.housekeeping().unwrap().handle(Chore::Release).await.unwrap();
    assert_eq!(stage.left(&stays, Envelope::Outing).await, 10_00, "its own campaign's");
    assert_eq!(stage.left(&renews, Envelope::Outing).await, 10_00, "a full one, and no more");
    assert!(stage.participants(&sortie).await.iter().all(|one| one.presence == Presence::Released));
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_are_sent_on_their_day_and_once() {
    let stage = Stage::set().await; // Tuesday 24 November 2026
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let asked = stage.asked(&school, &shop, stage.sheet().on("10/12/2026")).await;
    let confirmed = stage.confirmed(&school, &shop, stage.sheet().on("27/11/2026")).await;
    stage.joins(&confirmed, &stage.young().await).await;
    let housekeeping = stage.house.housekeeping().unwrap();
    let remind = async |day: &str| {
        stage.clock(&format!("{day}T08:00:00+01:00"));
        let report = housekeeping.handle(Chore::Remind).await.unwrap();
        assert_eq!(housekeeping.handle(Chore::Remind).await.unwrap().reminders, 0, "once");
        report.reminders
    };
    assert_eq!(remind("2026-11-25").await, 0);
    assert_eq!(remind("2026-11-26").await, 1, "tomorrow");
    stage.validated(&confirmed).await;
    assert_eq!(remind("2026-11-27").await, 1, "three days without an answer");
    assert_eq!(remind("2026-11-28").await, 1, "yesterday, and not settled");
    assert_eq!(remind("2026-12-09").await, 0, "nobody confirmed it");
    let mails = stage.mails().await;
    let told: Vec<(&str, &str)> = mails.iter().map(|mail| (mail.to.as_str(), mail.subject.as_str())).collect();
    let (school, partner) = (school.email.as_str(), shop.partner.referent_email().as_str());
    let title = "Le Cid, séance scolaire";
    let expected = [
        (school, format!("Votre sortie a lieu demain\u{a0}: validez sa liste\u{a0}: {title}")),
        (partner, format!("Rappel\u{a0}: une sortie attend votre réponse\u{a0}: {title}")),
        (school, format!("Votre sortie n’est pas encaissée\u{a0}: {title}")),
    ];
    assert_eq!(told, expected.each_ref().map(|(to, subject)| (*to, subject.as_str())));
    assert!(mails[1].text.contains("/sortie-a-confirmer/"), "{}", mails[1].text);
    drop(asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_outings_joined_at_once_never_take_more_than_there_is() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let dear = stage.confirmed(&school, &shop, stage.sheet().at_cents(6_00)).await;
    let other = stage.confirmed(&school, &shop, stage.sheet().at_cents(4_50)).await;
    for _ in 0..20 {
        let young = Visitor::come(&stage).await;
        let paths = [&dear, &other].map(|sortie| format!("/sorties/{}/inscription", sortie.id.as_str()));
        let (one, two) = tokio::join!(young.post(&paths[0]), young.post(&paths[1]));
        let (won, lost) = if one.status == 201 { (6_00, two) } else { (4_50, one) };
        lost.refuses(422, "balance_too_low");
        let wallet = stage.house.store().beneficiaries.find(young.id).await.unwrap().unwrap().wallet;
        assert_eq!(wallet.outing.cents(), 10_00 - won);
    }
}
