//! Hooks that panic, or never come to an end: what that costs.

use serde_json::{Value, json};
use weave::testing::Recorder;

use super::outline;

#[weave::op(
    inputs = |inputs| panic!("cannot shape {inputs:?}"),
    output = |output| -> u8 { panic!("cannot shape {output:?}") }
)]
fn both(name: &str) -> String {
    name.to_uppercase()
}

#[weave::op(output = |n| -> u8 { assert!(*n < 2, "too large"); *n })]
fn items() -> impl Iterator<Item = u8> {
    0..3
}

fn placeholder(function: &str) -> Value {
    json!({ "weave.error": { "message": format!("the function given as {function} panicked") } })
}

#[test]
fn a_function_of_the_op_that_panics_costs_what_it_was_to_reshape() {
    let recorder = Recorder::new();
    assert_eq!(recorder.run(|| both("grace")), "GRACE");
    let call = &recorder.calls()[0];
    assert_eq!(call.status(), weave::Status::Success);
    let inputs: Value = serde_json::from_str(call.inputs_json()).unwrap();
    assert_eq!((inputs, call.output().unwrap()), (placeholder("`inputs`"), placeholder("`output`")));
    assert!(!format!("{call:?}").to_lowercase().contains("grace"), "{call:?}");
}

#[test]
fn of_an_item_it_costs_that_item() {
    let recorder = Recorder::new();
    assert_eq!(recorder.run(|| items().count()), 3);
    assert_eq!(recorder.calls()[0].output::<Value>().unwrap(), json!([0, 1, placeholder("`output`")]));
}

#[test]
fn a_function_of_the_client_that_panics_costs_the_same() {
    #[weave::op]
    fn name(first: &str) -> String {
        first.to_uppercase()
    }
    let builder = weave::builder("t")
        .inputs(|_, inputs| {
            inputs.remove("first");
            panic!("no inputs")
        })
        .output(|_, _| panic!("no output"));
    let recorder = Recorder::with(builder).unwrap();
    assert_eq!(recorder.run(|| name("grace")), "GRACE");
    let call = &recorder.calls()[0];
    let inputs: Value = serde_json::from_str(call.inputs_json()).unwrap();
    let expected = (placeholder("`Builder::inputs`"), placeholder("`Builder::output`"));
    assert_eq!((inputs, call.output().unwrap()), expected);
}

#[test]
fn the_redaction_that_panics_takes_out_what_it_was_shown() {
    #[weave::op]
    fn name(first: &str, last: &str) {}
    let builder = weave::builder("t").redact(|path, _| assert!(path != "inputs.last"));
    assert_eq!(outline(builder, || name("grace", "hopper")), r#"name(first: "grace", last: "REDACTED")"#);
}

#[test]
fn a_redaction_that_nests_without_end_comes_to_an_end() {
    #[weave::op]
    fn name(first: &str) {}
    let builder = weave::builder("t").redact(|_, value| *value = json!([value.take()]));
    let recorded = outline(builder, || name("grace"));
    assert!(!recorded.contains("grace") && recorded.starts_with("name(first: [[[["), "{recorded}");
}
