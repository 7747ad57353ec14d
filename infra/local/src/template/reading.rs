//! Parses a function of the template.

use std::collections::{BTreeMap, BTreeSet};

use super::error::TemplateError;
use super::functions::{Function, Grant, Route, Schedule, Setting, Stream, Target};
use super::kinds::Kinds;
use super::node::Node;
use crate::expression::Expression;

pub(super) fn parameters(root: &Node<'_>) -> Result<BTreeMap<String, Option<String>>, TemplateError> {
    let Some(section) = root.get("Parameters") else {
        return Ok(BTreeMap::new());
    };
    let read = |(name, parameter): (String, Node<'_>)| {
        let default = parameter.get("Default").map(|node| node.text()).transpose()?;
        Ok((name, default))
    };
    section.entries()?.into_iter().map(read).collect()
}

pub(super) fn function(
    id: &str,
    resource: &Node<'_>,
    globals: Option<&Node<'_>>,
    kinds: &Kinds<'_>,
) -> Result<Function, TemplateError> {
    let properties = resource.need("Properties")?;
    let either = |key: &str| properties.get(key).or_else(|| globals.and_then(|globals| globals.get(key)));
    let number = |key: &str| match either(key) {
        Some(node) => node.number(),
        None => properties.wrong(format!("{key} is missing")),
    };
    let mut function = Function {
        logical_id: id.to_owned(),
        name: package(resource, &properties)?,
        description: properties.need("Description")?.text()?,
        memory_mb: number("MemorySize")?,
        timeout_s: number("Timeout")?,
        settings: settings(&properties, globals, kinds)?,
        routes: vec![],
        schedules: vec![],
        streams: vec![],
        grants: grants(&properties, kinds)?,
    };
    // A function that a state machine calls has no events of its own.
    let events = properties.get("Events").map_or(Ok(vec![]), |events| events.entries())?;
    for (name, event) in events {
        let detail = event.need("Properties")?;
        match event.need("Type")?.text()?.as_str() {
            "HttpApi" => function.routes.push(route(&detail)?),
            "Schedule" | "ScheduleV2" => {
                let field = if event.need("Type")?.text()? == "Schedule" { "Schedule" } else { "ScheduleExpression" };
                function.schedules.push(Schedule { name, expression: detail.need(field)?.text()? });
            }
            "DynamoDB" => function.streams.push(stream(&detail)?),
            other => return event.wrong(format!("events of type {other} are not served here")),
        }
    }
    Ok(function)
}

/// The cargo package, from `Binary` and from the folder in `CodeUri`, which must agree.
pub(super) fn package(resource: &Node<'_>, properties: &Node<'_>) -> Result<String, TemplateError> {
    let metadata = resource.need("Metadata")?;
    let method = metadata.need("BuildMethod")?;
    if method.text()? != "rust-cargolambda" {
        return method.wrong("is not rust-cargolambda");
    }
    let binary = metadata.need("BuildProperties")?.need("Binary")?;
    let folder = properties.need("CodeUri")?.text()?;
    let named = folder.strip_prefix("../functions/").map(|room| room.replace('/', "-"));
    if named.as_deref() != Some(binary.text()?.as_str()) {
        return binary
            .wrong(format!("does not agree with CodeUri {folder}: ../functions/<family>/<room> is <family>-<room>"));
    }
    binary.text()
}

pub(super) fn settings(
    properties: &Node<'_>,
    globals: Option<&Node<'_>>,
    kinds: &Kinds<'_>,
) -> Result<BTreeMap<String, Setting>, TemplateError> {
    let mut settings = BTreeMap::new();
    for part in [globals, Some(properties)].into_iter().flatten() {
        let Some(variables) = part.get("Environment").and_then(|environment| environment.get("Variables")) else {
            continue;
        };
        for (name, node) in variables.entries()? {
            settings.insert(name, kinds.setting(&node)?);
        }
    }
    Ok(settings)
}

pub(super) fn route(detail: &Node<'_>) -> Result<Route, TemplateError> {
    match (detail.get("Method"), detail.get("Path")) {
        (None, None) => Ok(Route { method: "ANY".to_owned(), path: "$default".to_owned() }),
        (Some(method), Some(path)) => {
            const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
            let route = Route { method: method.text()?, path: path.text()? };
            if !METHODS.contains(&route.method.as_str()) {
                return method.wrong(format!("is {}, not one of {METHODS:?}", route.method));
            }
            if !route.path.starts_with('/') {
                return path.wrong(format!("{} does not start with /", route.path));
            }
            Ok(route)
        }
        _ => detail.wrong("Method and Path go together"),
    }
}

pub(super) fn stream(detail: &Node<'_>) -> Result<Stream, TemplateError> {
    let source = detail.need("Stream")?;
    let table = match source.expression()? {
        Expression::GetAtt(id, attribute) if attribute == "StreamArn" => id,
        _ => return source.wrong("is not !GetAtt Table.StreamArn"),
    };
    let filters = match detail.get("FilterCriteria") {
        Some(criteria) => criteria
            .need("Filters")?
            .items()?
            .iter()
            .map(|filter| {
                let pattern = filter.need("Pattern")?;
                let text = pattern.text()?;
                serde_json::from_str::<serde_json::Value>(&text).or_else(|error| pattern.wrong(error.to_string()))?;
                Ok(text)
            })
            .collect::<Result<_, _>>()?,
        None => vec![],
    };
    let batch_size = detail.get("BatchSize").map_or(Ok(100), |node| node.number())?;
    Ok(Stream { table, batch_size, filters })
}

pub(super) fn grants(properties: &Node<'_>, kinds: &Kinds<'_>) -> Result<Vec<Grant>, TemplateError> {
    let mut grants = vec![];
    let Some(policies) = properties.get("Policies") else {
        return Ok(grants);
    };
    for policy in policies.items()? {
        for statement in policy.need("Statement")?.items()? {
            let actions = statement.need("Action")?;
            let resources = statement.need("Resource")?;
            for resource in resources.one_or_more() {
                let on = kinds.target(&resource)?;
                grants.push(Grant { actions: allowed(&actions, &on)?, on });
            }
        }
    }
    Ok(grants)
}

/// The actions of a statement. Each must belong to the target's service; wildcards are refused.
pub(super) fn allowed(actions: &Node<'_>, on: &Target) -> Result<BTreeSet<String>, TemplateError> {
    let service = match on {
        Target::Table(_) | Target::Index { .. } => "dynamodb:",
        Target::Objects { .. } | Target::Bucket(_) => "s3:",
        Target::Machine(_) => "states:",
        Target::Elsewhere(_) => "",
    };
    let mut named = BTreeSet::new();
    for action in actions.one_or_more() {
        let text = action.text()?;
        if !text.starts_with(service) || text.contains('*') || !text.contains(':') {
            return action.wrong(format!("{text} is not one action of {service}"));
        }
        named.insert(text);
    }
    Ok(named)
}
