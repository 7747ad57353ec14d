//! The loop that calls the reimbursement until it is done: as the team starts it, as the clock does, and how it ends.

use epass_domain::{Batch, Envelope, ParisDay, Week};
use epass_local::background::start_scheduled;
use epass_local::engines::states::Status;
use epass_machines::{Machine, Started};
use epass_scenarios::{Setting, Stage, at};
use serde_json::{Value, json};

/// A Monday at four in the morning: week 47 of 2026 has just ended.
async fn on_monday() -> Stage {
    Stage::of(Setting { now: at("2026-11-23T04:00:00+01:00"), ..Setting::default() }).await
}

fn arn(stage: &Stage) -> String {
    stage.house.executions().unwrap().machines()[0].arn()
}

async fn start(stage: &Stage, name: &str, input: Value) -> Started {
    Machine::new(stage.house.cloud(), Some(arn(stage))).start(name, &input).await.unwrap()
}

fn status(stage: &Stage, name: &str) -> Status {
    let arn = format!("{}:{name}", arn(stage).replace(":stateMachine:", ":execution:"));
    stage.house.executions().unwrap().status(&arn).unwrap()
}

async fn batches(stage: &Stage) -> Vec<Batch> {
    stage.house.store().reimbursements.batches(None, 100).await.unwrap().lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_that_is_asked_for_is_closed_slice_after_slice() {
    let stage = on_monday().await;
    let shop = stage.partner().await;
    stage.taken(&shop, "2026-11-20", Envelope::Reading, 5_00).await;
    assert_eq!(start(&stage, "team-1", json!({ "week": "2026-W47" })).await, Started::Running);
    stage.machines_rest().await;
    assert_eq!(status(&stage, "team-1"), Status::Succeeded);
    let made = batches(&stage).await;
    assert_eq!(made.len(), 1);
    assert!(made[0].is_made(), "closing and audit are two slices at least");
    assert_eq!(made[0].week, Week::parse("2026-W47").unwrap());
    assert_eq!(start(&stage, "team-1", json!({ "week": "2026-W47" })).await, Started::Before);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_come_to_one_result() {
    let stage = on_monday().await;
    let shop = stage.partner().await;
    stage.taken(&shop, "2026-11-20", Envelope::Reading, 5_00).await;
    let (one, other) = tokio::join!(start(&stage, "team-1", json!({})), start(&stage, "team-2", json!({})));
    assert_eq!((one, other), (Started::Running, Started::Running));
    stage.machines_rest().await;
    assert_eq!((status(&stage, "team-1"), status(&stage, "team-2")), (Status::Succeeded, Status::Succeeded));
    let made = batches(&stage).await;
    assert_eq!(made.len(), 12, "every week since the first one, 36 to 47");
    assert!(made.iter().all(Batch::is_made));
    assert_eq!(stage.mails().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_the_function_refuses_fails_and_may_be_started_under_another_name() {
    let stage = on_monday().await;
    start(&stage, "team-1", json!({ "week": "2026-W48" })).await;
    start(&stage, "team-2", json!({ "week": "no week" })).await;
    stage.machines_rest().await;
    assert_eq!((status(&stage, "team-1"), status(&stage, "team-2")), (Status::Failed, Status::Failed));
    assert_eq!(start(&stage, "team-1", json!({ "week": "2026-W48" })).await, Started::Before);
    stage.clock("2026-11-30T04:00:00+01:00");
    assert_eq!(start(&stage, "team-3", json!({ "week": "2026-W48" })).await, Started::Running);
    stage.machines_rest().await;
    assert_eq!(status(&stage, "team-3"), Status::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_starts_it_once_a_day_and_a_missed_week_is_made_up_for() {
    let stage = on_monday().await;
    let executions = stage.house.executions().unwrap();
    let monday = ParisDay::parse("2026-11-23").unwrap();
    start_scheduled(&executions, monday);
    start_scheduled(&executions, monday);
    stage.machines_rest().await;
    start_scheduled(&executions, monday);
    assert!(!executions.are_running(), "the day has had its run");
    assert_eq!(batches(&stage).await.len(), 12);
    stage.clock("2026-12-09T04:30:00+01:00");
    start_scheduled(&executions, ParisDay::parse("2026-12-09").unwrap());
    stage.machines_rest().await;
    assert_eq!(batches(&stage).await.len(), 14, "the weeks 48 and 49 too");
}
