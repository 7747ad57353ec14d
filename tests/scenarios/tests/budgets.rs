//! What the desk and the young people cost, as DynamoDB itself counts it.

use std::fmt::Write;

use background_reimbursement::Run;
use epass_domain::{Envelope, Voucher, Week};
use epass_scenarios::{Browser, Deal, PASSWORD, Setting, Spent, Stage, Till, Trip, at, run_to_the_end};
use epass_store::meter::Meter;
use jiff::SignedDuration;
use serde_json::json;

fn spent(trips: u64, read_tenths: u64, write_tenths: u64) -> Spent {
    Spent { trips, read_tenths, write_tenths }
}

/// `EPASS_BUDGETS=FILE` keeps the table.
fn keep(table: &[(&str, Spent)]) {
    let mut text = String::from("| | round trips | read units | write units |\n| --- | --- | --- | --- |\n");
    let units = |tenths: u64| {
        if tenths.is_multiple_of(10) { format!("{}", tenths / 10) } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    for (what, spent) in table {
        let (read, write) = (units(spent.read_tenths), units(spent.write_tenths));
        writeln!(text, "| {what} | {} | {read} | {write} |", spent.trips).unwrap();
    }
    println!("{text}");
    if let Ok(file) = std::env::var("EPASS_BUDGETS") {
        std::fs::write(file, text).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_keeps_to_its_budgets() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let young = stage.young().await;
    let till = stage.till(&shop.account).await;
    for _ in 0..30 {
        stage.payment(&shop, &young, 10).await;
    }
    let expires_at = stage.house.clock.now() + SignedDuration::from_hours(1);
    let voucher = stage.voucher(&young, Voucher { envelope: None, expires_at, used_by: None }).await;

    let found = till.look_up(young.card.as_str(), "2008-05-14").await.is(200);
    let ticket = found.json()["ticket"].as_str().unwrap().to_owned();
    let wrong = till.look_up(young.card.as_str(), "2008-05-15").await.is(404);
    let refused = till.pay(&ticket, "reading", 99_00).await.is(422);
    let paid = till.pay(&ticket, "reading", 1_00).await.is(201);
    let again = till.pay(&ticket, "reading", 1_00).await.is(200);
    let cancelled = till.cancel(paid.json()["id"].as_str().unwrap()).await.is(200);
    let by_voucher = till.look_up(voucher.as_str(), "2008-05-14").await.is(200);
    let ticket = by_voucher.json()["ticket"].as_str().unwrap().to_owned();
    let paid_by_voucher = till.pay(&ticket, "reading", 1_00).await.is(201);
    let voucher_back = till.cancel(paid_by_voucher.json()["id"].as_str().unwrap()).await.is(200);
    let history = till.get("/transactions").await.is(200);
    assert_eq!(history.json()["transactions"].as_array().unwrap().len(), 25);
    let next = till.get(&format!("/transactions?after={}", history.json()["next"].as_str().unwrap())).await.is(200);
    let receipt = till.get(&format!("/transactions/{}", paid.json()["id"].as_str().unwrap())).await.is(200);
    let filtered = till.get(&format!("/transactions?reference={}&state=paid", young.card.as_str())).await.is(200);
    let key = stage.till_key(&shop, true).await;
    let by_key = Till { http: stage.http(), token: key.reveal().to_owned() };
    let signer = &stage.house.app("partner-transaction").unwrap().signer;
    let code = signer.rotating_code(&young.file, stage.house.clock.now());
    let form = serde_json::json!({ "code": code.as_str() });
    let by_code = till.post("/transactions/recherche", &form).await.is(200);
    let replayed = till.post("/transactions/recherche", &form).await.is(404);
    let by_till = by_key.look_up(young.card.as_str(), "2008-05-14").await.is(200);
    let ticket = by_till.json()["ticket"].as_str().unwrap().to_owned();
    let paid_by_till = by_key.pay(&ticket, "reading", 1_00).await.is(201);
    by_key.cancel(paid_by_till.json()["id"].as_str().unwrap()).await.is(200);
    let table = [
        ("look-up", found.spent()),
        ("look-up, wrong", wrong.spent()),
        ("look-up by a scanned code", by_code.spent()),
        ("look-up by a code that served", replayed.spent()),
        ("look-up by a till", by_till.spent()),
        ("payment", paid.spent()),
        ("payment by a till", paid_by_till.spent()),
        ("payment sent again", again.spent()),
        ("payment that a rule refuses", refused.spent()),
        ("payment by voucher", paid_by_voucher.spent()),
        ("cancellation", cancelled.spent()),
        ("cancellation of a voucher's", voucher_back.spent()),
        ("25 lines of history", history.spent()),
        ("25 lines further on", next.spent()),
        ("history of one young person, with totals", filtered.spent()),
        ("receipt", receipt.spent()),
    ];
    keep(&table);

    // The budget: two round trips each; four write units, and one for the beneficiary's index; two more with a voucher.
    let is = |name: &str| table.iter().find(|(known, _)| *known == name).unwrap().1;
    // Counted before the wallet is read, and given back once it was right: two trips and two writes more than the reading.
    assert_eq!(is("look-up"), spent(4, 70, 20));
    assert_eq!(is("look-up by a scanned code"), spent(5, 70, 30), "the mark is written while the wallet is read");
    assert_eq!(is("payment"), spent(2, 60, 50));
    // A till's use is counted while its key is read: one trip more, and no time.
    assert_eq!(is("look-up by a till"), spent(5, 60, 30));
    assert_eq!(is("payment by a till"), spent(3, 50, 60));
    assert_eq!(is("payment by voucher"), spent(2, 60, 70));
    assert_eq!(is("payment sent again"), spent(1, 60, 0));
    assert_eq!(is("payment that a rule refuses"), spent(1, 60, 0));
    assert_eq!(is("cancellation"), spent(2, 40, 50));
    assert_eq!(is("cancellation of a voucher's"), spent(2, 40, 70));
    // The first page adds up today and this week: one query more where it does not reach back to Monday.
    for (name, trips) in [("25 lines of history", 3), ("25 lines further on", 2)] {
        assert_eq!((is(name).trips, is(name).write_tenths), (trips, 0), "{name}");
        assert!(is(name).read_tenths <= 60, "{name}: {:?}", is(name));
    }
    assert_eq!(stage.left(&young, Envelope::Reading).await, 25_00);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_young_persons_side_keeps_to_its_budgets() {
    let stage = Stage::set().await;
    let shop = stage.partner().await;
    let plan = stage.published(&shop, stage.content(&shop).places(1)).await;
    let http = stage.http();
    let form = json!({
        "birth_date": "2009-05-14", "status": "high_school", "home_postcode": "13001", "school_postcode": "75001",
        "school_name": "Lycée Voltaire", "first_name": "Léa", "last_name": "Martin", "email": "lea@example.org",
    });
    let asked = http.post_json("/inscription/jeune", None, &form).await.is(201);
    let mail = stage.mail_to("lea@example.org").await;
    let token = mail.text.split("?token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let chosen = json!({ "token": token, "new_password": "Brise7Calanque", "confirm_password": "Brise7Calanque" });
    let enrolled = http.post_json("/inscription/jeune/confirmation", None, &chosen).await.is(201);

    let account = stage.beneficiary().await;
    let young = stage.till(&account).await;
    let made = young.post("/mes-vouchers", &json!({ "days": "7" })).await.is(201);
    let vouchers = young.get("/mes-vouchers").await.is(200);
    let number = json!({ "voucher_number": made.json()["voucher"]["number"] });
    let revoked = young.post("/mes-vouchers/revocation", &number).await.is(200);
    let joins = format!("/bons-plans/{}/inscription", plan.id);
    let leaves = format!("/bons-plans/{}/desinscription", plan.id);
    let joined = young.post(&joins, &json!({})).await.is(201);
    let other = stage.till(&stage.beneficiary().await).await;
    let in_line = other.post(&joins, &json!({})).await.is(201);
    let left = young.post(&leaves, &json!({})).await.is(200);
    let listed = other.get("/bons-plans").await.is(200);
    let pass = young.get("/mon-pass").await.is(200);
    let school = stage.school("Lycée Marie-Curie", "13005").await;
    let sortie = stage.confirmed(&school, &shop, stage.sheet()).await;
    let path = format!("/sorties/{}", sortie.id.as_str());
    let outing = young.get(&path).await.is(200);
    let held = young.post(&format!("{path}/inscription"), &json!({})).await.is(201);
    let outings = young.get("/sorties").await.is(200);
    let given_back = young.post(&format!("{path}/desinscription"), &json!({})).await.is(200);
    let directory = young.get("/culturo").await.is(200);
    let taken_at = young.get(&format!("/culturo/{}", shop.partner.id)).await.is(200);
    let data = young.get("/mes-donnees").await.is(200);
    let table = [
        ("registration", asked.spent()),
        ("confirmed address: card, wallet, profile, sign-in", enrolled.spent()),
        ("*Mon pass*", pass.spent()),
        ("my vouchers", vouchers.spent()),
        ("a voucher", made.spent()),
        ("a voucher revoked", revoked.spent()),
        ("a page of bons plans", listed.spent()),
        ("a place of a bon plan, the last one", joined.spent()),
        ("a place in line", in_line.spent()),
        ("leaving, with the first in line promoted", left.spent()),
        ("my data", data.spent()),
        ("an outing, and what it costs", outing.spent()),
        ("a place of an outing, and its price", held.spent()),
        ("my outings", outings.spent()),
        ("leaving an outing", given_back.spent()),
        ("a page of CULTURO", directory.spent()),
        ("a partner's page in CULTURO", taken_at.spent()),
    ];
    keep(&table);
    // Session, card and profile come in one trip; what else is asked depends on them.
    let budgets = [
        spent(5, 0, 90),
        spent(3, 40, 190),
        spent(1, 30, 0),
        spent(2, 50, 0),
        spent(2, 40, 40),
        spent(3, 50, 40),
        spent(2, 15, 0),
        spent(5, 110, 230),
        spent(3, 90, 120),
        spent(6, 130, 160),
        spent(4, 55, 0),
        spent(1, 70, 0),
        spent(2, 70, 110),
        spent(3, 35, 0),
        spent(2, 70, 110),
        spent(7, 35, 0),
        spent(1, 10, 0),
    ];
    for ((name, spent), budget) in table.iter().zip(budgets) {
        assert_eq!(*spent, budget, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_mails_to_typed_addresses_keep_to_their_budgets() {
    let stage = Stage::set().await;
    let account = stage.partner().await.account;
    let (http, name) = (stage.http(), account.identifier.as_str());
    let mut browser = Browser::of(stage.http());
    let form = [("identifier", name), ("password", PASSWORD)];
    let new = browser.post("/connexion", &form).await.is(303);
    let known = browser.post("/connexion", &form).await.is(303);
    let wrong = http.sign_in(name, "Faux2026").await.is(401);
    for _ in 0..4 {
        http.sign_in(name, "Faux2026").await.is(401);
    }
    let waiting = http.sign_in(name, "Faux2026").await.is(429);
    let recovered = http.post_json("/mot-de-passe-oublie", None, &json!({ "identifier": name })).await.is(200);
    let reminded =
        http.post_json("/identifiant-oublie", None, &json!({ "email": account.email.as_str() })).await.is(200);
    let registration = json!({
        "legal_name": "SARL Les Ocres", "siret": "73282932000074", "email": "ocres@example.org", "phone": "0491000000",
        "civility": "madame", "referent_first_name": "Zoé", "referent_last_name": "Garcin",
    });
    let registered = http.post_json("/inscription/partenaire", None, &registration).await.is(201);
    let question = json!({
        "name": "Zoé", "email": "zoe@librairie.example", "profile": "partner", "subject": "Carte", "question": "Bonjour ?",
    });
    let asked = http.post_json("/hotline", None, &question).await.is(200);
    for _ in 0..4 {
        http.post_json("/hotline", None, &question).await.is(200);
    }
    let refused = http.post_json("/hotline", None, &question).await.is(429);
    let table = [
        ("a sign-in from a new device", new.spent()),
        ("a sign-in from a known device", known.spent()),
        ("a wrong sign-in", wrong.spent()),
        ("a sign-in that has to wait", waiting.spent()),
        ("a mailed password", recovered.spent()),
        ("a reminder of the identifier", reminded.spent()),
        ("a partner's registration", registered.spent()),
        ("a question to the hotline", asked.spent()),
        ("a question over a limit", refused.spent()),
    ];
    keep(&table);
    // Each limit of mails is one write; what is guessed is counted in one and given back in another.
    let budgets = [
        spent(6, 30, 50),
        spent(4, 30, 30),
        spent(4, 30, 30),
        spent(3, 30, 20),
        spent(6, 10, 90),
        spent(6, 15, 60),
        spent(5, 0, 150),
        spent(5, 0, 100),
        // What was counted under the others is given back.
        spent(7, 0, 60),
    ];
    for ((name, spent), budget) in table.iter().zip(budgets) {
        assert_eq!(*spent, budget, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_partners_side_of_an_outing_keeps_to_its_budgets() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let till = stage.till(&shop.account).await;
    let today = || stage.sheet().on("24/11/2026");
    for _ in 0..25 {
        stage.asked(&school, &shop, stage.sheet()).await;
    }
    let asked = stage.asked(&school, &shop, today()).await;
    let path = |sortie: &epass_domain::Sortie| format!("/mes-sorties/{}", sortie.id.as_str());
    let listed = till.get("/mes-sorties").await.is(200);
    let shown = till.get(&path(&asked)).await.is(200);
    let confirmed = till.post(&format!("{}/confirmation", path(&asked)), &json!({ "version": 1 })).await.is(200);
    let young = stage.young().await;
    stage.joins(&asked, &young).await;
    stage.validated(&asked).await;
    let absent = till.post(&format!("{}/absents/{}", path(&asked), young.id), &json!({})).await.is(200);
    let present = till.post(&format!("{}/presents/{}", path(&asked), young.id), &json!({})).await.is(200);
    let mut settled = Vec::new();
    let mut doors = Vec::new();
    for participants in [1, 30, 500] {
        let (sortie, voucher) = stage.crowded(&school, &shop, today(), participants).await;
        let door = format!("{}/encaissement", path(&sortie));
        doors.push(till.get(&door).await.is(200).spent());
        let form = json!({ "voucher_number": voucher.as_str() });
        settled.push(till.post(&door, &form).await.is(201).spent());
    }
    let table = [
        ("25 outings of a partner", listed.spent()),
        ("an outing, with its timeline", shown.spent()),
        ("an outing confirmed, with the mail", confirmed.spent()),
        ("a participant declared absent", absent.spent()),
        ("put back among those present", present.spent()),
        ("the list at the door, of 30", doors[1]),
        ("the list at the door, of 500", doors[2]),
        ("an outing of 1 settled", settled[0]),
        ("an outing of 30 settled", settled[1]),
        ("an outing of 500 settled", settled[2]),
    ];
    keep(&table);
    let budgets = [
        spent(2, 45, 0),
        spent(2, 55, 0),
        spent(2, 50, 110),
        spent(2, 70, 110),
        spent(2, 70, 110),
        spent(2, 80, 0),
        spent(2, 430, 0),
        // Two trips and two writes of it count the voucher before it is compared, and give it back.
        spent(4, 60, 110),
        spent(4, 60, 110),
        spent(4, 60, 110),
    ];
    for ((name, spent), budget) in table.iter().zip(budgets) {
        assert_eq!(*spent, budget, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schools_side_keeps_to_its_budgets() {
    let stage = Stage::set().await;
    let (school, shop) = (stage.school("Lycée Marie-Curie", "13005").await, stage.partner().await);
    let till = stage.till(&stage.account_of_school(&school).await).await;
    let sheet = json!({
        "partner": shop.partner.id.as_str(), "title": "Le Cid", "description": "Séance scolaire.", "day": "2026-12-17",
        "price_cents": 8_00, "expected": "30", "organiser": "Mme Roux", "referent": "M. Blanc", "settlement_terms": "actual",
    });
    let asked = till.post("/etablissement/sorties", &sheet).await.is(201);
    let sortie = stage.confirmed(&school, &shop, stage.sheet()).await;
    let (lea, ines) = (stage.young().await, stage.young().await);
    stage.joins(&sortie, &lea).await;
    stage.joins(&sortie, &ines).await;
    let path = format!("/etablissement/sorties/{}", sortie.id.as_str());
    let listed = till.get("/etablissement/sorties").await.is(200);
    let shown = till.get(&path).await.is(200);
    let watched = till.get(&format!("{path}/partage")).await.is(200);
    let taken_off = till.post(&format!("{path}/participants/{}/retrait", lea.id), &json!({})).await.is(200);
    let validated = till.post(&format!("{path}/validation"), &json!({})).await.is(200);
    let printed = till.get(&format!("{path}/impression")).await.is(200);
    let why = json!({ "cancellation_reason": "Les transports sont en grève." });
    let cancelled = till.post(&format!("{path}/annulation"), &why).await.is(200);
    let table = [
        ("an outing sent to its partner", asked.spent()),
        ("a page of outings", listed.spent()),
        ("an outing, with its participants and timeline", shown.spent()),
        ("how many have joined, as the page asks every five seconds", watched.spent()),
        ("a participant taken off the list", taken_off.spent()),
        ("an outing validated", validated.spent()),
        ("the sheet of the day", printed.spent()),
        ("an outing of one participant cancelled", cancelled.spent()),
    ];
    keep(&table);
    // Session, school and outing come in one trip. Most of what is written is the head in its two indexes, and the mail.
    let budgets = [
        spent(3, 60, 130),
        spent(2, 35, 0),
        spent(3, 65, 0),
        spent(1, 50, 0),
        spent(3, 80, 140),
        spent(2, 50, 90),
        spent(2, 60, 0),
        spent(5, 60, 260),
    ];
    for ((name, spent), budget) in table.iter().zip(budgets) {
        assert_eq!(*spent, budget, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_partners_reimbursements_keep_to_their_budgets() {
    let stage = Stage::of(Setting { now: at("2027-03-02T10:00:00+01:00"), ..Setting::default() }).await;
    let shop = stage.partner().await;
    let mut week = Week::parse("2026-W36").unwrap();
    for _ in 0..26 {
        stage.stated(&shop, &week.first_day().iso(), &week.code()).await;
        week = week.next();
    }
    for _ in 0..30 {
        stage.taken(&shop, "2027-03-01", Envelope::Reading, 1_00).await;
    }
    let till = stage.till(&shop.account).await;
    let listed = till.get("/remboursements").await.is(200);
    assert_eq!(listed.json()["statements"].as_array().unwrap().len(), 26);
    let shown = till.get("/remboursements/2026-W47").await.is(200);
    let made = till.get("/remboursements/2026-W47/releve.pdf").await.is(303);
    let again = till.get("/remboursements/2026-W47/releve.pdf").await.is(303);
    let sheet = till.get("/remboursements/2026-W47/releve.csv").await.is(200);
    let table = [
        ("26 statements, and what comes", listed.spent()),
        ("a statement of one transaction", shown.spent()),
        ("its PDF, made", made.spent()),
        ("its PDF, kept", again.spent()),
        ("its CSV", sheet.spent()),
    ];
    keep(&table);
    // The running week is added up while the statements are read; all their batches come in one range.
    let budgets = [spent(4, 115, 0), spent(3, 50, 0), spent(2, 45, 0), spent(1, 40, 0), spent(2, 45, 0)];
    for ((name, spent), budget) in table.iter().zip(budgets) {
        assert_eq!(*spent, budget, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_and_figures_keep_to_their_budgets() {
    let stage = Stage::of(Setting { now: at("2026-11-30T04:00:00+01:00"), ..Setting::default() }).await;
    const PARTNERS: u64 = 30;
    let mut shops = Vec::new();
    for cents in 1..=PARTNERS {
        let shop = stage.partner().await;
        for week in ["2026-11-17", "2026-11-24"] {
            stage.taken(&shop, week, Envelope::Reading, cents).await;
        }
        shops.push(shop);
    }
    stage.close("2026-W47").await;
    let (meter, function) = (Meter::default(), stage.house.reimbursement().unwrap());
    let run = Run { week: Week::parse("2026-W48").ok() };
    let batch = meter.measure(run_to_the_end(&function, run));
    batch.await.unwrap();
    let batch = meter.spent();
    let batch = spent(batch.trips, batch.read_tenths, batch.write_tenths);
    let team = stage.till(&stage.team().await).await;
    let list = team.get("/equipe/remboursements").await.is(200);
    let sheet = team.get("/equipe/remboursements/2026-W48").await.is(200);
    let number = format!("2026-W48-{}", shops[0].partner.id);
    let statement = team.get(&format!("/equipe/releves/{number}")).await.is(200);
    let sent = team.post("/equipe/remboursements/2026-W48/envoi", &json!({})).await.is(200);
    let failure = json!({ "revision": 1, "failure": "rejected" });
    let failed = team.post(&format!("/equipe/releves/{number}/echec"), &failure).await.is(200);
    let figures = team.get("/equipe/chiffres").await.is(200);
    let named = team.get("/equipe/conventions?q=livres").await.is(200);
    let desk = stage.till(&shops[0].account).await;
    let statistics = desk.get("/statistiques").await.is(200);
    let table = [
        ("a batch of 30 partners", batch),
        ("batches, and what waits", list.spent()),
        ("a batch, and its largest 50 statements", sheet.spent()),
        ("a statement and its orders", statement.spent()),
        ("a batch given to the bank", sent.spent()),
        ("an order that failed, with the mail", failed.spent()),
        ("key figures of a campaign", figures.spent()),
        ("a partner's statistics", statistics.spent()),
        ("a dossier of 30 by its name", named.spent()),
    ];
    keep(&table);
    // Of a batch: a query and a recount for each partner, two transactions of statements with their mails, and what is the
    // same for any number of them.
    let budgets = [
        spent(74, 1505, 1880),
        spent(4, 40, 0),
        spent(4, 55, 0),
        spent(3, 40, 0),
        spent(5, 55, 20),
        spent(10, 90, 90),
        spent(4, 40, 0),
        spent(4, 55, 0),
        spent(6, 50, 0),
    ];
    for ((name, spent), budget) in table.iter().zip(budgets) {
        assert_eq!(*spent, budget, "{name}");
    }
}
