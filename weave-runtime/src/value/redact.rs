//! Taking secrets out of recorded text, by the key that they stand at.
//!
//! Nothing is parsed into a tree and written again: the places of the secret values are found, at whatever level of
//! JSON or debug text inside strings, and replaced in the original. All the rest stays as it was, byte for byte.

mod find;
mod keys;
mod prose;
mod span;

use std::ops::Range;

use serde_json::{Map, Value};

use self::keys::Keys;

/// What stands in the place of a secret.
pub(super) const REDACTED: &str = "REDACTED";

/// Finds the values of secret keys, and replaces them.
///
/// A key is secret when, in lower case and without `-` and `_`, it is one of the known names or ends in one of the known
/// endings; further names can be given. Of a key with dots the last part counts, too.
#[derive(Debug)]
pub(crate) struct Redactor {
    keys: Keys,
}

impl Redactor {
    /// The rules that always hold, and some more keys. Those are compared as the known names are, in the same normal form.
    pub(crate) fn new(extra_keys: impl IntoIterator<Item = String>) -> Self {
        Self { keys: Keys::new(extra_keys) }
    }

    /// The text of a JSON value without its secrets; `None` when it has none.
    pub(crate) fn redact(&self, json: &str) -> Option<String> {
        if !self.keys.may_occur_in(json) {
            return None;
        }
        let mut edits = Vec::new();
        find::in_json(&self.keys, json, &mut edits);
        apply(json, edits)
    }

    /// Takes the secrets out of attributes.
    pub(crate) fn redact_map(&self, map: &mut Map<String, Value>) {
        for (key, value) in map {
            if self.keys.is_secret(key) {
                *value = Value::from(REDACTED);
            } else {
                self.redact_value(value);
            }
        }
    }

    fn redact_value(&self, value: &mut Value) {
        match value {
            Value::Object(map) => self.redact_map(map),
            Value::Array(values) => values.iter_mut().for_each(|value| self.redact_value(value)),
            Value::String(text) => {
                if let Some(redacted) = self.redact_text(text) {
                    *text = redacted;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Text that is no JSON value itself, such as the message of an error, without its secrets.
    pub(crate) fn redact_text(&self, text: &str) -> Option<String> {
        if !self.keys.may_occur_in(text) {
            return None;
        }
        let mut edits = Vec::new();
        find::in_text(&self.keys, text, &mut edits);
        apply(text, edits)
    }
}

/// A piece of text to be replaced.
#[derive(Debug)]
struct Edit {
    range: Range<usize>,
    text: String,
}

/// Makes the edits, which are in order and do not overlap.
fn apply(text: &str, edits: Vec<Edit>) -> Option<String> {
    if edits.is_empty() {
        return None;
    }
    let mut redacted = String::with_capacity(text.len());
    let mut end = 0;
    for edit in edits {
        redacted.push_str(text.get(end..edit.range.start)?);
        redacted.push_str(&edit.text);
        end = edit.range.end;
    }
    redacted.push_str(text.get(end..)?);
    Some(redacted)
}

#[cfg(test)]
mod tests;
