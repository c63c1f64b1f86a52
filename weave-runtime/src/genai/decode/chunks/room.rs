//! How much of a streamed answer is kept.

use serde_json::Value;

use crate::genai::decode::json::Object;

/// What stands where a text was left off.
const CUT: &str = "… [cut]";

/// The most choices, blocks or candidates that an answer may have.
const MOST_ITEMS: usize = 1_024;

/// Bytes that an item takes that says nothing.
const ITEM: usize = 32;

/// Bytes that may still be kept.
#[derive(Clone, Debug)]
pub(super) struct Room {
    most: usize,
    taken: usize,
    /// No text goes on behind the mark of where it was left off.
    is_cut: bool,
}

impl Default for Room {
    fn default() -> Self {
        Self::of(usize::MAX)
    }
}

impl Room {
    pub(super) fn of(bytes: usize) -> Self {
        Self { most: bytes, taken: 0, is_cut: false }
    }

    pub(super) fn taken(&self) -> usize {
        self.taken
    }

    /// Appends a text, or what there is room for.
    pub(super) fn push(&mut self, said: &mut String, text: &str) {
        if self.is_cut {
            return;
        }
        if text.len() <= self.left() {
            said.push_str(text);
            self.take(text.len());
            return;
        }
        let end = (0..=self.left()).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        said.push_str(text.get(..end).unwrap_or_default());
        said.push_str(CUT);
        self.take(self.left());
        self.is_cut = true;
    }

    /// Appends a text to a member of an object. What is no text there is replaced.
    pub(super) fn append(&mut self, object: &mut Object, key: &str, text: &str) {
        if !object.get(key).is_some_and(Value::is_string) {
            object.insert(key.to_owned(), Value::String(String::new()));
        }
        if let Some(Value::String(said)) = object.get_mut(key) {
            self.push(said, text);
        }
    }

    /// Sets a member of an object. What is larger than a number is left out where there is no room.
    pub(super) fn set(&mut self, object: &mut Object, key: &str, value: Value) {
        if value.is_null() {
            object.entry(key).or_insert(Value::Null);
            return;
        }
        let before = match object.get(key) {
            Some(before) if *before == value => return,
            Some(before) => weight(before),
            None => 0,
        };
        // What many chunks say again, such as counts so far, takes no more room than once.
        let weight = weight(&value);
        if weight > self.left().saturating_add(before).max(1 << 10) {
            return;
        }
        self.taken = self.taken.saturating_sub(before);
        self.take(weight);
        object.insert(key.to_owned(), value);
    }

    /// The item of a list at an index, which is made where there is none.
    pub(super) fn item<'a>(&mut self, list: &'a mut Value, index: usize) -> Option<&'a mut Object> {
        if !list.is_array() {
            *list = Value::Array(Vec::new());
        }
        let items = list.as_array_mut()?;
        if index >= MOST_ITEMS {
            return None;
        }
        while items.len() <= index {
            if self.left() < ITEM {
                return None;
            }
            self.take(ITEM);
            items.push(Value::Object(Object::new()));
        }
        items.get_mut(index)?.as_object_mut()
    }

    /// Puts items behind those of a list.
    pub(super) fn extend(&mut self, list: &mut Value, more: Vec<Value>) {
        if !list.is_array() {
            *list = Value::Array(Vec::new());
        }
        let Some(items) = list.as_array_mut() else { return };
        for item in more {
            let weight = weight(&item);
            if weight <= self.left() && items.len() < MOST_ITEMS {
                self.take(weight);
                items.push(item);
            }
        }
    }

    fn take(&mut self, bytes: usize) {
        self.taken = self.taken.saturating_add(bytes);
    }

    fn left(&self) -> usize {
        self.most.saturating_sub(self.taken)
    }
}

fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(|item| 8 + weight(item)).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| 8 + key.len() + weight(value)).sum(),
        _ => 8,
    }
}
