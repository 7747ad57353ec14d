//! A young person registers: the rules told early, one account per person, a link that acts once, and a new campaign.

use epass_domain::{Campaign, Envelope, EstablishmentId, Holder, Identifier, Ineligible, Reference};
use epass_scenarios::{Answer, Browser, Stage, at_once, count};
use serde_json::{Value, json};

const HERE: &str = "/inscription/jeune";
const CONFIRM: &str = "/inscription/jeune/confirmation";
const CHOSEN: &str = "Brise7Calanque";

/// The step's number, what it asks for, and what the next screen says.
type Step = (&'static str, &'static [(&'static str, &'static str)], &'static str);

fn lea() -> Value {
    json!({
        "birth_date": "2009-11-24", "status": "high_school", "home_postcode": "13001", "school_postcode": "13100",
        "school_name": "Lycée Marie-Curie", "first_name": "Léa", "last_name": "Martin", "email": "lea@example.org",
    })
}

fn but(field: &str, value: &str) -> Value {
    let mut form = lea();
    form[field] = json!(value);
    form
}

/// Registers, and gives the token of the mailed link.
async fn token(stage: &Stage, form: &Value) -> String {
    stage.http().post_json(HERE, None, form).await.is(201);
    let mail = stage.mail_to(form["email"].as_str().unwrap()).await;
    let link = mail.text.split("?token=").nth(1).expect("the mail has a link");
    link.split_whitespace().next().unwrap().to_owned()
}

async fn confirm(stage: &Stage, token: &str) -> Answer {
    stage.http().post_json(CONFIRM, None, &chosen(token)).await
}

/// The confirmation with a password.
fn chosen(token: &str) -> Value {
    json!({ "token": token, "new_password": CHOSEN, "confirm_password": CHOSEN })
}

fn fact(text: &str, name: &str) -> String {
    let rest = text.split(&format!("{name}\u{a0}: ")).nth(1).unwrap_or_else(|| panic!("no {name} in {text}"));
    rest.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_steps_a_link_and_a_button_make_a_card_with_a_full_wallet() {
    let stage = Stage::set().await;
    let mut phone = Browser::of(stage.http());
    let mut typed: Vec<(&str, &str)> = Vec::new();
    let steps: [Step; 3] = [
        ("1", &[("birth_date", "24/11/2009"), ("status", "high_school")], "Où habitez-vous"),
        ("2", &[("home_postcode", "13001"), ("school_postcode", "75001")], "Votre établissement"),
        ("3", &[("school_name", "Lycée Voltaire")], "Étape 4 sur 4"),
    ];
    for (number, fields, next) in steps {
        typed.extend(fields);
        let form: Vec<_> = typed.iter().copied().chain([("step", number)]).collect();
        let page = phone.post_and_see(HERE, &form).await.is(200).text();
        assert!(page.contains(next), "{page}");
        for (field, value) in &typed {
            assert!(page.contains(&format!("name=\"{field}\" value=\"{value}\"")), "{field} travels along");
        }
    }
    typed.extend([
        ("first_name", "Léa"),
        ("last_name", "Martin"),
        ("email", "lea@example.org"),
        ("mobile", "0612345678"),
    ]);
    typed.push(("step", "4"));
    assert_eq!(phone.post(HERE, &typed).await.is(303).header("location"), "/inscription/jeune?fait=envoye");

    let mail = stage.mail_to("lea@example.org").await;
    let token = mail.text.split("?token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    for _ in 0..3 {
        phone.get(&format!("{CONFIRM}?token={token}")).await.is(200);
    }
    assert_eq!(stage.mails().await.len(), 1, "opening the link acts on nothing");
    let choice = [("token", token.as_str()), ("new_password", CHOSEN), ("confirm_password", CHOSEN)];
    let confirmed = phone.post(CONFIRM, &choice).await.is(303);
    assert_eq!(confirmed.header("location"), "/inscription/jeune?fait=confirmee");

    let mail = stage.mail_to("lea@example.org").await;
    let identifier = fact(&mail.text, "Identifiant");
    assert!(!mail.text.contains("provisoire"), "nothing to copy, and nothing that ends on Monday");
    assert_eq!(phone.sign_in(&identifier, CHOSEN).await, "/espace");
    let store = stage.house.store();
    let account = store.accounts.find(&Identifier::parse(&identifier).unwrap()).await.unwrap().unwrap();
    let Holder::Beneficiary(id) = account.holder else { panic!("{:?}", account.holder) };
    let lea = store.beneficiaries.find(id).await.unwrap().unwrap();
    assert_eq!(lea.wallet, epass_domain::Wallet::full(Campaign::parse("2026-2027").unwrap()));
    for number in [lea.card.as_str(), lea.file.as_str()] {
        let entry = store.beneficiaries.lookup(&Reference::parse(number).unwrap()).await.unwrap().unwrap();
        assert_eq!(entry.beneficiary, id);
    }
    let profile = store.profiles.find(id).await.unwrap().unwrap();
    assert_eq!(profile.situation.school.name.as_str(), "Lycée Voltaire");

    // And she can spend it.
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    till.pay(&till.ticket(&lea).await, "reading", 12_50).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_eligible_is_told_the_rule_and_only_counted() {
    let stage = Stage::set().await;
    let cases = [
        ("birth_date", "2011-11-25", Ineligible::TooYoung, "1"),
        ("birth_date", "2000-11-24", Ineligible::TooOld, "1"),
        ("status", "none", Ineligible::Status, "1"),
        ("home_postcode", "30000", Ineligible::Region, "2"),
    ];
    for (field, value, rule, step) in cases {
        let mut form = but(field, value);
        form["school_postcode"] = json!("75001");
        stage.http().post_json(HERE, None, &form).await.refuses(422, rule.code());
        form["step"] = json!(step);
        form["email"] = json!("");
        let early = stage.http().post_json(HERE, None, &form).await.refuses(422, rule.code());
        assert!(early.text().contains("e-PASS JEUNES"), "a sentence says which rule");
        let campaign = Campaign::parse("2026-2027").unwrap();
        assert_eq!(stage.house.store().counters.tallied(rule, campaign).await.unwrap(), 2, "{rule:?}");
    }
    assert!(stage.mails().await.is_empty());
    // The edges are in: fifteen today, and the eve of twenty-six.
    for (day, email) in [("2011-11-24", "quinze@example.org"), ("2000-11-25", "vingt-cinq@example.org")] {
        let mut form = but("birth_date", day);
        form["email"] = json!(email);
        stage.http().post_json(HERE, None, &form).await.is(201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_told_at_its_field_and_step() {
    let stage = Stage::set().await;
    let cases: [(&str, &[&str]); 4] = [
        ("1", &["birth_date", "status"]),
        ("2", &["home_postcode", "school_postcode"]),
        ("3", &["school_name"]),
        ("4", &["first_name", "last_name", "email"]),
    ];
    let mut form = json!({});
    let whole = lea();
    for (step, fields) in cases {
        form["step"] = json!(step);
        let told = stage.http().post_json(HERE, None, &form).await.refuses(422, "invalid").faults();
        assert_eq!(told.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), fields, "step {step}");
        for field in ["birth_date", "status", "home_postcode", "school_postcode", "school_name"] {
            if fields.contains(&field) {
                form[field] = whole[field].clone();
            }
        }
    }
    let wrong = stage.http().post_json(HERE, None, &but("mobile", "12")).await.refuses(422, "invalid");
    assert_eq!(wrong.faults()[0].0, "mobile");
    let unknown = stage.http().post_json(HERE, None, &but("school", "0130000Z")).await.refuses(422, "invalid");
    assert_eq!(unknown.faults()[0], ("school".to_owned(), "uai_letter".to_owned()));
    let gone = EstablishmentId::made_up(130_001);
    let gone = stage.http().post_json(HERE, None, &but("school", gone.as_str())).await.refuses(422, "invalid");
    assert_eq!(gone.faults()[0], ("school".to_owned(), "school".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_confirms_once_however_often_it_is_clicked_and_not_after_two_days() {
    let stage = Stage::set().await;
    let token = token(&stage, &lea()).await;
    let http = stage.http();
    let clicks = (0..8).map(|_| {
        let (http, body) = (http.clone(), chosen(&token));
        async move { http.post_json(CONFIRM, None, &body).await }
    });
    let answers = at_once(8, clicks).await;
    assert_eq!(count(&answers, |answer| answer.status == 201), 1);
    assert_eq!(count(&answers, |answer| answer.code() == "already_confirmed"), 7);
    assert_eq!(stage.mails().await.len(), 2, "one link, one sign-in");
    let again = Browser::of(stage.http()).get(&format!("{CONFIRM}?token={token}")).await.is(409);
    assert!(again.text().contains("déjà confirmée"));

    let late = self::token(&stage, &but("first_name", "Zoé")).await;
    stage.clock("2026-11-26T11:00:00+01:00");
    confirm(&stage, &late).await.refuses(409, "link_expired");
    for altered in ["", "12", &late.replace('-', "+"), "00000000-0000-4000-8000-000000000000"] {
        confirm(&stage, altered).await.refuses(409, "link_expired");
    }
    let page = Browser::of(stage.http()).get(&format!("{CONFIRM}?token={late}x")).await.is(409).text();
    assert!(page.contains("Je m’inscris"), "it says what to do");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_name_and_birth_date_ask_the_team() {
    let stage = Stage::set().await;
    let first = token(&stage, &lea()).await;
    let mut twin = but("email", "autre@example.org");
    twin["first_name"] = json!("LEA");
    twin["last_name"] = json!("martin");
    let second = token(&stage, &twin).await;
    let (one, other) = tokio::join!(confirm(&stage, &first), confirm(&stage, &second));
    let states = [one.is(201).json(), other.is(201).json()].map(|told| told["state"].as_str().unwrap().to_owned());
    assert_eq!(count(&states, |state| state == "enrolled"), 1, "{states:?}");
    assert_eq!(count(&states, |state| state == "review"), 1, "{states:?}");
    let waiting = stage.house.store().enrolments.waiting(None, 10).await.unwrap();
    assert_eq!(waiting.enrolments.len(), 1);
    let mails = stage.mails().await;
    assert_eq!(count(&mails, |mail| mail.subject.starts_with("Une inscription attend")), 1, "the team is told");
    assert_eq!(count(&mails, |mail| mail.subject.starts_with("Votre inscription est en cours de vérification")), 1);
    for link in [first, second] {
        confirm(&stage, &link).await.refuses(409, "already_confirmed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_be_flooded_with_links() {
    let stage = Stage::set().await;
    for _ in 0..5 {
        stage.http().post_json(HERE, None, &lea()).await.is(201);
    }
    stage.http().post_json(HERE, None, &lea()).await.refuses(429, "too_many");
    assert_eq!(stage.mails().await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_of_the_list_is_picked_by_its_name() {
    let stage = Stage::set().await;
    let school = stage.establishment().await;
    let Holder::Establishment(id) = &school.holder else { panic!("{:?}", school.holder) };
    let form = json!({
        "step": "2", "birth_date": "2009-11-24", "status": "high_school", "home_postcode": "13001",
        "school_postcode": "13001",
    });
    let pairs: Vec<(&str, &str)> =
        form.as_object().unwrap().iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    let page = Browser::of(stage.http()).post_and_see(HERE, &pairs).await.is(200).text();
    assert!(page.contains(&format!("value=\"{id}\"")), "{page}");
    let mut picked = but("school", id.as_str());
    picked["school_name"] = json!("");
    let link = token(&stage, &picked).await;
    confirm(&stage, &link).await.is(201);
    let mail = stage.mail_to("lea@example.org").await;
    let store = stage.house.store();
    let account =
        store.accounts.find(&Identifier::parse(&fact(&mail.text, "Identifiant")).unwrap()).await.unwrap().unwrap();
    let Holder::Beneficiary(young) = account.holder else { panic!() };
    let declared = store.profiles.find(young).await.unwrap().unwrap().situation.school;
    let known = store.establishments.find(id).await.unwrap().unwrap();
    assert_eq!((declared.name, declared.establishment), (known.name, Some(id.clone())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_campaign_fills_the_wallet_once_in_two_clicks() {
    let stage = Stage::set().await;
    let young = stage.young().await;
    let shop = stage.partner().await;
    stage.payment(&shop, &young, 20_00).await;
    let account = stage.account_of(&young).await;
    let renewal = json!({
        "status": "apprentice", "home_postcode": "13001", "school_postcode": "13001", "school_name": "CFA d’Aubagne",
    });
    let early = stage.till(&account).await.post("/renouvellement", &renewal).await;
    early.refuses(409, "nothing_to_renew");

    stage.clock("2027-09-01T08:00:00+02:00");
    let till = stage.till(&account).await;
    assert_eq!(till.get("/renouvellement").await.is(200).json()["over"], true);
    let away =
        json!({ "status": "apprentice", "home_postcode": "75001", "school_postcode": "69001", "school_name": "x" });
    till.post("/renouvellement", &away).await.refuses(422, "not_eligible_region");
    let clicks = (0..6).map(|_| {
        let (till, renewal) = (till.clone(), renewal.clone());
        async move { till.post("/renouvellement", &renewal).await }
    });
    let answers = at_once(6, clicks).await;
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.code() == "nothing_to_renew"), "{answers:?}");
    assert!(answers.iter().any(|answer| answer.status == 200));
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
    assert_eq!(stage.as_stored(&young).await.wallet.campaign.code(), "2027-2028");
    let profile = stage.house.store().profiles.find(young.id).await.unwrap().unwrap();
    assert_eq!(profile.situation.school.name.as_str(), "CFA d’Aubagne");

    // What was paid meanwhile stays paid, and the next campaign asks again.
    stage.payment(&shop, &young, 5_00).await;
    till.post("/renouvellement", &renewal).await.refuses(409, "nothing_to_renew");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 23_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_faulty_confirms_nothing_and_the_link_stays_good() {
    let stage = Stage::set().await;
    let link = token(&stage, &lea()).await;
    let cases = [
        ("", "", "missing"),
        ("court", "court", "password"),
        ("Brise7Calanque", "Brise7calanque", "confirmation"),
        ("Password1", "Password1", "common_password"),
        ("Vive1MartinX", "Vive1MartinX", "password_with_name"),
        ("Lea20091124", "Lea20091124", "password_with_birth_date"),
        ("Mon-ePASS-13", "Mon-ePASS-13", "password_with_product"),
    ];
    for (new, again, told) in cases {
        let form = json!({ "token": link, "new_password": new, "confirm_password": again });
        let faults = stage.http().post_json(CONFIRM, None, &form).await.refuses(422, "invalid").faults();
        assert_eq!(faults[0].1, told, "{new}");
    }
    let mut phone = Browser::of(stage.http());
    let page =
        phone.refused(CONFIRM, &[("token", &link), ("new_password", "court"), ("confirm_password", "court")]).await;
    let page = page.is(200).text();
    assert!(page.contains(&link) && page.contains("au moins 8 caractères"), "the form again, with its link: {page}");
    confirm(&stage, &link).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messenger_may_add_to_the_link() {
    let stage = Stage::set().await;
    let link = token(&stage, &lea()).await;
    Browser::of(stage.http()).get(&format!("{CONFIRM}?token={link}&fbclid=x&utm_source=mail")).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_that_was_chosen_waits_for_the_team_as_well() {
    let stage = Stage::set().await;
    let first = token(&stage, &lea()).await;
    confirm(&stage, &first).await.is(201);
    let twin = token(&stage, &but("email", "autre@example.org")).await;
    assert_eq!(confirm(&stage, &twin).await.is(201).json()["state"], "review");
    let waiting = stage.house.store().enrolments.waiting(None, 10).await.unwrap().enrolments;
    let team = stage.till(&stage.team().await).await;
    team.post(&format!("/equipe/doublons/{}/autre", waiting[0].id), &json!({})).await.is(200);
    let mail = stage.mail_to("autre@example.org").await;
    assert!(!mail.text.contains("provisoire"), "{}", mail.text);
    stage.http().sign_in(&fact(&mail.text, "Identifiant"), CHOSEN).await.is(200);
}
