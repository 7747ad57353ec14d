//! Runs a room's own binary as Lambda does, with a local replacement for Lambda's runtime API.

use std::collections::{BTreeMap, HashMap};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path as Segment, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use epass_web::StartError;
use serde_json::Value;
use tokio::sync::{Mutex, mpsc, oneshot};
use uuid::Uuid;

use super::gateway;

/// The longest wait for an answer of a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running binary. Dropping this value ends it.
pub(super) struct Lambda {
    child: Child,
    invocations: mpsc::UnboundedSender<Invocation>,
}

/// An event, and the channel for its answer.
struct Invocation {
    event: String,
    answer: oneshot::Sender<Value>,
}

/// The runtime API (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) of one process.
struct Runtime {
    waiting: Mutex<mpsc::UnboundedReceiver<Invocation>>,
    running: Mutex<HashMap<String, oneshot::Sender<Value>>>,
}

impl Lambda {
    /// Starts a binary with this environment and nothing else.
    ///
    /// # Errors
    /// No port is free, or the binary does not exist.
    pub(super) fn start(binary: &Path, name: &str, environment: &BTreeMap<String, String>) -> Result<Self, StartError> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (invocations, waiting) = mpsc::unbounded_channel();
        let runtime = Arc::new(Runtime { waiting: Mutex::new(waiting), running: Mutex::default() });
        let api = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .with_state(runtime);
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::spawn(async move { axum::serve(listener, api).await });
        let child = Command::new(binary)
            .env_clear()
            .envs(environment)
            .env("RUST_LOG", "warn")
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .stdin(Stdio::null())
            .spawn()?;
        Ok(Self { child, invocations })
    }

    /// The binary's answer to a request.
    ///
    /// # Errors
    /// It ended, failed, or was too slow.
    pub(super) async fn answer(&self, request: Request) -> Result<Response, StartError> {
        let event = gateway::event(request).await?.to_string();
        let (answer, told) = oneshot::channel();
        self.invocations.send(Invocation { event, answer }).map_err(|_| "the runtime API is gone")?;
        gateway::response(&tokio::time::timeout(PATIENCE, told).await??)
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

async fn next(State(runtime): State<Arc<Runtime>>) -> Response {
    let Some(Invocation { event, answer }) = runtime.waiting.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = Uuid::from_u128(rand::random()).to_string();
    runtime.running.lock().await.insert(id.clone(), answer);
    let headers = [
        ("content-type", "application/json"),
        ("lambda-runtime-aws-request-id", &id),
        ("lambda-runtime-deadline-ms", "32503680000000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-3:123456789012:function:local"),
    ];
    (headers, event).into_response()
}

async fn answered(State(runtime): State<Arc<Runtime>>, Segment(id): Segment<String>, body: String) -> StatusCode {
    let sender = runtime.running.lock().await.remove(&id);
    if let (Some(sender), Ok(answer)) = (sender, serde_json::from_str(&body)) {
        sender.send(answer).ok();
    }
    StatusCode::ACCEPTED
}

/// Dropping the sender tells the waiting request of the failure.
async fn failed(State(runtime): State<Arc<Runtime>>, Segment(id): Segment<String>, body: String) -> StatusCode {
    eprintln!("watch: a room failed: {body}");
    runtime.running.lock().await.remove(&id);
    StatusCode::ACCEPTED
}
