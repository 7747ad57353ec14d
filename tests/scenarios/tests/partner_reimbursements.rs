//! *Je suis mes remboursements* (guide §7.3): what comes, where the money of each statement stands, and the files to keep.

use std::io::{Cursor, Read};
use std::path::Path;

use axum::http::Method;
use bytes::Bytes;
use epass_domain::{Batch, Envelope, Failure, Line, ParisDay, Partner, Week};
use epass_scenarios::{Setting, Shop, Stage, Till, at};
use serde_json::{Value, json};
use zip::ZipArchive;

const HERE: &str = "/remboursements";

/// A Tuesday: week 47 of 2026 is over.
async fn set() -> Stage {
    Stage::of(Setting { now: at("2026-11-24T10:00:00+01:00"), ..Setting::default() }).await
}

async fn list(till: &Till) -> Value {
    till.get(HERE).await.is(200).json()
}

/// State, day of execution, and what is missing, of the statement of a week: on its page, and in the list.
async fn standing(till: &Till, week: &str) -> (String, Option<String>, Option<String>) {
    let standing = |of: &Value| {
        let text = |name: &str| of[name].as_str().map(str::to_owned);
        (text("state").unwrap(), text("execution_day"), text("waits_for"))
    };
    let listed = list(till).await["statements"].as_array().unwrap().clone();
    let listed = standing(listed.iter().find(|line| line["week"] == week).unwrap());
    let shown = standing(&till.get(&format!("{HERE}/{week}")).await.is(200).json());
    assert_eq!(listed, shown, "list and page agree");
    shown
}

/// The same, as the tests write it.
fn stands(state: &str, day: &str, missing: &str) -> (String, Option<String>, Option<String>) {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    (state.to_owned(), text(day), text(missing))
}

async fn change_batch(stage: &Stage, week: &str, change: impl FnOnce(&Batch) -> Batch) {
    let store = &stage.house.store().reimbursements;
    let before = store.batch(Week::parse(week).unwrap()).await.unwrap().unwrap();
    assert!(store.advance(&before, &change(&before)).await.unwrap());
}

fn today(stage: &Stage) -> ParisDay {
    ParisDay::of(stage.house.clock.now())
}

/// What a link leads to.
async fn follow(till: &Till, path: &str) -> Bytes {
    let led = till.get(path).await.is(303).header("location").to_owned();
    let (site, path) = led.split_at(led.match_indices('/').nth(2).unwrap().0);
    let http = epass_scenarios::Http::of(site);
    let answer = http.send(http.request(Method::GET, path), "").await.is(200);
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"releve"), "{:?}", answer.headers);
    answer.body
}

fn words(pdf: &[u8]) -> String {
    pdf_extract::extract_text_from_mem(pdf).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The number of a transaction as people read it: the last twelve signs of its id.
fn short(id: &str) -> String {
    format!("T{}", &id[id.len() - 12..])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_that_took_nothing_has_a_week_that_runs_and_no_statement() {
    let stage = set().await;
    let till = stage.till(&stage.partner().await.account).await;
    let list = list(&till).await;
    assert_eq!(list["statements"], json!([]));
    assert_eq!((&list["running"]["week"], &list["running"]["count"]), (&json!("2026-W48"), &json!(0)));
    assert_eq!((&list["waiting"], &list["years"], &list["next"]), (&json!([]), &json!([]), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_running_week_tells_what_it_brings_by_envelope_and_when() {
    let stage = set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    stage.taken(&shop, "2026-11-23", Envelope::Reading, 7_00).await;
    stage.taken(&shop, "2026-11-24", Envelope::Reading, 5_50).await;
    stage.taken(&shop, "2026-11-24", Envelope::Cinema, 4_00).await;
    stage.taken_and_cancelled(&shop, "2026-11-24", Envelope::Reading, 28_00).await;
    stage.taken(&shop, "2026-11-22", Envelope::Reading, 1_00).await;
    let list = list(&till).await;
    let running = &list["running"];
    assert_eq!((&running["count"], &running["amount_cents"]), (&json!(3), &json!(16_50)));
    assert_eq!(
        running["envelopes"],
        json!([
            { "envelope": "reading", "count": 2, "amount_cents": 12_50 },
            { "envelope": "cinema", "count": 1, "amount_cents": 4_00 },
        ])
    );
    assert_eq!((&running["closes_on"], &running["execution_day"]), (&json!("2026-11-30"), &json!("2026-12-01")));
    let waiting = &list["waiting"];
    assert_eq!((&waiting[0]["week"], &waiting[0]["amount_cents"]), (&json!("2026-W47"), &json!(1_00)));
    assert_eq!(waiting[0]["closes_on"], "2026-11-24", "today, since Monday has passed");
    stage.close("2026-W47").await;
    let list = self::list(&till).await;
    assert_eq!((&list["waiting"], &list["statements"][0]["amount_cents"]), (&json!([]), &json!(1_00)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_money_is_in_the_batch_then_sent_then_paid() {
    let stage = set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    stage.stated(&shop, "2026-11-17", "2026-W47").await;
    assert_eq!(standing(&till, "2026-W47").await, stands("in_batch", "2026-11-25", ""));
    change_batch(&stage, "2026-W47", |batch| batch.sent(today(&stage)).unwrap()).await;
    assert_eq!(standing(&till, "2026-W47").await, stands("sent", "2026-11-25", ""));
    change_batch(&stage, "2026-W47", |batch| batch.paid(today(&stage)).unwrap()).await;
    assert_eq!(standing(&till, "2026-W47").await, stands("paid", "2026-11-25", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_transfer_asks_for_another_account_and_a_returned_one_goes_again() {
    let stage = set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    for (day, week) in [("2026-11-10", "2026-W46"), ("2026-11-17", "2026-W47")] {
        stage.stated(&shop, day, week).await;
        change_batch(&stage, week, |batch| batch.paid(today(&stage)).unwrap()).await;
    }
    stage.rejected(&shop, "2026-W46").await;
    assert_eq!(standing(&till, "2026-W46").await, stands("rejected", "", "other_account"));
    let page = stage.browser(&shop.account).await.get("/remboursements/2026-W46").await.is(200).text();
    let page = page.replace(['\u{A0}', '\u{202F}'], " ");
    for said in ["Rejeté", "compte clos (AC04)", "Vérifiez votre IBAN : la banque l’a refusé", "href=\"/dossier\""]
    {
        assert!(page.contains(said), "{said}");
    }
    assert_eq!(standing(&till, "2026-W47").await.0, "paid", "the batch says so of the other one");
    stage.told(&shop, "2026-W47", |statement, today| statement.failed(Failure::Returned, None, today)).await;
    assert_eq!(standing(&till, "2026-W47").await, stands("upcoming", "2026-12-01", ""));
    stage.told(&shop, "2026-W46", |statement, _| statement.retried()).await;
    assert_eq!(standing(&till, "2026-W46").await, stands("rejected", "2026-12-01", ""));

    stage.clock("2026-11-30T04:00:00+01:00");
    stage.close("2026-W48").await;
    let till = stage.till(&shop.account).await;
    assert_eq!(standing(&till, "2026-W46").await, stands("in_batch", "2026-12-01", ""));
    let shown = till.get(&format!("{HERE}/2026-W46")).await.is(200).json();
    let transfers = shown["transfers"].as_array().unwrap();
    let outcomes: Vec<_> = transfers.iter().map(|order| order["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["rejected", "in_batch"]);
    let number = format!("2026-W46-{}", shop.partner.id);
    assert_eq!(
        (&transfers[0]["reference"], &transfers[1]["reference"]),
        (&json!(number), &json!(format!("{number}-2")))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_approved_account_the_money_waits_and_the_page_says_for_what() {
    let stage = set().await;
    let shop = stage.partner_paid_to(None).await;
    let till = stage.till(&shop.account).await;
    stage.stated(&shop, "2026-11-17", "2026-W47").await;
    stage.taken(&shop, "2026-11-24", Envelope::Reading, 1_00).await;
    assert_eq!(standing(&till, "2026-W47").await, stands("upcoming", "", "account"));
    let told = list(&till).await;
    assert_eq!((&told["has_account"], &told["running"]["execution_day"]), (&json!(false), &Value::Null));
    let bank = shop.partner.dossier().unwrap().bank.clone();
    save(&stage, &shop, Partner { paid_to: Some(bank), ..shop.partner.clone() }).await;
    assert_eq!(standing(&till, "2026-W47").await, stands("upcoming", "2026-12-01", ""));
}

async fn save(stage: &Stage, shop: &Shop, after: Partner) {
    let after = Partner { revision: shop.partner.revision + 1, ..after };
    stage.house.store().partners.save(&shop.partner, &after, &[]).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_shows_what_was_cancelled_and_does_not_count_it() {
    let stage = set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    stage.taken(&shop, "2026-11-16", Envelope::Reading, 12_50).await;
    stage.taken_and_cancelled(&shop, "2026-11-16", Envelope::Reading, 28_00).await;
    stage.taken(&shop, "2026-11-22", Envelope::Outing, 23_200).await;
    stage.taken(&shop, "2026-11-15", Envelope::Reading, 1_00).await;
    stage.taken(&shop, "2026-11-23", Envelope::Reading, 2_00).await;
    stage.close("2026-W47").await;
    let shown = till.get(&format!("{HERE}/2026-W47")).await.is(200).json();
    assert_eq!((&shown["count"], &shown["amount_cents"]), (&json!(2), &json!(24_450)));
    assert_eq!((&shown["first_day"], &shown["last_day"]), (&json!("2026-11-16"), &json!("2026-11-22")));
    let days = shown["days"].as_array().unwrap();
    let sums: Vec<_> = days.iter().map(|day| (day["day"].clone(), day["amount_cents"].clone())).collect();
    assert_eq!(sums, [(json!("2026-11-16"), json!(12_50)), (json!("2026-11-22"), json!(23_200))]);
    let states: Vec<_> = days[0]["lines"].as_array().unwrap().iter().map(|line| line["state"].clone()).collect();
    assert_eq!(states.len(), 2);
    assert!(states.contains(&json!("cancelled")) && states.contains(&json!("paid")));
    assert_eq!(days[1]["lines"][0]["what"], "Sortie «\u{A0}Le Cid\u{A0}», Lycée Marie-Curie, 29 participants");
    let page = stage.browser(&shop.account).await.get(&format!("{HERE}/2026-W47")).await.is(200).text();
    assert!(!page.contains("Roux") && !shown.to_string().contains("Roux"), "no young person is named");
    let iban = shop.partner.paid_to.as_ref().unwrap().iban.clone();
    assert!(page.contains(&iban.masked()) && !page.contains(iban.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_of_more_than_200_transactions_shows_the_last_200_and_says_so() {
    let stage = set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    for _ in 0..201 {
        stage.taken(&shop, "2026-11-17", Envelope::Reading, 1_00).await;
    }
    stage.close("2026-W47").await;
    let shown = till.get(&format!("{HERE}/2026-W47")).await.is(200).json();
    assert_eq!((&shown["complete"], &shown["count"]), (&json!(false), &json!(201)));
    assert_eq!(shown["days"][0]["lines"].as_array().unwrap().len(), 200);
    let csv = till.get(&format!("{HERE}/2026-W47/releve.csv")).await.is(200).text();
    assert_eq!(csv.lines().count(), 202);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_the_statement_of_another_partner() {
    let stage = set().await;
    let (shop, other) = (stage.partner().await, stage.partner().await);
    stage.stated(&shop, "2026-11-17", "2026-W47").await;
    let (own, stranger) = (stage.till(&shop.account).await, stage.till(&other.account).await);
    assert_eq!(list(&stranger).await["statements"], json!([]));
    for path in ["2026-W47", "2026-W47/releve.pdf", "2026-W47/releve.csv", "annee/2026/releves.zip"] {
        stranger.get(&format!("{HERE}/{path}")).await.is(404);
    }
    for path in ["2026-W46", "2026-W99", "2026-W47-12345678", "annee/2025/releves.zip", "annee/x/releves.zip"] {
        own.get(&format!("{HERE}/{path}")).await.is(404);
    }
    let key = stage.till_key(&shop, true).await;
    let by_key = Till { http: stage.http(), token: key.reveal().to_owned() };
    by_key.get(HERE).await.is(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_seen_without_a_convention_in_force_too() {
    let stage = set().await;
    let shop = stage.partner().await;
    stage.stated(&shop, "2026-11-17", "2026-W47").await;
    let convention = None;
    save(&stage, &shop, Partner { convention, ..shop.partner.clone() }).await;
    let browser = stage.browser(&shop.account).await;
    let page = browser.get(HERE).await.is(200).text();
    assert!(page.contains("12,50"));
    browser.get(&format!("{HERE}/2026-W47")).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_says_what_the_statement_closed_and_never_changes() {
    let stage = set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    stage.taken(&shop, "2026-11-16", Envelope::Reading, 12_50).await;
    stage.taken_and_cancelled(&shop, "2026-11-16", Envelope::Reading, 28_00).await;
    stage.taken(&shop, "2026-11-18", Envelope::Outing, 23_200).await;
    stage.close("2026-W47").await;
    let path = format!("{HERE}/2026-W47/releve.pdf");
    let (first, at_once) = tokio::join!(follow(&till, &path), follow(&till, &path));
    assert_eq!(first, at_once, "two who ask at once get one document");
    let said = words(&first).replace('\u{a0}', " ");
    let administrative = &shop.partner.dossier().unwrap().administrative;
    let (legal_name, siret) = (administrative.legal_name.to_string(), administrative.siret.to_string());
    let made_out_to = [legal_name, siret, administrative.address.to_string().replace('\u{a0}', " ")];
    let closed = ["Librairie des Lices", "244,50", "Annulée", "Le Cid", "29 participants", "25/11/2026"];
    for part in closed.into_iter().chain(made_out_to.iter().map(String::as_str)) {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(!said.contains("Roux") && !said.contains("Inès"), "{said}");

    let bank = epass_domain::BankDetails {
        holder: Line::parse("Autre titulaire", 70).unwrap(),
        ..shop.partner.paid_to.clone().unwrap()
    };
    let mut after = shop.partner.clone();
    let mut dossier = after.dossier().unwrap().clone();
    dossier.activity.trade_name = Line::parse("Autre enseigne", 100).unwrap();
    dossier.administrative.legal_name = Line::parse("Autre raison", 100).unwrap();
    dossier.administrative.address.commune = Line::parse("Autre commune", 100).unwrap();
    after = Partner { paid_to: Some(bank), ..after.declare(dossier, stage.house.clock.now()).0 };
    stage.house.store().partners.save(&shop.partner, &after, &[]).await.unwrap().unwrap();
    stage.rejected(&shop, "2026-W47").await;
    assert_eq!(follow(&till, &path).await, first);
    // Nor would it be another one if it were only made after the next batch paid the other account.
    stage.clock("2026-11-30T04:00:00+01:00");
    stage.close("2026-W48").await;
    let till = stage.till(&shop.account).await;
    assert_eq!(standing(&till, "2026-W47").await.0, "in_batch");
    assert_eq!(forget(stage.data(), &format!("2026-W47-{}.pdf", shop.partner.id)), 1);
    assert_eq!(follow(&till, &path).await, first, "made again, it is the same");
}

/// Deletes the file of this name, wherever the bucket keeps it.
fn forget(folder: &Path, name: &str) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let forgotten = entries.map(|path| match path.is_dir() {
        true => forget(&path, name),
        false if path.ends_with(name) => std::fs::remove_file(path).map(|()| 1).unwrap(),
        false => 0,
    });
    forgotten.sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_does_not_add_up_is_not_made() {
    let stage = set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    stage.stated(&shop, "2026-11-17", "2026-W47").await;
    stage.taken(&shop, "2026-11-18", Envelope::Reading, 1).await;
    till.get(&format!("{HERE}/2026-W47/releve.pdf")).await.is(500);
    till.get(&format!("{HERE}/annee/2026/releves.zip")).await.is(500);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_for_a_spreadsheet_has_every_line_and_no_name() {
    let stage = set().await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    let paid = stage.taken(&shop, "2026-11-16", Envelope::Reading, 12_50).await;
    stage.taken_and_cancelled(&shop, "2026-11-17", Envelope::Reading, 28_00).await;
    stage.taken(&shop, "2026-11-18", Envelope::Outing, 23_200).await;
    stage.close("2026-W47").await;
    let answer = till.get(&format!("{HERE}/2026-W47/releve.csv")).await.is(200);
    let number = format!("2026-W47-{}", shop.partner.id);
    assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"releve-{number}.csv\""));
    let text = answer.text();
    let lines: Vec<&str> = text.trim_start_matches('\u{FEFF}').lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[1],
        format!(
            "{number};16/11/2026;12:00;{};Paiement en caisse;Lecture;12,50;12,50;Validée;;;",
            short(&paid.id.to_string())
        )
    );
    assert!(lines[2].contains(";28,00;0,00;Annulée;"), "{}", lines[2]);
    assert!(lines[3].ends_with(";Sortie;Sorties;232,00;232,00;Validée;Le Cid;Lycée Marie-Curie;29"), "{}", lines[3]);
    let counted = lines[0].split(';').position(|head| head == "Montant compté (€)").unwrap();
    let cents = |line: &&str| line.split(';').nth(counted).unwrap().replace(',', "").parse::<u64>().unwrap();
    assert_eq!(lines[1..].iter().map(cents).sum::<u64>(), 12_50 + 23_200, "the column adds up to the statement");
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count(), "RFC 4180");
    assert!(!text.contains("Roux"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_one_file_with_every_document_and_every_line() {
    let stage = Stage::of(Setting { now: at("2027-01-12T10:00:00+01:00"), ..Setting::default() }).await;
    let shop = stage.partner().await;
    let till = stage.till(&shop.account).await;
    // Week 53 of 2026 ends on 3 January 2027: it is of that year.
    for (day, week) in [("2026-11-17", "2026-W47"), ("2026-12-22", "2026-W52"), ("2026-12-30", "2026-W53")] {
        stage.stated(&shop, day, week).await;
    }
    assert_eq!(list(&till).await["years"], json!([2027, 2026]));
    let path = format!("{HERE}/annee/2026/releves.zip");
    let file = follow(&till, &path).await;
    assert_eq!(follow(&till, &path).await, file, "the same bytes again");
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let id = &shop.partner.id;
    assert_eq!(
        names,
        [format!("releve-2026-W47-{id}.pdf"), format!("releve-2026-W52-{id}.pdf"), "transactions-2026.csv".to_owned()]
    );
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(read(&names[0]), follow(&till, &format!("{HERE}/2026-W47/releve.pdf")).await);
    assert!(words(&read(&names[1])).contains("2026-W52"));
    let sheet = String::from_utf8(read(&names[2])).unwrap();
    assert_eq!(sheet.lines().count(), 3);
    assert_eq!(sheet.lines().filter(|line| line.contains("12,50")).count(), 2);

    let kept = stage.objects("statement");
    for other in ["+2026", "02026", "002026", "%202026", "2026%20", "２０２６", "2026.0"] {
        let other = other.replace('２', "%EF%BC%92").replace('０', "%EF%BC%90").replace('６', "%EF%BC%96");
        till.get(&format!("{HERE}/annee/{other}/releves.zip")).await.refuses(404, "not_found");
    }
    assert_eq!(stage.objects("statement"), kept, "another spelling makes no other file");

    stage.stated(&shop, "2026-12-01", "2026-W49").await;
    let more = follow(&till, &path).await;
    assert_eq!(ZipArchive::new(Cursor::new(more)).unwrap().len(), 4, "a week that was made up for is in it");
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_come_by_26_a_page() {
    let stage = Stage::of(Setting { now: at("2027-04-06T10:00:00+02:00"), ..Setting::default() }).await;
    let shop = stage.partner().await;
    let mut week = Week::parse("2026-W36").unwrap();
    for _ in 0..27 {
        let day = week.first_day().iso();
        stage.stated(&shop, &day, &week.code()).await;
        week = week.next();
    }
    let till = stage.till(&shop.account).await;
    let first = list(&till).await;
    assert_eq!(first["statements"].as_array().unwrap().len(), 26);
    let next = till.get(&format!("{HERE}?avant={}", first["next"].as_str().unwrap())).await.is(200).json();
    assert_eq!(next["statements"].as_array().unwrap().len(), 1);
    assert_eq!((&next["statements"][0]["week"], &next["next"]), (&json!("2026-W36"), &Value::Null));
    assert_eq!((&next["running"], &next["years"]), (&Value::Null, &json!([2026])));
    till.get(&format!("{HERE}?page=2")).await.is(200);
}
