//! Round trips and capacity units of each use case, as DynamoDB counts them. `docs/budgets.md` has the same tables: each test
//! holds its own to what it measured, and writes it anew with `INSTA_UPDATE=always`.

use std::fmt::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use background_reimbursement::Run;
use epass_domain::{Envelope, Voucher, Week};
use epass_scenarios::{Browser, Deal, PASSWORD, Setting, Spent, Stage, Till, Trip, at, run_to_the_end};
use epass_store::meter::Meter;
use jiff::SignedDuration;
use serde_json::json;

fn spent(trips: u64, read_tenths: u64, write_tenths: u64) -> Spent {
    Spent { trips, read_tenths, write_tenths }
}

/// A use case, what it spent, and its budget.
type Row<'a> = (&'a str, Spent, Spent);

/// Holds each use case to its budget, and the section of `docs/budgets.md` to them.
fn holds(title: &str, rows: &[Row<'_>]) {
    for (what, spent, budget) in rows {
        assert_eq!(spent, budget, "{what}");
    }
    let units = |tenths: u64| {
        if tenths.is_multiple_of(10) { format!("{}", tenths / 10) } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    let mut table =
        String::from("\n| Use case | round trips | read units | write units |\n| --- | ---: | ---: | ---: |\n");
    for (what, Spent { trips, read_tenths, write_tenths }, _) in rows {
        writeln!(table, "| {what} | {trips} | {} | {} |", units(*read_tenths), units(*write_tenths)).unwrap();
    }
    is_written(title, &table);
}

/// Compares a section's table with the one that stands in the document. One test at a time writes it.
fn is_written(title: &str, table: &str) {
    static DOCUMENT: Mutex<()> = Mutex::new(());
    let _one_at_a_time = DOCUMENT.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/budgets.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let heading = format!("\n## {title}\n");
    let (before, section) = document.split_once(&heading).unwrap_or_else(|| panic!("no section {title:?}"));
    let (written, after) = section.split_at(section.find("\n## ").unwrap_or(section.len()));
    if written == table {
        return;
    }
    assert_eq!(std::env::var("INSTA_UPDATE").as_deref(), Ok("always"), "docs/budgets.md, {title}: it is\n{table}");
    std::fs::write(&path, format!("{before}{heading}{table}{after}")).unwrap();
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
    // A look-up is counted before the wallet is read, and given back once it was right. The mark of a scanned code is written while
    // the wallet is read; a till's use is counted while its key is. The first page of the history adds up today and this week: one
    // query more where it does not reach back to Monday.
    holds(
        "The desk",
        &[
            ("look-up", found.spent(), spent(4, 70, 20)),
            ("look-up, wrong", wrong.spent(), spent(5, 70, 30)),
            ("look-up by a scanned code", by_code.spent(), spent(5, 70, 30)),
            ("look-up by a code that served", replayed.spent(), spent(6, 70, 30)),
            ("look-up by a till", by_till.spent(), spent(5, 60, 30)),
            ("payment", paid.spent(), spent(2, 60, 50)),
            ("payment by a till", paid_by_till.spent(), spent(3, 50, 60)),
            ("payment sent again", again.spent(), spent(1, 60, 0)),
            ("payment that a rule refuses", refused.spent(), spent(1, 60, 0)),
            ("payment by voucher", paid_by_voucher.spent(), spent(2, 60, 70)),
            ("cancellation", cancelled.spent(), spent(2, 40, 50)),
            ("cancellation of a voucher's", voucher_back.spent(), spent(2, 40, 70)),
            ("25 lines of history", history.spent(), spent(3, 55, 0)),
            ("25 lines further on", next.spent(), spent(2, 35, 0)),
            ("history of one young person, with totals", filtered.spent(), spent(3, 70, 0)),
            ("receipt", receipt.spent(), spent(1, 40, 0)),
        ],
    );
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
    // Session, card and profile come in one trip; what else is asked depends on them.
    holds(
        "The young people",
        &[
            ("registration", asked.spent(), spent(5, 0, 90)),
            ("confirmed address: card, wallet, profile, sign-in", enrolled.spent(), spent(3, 40, 190)),
            ("*Mon pass*", pass.spent(), spent(1, 30, 0)),
            ("my vouchers", vouchers.spent(), spent(2, 50, 0)),
            ("a voucher", made.spent(), spent(2, 40, 40)),
            ("a voucher revoked", revoked.spent(), spent(3, 50, 40)),
            ("a page of bons plans", listed.spent(), spent(2, 15, 0)),
            ("a place of a bon plan, the last one", joined.spent(), spent(5, 110, 230)),
            ("a place in line", in_line.spent(), spent(3, 90, 120)),
            ("leaving, with the first in line promoted", left.spent(), spent(6, 130, 160)),
            ("my data", data.spent(), spent(4, 55, 0)),
            ("an outing, and what it costs", outing.spent(), spent(1, 70, 0)),
            ("a place of an outing, and its price", held.spent(), spent(2, 70, 110)),
            ("my outings", outings.spent(), spent(3, 35, 0)),
            ("leaving an outing", given_back.spent(), spent(2, 70, 110)),
            ("a page of CULTURO", directory.spent(), spent(7, 35, 0)),
            ("a partner's page in CULTURO", taken_at.spent(), spent(1, 10, 0)),
        ],
    );
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
    // Each limit of mails is one write; what is guessed is counted in one and given back in another.
    holds(
        "Accounts, and mails to typed addresses",
        &[
            ("a sign-in from a new device", new.spent(), spent(6, 30, 50)),
            ("a sign-in from a known device", known.spent(), spent(4, 30, 30)),
            ("a wrong sign-in", wrong.spent(), spent(4, 30, 30)),
            ("a sign-in that has to wait", waiting.spent(), spent(3, 30, 20)),
            ("a mailed password", recovered.spent(), spent(6, 10, 90)),
            ("a reminder of the identifier", reminded.spent(), spent(6, 15, 60)),
            ("a partner's registration", registered.spent(), spent(5, 0, 150)),
            ("a question to the hotline", asked.spent(), spent(5, 0, 100)),
            ("a question over a limit", refused.spent(), spent(7, 0, 60)),
        ],
    );
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
    holds(
        "The partner's side of an outing",
        &[
            ("25 outings of a partner", listed.spent(), spent(2, 45, 0)),
            ("an outing, with its timeline", shown.spent(), spent(2, 55, 0)),
            ("an outing confirmed, with the mail", confirmed.spent(), spent(2, 50, 110)),
            ("a participant declared absent", absent.spent(), spent(2, 70, 110)),
            ("put back among those present", present.spent(), spent(2, 70, 110)),
            ("the list at the door, of 30", doors[1], spent(2, 80, 0)),
            ("the list at the door, of 500", doors[2], spent(2, 430, 0)),
            ("an outing of 1 settled", settled[0], spent(4, 60, 110)),
            ("an outing of 30 settled", settled[1], spent(4, 60, 110)),
            ("an outing of 500 settled", settled[2], spent(4, 60, 110)),
        ],
    );
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
    // Session, school and outing come in one trip. Most of what is written is the head in its two indexes, and the mail.
    holds(
        "The school's side of an outing",
        &[
            ("an outing sent to its partner", asked.spent(), spent(3, 60, 130)),
            ("a page of outings", listed.spent(), spent(2, 35, 0)),
            ("an outing, with its participants and timeline", shown.spent(), spent(3, 65, 0)),
            ("how many have joined, as the page asks every five seconds", watched.spent(), spent(1, 50, 0)),
            ("a participant taken off the list", taken_off.spent(), spent(3, 80, 140)),
            ("an outing validated", validated.spent(), spent(2, 50, 90)),
            ("the sheet of the day", printed.spent(), spent(2, 60, 0)),
            ("an outing of one participant cancelled", cancelled.spent(), spent(5, 60, 260)),
        ],
    );
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
    // The running week is added up while the statements are read; all their batches come in one range.
    holds(
        "The partner's reimbursements",
        &[
            ("26 statements, and what comes", listed.spent(), spent(4, 115, 0)),
            ("a statement of one transaction", shown.spent(), spent(3, 50, 0)),
            ("its PDF, made", made.spent(), spent(2, 45, 0)),
            ("its PDF, kept", again.spent(), spent(1, 40, 0)),
            ("its CSV", sheet.spent(), spent(2, 45, 0)),
        ],
    );
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
    // Of a batch: a query and a recount for each partner, two transactions of statements with their mails, and what is the
    // same for any number of them.
    holds(
        "The team, and the batch",
        &[
            ("a batch of 30 partners", batch, spent(74, 1505, 1880)),
            ("batches, and what waits", list.spent(), spent(4, 40, 0)),
            ("a batch, and its largest 50 statements", sheet.spent(), spent(4, 55, 0)),
            ("a statement and its orders", statement.spent(), spent(3, 40, 0)),
            ("a batch given to the bank", sent.spent(), spent(5, 55, 20)),
            ("an order that failed, with the mail", failed.spent(), spent(9, 80, 90)),
            ("key figures of a campaign", figures.spent(), spent(4, 40, 0)),
            ("a partner's statistics", statistics.spent(), spent(4, 55, 0)),
            ("a dossier of 30 by its name", named.spent(), spent(6, 50, 0)),
        ],
    );
}
