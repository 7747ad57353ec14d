//! A value of the document with its path.

use serde_yaml_ng::Value;

use super::error::TemplateError;
use crate::expression::Expression;

/// A value of the document with its path, for error messages.
pub(super) struct Node<'d> {
    pub(super) value: &'d Value,
    pub(super) path: String,
}

impl<'d> Node<'d> {
    pub(super) fn get(&self, key: &str) -> Option<Node<'d>> {
        let value = self.value.as_mapping()?.get(key)?;
        Some(self.child(key, value))
    }

    pub(super) fn need(&self, key: &str) -> Result<Node<'d>, TemplateError> {
        self.get(key).map_or_else(|| self.wrong(format!("{key} is missing")), Ok)
    }

    pub(super) fn entries(&self) -> Result<Vec<(String, Node<'d>)>, TemplateError> {
        let Some(mapping) = self.value.as_mapping() else {
            return self.wrong("is not a mapping");
        };
        let entry = |(key, value): (&Value, &'d Value)| match key.as_str() {
            Some(key) => Ok((key.to_owned(), self.child(key, value))),
            None => self.wrong("has a key that is not text"),
        };
        mapping.iter().map(entry).collect()
    }

    pub(super) fn items(&self) -> Result<Vec<Node<'d>>, TemplateError> {
        let Some(sequence) = self.value.as_sequence() else {
            return self.wrong("is not a list");
        };
        Ok(sequence.iter().enumerate().map(|(place, value)| self.child(&place.to_string(), value)).collect())
    }

    /// The items of a list; a value that is not a list counts as its only item.
    pub(super) fn one_or_more(&self) -> Vec<Node<'d>> {
        self.items().unwrap_or_else(|_| vec![Node { value: self.value, path: self.path.clone() }])
    }

    pub(super) fn text(&self) -> Result<String, TemplateError> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(truth) => Ok(truth.to_string()),
            _ => self.wrong("is not text"),
        }
    }

    pub(super) fn number(&self) -> Result<u64, TemplateError> {
        self.value.as_u64().map_or_else(|| self.wrong("is not a whole number"), Ok)
    }

    pub(super) fn expression(&self) -> Result<Expression, TemplateError> {
        Expression::parse(self.value).or_else(|what| self.wrong(what))
    }

    fn child(&self, key: &str, value: &'d Value) -> Node<'d> {
        let path = match self.path.as_str() {
            "" | "Resources" => key.to_owned(),
            path => format!("{path}.{key}"),
        };
        Node { value, path }
    }

    pub(super) fn wrong<T>(&self, what: impl Into<String>) -> Result<T, TemplateError> {
        Err(TemplateError { at: self.path.clone(), what: what.into() })
    }
}
