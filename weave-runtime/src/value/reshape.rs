//! Changing recorded JSON as data, while what is left alone keeps its text: order of keys, digits of numbers.
//!
//! What comes in its place is bounded like any value that is recorded.

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Limits, capture, write_str};

/// An object after `change`. The members that it leaves alone keep their text and all that stay their place; new ones
/// follow.
pub(crate) fn reshape_object(json: &str, limits: &Limits, change: impl FnOnce(&mut Map<String, Value>)) -> String {
    let members = serde_json::Deserializer::from_str(json).deserialize_map(InOrder).unwrap_or_default();
    let mut map = members.iter().map(|(key, raw)| (key.clone(), parsed(raw.get()))).collect();
    change(&mut map);
    let mut text = String::with_capacity(json.len());
    for (key, raw) in &members {
        // Taken out, so that a key that was written twice is there once.
        if let Some(value) = map.remove(key) {
            push_member(&mut text, key, &written(&value, raw.get(), limits));
        }
    }
    for (key, value) in &map {
        push_member(&mut text, key, &written(value, "", limits));
    }
    if text.is_empty() {
        text.push('{');
    }
    text.push('}');
    text
}

/// A value after `change`; the same text if it is left alone.
pub(crate) fn reshape_value(json: &str, limits: &Limits, change: impl FnOnce(&mut Value)) -> String {
    let mut value = parsed(json);
    change(&mut value);
    written(&value, json, limits)
}

/// The text of a value: that which it had, if it means the same.
fn written(value: &Value, before: &str, limits: &Limits) -> String {
    if !before.is_empty() && parsed(before) == *value {
        return before.to_owned();
    }
    let mut text = String::new();
    // Long base64 in it stays in the text: there is no call here to hold it.
    capture::write(&mut text, value, &limits.without_content());
    text
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}

fn push_member(text: &mut String, key: &str, value: &str) {
    text.push(if text.is_empty() { '{' } else { ',' });
    write_str(text, key);
    text.push(':');
    text.push_str(value);
}

/// An object's members as they stand.
struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(json: &str, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        reshape_object(json, &Limits::default(), change)
    }

    #[test]
    fn what_is_left_alone_keeps_its_text() {
        let json = r#"{"z":{"b":1,"a":[1e2]},"n":340282366920938463463374607431768211455,"a":"\u00e9"}"#;
        assert_eq!(object(json, |_| {}), json);
        assert_eq!(reshape_value(json, &Limits::default(), |_| {}), json);
        let changed = object(json, |map| {
            map.insert("b".to_owned(), true.into());
            map.insert("n".to_owned(), 2.into());
            map.remove("a");
        });
        assert_eq!(changed, r#"{"z":{"b":1,"a":[1e2]},"n":2,"b":true}"#);
    }

    #[test]
    fn an_object_may_become_empty_and_an_empty_one_full() {
        assert_eq!(object(r#"{"a":1}"#, Map::clear), "{}");
        assert_eq!(object("{}", |_| {}), "{}");
        assert_eq!(object("{}", |map| drop(map.insert("a\"".to_owned(), Value::Null))), r#"{"a\"":null}"#);
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_value_counts() {
        assert_eq!(object(r#"{"a":1,"b":2,"a":3}"#, |_| {}), r#"{"a":3,"b":2}"#);
    }

    #[test]
    fn what_grows_is_cut_like_any_value() {
        let limits = Limits { bytes: 20, ..Limits::default() };
        let grown = reshape_value("1", &limits, |value| *value = "x".repeat(1_000).into());
        assert!(grown.len() < 60 && grown.contains("cut: kept"), "{grown}");
    }
}
