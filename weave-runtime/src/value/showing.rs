//! Showing a record to the user's own redaction, value by value, before any sink has it.

use std::fmt;

use serde_json::{Map, Value};

use super::Limits;
use super::hook::{RedactHook, contain};
use super::redact::REDACTED;
use super::reshape::{reshape_object, reshape_value};

/// The deepest level that is shown. A function that puts values into each value that it sees would never come to an end.
const DEEPEST: usize = 128;

/// A record being shown to the function.
pub(crate) struct Showing<'a> {
    hook: &'a RedactHook,
    limits: &'a Limits,
    depth: usize,
    /// Whether the function panicked at any value.
    pub(crate) panicked: bool,
}

impl<'a> Showing<'a> {
    pub(crate) fn new(hook: &'a RedactHook, limits: &'a Limits) -> Self {
        Self { hook, limits, depth: 0, panicked: false }
    }

    /// Shows a value and then what is in it, each under its path. A value at which the function panics is taken out: what
    /// it might have removed must not pass.
    pub(crate) fn value(&mut self, path: &mut String, value: &mut Value) {
        if !contain(|| (self.hook)(path, value)) {
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
        self.depth += 1;
        if self.depth > DEEPEST {
            *value = Value::from(REDACTED);
        } else {
            self.value(path, value);
        }
        self.depth -= 1;
        path.truncate(length);
    }

    /// Shows the members of an object.
    pub(crate) fn members(&mut self, path: &str, map: &mut Map<String, Value>) {
        let mut path = path.to_owned();
        for (key, value) in map {
            self.below(&mut path, key, value);
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
        reshape_value(json, self.limits, |value| self.value(&mut path.to_owned(), value))
    }

    /// Shows the members of an object that is JSON text.
    pub(crate) fn json_members(&mut self, path: &str, json: &str) -> String {
        reshape_object(json, self.limits, |map| self.members(path, map))
    }
}
