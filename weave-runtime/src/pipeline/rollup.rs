//! What calls leave to the summary of the call above them.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::id::CallId;
use crate::record::{StatusCounts, summary};
use crate::value::MAX_DEPTH;

/// Calls that something was left to and that have not ended. Those of which this many others were heard of since are
/// given up.
const OPEN: usize = 100_000;

/// Entries of an object, and items of a list, that a summary grows to; more are passed over.
const MOST_ENTRIES: usize = 1_024;

/// Sums by the call that they are for, from the end of the first call below it until its own.
#[derive(Debug)]
pub(super) struct RollUps {
    recent: HashMap<CallId, RollUp>,
    older: HashMap<CallId, RollUp>,
    most: usize,
}

/// What the calls below one sum up to.
#[derive(Clone, Default, PartialEq, Debug)]
pub(super) struct RollUp {
    pub(super) counts: StatusCounts,
    pub(super) summary: Map<String, Value>,
}

impl Default for RollUps {
    fn default() -> Self {
        Self { recent: HashMap::new(), older: HashMap::new(), most: OPEN }
    }
}

impl RollUps {
    /// Adds what a call that has ended comes to, with all below it, to the call that it is below.
    pub(super) fn add(&mut self, above: CallId, counts: StatusCounts, own: &Map<String, Value>) {
        if self.recent.len() >= self.most / 2 && !self.recent.contains_key(&above) {
            self.older = std::mem::take(&mut self.recent);
        }
        let older = &mut self.older;
        let sum = self.recent.entry(above).or_insert_with(|| older.remove(&above).unwrap_or_default());
        sum.counts = sum.counts.and(counts);
        for (key, value) in own.iter().filter(|(key, _)| !summary::stays(key)) {
            add_member(&mut sum.summary, key, value, MAX_DEPTH);
        }
    }

    /// What was left to a call that has ended now.
    pub(super) fn take(&mut self, call: CallId) -> Option<RollUp> {
        if self.recent.is_empty() && self.older.is_empty() {
            return None;
        }
        self.recent.remove(&call).or_else(|| self.older.remove(&call))
    }
}

/// Adds numbers at every depth and joins lists; of anything else the newest is kept.
pub(super) fn add(into: &mut Map<String, Value>, other: &Map<String, Value>) {
    add_at(into, other, MAX_DEPTH);
}

fn add_at(into: &mut Map<String, Value>, other: &Map<String, Value>, depth: usize) {
    for (key, value) in other {
        add_member(into, key, value, depth);
    }
}

fn add_member(into: &mut Map<String, Value>, key: &str, value: &Value, depth: usize) {
    let has_room = into.len() < MOST_ENTRIES;
    match (into.get_mut(key), value) {
        (Some(Value::Object(inner)), Value::Object(value)) if depth > 0 => add_at(inner, value, depth - 1),
        (Some(Value::Array(items)), Value::Array(more)) => {
            let room = MOST_ENTRIES.saturating_sub(items.len());
            items.extend(more.iter().take(room).cloned());
        }
        (Some(Value::Number(sum)), Value::Number(number)) => *sum = added(sum, number),
        (Some(known), value) => *known = value.clone(),
        (None, value) if has_room => {
            into.insert(key.to_owned(), value.clone());
        }
        (None, _) => {}
    }
}

/// Whole numbers stay whole as long as they fit.
fn added(a: &serde_json::Number, b: &serde_json::Number) -> serde_json::Number {
    let unsigned = || Some(a.as_u64()?.checked_add(b.as_u64()?)?.into());
    let signed = || Some(a.as_i64()?.checked_add(b.as_i64()?)?.into());
    let float = || serde_json::Number::from_f64(a.as_f64()? + b.as_f64()?);
    unsigned().or_else(signed).or_else(float).unwrap_or_else(|| b.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    fn sum(a: Value, b: Value) -> Value {
        let mut into = object(a);
        add(&mut into, &object(b));
        Value::Object(into)
    }

    #[test]
    fn numbers_are_added_at_every_depth_and_lists_joined() {
        let tokens = |n| json!({"usage": {"small": {"input_tokens": n, "requests": 1}}, "seen": [n]});
        assert_eq!(
            sum(tokens(3), tokens(4)),
            json!({"usage": {"small": {"input_tokens": 7, "requests": 2}}, "seen": [3, 4]})
        );
    }

    #[test]
    fn of_what_cannot_be_added_the_newest_is_kept() {
        assert_eq!(sum(json!({"a": "x", "b": 1}), json!({"a": "y", "b": [1]})), json!({"a": "y", "b": [1]}));
    }

    #[test]
    fn numbers_that_do_not_fit_become_floats() {
        assert_eq!(sum(json!({"n": u64::MAX}), json!({"n": 1})), json!({"n": 18_446_744_073_709_551_616.0}));
        assert_eq!(sum(json!({"n": -3}), json!({"n": 5})), json!({"n": 2}));
    }

    #[test]
    fn a_list_grows_to_its_bound() {
        let long = json!({"seen": vec![0; 1_000]});
        assert_eq!(sum(long.clone(), long)["seen"].as_array().unwrap().len(), MOST_ENTRIES);
    }

    #[test]
    fn calls_that_nothing_is_heard_of_any_more_are_given_up_first() {
        let mut sums = RollUps { most: 4, ..RollUps::default() };
        let success = StatusCounts::of(crate::record::Status::Success);
        let add = |sums: &mut RollUps, id| sums.add(CallId::from_int(id), success, &Map::new());
        for id in [1, 2, 3, 1, 4, 5] {
            add(&mut sums, id);
        }
        let left: Vec<_> = (1..=5).map(|id| sums.take(CallId::from_int(id)).map(|sum| sum.counts.success)).collect();
        assert_eq!(left, [Some(2), None, Some(1), Some(1), Some(1)]);
    }
}
