//! Generates `infra/template.yaml` from `infra/base.yaml` and the functions that the rooms declare.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::http::Method;
use epass_web::Room;
use epass_web::function::{Event, Function, Grant, On, Source};

use crate::rooms;
use crate::template::EMBEDDED;

/// The part written by hand: parameters, tables, the bucket, the state machine, alarms.
const BASE: &str = include_str!("../../base.yaml");

/// The line of [`BASE`] that the functions replace.
const PLACE: &str = "  # The functions stand here.\n";

/// The header of the generated file.
const HEAD: &str = "# Written by `cargo run -- template` from infra/base.yaml and what each room declares (src/function.rs). Change those.\n";

/// Checks that the committed template matches the rooms, so that this runner runs what would be deployed.
///
/// # Errors
/// A sentence, when a room declares something else.
pub fn check() -> Result<(), &'static str> {
    static IS_CURRENT: LazyLock<bool> = LazyLock::new(|| EMBEDDED == template());
    if *IS_CURRENT {
        Ok(())
    } else {
        Err("infra/template.yaml is not what the rooms declare: run `cargo run -- template`")
    }
}

/// The whole template.
pub fn template() -> String {
    let http = rooms::all().iter().map(|room| (room.function(), Some(room)));
    let background = rooms::BACKGROUND.into_iter().map(|function| (function, None));
    let mut functions: Vec<_> = http.chain(background).collect();
    functions.sort_by_key(|(function, _)| function.name);
    let written: Vec<String> = functions.into_iter().map(|(function, room)| one(function, room)).collect();
    HEAD.to_owned() + &BASE.replacen(PLACE, &written.join("\n"), 1)
}

/// One function as SAM YAML.
fn one(function: &Function, room: Option<&Room>) -> String {
    let Function { name, description, memory, timeout, .. } = function;
    let (id, folder) = (pascal(name), name.replacen('-', "/", 1));
    let mut text = format!(
        "  {id}:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: rust-cargolambda
      BuildProperties: {{ Binary: {name} }}
    Properties:
      Description: {description:?}
      CodeUri: ../functions/{folder}
      MemorySize: {memory}
      Timeout: {timeout}
"
    );
    section(&mut text, "      Environment:\n        Variables:\n", &variables(function));
    section(&mut text, "      Events:\n", &events(function, room));
    let statements: Vec<String> = function.grants.iter().map(statement).collect();
    section(&mut text, "      Policies:\n        - Version: \"2012-10-17\"\n          Statement:\n", &statements);
    text
}

fn section(text: &mut String, head: &str, lines: &[String]) {
    if !lines.is_empty() {
        text.push_str(head);
        text.extend(lines.iter().map(String::as_str));
    }
}

/// `partner-dossier` as a logical id: `PartnerDossier`.
fn pascal(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}

/// The environment: the names of its granted resources, and its settings.
fn variables(function: &Function) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut tell = |variable: &str, value: &str| {
        let line = format!("          {variable}: {value}\n");
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    for grant in function.grants {
        match grant.on {
            On::Table(table) | On::Index(table, _) => tell(table.variable(), &format!("!Ref {table:?}")),
            On::Documents(_) => tell("EPASS_BUCKET", "!Ref Documents"),
            On::ReimbursementMachine => tell("EPASS_REIMBURSEMENT_MACHINE", "!Ref ReimbursementBatch"),
            On::Sender => tell("EPASS_MAIL_SENDER", "!Ref MailSender"),
        }
    }
    for setting in function.settings {
        let value = match setting.source() {
            Source::Parameter(name) => format!("!Ref {name}"),
            Source::Secret(name) => format!("!Sub \"{{{{resolve:secretsmanager:${{{name}}}}}}}\""),
        };
        tell(setting.variable(), &value);
    }
    lines
}

/// The events: requests, and the function's own. Each GET route has a HEAD route beside it, because an HTTP API does
/// not route HEAD to GET by itself.
fn events(function: &Function, room: Option<&Room>) -> Vec<String> {
    let mut lines = Vec::new();
    let route = |method: &Method, path: &str| {
        let id = pascal(&format!("{}{}", method.as_str().to_ascii_lowercase(), pascal(path)));
        format!(
            "        {id}: {{ Type: HttpApi, Properties: {{ ApiId: !Ref Site, Method: {method}, Path: {path:?} }} }}\n"
        )
    };
    for declared in room.map(Room::declared).unwrap_or_default() {
        lines.push(route(&declared.method, &declared.path));
        if declared.method == Method::GET {
            lines.push(route(&Method::HEAD, &declared.path));
        }
    }
    if room.is_some_and(Room::is_fallback) {
        // No path and no method: the route `$default`.
        lines.push("        Default: { Type: HttpApi, Properties: { ApiId: !Ref Site } }\n".to_owned());
    }
    lines.extend(function.events.iter().map(event));
    lines
}

fn event(event: &Event) -> String {
    match event {
        Event::Schedule { name, expression, in_paris, input, retried } => {
            let mut text = format!(
                "        {name}:\n          Type: ScheduleV2\n          Properties:\n            ScheduleExpression: {expression}\n"
            );
            let mut add = |line: &str| writeln!(text, "            {line}").expect("a string takes it");
            if *in_paris {
                add("ScheduleExpressionTimezone: Europe/Paris");
            }
            if let Some(input) = input {
                add(&format!("Input: '{input}'"));
            }
            if !retried {
                add("RetryPolicy: { MaximumRetryAttempts: 0 }");
            }
            text
        }
        Event::Stream { name, of, pattern, batch, parallel, leftovers } => format!(
            "        {name}:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt {of:?}.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: {batch}
            ParallelizationFactor: {parallel}
            BisectBatchOnFunctionError: true
            MaximumRetryAttempts: 5
            MaximumRecordAgeInSeconds: 3600
            FunctionResponseTypes: [ReportBatchItemFailures]
            FilterCriteria:
              Filters:
                - Pattern: '{pattern}'
            DestinationConfig:
              OnFailure: {{ Type: SQS, Destination: !GetAtt {leftovers}.Arn }}
"
        ),
    }
}

fn statement(grant: &Grant) -> String {
    let resource = match grant.on {
        On::Table(table) => format!("!GetAtt {table:?}.Arn"),
        On::Index(table, index) => format!("!Sub \"${{{table:?}.Arn}}/index/{index}\""),
        On::Documents(prefix) => format!("!Sub \"${{Documents.Arn}}/{prefix}*\""),
        On::ReimbursementMachine => "!Ref ReimbursementBatch".to_owned(),
        On::Sender => {
            let identity = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:*";
            format!(
                "!Sub \"{identity}\"\n              Condition: {{ StringEquals: {{ ses:FromAddress: !Ref MailSender }} }}"
            )
        }
    };
    let actions: Vec<&str> = grant.actions.iter().map(|action| action.code()).collect();
    format!(
        "            - Effect: Allow\n              Action: [{}]\n              Resource: {resource}\n",
        actions.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_the_one_that_is_written_from_the_rooms() {
        let (kept, written) = (EMBEDDED, template());
        let differs = kept.lines().zip(written.lines()).find(|(kept, written)| kept != written);
        assert_eq!(differs, None, "run `cargo run -- template`");
        assert_eq!(kept.len(), written.len(), "run `cargo run -- template`");
    }
}
