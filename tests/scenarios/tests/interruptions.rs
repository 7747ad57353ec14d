//! Interruptions: Back and Reload send nothing again, and a session that ends in between loses nothing that was typed.

use epass_domain::{Account, Campaign, CardState, Did, Envelope, Paragraph, Party, Voucher, Wallet};
use epass_scenarios::{Answer, Browser, PASSWORD, Stage};
use jiff::SignedDuration;
use serde_json::{Value, json};

const SEARCH: &str = "/transactions/recherche";

/// What the form of a page posts under this name.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no {name}: {page}"));
    rest.split('"').next().unwrap()
}

/// A page without the numbers that each drawing of a form has for itself.
fn without_own_numbers(page: &str) -> String {
    let mut page = page.to_owned();
    for name in ["once", "id"] {
        if let Some((before, after)) = page.split_once(&format!("name=\"{name}\" value=\"")) {
            page = format!("{before}{}", after.split_once('"').map_or("", |(_, after)| after));
        }
    }
    page
}

fn later(stage: &Stage, by: SignedDuration) {
    stage.house.clock.set(stage.house.clock.now() + by);
}

/// Ends the session that a browser's cookie names, as the table does by itself after twelve hours.
async fn end_session(stage: &Stage, browser: &Browser) {
    let app = stage.house.app("account-login").unwrap();
    let pass = app.signer.read_pass(browser.cookie.as_deref().unwrap()).unwrap();
    app.store.accounts.end(&pass.identifier, pass.session).await.unwrap();
}

/// Where the sign-in page leads on to, after this account signed in on it.
async fn sign_in_again(browser: &mut Browser, led: &Answer, account: &Account) -> String {
    let page = browser.get(led.header("location")).await.is(200).text();
    let unescaped = |value: &str| value.replace("&#38;", "&").replace("&amp;", "&");
    let (suite, fin) = (unescaped(hidden(&page, "suite")), unescaped(hidden(&page, "fin")));
    let identifier = account.identifier.as_str();
    let form = [("identifier", identifier), ("password", PASSWORD), ("suite", suite.as_str()), ("fin", fin.as_str())];
    browser.post("/connexion", &form).await.is(303).header("location").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn back_and_reload_after_a_look_up_show_who_was_found_and_after_a_payment_that_it_is_paid() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let mut browser = stage.browser(&shop.account).await;
    let form = [("card_number", young.card.as_str()), ("birth_date", "14/05/2008")];
    let led = browser.post(SEARCH, &form).await.is(303).header("location").to_owned();
    assert!(led.starts_with("/transactions/nouvelle?vu="), "{led}");
    for personal in [young.card.as_str(), "2008", "Roux", &young.id.to_string()] {
        assert!(!led.contains(personal), "{personal} is in {led}");
    }
    let other = browser.post(SEARCH, &form).await.is(303).header("location").to_owned();
    assert_ne!(led, other, "each tab has its own");
    browser.get(&led).await.is(200);
    let page = browser.get(&led).await.is(200).text();
    assert!(page.contains("Inès Roux") && page.contains("Je valide la transaction"), "{page}");

    let pay = [("ticket", hidden(&page, "ticket")), ("envelope", "reading"), ("amount", "12,50")];
    let receipt = browser.post("/transactions", &pay).await.is(303).header("location").to_owned();
    let back = browser.get(&led).await.is(200).text();
    assert!(back.contains("déjà validée") && back.contains(&format!("href=\"{receipt}\"")), "{back}");
    assert!(!back.contains("action=\"/transactions\""), "nothing to press: {back}");
    assert_eq!(browser.post("/transactions", &pay).await.is(303).header("location"), receipt);
    assert_eq!(stage.left(&young, Envelope::Reading).await, 15_50, "one debit");
    assert!(browser.get(&other).await.is(200).text().contains("Je valide la transaction"), "the other tab goes on");

    // The address opens for nobody else, and for nobody after a quarter of an hour.
    let stranger = stage.browser(&stage.partner().await.account).await;
    let over = |page: String| page.contains("Recherchez de nouveau") && !page.contains("Roux");
    assert!(over(stranger.get(&other).await.is(200).text()));
    assert!(over(browser.get(&format!("{other}x")).await.is(200).text()));
    later(&stage, SignedDuration::from_mins(15));
    assert!(over(browser.get(&other).await.is(200).text()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_desk_refuses_a_browser_is_shown_by_a_get_with_what_was_typed() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let mut browser = stage.browser(&shop.account).await;
    let card = young.card.to_string();
    let nobody = browser.post_and_see(SEARCH, &[("card_number", &card), ("birth_date", "15/05/2008")]).await;
    let page = nobody.is(200).text();
    assert!(page.contains("Aucun bénéficiaire ne correspond") && page.contains(&card) && page.contains("15/05/2008"));
    let faulty = browser.post_and_see(SEARCH, &[("card_number", "12")]).await.is(200).text();
    assert!(faulty.contains("2 points sont à corriger") && faulty.contains("value=\"12\""), "{faulty}");
    let endless = "9".repeat(40_000);
    let endless = browser.post_and_see(SEARCH, &[("card_number", &endless)]).await.is(200).text();
    assert!(endless.contains("à corriger"), "too long for an address: the faults alone");

    let found = browser.post_and_see(SEARCH, &[("card_number", &card), ("birth_date", "14/05/2008")]).await;
    let found = found.is(200).text();
    let dear = [("ticket", hidden(&found, "ticket")), ("envelope", "reading"), ("amount", "99")];
    let page = browser.post_and_see("/transactions", &dear).await.is(200).text();
    assert!(
        page.contains("Inès Roux") && page.contains("ce montant le dépasse") && page.contains("value=\"99\""),
        "{page}"
    );
    let none = [("ticket", hidden(&found, "ticket")), ("envelope", "reading"), ("amount", "")];
    let page = browser.post_and_see("/transactions", &none).await.is(200).text();
    assert!(page.contains("Inès Roux") && page.contains("à corriger"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_between_look_up_and_payment_takes_nothing_and_leads_back_to_who_was_found() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let mut browser = stage.browser(&shop.account).await;
    let form = [("card_number", young.card.as_str()), ("birth_date", "14/05/2008")];
    let page = browser.post_and_see(SEARCH, &form).await.is(200).text();
    end_session(&stage, &browser).await;
    let pay = [("ticket", hidden(&page, "ticket")), ("envelope", "reading"), ("amount", "12,50")];
    let led = browser.post("/transactions", &pay).await.is(303);
    let sign_in = browser.get(led.header("location")).await.is(200).text();
    assert!(sign_in.contains("Votre session est terminée") && sign_in.contains("rien n’a été encaissé"), "{sign_in}");
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);

    // A wrong password in between says it again.
    let suite = hidden(&sign_in, "suite").to_owned();
    let wrong = [
        ("identifier", shop.account.identifier.as_str()),
        ("password", "Faux2026"),
        ("suite", &suite),
        ("fin", "envoi"),
    ];
    let again = browser.refused("/connexion", &wrong).await.is(200).text();
    assert!(again.contains("rien n’a été encaissé"), "{again}");
    let back = sign_in_again(&mut browser, &led, &shop.account).await;
    let page = browser.get(&back).await.is(200).text();
    assert!(page.contains("Inès Roux") && page.contains("Je valide la transaction"), "{page}");

    // A page that is asked for says so as well, and a first visit says nothing.
    end_session(&stage, &browser).await;
    let led = browser.get("/transactions").await.is(303);
    assert!(browser.get(led.header("location")).await.is(200).text().contains("Votre session est terminée"));
    let nobody = Browser::of(stage.http());
    let led = nobody.get("/transactions").await.is(303);
    assert!(!nobody.get(led.header("location")).await.is(200).text().contains("session est terminée"));
}

/// A long form: its page, where it is posted, and what is typed.
struct Long {
    account: Account,
    other: Account,
    page: String,
    action: String,
    typed: Vec<(&'static str, &'static str)>,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_in_a_long_form_outlives_the_session_for_its_account_alone() {
    let stage = Stage::set().await;
    let (shop, newcomer) = (stage.partner().await, stage.newcomer().await);
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let asked = stage.asked(&school, &shop, stage.sheet()).await;
    let comment = Paragraph::parse("Plutôt le matin.", 100).unwrap();
    let returned = asked.clone().send_back(comment.clone(), 1, stage.house.clock.now()).unwrap();
    let step = stage.step(Party::Partner, Did::Returned { comment });
    stage.house.store().sorties.change(&asked, &returned, &step, &[]).await.unwrap().unwrap();
    let (school, team) = (stage.account_of_school(&school).await, stage.team().await);
    let (other_school, other_team) = (stage.establishment().await, stage.team().await);
    let other_shop = stage.partner().await.account;
    let plan = stage.submitted(&shop, stage.content(&shop)).await;
    let long = |(account, other): (&Account, &Account), page: &str, action: &str, typed| Long {
        account: account.clone(),
        other: other.clone(),
        page: page.to_owned(),
        action: action.to_owned(),
        typed,
    };
    let same = |who, path: &str, typed| long(who, path, path, typed);
    let of_shop = (&shop.account, &other_shop);
    let of_school = (&school, &other_school);
    let deal = || vec![("title", "Rencontre d’une autrice"), ("description", "Une heure & demie <b>")];
    let outing = format!("/etablissement/sorties/{}/modifier", asked.id.as_str());
    let forms = [
        same(
            of_shop,
            "/dossier/modifier",
            vec![("legal_name", "Librairie d’avant la nuit"), ("phone", "04 91 00 00 01")],
        ),
        same((&newcomer.account, &other_shop), "/convention/demande", vec![("trade_name", "Le Marque-page d’or")]),
        same(of_shop, "/mes-bons-plans/nouveau", deal()),
        same(of_shop, &format!("/mes-bons-plans/{}/modifier", plan.id), deal()),
        long(
            of_school,
            "/etablissement/sorties/nouvelle",
            "/etablissement/sorties",
            vec![("title", "Le Cid, en matinée"), ("description", "Avec un bord de scène.")],
        ),
        same(of_school, &outing, vec![("title", "Le Cid, en matinée"), ("description", "Avec un bord de scène.")]),
        long(
            (&team, &other_team),
            "/equipe/etablissements/nouveau",
            "/equipe/etablissements",
            vec![("name", "Lycée neuf")],
        ),
    ];
    for Long { account, other, page, action, typed } in forms {
        let mut browser = stage.browser(&account).await;
        end_session(&stage, &browser).await;
        let mut sent = typed.clone();
        let partner = shop.partner.id.to_string();
        if action == "/etablissement/sorties" {
            sent.push(("partner", partner.as_str()));
        }
        let led = browser.post(&action, &sent).await.is(303);
        let sign_in = browser.get(led.header("location")).await.is(200).text();
        assert!(sign_in.contains("Votre saisie est gardée jusqu’au"), "{action}: {sign_in}");
        let shown = |text: &str| {
            let escaped = text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
            move |html: &str| html.contains(&escaped)
        };

        // Somebody else on the same device sees nothing of it.
        let mut stranger = Browser { cookie: browser.cookie.clone(), ..Browser::of(stage.http()) };
        let theirs = sign_in_again(&mut stranger, &led, &other).await;
        let html = stranger.get(&theirs).await.text();
        assert!(typed.iter().all(|(_, value)| !shown(value)(&html)), "{action} for somebody else: {html}");

        let back = sign_in_again(&mut browser, &led, &account).await;
        assert!(back.starts_with(&page), "{back}");
        for _ in 0..2 {
            let html = browser.get(&back).await.is(200).text();
            assert!(
                html.contains("Votre saisie est rétablie") && html.contains("Rien n’a encore été envoyé"),
                "{html}"
            );
            assert!(typed.iter().all(|(_, value)| shown(value)(&html)), "{action}: {html}");
        }
        let html = browser.get(&page).await.is(200).text();
        assert!(!html.contains("Votre saisie est rétablie"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_bounded_sealed_and_gone_after_an_hour() {
    const FORM: &str = "/mes-bons-plans/nouveau";
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let mut browser = stage.browser(&shop.account).await;
    end_session(&stage, &browser).await;
    let endless = "a".repeat(100_000);
    let led = browser.post(FORM, &[("title", "Rencontre"), ("description", &endless)]).await.is(303);
    let unkept = browser.get(led.header("location")).await.is(200).text();
    assert!(unkept.contains("votre saisie n’a pas pu être gardée"), "{unkept}");

    // A file is not kept, and the page says so.
    let led = browser.upload(FORM, &[("title", "Rencontre d’une autrice")], ("picture", b"GIF89a")).await.is(303);
    let stored = stage.house.store();
    let location = led.header("location").to_owned();
    assert!(browser.get(&location).await.is(200).text().contains("Votre saisie est gardée jusqu’au"));
    let id = location.split("reprise%3D").nth(1).unwrap().split('&').next().unwrap();
    let sealed = stored.kept.find(id.parse().unwrap()).await.unwrap().unwrap();
    assert!(!sealed.contains("Rencontre") && !sealed.contains(shop.account.identifier.as_str()));
    let back = sign_in_again(&mut browser, &led, &shop.account).await;
    let html = browser.get(&back).await.is(200).text();
    assert!(html.contains("joignez de nouveau vos fichiers") && html.contains("Rencontre d’une autrice"), "{html}");
    later(&stage, SignedDuration::from_hours(1));
    assert!(!browser.get(&back).await.is(200).text().contains("Rencontre d’une autrice"));
    assert!(browser.get(&location).await.is(200).text().contains("votre saisie n’est plus gardée"));

    // Who was never signed in on this device leaves nothing: nobody knows whose it would be.
    let mut nobody = Browser::of(stage.http());
    let led = nobody.post(FORM, &[("title", "Rencontre")]).await.is(303);
    assert!(nobody.get(led.header("location")).await.is(200).text().contains("votre saisie n’a pas pu être gardée"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_posted_after_a_sign_out_in_another_tab_is_kept_for_the_account_whose_form_it_is() {
    const FORM: &str = "/mes-bons-plans/nouveau";
    let stage = Stage::set().await;
    let (shop, other) = (stage.partner().await, stage.partner().await);
    let mut browser = stage.browser(&shop.account).await;
    let page = browser.get(FORM).await.is(200).text();
    let mark = hidden(&page, "form_of").to_owned();
    browser.post("/deconnexion", &[]).await.is(303);
    assert_eq!(browser.post("/deconnexion", &[]).await.is(303).header("location"), "/", "signed out already");
    // Somebody else is signed in on the same browser, then an account of another role, then nobody.
    browser.sign_in(other.account.identifier.as_str(), epass_scenarios::PASSWORD).await;
    let school = stage.establishment().await;
    for signs_in in [None, Some(&school), None] {
        if let Some(account) = signs_in {
            browser.sign_in(account.identifier.as_str(), epass_scenarios::PASSWORD).await;
        }
        let typed = [("form_of", mark.as_str()), ("title", "Rencontre"), ("description", "Avec une lecture")];
        let led = browser.post(FORM, &typed).await.is(303);
        let page = browser.get(led.header("location")).await.is(200).text();
        assert!(page.contains("Votre saisie est gardée jusqu’au"), "{page}");
        let mut theirs = Browser::of(stage.http());
        let back = sign_in_again(&mut theirs, &led, &other.account).await;
        assert!(!theirs.get(&back).await.is(200).text().contains("Avec une lecture"), "somebody else's");
        let mut own = Browser::of(stage.http());
        let back = sign_in_again(&mut own, &led, &shop.account).await;
        let html = own.get(&back).await.is(200).text();
        assert!(html.contains("Votre saisie est rétablie") && html.contains("Avec une lecture"), "{html}");
        browser.post("/deconnexion", &[]).await.is(303);
    }
    let drafts = stage.browser(&other.account).await.get("/mes-bons-plans").await.is(200).text();
    assert!(!drafts.contains("Rencontre"), "nothing was made in the other's name");
    // A mark that is nobody's on this device is kept for nobody.
    let led = browser.post(FORM, &[("form_of", "AAAAAAAAAAAA"), ("title", "Rencontre")]).await.is(303);
    assert!(browser.get(led.header("location")).await.is(200).text().contains("n’a pas pu être gardée"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_account_does_nothing_in_this_ones_name() {
    let stage = Stage::set().await;
    let (shop, other) = (stage.partner().await, stage.partner().await);
    let page = stage.browser(&shop.account).await.get("/dossier/caisse").await.is(200).text();
    let mut browser = stage.browser(&other.account).await;
    let led = browser.post("/dossier/caisse", &[("form_of", hidden(&page, "form_of")), ("till", "Caisse 1")]).await;
    assert!(led.is(303).header("location").starts_with("/connexion?"));
    assert!(!browser.get("/dossier/caisse").await.is(200).text().contains("Caisse 1"));
    let page = browser.get("/dossier/caisse").await.is(200).text();
    let own = [("form_of", hidden(&page, "form_of")), ("once", hidden(&page, "once")), ("till", "Caisse 1")];
    browser.post("/dossier/caisse", &own).await.is(303);
    assert!(browser.get("/dossier/caisse").await.is(200).text().contains("Caisse 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_that_takes_no_body_refuses_one_with_something_in_it() {
    let stage = Stage::set().await;
    let (shop, young) = (stage.partner().await, stage.young().await);
    let paid = stage.payment(&shop, &young, 1_00).await;
    let path = format!("/transactions/{}/annulation", paid.id);
    let till = stage.till(&shop.account).await;
    till.post(&path, &serde_json::json!({ "amount_cents": 50 })).await.refuses(400, "malformed");
    till.post(&path, &serde_json::json!([1])).await.refuses(400, "not_an_object");
    for (kind, body, status) in [("application/json", "not json", 400), ("text/xml", "<a/>", 415)] {
        stage.http().post_raw(&path, Some(&till.token), kind, body).await.is(status);
    }
    assert_eq!(till.get(&format!("/transactions/{}", paid.id)).await.is(200).json()["state"], "paid");
    till.post(&path, &serde_json::json!({})).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_out_and_is_known_to_no_device_is_promised_nothing_that_is_not_kept() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let mut other_tab = stage.browser(&shop.account).await;
    other_tab.post("/deconnexion", &[]).await.is(303);
    let mut browser = Browser { cookie: other_tab.cookie.clone(), ..Browser::of(stage.http()) };
    for (path, lost) in [("/mes-bons-plans/nouveau", true), ("/dossier/modifier", true), ("/transactions", false)] {
        let led = browser.post(path, &[("title", "Rencontre d’une autrice")]).await.is(303);
        let page = browser.get(led.header("location")).await.is(200).text();
        assert!(page.contains("Votre session est terminée : rien n’a été"), "{path}: {page}");
        assert_eq!(page.contains("votre saisie n’a pas pu être gardée"), lost, "{path}: {page}");
        assert!(!page.contains("est gardée") && !page.contains("vous la retrouverez"), "{path}: {page}");
        assert!(!page.contains("reprendre où vous en étiez"), "{path}: {page}");
    }
    // Nobody can write the promise into an address.
    for word in ["saisie", "AAAA", "perdu"] {
        let page = browser.get(&format!("/connexion?suite=/dossier&fin={word}")).await.is(200).text();
        assert!(!page.contains("gardée"), "{word}: {page}");
    }
}

/// What a till reads when it looks somebody up.
async fn warnings(stage: &Stage, shop: &epass_scenarios::Shop, reference: &str) -> Value {
    stage.till(&shop.account).await.look_up(reference, "2008-05-14").await.is(200).json()["warnings"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_in_json_warns_of_what_the_page_warns_of_and_the_payment_is_refused_for() {
    let stage = Stage::set().await;
    let shop = stage.partner_taking(&[Envelope::Reading, Envelope::Cinema]).await;
    let fine = stage.young().await;
    let suspended = stage.young_with(|young| young.card_state = CardState::Suspended).await;
    let over = stage.young_with(|young| young.wallet = Wallet::full(Campaign::parse("2025-2026").unwrap())).await;
    let drained = stage.young_with(|young| {
        young.wallet.reading = epass_domain::Euros::ZERO;
        young.wallet.cinema = epass_domain::Euros::ZERO;
    });
    let drained = drained.await;
    let half = stage.young_with(|young| young.wallet.cinema = epass_domain::Euros::ZERO).await;
    let expires_at = stage.house.clock.now() + SignedDuration::from_hours(1);
    let stage_plays = Voucher { envelope: Some(Envelope::Performance), expires_at, used_by: None };
    let voucher = stage.voucher(&fine, stage_plays).await;
    let cases = [
        (fine.card.as_str(), json!([])),
        (half.card.as_str(), json!([])),
        (suspended.card.as_str(), json!(["card_suspended"])),
        (over.card.as_str(), json!(["campaign_over"])),
        (drained.card.as_str(), json!(["balance_too_low"])),
        (voucher.as_str(), json!(["voucher_for_another_envelope"])),
    ];
    for (reference, expected) in cases {
        assert_eq!(warnings(&stage, &shop, reference).await, expected, "{reference}");
        let till = stage.till(&shop.account).await;
        let ticket = till.look_up(reference, "2008-05-14").await.is(200).json()["ticket"].as_str().unwrap().to_owned();
        if let Some(code) = expected[0].as_str() {
            till.pay(&ticket, "reading", 1).await.refuses(422, code);
        }
    }
    let mut browser = stage.browser(&shop.account).await;
    let form = [("card_number", suspended.card.as_str()), ("birth_date", "14/05/2008")];
    assert!(browser.post_and_see(SEARCH, &form).await.is(200).text().contains("Cette carte est suspendue"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_of_another_account_takes_nothing_and_leads_to_the_search() {
    let stage = Stage::set().await;
    let (shop, other, young) = (stage.partner().await, stage.partner().await, stage.young().await);
    let mut browser = stage.browser(&shop.account).await;
    let form = [("card_number", young.card.as_str()), ("birth_date", "14/05/2008")];
    let page = browser.post_and_see(SEARCH, &form).await.is(200).text();
    // Somebody else signs in on the same browser meanwhile.
    let mut theirs = stage.browser(&other.account).await;
    for ticket in [hidden(&page, "ticket"), "altered"] {
        let pay = [("ticket", ticket), ("envelope", "reading"), ("amount", "1,50")];
        let led = theirs.post_and_see("/transactions", &pay).await.is(200).text();
        assert!(led.contains("rien n’a été encaissé") && !led.contains("Roux"), "{led}");
    }
    assert_eq!(stage.left(&young, Envelope::Reading).await, 28_00);
}

/// A form of a page, or a button, that is refused.
struct Refused<'a> {
    account: Option<&'a Account>,
    page: String,
    action: String,
    typed: Vec<(&'a str, &'a str)>,
    said: &'a str,
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_browser_posts_and_is_refused_is_shown_by_a_get_with_what_was_typed() {
    let stage = Stage::set().await;
    let (shop, applicant, team) = (stage.partner().await, stage.applicant().await, stage.team().await);
    let (school, young) = (stage.school("Lycée Marie-Curie", "13005").await, stage.young().await);
    let (teacher, pupil) = (stage.account_of_school(&school).await, stage.account_of(&young).await);
    let stranger = stage.beneficiary().await;
    let sortie = stage.confirmed(&school, &shop, stage.sheet()).await;
    let asked = stage.asked(&school, &shop, stage.sheet()).await;
    let full = stage.confirmed(&school, &shop, stage.sheet()).await;
    stage.joins(&full, &stage.young().await).await;
    let (joined, _) = stage.validated(&full).await;
    let form = |account, page: &str, action: &str, typed, said| {
        let (page, action) = (page.to_owned(), action.to_owned());
        Refused { account, page, action, typed, said }
    };
    let (outing, theirs) =
        (format!("/etablissement/sorties/{}", sortie.id.as_str()), format!("/mes-sorties/{}", asked.id.as_str()));
    let (dossier, place) =
        (format!("/equipe/conventions/{}", applicant.partner.id), format!("/equipe/etablissements/{}", school.id));
    let (door, card) =
        (format!("/mes-sorties/{}/encaissement", joined.id.as_str()), format!("/equipe/jeunes/{}", young.id));
    let (shop, team, teacher, pupil) = (Some(&shop.account), Some(&team), Some(&teacher), Some(&pupil));
    let forms = [
        form(
            None,
            "/connexion",
            "/connexion",
            vec![("identifier", "quelquun"), ("password", "Devine7Encore")],
            "incorrect",
        ),
        form(
            None,
            "/hotline",
            "/hotline",
            vec![("name", "Mme Roux"), ("email", "roux"), ("question", "Quand ?")],
            "#email",
        ),
        form(None, "/mot-de-passe-oublie", "/mot-de-passe-oublie", vec![("identifier", "a@b@c")], "#identifier"),
        form(None, "/identifiant-oublie", "/identifiant-oublie", vec![("email", "roux")], "#email"),
        form(
            None,
            "/inscription/partenaire",
            "/inscription/partenaire",
            vec![("legal_name", "Étoile"), ("siret", "12")],
            "#siret",
        ),
        form(shop, "/mot-de-passe", "/mot-de-passe", vec![("current_password", "x")], "#new_password"),
        form(shop, "/dossier/caisse", "/dossier/caisse", vec![("till", "  ")], "#till"),
        form(
            shop,
            "/dossier/modifier",
            "/dossier/modifier",
            vec![("trade_name", "L’Étoile"), ("iban", "FR00")],
            "#iban",
        ),
        form(
            shop,
            "/dossier/modifier/confirmation",
            "/dossier/modifier/confirmation",
            vec![("revision", "9")],
            "#changes",
        ),
        form(
            shop,
            "/mes-bons-plans/nouveau",
            "/mes-bons-plans/nouveau",
            vec![("title", "Rencontre"), ("then", "send")],
            "#description",
        ),
        form(shop, &theirs, &format!("{theirs}/renvoi"), vec![("comment", " "), ("version", "1")], "#comment"),
        form(shop, &door, &door, vec![("voucher_number", "99-99-99")], "#voucher_number"),
        form(pupil, "/mes-vouchers", "/mes-vouchers", vec![("days", "400000")], "#days"),
        form(
            pupil,
            "/mes-donnees/fermeture",
            "/mes-donnees/fermeture",
            vec![("account_password", "x")],
            "#account_password",
        ),
        form(
            teacher,
            "/etablissement/sorties/nouvelle",
            "/etablissement/sorties",
            vec![("title", "Le Cid"), ("expected", "x")],
            "#expected",
        ),
        form(
            teacher,
            &outing,
            &format!("{outing}/annulation"),
            vec![("cancellation_reason", " ")],
            "#cancellation_reason",
        ),
        form(
            team,
            "/equipe/etablissements/nouveau",
            "/equipe/etablissements",
            vec![("name", "Lycée Zola"), ("uai", "1")],
            "#uai",
        ),
        form(team, &place, &place, vec![("name", "Lycée Zola"), ("revision", "1")], "#email"),
        form(team, &dossier, &format!("{dossier}/refus"), vec![("reason", " "), ("revision", "9")], "#reason"),
        form(team, &card, &format!("{card}/suspension"), vec![("suspension_reason", " ")], "#suspension_reason"),
        form(team, "/equipe/jeunes", "/equipe/jeunes/recherche", vec![("wanted", " ")], "#wanted"),
        form(team, "/equipe/remboursements", "/equipe/remboursements/lancer", vec![("week", "2099-W01")], "#week"),
        // Buttons.
        form(teacher, &outing, &format!("{outing}/validation"), vec![], "aucune inscription"),
    ];
    for Refused { account, page, action, typed, said } in forms {
        let mut browser = match account {
            Some(account) => stage.browser(account).await,
            None => Browser::of(stage.http()),
        };
        // As a browser does, with the page that it comes from; and without, as one does that keeps it to itself.
        for from in [Some(page.as_str()), None] {
            let led = browser.post_from(from, &action, &typed).await;
            assert_eq!(led.status, 303, "{action}: {}", led.text());
            let location = led.header("location").to_owned();
            let led_to = location.split('?').next().unwrap();
            if from.is_some() {
                assert_eq!(led_to, page, "{action}");
            }
            for (name, value) in &typed {
                assert!(value.trim().is_empty() || value.len() < 3 || !location.contains(value), "{action}: {name}");
            }
            for _ in 0..2 {
                let html = browser.get(&location).await.text();
                assert!(html.contains(said), "{action} from {from:?}, at {location}:\n{html}");
                let is_shown = |name: &str| {
                    html.contains(&format!("name=\"{name}\" type=\"text\""))
                        || html.contains(&format!("<textarea id=\"{name}\""))
                };
                for (name, value) in typed.iter().filter(|(name, _)| is_shown(name)) {
                    assert!(html.contains(value.trim()), "{action}: {name}\n{html}");
                }
            }
            // Who is no browser gets that page in place, as its own GET draws it.
            if from.is_none() && location.contains("reprise=") {
                let in_place = browser.post_as_program(&action, &typed).await;
                let drawn = browser.get(&location).await;
                assert!((400..500).contains(&in_place.status), "{action}: {}", in_place.status);
                let (in_place, drawn) = (without_own_numbers(&in_place.text()), without_own_numbers(&drawn.text()));
                assert_eq!(in_place, drawn, "{action}");
            }
            // Nobody else sees what was typed there.
            let stranger = stage.browser(&stranger).await;
            let html = stranger.get(&location).await.text();
            assert!(!html.contains("à corriger"), "{action}: {html}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_text_too_long_for_an_address_is_shown_by_a_get_too() {
    let stage = Stage::set().await;
    let (shop, applicant, team) = (stage.partner().await, stage.applicant().await, stage.team().await);
    let (school, young) = (stage.school("Lycée Marie-Curie", "13005").await, stage.young().await);
    let teacher = stage.account_of_school(&school).await;
    let sortie = stage.confirmed(&school, &shop, stage.sheet()).await;
    let asked = stage.asked(&school, &shop, stage.sheet()).await;
    let deal = format!("/equipe/bons-plans/{}", stage.submitted(&shop, stage.content(&shop)).await.id);
    let ended = Wallet::full(Campaign::parse("2025-2026").unwrap());
    let renewing = stage.account_of(&stage.young_with(|young| young.wallet = ended).await).await;
    let (dossier, card) =
        (format!("/equipe/conventions/{}", applicant.partner.id), format!("/equipe/jeunes/{}", young.id));
    let (outing, theirs) =
        (format!("/etablissement/sorties/{}", sortie.id.as_str()), format!("/mes-sorties/{}", asked.id.as_str()));
    let (shop, team, teacher) = (Some(&shop.account), Some(&team), Some(&teacher));
    let forms = [
        (Some(&renewing), "/renouvellement".to_owned(), "/renouvellement".to_owned(), "school_name"),
        (team, deal.clone(), format!("{deal}/refus"), "reason"),
        (None, "/hotline".to_owned(), "/hotline".to_owned(), "question"),
        (None, "/inscription/partenaire".to_owned(), "/inscription/partenaire".to_owned(), "legal_name"),
        (team, dossier.clone(), format!("{dossier}/refus"), "reason"),
        (team, card.clone(), format!("{card}/suspension"), "suspension_reason"),
        (teacher, outing.clone(), format!("{outing}/annulation"), "cancellation_reason"),
        (shop, theirs.clone(), format!("{theirs}/renvoi"), "comment"),
    ];
    let text = "Une très longue réponse. ".repeat(180);
    for (account, page, action, field) in forms {
        let mut browser = match account {
            Some(account) => stage.browser(account).await,
            None => Browser::of(stage.http()),
        };
        let led = browser.post_from(Some(&page), &action, &[(field, &text)]).await.is(303);
        let location = led.header("location").to_owned();
        assert!(location.starts_with(&format!("{page}?reprise=")) && location.len() < 200, "{action}: {location}");
        for _ in 0..2 {
            let html = browser.get(&location).await.text();
            assert!(html.contains(text.trim()) && html.contains("à corriger"), "{action}: {html}");
        }
        // Whoever is signed in may not read what somebody else typed.
        let other = stage.browser(&stage.beneficiary().await).await;
        assert!(!other.get(&location).await.text().contains(text.trim()), "{action}");
    }
    // Nobody fills the table with what nobody types.
    let mut nobody = Browser::of(stage.http());
    nobody.post("/hotline", &[("question", &"a".repeat(40_000))]).await.is(422);
}
