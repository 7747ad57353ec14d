//! Step Functions: accepts starts from the real SDK and remembers every execution's name. It does not run them: that
//! needs functions, which are in a higher layer. [`Executions::next`] hands executions over (`background.rs`).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::clock::Clock;
use super::error::StartError;
use super::thread::EngineThread;
use crate::template::Machine;

/// The longest input, in bytes.
const INPUT_LIMIT: usize = 256 * 1024;
/// The longest name of an execution, in letters.
const NAME_LIMIT: usize = 80;

/// The running endpoint.
pub struct States {
    thread: EngineThread,
    executions: Executions,
}

impl States {
    /// Serves these machines on a loopback port (0 for a free one).
    pub(super) fn start(machines: &[Machine], port: u16, clock: Clock) -> Result<Self, StartError> {
        let executions = Executions::of(machines.to_vec(), clock);
        let router = Router::new().route("/", post(answer)).with_state(executions.clone());
        let thread = EngineThread::spawn("Step Functions", port, |listener, stopped| async move {
            let until = async move { drop(stopped.await) };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(until).await {
                eprintln!("the Step Functions engine ended: {error}");
            }
        })?;
        Ok(Self { thread, executions })
    }

    pub(super) fn url(&self) -> String {
        self.thread.url()
    }

    pub(super) const fn executions(&self) -> &Executions {
        &self.executions
    }

    pub(super) fn into_thread(self) -> EngineThread {
        self.thread
    }
}

/// All executions since this process began; clones share them. Running executions end with the process: the next day's
/// start continues their work.
#[derive(Clone)]
pub struct Executions(Arc<Inside>);

struct Inside {
    machines: Vec<Machine>,
    clock: Clock,
    known: Mutex<BTreeMap<String, Execution>>,
    begun: UnboundedSender<Begun>,
    waiting: tokio::sync::Mutex<UnboundedReceiver<Begun>>,
}

/// The record of an execution.
#[derive(Clone, Debug)]
struct Execution {
    input: String,
    /// The start, in seconds since 1970.
    started_s: u64,
    status: Status,
}

/// The status of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// `RUNNING`
    Running,
    /// `SUCCEEDED`
    Succeeded,
    /// `FAILED`
    Failed,
}

/// An execution to run.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its ARN.
    pub arn: String,
    /// The state machine.
    pub machine: Machine,
    /// The input.
    pub input: Value,
}

/// A start, with the service's field names.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    /// The ARN of the machine.
    pub state_machine_arn: String,
    /// The execution's name; a name starts at most one execution.
    pub name: String,
    /// The input, as JSON.
    #[serde(default = "nothing")]
    pub input: String,
}

fn nothing() -> String {
    "{}".to_owned()
}

/// A refusal in Step Functions' format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Refused {
    /// The error code, such as `ExecutionAlreadyExists`.
    pub code: &'static str,
    /// The message for people.
    pub message: String,
}

impl Refused {
    fn of(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl Executions {
    fn of(machines: Vec<Machine>, clock: Clock) -> Self {
        let (begun, waiting) = unbounded_channel();
        let waiting = tokio::sync::Mutex::new(waiting);
        Self(Arc::new(Inside { machines, clock, known: Mutex::default(), begun, waiting }))
    }

    /// The machines that may be started.
    pub fn machines(&self) -> &[Machine] {
        &self.0.machines
    }

    /// Starts an execution, and returns its ARN and start time in seconds since 1970. It is idempotent for the same
    /// name and input while the execution runs.
    ///
    /// # Errors
    /// [`Refused`], as [StartExecution] does.
    ///
    /// [StartExecution]: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    pub fn start(&self, start: Start) -> Result<(String, u64), Refused> {
        let Start { state_machine_arn, name, input } = start;
        let machine = self.0.machines.iter().find(|machine| machine.arn() == state_machine_arn);
        let machine = machine.ok_or_else(|| Refused::of("StateMachineDoesNotExist", state_machine_arn))?;
        if !is_name(&name) {
            return Err(Refused::of("InvalidName", name));
        }
        let parsed = serde_json::from_str(&input).ok().filter(|_| input.len() <= INPUT_LIMIT);
        let parsed = parsed.ok_or_else(|| Refused::of("InvalidExecutionInput", "no JSON, or too much of it"))?;
        let arn = format!("{}:{name}", machine.arn().replacen(":stateMachine:", ":execution:", 1));
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = known.get(&arn) {
            return match before.status {
                Status::Running if before.input == input => Ok((arn, before.started_s)),
                _ => Err(Refused::of("ExecutionAlreadyExists", arn)),
            };
        }
        let started_s = (self.0.clock)().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        known.insert(arn.clone(), Execution { input, started_s, status: Status::Running });
        let begun = Begun { arn: arn.clone(), machine: machine.clone(), input: parsed };
        self.0.begun.send(begun).expect("the other end lies beside this one");
        Ok((arn, started_s))
    }

    /// The next execution to run; waits for one.
    pub async fn next(&self) -> Begun {
        self.0.waiting.lock().await.recv().await.expect("the other end lies beside this one")
    }

    /// Stores the final status of an execution.
    pub fn end(&self, arn: &str, status: Status) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(execution) = known.get_mut(arn) {
            execution.status = status;
        }
    }

    /// Whether any execution is running.
    pub fn are_running(&self) -> bool {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().any(|execution| execution.status == Status::Running)
    }

    /// The status of an execution; `None` for an unknown ARN.
    pub fn status(&self, arn: &str) -> Option<Status> {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(arn).map(|execution| execution.status)
    }
}

/// Whether a name is valid for the service, and can be logged by CloudWatch.
fn is_name(name: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    (1..=NAME_LIMIT).contains(&name.len()) && name.chars().all(is_plain)
}

async fn answer(State(executions): State<Executions>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    match started(&executions, target, &body) {
        Ok((arn, at)) => reply(StatusCode::OK, json!({ "executionArn": arn, "startDate": at })),
        Err(Refused { code, message }) => reply(StatusCode::BAD_REQUEST, json!({ "__type": code, "message": message })),
    }
}

fn started(executions: &Executions, target: &str, body: &str) -> Result<(String, u64), Refused> {
    if target != "AWSStepFunctions.StartExecution" {
        return Err(Refused::of("UnknownOperationException", target));
    }
    let start = serde_json::from_str(body).map_err(|error| Refused::of("ValidationException", error.to_string()))?;
    executions.start(start)
}

fn reply(status: StatusCode, body: Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], Json(body)).into_response()
}
