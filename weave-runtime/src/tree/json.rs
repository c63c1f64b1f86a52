//! Reads recorded JSON only as far as showing it needs.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The members of an object in their order, with their values as JSON text; `None` when it is not an object.
pub(super) fn members(json: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    serde_json::from_str::<Members<'_>>(json).ok().map(|members| members.0)
}

/// The items of an array as JSON text; `None` when it is not an array.
pub(super) fn items(json: &str) -> Option<Vec<&str>> {
    let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(items.into_iter().map(RawValue::get).collect())
}

/// The content of a string; `None` when it is not a string.
pub(super) fn string(json: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Key<'_>>(json).ok().map(|Key(text)| text)
}

/// The same value with the keys of all its objects sorted; as it is when it is not JSON.
pub(super) fn sorted(json: &str) -> Cow<'_, str> {
    match serde_json::from_str::<Value>(json) {
        Ok(value) => {
            let mut out = String::with_capacity(json.len());
            write_sorted(&value, &mut out);
            Cow::Owned(out)
        }
        Err(_) => Cow::Borrowed(json),
    }
}

struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
            members.push((key, value.get()));
        }
        Ok(Members(members))
    }
}

/// A text: a plain `Cow` would be copied even where it can be borrowed.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Recursion is bounded: `serde_json` reads at most 128 levels. The sort is our own because the maps of `serde_json` keep
/// the given order as soon as any crate of the program asks for that.
fn write_sorted(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (nth, item) in items.iter().enumerate() {
                separate(nth, out);
                write_sorted(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (nth, (key, member)) in members.into_iter().enumerate() {
                separate(nth, out);
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_sorted(member, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn separate(nth: usize, out: &mut String) {
    if nth > 0 {
        out.push(',');
    }
}
