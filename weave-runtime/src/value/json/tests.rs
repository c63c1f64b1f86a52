//! What values look like as JSON.

mod differential;
mod limits;
mod misuse;

use serde::Serialize;
use serde_json::Value;

use crate::value::{Limits, write};

/// The value as JSON, which is checked to be valid.
fn json<T: Serialize + ?Sized>(value: &T) -> String {
    json_within(value, &Limits::default())
}

fn json_within<T: Serialize + ?Sized>(value: &T, limits: &Limits) -> String {
    // Text before the value must not be mistaken for a part of it.
    let mut out = "{\"x\":".to_owned();
    write(&mut out, value, limits);
    let json = out.split_off(5);
    assert_eq!(out, "{\"x\":");
    if let Err(error) = serde_json::from_str::<Value>(&json) {
        panic!("{error} in {json}");
    }
    json
}

fn bytes(bytes: usize) -> Limits {
    Limits { bytes, ..Limits::default() }
}
