//! *J'encaisse la sortie e-PASS* (guide §9.5): absentees, the voucher, one transaction whatever the number.

use epass_domain::{Beneficiary, BeneficiaryId, Did, Envelope, Establishment, Phase, Presence, Sortie, VoucherNumber};
use epass_scenarios::{Answer, Setting, Shop, Stage, Till, Trip, at, at_once, count};
use serde_json::{Value, json};
use uuid::Uuid;

/// The day of the outing, at the door.
const MORNING: &str = "2026-11-26T09:00:00+01:00";

struct Scene {
    stage: Stage,
    school: Establishment,
    shop: Shop,
    till: Till,
}

impl Scene {
    async fn set() -> Self {
        Self::at(MORNING).await
    }

    async fn at(now: &str) -> Self {
        let stage = Stage::of(Setting { now: at(now), ..Setting::default() }).await;
        let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
        let till = stage.till(&shop.account).await;
        Self { stage, school, shop, till }
    }

    /// A validated outing of these young people, with its voucher.
    async fn validated(&self, sheet: epass_domain::Sheet, of: &[&Beneficiary]) -> (Sortie, VoucherNumber) {
        let sortie = self.stage.confirmed(&self.school, &self.shop, sheet).await;
        for young in of {
            self.stage.joins(&sortie, young).await;
        }
        self.stage.validated(&sortie).await
    }

    async fn mark(&self, sortie: &Sortie, how: &str, who: BeneficiaryId) -> Answer {
        self.till.post(&format!("{}/{how}/{who}", path(sortie)), &json!({})).await
    }

    async fn settle(&self, sortie: &Sortie, voucher: &str) -> Answer {
        self.till.post(&door(sortie), &json!({ "voucher_number": voucher })).await
    }

    async fn outing_left(&self, young: &Beneficiary) -> u64 {
        self.stage.left(young, Envelope::Outing).await
    }
}

fn path(sortie: &Sortie) -> String {
    format!("/mes-sorties/{}", sortie.id.as_str())
}

fn door(sortie: &Sortie) -> String {
    format!("{}/encaissement", path(sortie))
}

/// A voucher that is well formed and another outing's.
fn wrong() -> VoucherNumber {
    VoucherNumber::mint(987_654_321)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outing_is_settled_for_those_who_came_and_the_absent_keep_their_credit() {
    let scene = Scene::set().await;
    let (lea, ines, zoe) = (scene.stage.young().await, scene.stage.young().await, scene.stage.young().await);
    let (sortie, voucher) = scene.validated(scene.stage.sheet(), &[&lea, &ines, &zoe]).await;
    let told = scene.mark(&sortie, "absents", ines.id).await.is(200).json();
    assert_eq!((&told["presence"], &told["id"]), (&json!("absent"), &json!(ines.id.to_string())));
    assert_eq!(scene.outing_left(&ines).await, 10_00, "at once");
    scene.mark(&sortie, "absents", ines.id).await.is(200);
    scene.mark(&sortie, "absents", zoe.id).await.is(200);
    scene.mark(&sortie, "presents", zoe.id).await.is(200);
    scene.mark(&sortie, "presents", zoe.id).await.is(200);
    let shown = scene.till.get(&door(&sortie)).await.is(200).json();
    let numbers = ["joined", "present", "absent", "total_cents"].map(|name| shown["sortie"][name].as_u64().unwrap());
    assert_eq!(numbers, [3, 2, 1, 16_00]);

    let receipt = scene.settle(&sortie, voucher.as_str()).await.is(201).json();
    assert_eq!(receipt["sortie"]["total_cents"], 16_00);
    assert_eq!(scene.till.get(&format!("{}/recu", path(&sortie))).await.is(200).json(), receipt);
    for (young, left) in [(&lea, 2_00), (&ines, 10_00), (&zoe, 2_00)] {
        assert_eq!(scene.outing_left(young).await, left);
    }
    let lines = scene.till.history().await;
    assert_eq!((lines.len(), &lines[0]["amount_cents"], &lines[0]["present"]), (1, &json!(16_00), &json!(2)));
    assert_eq!(lines[0]["id"], receipt["transaction"]);

    for (how, who) in [("absents", lea.id), ("presents", ines.id)] {
        scene.mark(&sortie, how, who).await.refuses(409, "sortie_state");
    }
    assert_eq!((scene.outing_left(&lea).await, scene.outing_left(&ines).await), (2_00, 10_00));
    let steps = scene.stage.house.store().sorties.steps(&sortie.id, None, 20).await.unwrap().steps;
    assert_eq!(steps[0].did, Did::Settled { present: 2, absent: 1 });
    let marks = count(&steps, |step| matches!(step.did, Did::DeclaredAbsent { .. } | Did::DeclaredPresent { .. }));
    assert_eq!(marks, 3, "what changed nothing is not told");
}

#[tokio::test(flavor = "multi_thread")]
async fn before_its_day_nothing_is_settled_and_nobody_is_absent() {
    let scene = Scene::at("2026-11-25T23:59:50+01:00").await;
    let lea = scene.stage.young().await;
    let (sortie, voucher) = scene.validated(scene.stage.sheet(), &[&lea]).await;
    scene.stage.clock("2026-11-25T23:59:50+01:00");
    scene.settle(&sortie, voucher.as_str()).await.refuses(422, "sortie_not_yet");
    scene.mark(&sortie, "absents", lea.id).await.refuses(422, "sortie_not_yet");
    let page = scene.stage.browser(&scene.shop.account).await.get(&door(&sortie)).await.is(200).text();
    assert!(page.contains("26/11/2026") && !page.contains("Valider la transaction"), "{page}");
    assert_eq!(scene.outing_left(&lea).await, 2_00);
    scene.stage.clock("2026-11-26T00:00:00+01:00");
    scene.settle(&sortie, voucher.as_str()).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_validated_is_not_settled_and_says_who_may_do_what() {
    let scene = Scene::set().await;
    let lea = scene.stage.young().await;
    let sortie = scene.stage.confirmed(&scene.school, &scene.shop, scene.stage.sheet()).await;
    scene.stage.joins(&sortie, &lea).await;
    let told = scene.settle(&sortie, wrong().as_str()).await.refuses(409, "sortie_state").text();
    assert!(told.contains("Confirmée") && told.contains("L’établissement peut la valider"), "{told}");
    for how in ["absents", "presents"] {
        scene.mark(&sortie, how, lea.id).await.refuses(409, "sortie_state");
    }
    scene.till.get(&format!("{}/recu", path(&sortie))).await.is(404);
    assert_eq!(scene.stage.outing(&sortie).await.state.phase(), Phase::Confirmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_voucher_changes_nothing_and_the_tenth_is_the_last_of_the_hour() {
    let scene = Scene::set().await;
    let lea = scene.stage.young().await;
    let (sortie, voucher) = scene.validated(scene.stage.sheet(), &[&lea]).await;
    let empty = scene.settle(&sortie, " ").await.refuses(422, "invalid");
    assert_eq!(empty.faults()[0].0, "voucher_number");
    let mut slipped = voucher.as_str().to_owned();
    let last = if slipped.ends_with('0') { '1' } else { '0' };
    slipped.pop();
    slipped.push(last);
    scene.settle(&sortie, &slipped).await.refuses(422, "invalid");
    for _ in 0..10 {
        scene.settle(&sortie, wrong().as_str()).await.refuses(422, "wrong_sortie_voucher");
    }
    let full = scene.settle(&sortie, voucher.as_str()).await;
    assert_eq!(full.status, 429, "not even the right one: {}", full.text());
    assert!(!full.header("retry-after").is_empty());
    assert_eq!(scene.stage.outing(&sortie).await.state.phase(), Phase::Validated);
    assert!(scene.till.history().await.is_empty());

    // Another outing's count is its own.
    let (other, number) = scene.validated(scene.stage.sheet(), &[&scene.stage.young().await]).await;
    scene.settle(&other, &number.to_string()).await.is(201);
    scene.stage.clock("2026-11-26T10:02:00+01:00");
    scene.settle(&sortie, &number_in_groups(&voucher)).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_wrong_vouchers_at_once_ten_are_compared_and_another_person_goes_on() {
    let scene = Scene::set().await;
    let lea = scene.stage.young().await;
    let (sortie, voucher) = scene.validated(scene.stage.sheet(), &[&lea]).await;
    let tries = (0..60).map(|_| {
        let (till, door, form) = (scene.till.clone(), door(&sortie), json!({ "voucher_number": wrong().as_str() }));
        async move { till.post(&door, &form).await }
    });
    let answers = at_once(60, tries).await;
    assert_eq!(count(&answers, |answer| answer.status == 422), 10);
    assert_eq!(count(&answers, |answer| answer.status == 429), 50);
    let colleague = scene.stage.account("caisse", scene.shop.account.holder.clone()).await;
    let colleague = scene.stage.till(&colleague).await;
    colleague.post(&door(&sortie), &json!({ "voucher_number": voucher.as_str() })).await.is(201);
}

/// As somebody types it from the sheet: in groups, in small letters.
fn number_in_groups(voucher: &VoucherNumber) -> String {
    format!(" {} ", voucher.to_string().to_lowercase())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_settle_at_once_one_does_and_all_read_its_receipt() {
    let scene = Scene::set().await;
    let (sortie, voucher) = scene.stage.crowded(&scene.school, &scene.shop, scene.stage.sheet(), 30).await;
    let clicks = (0..12).map(|_| {
        let (till, path, form) = (scene.till.clone(), door(&sortie), json!({ "voucher_number": voucher.as_str() }));
        async move { till.post(&path, &form).await }
    });
    let answers = at_once(12, clicks).await;
    assert_eq!(count(&answers, |answer| answer.status == 201), 1, "{answers:?}");
    assert_eq!(count(&answers, |answer| answer.status == 200), 11, "the others find it settled");
    let transactions: std::collections::BTreeSet<String> =
        answers.iter().map(|answer| answer.json()["transaction"].to_string()).collect();
    assert_eq!(transactions.len(), 1);
    let lines = scene.till.history().await;
    assert_eq!((lines.len(), &lines[0]["amount_cents"]), (1, &json!(24_000)));
    let steps = scene.stage.house.store().sorties.steps(&sortie.id, None, 20).await.unwrap().steps;
    assert_eq!(count(&steps, |step| matches!(step.did, Did::Settled { .. })), 1);
    scene.settle(&sortie, wrong().as_str()).await.refuses(409, "sortie_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn settling_while_somebody_declares_absentees_captures_what_was_held_then() {
    let scene = Scene::set().await;
    let mut pupils = Vec::new();
    for _ in 0..10 {
        pupils.push(scene.stage.young().await);
    }
    let all: Vec<&Beneficiary> = pupils.iter().collect();
    let (sortie, voucher) = scene.validated(scene.stage.sheet(), &all).await;
    let settling = scene.settle(&sortie, voucher.as_str());
    let marking = at_once(
        5,
        pupils.iter().take(6).map(|one| {
            let (till, path) = (scene.till.clone(), format!("{}/absents/{}", path(&sortie), one.id));
            async move { till.post(&path, &json!({})).await.status }
        }),
    );
    let (settled, marked) = tokio::join!(settling, marking);
    let receipt = settled.is(201).json();
    assert!(marked.iter().all(|status| [200, 409].contains(status)), "{marked:?}");
    let stored = scene.stage.outing(&sortie).await;
    let mut held = 0;
    for young in &pupils {
        held += 10_00 - scene.outing_left(young).await;
    }
    assert_eq!(receipt["sortie"]["total_cents"], held, "the partner is owed what the pupils paid");
    assert_eq!(stored.total().cents(), held);
    let absent = count(&scene.stage.participants(&sortie).await, |one| one.presence == Presence::Absent);
    assert_eq!(absent, stored.absent as usize);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_spent_the_credit_meanwhile_is_not_put_back_and_is_told_why() {
    let scene = Scene::set().await;
    let (lea, ines, zoe) = (scene.stage.young().await, scene.stage.young().await, scene.stage.young().await);
    let (sortie, _) = scene.validated(scene.stage.sheet(), &[&lea, &ines, &zoe]).await;
    for young in [&lea, &ines] {
        scene.mark(&sortie, "absents", young.id).await.is(200);
    }
    let other = scene.stage.confirmed(&scene.school, &scene.shop, scene.stage.sheet().at_cents(5_00)).await;
    scene.stage.joins(&other, &lea).await;
    let told = scene.mark(&sortie, "presents", lea.id).await.refuses(422, "balance_too_low").json();
    assert!(told["detail"].as_str().unwrap().contains("5,00"), "{told}");
    assert_eq!(scene.outing_left(&lea).await, 5_00);

    let team = scene.stage.till(&scene.stage.team().await).await;
    let lost = json!({ "suspension_reason": "Perdue." });
    team.post(&format!("/equipe/jeunes/{}/suspension", ines.id), &lost).await.is(200);
    scene.mark(&sortie, "presents", ines.id).await.refuses(422, "card_suspended");
    assert_eq!(scene.stage.outing(&sortie).await.absent, 2);

    scene.mark(&sortie, "absents", BeneficiaryId(Uuid::nil())).await.is(404);
    let stranger = scene.stage.till(&scene.stage.partner().await.account).await;
    stranger.post(&format!("{}/absents/{}", path(&sortie), zoe.id), &json!({})).await.is(404);
    stranger.post(&door(&sortie), &json!({ "voucher_number": wrong().as_str() })).await.is(404);
    assert_eq!(scene.outing_left(&zoe).await, 2_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outing_at_a_flat_rate_has_no_absentees_and_says_why() {
    let scene = Scene::set().await;
    let lea = scene.stage.young().await;
    let (sortie, voucher) = scene.validated(scene.stage.sheet().flat(), &[&lea]).await;
    scene.mark(&sortie, "absents", lea.id).await.refuses(422, "flat_rate");
    let page = scene.stage.browser(&scene.shop.account).await.get(&door(&sortie)).await.is(200).text();
    assert!(page.contains("au forfait") && page.contains("Valider la transaction"), "{page}");
    assert!(!page.contains("Déclarer absent"), "no button for it");
    scene.settle(&sortie, voucher.as_str()).await.is(201);
    assert_eq!(scene.outing_left(&lea).await, 2_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outing_that_nobody_came_to_is_not_settled_and_people_may_still_come() {
    let scene = Scene::set().await;
    let lea = scene.stage.young().await;
    let (sortie, voucher) = scene.validated(scene.stage.sheet(), &[&lea]).await;
    scene.mark(&sortie, "absents", lea.id).await.is(200);
    scene.settle(&sortie, voucher.as_str()).await.refuses(422, "nobody_present");
    assert_eq!(scene.stage.outing(&sortie).await.state.phase(), Phase::Validated);
    let page = scene.stage.browser(&scene.shop.account).await.get(&door(&sortie)).await.is(200).text();
    assert!(page.contains("Replacer en présent"), "{page}");
    scene.mark(&sortie, "presents", lea.id).await.is(200);
    scene.settle(&sortie, voucher.as_str()).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_at_the_door_is_paged_and_the_filter_stays_after_each_click() {
    let scene = Scene::set().await;
    let (sortie, _) = scene.stage.crowded(&scene.school, &scene.shop, scene.stage.sheet(), 90).await;
    let names = |shown: &Value| -> Vec<String> {
        let all = shown["participants"].as_array().unwrap();
        all.iter().map(|one| one["last_name"].as_str().unwrap().to_owned()).collect()
    };
    let first = scene.till.get(&door(&sortie)).await.is(200).json();
    assert_eq!((names(&first).len(), &first["found"], &first["next_page"]), (40, &json!(90), &json!(2)));
    let last = scene.till.get(&format!("{}?page=3", door(&sortie))).await.is(200).json();
    assert_eq!((names(&last).len(), &last["next_page"]), (10, &Value::Null));
    scene.till.get(&format!("{}?page=0", door(&sortie))).await.refuses(422, "invalid");
    let sought = scene.till.get(&format!("{}?last_name=r%C3%94ux+08&first_name=ine", door(&sortie))).await;
    assert_eq!(sought.is(200).json()["found"], 10);
    let file = first["participants"][7]["file"].as_str().unwrap();
    let sought = scene.till.get(&format!("{}?file_number={}+{}", door(&sortie), &file[..3], &file[3..])).await;
    assert_eq!(names(&sought.is(200).json()), ["Roux 007"]);

    // In a browser, with somebody whose wallet there is.
    let lea = scene.stage.young().await;
    let (sortie, _) = scene.validated(scene.stage.sheet(), &[&lea]).await;
    let mut browser = scene.stage.browser(&scene.shop.account).await;
    let filter = [("first_name", "inès"), ("last_name", "roux"), ("file_number", ""), ("page", "1")];
    let absent = browser.post(&format!("{}/absents/{}", path(&sortie), lea.id), &filter).await.is(303);
    let to = absent.header("location").to_owned();
    assert_eq!(to, format!("{}?first_name=in%C3%A8s&last_name=roux&fait=absent#liste", door(&sortie)));
    let page = browser.get(to.trim_end_matches("#liste")).await.is(200).text();
    assert!(page.contains("Déclaré absent : son crédit lui est rendu."), "{page}");
    assert!(page.contains("value=\"inès\"") && page.contains("Replacer en présent"), "the filter is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_keeps_what_was_typed_and_ends_at_the_receipt_to_print() {
    let scene = Scene::set().await;
    let lea = scene.stage.young().await;
    let (sortie, voucher) = scene.validated(scene.stage.sheet(), &[&lea]).await;
    let mut browser = scene.stage.browser(&scene.shop.account).await;
    let typed = wrong().to_string();
    let page = browser.refused(&door(&sortie), &[("voucher_number", &typed)]).await.is(200).text();
    assert!(page.contains("n’est pas celui de cette sortie") && page.contains(&typed), "{page}");
    let settled = browser.post(&door(&sortie), &[("voucher_number", voucher.as_str())]).await.is(303);
    assert_eq!(settled.header("location"), format!("{}/recu?fait=encaissee", path(&sortie)));
    let receipt = browser.get(&format!("{}/recu?fait=encaissee", path(&sortie))).await.is(200).text();
    for shown in ["8,00\u{A0}€", "Lycée Marie-Curie", "data-print", "Annuler l’encaissement"] {
        assert!(receipt.contains(shown), "{shown} is missing: {receipt}");
    }
    let sheet = browser.get(&path(&sortie)).await.is(200).text();
    assert!(sheet.contains("Voir le reçu") && !sheet.contains("J’encaisse la sortie e-PASS"));
    let door = browser.get(&door(&sortie)).await.is(200).text();
    assert!(door.contains("Encaissée") && door.contains("Voir le reçu") && !door.contains("Valider la transaction"));

    // On its day it is cancelled like any transaction, and the outing can be settled once more.
    let id = scene.till.history().await[0]["id"].as_str().unwrap().to_owned();
    scene.till.cancel(&id).await.is(200);
    scene.till.get(&format!("{}/recu", path(&sortie))).await.is(404);
    assert_eq!(scene.outing_left(&lea).await, 2_00, "still held");
    scene.settle(&sortie, voucher.as_str()).await.is(201);
    assert_eq!(scene.till.history().await.len(), 2);
    scene.stage.clock("2026-11-27T08:00:00+01:00");
    let next_day = scene.stage.browser(&scene.shop.account).await;
    let receipt = next_day.get(&format!("{}/recu", path(&sortie))).await.is(200).text();
    assert!(!receipt.contains("Annuler l’encaissement"), "its day is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn settling_costs_the_same_for_one_for_thirty_and_for_five_hundred() {
    let scene = Scene::set().await;
    let mut spent = Vec::new();
    for participants in [1, 30, 500] {
        let sheet = scene.stage.sheet();
        let (sortie, voucher) = scene.stage.crowded(&scene.school, &scene.shop, sheet, participants).await;
        let settled = scene.settle(&sortie, voucher.as_str()).await.is(201);
        assert_eq!(settled.json()["sortie"]["total_cents"], u64::from(participants) * 8_00);
        spent.push(settled.spent());
    }
    println!("settlement of 1, 30 and 500: {spent:?}");
    assert!(spent.iter().all(|one| *one == spent[0]), "{spent:?}");
    assert!(spent[0].trips <= 4, "{spent:?}");
}
