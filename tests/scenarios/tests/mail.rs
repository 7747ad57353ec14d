//! The outbox: nothing is lost or sent twice, each recipient's mails keep their order, what waits says why, and what cannot be
//! sent is seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use background_mailer::{Event, Mailer, Record};
use epass_cloud::Service;
use epass_domain::{Email, Identifier};
use epass_local::Template;
use epass_local::engines::ses::Said;
use epass_local::mails::Mail;
use epass_mail::Letter;
use epass_scenarios::Stage;
use epass_store::{Entry, EntryState, Leased};
use epass_web::mint;
use jiff::SignedDuration;
use serde_json::json;
use tokio::task::JoinSet;

/// A mail with a number in it.
fn entry(stage: &Stage, recipient: usize, number: usize) -> Entry {
    let now = stage.house.clock.now();
    let identifiers = vec![Identifier::parse(&format!("numero-{number}")).unwrap()];
    let letter = Letter::IdentifierReminder { identifiers, site_url: "https://a.fr".into() };
    let email = Email::parse(&format!("a{recipient}@example.org")).unwrap();
    letter.to(&email, mint::mail_id(now), now)
}

fn number(mail: &Mail) -> usize {
    mail.text.split("numero-").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap()
}

/// Entries that the mailer still works on.
async fn waiting(mailer: &Mailer) -> usize {
    let mut waiting = 0;
    for state in EntryState::WAITING {
        waiting += mailer.outbox().in_state(state, None, 1000).await.unwrap().len();
    }
    waiting
}

/// One invocation after another for one shard of the stream, as Lambda brings it.
async fn shard(mailer: Mailer, entries: Vec<Entry>) {
    let records: Vec<Record> =
        entries.iter().zip(0..).map(|(entry, n)| Record::new(&entry.key(), &format!("{n:06}"))).collect();
    for batch in records.chunks(25) {
        let verdict = mailer.handle(Event::Stream { records: batch.to_vec() }).await.unwrap();
        assert_eq!(verdict.failures, [], "what SES refuses is marked, and comes by the sweep");
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

/// Lets time pass until nothing waits any more.
async fn drain(stage: &Stage, mailer: &Mailer, shards: usize) {
    while waiting(mailer).await > 0 {
        stream(mailer, mailer.due().await.unwrap(), shards).join_all().await;
        later(stage, 65);
    }
}

fn later(stage: &Stage, minutes: i64) {
    stage.house.clock.set(stage.house.clock.now() + SignedDuration::from_mins(minutes));
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
    for kills_at in [200, 600] {
        let mailer = stage.house.mailer().unwrap();
        while stage.faults.seen() < kills_at {
            let mut running = stream(&mailer, mailer.due().await.unwrap(), SHARDS);
            while stage.faults.seen() < kills_at && running.try_join_next().is_none_or(|ended| ended.is_ok()) {
                if running.is_empty() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            running.abort_all();
            while running.join_next().await.is_some() {}
            later(&stage, 65);
        }
        assert!(waiting(&mailer).await > 0, "killed in the middle of its work");
    }
    let mailer = stage.house.mailer().unwrap();
    drain(&stage, &mailer, SHARDS).await;

    let aside = mailer.outbox().in_state(EntryState::SetAside, None, 100).await.unwrap();
    assert_eq!(aside, [], "an error of SES's is no attempt");
    let mut mails = stage.house.mailbox.list().unwrap();
    mails.reverse();
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
    for (recipient, arrivals) in &first_arrivals {
        assert!(arrivals.is_sorted(), "{recipient}: {arrivals:?}");
    }
    println!("{} requests, {twice} mails sent twice", stage.faults.seen());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_goes_twice_only_where_the_answer_was_lost() {
    let stage = Stage::set().await;
    let entries: Vec<Entry> = (0..60).map(|n| entry(&stage, n % 6, n)).collect();
    stage.house.store().outbox.post(&entries).await.unwrap();
    stage.faults.set(0, 200);
    let mailer = stage.house.mailer().unwrap();
    drain(&stage, &mailer, 6).await;
    let mails = stage.house.mailbox.list().unwrap();
    let numbers: BTreeSet<usize> = mails.iter().map(number).collect();
    assert_eq!(numbers.len(), 60);
    assert_eq!(mails.len() as u64, stage.faults.seen(), "every request sent one mail, and none was made without need");
    assert!(mails.len() > 60 && mails.len() < 120, "{}", mails.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn stream_and_sweep_at_once_send_each_mail_once() {
    let stage = Stage::set().await;
    let entries: Vec<Entry> = (0..40).map(|n| entry(&stage, n, n)).collect();
    stage.house.store().outbox.post(&entries).await.unwrap();
    later(&stage, 10);
    let mailer = stage.house.mailer().unwrap();
    let records = (0..).zip(&entries).map(|(n, entry)| Record::new(&entry.key(), &format!("{n:06}"))).collect();
    let (stream, first, second) = tokio::join!(
        mailer.handle(Event::Stream { records }),
        mailer.handle(Event::Sweep),
        mailer.handle(Event::Sweep)
    );
    stream.unwrap();
    first.unwrap();
    second.unwrap();
    let mut numbers: Vec<usize> = stage.house.mailbox.list().unwrap().iter().map(number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..40).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_leaves_new_mails_to_the_stream_and_sends_what_it_did_not_bring() {
    let stage = Stage::set().await;
    stage.house.store().outbox.post(&[entry(&stage, 1, 1)]).await.unwrap();
    let mailer = stage.house.mailer().unwrap();
    later(&stage, 1);
    mailer.handle(Event::Sweep).await.unwrap();
    assert_eq!(stage.house.mailbox.list().unwrap(), [], "the stream's turn");
    later(&stage, 2);
    mailer.handle(Event::Sweep).await.unwrap();
    assert_eq!(stage.house.mailbox.list().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_mailer_ended_is_sent_when_its_lease_is_over_and_later_ones_wait_for_it() {
    let stage = Stage::set().await;
    let entries = [entry(&stage, 1, 1), entry(&stage, 1, 2), entry(&stage, 2, 3)];
    stage.house.store().outbox.post(&entries).await.unwrap();
    let mailer = stage.house.mailer().unwrap();
    let taken = mailer.outbox().take(&entries[0].key(), stage.house.clock.now()).await.unwrap();
    assert!(matches!(taken, Leased::Ours(_)));
    let again = mailer.outbox().take(&entries[0].key(), stage.house.clock.now()).await.unwrap();
    assert!(matches!(again, Leased::NotNow));
    shard(mailer.clone(), entries.to_vec()).await;
    assert_eq!(stage.house.mailbox.list().unwrap().iter().map(number).collect::<Vec<_>>(), [3]);
    later(&stage, 3);
    mailer.handle(Event::Sweep).await.unwrap();
    let mut mails = stage.house.mailbox.list().unwrap();
    mails.reverse();
    assert_eq!(mails.iter().map(number).collect::<Vec<_>>(), [3, 1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_passes_is_no_attempt_the_team_sees_why_and_the_mails_leave_by_themselves() {
    let stage = Stage::set().await;
    let team = stage.team().await;
    let mailer = stage.house.mailer().unwrap();
    let sandbox =
        "Email address is not verified. The following identities failed the check in region EU-WEST-3: a1@example.org";
    let refusals = [
        (400, "MessageRejected", sandbox, "unverified"),
        (400, "MessageRejected", "Sending suspended for this account.", "paused"),
        (400, "AccountSendingPausedException", "Sending is paused", "paused"),
        (400, "Throttling", "Daily message quota exceeded.", "quota"),
        (400, "Throttling", "Maximum sending rate exceeded.", "rate"),
        (403, "AccessDenied", "User is not authorized to perform ses:SendRawEmail", "forbidden"),
        (500, "InternalFailure", "", "trouble"),
        (503, "ServiceUnavailable", "", "trouble"),
    ];
    for (number, (status, code, message, cause)) in refusals.into_iter().enumerate() {
        // Hours go by: a session ends meanwhile.
        let till = stage.till(&team).await;
        let sent_before = stage.house.mailbox.list().unwrap().len();
        stage.faults.say(Some(Said { status, code, message, to: None }));
        let waits = entry(&stage, 1, number);
        stage.house.store().outbox.post(std::slice::from_ref(&waits)).await.unwrap();
        shard(mailer.clone(), vec![waits.clone()]).await;
        for _ in 0..2 {
            later(&stage, 65);
            mailer.handle(Event::Sweep).await.unwrap();
        }
        let held = mailer.outbox().unsent(&waits.key()).await.unwrap().unwrap();
        assert_eq!((held.state, held.attempts, held.refusals), (EntryState::Held, 0, 3), "{code} {message}");
        let listed = till.get("/equipe/mails").await.is(200).json();
        let (line, why) = (&listed["mails"][0], &listed["causes"][0]);
        assert_eq!((line["cause"].as_str(), line["state"].as_str()), (Some(cause), Some("held")), "{listed}");
        assert_eq!((why["cause"].as_str(), why["waiting"].as_u64()), (Some(cause), Some(1)));
        assert!(line["next_try_at"].is_string());
        stage.faults.say(None);
        later(&stage, 65);
        mailer.handle(Event::Sweep).await.unwrap();
        assert_eq!(stage.house.mailbox.list().unwrap().len(), sent_before + 1, "{code} {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_holds_only_whom_it_does_not_know() {
    let stage = Stage::set().await;
    let message =
        "Email address is not verified. The following identities failed the check in region EU-WEST-3: a1@example.org";
    stage.faults.say(Some(Said { status: 400, code: "MessageRejected", message, to: Some("a1@example.org") }));
    let entries: Vec<Entry> = (0..4).map(|n| entry(&stage, n % 2, n)).collect();
    stage.house.store().outbox.post(&entries).await.unwrap();
    let mails = stage.mails().await;
    assert_eq!(mails.iter().map(number).collect::<Vec<_>>(), [0, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_for_good_sets_one_mail_aside_and_the_next_ones_leave() {
    for (code, message) in [("MessageRejected", "Address blacklisted."), ("InvalidParameterValue", "Illegal address")] {
        let stage = Stage::set().await;
        stage.faults.say(Some(Said { status: 400, code, message, to: None }));
        let bad = entry(&stage, 1, 1);
        stage.house.store().outbox.post(std::slice::from_ref(&bad)).await.unwrap();
        assert_eq!(stage.mails().await.len(), 0);
        let aside = stage.house.store().outbox.unsent(&bad.key()).await.unwrap().unwrap();
        assert_eq!((aside.state, aside.failure.as_deref()), (EntryState::SetAside, Some("address")), "{code}");
        stage.faults.say(None);
        stage.house.store().outbox.post(&[entry(&stage, 1, 2)]).await.unwrap();
        assert_eq!(stage.mails().await.iter().map(number).collect::<Vec<_>>(), [2]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_has_all_mails_of_a_cause_or_some_tried_again_at_once() {
    let stage = Stage::set().await;
    let team = stage.team().await;
    let (till, browser) = (stage.till(&team).await, stage.browser(&team).await);
    let message = "Daily message quota exceeded.";
    let mut unread = entry(&stage, 99, 99);
    unread.letter.0 = json!({ "letter": "of_a_later_version" }).to_string();
    stage.house.store().outbox.post(&[unread]).await.unwrap();
    stage.mails().await;
    stage.faults.say(Some(Said { status: 400, code: "Throttling", message, to: None }));
    let entries: Vec<Entry> = (0..60).map(|n| entry(&stage, n, n)).collect();
    for some in entries.chunks(30) {
        stage.house.store().outbox.post(some).await.unwrap();
    }
    stage.mails().await;

    let page = browser.get("/equipe/mails").await.is(200).text();
    assert!(page.contains("Quota d’envoi du jour atteint") && page.contains("Message illisible"), "{page}");
    let buttons: Vec<_> = page.match_indices("Renvoyer les mails cochés").map(|(place, _)| place).collect();
    let boxes: Vec<_> = page.match_indices("name=\"mails\"").map(|(place, _)| place).collect();
    assert_eq!((buttons.len(), boxes.len()), (2, 61), "above the list and below it");
    assert!(buttons[0] < boxes[0] && boxes[60] < buttons[1]);
    assert!(page.contains("Pourquoi des mails ne partent pas</caption>"), "{page}");
    till.post("/equipe/mails", &json!({})).await.refuses(422, "invalid");
    till.post("/equipe/mails", &json!({ "cause": "paused" })).await.is(404);
    stage.faults.say(None);
    let ids: Vec<_> = till.get("/equipe/mails").await.json()["mails"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["cause"] == "quota")
        .take(2)
        .map(|line| line["id"].clone())
        .collect();
    let told = till.post("/equipe/mails", &json!({ "mails": ids })).await.is(200).json();
    assert_eq!(told, json!({ "count": 2, "more": false }));
    let told = till.post("/equipe/mails", &json!({ "cause": "quota" })).await.is(200).json();
    assert_eq!(told, json!({ "count": 58, "more": false }), "without a wait for their next try");
    let numbers: BTreeSet<usize> = stage.mails().await.iter().map(number).collect();
    assert_eq!(numbers, (0..60).collect());
    assert_eq!(till.get("/equipe/mails").await.json()["mails"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_more_mails_wait_than_are_counted_the_page_says_so() {
    let stage = Stage::set().await;
    stage.faults.say(Some(Said {
        status: 400,
        code: "Throttling",
        message: "Daily message quota exceeded.",
        to: None,
    }));
    let entries: Vec<Entry> = (0..501).map(|n| entry(&stage, n, n)).collect();
    for some in entries.chunks(50) {
        stage.house.store().outbox.post(some).await.unwrap();
        stage.mails().await;
    }
    let browser = stage.browser(&stage.team().await).await;
    let page = browser.get("/equipe/mails").await.is(200).text();
    assert!(
        page.contains("d’après les plus anciens") && page.contains("seuls les plus anciens sont affichés"),
        "{page}"
    );
    assert_eq!(page.matches("name=\"mails\"").count(), 100);
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
    assert_eq!((line["email"].as_str(), line["cause"].as_str()), (Some(bad.email.as_str()), Some("letter")));
    assert!(stage.browser(&team).await.get("/equipe/mails").await.is(200).text().contains(bad.email.as_str()));
    let again = json!({ "mails": [line["id"]] });
    till.post("/equipe/mails", &json!({ "mails": ["x.y"] })).await.is(404);
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
