//! The engines through the real SDKs: what is made from the template, what is kept, and what is refused.
#![expect(clippy::unwrap_used, reason = "what a test unwraps is part of what it asserts")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_ses::types::RawMessage;
use axum::body::Body as HttpBody;
use axum::http::{Request, StatusCode, header};
use epass_local::engines::ses::Faults;
use epass_local::engines::states::{Executions, Start, Status};
use epass_local::{EngineOptions, Engines, StartError, Template};
use epass_machines::{Machine, Started};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::ServiceExt;

async fn start(data: &Path) -> Engines {
    started(data, EngineOptions::default()).await.unwrap_or_else(|error| panic!("{error}"))
}

async fn started(data: &Path, options: EngineOptions) -> Result<Engines, StartError> {
    Engines::start(data, &Template::embedded().unwrap(), options).await
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn put_account(engines: &Engines, id: &str, email: &str) {
    let put = engines.dynamodb().put_item().table_name("Accounts");
    put.item("account_id", text(id)).item("email", text(email)).send().await.unwrap();
}

async fn accounts_by_email(engines: &Engines, email: &str) -> i32 {
    let query = engines.dynamodb().query().table_name("Accounts").index_name("by_email");
    let query = query.key_condition_expression("email = :email").expression_attribute_values(":email", text(email));
    query.send().await.unwrap().count()
}

#[tokio::test]
async fn every_table_of_the_template_is_there_and_keeps_its_items_over_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    let tables = engines.dynamodb().list_tables().send().await.unwrap();
    assert_eq!(tables.table_names().len(), Template::embedded().unwrap().tables.len());
    put_account(&engines, "partenaire", "librairie@example.org").await;
    engines.stop().await;

    let engines = start(data.path()).await;
    assert_eq!(accounts_by_email(&engines, "librairie@example.org").await, 1);
    assert_eq!(accounts_by_email(&engines, "personne@example.org").await, 0);
    engines.stop().await;
}

#[tokio::test]
async fn expired_items_leave_when_swept() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    for (counter, expires_at) in [("past", "1000000000"), ("future", "9999999999")] {
        let put = engines.dynamodb().put_item().table_name("Counters").item("counter", text(counter));
        put.item("expires_at", AttributeValue::N(expires_at.to_owned())).send().await.unwrap();
    }
    assert_eq!(engines.sweep_ttl().await, Ok(1));
    let left = engines.dynamodb().scan().table_name("Counters").send().await.unwrap();
    assert_eq!(left.items()[0]["counter"], text("future"));
    engines.stop().await;
}

#[tokio::test]
async fn a_folder_in_use_is_refused_and_says_where_its_engines_are() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    match started(data.path(), EngineOptions::default()).await {
        Err(StartError::InUse { running: Some(running), .. }) => assert_eq!(&running, engines.endpoints()),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("started twice"),
    }
    engines.stop().await;
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let data = tempfile::tempdir().unwrap();
    let options = EngineOptions { s3_port: port, ..EngineOptions::default() };
    let error = started(data.path(), options).await.err().unwrap();
    assert!(error.to_string().starts_with(&format!("the S3 engine cannot listen on port {port}")), "{error}");
}

#[tokio::test]
async fn a_new_index_is_added_and_another_key_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let mut template = Template::embedded().unwrap();
    let accounts = template.tables.iter_mut().find(|table| table.name == "Accounts").unwrap();
    let index = accounts.indexes.remove(0);
    let email = accounts.attributes.remove("email").unwrap();
    let engines = Engines::start(data.path(), &template, EngineOptions::default()).await.unwrap();
    put_account(&engines, "partenaire", "librairie@example.org").await;
    engines.stop().await;

    let engines = start(data.path()).await;
    assert_eq!(accounts_by_email(&engines, "librairie@example.org").await, 1);
    engines.stop().await;

    let accounts = template.tables.iter_mut().find(|table| table.name == "Accounts").unwrap();
    accounts.attributes.insert("email".to_owned(), email);
    accounts.indexes.push(epass_local::template::Index { projection: epass_local::template::Projection::All, ..index });
    let error = Engines::start(data.path(), &template, EngineOptions::default()).await.err().unwrap();
    assert!(error.to_string().contains("its index by_email has another key or projection"), "{error}");
}

/// A plain GET, as a browser's: status line and body.
async fn get(url: &str) -> (String, Vec<u8>) {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut socket = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![];
    socket.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[..end]).lines().next().unwrap().to_owned();
    (status, answer[end + 4..].to_vec())
}

#[tokio::test]
async fn a_document_is_downloaded_by_its_presigned_link_and_by_no_other() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    let put = engines.s3().put_object().bucket("documents").key("convention/12345-1.pdf");
    put.body(ByteStream::from_static(b"%PDF-1.7")).content_type("application/pdf").send().await.unwrap();
    let soon = PresigningConfig::expires_in(Duration::from_secs(60)).unwrap();
    let link =
        engines.s3().get_object().bucket("documents").key("convention/12345-1.pdf").presigned(soon).await.unwrap();

    let (status, body) = get(link.uri()).await;
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(body.ends_with(b"%PDF-1.7") || body.windows(8).any(|part| part == b"%PDF-1.7"));
    let (status, _) = get(&link.uri().replace("X-Amz-Expires=60", "X-Amz-Expires=600")).await;
    assert!(status.starts_with("HTTP/1.1 403"), "{status}");
    let (status, _) = get(&format!("{}/documents/convention/12345-1.pdf", engines.s3_url())).await;
    assert!(status.starts_with("HTTP/1.1 403"), "{status}");
    engines.stop().await;
}

async fn send(engines: &Engines, to: &str) -> Result<String, aws_sdk_ses::Error> {
    let message = [
        "From: e-PASS JEUNES <mails@example.org>",
        &format!("To: {to}"),
        "Reply-To: equipe@example.org",
        "Subject: =?utf-8?Q?Votre_mot_de_passe_=C3=A0_usage_unique_<1>?=",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative; boundary=b",
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Bonjour Léa,",
        "ouvrez https://example.org/lien?a=1&b=2.",
        "--b",
        "Content-Type: text/html; charset=utf-8",
        "",
        "<p>Bonjour <b>Léa</b></p><script>alert(1)</script>",
        "--b--",
        "",
    ];
    let raw = RawMessage::builder().data(message.join("\r\n").into_bytes().into()).build().unwrap();
    let asked = engines.ses().send_raw_email().source("mails@example.org").destinations(to).raw_message(raw);
    Ok(asked.send().await?.message_id().to_owned())
}

#[tokio::test]
async fn a_mail_is_kept_with_its_text_and_its_html() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    let first = send(&engines, "lea@example.org").await.unwrap();
    let second = send(&engines, "paul@example.org").await.unwrap();
    let mails = engines.mailbox().list().unwrap();
    assert_eq!(mails.iter().map(|mail| &mail.id).collect::<Vec<_>>(), [&second, &first]);
    let mail = &mails[1];
    assert_eq!(mail.to, "lea@example.org");
    assert_eq!((mail.from.as_str(), mail.reply_to.as_str()), ("mails@example.org", "equipe@example.org"));
    assert_eq!(mail.subject, "Votre mot de passe à usage unique <1>");
    assert_eq!(mail.text.trim_end().lines().last(), Some("ouvrez https://example.org/lien?a=1&b=2."));
    assert!(mail.html.as_ref().unwrap().starts_with("<p>Bonjour <b>Léa</b></p>"));
    assert!(data.path().join("mails").join(format!("{first}.eml")).exists());
    engines.stop().await;
}

#[tokio::test]
async fn a_raw_mail_is_kept_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    let raw = "From: a@example.org\r\nTo: b@example.org\r\nSubject: brut\r\n\r\nBonjour\r\n";
    let message = RawMessage::builder().data(raw.as_bytes().into()).build().unwrap();
    let sent = engines.ses().send_raw_email().raw_message(message).send().await.unwrap();
    let file = data.path().join("mails").join(format!("{}.eml", sent.message_id()));
    assert_eq!(std::fs::read_to_string(file).unwrap(), raw);
    assert_eq!(engines.mailbox().list().unwrap()[0].text.trim_end(), "Bonjour");
    engines.stop().await;
}

#[tokio::test]
async fn other_actions_are_refused_in_the_words_of_ses() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    let error = aws_sdk_ses::Error::from(engines.ses().get_send_quota().send().await.unwrap_err());
    assert!(format!("{error:?}").contains("InvalidAction"), "{error:?}");
    let error = send(&engines, "personne").await.unwrap_err();
    assert!(format!("{error:?}").contains("InvalidParameterValue"), "{error:?}");
    assert_eq!(engines.mailbox().list().unwrap(), []);
    engines.stop().await;
}

#[tokio::test]
async fn faults_that_are_asked_for_are_errors_of_the_sdk() {
    let data = tempfile::tempdir().unwrap();
    let faults = Arc::new(Faults::per_mille(1000, 0));
    let engines =
        started(data.path(), EngineOptions { faults: Arc::clone(&faults), ..EngineOptions::default() }).await.unwrap();
    assert!(send(&engines, "lea@example.org").await.is_err());
    assert_eq!(engines.mailbox().list().unwrap().len(), 0);
    faults.set(0, 1000);
    assert!(send(&engines, "lea@example.org").await.is_err());
    assert!(!engines.mailbox().list().unwrap().is_empty());
    faults.set(0, 0);
    assert!(send(&engines, "lea@example.org").await.is_ok());
    engines.stop().await;
}

async fn ask(engines: &Engines, path: &str, accept: &str) -> (StatusCode, String, String) {
    let router = epass_local::mails::router(engines.mailbox().clone());
    let request = Request::get(path).header(header::ACCEPT, accept).body(HttpBody::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let policy = response.headers().get(header::CONTENT_SECURITY_POLICY);
    let policy = policy.map(|policy| policy.to_str().unwrap().to_owned()).unwrap_or_default();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, policy, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn the_pages_show_mails_without_trusting_them() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    let id = send(&engines, "lea@example.org").await.unwrap();

    let (_, policy, body) = ask(&engines, "/_local/mails", "text/html").await;
    assert!(policy.starts_with("default-src 'none'"));
    assert!(body.contains("unique &#60;1&#62;</a>"), "{body}");

    let (_, _, body) = ask(&engines, &format!("/_local/mails/{id}"), "text/html").await;
    let link =
        "<a href=\"https://example.org/lien?a=1&#38;b=2\" rel=\"noopener\">https://example.org/lien?a=1&#38;b=2</a>.";
    assert!(body.contains(link), "{body}");
    assert!(!body.contains("<script>"), "{body}");

    let (_, policy, body) = ask(&engines, &format!("/_local/mails/{id}/html"), "text/html").await;
    assert!(policy.contains("sandbox allow-popups") && !policy.contains("allow-scripts"));
    assert!(body.contains("<b>Léa</b>"));

    let (_, _, body) = ask(&engines, "/_local/mails?to=LEA@example.org", "application/json").await;
    let mails: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(mails[0]["to"], "lea@example.org");
    assert_eq!(mails[0]["id"], id.as_str());
    let (_, _, body) = ask(&engines, "/_local/mails?to=paul@example.org", "application/json").await;
    assert_eq!(body, "[]");
    let (_, _, body) = ask(&engines, &format!("/_local/mails/{id}"), "application/json").await;
    assert!(body.contains("\"html\":\"<p>"), "{body}");

    for missing in ["/_local/mails/0", "/_local/mails/..%2Flock", "/_local/mails/0/html"] {
        assert_eq!(ask(&engines, missing, "text/html").await.0, StatusCode::NOT_FOUND);
    }
    engines.stop().await;
}

fn machine(engines: &Engines, arn: &str) -> Machine {
    Machine::new(&engines.cloud(), Some(arn.to_owned()))
}

fn first(executions: &Executions) -> String {
    executions.machines()[0].arn()
}

#[tokio::test]
async fn an_execution_s_name_starts_it_once() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    let executions = engines.executions().unwrap();
    let machine = machine(&engines, &first(executions));
    let (week, other) = (serde_json::json!({ "week": "2026-W47" }), serde_json::json!({}));

    assert_eq!(machine.start("monday", &week).await.unwrap(), Started::Running);
    assert_eq!(machine.start("monday", &week).await.unwrap(), Started::Running, "sent again");
    assert_eq!(machine.start("monday", &other).await.unwrap(), Started::Before, "for something else");
    assert_eq!(machine.start("tuesday", &other).await.unwrap(), Started::Running);

    let begun = executions.next().await;
    assert_eq!((&begun.input, begun.machine.logical_id.as_str()), (&week, "ReimbursementBatch"));
    assert_eq!(executions.status(&begun.arn), Some(Status::Running));
    executions.end(&begun.arn, Status::Failed);
    assert_eq!(machine.start("monday", &week).await.unwrap(), Started::Before, "it has ended");
    assert_eq!(executions.next().await.input, other, "and nothing in between");
    engines.stop().await;
}

#[tokio::test]
async fn a_start_that_step_functions_would_refuse_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let engines = start(data.path()).await;
    let executions = engines.executions().unwrap();
    let arn = first(executions);
    let input = serde_json::json!({});

    let unknown = machine(&engines, &arn.replace("Batch", "Loop")).start("monday", &input).await.unwrap_err();
    assert!(unknown.to_string().contains("StateMachineDoesNotExist"), "{unknown}");
    let named = machine(&engines, &arn).start("lundi matin", &input).await.unwrap_err();
    assert!(named.to_string().contains("InvalidName"), "{named}");
    let start = Start { state_machine_arn: arn, name: "monday".to_owned(), input: "{".to_owned() };
    assert_eq!(executions.start(start).unwrap_err().code, "InvalidExecutionInput");
    assert!(Machine::new(&engines.cloud(), None).start("monday", &input).await.is_err(), "it was not told of any");
    engines.stop().await;
}
