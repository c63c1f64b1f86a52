//! Attributes of the program that meet neither each other nor the library's: the usual ones, told without sorting any.

use serde_json::{Map, Value};

use super::{Scalar, keys};

/// What the op's static says, in the namespace that is the library's own.
const FROM_THE_OP: [&str; 2] = ["kind", "color"];

/// Whether no key begins another when these are told under dotted keys beside those of the library. May say no where they do
/// not meet.
pub(super) fn are_apart(given: &Map<String, Value>) -> bool {
    given.iter().all(|(key, value)| match value {
        Value::Object(inner) if key == keys::OURS => {
            inner.iter().all(|(key, value)| FROM_THE_OP.contains(&key.as_str()) && !value.is_object())
        }
        value => !keys::BEGINNINGS.contains(&key.as_str()) && is_undotted(key, value),
    })
}

/// Whether nothing but the way down to a value makes dots.
fn is_undotted(key: &str, value: &Value) -> bool {
    let inner = || value.as_object().into_iter().flatten();
    !key.contains('.') && inner().all(|(key, value)| is_undotted(key, value))
}

/// Tells them.
pub(super) fn each(given: &Map<String, Value>, see: &mut impl FnMut(&str, Scalar<'_>)) {
    let mut path = String::new();
    for (key, value) in given {
        path.clear();
        path.push_str(key);
        each_below(&mut path, value, see);
    }
}

fn each_below(path: &mut String, value: &Value, see: &mut impl FnMut(&str, Scalar<'_>)) {
    let Value::Object(inner) = value else {
        return Scalar::of(value).into_iter().for_each(|scalar| see(path, scalar));
    };
    for (key, value) in inner {
        let length = path.len();
        path.push('.');
        path.push_str(key);
        each_below(path, value, see);
        path.truncate(length);
    }
}
