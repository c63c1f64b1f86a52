//! Merging JSON objects at every depth.

use serde_json::{Map, Value};

/// Merges `other` into `into`: objects member by member, anything else replaces what was there. What is nested deeper than
/// values are recorded replaces too, so that no stack is at risk.
pub(crate) fn merge(into: &mut Map<String, Value>, other: Map<String, Value>) {
    merge_at(into, other, super::MAX_DEPTH);
}

fn merge_at(into: &mut Map<String, Value>, other: Map<String, Value>, depth: usize) {
    for (key, value) in other {
        match (into.get_mut(&key), value) {
            (Some(Value::Object(inner)), Value::Object(value)) if depth > 0 => merge_at(inner, value, depth - 1),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_are_merged_and_anything_else_replaces() {
        let mut into = json!({"a": 1, "nest": {"x": 1, "y": [1]}});
        let other = json!({"b": 2, "nest": {"y": [2], "z": 3}});
        if let (Value::Object(into), Value::Object(other)) = (&mut into, other) {
            merge(into, other);
        }
        assert_eq!(into, json!({"a": 1, "b": 2, "nest": {"x": 1, "y": [2], "z": 3}}));
    }
}
