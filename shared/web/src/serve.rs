//! The start of a function, for its `main`: it reads settings from the environment, then runs lambda_http or
//! lambda_runtime.

use std::future::Future;

use epass_cloud::Cloud;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::app::{App, StartError};
use crate::clock::Clock;
use crate::logs;
use crate::room::Room;

/// Serves a room's routes behind API Gateway, until Lambda ends the process.
///
/// # Errors
/// A setting is missing or wrong; Lambda reports it and the function does not start.
pub async fn serve(room: Room) -> Result<(), StartError> {
    log_as_json();
    let app = app_from_env()?;
    lambda_http::run(room.router(&app)).await
}

/// Handles events, until Lambda ends the process. `build` makes the handler once, from the process's settings.
///
/// # Errors
/// As [`serve`].
pub async fn serve_events<E, A, F, Fut>(build: impl FnOnce(App) -> Result<F, StartError>) -> Result<(), StartError>
where
    E: DeserializeOwned + Send + 'static,
    A: Serialize + Send + 'static,
    F: Fn(E) -> Fut,
    Fut: Future<Output = Result<A, StartError>>,
{
    log_as_json();
    let handle = build(app_from_env()?)?;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<E>| handle(event.payload))).await
}

fn app_from_env() -> Result<App, StartError> {
    App::new(&Cloud::from_env()?, Clock::system(), |variable| std::env::var(variable).ok())
}

/// Logs one JSON line per event, for CloudWatch.
fn log_as_json() {
    let told = std::env::var("RUST_LOG").ok();
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false);
    let lines = lines.with_filter(logs::filter(told.as_deref(), LevelFilter::INFO));
    tracing_subscriber::registry().with(lines).init();
}
