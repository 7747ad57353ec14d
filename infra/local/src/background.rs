//! Runs the background functions, and their state machines as Step Functions would.

use std::time::Duration;

use background_housekeeping::Housekeeping;
use background_mailer::Mailer;
use background_migration::Migrator;
use background_reimbursement::Reimbursement;
use epass_domain::ParisDay;
use epass_web::{Clock, StartError};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::engines::states::{Begun, Executions, Start, Status};
use crate::rooms;
use crate::states::Failed;

/// The background functions, each with its own part of the template's environment; clones are cheap.
#[derive(Clone, Debug)]
pub struct Background {
    /// `background-mailer`
    pub mailer: Mailer,
    /// `background-housekeeping`
    pub housekeeping: Housekeeping,
    /// `background-migration`
    pub migrator: Migrator,
    /// `background-reimbursement`
    pub reimbursement: Reimbursement,
}

impl Background {
    /// Runs one invocation of a function and returns its answer.
    ///
    /// # Errors
    /// The event does not fit the function, or the function fails.
    pub async fn invoke(&self, name: &str, event: Value) -> Result<Value, StartError> {
        match name {
            "background-mailer" => {
                let verdict = self.mailer.handle(serde_json::from_value(event)?).await?;
                Ok(serde_json::to_value(verdict)?)
            }
            "background-housekeeping" => {
                let report = self.housekeeping.handle(serde_json::from_value(event)?).await?;
                Ok(serde_json::to_value(report)?)
            }
            "background-migration" => {
                let report = self.migrator.handle(serde_json::from_value(event)?).await?;
                Ok(serde_json::to_value(report)?)
            }
            "background-reimbursement" => {
                let progress = self.reimbursement.handle(serde_json::from_value(event)?).await?;
                Ok(serde_json::to_value(progress)?)
            }
            other => {
                let known = rooms::BACKGROUND.map(|function| function.name).join(", ");
                Err(format!("{other} is not woken by events; these are: {known}").into())
            }
        }
    }

    /// Runs an execution to its end, and returns its final status.
    async fn execute(&self, begun: &Begun) -> Status {
        let call = |name: String, event: Value| async move { self.invoke(&name, event).await.map_err(Failed::task) };
        match begun.machine.definition.run(&begun.input, call, tokio::time::sleep).await {
            Ok(_) => Status::Succeeded,
            Err(error) => {
                tracing::error!(%error, execution = begun.arn, "an execution failed");
                Status::Failed
            }
        }
    }
}

/// Runs every execution that is started, concurrently, for ever.
pub async fn work(executions: Executions, background: Background) {
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            begun = executions.next() => {
                let (executions, background) = (executions.clone(), background.clone());
                running.spawn(async move { executions.end(&begun.arn, background.execute(&begun).await) });
            }
            Some(ended) = running.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "an execution broke off");
                }
            }
        }
    }
}

/// Starts every scheduled machine at once, and again on each day of the clock, for ever; the functions skip what is not
/// due.
pub async fn tick(executions: Executions, clock: Clock) {
    const PAUSE: Duration = Duration::from_secs(30);
    loop {
        start_scheduled(&executions, ParisDay::of(clock.now()));
        tokio::time::sleep(PAUSE).await;
    }
}

/// Starts every scheduled machine that was not started for this day yet.
pub fn start_scheduled(executions: &Executions, day: ParisDay) {
    for machine in executions.machines().iter().filter(|machine| !machine.schedules.is_empty()) {
        let name = format!("scheduled-{}", day.iso());
        let start = Start { state_machine_arn: machine.arn(), name, input: "{}".to_owned() };
        match executions.start(start) {
            Ok(_) => {}
            Err(refused) if refused.code == "ExecutionAlreadyExists" => {}
            Err(error) => tracing::warn!(%error, "a scheduled execution was not started"),
        }
    }
}
