//! What the Python SDK sent, and how what Rust sends is held to it.

use serde_json::Value;

use crate::differences::DIFFERENCES;
use crate::sent::Sent;

/// Holds what was sent to what Python sent in the same scenario, apart from the differences that are told of.
pub(crate) fn assert_same(sent: &Sent, fixture: &str) {
    let fixture: Value = serde_json::from_str(fixture).unwrap();
    assert_same_calls(sent, &fixture);
    let expected: Vec<_> = fixture["routes"].as_array().unwrap().iter().map(|route| route.as_str().unwrap()).collect();
    let expected: Vec<_> = expected.iter().map(|route| route.split(" -> ").next().unwrap()).collect();
    assert_eq!(sent.routes(), expected);
}

/// The same for the calls alone.
pub(crate) fn assert_same_calls(sent: &Sent, fixture: &Value) {
    let rust = sent.calls();
    let python = fixture["calls"].as_array().unwrap();
    let names = |calls: &[Value]| calls.iter().map(|call| call["op"].to_string()).collect::<Vec<_>>();
    assert_eq!(rust.len(), python.len(), "rust has {:?}, python {:?}", names(&rust), names(python));
    for (mut rust, mut python) in rust.into_iter().zip(python.iter().cloned()) {
        for difference in DIFFERENCES {
            (difference.settle)(&mut python, &mut rust);
        }
        assert_eq!(rust, python, "rust and python");
    }
}
