//! `inputs = ..` and `output = ..`: what they are given, and what is recorded.

use std::fmt::Debug;

use futures::executor::block_on;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use serde_json::{Map, Value, json};
use weave::testing::Recorder;

use super::{Answer, answer, plain};

fn shorten(inputs: &mut Map<String, Value>) {
    inputs.insert("history".to_owned(), inputs["history"].as_array().map_or(0, Vec::len).into());
}

#[weave::op(inputs = shorten)]
fn ask(question: &str, history: Vec<&str>) -> usize {
    question.len()
}

#[test]
fn inputs_are_reshaped_by_a_function_and_keep_their_order() {
    assert_eq!(plain(|| ask("why?", vec!["a", "b"])), r#"ask(question: "why?", history: 2) -> 4"#);
}

#[weave::op(inputs = |inputs| {
    inputs.remove("raw");
    inputs.insert("added".to_owned(), true.into());
})]
fn read(z: u8, raw: &[u8], a: u8) {}

#[test]
fn inputs_are_reshaped_by_a_closure() {
    assert_eq!(plain(|| read(1, b"abc", 2)), "read(z: 1, a: 2, added: true)");
}

#[weave::op(inputs = Map::clear)]
fn forgetful(id: u64) {}

#[weave::op(inputs = |_| {})]
fn attentive(id: u64, tiny: f64) {}

#[test]
fn what_is_left_alone_is_recorded_as_it_was() {
    let recorder = Recorder::new();
    recorder.run(|| {
        forgetful(1);
        attentive(u64::MAX, 1e-300);
    });
    let calls = recorder.calls();
    assert_eq!(calls[0].inputs_json(), "{}");
    assert_eq!(calls[1].inputs_json(), r#"{"id":18446744073709551615,"tiny":1e-300}"#);
}

fn text(answer: &Answer) -> &str {
    &answer.text
}

#[weave::op(output = text)]
fn reply(prompt: &str) -> Answer {
    answer(prompt)
}

#[weave::op(output = |answer| json!({ "length": answer.text.len(), "of": answer.tokens.len() }))]
fn measured(prompt: &str) -> Result<Answer, String> {
    if prompt.is_empty() { Err("empty".to_owned()) } else { Ok(answer(prompt)) }
}

#[weave::op(output = |answer| &answer.text)]
async fn later(prompt: &str) -> Option<Result<Answer, String>> {
    (prompt != "none").then(|| Ok(answer(prompt)))
}

#[test]
fn an_output_is_reshaped_by_a_function_or_a_closure_that_may_borrow_from_it() {
    assert_eq!(plain(|| reply("hi")), r#"reply(prompt: "hi") -> "hi""#);
    assert_eq!(plain(|| measured("hi")), r#"measured(prompt: "hi") -> {"length":2,"of":3}"#);
    assert_eq!(plain(|| measured("")), r#"measured(prompt: "") failed: empty"#);
    assert_eq!(plain(|| block_on(later("hi"))), r#"later(prompt: "hi") -> "hi""#);
    assert_eq!(plain(|| block_on(later("none"))), r#"later(prompt: "none")"#);
}

struct Opaque<T>(T);

fn show<T: Debug>(opaque: &Opaque<T>) -> String {
    format!("{:?}", opaque.0)
}

#[weave::op(output = show)]
fn generic<T: Debug>(value: T) -> Opaque<T> {
    Opaque(value)
}

#[weave::op(output = Vec::len)]
fn borrowed<'a>(text: &'a str) -> Vec<&'a str> {
    text.split(' ').collect()
}

#[weave::op(output = str::len)]
fn owned() -> String {
    "seven".to_owned()
}

#[weave::op(output = |(): &()| "done")]
fn nothing() {}

#[weave::op(output = |shown| format!("{shown}"))]
fn shown() -> impl std::fmt::Display {
    4
}

impl Answer {
    fn size(&self) -> usize {
        self.text.len()
    }

    #[weave::op(output = Self::size)]
    fn twice(&self) -> Self {
        answer(&self.text.repeat(2))
    }
}

#[test]
fn the_type_of_the_output_needs_no_trait_and_is_found_out() {
    assert_eq!(plain(|| generic(vec![1])), r#"generic(value: "[1]") -> "[1]""#);
    assert_eq!(plain(|| borrowed("a b")), r#"borrowed(text: "a b") -> 2"#);
    assert_eq!(plain(owned), "owned() -> 5");
    assert_eq!(plain(nothing), r#"nothing() -> "done""#);
    assert_eq!(plain(|| shown().to_string()), r#"shown() -> "4""#);
    assert!(plain(|| answer("ab").twice()).ends_with("-> 4"));
}

#[weave::op(output = |n| n * 10)]
fn numbers() -> BoxStream<'static, Result<u32, String>> {
    stream::iter([Ok(1), Ok(2), Err("no".to_owned())]).boxed()
}

#[weave::op(output = |answer| answer.text.len())]
fn answers() -> impl Iterator<Item = Answer> {
    ["a", "bc"].into_iter().map(answer)
}

#[weave::op(output = text)]
fn promised() -> BoxFuture<'static, Answer> {
    Box::pin(async { answer("later") })
}

#[test]
fn of_a_stream_or_an_iterator_each_item_is_reshaped_of_a_future_what_it_gives() {
    assert_eq!(plain(|| block_on(numbers().count())), "numbers() -> [10,20] failed: no");
    assert_eq!(plain(|| answers().count()), "answers() -> [1,2]");
    assert_eq!(plain(|| block_on(promised())), r#"promised() -> "later""#);
}

#[weave::op]
fn helper() -> u8 {
    1
}

#[weave::op(inputs = |inputs| { inputs.insert("helped".into(), helper().into()); }, output = |_| helper())]
fn helped() -> u8 {
    helper()
}

#[test]
fn ops_that_a_hook_calls_are_not_recorded() {
    assert_eq!(plain(helped), "helped(helped: 1) -> 1\n└─ helper() -> 1");
}
