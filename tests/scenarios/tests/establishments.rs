//! The team's establishments: created with their sign-in, changed, found in their department.

use epass_domain::{Department, EstablishmentId};
use epass_scenarios::{Stage, Till};
use serde_json::{Value, json};

const HERE: &str = "/equipe/etablissements";

fn typed(number: u32) -> Value {
    json!({
        "uai": EstablishmentId::made_up(number).as_str(), "name": "Lycée Marie-Curie", "kind": "high_school",
        "street": "16 boulevard Jeanne-d’Arc", "postcode": "13005", "commune": "Marseille",
        "email": "contact@curie.example.org", "phone": "04 91 00 00 00",
    })
}

fn with(mut form: Value, field: &str, value: &str) -> Value {
    form[field] = json!(value);
    form
}

/// What stands behind a label in a mail.
fn fact(text: &str, label: &str) -> String {
    let found = text.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix("\u{a0}: "));
    found.unwrap_or_else(|| panic!("no {label} in {text}")).trim().to_owned()
}

async fn team(stage: &Stage) -> Till {
    stage.till(&stage.team().await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_establishment_signs_in_with_what_was_mailed_to_it() {
    let stage = Stage::set().await;
    let team = team(&stage).await;
    let created = team.post(HERE, &typed(139_001)).await.is(201).json();
    assert_eq!(created["access"], "mailed");
    let mail = stage.mail_to("contact@curie.example.org").await;
    let (identifier, password) = (fact(&mail.text, "Identifiant"), fact(&mail.text, "Mot de passe provisoire"));
    assert_eq!(created["identifier"], identifier.as_str());
    let school = Till::sign_in(stage.http(), &identifier, &password).await;
    let space = school.get("/espace").await.is(200).json();
    assert_eq!((&space["role"], &space["must_change_password"]), (&json!("establishment"), &json!(true)));
    let chosen =
        json!({ "current_password": password, "new_password": "Brise7Calanque", "confirm_password": "Brise7Calanque" });
    school.post("/mot-de-passe", &chosen).await.is(200);
    let shown = team.get(&format!("{HERE}/{}", typed(139_001)["uai"].as_str().unwrap())).await.is(200).json();
    assert_eq!(shown["access"], "chosen");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_click_twice_creates_one_establishment_and_another_one_under_its_uai_is_refused() {
    let stage = Stage::set().await;
    let team = team(&stage).await;
    let form = typed(139_001);
    let (one, two) = tokio::join!(team.post(HERE, &form), team.post(HERE, &form));
    let (one, two) = (one.is(201).json(), two.is(201).json());
    assert_eq!(one["identifier"], two["identifier"]);
    assert_eq!(stage.mails().await.len(), 1);
    let other = with(form, "name", "Lycée Pierre-Curie");
    team.post(HERE, &other).await.refuses(422, "uai_taken");
    let known = stage.house.store().establishments.of_department(Department::BouchesDuRhone).await.unwrap();
    assert_eq!(known.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["Lycée Marie-Curie"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_of_what_was_read_one_is_stored() {
    let stage = Stage::set().await;
    let team = team(&stage).await;
    let read = team.post(HERE, &typed(139_001)).await.is(201).json()["establishment"].clone();
    let path = format!("{HERE}/{}", read["uai"].as_str().unwrap());
    let (moved, renamed) = (with(read.clone(), "email", "lycee@curie.example.org"), with(read, "name", "Lycée Curie"));
    let (one, two) = tokio::join!(team.post(&path, &moved), team.post(&path, &renamed));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let won = if one.status == 200 { &moved } else { &renamed };
    team.post(&path, won).await.is(200);
    let stored = team.get(&path).await.is(200).json()["establishment"].clone();
    assert_eq!((&stored["name"], &stored["email"], &stored["revision"]), (&won["name"], &won["email"], &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_and_reminders_go_to_the_changed_address() {
    let stage = Stage::set().await;
    let team = team(&stage).await;
    let created = team.post(HERE, &typed(139_001)).await.is(201).json();
    let read = created["establishment"].clone();
    let path = format!("{HERE}/{}", read["uai"].as_str().unwrap());
    team.post(&path, &with(read, "email", "lycee@curie.example.org")).await.is(200);
    stage.http().post_json("/identifiant-oublie", None, &json!({ "email": "lycee@curie.example.org" })).await.is(200);
    let reminder = stage.mail_to("lycee@curie.example.org").await;
    assert_eq!(created["identifier"], fact(&reminder.text, "Identifiant"));
    let before = stage.mails().await.len();
    stage.http().post_json("/identifiant-oublie", None, &json!({ "email": "contact@curie.example.org" })).await.is(200);
    assert_eq!(stage.mails().await.len(), before, "the old address is nobody's");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_access_sent_again_opens_and_twice_at_once_is_one_mail() {
    let stage = Stage::set().await;
    let team = team(&stage).await;
    let uai = team.post(HERE, &typed(139_001)).await.is(201).json()["establishment"]["uai"].clone();
    let path = format!("{HERE}/{}/acces", uai.as_str().unwrap());
    team.post(&path, &json!({})).await.is(200);
    assert_eq!(stage.mails().await.len(), 1, "the first mail is less than a minute old");
    stage.clock("2026-11-25T12:00:00+01:00");
    let team = self::team(&stage).await;
    let expired = team.get(path.trim_end_matches("/acces")).await.is(200).json();
    assert_eq!(expired["access"], "expired");
    let body = json!({});
    let (one, two) = tokio::join!(team.post(&path, &body), team.post(&path, &body));
    assert_eq!((&one.is(200).json()["access"], &two.is(200).json()["access"]), (&json!("mailed"), &json!("mailed")));
    assert_eq!(stage.mails().await.len(), 2);
    let mail = stage.mail_to("contact@curie.example.org").await;
    let (identifier, password) = (fact(&mail.text, "Identifiant"), fact(&mail.text, "Mot de passe provisoire"));
    Till::sign_in(stage.http(), &identifier, &password).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_department_is_listed_page_by_page_and_searched_by_any_word() {
    let stage = Stage::set().await;
    let team = team(&stage).await;
    for rank in 0..60 {
        stage.school(&format!("Lycée n° {rank:02}"), "13005").await;
    }
    stage.school("Lycée Jean-Giono", "04100").await;
    let giono = stage.school("CFA Jean-Giono", "13001").await;
    let mut names = Vec::new();
    let mut path = HERE.to_owned();
    let mut pages = 0;
    loop {
        let page = team.get(&path).await.is(200).json();
        names.extend(page["establishments"].as_array().unwrap().iter().map(|line| line["name"].clone()));
        pages += 1;
        match page["next"].as_str() {
            Some(next) => path = format!("{HERE}?after={}", next.replace(' ', "+")),
            None => break,
        }
    }
    assert_eq!((names.len(), pages), (61, 3));
    assert_eq!(names[0], "CFA Jean-Giono");
    for words in ["jean+GIONO", "giono", giono.id.as_str()] {
        let found = team.get(&format!("{HERE}?words={words}")).await.is(200).json();
        assert_eq!(found["establishments"].as_array().unwrap().len(), 1, "{words}");
        assert_eq!((&found["establishments"][0]["uai"], &found["next"]), (&json!(giono.id.as_str()), &Value::Null));
    }
    let many = team.get(&format!("{HERE}?words=n%C2%B0")).await.is(200).json();
    assert_eq!((many["establishments"].as_array().unwrap().len(), many["next"].is_string()), (25, true));
}
