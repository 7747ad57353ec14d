//! The batch killed after each call to the store and the bucket, run twice, and run by two at once: always the same statements,
//! the same bytes for the bank, one mail each.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use background_reimbursement::{Pace, Reimbursement, Run};
use epass_cloud::Endpoints;
use epass_domain::{BatchPhase, Envelope, Failure, ParisDay, Statement, Week};
use epass_local::engines::ses::Faults;
use epass_local::house::{House, Plan};
use epass_local::{EngineOptions, Engines, Template};
use epass_scenarios::{Gate, Setting, Stage, at, run_to_the_end};
use epass_store::EntryState;
use tempfile::TempDir;

const MONDAY: &str = "2026-11-30T04:00:00+01:00";
const PACE: Pace = Pace { page: 2, pages: 2, in_flight: 2 };

fn week() -> Week {
    Week::parse("2026-W48").unwrap()
}

/// Seven partners: five took something this week, one of them has no account, and one more is still owed last week's.
async fn owing() -> Stage {
    let stage = Stage::of(Setting { now: at("2026-11-23T04:00:00+01:00"), ..Setting::default() }).await;
    let returned = stage.partner().await;
    stage.taken(&returned, "2026-11-17", Envelope::Reading, 99_00).await;
    stage.close("2026-W47").await;
    let store = stage.house.store();
    let issued = store
        .reimbursements
        .of_week(week().previous(), std::slice::from_ref(&returned.partner.id))
        .await
        .unwrap()
        .remove(0);
    let back = issued.clone().failed(Failure::Returned, None, ParisDay::of(stage.house.clock.now())).unwrap();
    store.reimbursements.save(&issued, &back, &[]).await.unwrap().unwrap();
    for cents in 1..=4 {
        let shop = stage.partner().await;
        stage.taken(&shop, "2026-11-24", Envelope::Reading, cents * 1_00).await;
        stage.taken(&shop, "2026-11-29", Envelope::Outing, cents * 1_00 + 1).await;
        stage.taken_and_cancelled(&shop, "2026-11-25", Envelope::Reading, 28_00).await;
    }
    let without_account = stage.partner_paid_to(None).await;
    stage.taken(&without_account, "2026-11-26", Envelope::Reading, 50_00).await;
    stage.partner().await;
    stage
}

/// The engines on a copy of what a stage keeps, and a house that reaches them through a gate.
struct Copied {
    gate: Gate,
    house: House,
    engines: Engines,
    _folders: [TempDir; 2],
}

impl Copied {
    async fn of(data: &Path) -> Self {
        let (engines_folder, house_folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        copy(data, engines_folder.path());
        let template = Template::embedded().unwrap();
        let engines = Engines::start(engines_folder.path(), &template, EngineOptions::default()).await.unwrap();
        let gate = Gate::default();
        let elsewhere: Endpoints = gate.before(engines.endpoints()).await;
        let plan = Plan {
            data: house_folder.path().to_owned(),
            site_url: "http://localhost:3000".to_owned(),
            elsewhere,
            now: Some(at(MONDAY)),
            faults: std::sync::Arc::new(Faults::none()),
        };
        let house = House::build(&plan).await.unwrap_or_else(|error| panic!("{error}"));
        gate.open();
        Self { gate, house, engines, _folders: [engines_folder, house_folder] }
    }

    fn function(&self) -> Reimbursement {
        self.house.reimbursement().unwrap().at(PACE)
    }

    async fn run(&self) {
        run_to_the_end(&self.function(), Run { week: Some(week()) }).await.unwrap();
    }

    /// What is there in the end.
    async fn result(&self) -> Outcome {
        let store = self.house.store();
        let batch = store.reimbursements.batch(week()).await.unwrap().unwrap();
        let BatchPhase::Made(made) = batch.phase else { panic!("not made: {:?}", batch.phase) };
        let known = made.file.as_ref().unwrap();
        let bytes = self.house.files().unwrap().read(&known.key).await.unwrap().unwrap();
        assert_eq!(epass_files::sha256(&bytes), known.sha256, "a run that was cut off made the same bytes");
        let file = without_its_moment(&bytes);
        let (partners, _) = store.partners.walk_numbers(None, 100).await.unwrap();
        let mut statements = Vec::new();
        for of in [week(), week().previous()] {
            statements.extend(store.reimbursements.of_week(of, &partners).await.unwrap());
        }
        let mut mails = BTreeMap::new();
        for entry in store.outbox.in_state(EntryState::Pending, None, 1000).await.unwrap() {
            *mails.entry((entry.email.to_string(), entry.letter.0)).or_default() += 1;
        }
        Outcome { statements, figures: format!("{:?}", made.figures), file, mails }
    }

    async fn stop(self) {
        self.house.stop().await;
        self.engines.stop().await;
    }
}

/// A file without *CreDtTm*: each copy makes its own at another second.
fn without_its_moment(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (before, rest) = text.split_once("<CreDtTm>").unwrap();
    format!("{before}{}", rest.split_once("</CreDtTm>").unwrap().1)
}

#[derive(Debug, PartialEq)]
struct Outcome {
    statements: Vec<Statement>,
    figures: String,
    file: String,
    mails: BTreeMap<(String, String), usize>,
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => {
                std::fs::create_dir_all(&target).unwrap();
                copy(&entry.path(), &target);
            }
            false if entry.file_name() == "lock" => {}
            false => {
                std::fs::copy(entry.path(), &target).unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_any_call_and_run_again_it_ends_the_same() {
    let stage = owing().await;
    let reference = Copied::of(stage.data()).await;
    reference.run().await;
    let calls = reference.gate.passed();
    let expected = reference.result().await;
    assert_eq!(expected.statements.len(), 6);
    assert!(expected.mails.values().all(|count| *count == 1) && expected.mails.len() >= 5, "{:?}", expected.mails);
    reference.run().await;
    assert_eq!(reference.result().await, expected, "run twice");
    reference.stop().await;

    assert!(calls > 30, "{calls} calls");
    for killed_after in 0..calls {
        let copied = Copied::of(stage.data()).await;
        copied.gate.shut_after(killed_after);
        let function = copied.function();
        let running = tokio::spawn(async move { run_to_the_end(&function, Run { week: Some(week()) }).await });
        tokio::time::timeout(Duration::from_secs(20), copied.gate.is_shut()).await.expect("it comes to the gate");
        running.abort();
        assert!(running.await.unwrap_err().is_cancelled(), "killed after {killed_after}");
        copied.gate.open();
        copied.run().await;
        assert_eq!(copied.result().await, expected, "killed after {killed_after} calls of {calls}");
        copied.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_have_one_result() {
    let stage = owing().await;
    let reference = Copied::of(stage.data()).await;
    reference.run().await;
    let expected = reference.result().await;
    reference.stop().await;
    for _ in 0..6 {
        let copied = Copied::of(stage.data()).await;
        let (one, other) = (copied.function(), copied.function());
        let run = Run { week: Some(week()) };
        let (one, other) = tokio::join!(
            tokio::spawn(async move { run_to_the_end(&one, run).await.map_err(|error| error.to_string()) }),
            tokio::spawn(async move { run_to_the_end(&other, run).await.map_err(|error| error.to_string()) }),
        );
        assert!(one.unwrap().is_ok() && other.unwrap().is_ok());
        assert_eq!(copied.result().await, expected);
        copied.stop().await;
    }
}
