//! Enforces the grants of `infra/template.yaml` as AWS would: a call that is not granted gets `AccessDeniedException`
//! and is not sent. It also records which grants are used, to find those that nobody needs.
//!
//! Calls of DynamoDB, SES and Step Functions are checked in the client of each function, before they are sent. Calls of
//! S3 are checked in its engine, where the key of a signed link identifies the function
//! (`docs/decisions/2026-11-28-rights-are-kept-here.md`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::template::{Target, Template};

/// The variable with the folder for records of used rights, one file for each process.
const NOTED_IN: &str = "EPASS_RIGHTS_USED";

/// A right as it is recorded: `dynamodb:Query Sorties/index/by_due`.
type Right = String;

/// The rights of every function.
pub struct Rights {
    granted: BTreeMap<String, BTreeSet<Right>>,
    /// The logical id of each table, by the table's name.
    tables: BTreeMap<String, String>,
    /// The sender address of mails, where it is known.
    sender: Option<String>,
    used: Mutex<BTreeSet<(String, Right)>>,
    noted_in: Option<PathBuf>,
}

/// The resource of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource<'a> {
    /// A table, by its name.
    Table(Cow<'a, str>),
    /// An index of a table.
    Index(Cow<'a, str>, Cow<'a, str>),
    /// A document, by its key.
    Document(&'a str),
    /// The only state machine.
    Machine,
    /// The sender address of a mail.
    Sender(Cow<'a, str>),
}

/// A call that is not granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    function: String,
    action: String,
    resource: String,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { function, action, resource } = self;
        write!(
            f,
            "User: arn:aws:sts::000000000000:assumed-role/{function} is not authorized to perform: {action} on resource: \
             {resource} because no identity-based policy allows the {action} action"
        )
    }
}

impl Rights {
    /// The rights in the template. `sender` is the value of its sender address; `None` accepts every address.
    pub fn of(template: &Template, sender: Option<String>) -> Self {
        let granted = template.functions.iter().map(|function| {
            let rights = function.grants.iter().flat_map(|grant| {
                let on = noted(&grant.on);
                grant.actions.iter().map(move |action| format!("{action} {on}"))
            });
            (function.name.clone(), rights.collect())
        });
        Self {
            granted: granted.collect(),
            tables: template.tables.iter().map(|table| (table.name.clone(), table.logical_id.clone())).collect(),
            sender,
            used: Mutex::default(),
            noted_in: std::env::var_os(NOTED_IN).map(PathBuf::from),
        }
    }

    /// The functions with rights of their own. Any other key is the administrator's, who may do everything.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.granted.keys().map(String::as_str)
    }

    /// Checks whether a function may do this.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn judge(&self, function: &str, action: &str, on: &Resource<'_>) -> Result<(), Denied> {
        let Some(granted) = self.granted.get(function) else { return Ok(()) };
        let right = self.needed(action, on);
        let by_prefix = |granted: &&Right| granted.strip_suffix('*').is_some_and(|start| right.starts_with(start));
        let found = granted.get(&right).or_else(|| granted.iter().find(by_prefix));
        match found {
            Some(right) => {
                self.note(function, right);
                Ok(())
            }
            None => {
                Err(Denied { function: function.to_owned(), action: action.to_owned(), resource: format!("{on:?}") })
            }
        }
    }

    /// The right that a call needs.
    fn needed(&self, action: &str, on: &Resource<'_>) -> Right {
        let logical = |table: &str| self.tables.get(table).map_or_else(|| table.to_owned(), String::clone);
        match on {
            Resource::Table(table) => format!("{action} {}", logical(table)),
            Resource::Index(table, index) => format!("{action} {}/index/{index}", logical(table)),
            Resource::Document(key) => format!("{action} {key}"),
            Resource::Machine => format!("{action} {MACHINE}"),
            Resource::Sender(from) if self.sender.as_ref().is_none_or(|sender| sender == from) => {
                format!("{action} {SENDER}")
            }
            Resource::Sender(from) => format!("{action} {from}"),
        }
    }

    fn note(&self, function: &str, right: &Right) {
        let Some(folder) = &self.noted_in else { return };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.insert((function.to_owned(), right.clone())) {
            let file = folder.join(format!("{}.txt", std::process::id()));
            let opened = std::fs::File::options().create(true).append(true).open(&file);
            if let Err(error) = opened.and_then(|mut file| writeln!(file, "{function} {right}")) {
                eprintln!("{}: {error}", file.display());
            }
        }
    }

    /// The grants that no call used, as `function right`, from the records of all processes in a folder.
    ///
    /// # Errors
    /// The folder or a record cannot be read.
    pub fn unused(&self, folder: &std::path::Path) -> std::io::Result<Vec<String>> {
        let mut used = BTreeSet::new();
        for note in std::fs::read_dir(folder)? {
            used.extend(std::fs::read_to_string(note?.path())?.lines().map(str::to_owned));
        }
        let all = self
            .granted
            .iter()
            .flat_map(|(function, rights)| rights.iter().map(move |right| format!("{function} {right}")));
        Ok(all.filter(|grant| !used.contains(grant)).collect())
    }

    /// A client whose calls are checked against this function's rights.
    pub fn guard(self: &Arc<Self>, function: &str, inner: SharedHttpClient) -> SharedHttpClient {
        SharedHttpClient::new(Guard { inner, rights: self.clone(), function: function.to_owned() })
    }
}

/// The names of the only machine and the only sender in rights.
const MACHINE: &str = "ReimbursementBatch";
const SENDER: &str = "MailSender";

fn noted(on: &Target) -> String {
    match on {
        Target::Table(table) => table.clone(),
        Target::Index { table, index } => format!("{table}/index/{index}"),
        Target::Objects { prefix, .. } => format!("{prefix}*"),
        Target::Bucket(bucket) => bucket.clone(),
        Target::Machine(machine) => machine.clone(),
        Target::Elsewhere(_) => SENDER.to_owned(),
    }
}

/// The HTTP client of one function.
struct Guard {
    inner: SharedHttpClient,
    rights: Arc<Rights>,
    function: String,
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guard").field(&self.function).finish()
    }
}

impl HttpClient for Guard {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Judged {
            inner: self.inner.http_connector(settings, components),
            rights: self.rights.clone(),
            function: self.function.clone(),
        })
    }
}

/// A connection of that client.
struct Judged {
    inner: SharedHttpConnector,
    rights: Arc<Rights>,
    function: String,
}

impl fmt::Debug for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Judged").field(&self.function).finish()
    }
}

impl HttpConnector for Judged {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default();
        let calls = calls(target, body);
        let judged = calls.iter().try_for_each(|(action, on)| self.rights.judge(&self.function, action, on));
        match judged {
            Ok(()) => self.inner.call(request),
            Err(denied) => {
                eprintln!("{denied}");
                HttpConnectorFuture::ready(Ok(refusal(target, &denied)))
            }
        }
    }
}

/// The response to a call that is not granted, in the service's own format.
fn refusal(target: &str, denied: &Denied) -> HttpResponse {
    let (status, body) = if target.is_empty() {
        let message = denied.to_string().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let error = format!("<Type>Sender</Type><Code>AccessDenied</Code><Message>{message}</Message>");
        (403, format!("<ErrorResponse><Error>{error}</Error><RequestId>0</RequestId></ErrorResponse>"))
    } else {
        let kind = "com.amazon.coral.service#AccessDeniedException";
        (400, serde_json::json!({ "__type": kind, "message": denied.to_string() }).to_string())
    };
    HttpResponse::new(status.try_into().expect("it is a status"), SdkBody::from(body))
}

/// The part of a DynamoDB request that names its resource.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'a> {
    #[serde(borrow)]
    table_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    index_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    request_items: Option<BTreeMap<Cow<'a, str>, IgnoredAny>>,
    #[serde(borrow)]
    transact_items: Option<Vec<BTreeMap<Cow<'a, str>, Leg<'a>>>>,
}

/// One part of a transaction.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Leg<'a> {
    #[serde(borrow)]
    table_name: Cow<'a, str>,
}

/// The actions of a request. A transaction has the action of each of its parts. S3 is checked in its engine.
fn calls<'a>(target: &str, body: &'a [u8]) -> Vec<(Cow<'static, str>, Resource<'a>)> {
    match target.split_once('.') {
        Some(("DynamoDB_20120810", operation)) => of_dynamodb(operation, body),
        Some(("AWSStepFunctions", operation)) => vec![(format!("states:{operation}").into(), Resource::Machine)],
        _ => of_ses(body).into_iter().collect(),
    }
}

fn of_dynamodb<'a>(operation: &str, body: &'a [u8]) -> Vec<(Cow<'static, str>, Resource<'a>)> {
    // The engine refuses a body that cannot be parsed.
    let Ok(asked) = serde_json::from_slice::<Asked<'a>>(body) else { return Vec::new() };
    let action = |name: &str| Cow::Owned(format!("dynamodb:{name}"));
    let one = match (asked.table_name, asked.index_name) {
        (Some(table), Some(index)) => Some((action(operation), Resource::Index(table, index))),
        (Some(table), None) => Some((action(operation), Resource::Table(table))),
        (None, _) => None,
    };
    let batch = asked.request_items.into_iter().flatten().map(|(table, _)| (action(operation), Resource::Table(table)));
    let legs = asked.transact_items.into_iter().flatten().flatten();
    let legs = legs.map(|(kind, leg)| {
        let name = if kind == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{kind}Item") };
        (action(&name), Resource::Table(leg.table_name))
    });
    one.into_iter().chain(batch).chain(legs).collect()
}

fn of_ses(body: &[u8]) -> Option<(Cow<'static, str>, Resource<'_>)> {
    let fields = || form_urlencoded::parse(body);
    let action = fields().find(|(name, _)| name == "Action").map(|(_, value)| value)?;
    let from = fields().find(|(name, _)| name == "Source").map(|(_, value)| value).unwrap_or_default();
    Some((format!("ses:{action}").into(), Resource::Sender(from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights() -> Rights {
        Rights::of(&Template::embedded().unwrap(), Some("mails@example.org".into()))
    }

    fn table(name: &str) -> Resource<'_> {
        Resource::Table(name.into())
    }

    #[test]
    fn a_function_may_do_what_it_is_granted_on_what_it_is_granted_and_nothing_else() {
        let rights = rights();
        let judge = |function, action, on: Resource<'_>| rights.judge(function, action, &on).is_ok();
        assert!(judge("partner-dossier", "dynamodb:PutItem", table("Partners")));
        assert!(!judge("partner-dossier", "dynamodb:Scan", table("Partners")));
        assert!(!judge("partner-dossier", "dynamodb:PutItem", table("Transactions")));
        assert!(judge("account-login", "dynamodb:Query", Resource::Index("Accounts".into(), "by_email".into())));
        assert!(!judge("account-login", "dynamodb:Query", table("Accounts")), "the index, and not its table");
        assert!(judge("partner-dossier", "s3:PutObject", Resource::Document("rib/1")));
        assert!(!judge("partner-dossier", "s3:PutObject", Resource::Document("convention/1")));
        let from = |address: &'static str| Resource::Sender(address.into());
        assert!(judge("background-mailer", "ses:SendRawEmail", from("mails@example.org")));
        assert!(!judge("background-mailer", "ses:SendRawEmail", from("autre@example.org")));
        assert!(!judge("public-hotline", "ses:SendRawEmail", from("mails@example.org")));
        assert!(judge("team-reimbursements", "states:StartExecution", Resource::Machine));
        assert!(judge("local", "dynamodb:DeleteTable", table("Partners")), "the administrator");
    }

    #[test]
    fn each_part_of_a_transaction_and_of_a_batch_is_judged() {
        let body = br#"{"TransactItems":[{"Put":{"TableName":"a","Item":{}}},{"ConditionCheck":{"TableName":"b"}},
            {"Update":{"TableName":"c","Key":{"TableName":{"S":"x"}}}},{"Delete":{"TableName":"d"}}]}"#;
        let asked: Vec<_> = calls("DynamoDB_20120810.TransactWriteItems", body)
            .into_iter()
            .map(|(action, on)| (action.into_owned(), on))
            .collect();
        let expected = [("PutItem", "a"), ("ConditionCheckItem", "b"), ("UpdateItem", "c"), ("DeleteItem", "d")];
        assert_eq!(asked, expected.map(|(action, name)| (format!("dynamodb:{action}"), table(name))));
        let body = br#"{"RequestItems":{"a":{"Keys":[]},"b":{"Keys":[]}}}"#;
        let asked = calls("DynamoDB_20120810.BatchGetItem", body);
        assert_eq!(asked.len(), 2);
        assert!(asked.iter().all(|(action, _)| action == "dynamodb:BatchGetItem"));
        let body = br#"{"TableName":"a","IndexName":"by_due"}"#;
        let on = Resource::Index("a".into(), "by_due".into());
        assert_eq!(calls("DynamoDB_20120810.Query", body), [("dynamodb:Query".into(), on)]);
        let mail = b"Action=SendRawEmail&Version=2010-12-01&Source=mails%40example.org&RawMessage.Data=QQ%3D%3D";
        assert_eq!(calls("", mail), [("ses:SendRawEmail".into(), Resource::Sender("mails@example.org".into()))]);
    }

    #[test]
    fn a_refusal_is_in_the_services_own_form() {
        let denied = rights().judge("partner-dossier", "dynamodb:Scan", &table("Partners")).unwrap_err();
        let json = refusal("DynamoDB_20120810.Scan", &denied);
        let text = String::from_utf8(json.body().bytes().unwrap().to_vec()).unwrap();
        assert!(text.contains("AccessDeniedException") && text.contains("dynamodb:Scan"), "{text}");
        let xml = refusal("", &denied);
        assert_eq!(xml.status().as_u16(), 403);
    }
}
