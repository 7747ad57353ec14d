//! What people type, paste and scan, over HTTP: read, or refused at its field with the rule. The tables of every reader stand in
//! `domain::typed`; these are one of each kind at the doors where it was found.

use epass_domain::Locality;
use epass_scenarios::{Stage, Till};
use serde_json::{Value, json};

const REGISTER: &str = "/inscription/jeune";

fn with(base: &Value, field: &str, value: &str) -> Value {
    let mut form = base.clone();
    form[field] = json!(value);
    form
}

fn lea() -> Value {
    json!({
        "birth_date": "2009-11-24", "status": "high_school", "home_postcode": "13001", "school_postcode": "13100",
        "school_name": "Lycée Marie-Curie", "first_name": "Léa", "last_name": "Martin", "email": "lea@example.org",
    })
}

fn bookshop() -> Value {
    json!({
        "legal_name": "Librairie de l’Étoile", "siret": "732 829 320 00074", "email": "contact@etoile.example.org",
        "phone": "04 91 00 00 00", "civility": "madame", "referent_first_name": "Zoé", "referent_last_name": "Garcin",
    })
}

/// Field and code of the only fault.
async fn fault(stage: &Stage, path: &str, form: &Value) -> (String, String) {
    let told = stage.http().post_json(path, None, form).await.refuses(422, "invalid");
    let mut faults = told.faults();
    assert_eq!(faults.len(), 1, "{form}: {faults:?}");
    faults.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_numbers_and_prices_of_an_outing_are_read_and_never_stripped() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let till = stage.till(&stage.account_of_school(&school).await).await;
    let form = json!({
        "partner": shop.partner.id.as_str(), "title": "Le Cid", "description": "Une heure.", "day": "17 déc. 2026",
        "price": "8,00", "expected": "30", "organiser": "Mme Roux", "referent": "M. Blanc", "settlement_terms": "actual",
    });
    for wrong in ["-3", "+3", "3.5", "3,5", "1e2", "٣", "3 eleves", "0"] {
        let told = till.post("/etablissement/sorties", &with(&form, "expected", wrong)).await.refuses(422, "invalid");
        assert_eq!(told.faults(), [("expected".to_owned(), "participants".to_owned())], "{wrong}");
    }
    for (price, code) in
        [("-3", "amount"), ("1e0", "amount"), ("1.234", "amount_separators"), ("1,234", "amount_precision")]
    {
        let told = till.post("/etablissement/sorties", &with(&form, "price", price)).await.refuses(422, "invalid");
        assert_eq!(told.faults(), [("price".to_owned(), code.to_owned())], "{price}");
    }
    let typed = with(&with(&form, "expected", "\u{200B}30 "), "price", "8 € 50");
    let told = till.post("/etablissement/sorties", &typed).await.is(201).json();
    assert_eq!((&told["price_cents"], &told["day"]), (&json!(8_50), &json!("2026-12-17")));
}

/// Desk of a partner, and the young person that it serves.
async fn desk(stage: &Stage) -> (Till, epass_domain::Beneficiary) {
    let shop = stage.partner().await;
    (stage.till(&shop.account).await, stage.young().await)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_reads_what_scanners_add_and_dates_as_people_write_them() {
    let stage = Stage::set().await;
    let (till, young) = desk(&stage).await;
    let (card, born) = (young.card.as_str(), young.birth_date.date());
    let iso = young.birth_date.iso();
    for scanned in [
        format!("]Q3{card}"),
        format!("]C1{card}\r\n"),
        format!("*{card}*"),
        format!("{card}\t"),
        format!("\u{202A}{card}\u{202C}"),
    ] {
        till.look_up(&scanned, &iso).await.is(200);
    }
    let (day, month, year) = (born.day(), born.month(), born.year());
    let named = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let month_named = named[usize::try_from(month - 1).unwrap()];
    for typed in [
        format!("{day} / {month:02} / {year}"),
        format!("{year}{month:02}{day:02}"),
        format!("{day} {month_named} {year}"),
        format!("\u{200E}{day:02}/{month:02}/{year}"),
    ] {
        till.look_up(card, &typed).await.is(200);
    }
    for (typed, code, sentence) in [
        ("31/02/2009", "no_such_day", "Le 31 février 2009 n’existe pas"),
        ("14/05/08", "year_digits", "quatre chiffres"),
        ("-14/05/2008", "birth_date", "jour/mois/année"),
    ] {
        let told = till.look_up(card, typed).await.refuses(422, "invalid");
        assert_eq!(told.faults(), [("birth_date".to_owned(), code.to_owned())], "{typed}");
        assert!(told.text().contains(sentence), "{}", told.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_reads_amounts_as_any_cashier_types_them() {
    let stage = Stage::set().await;
    let (till, young) = desk(&stage).await;
    for amount in ["1,00 euros", "1.00 EUR", "€1,00", "1 €", "1€00", "1,0"] {
        let body = json!({ "ticket": till.ticket(&young).await, "envelope": "reading", "amount": amount });
        let paid = till.post("/transactions", &body).await.is(201).json();
        assert_eq!(paid["amount_cents"], 1_00, "{amount}");
    }
    for (amount, code) in
        [("1e2", "amount"), ("0x10", "amount"), ("٣", "amount"), ("-1", "amount"), ("1,234.50", "amount_separators")]
    {
        let body = json!({ "ticket": till.ticket(&young).await, "envelope": "reading", "amount": amount });
        let told = till.post("/transactions", &body).await.refuses(422, "invalid");
        assert_eq!(told.faults(), [("amount".to_owned(), code.to_owned())], "{amount}");
    }
    assert_eq!(stage.left(&young, epass_domain::Envelope::Reading).await, 22_00, "what was refused took nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_names_at_every_door_that_takes_one() {
    let stage = Stage::set().await;
    let question = json!({
        "name": "Zoé Garcin", "email": "zoe@example.org", "profile": "other", "subject": "Question", "question": "Bonjour ?",
    });
    let doors: [(&str, Value, &[&str]); 3] = [
        (REGISTER, lea(), &["first_name", "last_name", "school_name"]),
        ("/inscription/partenaire", bookshop(), &["legal_name", "referent_first_name", "referent_last_name"]),
        ("/hotline", question, &["name"]),
    ];
    for (path, form, fields) in &doors {
        for field in *fields {
            for (value, code) in [
                ("Va sur https://evil.example", "name_web"),
                ("www.evil.example", "name_web"),
                ("Gagnez sur bit.ly/x", "name_web"),
                ("lea@evil.example", "name_web"),
                ("L\u{200B}éa", "invisible_character"),
                ("\u{202E}aéL", "invisible_character"),
                ("\u{200E}", "invisible_character"),
                ("Léa 😀", "name_character"),
                ("---", "name_letters"),
            ] {
                let told = fault(&stage, path, &with(form, field, value)).await;
                assert_eq!(told, ((*field).to_owned(), code.to_owned()), "{path} {value:?}");
            }
        }
    }
    assert!(stage.mails().await.is_empty(), "nothing of it was mailed to anybody");
    stage
        .http()
        .post_json("/inscription/partenaire", None, &with(&bookshop(), "legal_name", "SARL  E.Leclerc\u{A0}& Cie"))
        .await
        .is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_siret_has_a_siren_in_it_and_a_phone_number_a_country() {
    let stage = Stage::set().await;
    let register = "/inscription/partenaire";
    for (field, value, code) in [
        ("siret", "111 222 333 44455", "siren"),
        ("siret", "732829320", "siren"),
        ("siret", "732 829 320 00075", "siret"),
        ("phone", "07 00 00 00 00", "phone"),
        ("phone", "+999 12 34 56 78", "phone"),
    ] {
        let told = fault(&stage, register, &with(&bookshop(), field, value)).await;
        assert_eq!(told, (field.to_owned(), code.to_owned()), "{value}");
    }
    let pasted =
        with(&with(&bookshop(), "siret", "\u{200B}732 829 320 00074\r\n"), "phone", "\u{202A}+377 93 15 36 00\u{202C}");
    stage.http().post_json(register, None, &pasted).await.is(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bank_of_a_dossier_lies_in_the_country_of_its_account() {
    let stage = Stage::set().await;
    let till = stage.till(&stage.newcomer().await.account).await;
    let mut form = till.get("/convention/demande").await.is(200).json()["dossier"].clone();
    let typed = json!({
        "legal_name": "SARL Étoile", "siret": "732 829 320 00074", "street": "1 rue des Lices", "postcode": "13001",
        "commune": "Marseille", "referent_civility": "madame", "referent_first_name": "Zoé", "referent_last_name": "Garcin",
        "referent_position": "Gérante", "referent_email": "zoe@etoile.example.org", "referent_phone": "0692 12 34 56",
        "trade_name": "L’Étoile", "activity_street": "1 rue des Lices", "activity_postcode": "13001",
        "activity_commune": "Marseille", "envelopes": ["reading"], "account_holder": "SARL Étoile",
        "iban": "DE89 3704 0044 0532 0130 00", "bic": "AGRIFRPP882", "rib_base64": "JVBERi0xLjcK",
    });
    form.as_object_mut().unwrap().extend(typed.as_object().cloned().unwrap());
    let french = with(&form, "iban", "FR76 3000 1007 9412 3456 7890 185");
    for (form, field, code) in [
        (form.clone(), "bic", "bic_country"),
        (with(&form, "bic", "AGRIZZPP"), "bic", "bic_unknown_country"),
        (with(&french, "account_holder", "//Ana"), "account_holder", "name_slash"),
        (with(&french, "account_holder", "😀"), "account_holder", "name_character"),
        (with(&french, "trade_name", "Chez Ana 🎭"), "trade_name", "name_character"),
        (with(&french, "trade_name", "Étoile\u{200B}"), "trade_name", "invisible_character"),
        (with(&french, "street", "1 rue 😀"), "street", "name_character"),
    ] {
        let told = till.post("/convention/demande", &form).await.refuses(422, "invalid");
        assert_eq!(told.faults(), [(field.to_owned(), code.to_owned())]);
    }
    till.post("/convention/demande", &with(&french, "trade_name", "L’Étoile   d’Aix")).await.is(200);
    let told = till.get("/dossier/modifier").await.is(200).json()["dossier"].clone();
    assert_eq!((&told["trade_name"], &told["referent_phone"]), (&json!("L’Étoile d’Aix"), &json!("06 92 12 34 56")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lives_in_monaco_or_abroad_and_studies_in_the_region_registers() {
    let stage = Stage::set().await;
    let monaco = with(&with(&lea(), "home_postcode", "98000"), "school_postcode", "06000");
    stage.http().post_json(REGISTER, None, &monaco).await.is(201);
    let mut abroad = with(&with(&lea(), "home_postcode", "CH-1201"), "email", "zoe@example.org");
    assert_eq!(fault(&stage, REGISTER, &abroad).await, ("home_postcode".to_owned(), "postcode".to_owned()));
    abroad["home_abroad"] = json!("yes");
    stage.http().post_json(REGISTER, None, &abroad).await.is(201);
    abroad["school_postcode"] = json!("98000");
    stage.http().post_json(REGISTER, None, &abroad).await.refuses(422, "not_eligible_region");
    let pupil = with(&with(&with(&lea(), "school_postcode", ""), "school_abroad", "yes"), "email", "ana@example.org");
    stage.http().post_json(REGISTER, None, &pupil).await.is(201);

    // What was declared is there to be confirmed a campaign later.
    let young = stage.young().await;
    let account = stage.account_of(&young).await;
    let renewal = json!({
        "status": "apprentice", "home_postcode": "", "home_abroad": "yes", "school_postcode": "06300", "school_name": "CFA de Nice",
    });
    stage.clock("2027-09-01T08:00:00+02:00");
    stage.till(&account).await.post("/renouvellement", &renewal).await.is(200);
    let profile = stage.house.store().profiles.find(young.id).await.unwrap().unwrap();
    assert_eq!(profile.situation.home, Locality::Abroad);
    stage.clock("2028-09-01T08:00:00+02:00");
    let page = stage.browser(&account).await.get("/renouvellement").await.is(200).text();
    assert!(page.contains("name=\"home_abroad\" value=\"yes\" checked"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provisional_password_copied_with_space_around_it_opens() {
    let stage = Stage::set().await;
    stage.http().post_json("/inscription/partenaire", None, &bookshop()).await.is(201);
    let mail = stage.mail_to("contact@etoile.example.org").await;
    let fact = |name: &str| {
        let rest = mail.text.split(&format!("{name}\u{a0}: ")).nth(1).unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let (identifier, password) = (fact("Identifiant"), fact("Mot de passe provisoire"));
    for (identifier, password) in [
        (identifier.clone(), format!("{password} ")),
        (format!("\u{200B}{identifier}"), format!("\u{A0}{password}\r\n")),
    ] {
        stage.http().sign_in(&identifier, &password).await.is(200);
    }
}
