//! The user's own redaction: a function that sees every value before it is stored.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::redact::REDACTED;
use super::write_str;

/// A function of a value's path and the value.
type Redact = dyn Fn(&str, &mut Value) + Send + Sync;

/// What [`Builder::redact`](crate::Builder::redact) was given.
#[derive(Clone)]
pub(crate) struct Hook(Arc<Redact>);

impl Hook {
    pub(crate) fn new(hook: impl Fn(&str, &mut Value) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }

    /// Begins to show a record.
    pub(crate) fn show(&self) -> Showing<'_> {
        Showing { hook: self, panicked: false }
    }
}

/// A record being shown to the hook, value by value.
pub(crate) struct Showing<'a> {
    hook: &'a Hook,
    /// Whether the hook panicked at any value.
    pub(crate) panicked: bool,
}

impl Showing<'_> {
    /// Shows a value and then what is in it, each under its path. A value at which the hook panics is taken out: what it
    /// might have removed must not pass.
    pub(crate) fn value(&mut self, path: &mut String, value: &mut Value) {
        if catch_unwind(AssertUnwindSafe(|| (self.hook.0)(path, value))).is_err() {
            self.panicked = true;
            *value = Value::from(REDACTED);
        }
        match value {
            Value::Object(map) => map.iter_mut().for_each(|(key, inner)| self.below(path, key, inner)),
            Value::Array(items) => items.iter_mut().enumerate().for_each(|(at, inner)| self.below(path, &at, inner)),
            _ => {}
        }
    }

    fn below(&mut self, path: &mut String, key: &dyn fmt::Display, value: &mut Value) {
        let length = path.len();
        path.push_str(&format!(".{key}"));
        self.value(path, value);
        path.truncate(length);
    }

    /// Shows the members of an object.
    pub(crate) fn members(&mut self, path: &str, map: &mut Map<String, Value>) {
        for (key, value) in map {
            self.below(&mut path.to_owned(), key, value);
        }
    }

    /// Shows text that is no JSON.
    pub(crate) fn text(&mut self, path: &str, text: &mut String) {
        let mut value = Value::String(std::mem::take(text));
        self.value(&mut path.to_owned(), &mut value);
        *text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    }

    /// Shows a value that is JSON text.
    pub(crate) fn json(&mut self, path: &str, json: &str) -> String {
        let mut value = serde_json::from_str(json).unwrap_or_default();
        self.value(&mut path.to_owned(), &mut value);
        value.to_string()
    }

    /// Shows the members of an object that is JSON text, and keeps their order.
    pub(crate) fn json_members(&mut self, path: &str, json: &str) -> String {
        let mut members = serde_json::Deserializer::from_str(json).deserialize_map(InOrder).unwrap_or_default();
        let mut text = String::from("{");
        for (key, value) in &mut members {
            self.below(&mut path.to_owned(), key, value);
            if text.len() > 1 {
                text.push(',');
            }
            write_str(&mut text, key);
            text.push(':');
            text.push_str(&value.to_string());
        }
        text.push('}');
        text
    }
}

impl PartialEq for Hook {
    /// Functions cannot be compared: only the very same one is equal.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// An object's members in the order in which they stand.
struct InOrder;

impl<'de> Visitor<'de> for InOrder {
    type Value = Vec<(String, Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
