//! State machines: their definition, their schedules, and the functions that their role may call.

use std::collections::{BTreeMap, BTreeSet};

use super::error::TemplateError;
use super::functions::{Function, Schedule};
use super::node::Node;
use crate::expression::Expression;
use crate::states::Definition;

/// The resource type of a [`Machine`].
pub(super) const STATE_MACHINE: &str = "AWS::Serverless::StateMachine";

/// A Step Functions state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Its name in the template: `ReimbursementBatch`.
    pub logical_id: String,
    /// The definition; functions are named by their package.
    pub definition: Definition,
    /// Its schedules.
    pub schedules: Vec<Schedule>,
}

impl Machine {
    /// Its ARN on this machine.
    pub fn arn(&self) -> String {
        arn(&self.logical_id)
    }
}

/// The value of `!Ref` of a state machine on this machine, with an account number that no account has.
pub(super) fn arn(id: &str) -> String {
    format!("arn:aws:states:{}:000000000000:stateMachine:{id}", crate::region::REGION)
}

/// Parses a state machine, and checks that it may call the functions that it calls.
pub(super) fn machine(id: &str, resource: &Node<'_>, functions: &[Function]) -> Result<Machine, TemplateError> {
    let properties = resource.need("Properties")?;
    let kind = properties.need("Type")?;
    if kind.text()? != "STANDARD" {
        return kind.wrong("is not STANDARD: only then does a name start one execution");
    }
    let packages = |node: &Node<'_>| {
        let Expression::GetAtt(id, attribute) = node.expression()? else {
            return node.wrong("is not !GetAtt Function.Arn");
        };
        match functions.iter().find(|function| function.logical_id == id && attribute == "Arn") {
            Some(function) => Ok(function.name.clone()),
            None => node.wrong(format!("{id}.{attribute} is no function of this template")),
        }
    };
    let substitutions = properties.need("DefinitionSubstitutions")?.entries()?;
    let substitutions: BTreeMap<String, String> =
        substitutions.into_iter().map(|(name, node)| Ok((name, packages(&node)?))).collect::<Result<_, _>>()?;
    let node = properties.need("Definition")?;
    let read = serde_yaml_ng::from_value::<Definition>(node.value.clone()).map_err(|error| error.to_string());
    let definition = read.and_then(|read| read.complete(&substitutions)).or_else(|what| node.wrong(what))?;
    let called: BTreeSet<String> = definition.functions().map(str::to_owned).collect();
    let policies = properties.need("Policies")?;
    let allowed = invoked(&policies, &packages)?;
    if let Some(name) = called.symmetric_difference(&allowed).next() {
        let what = if called.contains(name) { "which its role may not call" } else { "and never calls it" };
        let how = if called.contains(name) { "calls" } else { "may call" };
        return policies.wrong(format!("the machine {how} {name}, {what}"));
    }
    let schedules = properties.need("Events")?.entries()?.iter().map(schedule).collect::<Result<_, _>>()?;
    Ok(Machine { logical_id: id.to_owned(), definition, schedules })
}

/// The functions that the policy's statements allow to call; other statements are for logs.
fn invoked(
    policies: &Node<'_>,
    package: &impl Fn(&Node<'_>) -> Result<String, TemplateError>,
) -> Result<BTreeSet<String>, TemplateError> {
    let mut invoked = BTreeSet::new();
    for policy in policies.items()? {
        for statement in policy.need("Statement")?.items()? {
            for action in statement.need("Action")?.one_or_more() {
                match action.text()?.as_str() {
                    "lambda:InvokeFunction" => {
                        for resource in statement.need("Resource")?.one_or_more() {
                            invoked.insert(package(&resource)?);
                        }
                    }
                    logs if logs.starts_with("logs:") && !logs.contains('*') => {}
                    other => return action.wrong(format!("{other} is neither lambda:InvokeFunction nor of logs")),
                }
            }
        }
    }
    Ok(invoked)
}

/// A schedule. Its event has no content, because the function decides what is due.
fn schedule((name, event): &(String, Node<'_>)) -> Result<Schedule, TemplateError> {
    let kind = event.need("Type")?;
    if kind.text()? != "ScheduleV2" {
        return kind.wrong("is not ScheduleV2");
    }
    let detail = event.need("Properties")?;
    let input = detail.need("Input")?;
    if input.text()? != "{}" {
        return input.wrong("is not {}");
    }
    Ok(Schedule { name: name.clone(), expression: detail.need("ScheduleExpression")?.text()? })
}
