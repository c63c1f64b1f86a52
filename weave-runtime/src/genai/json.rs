//! Any value as JSON, harmless as captured ones are.

use serde::Serialize;
use serde_json::Value;

use crate::value::Limits;

/// What `value` is in JSON, cut where it is larger than a captured value may be. One that fails or panics leaves a
/// placeholder.
pub(super) fn json(value: &impl Serialize) -> Value {
    let mut text = String::new();
    crate::value::write(&mut text, value, &Limits::default().without_content());
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Bytes that a value keeps in memory, near enough.
pub(super) fn weight(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(weight).sum(),
            Value::Object(map) => map.iter().map(|(key, value)| key.len() + weight(value)).sum(),
            _ => 0,
        }
}

/// The same of texts.
pub(super) fn text_weight<'a>(texts: impl IntoIterator<Item = &'a Option<String>>) -> usize {
    texts.into_iter().flatten().map(String::len).sum()
}

/// The same of lists of texts.
pub(super) fn list_weight<'a>(lists: impl IntoIterator<Item = &'a Vec<String>>) -> usize {
    lists.into_iter().flatten().map(|text| size_of::<String>() + text.len()).sum()
}
