//! The one command itself: what it answered survives `kill -9`, and it starts and ends as it says.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use epass_scenarios::{Browser, Http, Till};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

/// The binary: `EPASS_LOCAL_BIN`, or built beside this test, with the features that `tests/run` builds it with: then it is
/// there already.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(given) = std::env::var_os("EPASS_LOCAL_BIN") {
            return given.into();
        }
        let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
        let built = Command::new(std::env::var("CARGO").unwrap_or_else(|_| env!("CARGO").to_owned()))
            .args(["build", "--quiet", "--workspace", "--all-targets", "--target-dir"])
            .arg(&target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(built.unwrap().success(), "epass-local builds");
        target.join("debug/epass-local")
    })
}

/// The command, running.
pub(crate) struct Running {
    child: Child,
    url: String,
    _out: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts it on a folder and a free port, and waits until it answers.
    async fn start(data: &Path, more: &[&str]) -> Self {
        Self::start_with(data, tokio::process::Command::new(binary()).args(more)).await
    }

    /// The same with what else the command is told.
    pub(crate) async fn start_with(data: &Path, command: &mut tokio::process::Command) -> Self {
        let command = command.args(["--port", "0", "--data"]).arg(data).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = out.next_line().await.unwrap().expect("it says where it answers");
            if let Some((_, url)) = line.split_once("e-PASS JEUNES:") {
                break url.trim().replace("localhost", "127.0.0.1");
            }
        };
        let http = Http::of(&url);
        while http.try_send(http.request("GET".parse().unwrap(), "/"), "").await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { child, url, _out: out }
    }

    pub(crate) fn http(&self) -> Http {
        Http::of(&self.url)
    }

    async fn till(&self) -> Till {
        Till::sign_in(self.http(), "partenaire", "Demo2026").await
    }

    /// SIGKILL: nothing of its own runs any more.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGINT is Ctrl-C, SIGTERM the system's request.
    async fn ends_cleanly(mut self, signal: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await;
        assert_eq!(ended.expect("it ends").unwrap().code(), Some(0), "{signal}");
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(binary()).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const LEA: &str = "2600 1405 3201 2345";

async fn available(till: &Till) -> u64 {
    let found = till.look_up(LEA, "14/05/2008").await.is(200).json();
    found["envelopes"][0]["available_cents"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_after_kill_9() {
    let data = tempfile::tempdir().unwrap();
    let running = Running::start(data.path(), &["--now", "2026-11-24T10:00:00+01:00"]).await;
    let till = running.till().await;
    let mut answered = Vec::new();
    let mut tickets = Vec::new();
    for round in 1..=3_u64 {
        for _ in 0..2 {
            let found = till.look_up(LEA, "2008-05-14").await.is(200).json();
            let ticket = found["ticket"].as_str().unwrap().to_owned();
            answered.push(till.pay(&ticket, "reading", 100 * round).await.is(201).json());
            tickets.push((ticket, 100 * round));
        }
    }
    let cancelled = answered[0]["id"].as_str().unwrap();
    till.cancel(cancelled).await.is(200);
    running.kill().await;

    let running = Running::start(data.path(), &["--now", "2026-11-24T10:05:00+01:00"]).await;
    // The session survives as well.
    let till = Till { http: running.http(), token: till.token.clone() };
    let lines = till.history().await;
    for paid in &answered {
        let line: &Value = lines.iter().find(|line| line["id"] == paid["id"]).expect("an answered payment is there");
        assert_eq!(line["amount_cents"], paid["amount_cents"]);
        assert_eq!(line["state"], if paid["id"] == cancelled { "cancelled" } else { "paid" });
    }
    assert_eq!(available(&till).await, 28_00 - 2 * (1_00 + 2_00 + 3_00) + 1_00);
    for (paid, (ticket, cents)) in answered.iter().zip(&tickets) {
        assert_eq!(till.pay(ticket, "reading", *cents).await.is(200).json(), *paid, "the same receipt");
    }
    assert_eq!(available(&till).await, 28_00 - 11_00);

    // A second one on the same folder or port is told so.
    let folder = data.path().to_str().unwrap();
    let second = run(&["--port", "0", "--data", folder]);
    assert_eq!(second.status.code(), Some(1));
    assert!(said(&second).contains("in use"), "{}", said(&second));
    let port = running.url.rsplit(':').next().unwrap().to_owned();
    let elsewhere = tempfile::tempdir().unwrap();
    let taken = run(&["--port", &port, "--data", elsewhere.path().to_str().unwrap()]);
    assert_eq!(taken.status.code(), Some(1));
    assert!(said(&taken).contains(&port) && said(&taken).contains("--port"), "{}", said(&taken));

    // Beside the running one, a function can be invoked on the same data.
    let invoked = run(&["invoke", "background/mailer", "--data", folder]);
    assert!(invoked.status.success(), "{}", said(&invoked));
    assert_eq!(serde_json::from_slice::<Value>(&invoked.stdout).unwrap(), json!({ "batchItemFailures": [] }));
    let unknown = run(&["invoke", "background/nothing", "--data", folder]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(said(&unknown).contains("background-mailer"), "{}", said(&unknown));

    // All sign-ins that it prints work, and lead somewhere.
    for identifier in ["partenaire", "cinema", "nouveau", "jeune", "etablissement", "equipe"] {
        let mut browser = Browser::of(running.http());
        let led = browser.sign_in(identifier, "Demo2026").await;
        let space = browser.get(&led).await;
        let page = if space.status == 303 { browser.get(space.header("location")).await } else { space };
        assert_eq!(page.status, 200, "{identifier}: {}", page.text());
    }

    running.ends_cleanly("-INT").await;
    let running = Running::start(data.path(), &["--now", "2026-11-24T10:10:00+01:00"]).await;
    assert_eq!(available(&running.till().await).await, 28_00 - 11_00);
    running.ends_cleanly("-TERM").await;
}
