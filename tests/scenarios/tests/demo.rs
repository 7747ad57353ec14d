//! The demo data look alive, and add up.

use std::collections::HashMap;

use epass_domain::{
    BirthDate, Campaign, CardNumber, Envelope, ParisDay, PartnerId, Payer, Reference, Stage as Where, TransactionState,
};
use epass_local::demo;
use epass_scenarios::{Browser, Stage};
use epass_store::Asked;

const STAGES: [Where; 5] = Where::ALL;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_data_add_up() {
    let stage = Stage::set().await;
    demo::lay(&stage.house).await.unwrap();
    let store = stage.house.store();
    let mut partners: Vec<PartnerId> = Vec::new();
    for queue in STAGES {
        let page = store.partners.at_stage(queue, None, 100).await.unwrap();
        assert!(!page.lines.is_empty(), "nobody is at {queue:?}");
        partners.extend(page.lines.into_iter().map(|line| line.partner_id));
    }
    assert_eq!(partners.len(), 31);
    assert!(!store.partners.awaiting_bank(None, 10).await.unwrap().lines.is_empty());

    let now = stage.house.clock.now();
    let campaign = Campaign::at(now);
    let mut paid: HashMap<_, u64> = HashMap::new();
    let mut young = HashMap::new();
    let mut transactions = 0;
    for partner in &partners {
        let whole = store.transactions.history(&Asked::all(partner.clone()), None, 10_000).await.unwrap();
        for one in whole.transactions {
            assert!(one.at <= now && one.campaign == Campaign::at(one.at));
            transactions += 1;
            let Payer::Desk(payer) = one.payer else { continue };
            young.insert(payer.beneficiary, payer.reference);
            if one.state == TransactionState::Paid && one.campaign == campaign {
                *paid.entry((payer.beneficiary, one.envelope)).or_default() += one.amount.cents();
            }
        }
    }
    assert!(transactions >= 4_000, "{transactions} transactions");
    assert!(young.len() > 450, "{} young people have paid", young.len());
    for (id, reference) in &young {
        let stored = store.beneficiaries.find(*id).await.unwrap().unwrap();
        assert_eq!(Reference::Card(stored.card.clone()), *reference);
        for envelope in Envelope::ALL {
            let spent = paid.get(&(*id, envelope)).copied().unwrap_or_default();
            let held = stored.wallet.balance(envelope).cents() + spent;
            assert_eq!(held, campaign.dotation(envelope).cents(), "{envelope:?}");
        }
    }

    let card = CardNumber::parse(demo::CARD).unwrap();
    let entry = store.beneficiaries.lookup(&Reference::Card(card)).await.unwrap().unwrap();
    let lea = store.beneficiaries.find(entry.beneficiary).await.unwrap().unwrap();
    assert_eq!(format!("{} {}", lea.first_name, lea.last_name), "Léa Martin");
    assert_eq!(lea.birth_date, BirthDate::parse("2008-05-14", ParisDay::of(now)).unwrap());
    assert_eq!(lea.wallet, epass_domain::Wallet::full(campaign));
    assert!(!young.contains_key(&lea.id));

    // Laid once: a second start changes nothing.
    demo::lay(&stage.house).await.unwrap();
    for identifier in demo::SIGN_INS {
        Browser::of(stage.http()).sign_in(identifier, demo::PASSWORD).await;
    }
}
