//! JSON as attributes of OpenTelemetry, which are flat.

use opentelemetry::{Array, KeyValue, StringValue, Value as OtelValue};
use serde_json::{Map, Value};

/// The members of an object, those of inner objects under dotted keys. Null is left out: there is no attribute without a value.
pub(super) fn flat(object: Map<String, Value>) -> Vec<KeyValue> {
    let mut attributes = Vec::with_capacity(object.len());
    for (key, value) in object {
        push(&mut attributes, key, value);
    }
    attributes
}

fn push(attributes: &mut Vec<KeyValue>, key: String, value: Value) {
    match value {
        Value::Null => {}
        Value::Object(inner) => {
            for (name, value) in inner {
                push(attributes, format!("{key}.{name}"), value);
            }
        }
        Value::Bool(value) => attributes.push(KeyValue::new(key, value)),
        Value::String(value) => attributes.push(KeyValue::new(key, value)),
        Value::Array(items) => attributes.push(KeyValue::new(key, array(items))),
        Value::Number(number) => attributes.push(match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => KeyValue::new(key, value),
            // Beyond what an attribute can say: the digits say it.
            (None, _) if number.is_u64() => KeyValue::new(key, number.to_string()),
            (None, Some(value)) => KeyValue::new(key, value),
            (None, None) => KeyValue::new(key, number.to_string()),
        }),
    }
}

/// An array of one type where it is one, else the text of its JSON.
fn array(items: Vec<Value>) -> OtelValue {
    fn all<T>(items: &[Value], read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
        items.iter().map(read).collect()
    }
    let array = all(&items, |item| item.as_str().map(|text| StringValue::from(text.to_owned())))
        .map(Array::String)
        .or_else(|| all(&items, Value::as_bool).map(Array::Bool))
        .or_else(|| all(&items, Value::as_i64).map(Array::I64))
        .or_else(|| all(&items, Value::as_f64).map(Array::F64));
    array.map_or_else(|| OtelValue::from(Value::Array(items).to_string()), OtelValue::Array)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flattened(value: Value) -> Vec<(String, OtelValue)> {
        let Value::Object(object) = value else { panic!("not an object") };
        flat(object).into_iter().map(|attribute| (attribute.key.to_string(), attribute.value)).collect()
    }

    #[test]
    fn scalars_keep_their_types() {
        let expected = [
            ("bool".to_owned(), OtelValue::Bool(true)),
            ("int".to_owned(), OtelValue::I64(-1)),
            ("float".to_owned(), OtelValue::F64(1.5)),
            ("text".to_owned(), OtelValue::from("a")),
            ("huge".to_owned(), OtelValue::from("18446744073709551615")),
        ];
        let mut found =
            flattened(json!({ "bool": true, "int": -1, "float": 1.5, "text": "a", "huge": u64::MAX, "none": null }));
        found.sort_by_key(|(key, _)| expected.iter().position(|(other, _)| other == key));
        assert_eq!(found, expected);
    }

    #[test]
    fn objects_are_flattened_with_dots() {
        assert_eq!(
            flattened(json!({ "a": { "b": { "c": 1 }, "empty": {} } })),
            [("a.b.c".to_owned(), OtelValue::I64(1))]
        );
    }

    #[test]
    fn arrays_of_one_type_stay_arrays_and_others_are_text() {
        let of = |value: Value| flattened(json!({ "a": value })).remove(0).1;
        assert_eq!(of(json!(["x", "y"])), OtelValue::Array(Array::String(vec!["x".into(), "y".into()])));
        assert_eq!(of(json!([true])), OtelValue::Array(Array::Bool(vec![true])));
        assert_eq!(of(json!([1, 2])), OtelValue::Array(Array::I64(vec![1, 2])));
        assert_eq!(of(json!([1, 2.5])), OtelValue::Array(Array::F64(vec![1.0, 2.5])));
        assert_eq!(of(json!([1, "x", [null]])), OtelValue::from(r#"[1,"x",[null]]"#));
    }
}
