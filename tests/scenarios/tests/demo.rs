//! The demo data look alive, and add up.

use std::collections::HashMap;

use epass_domain::{
    Beneficiary, BeneficiaryId, BirthDate, Campaign, CardNumber, Envelope, EstablishmentId, Euros, ParisDay, PartnerId,
    Payer, Phase, Presence, Reference, SortieState, Stage as Where, TransactionId, TransactionState,
};
use epass_local::demo;
use epass_scenarios::{Browser, Setting, Stage, at};
use epass_store::{Asked, SortiesAsked, Store};

const STAGES: [Where; 5] = Where::ALL;

/// Every state is there, every wallet of the campaign lacks what outings hold of it, and every settlement pays for those who
/// were there; Léa Martin takes part in one, and can join another.
async fn the_outings_add_up(
    store: &Store,
    lea: &Beneficiary,
    young: &[BeneficiaryId],
    mut owed: HashMap<TransactionId, Euros>,
) {
    let school = EstablishmentId::made_up(139_001);
    let page = store.sorties.of_establishment(&school, &SortiesAsked::default(), None, 100).await.unwrap();
    let mut held: HashMap<BeneficiaryId, u64> = HashMap::new();
    let mut open_to_lea = 0;
    for line in &page.lines {
        let sortie = store.sorties.find(&line.id).await.unwrap().unwrap();
        let participants = store.sorties.participants(&line.id).await.unwrap();
        let count = |presence| participants.iter().filter(|one| one.presence == presence).count();
        let released = count(Presence::Released);
        assert_eq!(participants.len(), sortie.joined as usize);
        assert_eq!(count(Presence::Absent), sortie.absent as usize);
        assert_eq!(released, if line.phase == Phase::Cancelled { participants.len() } else { 0 });
        if let SortieState::Settled { transaction, .. } = sortie.state {
            let present = u32::try_from(count(Presence::Present)).unwrap();
            assert_eq!(owed.remove(&transaction), Some(sortie.sheet.price.times(present)));
        }
        if sortie.sheet.campaign() == lea.wallet.campaign {
            for one in participants.iter().filter(|one| one.presence == Presence::Present) {
                *held.entry(one.beneficiary).or_default() += sortie.sheet.price.euros().cents();
            }
        }
        let joined = participants.iter().any(|one| one.beneficiary == lea.id);
        let holds = sortie.sheet.price.euros() <= lea.wallet.outing;
        open_to_lea += usize::from(line.phase == Phase::Confirmed && !joined && holds);
        let steps = store.sorties.steps(&line.id, None, 100).await.unwrap().steps;
        assert!(steps.len() > participants.len(), "everybody who joined is on the timeline");
    }
    for phase in Phase::ALL {
        assert!(page.lines.iter().any(|line| line.phase == phase), "no outing is {phase:?}");
    }
    assert!(owed.is_empty(), "a partner is owed for no outing: {owed:?}");
    assert!(open_to_lea > 0 && held.contains_key(&lea.id));
    assert!(held.len() > 80, "{} young people go out", held.len());
    for id in young.iter().copied().chain([lea.id]) {
        let held = held.remove(&id).unwrap_or_default();
        let stored = store.beneficiaries.find(id).await.unwrap().unwrap();
        let dotation = stored.wallet.campaign.dotation(Envelope::Outing).cents();
        assert_eq!(stored.wallet.outing.cents() + held, dotation);
    }
}

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
    let mut owed = HashMap::new();
    let mut transactions = 0;
    for partner in &partners {
        let whole = store.transactions.history(&Asked::all(partner.clone()), None, 10_000).await.unwrap();
        for one in whole.transactions {
            assert!(one.at <= now && one.campaign == Campaign::at(one.at));
            transactions += 1;
            let payer = match one.payer {
                Payer::Desk(payer) => payer,
                Payer::Outing(_) => {
                    owed.insert(one.id, one.amount);
                    continue;
                }
            };
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
        for envelope in [Envelope::Reading, Envelope::Cinema, Envelope::Performance] {
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
    assert!(!young.contains_key(&lea.id));
    the_outings_add_up(&store, &lea, &young.keys().copied().collect::<Vec<_>>(), owed).await;

    // Laid once: a second start changes nothing.
    demo::lay(&stage.house).await.unwrap();
    for identifier in demo::SIGN_INS {
        Browser::of(stage.http()).sign_in(identifier, demo::PASSWORD).await;
    }
}

/// The last half-hour of a campaign and the first of the next; before the scheme's first week is over; years after it.
const DAYS: [&str; 4] = [
    "2026-08-31T23:30:00+02:00",
    "2026-09-01T00:30:00+02:00",
    "2026-10-31T12:00:00+01:00",
    "2036-12-25T12:00:00+01:00",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_data_are_laid_on_any_day_from_2026_to_2036() {
    for day in DAYS {
        let stage = Stage::of(Setting { now: at(day), ..Setting::default() }).await;
        demo::lay(&stage.house).await.unwrap_or_else(|error| panic!("{day}: {error}"));
        let mut team = Browser::of(stage.http());
        team.sign_in("equipe", demo::PASSWORD).await;
        for page in ["/equipe/remboursements", "/equipe/chiffres", "/equipe/conventions", "/equipe/bons-plans"] {
            team.get(page).await.is(200);
        }
        let mut shop = Browser::of(stage.http());
        shop.sign_in("partenaire", demo::PASSWORD).await;
        for page in ["/remboursements", "/statistiques", "/transactions", "/mes-sorties"] {
            shop.get(page).await.is(200);
        }
    }
}
