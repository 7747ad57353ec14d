//! What a function's `main` calls: settings from the environment, then lambda_http or lambda_runtime.

use std::future::Future;

use epass_cloud::Cloud;
use epass_domain::Email;
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::{App, Settings};
use crate::clock::Clock;
use crate::room::Room;

/// Why a function does not start.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;

/// Answers API Gateway with a room, until Lambda ends the process.
///
/// # Errors
/// A setting that is missing or wrong; then Lambda shows it and starts nothing.
pub async fn serve(room: Room) -> Result<(), StartError> {
    log_as_json();
    let app = app_from_env()?;
    lambda_http::run(room.router(&app)).await
}

/// Answers events with `handle`, until Lambda ends the process.
///
/// # Errors
/// As [`serve`].
pub async fn serve_events<E, A, F, Fut>(handle: F) -> Result<(), StartError>
where
    E: DeserializeOwned + Send + 'static,
    A: Serialize + Send + 'static,
    F: Fn(App, E) -> Fut + Clone,
    Fut: Future<Output = Result<A, StartError>>,
{
    log_as_json();
    let app = app_from_env()?;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<E>| handle(app.clone(), event.payload))).await
}

/// The settings that `infra/template.yaml` gives, from the environment.
///
/// # Errors
/// The variable that is missing or wrong.
pub fn settings_from_env() -> Result<Settings, StartError> {
    let read = |name: &str| std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"));
    Ok(Settings {
        site_url: read("EPASS_SITE_URL")?.trim_end_matches('/').to_owned(),
        team_mail: Email::parse(&read("EPASS_TEAM_MAIL")?).map_err(|_| "EPASS_TEAM_MAIL is not an address")?,
        signing_key: read("EPASS_SIGNING_KEY")?,
        bucket: std::env::var("EPASS_BUCKET").ok(),
        tell_spent: std::env::var("EPASS_TELL_SPENT").is_ok_and(|value| value == "1"),
    })
}

fn app_from_env() -> Result<App, StartError> {
    let name_of = |variable: &str| std::env::var(variable).ok();
    Ok(App::new(&Cloud::from_env()?, settings_from_env()?, Clock::system(), name_of)?)
}

/// One JSON line an event, for CloudWatch.
fn log_as_json() {
    let level = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(level).with_current_span(false).init();
}
