//! Reads a JSON object, a posted form or a query into the struct of a form. All three share one deserializer, so that
//! each error names its field.

use std::collections::HashSet;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

/// A value as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sent {
    /// JSON's `null`.
    Null,
    /// JSON's `true` or `false`.
    Bool(bool),
    /// A JSON number that is whole, zero or more, and written without a fraction or an exponent.
    Whole(u64),
    /// Any other JSON number.
    Number,
    /// A JSON string.
    Text(String),
    /// A JSON array.
    List(Vec<Self>),
    /// A JSON object: fields in order, with duplicates.
    Object(Vec<(String, Self)>),
    /// All values of a field of a posted form or a query, at least one.
    Typed(Vec<String>),
}

/// The treatment of unknown fields, and of repeated values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// A query: unknown fields are ignored, the last of several values counts, and an empty value in a list is dropped.
    /// Newsletters and messengers add parameters of their own.
    Tolerant,
    /// A write: both are refused.
    Strict,
}

/// A value that cannot be read, with its field and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unread {
    /// The path of the field: `amount_cents`, `envelopes[1]`; empty for the whole.
    pub(crate) field: String,
    /// The reason.
    pub(crate) why: Why,
}

/// The reason why a field cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// There is no such field.
    Unknown,
    /// It was sent twice.
    Twice,
    /// It is not of this kind.
    Not(Wanted),
}

/// The kind of value that a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Text,
    Whole,
    Bool,
    List,
    Object,
    /// Something else; no form asks for it.
    Other,
}

/// Deserializes the struct of a form from fields.
pub(crate) fn read<T: DeserializeOwned>(fields: Vec<(String, Sent)>, manner: Manner) -> Result<T, Unread> {
    T::deserialize(Value { sent: Sent::Object(fields), manner })
}

/// The fields of a posted form or a query, in the order of their first value.
pub(crate) fn typed(pairs: &[(String, String)]) -> Vec<(String, Sent)> {
    let mut fields: Vec<(String, Sent)> = Vec::new();
    for (name, value) in pairs {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, Sent::Typed(values))) => values.push(value.clone()),
            _ => fields.push((name.clone(), Sent::Typed(vec![value.clone()]))),
        }
    }
    fields
}

impl Unread {
    const fn of(why: Why) -> Self {
        Self { field: String::new(), why }
    }

    /// The same error within an outer field: the path is built from the inside out.
    fn under(self, outer: &str) -> Self {
        let field = match self.field.as_str() {
            "" => outer.to_owned(),
            inner if inner.starts_with('[') => format!("{outer}{inner}"),
            inner => format!("{outer}.{inner}"),
        };
        Self { field, ..self }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.field, self.why)
    }
}

impl std::error::Error for Unread {}

impl de::Error for Unread {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self::of(Why::Not(Wanted::Other))
    }

    fn invalid_value(unexpected: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        // A whole number that is too large for its field.
        let wanted = if matches!(unexpected, Unexpected::Unsigned(_)) { Wanted::Whole } else { Wanted::Other };
        Self::of(Why::Not(wanted))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self { field: field.to_owned(), why: Why::Unknown }
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self { field: field.to_owned(), why: Why::Twice }
    }
}

/// A value with the manner of reading it.
struct Value {
    sent: Sent,
    manner: Manner,
}

impl Value {
    fn not(wanted: Wanted) -> Unread {
        Unread::of(Why::Not(wanted))
    }

    /// The single text of the value.
    fn text(self, wanted: Wanted) -> Result<String, Unread> {
        match (self.sent, self.manner) {
            (Sent::Text(text), _) => Ok(text),
            (Sent::Typed(values), Manner::Strict) if values.len() > 1 => Err(Unread::of(Why::Twice)),
            (Sent::Typed(values), _) => values.into_iter().next_back().ok_or(Self::not(wanted)),
            _ => Err(Self::not(wanted)),
        }
    }

    /// A whole number: a number in JSON, digits in a form.
    fn whole(self) -> Result<u64, Unread> {
        match &self.sent {
            Sent::Whole(number) => Ok(*number),
            Sent::Typed(_) => {
                let text = self.text(Wanted::Whole)?;
                let digits = text.trim();
                let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                digits.parse().ok().filter(|_| is_plain).ok_or(Self::not(Wanted::Whole))
            }
            _ => Err(Self::not(Wanted::Whole)),
        }
    }

    fn fields<'de, V: Visitor<'de>>(self, known: Option<&[&str]>, visitor: V) -> Result<V::Value, Unread> {
        let Sent::Object(mut fields) = self.sent else { return Err(Self::not(Wanted::Object)) };
        let mut seen = HashSet::new();
        if let Some((twice, _)) = fields.iter().find(|(name, _)| !seen.insert(name.as_str())) {
            return Err(Unread { field: twice.clone(), why: Why::Twice });
        }
        if let (Manner::Tolerant, Some(known)) = (self.manner, known) {
            fields.retain(|(name, _)| known.contains(&name.as_str()));
        }
        visitor.visit_map(Fields { rest: fields.into_iter(), current: None, manner: self.manner })
    }

    fn items<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        let items = match self.sent {
            Sent::List(items) => items,
            Sent::Typed(mut values) => {
                if self.manner == Manner::Tolerant {
                    values.retain(|value| !value.is_empty());
                }
                values.into_iter().map(|value| Sent::Typed(vec![value])).collect()
            }
            _ => return Err(Self::not(Wanted::List)),
        };
        visitor.visit_seq(Items { rest: items.into_iter(), place: 0, manner: self.manner })
    }
}

/// Reads a number of the type that the struct asks for.
macro_rules! whole_numbers {
    ($($method:ident),+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
            visitor.visit_u64(self.whole()?)
        }
    )+};
}

/// The struct chooses the method: the value must be of that kind. A struct is read from an object and never from an
/// array, because serde would read an array by position.
impl<'de> Deserializer<'de> for Value {
    type Error = Unread;

    whole_numbers!(deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match &self.sent {
            Sent::Text(_) | Sent::Typed(_) => self.deserialize_string(visitor),
            Sent::Whole(_) => self.deserialize_u64(visitor),
            Sent::Bool(_) => self.deserialize_bool(visitor),
            Sent::List(_) => self.deserialize_seq(visitor),
            Sent::Object(_) => self.deserialize_map(visitor),
            Sent::Null | Sent::Number => Err(Self::not(Wanted::Other)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_string(self.text(Wanted::Text)?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.deserialize_string(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match self.sent {
            Sent::Bool(value) => visitor.visit_bool(value),
            _ => Err(Self::not(Wanted::Bool)),
        }
    }

    /// An optional field has to be left out and may not be `null`: `"amount_cents": null` comes from a till that has no
    /// amount. An empty field of a form counts as left out.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        match &self.sent {
            Sent::Typed(values) if values.iter().all(|value| value.trim().is_empty()) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.items(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        self.fields(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        self.fields(Some(known), visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier
    }
}

/// The fields of an object, in turn.
struct Fields {
    rest: std::vec::IntoIter<(String, Sent)>,
    current: Option<(String, Sent)>,
    manner: Manner,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unread;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unread> {
        self.current = self.rest.next();
        let name = self.current.as_ref().map(|(name, _)| StrDeserializer::<Unread>::new(name));
        name.map(|name| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unread> {
        let (name, sent) = self.current.take().ok_or(Value::not(Wanted::Other))?;
        seed.deserialize(Value { sent, manner: self.manner }).map_err(|unread| unread.under(&name))
    }
}

/// The items of a list, in turn.
struct Items {
    rest: std::vec::IntoIter<Sent>,
    place: usize,
    manner: Manner,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Unread;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unread> {
        let Some(sent) = self.rest.next() else { return Ok(None) };
        let place = self.place;
        self.place += 1;
        let item = seed.deserialize(Value { sent, manner: self.manner });
        item.map(Some).map_err(|unread| unread.under(&format!("[{place}]")))
    }
}

/// Any JSON, with every field of its objects, including duplicates.
impl<'de> de::Deserialize<'de> for Sent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Sent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Sent, E> {
        Ok(Sent::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Sent, E> {
        Ok(Sent::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Sent, E> {
        Ok(Sent::Whole(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Sent, E> {
        Ok(Sent::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Sent, E> {
        Ok(Sent::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Sent, E> {
        Ok(Sent::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Sent, E> {
        Ok(Sent::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sent, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Sent::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Sent, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = object.next_entry()? {
            fields.push(field);
        }
        Ok(Sent::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Form {
        name: String,
        amount_cents: Option<u64>,
        revision: Option<u32>,
        kinds: Vec<String>,
        part: Part,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Part {
        street: String,
        floor: Option<u32>,
    }

    fn json(text: &str) -> Result<Form, Unread> {
        match serde_json::from_str(text).unwrap() {
            Sent::Object(fields) => read(fields, Manner::Strict),
            sent => panic!("no object: {sent:?}"),
        }
    }

    fn pairs(query: &str, manner: Manner) -> Result<Form, Unread> {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap();
        read(typed(&pairs), manner)
    }

    #[test]
    fn a_json_object_is_read_by_the_names_of_its_fields() {
        let read = json(r#"{"part":{"floor":2},"amount_cents":1250,"name":"Zoé","kinds":["a","b"]}"#).unwrap();
        let kinds = vec!["a".to_owned(), "b".to_owned()];
        let part = Part { floor: Some(2), ..Part::default() };
        assert_eq!(read, Form { name: "Zoé".into(), amount_cents: Some(1250), revision: None, kinds, part });
        assert_eq!(json("{}").unwrap(), Form::default());
    }

    #[test]
    fn what_json_cannot_mean_is_told_at_its_field() {
        use {Wanted as W, Why::*};
        let cases = [
            (r#"{"amount_cents":100.0}"#, "amount_cents", Not(W::Whole)),
            (r#"{"amount_cents":1e2}"#, "amount_cents", Not(W::Whole)),
            (r#"{"amount_cents":-1}"#, "amount_cents", Not(W::Whole)),
            (r#"{"amount_cents":"100"}"#, "amount_cents", Not(W::Whole)),
            (r#"{"amount_cents":null}"#, "amount_cents", Not(W::Whole)),
            (r#"{"amount_cents":[100]}"#, "amount_cents", Not(W::Whole)),
            (r#"{"amount_cents":true}"#, "amount_cents", Not(W::Whole)),
            (r#"{"amount_cents":18446744073709551616}"#, "amount_cents", Not(W::Whole)),
            (r#"{"revision":4294967296}"#, "revision", Not(W::Whole)),
            (r#"{"name":17}"#, "name", Not(W::Text)),
            (r#"{"name":null}"#, "name", Not(W::Text)),
            (r#"{"name":["Zoé"]}"#, "name", Not(W::Text)),
            (r#"{"kinds":"a"}"#, "kinds", Not(W::List)),
            (r#"{"kinds":{"0":"a"}}"#, "kinds", Not(W::List)),
            (r#"{"kinds":["a",1]}"#, "kinds[1]", Not(W::Text)),
            (r#"{"part":["1 rue des Lices",2]}"#, "part", Not(W::Object)),
            (r#"{"part":{"floor":"2"}}"#, "part.floor", Not(W::Whole)),
            (r#"{"part":{"door":1}}"#, "part.door", Unknown),
            (r#"{"part":{"floor":1,"floor":2}}"#, "part.floor", Twice),
            (r#"{"name":"a","name":"b"}"#, "name", Twice),
            (r#"{"nom":"Zoé"}"#, "nom", Unknown),
        ];
        for (text, field, why) in cases {
            assert_eq!(json(text).unwrap_err(), Unread { field: field.into(), why }, "{text}");
        }
    }

    #[test]
    fn a_posted_form_is_read_as_typed_and_refuses_what_it_does_not_know() {
        let form = pairs("name=Zo%C3%A9&amount_cents=+1250+&revision=&kinds=a&kinds=b", Manner::Strict).unwrap();
        assert_eq!((form.name.as_str(), form.amount_cents, form.revision), ("Zoé", Some(1250), None));
        assert_eq!(form.kinds, ["a", "b"]);
        for (query, field, why) in [
            ("nom=Zo%C3%A9", "nom", Why::Unknown),
            ("name=a&name=b", "name", Why::Twice),
            ("revision=douze", "revision", Why::Not(Wanted::Whole)),
            ("revision=%2B1", "revision", Why::Not(Wanted::Whole)),
        ] {
            assert_eq!(pairs(query, Manner::Strict).unwrap_err(), Unread { field: field.into(), why }, "{query}");
        }
    }

    #[test]
    fn a_query_ignores_what_it_does_not_know_and_takes_the_last_of_several() {
        let form = pairs("fbclid=x&name=a&fbclid=&utm_source=%zz&name=b&kinds=c&=&%ff=1", Manner::Tolerant).unwrap();
        assert_eq!((form.name.as_str(), form.kinds), ("b", vec!["c".to_owned()]));
    }
}
