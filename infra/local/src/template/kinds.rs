//! The kind of resource behind each logical id of the template.

use std::collections::BTreeSet;

use super::error::TemplateError;
use super::functions::{Setting, Target};
use super::machines::STATE_MACHINE;
use super::node::Node;
use super::whole::Template;
use crate::expression::{Expression, Part};

/// The kind of resource behind each logical id of the template.
pub(super) struct Kinds<'t> {
    template: &'t Template,
    secrets: BTreeSet<String>,
    machines: BTreeSet<String>,
}

impl<'t> Kinds<'t> {
    pub(super) fn of(template: &'t Template, resources: &[(String, Node<'_>)]) -> Result<Self, TemplateError> {
        let (mut secrets, mut machines) = (BTreeSet::new(), BTreeSet::new());
        for (id, resource) in resources {
            match resource.need("Type")?.text()?.as_str() {
                "AWS::SecretsManager::Secret" => secrets.insert(id.clone()),
                STATE_MACHINE => machines.insert(id.clone()),
                _ => continue,
            };
        }
        Ok(Self { template, secrets, machines })
    }

    pub(super) fn setting(&self, node: &Node<'_>) -> Result<Setting, TemplateError> {
        match node.expression()? {
            Expression::Text(text) => Ok(Setting::Text(text)),
            Expression::Ref(id) if self.template.table(&id).is_some() => Ok(Setting::Table(id)),
            Expression::Ref(id) if self.template.bucket(&id).is_some() => Ok(Setting::Bucket(id)),
            Expression::Ref(id) if self.machines.contains(&id) => Ok(Setting::Machine(id)),
            Expression::Ref(id) if self.template.parameters.contains_key(&id) => Ok(Setting::Parameter(id)),
            Expression::Ref(id) => {
                node.wrong(format!("{id} is no parameter, table, bucket or state machine of this template"))
            }
            Expression::Sub(parts) => match parts.as_slice() {
                [Part::Text(open), Part::Reference(id), Part::Text(close)]
                    if open == "{{resolve:secretsmanager:" && close == "}}" && self.secrets.contains(id) =>
                {
                    Ok(Setting::Secret(id.clone()))
                }
                _ => node.wrong("only {{resolve:secretsmanager:${Secret}}} of a secret of this template is understood"),
            },
            Expression::GetAtt(..) | Expression::Other(_) => node.wrong("only text, !Ref and a secret are understood"),
        }
    }

    pub(super) fn target(&self, node: &Node<'_>) -> Result<Target, TemplateError> {
        match node.expression()? {
            Expression::GetAtt(id, attribute) if attribute == "Arn" && self.template.table(&id).is_some() => {
                Ok(Target::Table(id))
            }
            Expression::GetAtt(id, attribute) if attribute == "Arn" && self.template.bucket(&id).is_some() => {
                Ok(Target::Bucket(id))
            }
            Expression::Ref(id) if self.machines.contains(&id) => Ok(Target::Machine(id)),
            Expression::Sub(parts) => self.target_of_parts(node, &parts),
            _ => node
                .wrong("only !GetAtt Table.Arn, !Ref Machine and !Sub of a table's or a bucket's Arn are understood"),
        }
    }

    fn target_of_parts(&self, node: &Node<'_>, parts: &[Part]) -> Result<Target, TemplateError> {
        let [Part::Reference(arn), Part::Text(rest)] = parts else {
            return Ok(Target::Elsewhere(parts.iter().map(ToString::to_string).collect()));
        };
        let id = arn.strip_suffix(".Arn").unwrap_or(arn);
        if let Some(table) = self.template.table(id) {
            let name = rest.strip_prefix("/index/").unwrap_or_default();
            let Some(index) = table.indexes.iter().find(|index| index.name == name) else {
                return node.wrong(format!("{id} has no index {name:?}"));
            };
            return Ok(Target::Index { table: id.to_owned(), index: index.name.clone() });
        }
        let prefix = rest.strip_prefix('/').and_then(|rest| rest.strip_suffix('*'));
        match (self.template.bucket(id), prefix) {
            (Some(_), Some(prefix)) => Ok(Target::Objects { bucket: id.to_owned(), prefix: prefix.to_owned() }),
            _ => node.wrong(format!("{id}{rest} is no index or set of objects of this template")),
        }
    }
}
