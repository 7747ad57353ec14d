//! Parses and runs the part of Amazon States Language (states-language.net) that `infra/template.yaml` uses. Anything
//! else is an error at start, so that a definition never silently runs otherwise than in the cloud.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

/// The failure of an execution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}: {cause}")]
pub struct Failed {
    /// The error's name: `States.Timeout`, `Lambda.ServiceException`…
    pub error: String,
    /// The error's message.
    pub cause: String,
}

impl Failed {
    /// An error of the function itself is a [failed task](https://states-language.net/#appendix-a).
    pub fn task(cause: impl ToString) -> Self {
        Self { error: "States.TaskFailed".to_owned(), cause: cause.to_string() }
    }

    fn timeout(after_s: u64) -> Self {
        Self { error: "States.Timeout".to_owned(), cause: format!("not done after {after_s} s") }
    }

    fn runtime(cause: impl Into<String>) -> Self {
        Self { error: "States.Runtime".to_owned(), cause: cause.into() }
    }
}

/// The states of a machine and their transitions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Definition {
    #[serde(default, rename = "Comment")]
    _comment: Option<String>,
    start_at: String,
    timeout_seconds: u64,
    states: BTreeMap<String, State>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "Type")]
enum State {
    Task(Task),
    Choice(Choice),
    Wait(Wait),
    Succeed(Succeed),
    Fail(Fail),
}

/// Calls a function and passes its answer to the next state.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Task {
    resource: String,
    #[serde(default)]
    input_path: Input,
    timeout_seconds: u64,
    #[serde(default)]
    retry: Vec<Retry>,
    #[serde(default)]
    catch: Vec<Catch>,
    next: String,
}

/// The input of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
enum Input {
    /// The output of the state before.
    #[default]
    #[serde(rename = "$")]
    Given,
    /// The input of the execution.
    #[serde(rename = "$$.Execution.Input")]
    Execution,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Retry {
    error_equals: Vec<String>,
    interval_seconds: u64,
    backoff_rate: u64,
    max_attempts: u32,
}

impl Retry {
    /// The wait before the next retry, after this many; `None` when there are no more.
    fn pause(&self, retried: u32) -> Option<Duration> {
        let growth = self.backoff_rate.saturating_pow(retried);
        (retried < self.max_attempts).then(|| Duration::from_secs(self.interval_seconds.saturating_mul(growth)))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Catch {
    error_equals: Vec<String>,
    next: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Choice {
    choices: Vec<Rule>,
    default: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Rule {
    variable: String,
    boolean_equals: bool,
    next: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Wait {
    seconds: u64,
    next: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Succeed {}

/// Fails the execution with the name and the message of the failure that was caught.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Fail {
    error_path: String,
    cause_path: String,
}

impl State {
    fn targets(&self) -> Vec<&String> {
        match self {
            Self::Task(task) => task.catch.iter().map(|catch| &catch.next).chain([&task.next]).collect(),
            Self::Choice(choice) => choice.choices.iter().map(|rule| &rule.next).chain([&choice.default]).collect(),
            Self::Wait(wait) => vec![&wait.next],
            Self::Succeed(_) | Self::Fail(_) => vec![],
        }
    }

    fn paths(&self) -> Vec<&String> {
        match self {
            Self::Choice(choice) => choice.choices.iter().map(|rule| &rule.variable).collect(),
            Self::Fail(fail) => vec![&fail.error_path, &fail.cause_path],
            Self::Task(_) | Self::Wait(_) | Self::Succeed(_) => vec![],
        }
    }
}

impl Definition {
    /// Replaces `${…}` by the functions' names, and checks the states against each other.
    ///
    /// # Errors
    /// A function or a state does not exist, or a path is not of the form `$.field`.
    pub fn complete(mut self, functions: &BTreeMap<String, String>) -> Result<Self, String> {
        for (name, state) in &mut self.states {
            if let State::Task(task) = state {
                let key = task.resource.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                let function = key.and_then(|key| functions.get(key));
                task.resource = function.ok_or_else(|| format!("{name}: {} is no function", task.resource))?.clone();
            }
        }
        for (name, state) in &self.states {
            if let Some(stray) = state.targets().into_iter().find(|target| !self.states.contains_key(*target)) {
                return Err(format!("{name}: there is no state {stray}"));
            }
            if let Some(path) = state.paths().into_iter().find(|path| field(path).is_none()) {
                return Err(format!("{name}: {path} is not $.field"));
            }
        }
        if !self.states.contains_key(&self.start_at) {
            return Err(format!("there is no state {}", self.start_at));
        }
        Ok(self)
    }

    /// The functions that the machine calls.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.states.values().filter_map(|state| match state {
            State::Task(task) => Some(task.resource.as_str()),
            State::Choice(_) | State::Wait(_) | State::Succeed(_) | State::Fail(_) => None,
        })
    }

    /// Runs one execution: `call` invokes a function by its package name, `sleep` waits.
    ///
    /// # Errors
    /// The failure of the execution.
    pub async fn run<C, S>(
        &self,
        input: &Value,
        call: impl Fn(String, Value) -> C,
        sleep: impl Fn(Duration) -> S,
    ) -> Result<Value, Failed>
    where
        C: Future<Output = Result<Value, Failed>>,
        S: Future<Output = ()>,
    {
        let whole = Duration::from_secs(self.timeout_seconds);
        let ended = tokio::time::timeout(whole, self.walk(input, &call, &sleep)).await;
        ended.unwrap_or_else(|_| Err(Failed::timeout(self.timeout_seconds)))
    }

    async fn walk<C, S>(
        &self,
        input: &Value,
        call: &impl Fn(String, Value) -> C,
        sleep: &impl Fn(Duration) -> S,
    ) -> Result<Value, Failed>
    where
        C: Future<Output = Result<Value, Failed>>,
        S: Future<Output = ()>,
    {
        let (mut here, mut data) = (&self.start_at, input.clone());
        loop {
            here = match &self.states[here] {
                State::Succeed(_) => return Ok(data),
                State::Fail(fail) => return Err(fail.with(&data)),
                State::Wait(wait) => {
                    sleep(Duration::from_secs(wait.seconds)).await;
                    &wait.next
                }
                State::Choice(choice) => choice.next(&data)?,
                State::Task(task) => {
                    let asked = if task.input_path == Input::Execution { input } else { &data };
                    let (next, answer) = task.perform(asked, call, sleep).await?;
                    data = answer;
                    next
                }
            };
        }
    }
}

impl Task {
    /// Calls the function, with retries; returns the next state and its input.
    async fn perform<C, S>(
        &self,
        input: &Value,
        call: &impl Fn(String, Value) -> C,
        sleep: &impl Fn(Duration) -> S,
    ) -> Result<(&String, Value), Failed>
    where
        C: Future<Output = Result<Value, Failed>>,
        S: Future<Output = ()>,
    {
        let mut retried = vec![0; self.retry.len()];
        loop {
            let limit = Duration::from_secs(self.timeout_seconds);
            let answer = tokio::time::timeout(limit, call(self.resource.clone(), input.clone())).await;
            let failed = match answer.unwrap_or_else(|_| Err(Failed::timeout(self.timeout_seconds))) {
                Ok(answer) => return Ok((&self.next, answer)),
                Err(failed) => failed,
            };
            let place = self.retry.iter().position(|retry| matches(&retry.error_equals, &failed));
            if let Some(place) = place
                && let Some(pause) = self.retry[place].pause(retried[place])
            {
                retried[place] += 1;
                sleep(pause).await;
                continue;
            }
            return match self.catch.iter().find(|catch| matches(&catch.error_equals, &failed)) {
                Some(catch) => Ok((&catch.next, json!({ "Error": failed.error, "Cause": failed.cause }))),
                None => Err(failed),
            };
        }
    }
}

impl Choice {
    fn next(&self, data: &Value) -> Result<&String, Failed> {
        for rule in &self.choices {
            let value = field(&rule.variable).and_then(|name| data.get(name));
            let Some(value) = value else {
                return Err(Failed::runtime(format!("{} is not there", rule.variable)));
            };
            if value.as_bool() == Some(rule.boolean_equals) {
                return Ok(&rule.next);
            }
        }
        Ok(&self.default)
    }
}

impl Fail {
    fn with(&self, data: &Value) -> Failed {
        let text = |path: &str| field(path).and_then(|name| data.get(name)).and_then(Value::as_str);
        match (text(&self.error_path), text(&self.cause_path)) {
            (Some(error), Some(cause)) => Failed { error: error.to_owned(), cause: cause.to_owned() },
            _ => Failed::runtime("a Fail state was not told of a failure"),
        }
    }
}

/// Whether a list of error names matches a failure; `States.ALL` and `States.TaskFailed` stand for several.
fn matches(names: &[String], failed: &Failed) -> bool {
    names.iter().any(|name| match name.as_str() {
        "States.ALL" => true,
        "States.TaskFailed" => failed.error != "States.Timeout",
        name => name == failed.error,
    })
}

/// `done` of `$.done`; deeper paths are not supported.
fn field(path: &str) -> Option<&str> {
    path.strip_prefix("$.").filter(|name| !name.is_empty() && !name.contains(['.', '[', '$']))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    const LOOP: &str = r#"{ "StartAt": "Slice", "TimeoutSeconds": 60, "States": {
        "Slice": { "Type": "Task", "Resource": "${Batch}", "InputPath": "$$.Execution.Input", "TimeoutSeconds": 9,
            "Retry": [{ "ErrorEquals": ["Lambda.ServiceException"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 2 }],
            "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Stopped" }], "Next": "Pause" },
        "Pause": { "Type": "Wait", "Seconds": 1, "Next": "Enough" },
        "Enough": { "Type": "Choice", "Default": "Slice",
            "Choices": [{ "Variable": "$.done", "BooleanEquals": true, "Next": "Done" }] },
        "Done": { "Type": "Succeed" },
        "Stopped": { "Type": "Fail", "ErrorPath": "$.Error", "CausePath": "$.Cause" } } }"#;

    fn read(text: &str) -> Result<Definition, String> {
        let functions = BTreeMap::from([("Batch".to_owned(), "background-batch".to_owned())]);
        let definition: Definition = serde_json::from_str(text).map_err(|error| error.to_string())?;
        definition.complete(&functions)
    }

    /// The outcome of an execution whose function gives these answers, one for each call, and the seconds of each wait.
    async fn run(answers: Vec<Result<Value, Failed>>) -> (Result<Value, Failed>, Vec<u64>) {
        let (calls, waited) = (Cell::new(0), RefCell::new(vec![]));
        let call = |function: String, asked: Value| {
            assert_eq!((function.as_str(), asked), ("background-batch", json!({ "week": "2026-W47" })));
            calls.set(calls.get() + 1);
            std::future::ready(answers[calls.get() - 1].clone())
        };
        let sleep = |pause: Duration| {
            waited.borrow_mut().push(pause.as_secs());
            std::future::ready(())
        };
        let ended = read(LOOP).unwrap().run(&json!({ "week": "2026-W47" }), call, sleep).await;
        assert_eq!(calls.get(), answers.len());
        (ended, waited.into_inner())
    }

    fn down() -> Result<Value, Failed> {
        Err(Failed { error: "Lambda.ServiceException".to_owned(), cause: "down".to_owned() })
    }

    #[tokio::test]
    async fn a_function_is_called_until_it_is_done_and_asked_the_same_each_time() {
        let (ended, waited) =
            run(vec![Ok(json!({ "done": false })), Ok(json!({ "done": false })), Ok(json!({ "done": true }))]).await;
        assert_eq!((ended, waited), (Ok(json!({ "done": true })), vec![1, 1, 1]));
    }

    #[tokio::test]
    async fn what_lambda_fails_at_is_tried_again_ever_later_and_not_for_ever() {
        let (ended, waited) = run(vec![down(), down(), Ok(json!({ "done": true }))]).await;
        assert_eq!((ended, waited), (Ok(json!({ "done": true })), vec![2, 6, 1]));
        let (ended, waited) = run(vec![down(), down(), down()]).await;
        assert_eq!((ended, waited), (down(), vec![2, 6]));
        let (ended, _) =
            run(vec![down(), down(), Ok(json!({ "done": false })), down(), Ok(json!({ "done": true }))]).await;
        assert!(ended.is_ok(), "each visit of a state has its own attempts");
    }

    #[tokio::test]
    async fn what_the_function_refuses_is_not_asked_again() {
        let (ended, waited) = run(vec![Err(Failed::task("it does not add up"))]).await;
        assert_eq!((ended, waited), (Err(Failed::task("it does not add up")), vec![]));
    }

    #[tokio::test]
    async fn an_answer_that_does_not_say_whether_it_is_done_ends_the_execution() {
        let (ended, _) = run(vec![Ok(json!({ "walked": 3 }))]).await;
        assert_eq!(ended.unwrap_err().error, "States.Runtime");
    }

    #[tokio::test]
    async fn a_function_that_never_answers_is_given_up() {
        let definition = read(&LOOP.replace("\"TimeoutSeconds\": 9", "\"TimeoutSeconds\": 0")).unwrap();
        let never = |_, _| std::future::pending();
        let ended = definition.run(&json!({}), never, tokio::time::sleep).await;
        assert_eq!(ended, Err(Failed::timeout(0)));
    }

    #[test]
    fn names_that_stand_for_several_failures_are_the_language_s_own() {
        let takes = |name: &str, failed: &Failed| matches(&[name.to_owned()], failed);
        let (late, refused) = (Failed::timeout(9), Failed::task("no"));
        assert!(takes("States.ALL", &late) && takes("States.Timeout", &late) && !takes("States.TaskFailed", &late));
        assert!(takes("States.ALL", &refused) && takes("States.TaskFailed", &refused));
        assert!(takes("States.TaskFailed", &down().unwrap_err()) && !takes("Lambda.ServiceException", &refused));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (from, to, told) in [
            ("\"Type\": \"Wait\"", "\"Type\": \"Parallel\"", "unknown variant `Parallel`"),
            (
                "\"MaxAttempts\": 2",
                "\"MaxAttempts\": 2, \"JitterStrategy\": \"FULL\"",
                "unknown field `JitterStrategy`",
            ),
            ("\"Seconds\": 1,", "\"SecondsPath\": \"$.s\",", "unknown field `SecondsPath`"),
            ("\"$$.Execution.Input\"", "\"$.week\"", "unknown variant `$.week`"),
            ("\"Type\": \"Succeed\"", "\"Type\": \"Succeed\", \"Output\": {}", "unknown field `Output`"),
            ("${Batch}", "${Other}", "Slice: ${Other} is no function"),
            ("\"Default\": \"Slice\"", "\"Default\": \"Slices\"", "Enough: there is no state Slices"),
            ("\"StartAt\": \"Slice\"", "\"StartAt\": \"Begin\"", "there is no state Begin"),
            ("$.done", "$.batch.done", "Enough: $.batch.done is not $.field"),
        ] {
            assert!(LOOP.contains(from), "{from}");
            let refused = read(&LOOP.replacen(from, to, 1)).unwrap_err();
            assert!(refused.contains(told), "{refused}");
        }
    }
}
