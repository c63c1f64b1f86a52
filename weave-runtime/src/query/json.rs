//! Equality with a value somewhere inside a JSON text.

#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::error::Error;

/// Asks whether the value at a dotted path equals another.
///
/// A dot either leads one level down or is part of a key, as it is in the keys of OpenTelemetry; a number leads to an
/// element of an array. Numbers are equal when their values are, so `1` equals `1.0`. What is missing equals nothing, not
/// even null.
#[derive(Clone, Debug)]
pub(crate) struct JsonMatch {
    path: String,
    value: Value,
}

impl JsonMatch {
    /// # Errors
    ///
    /// When the value is not one that JSON can say.
    pub(crate) fn new(path: &str, value: &impl Serialize) -> Result<Self, Error> {
        // By way of the text, because that is how recorded values came to be: an f32 has another nearest f64.
        let value = serde_json::to_string(value)
            .and_then(|json| serde_json::from_str(&json))
            .map_err(|error| Error::invalid(format!("the value for {path:?} is not JSON: {error}")).because(error))?;
        Ok(Self { path: path.to_owned(), value })
    }

    /// True when the text holds the value. A text that is not JSON holds nothing.
    pub(crate) fn holds_in(&self, json: &str) -> bool {
        self.may_hold_in(json) && serde_json::from_str(json).is_ok_and(|found| reaches(&found, &self.path, &self.value))
    }

    /// As [`holds_in`](Self::holds_in), for an object that is there.
    pub(crate) fn holds_in_object(&self, object: &Map<String, Value>) -> bool {
        reaches_in(object, &self.path, &self.value)
    }

    /// Spares most texts the parsing: without an escape a key stands in the text as it is.
    fn may_hold_in(&self, json: &str) -> bool {
        let last = self.path.rsplit('.').next().unwrap_or_default();
        let is_index = last.parse::<usize>().is_ok();
        is_index || json.contains('\\') || json.contains(last)
    }
}

fn reaches(found: &Value, path: &str, value: &Value) -> bool {
    match found {
        Value::Object(object) => reaches_in(object, path, value),
        Value::Array(array) => {
            let element = |index: &str| array.get(index.parse::<usize>().ok()?);
            element(path).is_some_and(|inner| equals(inner, value))
                || path
                    .split_once('.')
                    .is_some_and(|(index, rest)| element(index).is_some_and(|inner| reaches(inner, rest, value)))
        }
        _ => false,
    }
}

fn reaches_in(object: &Map<String, Value>, path: &str, value: &Value) -> bool {
    let mut dots = path.match_indices('.').filter_map(|(at, _)| Some((path.get(..at)?, path.get(at + 1..)?)));
    object.get(path).is_some_and(|inner| equals(inner, value))
        || dots.any(|(key, rest)| object.get(key).is_some_and(|inner| reaches(inner, rest, value)))
}

fn equals(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => same_number(left, right),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equals(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| equals(left, right)))
        }
        _ => left == right,
    }
}

fn same_number(left: &Number, right: &Number) -> bool {
    if left.is_f64() || right.is_f64() { left.as_f64() == right.as_f64() } else { left == right }
}
