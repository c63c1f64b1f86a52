//! Functions of the user's that reshape what is recorded: beside redaction and the count of tokens.

mod by_the_client;
mod by_the_op;
mod that_panic;

use std::sync::{Arc, Mutex};

use serde::Serialize;
use serde_json::{Value, json};
use weave::testing::Recorder;

#[derive(Serialize)]
struct Answer {
    text: String,
    tokens: Vec<u32>,
}

fn answer(text: &str) -> Answer {
    Answer { text: text.to_owned(), tokens: vec![1, 2, 3] }
}

/// The outline of what `body` records under `builder`.
fn outline<R>(builder: weave::Builder, body: impl FnOnce() -> R) -> String {
    let recorder = Recorder::with(builder).unwrap();
    recorder.run(body);
    recorder.tree().outline()
}

fn plain<R>(body: impl FnOnce() -> R) -> String {
    outline(weave::builder("t"), body)
}

#[test]
fn keys_are_redacted_before_the_first_and_after_the_last_and_your_redaction_comes_at_the_end() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let (inputs_seen, shown) = (Arc::clone(&seen), Arc::clone(&seen));
    #[weave::op(inputs = |inputs| {
        let copy = inputs["password"].clone();
        inputs.insert("op saw".to_owned(), copy);
        inputs.insert("api_key".to_owned(), "from the op".into());
    })]
    fn login(password: &str) -> Value {
        json!({ "secret": "s" })
    }
    let builder = weave::builder("t")
        .inputs(move |_, inputs| {
            inputs_seen.lock().unwrap().push(Value::Object(inputs.clone()).to_string());
            inputs.insert("secret".to_owned(), "from the client".into());
        })
        .output(|_, output| *output = json!({ "was": output.take(), "text": "password=from the client" }))
        .redact(move |path, value| shown.lock().unwrap().push(format!("{path}={value}")));
    let recorder = Recorder::with(builder).unwrap();
    recorder.run(|| login("hunter2"));
    let call = &recorder.calls()[0];
    assert_eq!(
        call.inputs_json(),
        r#"{"password":"REDACTED","api_key":"REDACTED","op saw":"REDACTED","secret":"REDACTED"}"#
    );
    assert_eq!(
        call.output::<Value>().unwrap(),
        json!({ "was": { "secret": "REDACTED" }, "text": "password=REDACTED the client" })
    );
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], r#"{"api_key":"from the op","op saw":"REDACTED","password":"REDACTED"}"#);
    assert!(seen.contains(&"inputs.secret=\"REDACTED\"".to_owned()), "{seen:?}");
    assert!(!format!("{seen:?}").contains("hunter2"));
}

#[test]
fn what_the_ops_output_function_gives_is_searched_for_keys() {
    #[weave::op(output = |_| json!({ "api_key": "sk-1", "n": 1 }))]
    fn work() -> u8 {
        1
    }
    assert_eq!(plain(work), r#"work() -> {"api_key":"REDACTED","n":1}"#);
}

fn completion() -> Value {
    json!({ "model": "m", "usage": { "input_tokens": 2, "output_tokens": 3 }, "text": "yes" })
}

#[weave::llm(output = |answer| answer["text"].clone())]
fn chat() -> Value {
    completion()
}

#[weave::llm]
fn whole() -> Value {
    completion()
}

#[test]
fn tokens_are_those_of_the_output_before_it_was_reshaped() {
    let builder = || weave::builder("t").output(|_, output| *output = Value::Null);
    for (builder, call) in [(weave::builder("t"), chat as fn() -> Value), (builder(), whole), (builder(), chat)] {
        let recorder = Recorder::with(builder).unwrap();
        recorder.run(call);
        let call = &recorder.calls()[0];
        assert!(call.output_json() == Some("\"yes\"") || call.output_json() == Some("null"));
        assert_eq!(call.usage().unwrap().total_tokens, Some(5));
        assert_eq!(call.summary()["usage"]["m"]["output_tokens"], 3);
    }
}

#[test]
fn content_that_a_hook_leaves_out_is_not_kept() {
    #[derive(Serialize)]
    struct Picture {
        model: &'static str,
        usage: Value,
        data: weave::Content,
    }
    #[weave::op(inputs = |inputs| drop(inputs.remove("from")), output = |picture| picture.data.size())]
    fn draw(from: weave::Content) -> Picture {
        Picture { model: "m", usage: json!({ "output_tokens": 3 }), data: from }
    }
    let recorder = Recorder::new();
    recorder.run(|| draw(weave::Content::from_bytes(vec![7; 100_000], "image/png")));
    let call = &recorder.calls()[0];
    assert_eq!(call.output::<usize>().unwrap(), 100_000);
    assert_eq!(call.usage().unwrap().output_tokens, Some(3));
    assert!(call.contents().unwrap().is_empty());
}
