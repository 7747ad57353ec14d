//! Two hundred pupils join within a second: alone in its file, so that nothing else runs beside it.

use epass_domain::{Euros, Wallet};
use epass_scenarios::{Stage, at_once, count};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_pupils_join_within_a_second_and_each_price_is_held_once() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let sortie = stage.confirmed(&school, &shop, stage.sheet()).await;
    let all = stage.visitors(200).await;

    let began = std::time::Instant::now();
    let path = format!("/sorties/{}/inscription", sortie.id.as_str());
    // Every tenth clicks twice.
    let joining =
        all.iter().enumerate().flat_map(|(place, one)| std::iter::repeat_n(one, 1 + usize::from(place % 10 == 0)));
    let joining = joining.cloned().map(|one| {
        let path = path.clone();
        async move { one.post(&path).await }
    });
    let answers = at_once(220, joining).await;
    println!("200 pupils: {} ms", began.elapsed().as_millis());
    let so = |status: u16| count(&answers, |answer| answer.status == status);
    assert_eq!((so(201), so(409)), (200, 20), "all in; the second click is told so");
    assert!(answers.iter().filter(|one| one.status == 409).all(|one| one.code() == "already_joined"));
    assert_eq!(stage.outing(&sortie).await.joined, 200);
    assert_eq!(stage.participants(&sortie).await.len(), 200);
    let store = stage.house.store();
    for one in &all {
        let wallet = store.beneficiaries.find(one.id).await.unwrap().unwrap().wallet;
        assert_eq!(wallet, Wallet { outing: Euros::from_cents(2_00), ..Wallet::full(wallet.campaign) });
    }
}
