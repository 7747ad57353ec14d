//! Money moves once, and never more than there is.

use epass_domain::{Campaign, CardState, ConventionState, Envelope, Paragraph, Ticket, Voucher, VoucherNumber, Wallet};
use epass_scenarios::{Stage, Till, at, at_once, count};
use jiff::SignedDuration;

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_payments_of_one_euro_a_full_envelope_takes_exactly_28() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let look_ups = (0..1000).map(|_| (till.clone(), young.clone()));
    let tickets = at_once(50, look_ups.map(|(till, young)| async move { till.ticket(&young).await })).await;

    let payments = tickets.into_iter().map(|ticket| (till.clone(), ticket));
    let answers =
        at_once(50, payments.map(|(till, ticket)| async move { till.pay(&ticket, "reading", 1_00).await })).await;

    assert_eq!(count(&answers, |answer| answer.status == 201), 28);
    assert_eq!(count(&answers, |answer| answer.status == 422 && answer.code() == "balance_too_low"), 972);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 0);
    assert_eq!(stage.as_stored(&young).await.wallet.cinema, young.wallet.cinema, "envelopes never mix");
    let history = till.history().await;
    assert_eq!(history.len(), 28);
    let mut left: Vec<u64> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.json()["available_cents"].as_u64().unwrap())
        .collect();
    left.sort_unstable();
    assert_eq!(left, (0..28).map(|euros| euros * 100).collect::<Vec<_>>(), "each receipt tells another balance");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_ticket_a_hundred_times_at_once_is_one_debit() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let ticket = till.ticket(&young).await;

    let again = (0..100).map(|_| (till.clone(), ticket.clone()));
    let answers =
        at_once(100, again.map(|(till, ticket)| async move { till.pay(&ticket, "reading", 12_50).await })).await;

    assert_eq!(count(&answers, |answer| answer.status == 201), 1);
    assert_eq!(count(&answers, |answer| answer.status == 200), 99);
    assert!(answers.iter().all(|answer| answer.body == answers[0].body), "one receipt for all");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00 - 12_50);
    assert_eq!(till.history().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_finds_its_first_payment_long_after_the_ticket_ended() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let ticket = till.ticket(&young).await;
    let unused = till.ticket(&young).await;
    let first = till.pay(&ticket, "reading", 10_00).await.is(201);

    stage.house.clock.set(stage.house.clock.now() + Ticket::LIFE);
    let again = till.pay(&ticket, "reading", 10_00).await.is(200);
    assert_eq!(again.body, first.body);
    till.pay(&unused, "reading", 10_00).await.refuses(422, "ticket_expired");
    till.pay(&ticket, "reading", 10_01).await.refuses(422, "ticket_used");
    till.pay(&ticket, "cinema", 10_00).await.refuses(422, "ticket_used");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 18_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_amounts_on_one_ticket_at_once_are_one_debit_and_one_refusal() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    for _ in 0..5 {
        let before = stage.left(&young, Envelope::Reading).await;
        let ticket = till.ticket(&young).await;
        let both = [1_00, 2_00].map(|cents| (till.clone(), ticket.clone(), cents));
        let answers =
            at_once(2, both.map(|(till, ticket, cents)| async move { till.pay(&ticket, "reading", cents).await }))
                .await;
        let paid = answers.iter().find(|answer| answer.status == 201).expect("one of them pays").json();
        assert_eq!(count(&answers, |answer| answer.code() == "ticket_used"), 1);
        let taken = paid["amount_cents"].as_u64().unwrap();
        assert_eq!(stage.left(&young, Envelope::Reading).await, before - taken);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_desks_on_two_envelopes_never_refuse_each_other() {
    let stage = Stage::set().await;
    let bookshop = stage.partner_taking(&[Envelope::Reading]).await;
    let cinema = stage.partner_taking(&[Envelope::Cinema]).await;
    let young = stage.young().await;
    let desks = [(stage.till(&bookshop.account).await, "reading"), (stage.till(&cinema.account).await, "cinema")];
    let mut payments = Vec::new();
    for _ in 0..12 {
        for (till, envelope) in &desks {
            payments.push((till.clone(), till.ticket(&young).await, *envelope));
        }
    }
    let answers = at_once(
        24,
        payments.into_iter().map(|(till, ticket, envelope)| async move { till.pay(&ticket, envelope, 1_00).await }),
    )
    .await;
    assert_eq!(count(&answers, |answer| answer.status == 201), 24);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 16_00);
    assert_eq!(stage.left(&young, Envelope::Cinema).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_refuses_by_its_word_and_takes_nothing() {
    let stage = Stage::set().await;
    let shop = stage.partner_taking(&[Envelope::Reading, Envelope::Cinema]).await;
    let till = stage.till(&shop.account).await;
    let young = stage.young().await;
    let suspended = stage.young_with(|young| young.card_state = CardState::Suspended).await;
    let last_year = Campaign::at(at("2026-08-31T12:00:00+02:00"));
    let ended = stage.young_with(|young| young.wallet = Wallet::full(last_year)).await;

    let pay = async |who, envelope, cents| {
        let ticket = till.ticket(who).await;
        till.pay(&ticket, envelope, cents).await
    };
    pay(&young, "reading", 28_01).await.refuses(422, "balance_too_low");
    pay(&young, "performance", 1_00).await.refuses(422, "envelope_not_in_convention");
    pay(&young, "outing", 1_00).await.refuses(422, "envelope_not_in_convention");
    pay(&young, "", 1_00).await.refuses(422, "envelope_missing");
    pay(&suspended, "reading", 1_00).await.refuses(422, "card_suspended");
    pay(&ended, "reading", 1_00).await.refuses(422, "campaign_over");
    for who in [&young, &suspended, &ended] {
        assert_eq!(stage.as_stored(who).await, *who);
    }
    assert_eq!(till.history().await.len(), 0);
    pay(&young, "reading", 28_00).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_convention_in_force_nothing_is_looked_up_and_nothing_is_paid() {
    let stage = Stage::set().await;
    let young = stage.young().await;
    for shop in [stage.newcomer().await, stage.applicant().await] {
        let till = stage.till(&shop.account).await;
        till.look_up(young.card.as_str(), "2008-05-14").await.refuses(422, "no_convention");
    }
    // The convention goes between look-up and payment.
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let ticket = till.ticket(&young).await;
    let mut after = shop.partner.clone();
    after.revision += 1;
    let reason = Paragraph::parse("SIRET radié", 500).unwrap();
    after.convention.as_mut().unwrap().state = ConventionState::Refused { at: stage.house.clock.now(), reason };
    stage.house.store().partners.save(&shop.partner, &after, &[]).await.unwrap().unwrap();
    till.pay(&ticket, "reading", 1_00).await.refuses(422, "no_convention");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_pays_once_and_comes_back_with_the_cancellation() {
    let stage = Stage::set().await;
    let shop = stage.partner_taking(&[Envelope::Reading, Envelope::Cinema]).await;
    let till = stage.till(&shop.account).await;
    let young = stage.young().await;
    let expires_at = stage.house.clock.now() + SignedDuration::from_hours(1);
    let terms = Voucher { envelope: Some(Envelope::Reading), expires_at, used_by: None };
    let number = stage.voucher(&young, terms.clone()).await;
    let look_up = async || till.look_up(number.as_str(), "2008-05-14").await;
    let ticket = async || look_up().await.is(200).json()["ticket"].as_str().unwrap().to_owned();

    let (first, second) = (ticket().await, ticket().await);
    till.pay(&first, "cinema", 5_00).await.refuses(422, "voucher_for_another_envelope");
    let paid = till.pay(&first, "reading", 5_00).await.is(201).json();
    let id = paid["id"].as_str().unwrap();
    assert_eq!(stage.entry(&number).await.voucher.unwrap().used_by.unwrap().to_string(), id);
    till.pay(&second, "reading", 5_00).await.refuses(422, "voucher_used");
    till.pay(&first, "reading", 5_00).await.is(200);
    look_up().await.refuses(404, "not_found");

    till.cancel(id).await.is(200);
    assert_eq!(stage.entry(&number).await.voucher, Some(terms));
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
    till.pay(&second, "reading", 6_00).await.is(201);

    let short =
        Voucher { envelope: None, expires_at: stage.house.clock.now() + SignedDuration::from_mins(5), used_by: None };
    let number = stage.voucher(&young, short).await;
    let found = till.look_up(number.as_str(), "2008-05-14").await.is(200).json();
    stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_mins(5));
    till.pay(found["ticket"].as_str().unwrap(), "reading", 1_00).await.refuses(422, "voucher_expired");
    till.look_up(number.as_str(), "2008-05-14").await.refuses(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_voucher_at_many_desks_at_once_pays_once() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let young = stage.young().await;
    let expires_at = stage.house.clock.now() + SignedDuration::from_hours(1);
    let number = stage.voucher(&young, Voucher { envelope: None, expires_at, used_by: None }).await;
    let mut tickets = Vec::new();
    for _ in 0..20 {
        let found = till.look_up(number.as_str(), "2008-05-14").await.is(200).json();
        tickets.push((till.clone(), found["ticket"].as_str().unwrap().to_owned()));
    }
    let answers =
        at_once(20, tickets.into_iter().map(|(till, ticket)| async move { till.pay(&ticket, "reading", 1_00).await }))
            .await;
    assert_eq!(count(&answers, |answer| answer.status == 201), 1);
    assert_eq!(count(&answers, |answer| answer.code() == "voucher_used"), 19);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 27_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_another_partners_or_an_altered_one_is_no_ticket() {
    let stage = Stage::set().await;
    let (shop, other) = (stage.partner().await, stage.partner().await);
    let young = stage.young().await;
    let (till, thief) = (stage.till(&shop.account).await, stage.till(&other.account).await);
    let ticket = till.ticket(&young).await;
    thief.pay(&ticket, "reading", 1_00).await.refuses(400, "ticket");
    thief.pay(&thief.token.clone(), "reading", 1_00).await.refuses(400, "ticket");
    let as_session = Till { http: till.http.clone(), token: ticket.clone() };
    as_session.get("/transactions").await.refuses(401, "unauthenticated");
    let (head, signature) = ticket.rsplit_once('.').unwrap();
    let altered = format!("{head}.{}", signature.chars().rev().collect::<String>());
    till.pay(&altered, "reading", 1_00).await.refuses(400, "ticket");
    till.pay("", "reading", 1_00).await.refuses(400, "ticket");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_renewed_for_another_campaign_gets_nothing_back() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    // The payment was made on this wallet's campaign; the wallet is of another one by the time of the cancellation.
    let next = Campaign::at(at("2027-10-01T12:00:00+02:00"));
    let young = stage.young_with(|young| young.wallet = Wallet::full(next)).await;
    let mut paid = stage.payment(&shop, &stage.young().await, 8_00).await;
    paid.payer.beneficiary = young.id;
    paid.id = stage.ticket(&shop, &young).transaction;
    stage.house.store().transactions.import(&[paid.clone().into()]).await.unwrap();

    let cancelled = till.cancel(&paid.id.to_string()).await.is(200).json();
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00, "not a cent more than the dotation");
    till.cancel(&paid.id.to_string()).await.refuses(409, "already_cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_of_the_three_numbers_leads_to_the_same_wallet() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let young = stage.young().await;
    let found = till.look_up(&young.file.to_string(), "14/05/2008").await.is(200).json();
    assert_eq!(found["first_name"], "Inès");
    assert_eq!(found["envelopes"], serde_json::json!([{ "envelope": "reading", "available_cents": 2800 }]));
    till.look_up(&young.card.to_string(), "14/05/2008").await.is(200);
    let nobody = VoucherNumber::mint(0x3_0000_0000_0000);
    till.look_up(&nobody.to_string(), "14/05/2008").await.refuses(404, "not_found");
}
