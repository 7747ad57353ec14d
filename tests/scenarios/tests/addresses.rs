//! An address is the same in whatever case it is typed: for who forgot the identifier, for the team's search, and for limits.

use epass_domain::Email;
use epass_domain::limits::RECOVERIES;
use epass_scenarios::Stage;
use serde_json::json;

/// Ways in which people and keyboards write `jeune-2@example.org`.
fn spellings(of: &Email) -> [String; 4] {
    let (local, domain) = of.as_str().split_once('@').unwrap();
    let capital = format!("{}{}", local[..1].to_uppercase(), &local[1..]);
    [
        of.to_string(),
        format!("{capital}@{domain}"),
        of.as_str().to_uppercase(),
        format!(" {local}@{}", domain.to_uppercase()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_identifier_is_found_by_an_address_in_any_case_and_told_to_the_one_that_is_known() {
    let stage = Stage::set().await;
    for spelling in 0..4 {
        let account = stage.partner().await.account;
        let typed = &spellings(&account.email)[spelling];
        stage.http().post_json("/identifiant-oublie", None, &json!({ "email": typed })).await.is(200);
        let mail = stage.mail_to(account.email.as_str()).await;
        assert!(mail.text.contains(account.identifier.as_str()), "{typed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_registered_with_capitals_is_kept_and_found_without() {
    let stage = Stage::set().await;
    let form = json!({
        "birth_date": "2009-11-24", "status": "high_school", "home_postcode": "13001", "school_postcode": "13100",
        "school_name": "Lycée Marie-Curie", "first_name": "Léa", "last_name": "Martin",
        "email": "Lea.Martin@Example.org",
    });
    stage.http().post_json("/inscription/jeune", None, &form).await.is(201);
    let mail = stage.mail_to("Lea.Martin@example.org").await;
    let token = mail.text.split("?token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let chosen = json!({ "token": token, "new_password": "Brise7Calanque", "confirm_password": "Brise7Calanque" });
    stage.http().post_json("/inscription/jeune/confirmation", None, &chosen).await.is(201);
    stage.http().post_json("/identifiant-oublie", None, &json!({ "email": "lea.martin@example.org" })).await.is(200);
    let mail = stage.mail_to("Lea.Martin@example.org").await;
    assert!(mail.subject.starts_with("Rappel de votre identifiant"), "{}", mail.subject);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_finds_somebody_by_an_address_in_any_case() {
    let stage = Stage::set().await;
    let team = stage.till(&stage.team().await).await;
    let young = stage.young().await;
    let account = stage.account_of(&young).await;
    for typed in spellings(&account.email) {
        let found = team.post("/equipe/jeunes/recherche", &json!({ "wanted": typed })).await.is(200).json();
        assert_eq!(found["beneficiaries"][0]["id"], young.id.to_string(), "{typed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_spelling_of_an_address_counts_towards_its_limit() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    for typed in spellings(&account.email).iter().cycle().take(8) {
        stage.http().post_json("/identifiant-oublie", None, &json!({ "email": typed })).await.is(200);
    }
    assert_eq!(stage.mails().await.len(), usize::try_from(RECOVERIES.most).unwrap());
}
