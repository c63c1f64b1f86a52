//! The value of an attribute.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// What an attribute of OpenTelemetry may be, borrowed from the record where it stands there.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Scalar<'a> {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'a, str>),
    Bools(Vec<bool>),
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Texts(Vec<Cow<'a, str>>),
}

impl<'a> Scalar<'a> {
    /// JSON that is no object; what no attribute can say is said by the text of its JSON. `None` for null, and for objects, whose
    /// members are attributes.
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        Some(match value {
            Value::Null | Value::Object(_) => return None,
            Value::Bool(value) => Self::Bool(*value),
            Value::String(value) => Self::Text(Cow::Borrowed(value)),
            Value::Number(number) => Self::number(number),
            Value::Array(items) => array(items).unwrap_or_else(|| Self::Text(Cow::Owned(value.to_string()))),
        })
    }

    /// The same of a value that is not kept.
    pub(crate) fn of_owned(value: Value) -> Option<Scalar<'static>> {
        match value {
            Value::String(text) => Some(Scalar::Text(Cow::Owned(text))),
            value => Scalar::of(&value).map(Scalar::into_owned),
        }
    }

    fn number(number: &Number) -> Self {
        match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Self::Int(value),
            // Beyond what an attribute can say: the digits say it.
            (None, Some(value)) if !number.is_u64() => Self::Float(value),
            _ => Self::Text(Cow::Owned(number.to_string())),
        }
    }

    pub(crate) fn into_owned(self) -> Scalar<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Bool(value) => Scalar::Bool(value),
            Self::Int(value) => Scalar::Int(value),
            Self::Float(value) => Scalar::Float(value),
            Self::Text(text) => Scalar::Text(owned(text)),
            Self::Bools(values) => Scalar::Bools(values),
            Self::Ints(values) => Scalar::Ints(values),
            Self::Floats(values) => Scalar::Floats(values),
            Self::Texts(texts) => Scalar::Texts(texts.into_iter().map(owned).collect()),
        }
    }
}

impl<'a> From<&'a str> for Scalar<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Scalar<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

/// An array of one type; `None` where it is of several.
fn array(items: &[Value]) -> Option<Scalar<'_>> {
    fn all<'a, T>(items: &'a [Value], read: impl Fn(&'a Value) -> Option<T>) -> Option<Vec<T>> {
        items.iter().map(read).collect()
    }
    all(items, |item| item.as_str().map(Cow::Borrowed))
        .map(Scalar::Texts)
        .or_else(|| all(items, Value::as_bool).map(Scalar::Bools))
        .or_else(|| all(items, Value::as_i64).map(Scalar::Ints))
        .or_else(|| all(items, exact).map(Scalar::Floats))
}

/// A number as a float that says the same.
fn exact(number: &Value) -> Option<f64> {
    let float = number.as_f64()?;
    let is_same = number.as_i64().map_or(!number.is_u64(), |int| float as i64 == int);
    is_same.then_some(float)
}
