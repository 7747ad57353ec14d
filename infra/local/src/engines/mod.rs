//! DynamoDB, S3, SES and Step Functions on this machine, for the local runner and the tests. They share one folder of
//! data and listen on loopback only.

mod clock;
pub mod dynamodb;
mod error;
pub mod s3;
pub mod ses;
pub mod states;
mod thread;

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use epass_cloud::{Cloud, Endpoints, Service};

use crate::mails::Mailbox;
use crate::region::REGION;
use crate::rights::Rights;
use crate::template::Template;
pub use clock::Clock;
pub use error::StartError;

use dynamodb::DynamoDb;
use s3::S3;
use ses::{Faults, Ses};
use states::{Executions, States};

/// The options of the engines. `EngineOptions::default()`: all of them here, on free ports, dated by the machine's
/// clock.
#[derive(Clone)]
pub struct EngineOptions {
    /// Services that run elsewhere: they are used, and not started here.
    pub elsewhere: Endpoints,
    /// Port of DynamoDB; 0 for a free one.
    pub dynamodb_port: u16,
    /// Port of S3; 0 for a free one. Presigned links contain it: set it if they must outlive a restart.
    pub s3_port: u16,
    /// Port of SES; 0 for a free one.
    pub ses_port: u16,
    /// Port of Step Functions; 0 for a free one.
    pub step_functions_port: u16,
    /// The region that clients name.
    pub region: String,
    /// The credentials that clients sign with; S3 refuses every other key.
    pub credentials: Credentials,
    /// The failures that SES simulates.
    pub faults: Arc<Faults>,
    /// The clock for the dates of mails and executions.
    pub clock: Clock,
    /// The only sender address that SES accepts; `None` accepts every address.
    pub sender: Option<String>,
}

impl Default for EngineOptions {
    #[expect(clippy::disallowed_methods, reason = "this is the default of the clock that is passed in")]
    fn default() -> Self {
        Self {
            elsewhere: Endpoints::default(),
            dynamodb_port: 0,
            s3_port: 0,
            ses_port: 0,
            step_functions_port: 0,
            region: REGION.to_owned(),
            credentials: Credentials::new("local", "local-only-no-secret", None, None, "local engines"),
            faults: Arc::new(Faults::none()),
            clock: Arc::new(SystemTime::now),
            sender: None,
        }
    }
}

impl EngineOptions {
    /// The same options with the region and credentials of the environment: `AWS_REGION`, and `AWS_ACCESS_KEY_ID` with
    /// `AWS_SECRET_ACCESS_KEY` (and `AWS_SESSION_TOKEN`), as the SDKs read them; variables that are not set change
    /// nothing. Engines that run elsewhere need their own.
    #[must_use]
    pub fn signed_as(mut self, value_of: impl Fn(&str) -> Option<String>) -> Self {
        let given = |name| value_of(name).filter(|value| !value.is_empty());
        self.region = given("AWS_REGION").unwrap_or(self.region);
        if let (Some(key), Some(secret)) = (given("AWS_ACCESS_KEY_ID"), given("AWS_SECRET_ACCESS_KEY")) {
            self.credentials = Credentials::new(key, secret, given("AWS_SESSION_TOKEN"), None, "environment");
        }
        self
    }
}

/// The running engines. Dropping them stops them without waiting; [`Engines::stop`] waits.
pub struct Engines {
    dynamodb: Option<DynamoDb>,
    s3: Option<S3>,
    ses: Option<Ses>,
    states: Option<States>,
    endpoints: Endpoints,
    region: String,
    credentials: Credentials,
    rights: Arc<Rights>,
    mailbox: Mailbox,
    /// Held while the engines run; the system releases it when the process dies, however it dies.
    _lock: File,
}

impl Engines {
    /// Starts the engines on a folder, which is created if missing, and creates the template's tables, indexes, TTLs
    /// and buckets that are missing.
    ///
    /// # Errors
    /// [`StartError`]: the folder is in use, a port is taken, or data differs from the template.
    pub async fn start(data: &Path, template: &Template, options: EngineOptions) -> Result<Self, StartError> {
        make_folder(data)?;
        let lock = lock(data)?;
        let mailbox = Mailbox::open(&data.join("mails"))
            .map_err(|source| StartError::Folder { path: data.join("mails"), source })?;
        let mut engines = Self {
            dynamodb: None,
            s3: None,
            ses: None,
            states: None,
            endpoints: options.elsewhere.clone(),
            region: options.region.clone(),
            credentials: options.credentials.clone(),
            rights: Arc::new(Rights::of(template, options.sender.clone())),
            mailbox,
            _lock: lock,
        };
        if engines.endpoints.dynamodb.is_none() {
            let started = DynamoDb::start(&data.join("dynamodb.sqlite"), options.dynamodb_port)?;
            engines.endpoints.dynamodb = Some(started.url());
            engines.dynamodb = Some(started);
        }
        if engines.endpoints.s3.is_none() {
            let folder = data.join("s3");
            make_folder(&folder)?;
            let started = S3::start(&folder, options.s3_port, &options.credentials, engines.rights.clone())?;
            engines.endpoints.s3 = Some(started.url());
            engines.s3 = Some(started);
        }
        if engines.endpoints.ses.is_none() {
            let started = Ses::start(engines.mailbox.clone(), options.ses_port, options.faults)?;
            engines.endpoints.ses = Some(started.url());
            engines.ses = Some(started);
        }
        if engines.endpoints.step_functions.is_none() {
            let started = States::start(&template.machines, options.step_functions_port, options.clock)?;
            engines.endpoints.step_functions = Some(started.url());
            engines.states = Some(started);
        }
        dynamodb::make_tables(&engines.dynamodb(), template).await?;
        s3::make_buckets(&engines.s3(), template, &engines.region).await?;
        note_endpoints(data, &engines.endpoints)?;
        Ok(engines)
    }

    /// The URL of DynamoDB.
    pub fn dynamodb_url(&self) -> &str {
        self.endpoints.dynamodb.as_deref().unwrap_or_default()
    }

    /// The URL of S3; clients must use path-style addresses.
    pub fn s3_url(&self) -> &str {
        self.endpoints.s3.as_deref().unwrap_or_default()
    }

    /// The URLs of all services.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The settings of the administrator's clients, which may do everything.
    pub fn cloud(&self) -> Cloud {
        Cloud::new(self.region.clone(), self.credentials.clone(), self.endpoints.clone())
    }

    /// The settings of a function's clients: its calls are authorised, and signed with its own key when S3 runs here.
    pub fn cloud_of(&self, function: &str) -> Cloud {
        let cloud = self.cloud().through(|client| self.rights.guard(function, client));
        if self.s3.is_none() {
            return cloud;
        }
        let secret = self.credentials.secret_access_key();
        cloud.signed_by(Credentials::new(function, secret, None, None, "local engines"))
    }

    /// A client of DynamoDB.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.cloud().settings(Service::DynamoDb))
    }

    /// A client of S3.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let settings = self.cloud().settings(Service::S3);
        let config = aws_sdk_s3::config::Builder::from(&settings).force_path_style(true).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// A client of SES.
    pub fn ses(&self) -> aws_sdk_ses::Client {
        aws_sdk_ses::Client::new(&self.cloud().settings(Service::Ses))
    }

    /// The executions that were started; `None` when Step Functions runs elsewhere.
    pub fn executions(&self) -> Option<&Executions> {
        self.states.as_ref().map(States::executions)
    }

    /// The mails that SES kept.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Deletes the items that have expired by the machine's clock, and returns their number; 0 when DynamoDB runs
    /// elsewhere. Not for a runner whose own clock is behind the machine's: it would lose items that have not expired
    /// for it.
    ///
    /// # Errors
    /// The engine's error.
    pub async fn sweep_ttl(&self) -> Result<usize, String> {
        match &self.dynamodb {
            Some(engine) => engine.sweep_ttl().await,
            None => Ok(0),
        }
    }

    /// Lets running requests finish, then closes files and ports.
    pub async fn stop(self) {
        let threads = [
            self.states.map(States::into_thread),
            self.ses.map(Ses::into_thread),
            self.s3.map(S3::into_thread),
            self.dynamodb.map(DynamoDb::into_thread),
        ];
        for thread in threads.into_iter().flatten() {
            thread.stop().await;
        }
    }
}

fn make_folder(path: &Path) -> Result<(), StartError> {
    std::fs::create_dir_all(path).map_err(|source| StartError::Folder { path: path.to_owned(), source })
}

fn lock(data: &Path) -> Result<File, StartError> {
    let path = data.join("lock");
    let failed = |source| StartError::Folder { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(StartError::InUse { data: data.to_owned(), running: noted_endpoints(data) })
        }
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Stores the endpoints in the folder, for another process that finds it in use.
fn note_endpoints(data: &Path, endpoints: &Endpoints) -> Result<(), StartError> {
    let note = serde_json::json!({
        "dynamodb": endpoints.dynamodb,
        "s3": endpoints.s3,
        "ses": endpoints.ses,
        "step_functions": endpoints.step_functions,
    });
    let path = data.join("endpoints.json");
    std::fs::write(&path, note.to_string()).map_err(|source| StartError::Folder { path, source })
}

fn noted_endpoints(data: &Path) -> Option<Endpoints> {
    let text = std::fs::read(data.join("endpoints.json")).ok()?;
    let note: serde_json::Value = serde_json::from_slice(&text).ok()?;
    let url = |name: &str| note.get(name).and_then(|url| url.as_str()).map(str::to_owned);
    Some(Endpoints { dynamodb: url("dynamodb"), s3: url("s3"), ses: url("ses"), step_functions: url("step_functions") })
}
