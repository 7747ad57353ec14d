//! The whole product in one process: engines, every room with its own part of the template's environment, and two tasks
//! that AWS does by itself: feeding the outbox's stream to the mailer, and running schedules.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use background_housekeeping::{Chore, Housekeeping};
use background_mailer::{Event, Mailer, Record};
use background_migration::{GoOn, Migrator};
use background_reimbursement::Reimbursement;
use epass_cloud::{Cloud, Endpoints, Service};
use epass_domain::{ParisDay, Week};
use epass_files::Files;
use epass_store::Store;
use epass_web::{App, Clock, Peer, StartError, nowhere};
use jiff::{SignedDuration, Timestamp};

use crate::background::Background;
use crate::engines::ses::Faults;
use crate::engines::states::Executions;
use crate::engines::{self, EngineOptions, Engines};
use crate::mails::Mailbox;
use crate::template::{Function, Given, Template};
use crate::{gallery, mails, rooms, written};

/// The options of a house.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The folder of all data.
    pub data: PathBuf,
    /// The URL for browsers, without a slash at the end.
    pub site_url: String,
    /// Services that run elsewhere.
    pub elsewhere: Endpoints,
    /// The start of the clock; `None` for the machine's time.
    pub now: Option<Timestamp>,
    /// The failures that the mail sink simulates.
    pub faults: Arc<Faults>,
}

impl Plan {
    fn clock(&self) -> Clock {
        let clock = Clock::system();
        if let Some(now) = self.now {
            clock.set(now);
        }
        clock
    }
}

/// A house with running engines.
pub struct House {
    /// The clock of all rooms.
    pub clock: Clock,
    /// The mails that were sent.
    pub mailbox: Mailbox,
    cloud: Cloud,
    engines: Option<Engines>,
    template: Template,
    given: Given,
}

impl House {
    /// Starts the engines and compares the rooms with the template.
    ///
    /// # Errors
    /// An engine does not start, or the rooms differ from the template.
    pub async fn build(plan: &Plan) -> Result<Self, StartError> {
        let template = Template::embedded()?;
        written::check()?;
        let clock = plan.clock();
        let dated = clock.clone();
        let options = EngineOptions {
            elsewhere: plan.elsewhere.clone(),
            faults: plan.faults.clone(),
            clock: Arc::new(move || SystemTime::from(dated.now())),
            sender: Some(MAIL_SENDER.to_owned()),
            ..EngineOptions::default().signed_as(|name| std::env::var(name).ok())
        };
        let engines = Engines::start(&plan.data, &template, options).await?;
        let given = given(&plan.data, &plan.site_url, clock.now())?;
        let (cloud, mailbox) = (engines.cloud(), engines.mailbox().clone());
        Ok(Self { clock, mailbox, cloud, engines: Some(engines), template, given })
    }

    /// Like [`House::build`]; when another process runs the engines of this folder, uses those.
    ///
    /// # Errors
    /// As [`House::build`].
    pub async fn build_or_join(plan: &Plan) -> Result<Self, StartError> {
        let refused = match Self::build(plan).await {
            Ok(house) => return Ok(house),
            Err(refused) => refused,
        };
        let Some(engines::StartError::InUse { running: Some(running), .. }) = refused.downcast_ref() else {
            return Err(refused);
        };
        let EngineOptions { region, credentials, .. } =
            EngineOptions::default().signed_as(|name| std::env::var(name).ok());
        Ok(Self {
            clock: plan.clock(),
            mailbox: Mailbox::open(&plan.data.join("mails"))?,
            cloud: Cloud::new(region, credentials, running.clone()),
            engines: None,
            template: Template::embedded()?,
            given: given(&plan.data, &plan.site_url, plan.clock().now())?,
        })
    }

    /// Lets running requests finish, then closes files and ports.
    pub async fn stop(self) {
        if let Some(engines) = self.engines {
            engines.stop().await;
        }
    }

    /// The settings of the administrator's clients.
    pub const fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// All tables at once, for demo data and tests; no room has access to all.
    pub fn store(&self) -> Store {
        let named = |variable: &str| {
            if variable == "EPASS_PERSON_KEY" {
                return self.given.secrets.get("PersonKey").cloned();
            }
            let id = variable.strip_prefix("EPASS_TABLE_")?;
            let table = self.template.tables.iter().find(|table| table.logical_id.eq_ignore_ascii_case(id))?;
            Some(table.name.clone())
        };
        Store::new(&self.cloud, named)
    }

    /// The documents' bucket, for demo data and tests.
    ///
    /// # Errors
    /// The template has no bucket.
    pub fn files(&self) -> Result<Files, StartError> {
        let bucket = self.template.buckets.first().ok_or("the template has no bucket")?;
        Ok(Files::new(&self.cloud, Some(bucket.name.clone())))
    }

    /// The application state of one function: only the tables and the bucket that the template names to it.
    ///
    /// # Errors
    /// The function is not in the template, or a setting is wrong.
    pub fn app(&self, function: &str) -> Result<App, StartError> {
        self.app_by(self.clock.clone(), function)
    }

    fn app_by(&self, clock: Clock, function: &str) -> Result<App, StartError> {
        App::new(&self.cloud_of(function), clock, self.environment(function)?)
    }

    /// The settings of one function's clients: it may use its grants only. With the engines of another process, it may
    /// do everything.
    fn cloud_of(&self, function: &str) -> Cloud {
        self.engines.as_ref().map_or_else(|| self.cloud.clone(), |engines| engines.cloud_of(function))
    }

    /// The environment variables of a function, from the template.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn variables(&self, name: &str) -> Result<BTreeMap<String, String>, StartError> {
        let function: &Function = self.template.function(name).ok_or_else(|| format!("there is no function {name}"))?;
        Ok(self.template.environment(function, &self.given)?)
    }

    /// The environment of a function that runs as its own process: its variables, the engines' addresses, and its own
    /// key.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn process_environment(&self, name: &str) -> Result<BTreeMap<String, String>, StartError> {
        let mut variables = self.variables(name)?;
        for (variable, service) in [
            ("AWS_ENDPOINT_URL_DYNAMODB", Service::DynamoDb),
            ("AWS_ENDPOINT_URL_S3", Service::S3),
            ("AWS_ENDPOINT_URL_SES", Service::Ses),
            ("AWS_ENDPOINT_URL_SFN", Service::StepFunctions),
        ] {
            let settings = self.cloud.settings(service);
            variables.extend(settings.endpoint_url().map(|url| (variable.to_owned(), url.to_owned())));
        }
        let EngineOptions { region, credentials, .. } =
            EngineOptions::default().signed_as(|name| std::env::var(name).ok());
        let signs = [
            ("AWS_REGION", region.as_str()),
            ("AWS_ACCESS_KEY_ID", name),
            ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key()),
        ];
        variables.extend(signs.map(|(variable, value)| (variable.to_owned(), value.to_owned())));
        Ok(variables)
    }

    fn environment(&self, name: &str) -> Result<impl Fn(&str) -> Option<String> + use<>, StartError> {
        let mut variables = self.variables(name)?;
        variables.insert("EPASS_TELL_SPENT".to_owned(), "1".to_owned());
        Ok(move |variable: &str| variables.get(variable).cloned())
    }

    /// Every room behind one router, as API Gateway routes them, with the mails at `/_local/mails` and the gallery at
    /// `/_local/gallery`.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn router(&self) -> Result<Router, StartError> {
        self.router_through(|_, routes| routes)
    }

    /// The same; `through` receives the name and the routes of each room and returns the routes to use.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn router_through(&self, through: impl Fn(&'static str, Router) -> Router) -> Result<Router, StartError> {
        let mut router = mails::router(self.mailbox.clone()).merge(gallery::router());
        let mut default = None;
        for room in rooms::all() {
            let app = self.app(room.name())?;
            default = default.or_else(|| room.is_fallback().then(|| app.clone()));
            router = router.merge(through(room.name(), room.routes_only(&app)));
        }
        if let Some(app) = default {
            router = nowhere(router, &app);
        }
        Ok(router.layer(from_fn(with_peer)))
    }

    /// The mailer, with its function's environment.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn mailer(&self) -> Result<Mailer, StartError> {
        const NAME: &str = "background-mailer";
        background_mailer::mailer(self.app(NAME)?, &self.cloud_of(NAME), self.environment(NAME)?)
    }

    /// The housekeeping, with its function's environment.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn housekeeping(&self) -> Result<Housekeeping, StartError> {
        Ok(Housekeeping::of(self.app("background-housekeeping")?))
    }

    /// The reimbursement, with its function's environment.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn reimbursement(&self) -> Result<Reimbursement, StartError> {
        self.reimbursement_by(self.clock.clone())
    }

    /// The reimbursement with another clock: the demo closes each week on its Monday.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn reimbursement_by(&self, clock: Clock) -> Result<Reimbursement, StartError> {
        const NAME: &str = "background-reimbursement";
        background_reimbursement::reimbursement(self.app_by(clock, NAME)?, self.environment(NAME)?)
    }

    /// The migrations, with their function's environment.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn migrator(&self) -> Result<Migrator, StartError> {
        Ok(Migrator::of(self.app("background-migration")?))
    }

    /// Migrates the data of an earlier version, before the first request is served.
    ///
    /// # Errors
    /// As [`House::app`]; or an engine fails.
    pub async fn migrate(&self) -> Result<(), StartError> {
        let migrator = self.migrator()?;
        while !migrator.handle(GoOn::default()).await?.done {}
        Ok(())
    }

    /// All background functions.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn background(&self) -> Result<Background, StartError> {
        Ok(Background {
            mailer: self.mailer()?,
            housekeeping: self.housekeeping()?,
            migrator: self.migrator()?,
            reimbursement: self.reimbursement()?,
        })
    }

    /// The executions of state machines; `None` when they run elsewhere.
    pub fn executions(&self) -> Option<Executions> {
        self.engines.as_ref().and_then(Engines::executions).cloned()
    }

    /// Runs one invocation of a background function and returns its answer.
    ///
    /// # Errors
    /// The event does not fit the function, or the function fails.
    pub async fn invoke(&self, name: &str, event: serde_json::Value) -> Result<serde_json::Value, StartError> {
        self.background()?.invoke(name, event).await
    }
}

/// Adds the peer's address to the request, as API Gateway's event has it. The server of the router provides it by
/// `into_make_service_with_connect_info::<SocketAddr>`.
async fn with_peer(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        request.extensions_mut().insert(Peer(peer.ip()));
    }
    next.run(request).await
}

/// Feeds the outbox to the mailer as its stream would, for ever. The embedded engine's own streams are not used: they
/// slow down with every record they keep (design/engines.md).
///
/// # Errors
/// None: failures are retried.
pub async fn pump(mailer: Mailer) {
    const PAUSE: Duration = Duration::from_millis(250);
    /// The schedule's sweep, every five minutes.
    const SWEEP_EVERY: u32 = 1200;
    for round in 1_u32.. {
        let event = if round.is_multiple_of(SWEEP_EVERY) { Event::Sweep } else { due(&mailer).await };
        if let Err(error) = mailer.handle(event).await {
            tracing::warn!(%error, "the mailer failed; the batch comes again");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The mails that may be sent now, as records of the stream.
async fn due(mailer: &Mailer) -> Event {
    let due = mailer.due().await.unwrap_or_default();
    Event::Stream { records: (0..).zip(&due).map(|(n, entry)| Record::new(&entry.key(), &format!("{n:06}"))).collect() }
}

/// Calls every chore of the housekeeping, for ever and more often than its schedules would; a chore that is not due
/// does nothing.
///
/// # Errors
/// None: failures are retried.
pub async fn tick(housekeeping: Housekeeping) {
    const PAUSE: Duration = Duration::from_secs(30);
    loop {
        for chore in [Chore::Release, Chore::Remind, Chore::TillKeys] {
            if let Err(error) = housekeeping.handle(chore).await {
                tracing::warn!(%error, ?chore, "the housekeeping failed; it comes again");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The first week of batches in the template: the scheme's first week.
const FIRST_WEEK: &str = "2026-W36";
/// The earliest first week of a new folder, in weeks before now: a year, as figures and statistics show it.
const WEEKS_BACK: i64 = 52;
/// The address that mails are sent from on this machine.
const MAIL_SENDER: &str = "mails@e-passjeunes.example.org";
/// The postal address for signed copies on this machine; it does not exist.
pub(crate) const COPIES_ADDRESS: &str = "Docapost Applicam – e-PASS JEUNES, 1 rue de l’Exemple, 57000 Metz";

/// The values of the template's parameters and secrets on this machine.
fn given(data: &Path, site_url: &str, now: Timestamp) -> Result<Given, StartError> {
    let first_week = kept_first_week(data, now)?;
    let parameters = [
        ("FirstWeek", first_week.as_str()),
        ("SiteUrl", site_url),
        ("TeamMail", "equipe@e-passjeunes.example.org"),
        ("MailSender", MAIL_SENDER),
        ("CopiesAddress", COPIES_ADDRESS),
        ("DebtorName", "Région Provence-Alpes-Côte d'Azur"),
        ("DebtorIban", "FR7630001005120000000000013"),
        ("DebtorBic", "BDFEFRPPCCT"),
    ];
    Ok(Given {
        parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        secrets: [
            ("SigningKey".to_owned(), kept_secret(data, "signing-key")?),
            ("PersonKey".to_owned(), kept_secret(data, "person-key")?),
        ]
        .into(),
    })
}

/// The first week of batches. It is set when a folder is new and stored with the data, so that a clock that is set
/// years ahead does not close every week since the scheme began. A folder of an earlier version has none: its batches
/// begin with the scheme.
fn kept_first_week(data: &Path, now: Timestamp) -> Result<String, StartError> {
    let file = data.join("first-week");
    if !data.join("signing-key").exists() {
        let begins = Week::of(ParisDay::of(now - SignedDuration::from_hours(7 * 24 * WEEKS_BACK)));
        std::fs::write(&file, begins.max(Week::parse(FIRST_WEEK)?).code())?;
    }
    Ok(std::fs::read_to_string(&file).unwrap_or_else(|_| FIRST_WEEK.to_owned()))
}

/// A secret that is generated once and stored with the data.
fn kept_secret(data: &Path, name: &str) -> Result<String, StartError> {
    let file = data.join(name);
    if !file.exists() {
        let key: [u8; 32] = epass_web::mint::key();
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::write(&file, hex)?;
    }
    Ok(std::fs::read_to_string(file)?)
}
