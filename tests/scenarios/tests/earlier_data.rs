//! Data that an earlier version stored opens in this one: see `tests/fixtures/cfd2ea8/README.md`.

use std::collections::HashMap;
use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use background_migration::GoOn;
use epass_cloud::Service;
use epass_domain::{Email, Holder, Identifier, ParisDay, Person};
use epass_local::{Template, demo};
use epass_scenarios::{Setting, Stage, at};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const CHOSEN: &str = "Brise7Calanque";

fn attribute(of: &Value) -> AttributeValue {
    let (kind, value) = of.as_object().unwrap().iter().next().unwrap();
    match kind.as_str() {
        "S" => AttributeValue::S(value.as_str().unwrap().to_owned()),
        "N" => AttributeValue::N(value.as_str().unwrap().to_owned()),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
        "M" => AttributeValue::M(item(value)),
        other => panic!("{other}"),
    }
}

fn item(of: &Value) -> HashMap<String, AttributeValue> {
    of.as_object().unwrap().iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

fn client(stage: &Stage) -> Client {
    Client::new(&stage.house.cloud().settings(Service::DynamoDb))
}

fn table_name(table: &str) -> String {
    let template = Template::embedded().unwrap();
    template.tables.iter().find(|known| known.logical_id == table).unwrap().name.clone()
}

/// A stage on which that data lies, in the week in which it was laid.
async fn stage_of_cfd2ea8() -> Stage {
    let stage = Stage::of(Setting { now: at("2026-11-20T15:00:00+01:00"), ..Setting::default() }).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cfd2ea8");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(table) = path.file_name().unwrap().to_str().unwrap().strip_suffix(".jsonl") else { continue };
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let item = item(&serde_json::from_str(line).unwrap());
            client(&stage).put_item().table_name(table_name(table)).set_item(Some(item)).send().await.unwrap();
        }
    }
    stage
}

/// The keys of `persons` as they are now.
async fn persons(stage: &Stage) -> Vec<String> {
    let scanned = client(stage).scan().table_name(table_name("Persons")).send().await.unwrap();
    scanned.items().iter().map(|item| item["person"].as_s().unwrap().clone()).collect()
}

async fn migrate(stage: &Stage) -> usize {
    let migrator = stage.house.migrator().unwrap();
    let mut changed = 0;
    for _ in 0..10 {
        let report = migrator.handle(GoOn::default()).await.unwrap();
        changed += report.changed;
        if report.done {
            return changed;
        }
    }
    panic!("the migration does not end");
}

async fn remind(stage: &Stage, typed: &str) -> String {
    stage.http().post_json("/identifiant-oublie", None, &json!({ "email": typed })).await.is(200);
    stage.mail_to("Lea.Martin@example.org").await.subject
}

/// Registers somebody of this name and birth date, and says what became of the confirmation.
async fn register(stage: &Stage, (first, last, born): (&str, &str, &str), email: &str) -> String {
    let form = json!({
        "birth_date": born, "status": "high_school", "home_postcode": "13001", "school_postcode": "13001",
        "school_name": "Lycée Voltaire", "first_name": first, "last_name": last, "email": email,
    });
    stage.http().post_json("/inscription/jeune", None, &form).await.is(201);
    let mail = stage.mail_to(email).await;
    let token = mail.text.split("?token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let form = json!({ "token": token, "new_password": CHOSEN, "confirm_password": CHOSEN });
    let told = stage.http().post_json("/inscription/jeune/confirmation", None, &form).await.is(201).json();
    told["state"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_signs_in_before_the_migration_and_after_it() {
    let stage = stage_of_cfd2ea8().await;
    for _ in 0..2 {
        for identifier in ["jeune", "equipe", "etablissement", "partenaire", "cinema"] {
            stage.http().sign_in(identifier, demo::PASSWORD).await.is(200);
        }
        migrate(&stage).await;
    }
    let store = stage.house.store();
    let jeune = store.accounts.find(&Identifier::parse("jeune").unwrap()).await.unwrap().unwrap();
    assert_eq!(jeune.email.as_str(), "Lea.Martin@example.org", "kept as it was typed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_capitals_is_found_in_any_case_once_it_is_migrated() {
    let stage = stage_of_cfd2ea8().await;
    assert!(remind(&stage, "Lea.Martin@example.org").await.starts_with("Rappel"), "as typed, before the migration too");
    migrate(&stage).await;
    let store = stage.house.store();
    for typed in ["lea.martin@example.org", "LEA.MARTIN@EXAMPLE.ORG", "Lea.Martin@example.org"] {
        let found = store.accounts.identifiers_of(&Email::parse(typed).unwrap()).await.unwrap();
        assert_eq!(found, [Identifier::parse("jeune").unwrap()], "{typed}");
    }
    assert!(remind(&stage, "lea.martin@example.org").await.starts_with("Rappel"));
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_get_a_key_and_one_whose_account_is_gone_ends() {
    let stage = stage_of_cfd2ea8().await;
    let before = persons(&stage).await;
    assert!(before.len() == 4 && before.iter().all(|key| key.len() == 32));
    assert_eq!(migrate(&stage).await, 7, "four claims, one address, and two dossiers beside their accounts");
    let after = persons(&stage).await;
    assert!(after.len() == 3 && after.iter().all(|key| key.len() == 64), "{after:?}");
    assert_eq!(migrate(&stage).await, 0, "a second run is a no-op");
    assert_eq!(persons(&stage).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_found_is_met_again_before_the_migration_and_after_it() {
    let stage = stage_of_cfd2ea8().await;
    let lea = ("LEA", "martin", "2008-05-14");
    assert_eq!(register(&stage, lea, "avant@example.org").await, "review");
    migrate(&stage).await;
    assert_eq!(register(&stage, lea, "apres@example.org").await, "review");
    assert_eq!(register(&stage, ("Zoé", "Martin", "2008-05-14"), "zoe@example.org").await, "enrolled");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_of_then_is_closed_and_comes_back_with_its_rest() {
    for migrates_first in [false, true] {
        let stage = stage_of_cfd2ea8().await;
        if migrates_first {
            migrate(&stage).await;
        }
        let token = stage.http().sign_in("jeune", demo::PASSWORD).await.is(200).json();
        let form = json!({ "account_password": demo::PASSWORD });
        stage.http().post_json("/mes-donnees/fermeture", token["token"].as_str(), &form).await.is(200);
        migrate(&stage).await;
        assert_eq!(register(&stage, ("Léa", "Martin", "2008-05-14"), "encore@example.org").await, "enrolled");
        let mail = stage.mail_to("encore@example.org").await.text;
        let identifier = mail.split("Identifiant\u{a0}: ").nth(1).unwrap().split_whitespace().next().unwrap();
        let store = stage.house.store();
        let account = store.accounts.find(&Identifier::parse(identifier).unwrap()).await.unwrap().unwrap();
        let Holder::Beneficiary(id) = account.holder else { panic!("{:?}", account.holder) };
        let back = store.beneficiaries.find(id).await.unwrap().unwrap();
        assert_eq!(back.wallet.outing.cents(), 8_00, "2 € are held by an outing; migrated first: {migrates_first}");
        let keys = persons(&stage).await;
        assert!(keys.iter().all(|key| key.len() == 64 || key.starts_with("closed#")), "{keys:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_decides_about_a_namesake_of_then_who_gets_a_provisional_password() {
    let stage = stage_of_cfd2ea8().await;
    migrate(&stage).await;
    let team = stage.http().sign_in("equipe", demo::PASSWORD).await.is(200).json();
    let waiting = stage.house.store().enrolments.waiting(None, 10).await.unwrap().enrolments;
    let path = format!("/equipe/doublons/{}/autre", waiting[0].id);
    stage.http().post_json(&path, team["token"].as_str(), &json!({})).await.is(200);
    let mail = stage.mail_to("homonyme@example.org").await.text;
    assert!(mail.contains("Mot de passe provisoire"), "{mail}");
}

/// The digest of a person as claims had it until November 2026: both names, each whole.
fn digest_of_then(stage: &Stage, person: &Person) -> String {
    let mac = |key: &[u8], text: &[u8]| {
        let mac = Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text);
        mac.finalize().into_bytes()
    };
    let secret = std::fs::read(stage.data().join("person-key")).unwrap();
    let key = mac(&secret, b"e-PASS JEUNES persons 1");
    mac(&key, person.claimed_before().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn born(date: &str) -> epass_domain::BirthDate {
    epass_domain::BirthDate::parse(date, ParisDay::parse("2026-11-20").unwrap()).unwrap()
}

/// Puts what stands in the one slot of `persons` under another key.
async fn move_slot(stage: &Stage, to: &str) {
    let scanned = client(stage).scan().table_name(table_name("Persons")).send().await.unwrap();
    for item in scanned.items() {
        let old = item["person"].as_s().unwrap().clone();
        let (name, value) = ("person".to_owned(), AttributeValue::S(old.clone()));
        let moved = if old.starts_with("closed#") {
            let mut pointer = item.clone();
            pointer.insert("slot".into(), AttributeValue::S(to.into()));
            pointer
        } else {
            let delete = client(stage).delete_item().table_name(table_name("Persons")).key(name.clone(), value);
            delete.send().await.unwrap();
            let mut slot = item.clone();
            slot.insert(name, AttributeValue::S(to.into()));
            slot
        };
        client(stage).put_item().table_name(table_name("Persons")).set_item(Some(moved)).send().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_of_whole_names_is_met_before_the_migration_and_in_every_parting_after_it() {
    let stage = Stage::set().await;
    let anne = ("Anne Lou", "Barjavel", "2008-05-14");
    assert_eq!(register(&stage, anne, "anne@example.org").await, "enrolled");
    let line = |text| epass_domain::Line::parse(text, 50).unwrap();
    let person = Person::of(&line(anne.0), &line(anne.1), born(anne.2));
    move_slot(&stage, &digest_of_then(&stage, &person)).await;
    assert_eq!(register(&stage, anne, "encore@example.org").await, "review", "before the migration");
    migrate(&stage).await;
    assert_eq!(register(&stage, ("Anne", "Lou-Barjavel", "2008-05-14"), "lou@example.org").await, "review");
    assert_eq!(persons(&stage).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_closed_account_left_under_whole_names_is_found_and_lies_under_the_letters_from_the_next_closing_on() {
    let stage = Stage::set().await;
    let anne = ("Anne Lou", "Barjavel", "2008-05-14");
    let identifier =
        |mail: &str| mail.split("Identifiant\u{a0}: ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let close = async |address: &str| {
        let identifier = identifier(&stage.mail_to(address).await.text);
        let token = stage.http().sign_in(&identifier, CHOSEN).await.is(200).json();
        let form = json!({ "account_password": CHOSEN });
        stage.http().post_json("/mes-donnees/fermeture", token["token"].as_str(), &form).await.is(200);
    };
    let reading = async |address: &str| {
        let identifier = Identifier::parse(&identifier(&stage.mail_to(address).await.text)).unwrap();
        let store = stage.house.store();
        let account = store.accounts.find(&identifier).await.unwrap().unwrap();
        let Holder::Beneficiary(id) = account.holder else { panic!("{:?}", account.holder) };
        let shop = stage.partner().await;
        let found = store.beneficiaries.find(id).await.unwrap().unwrap();
        (shop, found)
    };
    assert_eq!(register(&stage, anne, "une@example.org").await, "enrolled");
    let (shop, young) = reading("une@example.org").await;
    stage.payment(&shop, &young, 28_00).await;
    close("une@example.org").await;
    let line = |text| epass_domain::Line::parse(text, 50).unwrap();
    let person = Person::of(&line(anne.0), &line(anne.1), born(anne.2));
    move_slot(&stage, &digest_of_then(&stage, &person)).await;
    assert_eq!(register(&stage, anne, "deux@example.org").await, "enrolled");
    assert_eq!(reading("deux@example.org").await.1.wallet.reading.cents(), 0);
    close("deux@example.org").await;
    assert_eq!(register(&stage, ("Anne", "Lou-Barjavel", "2008-05-14"), "trois@example.org").await, "enrolled");
    assert_eq!(reading("trois@example.org").await.1.wallet.reading.cents(), 0, "in whatever parting");
}
