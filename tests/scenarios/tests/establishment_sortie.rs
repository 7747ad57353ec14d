//! An establishment's outings (guide §9): asked for, corrected, shared, validated, printed, cancelled; and what is kept from
//! others.

use epass_domain::{
    Did, Envelope, Establishment, Paragraph, Party, Phase, Presence, Sortie, SortieId, SortieState, TransactionId,
};
use epass_scenarios::{Answer, Shop, Stage, Till, Trip, Visitor, at_once, count};
use serde_json::{Value, json};
use uuid::Uuid;

const HERE: &str = "/etablissement/sorties";

/// A school at work, and the partner that it asks.
struct Scene {
    stage: Stage,
    school: Establishment,
    shop: Shop,
    till: Till,
}

impl Scene {
    async fn set() -> Self {
        let stage = Stage::set().await;
        let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
        let till = stage.till(&stage.account_of_school(&school).await).await;
        Self { stage, school, shop, till }
    }

    /// A whole form, as a program sends it.
    fn form(&self, changes: Value) -> Value {
        let mut form = json!({
            "partner": self.shop.partner.id.as_str(), "title": "Le Cid, séance scolaire",
            "description": "Une heure quarante.\nRencontre avec la troupe.", "day": "2026-12-17", "price": "8,00",
            "expected": "30", "organiser": "Mme Roux", "referent": "M. Blanc", "settlement_terms": "actual",
        });
        form.as_object_mut().unwrap().extend(changes.as_object().cloned().unwrap());
        form
    }

    async fn stored(&self, told: &Value) -> Sortie {
        let id = SortieId::parse(told["id"].as_str().unwrap()).unwrap();
        self.stage.house.store().sorties.find(&id).await.unwrap().unwrap()
    }

    /// The partner answers, without its pages.
    async fn answers(&self, before: &Sortie, after: Sortie, did: Did) -> Sortie {
        let step = self.stage.step(Party::Partner, did);
        self.stage.house.store().sorties.change(before, &after, &step, &[]).await.unwrap().unwrap();
        after
    }

    async fn sends_back(&self, sortie: &Sortie) -> Sortie {
        let comment = Paragraph::parse("Plutôt le matin.", 100).unwrap();
        let now = self.stage.house.clock.now();
        let returned = sortie.clone().send_back(comment.clone(), sortie.version, now).unwrap();
        self.answers(sortie, returned, Did::Returned { comment }).await
    }

    /// An outing that pupils may join.
    async fn confirmed(&self) -> Sortie {
        self.stage.confirmed(&self.school, &self.shop, self.stage.sheet()).await
    }

    async fn post(&self, sortie: &Sortie, under: &str, form: Value) -> Answer {
        self.till.post(&format!("{}{under}", path(sortie)), &form).await
    }

    async fn mails_to(&self, email: &str) -> Vec<String> {
        let mails = self.stage.mails().await;
        mails.into_iter().filter(|mail| mail.to == email).map(|mail| mail.subject).collect()
    }
}

fn path(sortie: &Sortie) -> String {
    format!("{HERE}/{}", sortie.id.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outing_goes_to_the_partner_comes_back_and_goes_again_as_its_next_version() {
    let scene = Scene::set().await;
    let partner = scene.shop.partner.referent_email().as_str().to_owned();
    let told = scene.till.post(HERE, &scene.form(json!({}))).await.is(201).json();
    assert_eq!((&told["state"], &told["version"], &told["price_cents"]), (&json!("pending"), &json!(1), &json!(8_00)));
    assert_eq!(told["partner"], "Librairie des Lices");
    let mail = scene.stage.mail_to(&partner).await;
    assert!(mail.text.contains("Le Cid") && mail.text.contains("/sortie-a-confirmer/"), "{}", mail.text);

    let asked = scene.stored(&told).await;
    let refused = scene.till.get(&format!("{}/modifier", path(&asked))).await.refuses(409, "sortie_state");
    assert!(refused.json()["detail"].to_string().contains("Le partenaire peut la confirmer"));
    scene.sends_back(&asked).await;
    let shown = scene.till.get(&path(&asked)).await.is(200).json();
    assert_eq!(
        (&shown["sortie"]["state"], &shown["sortie"]["remark"]),
        (&json!("returned"), &json!("Plutôt le matin."))
    );
    assert_eq!(shown["timeline"]["steps"].as_array().unwrap().len(), 2);

    let edit = format!("{}/modifier", path(&asked));
    let mut read = scene.till.get(&edit).await.is(200).json();
    assert_eq!(read["remark"], "Plutôt le matin.");
    read["sheet"]["description"] = json!("À 10 heures.");
    let sent = scene.till.post(&edit, &read["sheet"]).await.is(200).json();
    assert_eq!(
        (&sent["state"], &sent["version"], &sent["description"]),
        (&json!("pending"), &json!(2), &json!("À 10 heures."))
    );
    let twice = scene.till.post(&edit, &read["sheet"]).await.is(200).json();
    assert_eq!(twice["version"], 2, "the second click");
    read["sheet"]["description"] = json!("À 11 heures.");
    scene.till.post(&edit, &read["sheet"]).await.refuses(409, "sortie_state");
    assert_eq!(scene.mails_to(&partner).await.len(), 2, "the partner is asked once for each version");

    let stale = scene.stored(&told).await;
    scene.sends_back(&stale).await;
    scene.till.post(&edit, &read["sheet"]).await.refuses(409, "sortie_changed");
    let page = scene.stage.browser(&scene.stage.account_of_school(&scene.school).await).await.get(&edit).await;
    assert!(page.is(200).text().contains("name=\"version\" value=\"2\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_twice_makes_one_outing_and_another_one_under_its_code_is_not_taken_for_it() {
    let scene = Scene::set().await;
    let fresh = epass_web::mint::sortie_id();
    let form = scene.form(json!({ "id": fresh.as_str() }));
    let (one, two) = tokio::join!(scene.till.post(HERE, &form), scene.till.post(HERE, &form));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201]);
    assert_eq!(one.json()["id"], two.json()["id"]);
    let again = scene.till.post(HERE, &form).await.is(200).json();
    assert_eq!(again["id"], fresh.as_str(), "a resend, later");
    assert_eq!(scene.stage.mails().await.len(), 1);
    let other = scene.form(json!({ "id": fresh.as_str(), "title": "Tartuffe" }));
    let told = scene.till.post(HERE, &other).await.refuses(409, "sortie_state").json()["detail"].to_string();
    assert!(told.contains("En attente"), "{told}");
    let listed = scene.till.get(HERE).await.is(200).json();
    assert_eq!(listed["sorties"].as_array().unwrap().len(), 1);

    // Somebody else's code is no reason to tell of that outing: this one gets a code of its own.
    let elsewhere = scene.stage.school("Lycée Jean-Moulin", "83000").await;
    let elsewhere = scene.stage.till(&scene.stage.account_of_school(&elsewhere).await).await;
    let told = elsewhere.post(HERE, &form).await.is(201).json();
    assert_ne!(told["id"], fresh.as_str());
    let without: Vec<Value> = vec![scene.form(json!({})); 2];
    for form in without {
        scene.till.post(HERE, &form).await.is(201);
    }
    assert_eq!(scene.till.get(HERE).await.is(200).json()["sorties"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_told_at_its_field_and_what_was_typed_is_kept() {
    let scene = Scene::set().await;
    let fields = |answer: Answer| -> Vec<String> { answer.faults().into_iter().map(|(field, _)| field).collect() };
    let empty = scene.till.post(HERE, &json!({})).await.refuses(422, "invalid");
    let all =
        ["partner", "title", "description", "day", "expected", "organiser", "referent", "price", "settlement_terms"];
    assert_eq!(fields(empty), all);
    for (changes, field) in [
        (json!({ "price": "0" }), "price"),
        (json!({ "price": "-3" }), "price"),
        (json!({ "price": "10,01" }), "price"),
        (json!({ "price": "", "price_cents": 10_01 }), "price_cents"),
        (json!({ "day": "23/11/2026" }), "day"),
        (json!({ "expected": "0" }), "expected"),
    ] {
        let answer = scene.till.post(HERE, &scene.form(changes)).await.refuses(422, "invalid");
        assert_eq!(fields(answer), [field]);
    }
    let newcomer = scene.stage.newcomer().await;
    for partner in [newcomer.partner.id.as_str(), "99999999", "théâtre"] {
        let form = scene.form(json!({ "partner": partner }));
        scene.till.post(HERE, &form).await.refuses(422, "partner_without_convention");
        let page = scene.till.get(&format!("{HERE}/nouvelle?partner={partner}")).await;
        if partner != "théâtre" {
            assert_eq!(page.is(200).json()["partner"], Value::Null, "{partner} looks like no partner");
        }
    }

    let mut browser = scene.stage.browser(&scene.stage.account_of_school(&scene.school).await).await;
    let partner = scene.shop.partner.id.as_str();
    let blank = browser.get(&format!("{HERE}/nouvelle?partner={partner}")).await.is(200).text();
    assert!(blank.contains("Librairie des Lices") && blank.contains("name=\"id\" value=\""));
    let typed = [("partner", partner), ("title", "Le Cid"), ("price", "12"), ("settlement_terms", "flat")];
    let page = browser.refused(HERE, &typed).await.is(200).text();
    for kept in [
        "value=\"Le Cid\"",
        "value=\"12\"",
        "id=\"settlement_terms-flat\" value=\"flat\" checked",
        "Librairie des Lices",
    ] {
        assert!(page.contains(kept), "{kept} is lost:\n{page}");
    }
    let page =
        browser.refused(HERE, &[("partner", newcomer.partner.id.as_str()), ("title", "Le Cid")]).await.is(200).text();
    assert!(page.contains("value=\"Le Cid\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_filtered_paged_and_the_schools_own() {
    let scene = Scene::set().await;
    for day in 1..=27 {
        scene.stage.asked(&scene.school, &scene.shop, scene.stage.sheet().on(&format!("{day:02}/12/2026"))).await;
    }
    let elsewhere = scene.stage.school("Lycée Jean-Moulin", "83000").await;
    let theirs = scene.stage.confirmed(&elsewhere, &scene.shop, scene.stage.sheet()).await;
    let mine = scene.confirmed().await;
    scene.stage.joins(&mine, &scene.stage.young().await).await;
    let first = scene.till.get(HERE).await.is(200).json();
    let lines = first["sorties"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[0]["day"]), (25, &json!("2026-12-27")), "latest day first");
    let next = first["next"].as_str().unwrap().replace('#', "%23");
    let second = scene.till.get(&format!("{HERE}?after={next}")).await.is(200).json();
    let days: Vec<&str> =
        second["sorties"].as_array().unwrap().iter().map(|line| line["day"].as_str().unwrap()).collect();
    assert_eq!((days, &second["next"]), (vec!["2026-12-02", "2026-12-01", "2026-11-26"], &Value::Null));
    let found = scene.till.get(&format!("{HERE}?sortie_state=confirmed")).await.is(200).json();
    let expected = json!([{
        "id": mine.id.as_str(), "day": "2026-11-26", "state": "confirmed",
        "establishment": "Lycée Marie-Curie", "partner": "Librairie des Lices",
        "title": "Le Cid, séance scolaire", "joined": 1, "absent": 0, "price_cents": 8_00, "total_cents": 8_00,
    }]);
    assert_eq!(found["sorties"], expected);
    let some = scene.till.get(&format!("{HERE}?from=2026-12-05&to=06/12/2026")).await.is(200).json();
    assert_eq!(some["sorties"].as_array().unwrap().len(), 2);

    // Another school's outing is none, whatever is asked of it.
    for under in ["", "/modifier", "/partage", "/impression"] {
        scene.till.get(&format!("{}{under}", path(&theirs))).await.is(404);
    }
    let take_off = format!("/participants/{}/retrait", Uuid::nil());
    for under in ["/modifier", "/validation", "/annulation", &take_off] {
        scene.post(&theirs, under, json!({})).await.is(404);
    }
    assert_eq!(scene.stage.outing(&theirs).await.state.phase(), Phase::Confirmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_outing_is_shared_with_a_class_without_naming_anybody() {
    let scene = Scene::set().await;
    let sortie = scene.confirmed().await;
    let share = format!("{}/partage", path(&sortie));
    let lea = scene.stage.young_with(|young| young.last_name = epass_domain::Line::parse("Zyx", 20).unwrap()).await;
    assert_eq!(scene.till.get(&share).await.is(200).json()["joined"], 0);
    scene.stage.joins(&sortie, &lea).await;
    let told = scene.till.get(&share).await.is(200).json();
    assert_eq!((&told["joined"], &told["total_cents"]), (&json!(1), &json!(8_00)));
    assert_eq!(told["link"], format!("{}/sorties/{}", scene.stage.url, sortie.id.as_str()));
    let browser = scene.stage.browser(&scene.stage.account_of_school(&scene.school).await).await;
    let page = browser.get(&share).await.is(200).text();
    assert!(page.contains(&sortie.id.to_string()) && page.contains("class=\"qr\""));
    scene.stage.validated(&sortie).await;
    let closed = browser.get(&share).await.is(409).text();
    assert!(closed.contains("Validée") && !closed.contains("class=\"qr\""));
    assert!(!page.contains("Zyx") && !closed.contains("Zyx"), "the class does not read the list");
    assert!(browser.get(&path(&sortie)).await.is(200).text().contains("Zyx"));
}

#[tokio::test(flavor = "multi_thread")]
async fn participants_are_listed_by_name_looked_for_and_paged() {
    let scene = Scene::set().await;
    let (sortie, _) = scene.stage.crowded(&scene.school, &scene.shop, scene.stage.sheet(), 120).await;
    let names = |shown: &Value| -> Vec<String> {
        let all = shown["participants"].as_array().unwrap();
        all.iter().map(|one| one["last_name"].as_str().unwrap().to_owned()).collect()
    };
    let first = scene.till.get(&path(&sortie)).await.is(200).json();
    assert_eq!((names(&first).len(), &first["found"], &first["next_page"]), (50, &json!(120), &json!(2)));
    let last = scene.till.get(&format!("{}?page=3", path(&sortie))).await.is(200).json();
    assert_eq!((names(&last).len(), &names(&last)[19], &last["next_page"]), (20, &"Roux 119".to_owned(), &Value::Null));
    let sought = scene.till.get(&format!("{}?participant=RÔUX+11", path(&sortie))).await.is(200).json();
    assert_eq!(sought["found"], 10);
    let file = first["participants"][7]["file"].as_str().unwrap();
    let grouped = format!("{}+{}", &file[..3], &file[3..]);
    let sought = scene.till.get(&format!("{}?participant={grouped}", path(&sortie))).await.is(200).json();
    assert_eq!(names(&sought), ["Roux 007"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_off_the_list_has_the_money_back_and_a_mail_once() {
    let scene = Scene::set().await;
    let sortie = scene.confirmed().await;
    let (lea, ines) = (scene.stage.young().await, scene.stage.young().await);
    scene.stage.joins(&sortie, &lea).await;
    scene.stage.joins(&sortie, &ines).await;
    assert_eq!(scene.stage.left(&lea, Envelope::Outing).await, 2_00);
    let off = format!("/participants/{}/retrait", lea.id);
    let tries = at_once(
        2,
        (0..4).map(|_| {
            let (till, path) = (scene.till.clone(), format!("{}{off}", path(&sortie)));
            async move { till.post(&path, &json!({})).await }
        }),
    )
    .await;
    assert!(tries.iter().all(|answer| answer.status == 200), "{tries:?}");
    assert_eq!(scene.stage.left(&lea, Envelope::Outing).await, 10_00);
    assert_eq!(scene.stage.left(&ines, Envelope::Outing).await, 2_00);
    assert_eq!(scene.stage.outing(&sortie).await.joined, 1);
    let mails = scene.stage.mails().await;
    assert_eq!(count(&mails, |mail| mail.subject.starts_with("Votre inscription à une sortie est annulée")), 1);
    let steps = scene.till.get(&path(&sortie)).await.is(200).json()["timeline"]["steps"].clone();
    assert!(steps[0]["did"].as_str().unwrap().starts_with("a retiré le N° de dossier"), "{steps}");

    scene.stage.validated(&sortie).await;
    let off = format!("/participants/{}/retrait", ines.id);
    scene.post(&sortie, &off, json!({})).await.refuses(409, "sortie_state");
    assert_eq!(scene.stage.left(&ines, Envelope::Outing).await, 2_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn validating_freezes_the_list_and_the_voucher_stands_on_the_printed_sheet_alone() {
    let scene = Scene::set().await;
    let sortie = scene.confirmed().await;
    let partner = scene.shop.partner.referent_email().as_str().to_owned();
    scene.post(&sortie, "/validation", json!({})).await.refuses(422, "nobody_joined");
    scene.till.get(&format!("{}/impression", path(&sortie))).await.refuses(409, "sortie_state");
    scene.stage.joins(&sortie, &scene.stage.young().await).await;
    let told = scene.post(&sortie, "/validation", json!({})).await.is(200).json();
    assert_eq!(told["state"], "validated");
    let SortieState::Validated { voucher, .. } = scene.stage.outing(&sortie).await.state else { panic!("{told}") };
    let twice = scene.post(&sortie, "/validation", json!({})).await.is(200).json();
    assert_eq!(twice["state_at"], told["state_at"], "the second click");
    let SortieState::Validated { voucher: same, .. } = scene.stage.outing(&sortie).await.state else {
        panic!("{twice}")
    };
    assert_eq!(voucher, same);
    assert_eq!(scene.mails_to(&partner).await.len(), 1);

    let late = Visitor::come(&scene.stage).await;
    late.post(&format!("/sorties/{}/inscription", sortie.id.as_str())).await.refuses(409, "sortie_state");
    let printed = scene.till.get(&format!("{}/impression", path(&sortie))).await.is(200);
    assert_eq!(printed.json()["voucher_number"], voucher.as_str());
    assert_eq!(printed.json()["participants"].as_array().unwrap().len(), 1);
    let shown = scene.till.get(&path(&sortie)).await.is(200).text();
    assert!(!told.to_string().contains(voucher.as_str()) && !shown.contains(voucher.as_str()));
    let mails = scene.stage.mails().await;
    assert!(
        mails.iter().all(|mail| !mail.text.contains(voucher.as_str()) && !mail.text.contains(&voucher.to_string()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_gives_everybody_the_money_back_once_with_the_reason() {
    let scene = Scene::set().await;
    let sortie = scene.confirmed().await;
    let mut pupils = Vec::new();
    for _ in 0..12 {
        let young = scene.stage.young().await;
        scene.stage.joins(&sortie, &young).await;
        pupils.push(young);
    }
    let (validated, _) = scene.stage.validated(&sortie).await;
    let why = json!({ "cancellation_reason": "Les transports sont en grève." });
    scene.post(&sortie, "/annulation", json!({})).await.refuses(422, "invalid");
    assert_eq!(scene.stage.outing(&sortie).await.state, validated.state);
    let told = scene.post(&sortie, "/annulation", why.clone()).await.is(200).json();
    assert_eq!((&told["state"], &told["remark"]), (&json!("cancelled"), &json!("Les transports sont en grève.")));
    scene.post(&sortie, "/annulation", json!({ "cancellation_reason": "Autre chose." })).await.is(200);
    let shown = scene.till.get(&path(&sortie)).await.is(200).json();
    assert_eq!((&shown["released"], &shown["sortie"]["remark"]), (&json!(12), &told["remark"]));
    for young in &pupils {
        assert_eq!(scene.stage.left(young, Envelope::Outing).await, 10_00);
    }
    let mails = scene.stage.mails().await;
    assert_eq!(count(&mails, |mail| mail.subject.starts_with("Votre sortie est annulée")), 12);
    let partner = scene.shop.partner.referent_email().as_str();
    assert_eq!(count(&mails, |mail| mail.to == partner && mail.text.contains("en grève")), 1);
    for (under, body) in [("/validation", json!({})), ("/modifier", scene.form(json!({ "partner": "" })))] {
        scene.post(&sortie, under, body).await.refuses(409, "sortie_state");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_outing_shows_how_many_have_their_credit_back() {
    const MANY: u32 = 340;
    let scene = Scene::set().await;
    let (sortie, _) = scene.stage.crowded(&scene.school, &scene.shop, scene.stage.sheet(), MANY).await;
    scene.post(&sortie, "/annulation", json!({ "cancellation_reason": "Grève." })).await.is(200);
    let released = async || count(&scene.stage.participants(&sortie).await, |one| one.presence == Presence::Released);
    let so_far = released().await;
    assert_eq!(so_far, 300, "what fits into one request");
    let browser = scene.stage.browser(&scene.stage.account_of_school(&scene.school).await).await;
    let page = browser.get(&path(&sortie)).await.is(200).text();
    assert!(page.contains("<progress max=\"340\" value=\"300\"") && page.contains("live.js"), "{page}");
    let housekeeping = scene.stage.house.housekeeping().unwrap();
    housekeeping.handle(background_housekeeping::Chore::Release).await.unwrap();
    assert_eq!(released().await, MANY as usize);
    assert!(!browser.get(&path(&sortie)).await.is(200).text().contains("live.js"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_state_does_not_allow_is_refused_on_the_page_as_it_stands() {
    let scene = Scene::set().await;
    let now = scene.stage.house.clock.now();
    let sortie = scene.confirmed().await;
    let voucher = epass_web::mint::voucher_number();
    let state = SortieState::Settled { at: now, voucher, transaction: TransactionId(Uuid::nil()) };
    let settled = Sortie { id: epass_web::mint::sortie_id(), state, joined: 2, absent: 1, ..sortie };
    scene.stage.house.store().sorties.import(&settled, &[], &[]).await.unwrap();
    let mut browser = scene.stage.browser(&scene.stage.account_of_school(&scene.school).await).await;
    for (under, form) in [("/validation", vec![]), ("/annulation", vec![("cancellation_reason", "Grève.")])] {
        let page = browser.refused(&format!("{}{under}", path(&settled)), &form).await.is(200).text();
        assert!(page.contains("Encaissée") && page.contains("annuler l’encaissement le jour même"), "{page}");
        assert!(!page.contains("J’annule la sortie"), "the page as it stands offers nothing of it");
    }
    assert_eq!(scene.stage.outing(&settled).await, settled);
}
