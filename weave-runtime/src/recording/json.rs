//! Values of OpenTelemetry as JSON, within the limits of any other.

use opentelemetry::{Array, KeyValue, Value as OtelValue};
use serde::Serialize;
use serde_json::{Map, Value};

use super::local::Quiet;
use crate::value::Limits;

/// Attributes as an object. Of two with one key the last counts.
pub(crate) fn members(attributes: impl IntoIterator<Item = KeyValue>, limits: &Limits) -> Map<String, Value> {
    attributes.into_iter().map(|pair| (pair.key.into(), from_otel(pair.value, limits))).collect()
}

/// A value, cut where it is larger than the limits.
pub(super) fn from_otel(value: OtelValue, limits: &Limits) -> Value {
    match value {
        OtelValue::Bool(value) => value.into(),
        OtelValue::I64(value) => value.into(),
        other => bounded(&plain(other), limits),
    }
}

/// Any value as JSON, bounded and harmless as captured ones are.
pub(super) fn bounded(value: &impl Serialize, limits: &Limits) -> Value {
    let _quiet = Quiet::enter();
    let mut text = String::new();
    crate::value::write(&mut text, value, limits);
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

fn plain(value: OtelValue) -> Value {
    fn list<T>(items: Vec<T>, item: impl Fn(T) -> Value) -> Value {
        items.into_iter().map(item).collect::<Vec<_>>().into()
    }
    match value {
        OtelValue::Bool(value) => value.into(),
        OtelValue::I64(value) => value.into(),
        OtelValue::F64(value) => number(value),
        OtelValue::String(value) => value.to_string().into(),
        OtelValue::Array(Array::Bool(items)) => list(items, Value::from),
        OtelValue::Array(Array::I64(items)) => list(items, Value::from),
        OtelValue::Array(Array::F64(items)) => list(items, number),
        OtelValue::Array(Array::String(items)) => list(items, |item| item.to_string().into()),
        other => other.to_string().into(),
    }
}

/// What is no number in JSON is its name.
fn number(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or_else(|| value.to_string().into(), Value::Number)
}
