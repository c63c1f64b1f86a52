//! JSON as attributes of OpenTelemetry, which are flat.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Bound;

use serde_json::{Map, Value};

use super::Scalar;

/// The attributes of a span, of which none has a key that begins another's: readers make objects of dotted keys, and Weave's
/// rejects a span in which something would be both a value and an object.
#[derive(Default, Debug)]
pub(super) struct Attributes<'a> {
    places: BTreeMap<Cow<'a, str>, (Scalar<'a>, Strength)>,
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

impl<'a> Attributes<'a> {
    /// The members of an object, those of inner objects under dotted keys. Null is left out: there is no attribute without a
    /// value.
    pub(super) fn flat(object: impl Iterator<Item = (&'a String, &'a Value)>) -> Self {
        let mut attributes = Self::default();
        attributes.add_given(object);
        attributes
    }

    /// Adds what the library says, before anything is given. Its keys go together.
    pub(super) fn add_own(&mut self, key: &'a str, value: Scalar<'a>, strength: Strength) {
        self.places.insert(Cow::Borrowed(key), (value, strength));
    }

    /// Adds what the program says, the strongest first. What cannot stand beside what is there is kept with underscores for
    /// dots, and one more at the end until the key is free; what has the very key of something stronger is not kept.
    pub(super) fn add_given(&mut self, object: impl Iterator<Item = (&'a String, &'a Value)>) {
        let mut aside = Vec::new();
        for (key, value) in object {
            each_scalar(Cow::Borrowed(key), value, &mut |key, value| self.give(key, value, &mut aside));
        }
        self.put_aside(aside);
    }

    /// The same of the members of one object, under a key.
    pub(super) fn add_below(&mut self, key: &'static str, object: &'a Map<String, Value>) {
        let mut aside = Vec::new();
        for (name, value) in object {
            let key = Cow::Owned(format!("{key}.{name}"));
            each_scalar(key, value, &mut |key, value| self.give(key, value, &mut aside));
        }
        self.put_aside(aside);
    }

    fn put_aside(&mut self, aside: Vec<(Cow<'a, str>, Scalar<'a>)>) {
        for (key, value) in aside {
            let mut key = key.replace('.', "_");
            while !self.has_room(&key) || self.places.contains_key(key.as_str()) {
                key.push('_');
            }
            self.places.insert(Cow::Owned(key), (value, Strength::Aside));
        }
    }

    fn give(&mut self, key: Cow<'a, str>, value: Scalar<'a>, aside: &mut Vec<(Cow<'a, str>, Scalar<'a>)>) {
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

    /// In the order of their keys.
    pub(super) fn into_iter(self) -> impl Iterator<Item = (Cow<'a, str>, Scalar<'a>)> {
        self.places.into_iter().map(|(key, (value, _))| (key, value))
    }
}

/// The values below a key that are no objects.
fn each_scalar<'a>(key: Cow<'a, str>, value: &'a Value, see: &mut impl FnMut(Cow<'a, str>, Scalar<'a>)) {
    match value {
        Value::Object(inner) => {
            for (name, value) in inner {
                each_scalar(Cow::Owned(format!("{key}.{name}")), value, see);
            }
        }
        value => {
            if let Some(scalar) = Scalar::of(value) {
                see(key, scalar);
            }
        }
    }
}

#[cfg(test)]
mod tests;
