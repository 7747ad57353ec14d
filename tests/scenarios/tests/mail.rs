//! The outbox: nothing is lost, each recipient's mails keep their order, and what cannot be sent is seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use background_mailer::{Event, Mailer, Record};
use epass_cloud::Service;
use epass_domain::{Email, Line, Paragraph};
use epass_local::Template;
use epass_local::mails::Mail;
use epass_mail::Letter;
use epass_scenarios::Stage;
use epass_store::{Entry, EntryState};
use epass_web::mint;
use serde_json::json;
use tokio::task::JoinSet;

/// A mail with a number in it.
fn entry(stage: &Stage, recipient: usize, number: usize) -> Entry {
    let now = stage.house.clock.now();
    let question = Paragraph::parse("Bonjour", 100).unwrap();
    let letter = Letter::HotlineAcknowledged { subject: Line::parse(&format!("n={number}="), 100).unwrap(), question };
    let email = Email::parse(&format!("a{recipient}@example.org")).unwrap();
    letter.to(&email, mint::mail_id(now), now)
}

fn number(mail: &Mail) -> usize {
    mail.text.split('=').nth(1).unwrap().parse().unwrap()
}

async fn pending(mailer: &Mailer) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let after = all.last().map(Entry::key);
        let page = mailer.outbox().in_state(EntryState::Pending, after.as_ref(), 500).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// One invocation after another for one shard of the stream, until nothing of it waits: a batch that partly fails comes
/// again from its first failure, as Lambda does it.
async fn shard(mailer: Mailer, entries: Vec<Entry>) {
    let mut waiting: Vec<Record> =
        entries.iter().zip(0..).map(|(entry, n)| Record::new(&entry.key(), &format!("{n:06}"))).collect();
    while !waiting.is_empty() {
        let batch: Vec<Record> = waiting.iter().take(25).cloned().collect();
        let taken = batch.len();
        let verdict = mailer.handle(Event::Stream { records: batch.clone() }).await.unwrap();
        let lowest = verdict.failures.iter().map(|failure| failure.sequence.clone()).min();
        let done =
            lowest.map_or(taken, |lowest| batch.iter().take_while(|record| record.dynamodb.sequence < lowest).count());
        waiting.drain(..done);
    }
}

/// Shards run side by side, a recipient's mails always in the same one.
fn stream(mailer: &Mailer, entries: Vec<Entry>, shards: usize) -> JoinSet<()> {
    let mut parts: BTreeMap<usize, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        let part = usize::from_str_radix(&entry.recipient[..6], 16).unwrap() % shards;
        parts.entry(part).or_default().push(entry);
    }
    let mut tasks = JoinSet::new();
    for part in parts.into_values() {
        tasks.spawn(shard(mailer.clone(), part));
    }
    tasks
}

const SHARDS: usize = 48;

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_mails_none_is_lost_while_half_fail_and_the_mailer_is_killed_twice() {
    let stage = Stage::set().await;
    for chunk in 0..10 {
        let entries: Vec<Entry> = (0..100).map(|n| entry(&stage, (chunk * 100 + n) % 50, chunk * 100 + n)).collect();
        stage.house.store().outbox.post(&entries).await.unwrap();
    }
    stage.faults.set(500, 0);
    for kills_at in [600, 1200] {
        let mailer = stage.house.mailer().unwrap();
        let mut running = stream(&mailer, pending(&mailer).await, SHARDS);
        while stage.faults.seen() < kills_at {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running.abort_all();
        while running.join_next().await.is_some() {}
        assert!(!pending(&mailer).await.is_empty(), "killed in the middle of its work");
    }
    let mailer = stage.house.mailer().unwrap();
    stream(&mailer, pending(&mailer).await, SHARDS).join_all().await;

    // Twelve failures in a row set a mail aside; with half failing that is rare, and nothing is lost by it.
    let aside = mailer.outbox().in_state(EntryState::SetAside, None, 100).await.unwrap();
    let late: BTreeSet<String> = aside.iter().map(|entry| entry.email.to_string()).collect();
    for entry in &aside {
        assert!(mailer.outbox().try_again(&entry.key()).await.unwrap());
    }
    stage.faults.set(0, 0);
    let mails = stage.mails().await;

    let mut copies: HashMap<usize, usize> = HashMap::new();
    let mut first_arrivals: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for mail in &mails {
        let seen = copies.entry(number(mail)).or_default();
        *seen += 1;
        if *seen == 1 {
            first_arrivals.entry(&mail.to).or_default().push(number(mail));
        }
    }
    assert_eq!(copies.len(), 1000, "none is lost");
    let twice = mails.len() - 1000;
    assert!(twice <= 2 * SHARDS, "{twice} sent twice: at most one in flight for each shard and kill");
    for (recipient, arrivals) in first_arrivals.iter().filter(|(recipient, _)| !late.contains(**recipient)) {
        assert!(arrivals.is_sorted(), "{recipient}: {arrivals:?}");
    }
    println!("{} requests, {twice} mails sent twice, {} set aside", stage.faults.seen(), aside.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_goes_twice_only_where_the_answer_was_lost() {
    let stage = Stage::set().await;
    let entries: Vec<Entry> = (0..60).map(|n| entry(&stage, n % 6, n)).collect();
    stage.house.store().outbox.post(&entries).await.unwrap();
    stage.faults.set(0, 200);
    let mailer = stage.house.mailer().unwrap();
    stream(&mailer, pending(&mailer).await, 6).join_all().await;
    let mails = stage.house.mailbox.list().unwrap();
    let numbers: BTreeSet<usize> = mails.iter().map(number).collect();
    assert_eq!(numbers.len(), 60);
    assert_eq!(mails.len() as u64, stage.faults.seen(), "every request sent one mail, and none was made without need");
    assert!(mails.len() > 60 && mails.len() < 120, "{}", mails.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_refused_for_good_is_set_aside_seen_by_the_team_and_tried_again() {
    let stage = Stage::set().await;
    let good = entry(&stage, 1, 7);
    let mut bad = entry(&stage, 1, 6);
    // A letter that a later version wrote: no retry makes it readable.
    bad.letter.0 = json!({ "letter": "of_a_later_version" }).to_string();
    stage.house.store().outbox.post(&[bad.clone(), good]).await.unwrap();
    let mails = stage.mails().await;
    assert_eq!(mails.iter().map(number).collect::<Vec<_>>(), [7], "what follows does not wait for it");

    let team = stage.team().await;
    let till = stage.till(&team).await;
    let listed = till.get("/equipe/mails").await.is(200).json();
    let line = &listed["mails"][0];
    assert_eq!(listed["mails"].as_array().unwrap().len(), 1);
    assert_eq!((line["email"].as_str(), line["attempts"].as_u64()), (Some(bad.email.as_str()), Some(1)));
    assert!(stage.browser(&team).await.get("/equipe/mails").await.is(200).text().contains(bad.email.as_str()));
    let again = json!({ "recipient": line["recipient"], "mail_id": line["mail_id"] });
    till.post("/equipe/mails", &json!({ "recipient": "x", "mail_id": line["mail_id"] })).await.is(404);
    till.post("/equipe/mails", &again).await.is(200);
    till.post("/equipe/mails", &again).await.is(404);
    assert_eq!(till.get("/equipe/mails").await.json()["mails"], json!([]));
    assert_eq!(stage.mails().await.len(), 1, "it is tried, and set aside again");
    assert_eq!(till.get("/equipe/mails").await.json()["mails"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_mail_leaves_no_address_and_no_text_behind() {
    let stage = Stage::set().await;
    let sent = entry(&stage, 1, 1);
    stage.house.store().outbox.post(std::slice::from_ref(&sent)).await.unwrap();
    stage.mails().await;
    assert_eq!(stage.house.store().outbox.unsent(&sent.key()).await.unwrap(), None);

    let client = aws_sdk_dynamodb::Client::new(&stage.house.cloud().settings(Service::DynamoDb));
    let name = Template::embedded().unwrap().table("Outbox").unwrap().name.clone();
    let items = client.scan().table_name(name).send().await.unwrap().items.unwrap();
    let kept: BTreeSet<&str> = items[0].keys().map(String::as_str).collect();
    assert_eq!(items.len(), 1);
    assert_eq!(kept, ["attempts", "expires_at", "mail_id", "made_at", "recipient", "sent_at"].into());
}
