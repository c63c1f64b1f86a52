//! Looking into JSON of which nothing is certain.

use serde_json::{Map, Value};

pub(super) type Object = Map<String, Value>;

/// The text of the first of these keys that has one.
pub(super) fn text<'a>(object: &'a Object, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| object.get(*key)?.as_str())
}

/// The same, as one that can be kept; an empty text is none.
pub(super) fn owned(object: &Object, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| object.get(*key)?.as_str().filter(|text| !text.is_empty())).map(str::to_owned)
}

/// The first of these keys that has an object.
pub(super) fn object<'a>(object: &'a Object, keys: &[&str]) -> Option<&'a Object> {
    keys.iter().find_map(|key| object.get(*key)?.as_object())
}

/// The items of the first of these keys that has a list.
pub(super) fn list<'a>(object: &'a Object, keys: &[&str]) -> Option<&'a [Value]> {
    keys.iter().find_map(|key| object.get(*key)?.as_array()).map(Vec::as_slice)
}

/// The first of these keys that is there and not null.
pub(super) fn value<'a>(object: &'a Object, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().find_map(|key| object.get(*key).filter(|value| !value.is_null()))
}

/// The first of these keys that has a count. Some write counts as floats.
pub(super) fn count(object: &Object, keys: &[&str]) -> Option<u64> {
    keys.iter().find_map(|key| as_count(object.get(*key)?))
}

fn as_count(value: &Value) -> Option<u64> {
    let whole = |float: f64| (float >= 0.0 && float.fract() == 0.0 && float < 9.0e15).then_some(float as u64);
    value.as_u64().or_else(|| value.as_f64().and_then(whole))
}

/// The first of these keys that has a number.
pub(super) fn number(object: &Object, keys: &[&str]) -> Option<f64> {
    keys.iter().find_map(|key| object.get(*key)?.as_f64())
}

/// What a text of JSON says, where it is an object or a list; else the text.
pub(super) fn parsed(value: &Value) -> Value {
    let Value::String(text) = value else { return value.clone() };
    match serde_json::from_str(text) {
        Ok(parsed @ (Value::Object(_) | Value::Array(_))) => parsed,
        _ => value.clone(),
    }
}
