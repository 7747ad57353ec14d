//! A value in a CloudFormation template: text, or one of the short functions (`!Ref`, `!GetAtt`, `!Sub`).

use std::fmt;

use serde_yaml_ng::Value;

/// A value of the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Text, number or boolean.
    Text(String),
    /// `!Ref Id`
    Ref(String),
    /// `!GetAtt Id.Attribute`
    GetAtt(String, String),
    /// `!Sub text with ${Id} or ${Id.Attribute}`
    Sub(Vec<Part>),
    /// Any other function, by its name.
    Other(String),
}

/// A piece of a `!Sub`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// The text between `${` and `}`.
    Reference(String),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Reference(id) => write!(f, "${{{id}}}"),
        }
    }
}

impl Expression {
    /// Reads one value.
    ///
    /// # Errors
    /// The value is a list or a mapping, a function has no text, or a `${` is not closed.
    pub fn parse(value: &Value) -> Result<Self, String> {
        let tagged = match value {
            Value::String(text) => return Ok(Self::Text(text.clone())),
            Value::Number(number) => return Ok(Self::Text(number.to_string())),
            Value::Bool(truth) => return Ok(Self::Text(truth.to_string())),
            Value::Tagged(tagged) => tagged,
            Value::Null | Value::Sequence(_) | Value::Mapping(_) => return Err("is not one value".to_owned()),
        };
        let argument = || tagged.value.as_str().ok_or_else(|| format!("{} wants text", tagged.tag));
        match tagged.tag.to_string().as_str() {
            "!Ref" => Ok(Self::Ref(argument()?.to_owned())),
            "!GetAtt" => match argument()?.split_once('.') {
                Some((id, attribute)) => Ok(Self::GetAtt(id.to_owned(), attribute.to_owned())),
                None => Err("!GetAtt wants Id.Attribute".to_owned()),
            },
            "!Sub" => Ok(Self::Sub(parts(argument()?)?)),
            other => Ok(Self::Other(other.to_owned())),
        }
    }
}

fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = vec![];
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (id, left) = after.split_once('}').ok_or_else(|| format!("{text}: a ${{ is not closed"))?;
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(Part::Reference(id.to_owned()));
        rest = left;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(yaml: &str) -> Result<Expression, String> {
        Expression::parse(&serde_yaml_ng::from_str(yaml).unwrap())
    }

    #[test]
    fn short_functions_are_understood() {
        assert_eq!(read("3"), Ok(Expression::Text("3".to_owned())));
        assert_eq!(read("!Ref Accounts"), Ok(Expression::Ref("Accounts".to_owned())));
        assert_eq!(read("!GetAtt A.Arn"), Ok(Expression::GetAtt("A".to_owned(), "Arn".to_owned())));
        let sub = vec![Part::Reference("A.Arn".to_owned()), Part::Text("/index/*".to_owned())];
        assert_eq!(read("!Sub ${A.Arn}/index/*"), Ok(Expression::Sub(sub)));
        assert_eq!(read("!If [a, b, c]"), Ok(Expression::Other("!If".to_owned())));
        assert!(read("!Sub ${A").is_err());
        assert!(read("[a]").is_err());
    }
}
