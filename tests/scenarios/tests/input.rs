//! What bad input gets: named at its field, kept as typed, and never a 500.

use axum::http::Method;
use axum::http::header::{ACCEPT, CONTENT_TYPE, ORIGIN};
use epass_domain::{Envelope, RotatingCode, VoucherNumber};
use epass_scenarios::{Browser, PASSWORD, Stage};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn amounts_are_understood_as_people_type_them() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let young = stage.young().await;
    let pay = async |amount: &str| {
        let ticket = till.ticket(&young).await;
        till.post("/transactions", &json!({ "ticket": ticket, "envelope": "reading", "amount": amount })).await
    };
    for (amount, cents) in
        [("1,5", 1_50), ("1.50", 1_50), ("1", 1_00), ("0,01", 1), (" 2,00 € ", 2_00), ("1\u{a0}€", 1_00)]
    {
        assert_eq!(pay(amount).await.is(201).json()["amount_cents"], cents, "{amount}");
    }
    // Understood, and more than there is.
    for amount in ["1 234,50 €", "1\u{202f}234,50\u{a0}€", "999999,99"] {
        pay(amount).await.refuses(422, "balance_too_low");
    }
    for amount in
        ["-1", "0", "0,00", "12,345", "1e3", "", "12,5,0", "1 2", "NaN", "douze", "0x10", "1000000", "+1", "٣"]
    {
        let refused = pay(amount).await.refuses(422, "invalid");
        assert_eq!(refused.faults()[0].0, "amount", "{amount}");
    }
    let ticket = till.ticket(&young).await;
    till.post("/transactions", &json!({ "ticket": ticket, "amount_cents": 0 })).await.refuses(422, "invalid");
    for amount in ["-1", "1.5", "100.0", "\"100\"", "1e2", "null", "[1]", "true", "{}", "18446744073709551616"] {
        let body = format!(r#"{{"ticket":"{ticket}","amount_cents":{amount}}}"#);
        let answer = stage.http().post_raw("/transactions", Some(&till.token), "application/json", body).await;
        let refused = answer.refuses(422, "invalid");
        assert_eq!(refused.faults(), [("amount_cents".to_owned(), "not_whole".to_owned())], "{amount}");
        assert!(refused.text().contains("« amount_cents » est un nombre entier"), "{}", refused.text());
    }
    let both = json!({ "ticket": ticket, "envelope": "reading", "amount_cents": 100, "amount": "1,00" });
    let refused = till.post("/transactions", &both).await.refuses(422, "invalid");
    let named: Vec<_> = refused.faults().into_iter().map(|(field, _)| field).collect();
    assert_eq!(named, ["amount", "amount_cents"], "two amounts are one too many, even where they are equal");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00 - 7_01 - 1_00 + 1_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_of_ours_is_a_problem_and_never_our_fault() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    // With the words of the problem, and what the sentence names.
    let bodies: [(&[u8], &str, &str); 14] = [
        (b"", "malformed", ""),
        (b"{", "malformed", ""),
        (b"null", "not_an_object", "objet JSON"),
        (b"[]", "not_an_object", "objet JSON"),
        (b"[\"jeune\",\"Demo2026\",\"\",\"\"]", "not_an_object", "objet JSON"),
        (b"\"x\"", "not_an_object", "objet JSON"),
        (b"17", "not_an_object", "objet JSON"),
        (b"{\"unknown\":\"x\"}", "malformed", "unknown"),
        (b"{\"un\\u0000known\":17}", "malformed", "unknown"),
        (b"\xff\xfe{}", "malformed", ""),
        (b"{\"reference\":\"\xff\"}", "malformed", ""),
        (b"{\"reference\":\"a\",\"reference\":\"b\"}", "malformed", "reference"),
        (b"{\"unknown\":1,\"unknown\":1}", "malformed", "unknown"),
        (b"{} trailing", "malformed", ""),
    ];
    let paths = [
        "/transactions/recherche",
        "/transactions",
        "/connexion",
        "/mot-de-passe",
        "/mot-de-passe-oublie",
        "/hotline",
        "/inscription/partenaire",
        "/dossier/modifier",
        "/convention/demande",
    ];
    for path in paths {
        for (body, code, named) in bodies {
            let answer = stage.http().post_raw(path, Some(&till.token), "application/json", body.to_vec()).await;
            let told = String::from_utf8_lossy(body).into_owned();
            assert_eq!((answer.status, answer.code().as_str()), (400, code), "{path} {told}: {}", answer.text());
            assert!(answer.text().contains(named), "{path} {told}: {}", answer.text());
            assert!(answer.header("content-type").starts_with("application/problem+json"), "{path} {told}");
            assert_eq!(answer.json()["status"], answer.status);
        }
        for kind in [
            "text/plain",
            "application/xml",
            "application/octet-stream",
            "application/jsonx",
            "application/json; charset=iso-8859-1",
            "text/json",
            "no type",
        ] {
            let answer = stage.http().post_raw(path, Some(&till.token), kind, "{}").await;
            answer.refuses(415, "content_type");
        }
        for kind in ["multipart/form-data", "multipart/form-data; boundary=x"] {
            stage.http().post_raw(path, Some(&till.token), kind, "{}").await.refuses(400, "malformed");
        }
        for kind in ["APPLICATION/JSON", "Application/json;charset=\"UTF-8\""] {
            let answer = stage.http().post_raw(path, Some(&till.token), kind, "{\"unknown\":1}").await;
            assert!(answer.refuses(400, "malformed").text().contains("unknown"), "{path} as {kind}");
        }
        let nothing = stage.http().request(Method::POST, path).header(ACCEPT, "application/json");
        let nothing = nothing.header("authorization", format!("Bearer {}", till.token));
        stage.http().send(nothing, "").await.refuses(400, "body_missing");
        let form = "application/x-www-form-urlencoded";
        for body in [&b"unknown=1"[..], b"%ff%fe=%zz", b"reference=a&reference=b&identifier=a&identifier=b"] {
            let answer = stage.http().post_raw(path, Some(&till.token), form, body.to_vec()).await;
            assert!(matches!(answer.status, 400 | 422), "{path} {body:?}: {} {}", answer.status, answer.text());
        }
    }
    for query in
        ["?after=x", "?from=32/13/2026", "?from=2026-11-22&to=2026-11-21", "?state=x", "?envelope=x", "?reference=1"]
    {
        let refused = till.get(&format!("/transactions{query}")).await.refuses(422, "invalid");
        assert_eq!(refused.faults().len(), 1, "{query}");
    }
    till.get("/transactions?unknown=1").await.is(200);
    till.get("/transactions?from=%ff").await.is(422);
    till.get("/transactions/pas-un-numero").await.refuses(404, "not_found");
    till.get("/convention/99999999999999/pdf").await.refuses(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_six_megabytes_is_too_large() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let large = vec![b' '; 6 * 1024 * 1024 + 1];
    for path in ["/transactions/recherche", "/connexion", "/hotline"] {
        let answer = stage.http().post_raw(path, Some(&till.token), "application/json", large.clone()).await;
        answer.refuses(413, "too_large");
    }
    let mut browser = stage.browser(&shop.account).await;
    let led = browser.upload("/dossier/modifier", &[], ("rib", &large)).await;
    let page = browser.shown(led).await.is(413);
    assert!(page.text().contains("6\u{a0}Mo"), "a page says so");
    let most = [&b"{\"reference\":\"1234\""[..], &vec![b' '; 6 * 1024 * 1024 - 40], b"}"].concat();
    stage.http().post_raw("/transactions/recherche", Some(&till.token), "application/json", most).await.is(422);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_registration_is_named_and_what_was_typed_is_kept() {
    let stage = Stage::set().await;
    let fields = [
        ("legal_name", "Librairie <b>de l’Étoile</b>"),
        ("siret", "732 829 320 00075"),
        ("email", "contact(at)librairie"),
        ("phone", "12"),
        ("civility", "autre"),
        ("referent_first_name", ""),
        ("referent_last_name", "Garcin & Cie"),
    ];
    let mut browser = Browser::of(stage.http());
    let page = browser.refused("/inscription/partenaire", &fields).await.is(200).text();
    for kept in ["Librairie &#60;b&#62;de l’Étoile", "732 829 320 00075", "contact(at)librairie", "Garcin &#38; Cie"]
    {
        assert!(page.contains(kept), "{kept} in {page}");
    }
    assert!(!page.contains("<b>de l’Étoile"));
    let body: Value =
        fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<serde_json::Map<_, _>>().into();
    let told = stage.http().post_json("/inscription/partenaire", None, &body).await.refuses(422, "invalid");
    let faulty: Vec<_> = told.faults().into_iter().map(|(field, _)| field).collect();
    let fields = ["legal_name", "siret", "email", "phone", "civility", "referent_first_name", "referent_last_name"];
    assert_eq!(faulty, fields);
    for field in &faulty {
        assert!(page.contains(&format!("#{field}")), "the summary leads to {field}");
    }
    for code in told.faults() {
        assert!(!code.1.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_never_shown_again() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let mut browser = Browser::of(stage.http());
    let secret = "Secret-Motdepasse-9";
    let page = browser.refused("/connexion", &[("identifier", "quelqu-un"), ("password", secret)]).await.is(200).text();
    assert!(page.contains("quelqu-un") && !page.contains(secret));
    let mut browser = stage.browser(&shop.account).await;
    let fields = [("current_password", secret), ("new_password", "Secret-court"), ("confirm_password", secret)];
    let page = browser.refused("/mot-de-passe", &fields).await.is(200).text();
    assert!(!page.contains(secret) && !page.contains("Secret-court"));
}

/// The form of the convention without any fault.
fn dossier() -> Vec<(&'static str, &'static str)> {
    vec![
        ("legal_name", "SARL Étoile"),
        ("siret", "732 829 320 00074"),
        ("email", "contact@etoile.example.org"),
        ("street", "1 rue des Lices"),
        ("postcode", "13001"),
        ("commune", "Marseille"),
        ("phone", "04 91 00 00 00"),
        ("second_phone", ""),
        ("website", ""),
        ("referent_civility", "madame"),
        ("referent_first_name", "Zoé"),
        ("referent_last_name", "Garcin"),
        ("referent_position", "Gérante"),
        ("referent_email", "zoe@etoile.example.org"),
        ("referent_phone", "06 00 00 00 00"),
        ("referent_second_phone", ""),
        ("trade_name", "Librairie de l’Étoile"),
        ("activity_street", "1 rue des Lices"),
        ("activity_postcode", "13001"),
        ("activity_commune", "Marseille"),
        ("envelopes", "reading"),
        ("account_holder", "SARL Étoile"),
        ("iban", "FR76 3000 1007 9412 3456 7890 185"),
        ("bic", "BDFEFRPPCCT"),
    ]
}

fn with<'a>(change: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    dossier().into_iter().map(|(name, value)| if name == change.0 { change } else { (name, value) }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rib_is_what_its_bytes_say_and_five_megabytes_at_most() {
    let stage = Stage::set().await;
    let shop = stage.newcomer().await;
    let mut browser = stage.browser(&shop.account).await;
    let mut large = b"%PDF-1.7".to_vec();
    large.resize(5 * 1024 * 1024 + 1, b'x');
    let refused: [(&[u8], &str); 5] = [
        (b"GIF89a not a picture we take", "PDF, JPEG ou PNG"),
        (b"<html>%PDF-1.7", "PDF, JPEG ou PNG"),
        (b"MZ\x90\x00", "PDF, JPEG ou PNG"),
        (b"", "Joignez votre RIB"),
        (&large, "5\u{a0}Mo"),
    ];
    for (bytes, told) in refused {
        let led = browser.upload("/convention/demande", &dossier(), ("rib", bytes)).await;
        let page = browser.shown(led).await.is(200).text();
        assert!(page.contains(told), "{told}: {page}");
        assert!(page.contains("SARL Étoile") && page.contains("Librairie de l’Étoile"), "what was typed is kept");
    }
    let untouched = stage.house.store().partners.find(&shop.partner.id).await.unwrap().unwrap();
    assert_eq!(untouched, shop.partner, "refused before anything is stored");
    assert_eq!(stage.mails().await.len(), 0);

    let faults = [
        ("siret", "732 829 320 00075"),
        ("iban", "FR76 3000 1007 9412 3456 7890 186"),
        ("iban", "FR14 2004 1010 0505 0001 3M02 606 1"),
        ("bic", "BDFE1RPP"),
        ("postcode", "99999"),
        ("phone", "+44 20"),
        ("email", "a@b@c.fr"),
        ("referent_email", "zoe"),
        ("envelopes", "outing"),
        ("website", "javascript:alert(1)"),
        ("referent_civility", ""),
        ("trade_name", "\u{1}"),
    ];
    for (field, value) in faults {
        let led = browser.upload("/convention/demande", &with((field, value)), ("rib", b"%PDF-1.7\n")).await;
        let page = browser.shown(led).await.is(200).text();
        assert!(page.contains(&format!("#{field}")), "{field}: {value}");
    }
    for bytes in [&b"%PDF-1.7\n"[..]] {
        let done = browser.upload("/convention/demande", &dossier(), ("rib", bytes)).await.is(303);
        assert_eq!(done.header("location"), "/convention?fait=demande");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_from_another_site_is_not_done() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    let ticket = till.ticket(&young).await;
    let browser = stage.browser(&shop.account).await;
    let body = format!("ticket={ticket}&envelope=reading&amount=1");
    let here = stage.url.trim_start_matches("http://").to_owned();
    let cases = [
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        (ORIGIN.as_str(), "https://autre.example.org", 403),
        (ORIGIN.as_str(), "null", 403),
        (ORIGIN.as_str(), &format!("http://{here}.autre.example.org"), 403),
        (ORIGIN.as_str(), &format!("http://{here}"), 303),
    ];
    for (name, value, status) in cases {
        let request = stage
            .http()
            .request(Method::POST, "/transactions")
            .header(ACCEPT, "text/html")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("cookie", format!("__Host-session={}", browser.cookie.as_deref().unwrap()))
            .header(name, value);
        let answer = stage.http().send(request, body.clone()).await;
        assert_eq!(answer.status, status, "{name}: {value}");
    }
    assert_eq!(stage.left(&young, Envelope::Reading).await, 27_00, "the one from this site is done");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_to_pages_of_this_site_only() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let cases = [
        ("/dossier", "/dossier"),
        ("https://autre.example.org", "/espace"),
        ("//autre.example.org", "/espace"),
        ("/\\autre.example.org", "/espace"),
        ("javascript:alert(1)", "/espace"),
        ("/\t/autre.example.org", "/espace"),
        ("", "/espace"),
    ];
    for (asked, led) in cases {
        let mut browser = Browser::of(stage.http());
        let fields = [
            ("identifier", shop.account.identifier.as_str()),
            ("password", epass_scenarios::PASSWORD),
            ("suite", asked),
        ];
        let answer = browser.post("/connexion", &fields).await.is(303);
        assert_eq!(answer.header("location"), led, "{asked}");
    }
    let page =
        Browser::of(stage.http()).get("/connexion?suite=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await.is(200).text();
    assert!(!page.contains("<script>alert"));
}

/// What is looked up by what somebody typed, and is not there, is no missing page: JSON says the sentence that the page says.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_and_is_nothing_is_told_in_json_as_on_the_page() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let mut browser = stage.browser(&shop.account).await;
    let young = stage.young().await;
    let code = RotatingCode::of(&young.file, 1);
    let voucher = VoucherNumber::mint(1);
    let searches = [
        (young.card.as_str(), "2009-01-01", "à ce numéro et à cette date de naissance"),
        (voucher.as_str(), "2008-05-14", "Ce voucher n’est pas valable avec cette date de naissance"),
        (code.as_str(), "", "demandez au jeune d’afficher son code"),
    ];
    for (reference, birth_date, sentence) in searches {
        let told = till.look_up(reference, birth_date).await.refuses(404, "not_found").json();
        assert_eq!(told["title"], "Recherche sans résultat", "{reference}");
        assert!(told["detail"].as_str().unwrap().contains(sentence), "{told}");
        let fields = [("reference", reference), ("birth_date", birth_date)];
        let page = browser.post("/transactions/recherche", &fields).await.is(303).header("location").to_owned();
        let page = browser.get(&page).await.is(200).text();
        assert!(page.contains(sentence), "{page}");
    }

    // Somebody closes the account between the look-up and the payment.
    let ticket = till.ticket(&young).await;
    let own = stage.till(&stage.account_of(&young).await).await;
    own.post("/mes-donnees/fermeture", &json!({ "account_password": PASSWORD })).await.is(200);
    let told = till.pay(&ticket, "reading", 1_00).await.refuses(404, "not_found").json();
    assert!(told["detail"].as_str().unwrap().contains("n’a plus de compte"), "{told}");

    let team = stage.till(&stage.team().await).await;
    let told = team.post("/equipe/mails", &json!({ "cause": "quota" })).await.refuses(404, "not_found").json();
    assert!(told["detail"].as_str().unwrap().contains("plus en attente"), "{told}");
    let none = team.post("/equipe/mails", &json!({ "cause": "AAA" })).await.refuses(422, "invalid");
    assert_eq!(none.faults(), [("cause".to_owned(), "cause".to_owned())]);
    let told = till.get("/sortie-a-confirmer/rien").await.refuses(404, "not_found").json();
    assert!(told["detail"].as_str().unwrap().contains("Ce lien est incomplet"), "{told}");
    // A path that names nothing stays a missing page.
    let told = till.get("/transactions/rien").await.refuses(404, "not_found").json();
    assert_eq!(told["title"], "Page introuvable");
}
