//! Every function's own binary, started as Lambda starts it: a stand-in for Lambda's runtime API, the environment that
//! `infra/template.yaml` gives it and nothing else, its sample of `events/`, and its answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path as Segment, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use epass_cloud::Service;
use epass_domain::{Email, Invitation, MailId, Sortie};
use epass_local::Template;
use epass_local::template::{Function, Given};
use epass_mail::Letter;
use epass_scenarios::{Deal, PASSWORD, Setting, Stage, Trip};
use epass_web::{Clock, Signer, mint};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};

/// The longest that a debug binary may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A quarter of the functions' signing key.
const SIGNING_KEY: &str = "0123456789abcdef";

/// What a binary tells the runtime API.
enum Told {
    Answer(Value),
    Failure(String),
    FailedStart(String),
}

/// The stand-in for Lambda's runtime API (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), for one process.
struct Runtime {
    events: Mutex<mpsc::UnboundedReceiver<String>>,
    told: mpsc::UnboundedSender<Told>,
    was_asked: AtomicBool,
}

async fn next(State(runtime): State<Arc<Runtime>>) -> Response {
    runtime.was_asked.store(true, Ordering::Relaxed);
    let event = runtime.events.lock().await.recv().await;
    // Lambda freezes a process that nothing is asked of; here it waits until the test ends it.
    let Some(event) = event else { return std::future::pending().await };
    let headers = [
        ("content-type", "application/json"),
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", "32503680000000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-west-3:123456789012:function:epass"),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"),
    ];
    (headers, event).into_response()
}

async fn answered(State(runtime): State<Arc<Runtime>>, Segment(_): Segment<String>, body: String) -> StatusCode {
    let answer = serde_json::from_str(&body).expect("answers are JSON");
    runtime.told.send(Told::Answer(answer)).ok();
    StatusCode::ACCEPTED
}

async fn failed(State(runtime): State<Arc<Runtime>>, Segment(_): Segment<String>, body: String) -> StatusCode {
    runtime.told.send(Told::Failure(body)).ok();
    StatusCode::ACCEPTED
}

async fn failed_to_start(State(runtime): State<Arc<Runtime>>, body: String) -> StatusCode {
    runtime.told.send(Told::FailedStart(body)).ok();
    StatusCode::ACCEPTED
}

/// A function's binary, running.
struct Lambda {
    name: String,
    child: Child,
    log: PathBuf,
    events: mpsc::UnboundedSender<String>,
    told: mpsc::UnboundedReceiver<Told>,
    runtime: Arc<Runtime>,
}

impl Lambda {
    /// Starts it with this environment, and with what Lambda itself sets.
    async fn start(name: &str, memory_mb: u64, environment: &BTreeMap<String, String>, logs: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (events, waiting) = mpsc::unbounded_channel();
        let (tell, told) = mpsc::unbounded_channel();
        let runtime = Arc::new(Runtime { events: Mutex::new(waiting), told: tell, was_asked: AtomicBool::new(false) });
        let api = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answered))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .route("/2018-06-01/runtime/init/error", post(failed_to_start))
            .with_state(runtime.clone());
        tokio::spawn(async move { axum::serve(listener, api).await });
        let log = logs.join(format!("{name}.log"));
        let to_log = std::fs::File::create(&log).unwrap();
        let child = Command::new(binaries().join(name))
            .env_clear()
            .envs(environment)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory_mb.to_string())
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/epass")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/22/[$LATEST]1")
            .stdin(Stdio::null())
            .stdout(to_log.try_clone().unwrap())
            .stderr(to_log)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { name: name.to_owned(), child, log, events, told, runtime }
    }

    /// Its answer to an event.
    async fn answer(&mut self, event: String) -> Value {
        self.events.send(event).unwrap();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            match tokio::time::timeout(Duration::from_millis(50), self.told.recv()).await {
                Ok(Some(Told::Answer(answer))) => return answer,
                Ok(Some(Told::Failure(reason) | Told::FailedStart(reason))) => {
                    panic!("{} fails: {reason}\n{}", self.name, self.said())
                }
                Ok(None) => panic!("the runtime API is gone"),
                Err(_) => {}
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("{} ended with {status}:\n{}", self.name, self.said());
            }
            assert!(tokio::time::Instant::now() < deadline, "{} does not answer:\n{}", self.name, self.said());
        }
    }

    /// How it ends by itself.
    async fn end(&mut self) -> std::process::ExitStatus {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(tokio::time::Instant::now() < deadline, "{} hangs:\n{}", self.name, self.said());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it wrote.
    fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The folder of the functions' binaries, built as `tests/run` builds them; that takes no time when it has.
fn binaries() -> PathBuf {
    static BUILT: Once = Once::new();
    let me = std::env::current_exe().unwrap();
    let folder = me.parent().and_then(Path::parent).expect("tests run in target/<profile>/deps").to_owned();
    BUILT.call_once(|| {
        let profile = match folder.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(profile) => profile,
        };
        let built = Command::new(std::env::var("CARGO").unwrap_or_else(|_| env!("CARGO").to_owned()))
            .current_dir(root())
            .args(["build", "--workspace", "--all-targets", "--quiet", "--profile", profile, "--target-dir"])
            .arg(folder.parent().unwrap())
            .status()
            .unwrap();
        assert!(built.success(), "the functions' binaries do not build");
    });
    folder
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent).unwrap()
}

/// What API Gateway would send back.
struct Answer {
    status: u64,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Answer {
    fn of(answer: &Value) -> Self {
        let body = answer["body"].as_str().unwrap_or_default();
        let body = match answer["isBase64Encoded"].as_bool() {
            Some(true) => String::from_utf8(STANDARD.decode(body).unwrap()).unwrap(),
            _ => body.to_owned(),
        };
        let headers = answer["headers"].as_object().unwrap().iter();
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned())).collect();
        Self { status: answer["statusCode"].as_u64().unwrap(), headers, body }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.body))
    }
}

/// The functions, where they run, and what their samples leave open: `${name}`.
struct Cloud {
    template: Template,
    given: Given,
    services: BTreeMap<String, String>,
    open: BTreeMap<&'static str, String>,
    fed: BTreeSet<String>,
    logs: tempfile::TempDir,
}

impl Cloud {
    fn new(stage: &Stage) -> Self {
        let given = Given {
            parameters: [
                ("SiteUrl", "https://e-passjeunes.example.org"),
                ("TeamMail", "equipe@e-passjeunes.example.org"),
                ("MailSender", "mails@e-passjeunes.example.org"),
                ("CopiesAddress", "Docapost Applicam, 1 rue de l’Exemple, 57000 Metz"),
                ("DebtorName", "Région Provence-Alpes-Côte d’Azur"),
                ("DebtorIban", "FR7630001005120000000000013"),
                ("DebtorBic", "BDFEFRPPCCT"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
            secrets: ["SigningKey", "PersonKey"].map(|name| (name.to_owned(), SIGNING_KEY.repeat(4))).into(),
        };
        let url = |service| stage.house.cloud().settings(service).endpoint_url().unwrap().to_owned();
        let services = [
            ("AWS_ENDPOINT_URL_DYNAMODB", url(Service::DynamoDb)),
            ("AWS_ENDPOINT_URL_S3", url(Service::S3)),
            ("AWS_ENDPOINT_URL_SES", url(Service::Ses)),
            ("AWS_ENDPOINT_URL_SFN", url(Service::StepFunctions)),
            ("AWS_REGION", "eu-west-3".to_owned()),
            ("AWS_ACCESS_KEY_ID", "local".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local-only-no-secret".to_owned()),
            ("AWS_SESSION_TOKEN", "none".to_owned()),
        ];
        Self {
            template: Template::embedded().unwrap(),
            given,
            services: services.map(|(name, value)| (name.to_owned(), value)).into(),
            open: BTreeMap::new(),
            fed: BTreeSet::new(),
            logs: tempfile::tempdir().unwrap(),
        }
    }

    fn function(&self, name: &str) -> &Function {
        self.template.function(name).unwrap_or_else(|| panic!("there is no function {name}"))
    }

    fn environment(&self, name: &str) -> BTreeMap<String, String> {
        let mut environment = self.template.environment(self.function(name), &self.given).unwrap();
        environment.extend(self.services.clone());
        environment
    }

    async fn start(&self, name: &str) -> Lambda {
        Lambda::start(name, self.function(name).memory_mb, &self.environment(name), self.logs.path()).await
    }

    /// A sample of `events/`, completed.
    fn sample(&mut self, file: &str) -> String {
        self.fed.insert(format!("{file}.json"));
        let path = root().join("events").join(format!("{file}.json"));
        let mut sample = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        for (name, value) in &self.open {
            sample = sample.replace(&format!("${{{name}}}"), value);
        }
        assert!(!sample.contains("${"), "{file} leaves something open:\n{sample}");
        sample
    }

    /// Starts `function`, feeds it the sample `file`, and reads its answer.
    async fn ask(&mut self, function: &str, file: &str) -> Answer {
        let sample = self.sample(file);
        let event: Value = serde_json::from_str(&sample).unwrap();
        let route = event["routeKey"].as_str().unwrap();
        let known =
            self.function(function).routes.iter().any(|known| format!("{} {}", known.method, known.path) == route);
        assert!(known, "{file}: {function} has no route {route}");
        let mut lambda = self.start(function).await;
        let answer = Answer::of(&lambda.answer(sample).await);
        let said = lambda.said();
        for secret in self.open.values().filter(|value| value.len() > 7) {
            assert!(!said.contains(secret), "{function} logs what it was sent:\n{said}");
        }
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{function}");
        answer
    }

    /// As [`Cloud::ask`]; the answer must have this status.
    async fn ask_json(&mut self, function: &str, file: &str, status: u64) -> Value {
        let answer = self.ask(function, file).await;
        assert_eq!(answer.status, status, "{file}: {}", answer.body);
        answer.json()
    }

    /// As [`Cloud::ask`]; the answer must be a page that says this.
    async fn ask_page(&mut self, function: &str, file: &str, says: &str) {
        let answer = self.ask(function, file).await;
        assert_eq!(answer.status, 200, "{file}: {}", answer.body);
        assert!(answer.headers["content-type"].starts_with("text/html"), "{file}");
        assert!(answer.body.contains(says), "{file} does not say {says}:\n{}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_answers_its_sample_as_its_own_binary() {
    // The binaries read the machine's clock, so the people must live today.
    let stage = Stage::of(Setting { now: Clock::system().now(), ..Setting::default() }).await;
    let shop = stage.partner().await;
    let team = stage.team().await;
    let young = stage.young().await;
    let mut cloud = Cloud::new(&stage);
    cloud.open.insert("password", PASSWORD.to_owned());
    cloud.open.insert("reference", young.card.to_string());

    let own = stage.account_of(&young).await;
    let school = stage.school("Lycée Jean-Giono", "83000").await;
    let of_school = stage.account_of_school(&school).await;
    let accounts = [(&team, "team"), (&own, "beneficiary"), (&shop.account, "partner"), (&of_school, "establishment")];
    for (account, name) in accounts {
        cloud.open.insert("identifier", account.identifier.to_string());
        let told = cloud.ask_json("account-login", "account-login", 200).await;
        assert_eq!(told["role"], name);
        cloud.open.insert(name, told["token"].as_str().unwrap().to_owned());
    }
    cloud.ask_page("account-password-change", "account-password-change", "Je modifie mon mot de passe").await;
    let told = cloud.ask("account-recovery", "account-recovery").await;
    assert_eq!((told.status, told.headers["location"].as_str()), (303, "/mot-de-passe-oublie?fait=envoye"));

    cloud.ask_page("public-site", "public-site", "Jeune bénéficiaire").await;
    let told = cloud.ask_json("public-hotline", "public-hotline", 200).await;
    assert!(told["message"].as_str().unwrap().contains("envoyée"));

    let told = cloud.ask_json("partner-registration", "partner-registration", 201).await;
    assert_eq!(told["dossier_number"].as_str().unwrap().len(), 8);
    let told = cloud.ask_json("partner-dossier", "partner-dossier", 200).await;
    assert_eq!(told["number"], shop.partner.id.as_str());
    let told = cloud.ask_json("partner-convention", "partner-convention", 200).await;
    assert_eq!(told["standing"]["in_force"], true);

    let told = cloud.ask_json("partner-till", "partner-till", 201).await;
    cloud.open.insert("till", told["key"].as_str().unwrap().to_owned());
    let signer = Signer::new(SIGNING_KEY.repeat(4).as_bytes()).unwrap();
    cloud.open.insert("code", signer.rotating_code(&young.file, Clock::system().now()).as_str().to_owned());
    let told = cloud.ask_json("partner-transaction", "partner-transaction-till", 200).await;
    assert_eq!(told["first_name"], young.first_name.as_str());

    let told = cloud.ask_json("partner-transaction", "partner-transaction-look-up", 200).await;
    assert_eq!(told["envelopes"][0], json!({ "envelope": "reading", "available_cents": 28_00 }));
    cloud.open.insert("ticket", told["ticket"].as_str().unwrap().to_owned());
    let told = cloud.ask_json("partner-transaction", "partner-transaction", 201).await;
    assert_eq!((&told["amount_cents"], &told["available_cents"]), (&json!(12_50), &json!(15_50)));
    cloud.open.insert("transaction", told["id"].as_str().unwrap().to_owned());
    let again = cloud.ask_json("partner-transaction", "partner-transaction", 200).await;
    assert_eq!(again, told, "another process finds the first payment");
    let listed = cloud.ask_json("partner-history", "partner-history", 200).await;
    assert_eq!(listed["transactions"][0]["id"], told["id"]);
    let coming = cloud.ask_json("partner-reimbursements", "partner-reimbursements", 200).await;
    assert_eq!(coming["running"]["amount_cents"], told["amount_cents"]);
    let told = cloud.ask_json("partner-cancellation", "partner-cancellation", 200).await;
    assert_eq!((&told["state"], &told["amount_cents"]), (&json!("cancelled"), &json!(12_50)));

    let told = cloud.ask_json("beneficiary-registration", "beneficiary-registration", 201).await;
    assert!(told["message"].as_str().unwrap().contains("confirmer votre adresse"));

    let told = cloud.ask_json("beneficiary-voucher", "beneficiary-voucher", 201).await;
    assert_eq!(told["voucher"]["state"], "live");
    cloud.ask_page("beneficiary-my-data", "beneficiary-my-data", "Je ferme mon compte").await;
    let told = cloud.ask_json("beneficiary-pass", "beneficiary-pass", 200).await;
    assert_eq!(told["envelopes"][0], json!({ "envelope": "reading", "left_cents": 28_00, "credited_cents": 28_00 }));

    let today = epass_domain::ParisDay::of(stage.house.clock.now());
    let school = stage.school("Lycée Jean-Giono", "13005").await;
    let sortie = stage.confirmed(&school, &shop, stage.sheet().on(&today.plus_days(1).iso())).await;
    cloud.open.insert("sortie", sortie.id.as_str().to_owned());
    let told = cloud.ask_json("beneficiary-sortie", "beneficiary-sortie", 201).await;
    assert_eq!(told, json!({ "joined": true, "left_cents": 2_00 }));

    let duplicate = stage.duplicate(&young).await;
    let told = cloud.ask_json("team-beneficiaries", "team-beneficiaries", 200).await;
    assert_eq!(told["duplicates"][0]["id"], duplicate.id.to_string());
    let tomorrow = today.plus_days(1);
    cloud.open.insert("tomorrow", tomorrow.iso());
    cloud.open.insert("picture", STANDARD.encode(include_bytes!("../picture.png")));
    let told = cloud.ask_json("partner-bon-plan", "partner-bon-plan", 201).await;
    assert_eq!(told["standing"]["state"], "submitted");

    cloud.open.insert("dossier", shop.partner.id.to_string());
    let told = cloud.ask_json("establishment-sortie", "establishment-sortie", 201).await;
    assert_eq!((&told["state"], &told["partner"]), (&json!("pending"), &json!("Librairie des Lices")));

    let id = epass_domain::SortieId::parse(told["id"].as_str().unwrap()).unwrap();
    let asked = stage.house.store().sorties.find(&id).await.unwrap().unwrap();
    cloud.open.insert("invitation", signer.sign_invitation(&Invitation::to(&asked, Clock::system().now())));
    let told = cloud.ask_json("partner-sortie", "partner-sortie", 200).await;
    assert_eq!((&told["state"], &told["id"]), (&json!("confirmed"), &json!(id.as_str())));
    let today = stage.sheet().on(&tomorrow.plus_days(-1).iso());
    let (sortie, voucher) = stage.crowded(&school, &shop, today, 30).await;
    cloud.open.insert("outing_voucher", voucher.to_string());
    cloud.open.insert("sortie", sortie.id.as_str().to_owned());
    let told = cloud.ask_json("partner-sortie-settlement", "partner-sortie-settlement", 201).await;
    assert_eq!((&told["sortie"]["state"], &told["sortie"]["total_cents"]), (&json!("settled"), &json!(24_000)));

    let (first, last) = (tomorrow.iso(), tomorrow.iso());
    let plan = stage.published(&shop, stage.content(&shop).days(&first, &last).places(2)).await;
    let told = cloud.ask_json("beneficiary-bons-plans", "beneficiary-bons-plans", 200).await;
    assert_eq!(told["bons_plans"][0]["id"], plan.id.to_string());
    let told = cloud.ask_json("establishment-directory", "establishment-directory", 200).await;
    assert_eq!(told["partners"][0]["number"], shop.partner.id.as_str());
    let told = cloud.ask_json("team-bons-plans", "team-bons-plans", 200).await;
    assert_eq!(told["bons_plans"].as_array().unwrap().len(), 1, "the one that the partner just sent");

    let told = cloud.ask_json("team-conventions", "team-conventions", 200).await;
    assert_eq!(told["dossiers"][0]["number"], shop.partner.id.as_str());
    let told = cloud.ask_json("team-establishments", "team-establishments", 200).await;
    assert_eq!(told["establishments"][0]["name"], school.name.as_str());
    cloud.ask_page("team-mails", "team-mails", "Mails non envoyés").await;
    cloud.ask_page("team-figures", "team-figures", "Chiffres clés").await;
    cloud.ask_page("partner-statistics", "partner-statistics", "Mes statistiques").await;
    cloud.ask_page("team-reimbursements", "team-reimbursements", "Remboursements").await;

    mailer_sends_its_sample(&stage, &mut cloud).await;
    let waiting = Clock::system().now() - SignedDuration::from_hours(4 * 24);
    let sheet = stage.sheet().on(&tomorrow.iso());
    let waiting = Sortie::submitted(mint::sortie_id(), (&school, &shop.partner), sheet, waiting).unwrap();
    stage.house.store().sorties.import(&waiting, &[], &[]).await.unwrap();
    let sample = cloud.sample("background-housekeeping");
    let mut lambda = cloud.start("background-housekeeping").await;
    for reminders in [1, 0] {
        let done = lambda.answer(sample.clone()).await;
        assert_eq!(done, json!({ "reminders": reminders, "released": 0, "keys": 0 }), "{}", lambda.said());
    }

    let sample = cloud.sample("background-migration");
    let mut lambda = cloud.start("background-migration").await;
    for _ in 0..2 {
        let done = lambda.answer(sample.clone()).await;
        assert_eq!(done, json!({ "changed": 0, "done": true }), "{}", lambda.said());
    }

    let sample = cloud.sample("background-reimbursement");
    let mut lambda = cloud.start("background-reimbursement").await;
    let done = lambda.answer(sample).await;
    assert_eq!((&done["done"], done["batch"].is_string()), (&json!(false), true), "{}", lambda.said());

    let samples: BTreeSet<String> = std::fs::read_dir(root().join("events"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(samples, cloud.fed, "every sample is fed");
    for function in &cloud.template.functions {
        assert!(samples.contains(&format!("{}.json", function.name)), "{} has no sample", function.name);
    }
}

/// The outbox holds the mail that the sample tells of; it is sent, and only once.
async fn mailer_sends_its_sample(stage: &Stage, cloud: &mut Cloud) {
    let sample = cloud.sample("background-mailer");
    let event: Value = serde_json::from_str(&sample).unwrap();
    let image = &event["Records"][0]["dynamodb"]["NewImage"];
    let text = |name: &str| image[name]["S"].as_str().unwrap().to_owned();
    let letter: Letter = serde_json::from_str(&text("letter")).unwrap();
    let email = Email::parse(&text("email")).unwrap();
    let id: MailId = serde_json::from_value(json!(text("mail_id"))).unwrap();
    let entry = letter.to(&email, id, stage.house.clock.now());
    assert_eq!(entry.recipient, text("recipient"));
    stage.house.store().outbox.post(&[entry]).await.unwrap();

    let mut lambda = cloud.start("background-mailer").await;
    for _ in 0..2 {
        assert_eq!(lambda.answer(sample.clone()).await, json!({ "batchItemFailures": [] }), "{}", lambda.said());
    }
    let sent = stage.house.mailbox.list().unwrap();
    assert_eq!(sent.len(), 1, "one .eml");
    assert_eq!((sent[0].to.as_str(), sent[0].from.as_str()), (email.as_str(), "mails@e-passjeunes.example.org"));
    assert!(sent[0].text.contains("librairie-de-l-etoile-7"));
    assert!(!lambda.said().contains(email.as_str()), "addresses stay out of logs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_lacks_a_setting_ends_and_names_it() {
    let stage = Stage::set().await;
    let cloud = Cloud::new(&stage);
    for function in &cloud.template.functions {
        let needed = if function.name == "background-mailer" { "EPASS_MAIL_SENDER" } else { "EPASS_SIGNING_KEY" };
        for missing in [needed, "AWS_REGION"] {
            let mut environment = cloud.environment(&function.name);
            environment.remove(missing).unwrap();
            let mut lambda = Lambda::start(&function.name, function.memory_mb, &environment, cloud.logs.path()).await;
            let status = lambda.end().await;
            assert!(!status.success(), "{} without {missing}", function.name);
            assert!(lambda.said().contains(missing), "{} does not name {missing}:\n{}", function.name, lambda.said());
            assert!(
                !lambda.runtime.was_asked.load(Ordering::Relaxed),
                "{} wants events without {missing}",
                function.name
            );
        }
    }
}
