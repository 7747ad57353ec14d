//! *Mes sorties e-PASS* (guide §9.2 to §9.4): a partner answers an outing, signed in or from the link of a mail, once.

use axum::http::Method;
use epass_domain::{Did, Establishment, Invitation, Phase, Sortie, SortieId, Step};
use epass_scenarios::{Answer, Browser, Http, Shop, Stage, Till, Trip, at_once, count};
use serde_json::{Value, json};

const HERE: &str = "/mes-sorties";
const DOOR: &str = "/sortie-a-confirmer";

/// A school that asks, and the partner that answers.
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
        let till = stage.till(&shop.account).await;
        Self { stage, school, shop, till }
    }

    async fn asked(&self) -> Sortie {
        self.stage.asked(&self.school, &self.shop, self.stage.sheet()).await
    }

    /// The school's own form, so that a mail goes out; gives the outing and the token of that mail.
    async fn proposed(&self) -> (Sortie, String) {
        let school = self.stage.till(&self.stage.account_of_school(&self.school).await).await;
        let told = school.post("/etablissement/sorties", &self.form("Le Cid")).await.is(201).json();
        let id = SortieId::parse(told["id"].as_str().unwrap()).unwrap();
        (self.stage.house.store().sorties.find(&id).await.unwrap().unwrap(), self.latest_token().await)
    }

    fn form(&self, title: &str) -> Value {
        json!({
            "partner": self.shop.partner.id.as_str(), "title": title, "description": "Une heure quarante.",
            "day": "2026-11-26", "price": "8", "expected": "30", "organiser": "Mme Roux", "referent": "M. Blanc",
            "settlement_terms": "actual",
        })
    }

    /// The token of the latest mail to the partner.
    async fn latest_token(&self) -> String {
        let mail = self.stage.mail_to(self.shop.partner.referent_email().as_str()).await;
        let link = mail.text.split(&format!("{DOOR}/")).nth(1).unwrap_or_else(|| panic!("no link: {}", mail.text));
        link.split_whitespace().next().unwrap().to_owned()
    }

    async fn steps(&self, sortie: &Sortie) -> Vec<Step> {
        self.stage.house.store().sorties.steps(&sortie.id, None, 50).await.unwrap().steps
    }

    /// How many mails the school has.
    async fn mails_to_school(&self) -> usize {
        let mails = self.stage.mails().await;
        count(&mails, |mail| mail.to == self.school.email.as_str())
    }

    async fn phase(&self, sortie: &Sortie) -> Phase {
        self.stage.outing(sortie).await.state.phase()
    }

    /// Signs a link for an outing, as the mail of a version does.
    fn token(&self, invitation: &Invitation) -> String {
        self.stage.house.app("partner-sortie").unwrap().signer.sign_invitation(invitation)
    }
}

fn path(sortie: &Sortie) -> String {
    format!("{HERE}/{}", sortie.id.as_str())
}

/// Somebody who is nobody, and reads JSON.
async fn open(http: &Http, token: &str) -> Answer {
    http.send(http.request(Method::GET, &format!("{DOOR}/{token}")).header("accept", "application/json"), "").await
}

async fn click(http: &Http, token: &str, answer: &str, form: &Value) -> Answer {
    http.post_json(&format!("{DOOR}/{token}/{answer}"), None, form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_confirms_the_version_that_it_read_once_and_both_sides_read_it() {
    let scene = Scene::set().await;
    let sortie = scene.asked().await;
    let shown = scene.till.get(&path(&sortie)).await.is(200).json();
    assert_eq!((&shown["sortie"]["state"], &shown["sortie"]["version"]), (&json!("pending"), &json!(1)));
    assert_eq!(shown["timeline"]["steps"][0]["by"], "establishment");

    let confirm = format!("{}/confirmation", path(&sortie));
    let unread = scene.till.post(&confirm, &json!({})).await.refuses(422, "invalid");
    assert_eq!(unread.faults(), [("version".to_owned(), "version".to_owned())]);
    scene.till.post(&confirm, &json!({ "version": 2 })).await.refuses(409, "sortie_changed");
    let stranger = scene.stage.till(&scene.stage.partner().await.account).await;
    stranger.post(&confirm, &json!({ "version": 1 })).await.is(404);
    assert_eq!(scene.phase(&sortie).await, Phase::Pending);

    let told = scene.till.post(&confirm, &json!({ "version": 1 })).await.is(200).json();
    assert_eq!(told["state"], "confirmed");
    let again = scene.till.post(&confirm, &json!({ "version": 1 })).await.refuses(409, "sortie_state").json();
    let detail = again["detail"].as_str().unwrap();
    assert!(detail.contains("Confirmée") && detail.contains("L’établissement peut la valider"), "{detail}");

    let steps = scene.steps(&sortie).await;
    assert_eq!((&steps[0].did, &steps[0].who, steps.len()), (&Did::Confirmed, scene.shop.partner.known_as(), 2));
    assert_eq!(scene.mails_to_school().await, 1);
    let school = scene.stage.till(&scene.stage.account_of_school(&scene.school).await).await;
    let theirs = school.get(&format!("/etablissement/sorties/{}", sortie.id.as_str())).await.is(200).json();
    let ours = scene.till.get(&path(&sortie)).await.is(200).json();
    assert_eq!(theirs["timeline"], ours["timeline"], "both sides see the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_sends_an_outing_back_with_a_comment_that_the_school_reads() {
    let scene = Scene::set().await;
    let sortie = scene.asked().await;
    let send_back = format!("{}/renvoi", path(&sortie));
    let long = "é".repeat(2_001);
    for (comment, code) in [("", "missing"), (long.as_str(), "too_long")] {
        let answer = scene.till.post(&send_back, &json!({ "comment": comment, "version": 1 })).await;
        assert_eq!(answer.refuses(422, "invalid").faults(), [("comment".to_owned(), code.to_owned())]);
    }
    scene.till.post(&send_back, &json!({ "comment": "Non.", "version": 3 })).await.refuses(409, "sortie_changed");
    assert_eq!(scene.phase(&sortie).await, Phase::Pending);

    let form = json!({ "comment": "Plutôt le matin.\nMerci !", "version": 1 });
    let told = scene.till.post(&send_back, &form).await.is(200).json();
    assert_eq!((&told["state"], &told["remark"]), (&json!("returned"), &form["comment"]));
    let mail = scene.stage.mail_to(scene.school.email.as_str()).await;
    assert!(mail.text.contains("Plutôt le matin."), "{}", mail.text);
    let now = scene.till.post(&format!("{}/confirmation", path(&sortie)), &json!({ "version": 1 })).await;
    assert!(now.refuses(409, "sortie_state").text().contains("L’établissement peut la corriger et la renvoyer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_shows_the_page_as_it_stands_with_what_was_typed() {
    let scene = Scene::set().await;
    let sortie = scene.asked().await;
    let mut browser = scene.stage.browser(&scene.shop.account).await;
    let before = browser.get(&path(&sortie)).await.is(200).text();
    assert!(before.contains("Je confirme la sortie") && before.contains("Je renvoie la sortie pour modification"));
    scene.till.post(&format!("{}/confirmation", path(&sortie)), &json!({ "version": 1 })).await.is(200);

    let late = [("comment", "Plutôt le matin."), ("version", "1")];
    let page = browser.refused(&format!("{}/renvoi", path(&sortie)), &late).await.is(200).text();
    assert!(page.contains("Cette sortie est « Confirmée »"), "{page}");
    assert!(!page.contains("Je confirme la sortie"), "what is over is not offered");

    let other = scene.asked().await;
    let faulty = [("comment", "Plutôt le matin."), ("version", "")];
    let page = browser.refused(&format!("{}/renvoi", path(&other)), &faulty).await.is(200).text();
    assert!(page.contains("Plutôt le matin."), "what was typed is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_the_link_of_a_mail_changes_nothing_and_its_button_works_once() {
    let scene = Scene::set().await;
    let (sortie, token) = scene.proposed().await;
    let steps = scene.steps(&sortie).await;
    let (http, door) = (scene.stage.http(), format!("{DOOR}/{token}"));
    for _ in 0..3 {
        let shown = open(&http, &token).await.is(200).json();
        assert_eq!(shown["sortie"]["state"], "pending");
        http.send(http.request(Method::HEAD, &door), "").await.is(200);
    }
    let page = Browser::of(http.clone()).get(&door).await.is(200);
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "same-origin"));
    let html = page.text();
    assert!(html.contains("noindex") && html.contains("Je confirme la sortie"), "{html}");
    assert!(html.contains(&format!("/connexion?role=partner&amp;suite=/mes-sorties/{}", sortie.id.as_str())));
    assert_eq!(scene.stage.outing(&sortie).await, sortie);
    assert_eq!(scene.steps(&sortie).await, steps);

    let told = click(&http, &token, "confirmation", &json!({})).await.is(200).json();
    assert_eq!(told["state"], "confirmed");
    for (answer, body) in [("confirmation", json!({})), ("renvoi", json!({ "comment": "Non." }))] {
        let again = click(&http, &token, answer, &body).await.refuses(409, "sortie_state");
        let detail = again.json()["detail"].to_string();
        assert!(detail.contains("Confirmée") && detail.contains("L’établissement peut"), "{detail}");
    }
    let page = Browser::of(http.clone()).get(&door).await.is(200).text();
    assert!(page.contains("Confirmée") && !page.contains("Je confirme la sortie"), "it shows where it stands");
    let steps = scene.steps(&sortie).await;
    assert_eq!((steps.len(), &steps[0].did), (2, &Did::Confirmed));
    assert_eq!(steps[0].who.as_str(), "Librairie des Lices (lien du mail)");
    assert_eq!(scene.mails_to_school().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_answers_from_the_mail_without_signing_in() {
    let scene = Scene::set().await;
    let (sortie, token) = scene.proposed().await;
    let (mut browser, door) = (Browser::of(scene.stage.http()), format!("{DOOR}/{token}"));
    let faulty = browser.refused(&format!("{door}/renvoi"), &[("comment", " "), ("version", "1")]).await.is(200).text();
    assert!(faulty.contains("href=\"#comment\""), "{faulty}");
    let sent = browser.post(&format!("{door}/renvoi"), &[("comment", "Plutôt le matin."), ("version", "1")]).await;
    let to = sent.is(303).header("location").to_owned();
    assert_eq!(to, format!("{door}?fait=renvoyee"));
    let page = browser.get(&to).await.is(200).text();
    assert!(page.contains("La sortie est renvoyée") && !page.contains("Je renvoie"), "{page}");
    assert_eq!(scene.phase(&sortie).await, Phase::Returned);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_answers_at_once_by_both_doors_one_counts() {
    let scene = Scene::set().await;
    let (sortie, token) = scene.proposed().await;
    let form = json!({ "comment": "Plutôt le matin.", "version": 1 });
    let clicks = (0..16).map(|number| {
        let (till, http, form) = (scene.till.clone(), scene.stage.http(), form.clone());
        let (token, signed_in) = (token.clone(), path(&sortie));
        async move {
            match number % 4 {
                0 => till.post(&format!("{signed_in}/confirmation"), &json!({ "version": 1 })).await,
                1 => till.post(&format!("{signed_in}/renvoi"), &form).await,
                2 => click(&http, &token, "confirmation", &json!({})).await,
                _ => click(&http, &token, "renvoi", &form).await,
            }
        }
    });
    let answers = at_once(16, clicks).await;
    assert_eq!(count(&answers, |answer| answer.status == 200), 1);
    let late = |answer: &Answer| answer.status == 409 && answer.code() == "sortie_state";
    let told: Vec<_> = answers.iter().map(|answer| (answer.status, answer.code())).collect();
    assert_eq!(count(&answers, late), 15, "{told:?}");
    assert_eq!(scene.steps(&sortie).await.len(), 2);
    assert_eq!(scene.mails_to_school().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_its_own_version_and_says_so_when_there_is_a_newer_one() {
    let scene = Scene::set().await;
    let (sortie, first) = scene.proposed().await;
    let http = scene.stage.http();
    click(&http, &first, "renvoi", &json!({ "comment": "Plutôt le matin." })).await.is(200);
    let school = scene.stage.till(&scene.stage.account_of_school(&scene.school).await).await;
    let mut form = scene.form("Le Cid, le matin");
    form["version"] = json!(1);
    form.as_object_mut().unwrap().remove("partner");
    school.post(&format!("/etablissement/sorties/{}/modifier", sortie.id.as_str()), &form).await.is(200);
    let second = scene.latest_token().await;
    assert_ne!(first, second);

    open(&http, &first).await.refuses(409, "sortie_changed");
    for (answer, body) in [("confirmation", json!({})), ("renvoi", json!({ "comment": "Non." }))] {
        click(&http, &first, answer, &body).await.refuses(409, "sortie_changed");
    }
    let page = Browser::of(http.clone()).get(&format!("{DOOR}/{first}")).await.is(409).text();
    assert!(page.contains("ouvrez le lien du mail le plus récent") && page.contains("Je me connecte"), "{page}");
    assert!(!page.contains("le matin"), "the old link tells nothing of the new sheet");
    assert_eq!(scene.phase(&sortie).await, Phase::Pending);
    assert_eq!(open(&http, &second).await.is(200).json()["sortie"]["title"], "Le Cid, le matin");
    click(&http, &second, "confirmation", &json!({})).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_late_broken_or_anothers_opens_nothing() {
    let scene = Scene::set().await;
    let (sortie, token) = scene.proposed().await;
    let http = scene.stage.http();
    let mut forged = token.clone();
    forged.replace_range(token.len() - 4.., "AAAA");
    let ticket = scene.stage.ticket(&scene.shop, &scene.stage.young().await);
    let anothers = scene.stage.house.app("partner-sortie").unwrap().signer.sign_ticket(&ticket);
    for wrong in [forged.as_str(), "rien", &token[..20], &anothers] {
        open(&http, wrong).await.refuses(404, "not_found");
        click(&http, wrong, "confirmation", &json!({})).await.refuses(404, "not_found");
        let page = Browser::of(http.clone()).get(&format!("{DOOR}/{wrong}")).await.is(404).text();
        assert!(page.contains("Je me connecte"), "the way on is missing: {page}");
    }
    // One of our own, to the same outing, for a version that there is not.
    let ahead = Invitation { version: 2, ..Invitation::to(&sortie, scene.stage.house.clock.now()) };
    click(&http, &scene.token(&ahead), "confirmation", &json!({})).await.refuses(409, "sortie_changed");

    scene.stage.clock("2026-11-26T23:59:59+01:00");
    open(&http, &token).await.is(200);
    scene.stage.clock("2026-11-27T00:00:00+01:00");
    open(&http, &token).await.refuses(409, "invitation_expired");
    for (answer, body) in [("confirmation", json!({})), ("renvoi", json!({ "comment": "Non." }))] {
        click(&http, &token, answer, &body).await.refuses(409, "invitation_expired");
    }
    let page = Browser::of(http).get(&format!("{DOOR}/{token}")).await.is(409).text();
    assert!(page.contains("Ce lien n’est plus valable") && page.contains("Je me connecte"), "{page}");
    assert_eq!(scene.stage.outing(&sortie).await, sortie);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_the_guides_columns_filters_and_pages() {
    let scene = Scene::set().await;
    for day in 1..=26 {
        scene.stage.asked(&scene.school, &scene.shop, scene.stage.sheet().on(&format!("{day:02}/12/2026"))).await;
    }
    let mine = scene.stage.confirmed(&scene.school, &scene.shop, scene.stage.sheet()).await;
    for _ in 0..2 {
        scene.stage.joins(&mine, &scene.stage.young().await).await;
    }
    let other = scene.stage.partner().await;
    let theirs = scene.stage.asked(&scene.school, &other, scene.stage.sheet()).await;

    let first = scene.till.get(HERE).await.is(200).json();
    let lines = first["sorties"].as_array().unwrap();
    assert_eq!((lines.len(), &lines[0]["day"]), (25, &json!("2026-12-26")), "latest day first");
    let next = first["next"].as_str().unwrap().replace('#', "%23");
    let second = scene.till.get(&format!("{HERE}?after={next}")).await.is(200).json();
    let days: Vec<&str> =
        second["sorties"].as_array().unwrap().iter().map(|line| line["day"].as_str().unwrap()).collect();
    assert_eq!((days, &second["next"]), (vec!["2026-12-01", "2026-11-26"], &Value::Null));

    let found = scene.till.get(&format!("{HERE}?sortie_state=confirmed")).await.is(200).json();
    let line = json!([{
        "id": mine.id.as_str(), "day": "2026-11-26", "state": "confirmed", "establishment": "Lycée Marie-Curie",
        "partner": "Librairie des Lices", "title": "Le Cid, séance scolaire", "joined": 2, "absent": 0,
        "price_cents": 8_00, "total_cents": 16_00,
    }]);
    assert_eq!(found["sorties"], line);
    let some = scene.till.get(&format!("{HERE}?from=2026-12-05&to=06/12/2026")).await.is(200).json();
    assert_eq!(some["sorties"].as_array().unwrap().len(), 2);
    let backwards = scene.till.get(&format!("{HERE}?from=2026-12-06&to=2026-12-05&sortie_state=perdue")).await;
    let fields: Vec<String> = backwards.refuses(422, "invalid").faults().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["to", "sortie_state"]);

    let browser = scene.stage.browser(&scene.shop.account).await;
    let page = browser.get(&format!("{HERE}?sortie_state=confirmed")).await.is(200).text();
    let heads: Vec<&str> = page
        .split("<th scope=\"col\"")
        .skip(1)
        .map(|head| head.split('>').nth(1).unwrap().split('<').next().unwrap())
        .collect();
    let guide = ["Date", "Statut", "Etablissement", "Nom", "Nb de Participant", "Prix unitaire", "Total", "Action"];
    assert_eq!(heads, guide, "guide §9.4");
    assert!(page.contains("href=\"/mes-sorties\"") && page.contains("Mes sorties e-PASS"), "the tab of guide §7.1");

    // Another partner's outing is none.
    for under in ["", "/encaissement", "/recu"] {
        scene.till.get(&format!("{}{under}", path(&theirs))).await.is(404);
    }
    scene.till.post(&format!("{}/renvoi", path(&theirs)), &json!({ "comment": "Non.", "version": 1 })).await.is(404);
    assert_eq!(scene.stage.outing(&theirs).await, theirs);
}

#[tokio::test(flavor = "multi_thread")]
async fn participants_are_counted_as_they_come_and_the_voucher_is_shown_nowhere() {
    let scene = Scene::set().await;
    let sortie = scene.stage.confirmed(&scene.school, &scene.shop, scene.stage.sheet().on("24/11/2026")).await;
    for joined in 1..=3 {
        scene.stage.joins(&sortie, &scene.stage.young().await).await;
        let shown = scene.till.get(&path(&sortie)).await.is(200).json();
        assert_eq!(
            (&shown["sortie"]["joined"], &shown["sortie"]["total_cents"]),
            (&json!(joined), &json!(joined * 8_00))
        );
    }
    let (_, voucher) = scene.stage.validated(&sortie).await;
    let browser = scene.stage.browser(&scene.shop.account).await;
    for page in [HERE.to_owned(), path(&sortie), format!("{}/encaissement", path(&sortie))] {
        for told in [scene.till.get(&page).await, browser.get(&page).await] {
            let text = told.is(200).text();
            assert!(!text.contains(voucher.as_str()) && !text.contains(&voucher.to_string()), "{page} shows it");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_convention_in_force_nothing_is_confirmed() {
    let scene = Scene::set().await;
    let (sortie, token) = scene.proposed().await;
    scene.stage.blocked(&scene.shop).await;

    let confirm = format!("{}/confirmation", path(&sortie));
    scene.till.post(&confirm, &json!({ "version": 1 })).await.refuses(422, "no_convention");
    click(&scene.stage.http(), &token, "confirmation", &json!({})).await.refuses(422, "no_convention");
    assert_eq!(scene.stage.outing(&sortie).await, sortie);
    let browser = scene.stage.browser(&scene.shop.account).await;
    let page = browser.get(&path(&sortie)).await.is(200).text();
    assert!(!page.contains("Je confirme la sortie") && page.contains("Je renvoie la sortie"), "{page}");
    scene.till.get(HERE).await.is(200);
    let newcomer = scene.stage.newcomer().await;
    let page = scene.stage.browser(&newcomer.account).await.get("/dossier").await.is(200).text();
    assert!(!page.contains("href=\"/mes-sorties\""), "no tab before the first convention (guide §7.1)");
}
