//! JSON as attributes of OpenTelemetry, which are flat.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Bound;

use opentelemetry::{Array, KeyValue, StringValue, Value as OtelValue};
use serde_json::{Map, Value};

/// The members of an object, those of inner objects under dotted keys. Null is left out: there is no attribute without a value.
pub(super) fn flat(object: Map<String, Value>) -> Vec<KeyValue> {
    let mut attributes = Attributes::default();
    attributes.add_given(object);
    attributes.into_key_values()
}

/// The attributes of a span, of which none has a key that begins another's: readers make objects of dotted keys, and Weave's
/// rejects a span in which something would be both a value and an object.
#[derive(Default, Debug)]
pub(super) struct Attributes {
    places: BTreeMap<String, (Value, Strength)>,
}

/// Who may take the place of an attribute.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Strength {
    /// What the library knows, until the program says something else under the same key.
    Default,
    /// What is there to stay.
    Settled,
    /// What stays under a key that was made for it: nobody who comes with the very key means the same.
    Aside,
}

impl Attributes {
    /// Adds what the library says, before anything is given. Its keys go together.
    pub(super) fn add_own(&mut self, key: &str, value: Value, strength: Strength) {
        if !value.is_null() {
            self.places.insert(key.to_owned(), (value, strength));
        }
    }

    /// Adds what the program says, the strongest first. What cannot stand beside what is there is kept with underscores for
    /// dots, and one more at the end until the key is free; what has the very key of something stronger is not kept.
    pub(super) fn add_given(&mut self, object: Map<String, Value>) {
        let mut aside = Vec::new();
        for (key, value) in object {
            each_scalar(key, value, &mut |key, value| self.give(key, value, &mut aside));
        }
        for (key, value) in aside {
            let mut key = key.replace('.', "_");
            while !self.has_room(&key) || self.places.contains_key(&key) {
                key.push('_');
            }
            self.places.insert(key, (value, Strength::Aside));
        }
    }

    fn give(&mut self, key: String, value: Value, aside: &mut Vec<(String, Value)>) {
        if !self.has_room(&key) {
            return aside.push((key, value));
        }
        match self.places.entry(key) {
            Entry::Occupied(mut place) => match place.get().1 {
                Strength::Settled => {}
                Strength::Aside => aside.push((place.key().clone(), value)),
                Strength::Default => _ = place.insert((value, Strength::Settled)),
            },
            Entry::Vacant(place) => _ = place.insert((value, Strength::Settled)),
        }
    }

    /// Whether no other key begins this one, and it begins none.
    fn has_room(&self, key: &str) -> bool {
        let mut beginnings = key.match_indices('.').map(|(at, _)| key.get(..at).unwrap_or_default());
        if beginnings.any(|beginning| self.places.contains_key(beginning)) {
            return false;
        }
        let inner = format!("{key}.");
        let after = (Bound::Included(inner.as_str()), Bound::Unbounded);
        !self.places.range::<str, _>(after).next().is_some_and(|(next, _)| next.starts_with(&inner))
    }

    pub(super) fn into_key_values(self) -> Vec<KeyValue> {
        let attributes = self.places.into_iter();
        attributes.map(|(key, (value, _))| KeyValue::new(key, scalar(value))).collect()
    }
}

/// The values below a key that are no objects.
fn each_scalar(key: String, value: Value, see: &mut impl FnMut(String, Value)) {
    match value {
        Value::Null => {}
        Value::Object(inner) => {
            for (name, value) in inner {
                each_scalar(format!("{key}.{name}"), value, see);
            }
        }
        value => see(key, value),
    }
}

fn scalar(value: Value) -> OtelValue {
    match value {
        Value::Bool(value) => value.into(),
        Value::String(value) => value.into(),
        Value::Array(items) => array(items),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => value.into(),
            // Beyond what an attribute can say: the digits say it.
            (None, _) if number.is_u64() => number.to_string().into(),
            (None, Some(value)) => value.into(),
            (None, None) => number.to_string().into(),
        },
        other => other.to_string().into(),
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
mod tests;
