//! Functions of the user's that reshape what is recorded: their order, what they see, what it costs when they panic.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use futures::executor::block_on;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use serde::Serialize;
use serde_json::{Map, Value, json};
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

mod by_the_op {
    use super::*;

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
}

mod by_the_client {
    use super::*;

    #[weave::op(
        kind = "llm",
        color = "blue",
        inputs = |inputs| { inputs.insert("op_in".to_owned(), true.into()); },
        output = |output| json!({ "op_out": output }),
    )]
    fn f(x: i64) -> i64 {
        x + 1
    }

    #[weave::op]
    fn plain(x: i64) -> i64 {
        x
    }

    fn client() -> weave::Builder {
        weave::builder("t")
            .inputs(|_, inputs| drop(inputs.insert("client_in".to_owned(), true.into())))
            .output(|_, output| *output = json!({ "client_out": output.take() }))
    }

    #[test]
    fn the_ops_own_functions_come_before_the_clients() {
        let recorder = Recorder::with(client()).unwrap();
        recorder.run(|| (f(1), plain(2)));
        let calls = serde_json::to_value(recorder.calls()).unwrap();
        assert_eq!(calls[0]["inputs"], json!({ "x": 1, "op_in": true, "client_in": true }));
        assert_eq!(calls[0]["output"], json!({ "client_out": { "op_out": 2 } }));
        assert_eq!(calls[0]["attributes"], json!({ "weave": { "kind": "llm", "color": "blue" } }));
        assert_eq!(calls[1]["inputs"], json!({ "x": 2, "client_in": true }));
        assert_eq!(calls[1]["output"], json!({ "client_out": 2 }));
    }

    #[test]
    fn the_clients_functions_see_which_call_it_is_and_manual_calls_too() {
        let builder = weave::builder("t").attribute("tenant", 7).inputs(|call, inputs| {
            let seen = format!("{} of {}", call.op_name(), call.attributes()["tenant"]);
            inputs.insert("seen".to_owned(), seen.into());
        });
        let recorded = outline(builder, || {
            plain(1);
            weave::start_call("manual").finish(());
        });
        assert_eq!(recorded, "plain(x: 1, seen: \"plain of 7\") -> 1\nmanual(seen: \"manual of 7\")");
    }

    #[test]
    fn an_output_that_there_is_not_is_not_reshaped() {
        #[weave::op]
        fn fail() -> Result<u8, String> {
            Err("no".to_owned())
        }
        #[weave::op(skip_output)]
        fn skipped() -> u8 {
            1
        }
        let recorded = outline(client().inputs(|_, _| {}), || (fail().is_err(), skipped()));
        assert_eq!(recorded, "fail() failed: no\nskipped()");
    }

    #[test]
    fn a_call_that_runs_is_reshaped_as_well() {
        let recorder = Recorder::with(client()).unwrap();
        let open = recorder.run(|| weave::start_call("open").input("n", 1));
        assert_eq!(recorder.tree().outline(), "open(n: 1, client_in: true) running");
        open.finish(2);
        assert_eq!(recorder.tree().outline(), r#"open(n: 1, client_in: true) -> {"client_out":2}"#);
    }
}

mod with_redaction {
    use super::*;

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
}

mod and_tokens {
    use super::*;

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
}

mod that_panic {
    use super::*;

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
}
