//! The whole product in one process: engines, every room with its own part of the template's environment, and the two
//! things that AWS does by itself: feeding the outbox's stream to the mailer, and calling by the clock.

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

/// How a house is built.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where everything is kept.
    pub data: PathBuf,
    /// Where browsers reach it, without a slash at the end.
    pub site_url: String,
    /// Services that run elsewhere.
    pub elsewhere: Endpoints,
    /// Where the clock starts; the machine's time without.
    pub now: Option<Timestamp>,
    /// Failures that the mail sink is to have.
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

/// A house with its engines running.
pub struct House {
    /// The time, for all rooms.
    pub clock: Clock,
    /// The mails that were sent.
    pub mailbox: Mailbox,
    cloud: Cloud,
    engines: Option<Engines>,
    template: Template,
    given: Given,
}

impl House {
    /// Starts the engines and holds the rooms against the template.
    ///
    /// # Errors
    /// What does not start, or does not agree.
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

    /// As [`House::build`]; where another process has the engines of this folder, uses those.
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

    /// The administrator's clients' settings.
    pub const fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// All tables at once, for demo data and tests; no room has that.
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
    /// A template without a bucket.
    pub fn files(&self) -> Result<Files, StartError> {
        let bucket = self.template.buckets.first().ok_or("the template has no bucket")?;
        Ok(Files::new(&self.cloud, Some(bucket.name.clone())))
    }

    /// What one function works with: the tables and the bucket that the template tells it of, and no other.
    ///
    /// # Errors
    /// A function that is not in the template, or a setting that is wrong.
    pub fn app(&self, function: &str) -> Result<App, StartError> {
        self.app_by(self.clock.clone(), function)
    }

    fn app_by(&self, clock: Clock, function: &str) -> Result<App, StartError> {
        App::new(&self.cloud_of(function), clock, self.environment(function)?)
    }

    /// The clients' settings of one function: it may do what it is granted. Where the engines are another process's, everything.
    fn cloud_of(&self, function: &str) -> Cloud {
        self.engines.as_ref().map_or_else(|| self.cloud.clone(), |engines| engines.cloud_of(function))
    }

    /// The variables that the template gives a function.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn variables(&self, name: &str) -> Result<BTreeMap<String, String>, StartError> {
        let function: &Function = self.template.function(name).ok_or_else(|| format!("there is no function {name}"))?;
        Ok(self.template.environment(function, &self.given)?)
    }

    /// The environment of a function's own process: its variables, and the engines with a key of its own name.
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

    /// Every room behind one router, as API Gateway would lead to them, the mails at `/_local/mails` and the gallery at
    /// `/_local/gallery`.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn router(&self) -> Result<Router, StartError> {
        self.router_through(|_, routes| routes)
    }

    /// The same, with the routes of each room as `through` gives them back for its name.
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

    /// The mailer, as its function would be set up.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn mailer(&self) -> Result<Mailer, StartError> {
        const NAME: &str = "background-mailer";
        background_mailer::mailer(self.app(NAME)?, &self.cloud_of(NAME), self.environment(NAME)?)
    }

    /// The housekeeping, as its function would be set up.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn housekeeping(&self) -> Result<Housekeeping, StartError> {
        Ok(Housekeeping::of(self.app("background-housekeeping")?))
    }

    /// The reimbursement, as its function would be set up.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn reimbursement(&self) -> Result<Reimbursement, StartError> {
        self.reimbursement_by(self.clock.clone())
    }

    /// The same one by another clock: the demo closes each week on its Monday.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn reimbursement_by(&self, clock: Clock) -> Result<Reimbursement, StartError> {
        const NAME: &str = "background-reimbursement";
        background_reimbursement::reimbursement(self.app_by(clock, NAME)?, self.environment(NAME)?)
    }

    /// What changes the data of earlier versions, as its function would be set up.
    ///
    /// # Errors
    /// As [`House::app`].
    pub fn migrator(&self) -> Result<Migrator, StartError> {
        Ok(Migrator::of(self.app("background-migration")?))
    }

    /// Changes what an earlier version stored, before anybody is served.
    ///
    /// # Errors
    /// As [`House::app`], and what the engines say.
    pub async fn migrate(&self) -> Result<(), StartError> {
        let migrator = self.migrator()?;
        while !migrator.handle(GoOn::default()).await?.done {}
        Ok(())
    }

    /// All of them.
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

    /// The executions of state machines; none when they run elsewhere.
    pub fn executions(&self) -> Option<Executions> {
        self.engines.as_ref().and_then(Engines::executions).cloned()
    }

    /// Runs one invocation of a background function and gives its answer.
    ///
    /// # Errors
    /// An event that is not the function's, or what the function says.
    pub async fn invoke(&self, name: &str, event: serde_json::Value) -> Result<serde_json::Value, StartError> {
        self.background()?.invoke(name, event).await
    }
}

/// Puts the address at the other end of the connection into the request, as API Gateway's event has it. Whoever serves the
/// router gives it by `into_make_service_with_connect_info::<SocketAddr>`.
async fn with_peer(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        request.extensions_mut().insert(Peer(peer.ip()));
    }
    next.run(request).await
}

/// Feeds the outbox to the mailer as its stream would, for ever: the embedded engine's own streams slow down with every
/// record they keep (design/engines.md).
///
/// # Errors
/// None that ends it: what fails is tried again.
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

/// The mails that may be sent now, as the stream would bring them.
async fn due(mailer: &Mailer) -> Event {
    let due = mailer.due().await.unwrap_or_default();
    Event::Stream { records: (0..).zip(&due).map(|(n, entry)| Record::new(&entry.key(), &format!("{n:06}"))).collect() }
}

/// Calls the housekeeping as its schedules would, for ever, all at once and oftener: what is not due is not done.
///
/// # Errors
/// None that ends it: what fails is tried again.
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

/// The first week that batches close by the template, the scheme's own.
const FIRST_WEEK: &str = "2026-W36";
/// How far back the weeks of a new folder go at most: a year, as figures and statistics show it.
const WEEKS_BACK: i64 = 52;
/// The address that mails are sent from on this machine.
const MAIL_SENDER: &str = "mails@e-passjeunes.example.org";
/// Where signed copies are sent on this machine: nowhere.
pub(crate) const COPIES_ADDRESS: &str = "Docapost Applicam – e-PASS JEUNES, 1 rue de l’Exemple, 57000 Metz";

/// The template's parameters and secrets on this machine.
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

/// The first week that batches close, fixed when a folder is new and kept with the data: a clock that is set years ahead does not
/// close every week since the scheme began. A folder of an earlier version has none: its batches began with the scheme.
fn kept_first_week(data: &Path, now: Timestamp) -> Result<String, StartError> {
    let file = data.join("first-week");
    if !data.join("signing-key").exists() {
        let begins = Week::of(ParisDay::of(now - SignedDuration::from_hours(7 * 24 * WEEKS_BACK)));
        std::fs::write(&file, begins.max(Week::parse(FIRST_WEEK)?).code())?;
    }
    Ok(std::fs::read_to_string(&file).unwrap_or_else(|_| FIRST_WEEK.to_owned()))
}

/// A secret that is made once and kept with the data.
fn kept_secret(data: &Path, name: &str) -> Result<String, StartError> {
    let file = data.join(name);
    if !file.exists() {
        let key: [u8; 32] = epass_web::mint::key();
        let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        std::fs::write(&file, hex)?;
    }
    Ok(std::fs::read_to_string(file)?)
}
