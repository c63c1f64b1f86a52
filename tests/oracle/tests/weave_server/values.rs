//! Values of every sort.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use weave::{Content, Markdown};

use crate::same::assert_same;
use crate::world::world;

#[weave::op]
fn echo(value: Value) -> Value {
    value
}

fn echoed(value: Value) -> Value {
    world();
    let (_, call) = weave::call(|| echo(value));
    let (calls, _) = assert_same(call.trace_id().unwrap());
    calls[0]["output"].clone()
}

#[test]
fn text_of_any_script_is_the_same() {
    let text = "a \u{1F369} ß 日本語 العربية \u{0} \u{1} \u{7f} \u{2028} \\ \" \n\r\t </script> {{x}} %s";
    assert_eq!(echoed(json!({ "ключ": text, "empty": "", "": 1 }))["ключ"], text);
}

#[test]
fn numbers_keep_their_digits() {
    let numbers = json!([0, -1, i64::MAX, i64::MIN, 0.1, 1e300, 5e-324, -0.0, 1.5]);
    assert_eq!(echoed(numbers.clone()), numbers);
}

#[test]
fn nested_and_empty_things_are_the_same() {
    let value = json!({ "a": [[], {}, [null, [true, { "b": { "c": [] } }]]], "n": null });
    assert_eq!(echoed(value.clone()), value);
}

#[test]
fn a_value_of_nearly_a_mebibyte_arrives() {
    let text = "0123456789".repeat(100_000);
    assert_eq!(echoed(json!({ "long": text }))["long"].as_str().map(str::len), Some(1_000_000));
}

#[weave::op]
fn large(lines: usize) -> Vec<String> {
    (0..lines).map(|n| format!("{n:0>100}")).collect()
}

#[test]
fn one_that_is_larger_arrives_as_it_was_cut() {
    world();
    let (_, call) = weave::call(|| large(50_000));
    assert_same(call.trace_id().unwrap());
}

#[weave::op]
fn rich(at: SystemTime, text: Markdown, data: Content) -> usize {
    let _ = (at, text, data);
    3
}

#[test]
fn times_markdown_and_content_have_weave_s_form() {
    world();
    let at = SystemTime::UNIX_EPOCH + Duration::new(1_577_934_245, 5_000);
    let data = Content::from_bytes(*b"\x00\x01binary", "application/x-thing");
    let (_, call) = weave::call(|| rich(at, Markdown::new("# *Hi*"), data));
    let (calls, _) = assert_same(call.trace_id().unwrap());
    let inputs = &calls[0]["inputs"];
    assert_eq!(inputs["at"]["weave_type"]["type"], "datetime.datetime", "{inputs}");
    assert_eq!(inputs["text"]["val"]["markup"], "# *Hi*", "{inputs}");
    let files = &inputs["data"]["files"];
    let bytes = world().server.bytes("/file/content", json!({ "digest": files["content"] }));
    assert_eq!(bytes, b"\x00\x01binary");
    let about = world().server.ask("/file/content", json!({ "digest": files["metadata.json"] }));
    assert_eq!(about["mimetype"], "application/x-thing", "{about}");
}
