//! Calls of models: what options and outputs tell of them.

use std::sync::Arc;

use futures::stream::{self, Stream, StreamExt};
use serde::Serialize;
use serde_json::json;
use weave::testing::Recorder;
use weave::{Llm, LlmRecord, Message, Usage};

use super::call;

#[test]
fn the_request_is_told_by_options() {
    #[weave::llm(
        model = model,
        provider = "openai",
        messages = [Message::system("Be kind."), Message::user(prompt)],
        system = "Be brief.",
        tools = json!([{ "name": "add" }]),
        temperature = 0.5,
        top_p = 1,
        top_k = Some(40),
        max_tokens = most,
        frequency_penalty = -0.5,
        presence_penalty = None::<f64>,
        seed = -1,
        choice_count = 2,
        stop_sequences = ["END"],
        output_type = "json"
    )]
    fn ask(model: &str, prompt: &str, most: Option<u32>) -> String {
        "yes".to_owned()
    }
    let llm = call(|| ask("small", "Is it so?", Some(64))).llm().unwrap();
    assert_eq!((llm.model.as_deref(), llm.provider.as_deref()), (Some("small"), Some("openai")));
    assert_eq!(llm.input_messages, [Message::system("Be kind."), Message::user("Is it so?")]);
    assert_eq!((llm.system_instructions, llm.output_type.as_deref()), (vec!["Be brief.".to_owned()], Some("json")));
    assert_eq!(llm.tool_definitions, Some(json!([{ "name": "add" }])));
    let expected = Llm::default()
        .temperature(0.5)
        .top_p(1.0)
        .top_k(40.0)
        .max_tokens(64)
        .frequency_penalty(-0.5)
        .seed(-1)
        .choice_count(2)
        .stop_sequences(["END"]);
    assert_eq!(llm.request, expected.request);
}

#[test]
fn an_argument_that_has_the_messages_is_recorded_once() {
    #[derive(Serialize)]
    struct Said {
        role: &'static str,
        content: &'static str,
    }
    #[weave::llm(messages = history)]
    fn ask(history: &[Said]) {}
    #[weave::llm(messages = history, skip_all)]
    fn ask_in_secret(history: &[Said]) {}

    let said = [Said { role: "user", content: "hi" }, Said { role: "assistant", content: "hello" }];
    let expected = [Message::user("hi"), Message::assistant("hello")];
    assert_eq!(call(|| ask(&said)).llm().unwrap().input_messages, expected);
    assert_eq!(call(|| ask_in_secret(&said)).llm().unwrap().input_messages, expected);
}

/// The answer of a client of one's own.
#[derive(Clone, Default, Debug, Serialize)]
struct Answer {
    text: String,
    tokens: (u64, u64),
}

impl LlmRecord for Answer {
    fn llm_record(&self) -> Llm {
        let usage = Usage::new(self.tokens.0, self.tokens.1);
        Llm::default().response_model("small-2").output(&*self.text).usage(usage).finish_reason("stop")
    }
}

fn answer() -> Answer {
    Answer { text: "yes".to_owned(), tokens: (3, 1) }
}

#[track_caller]
fn assert_told(llm: &Llm) {
    let told = (llm.response_model.as_deref(), &llm.output_messages[..], llm.usage, &llm.finish_reasons[..]);
    let expected = [Message::assistant("yes")];
    assert_eq!(told, (Some("small-2"), &expected[..], Some(Usage::new(3, 1)), &["stop".to_owned()][..]));
}

#[test]
fn an_output_of_a_type_that_knows_is_understood_in_every_shape() {
    #[weave::llm]
    fn plain() -> Answer {
        answer()
    }
    #[weave::llm]
    fn in_a_result() -> Result<Answer, String> {
        Ok(answer())
    }
    #[weave::llm]
    fn in_an_option() -> Option<Answer> {
        Some(answer())
    }
    #[weave::llm]
    fn shared() -> std::io::Result<Arc<Answer>> {
        Ok(Arc::new(answer()))
    }
    #[weave::llm]
    fn borrowed(answer: &Answer) -> &Answer {
        answer
    }
    #[weave::llm]
    async fn later() -> Result<Box<Answer>, String> {
        tokio::task::yield_now().await;
        Ok(Box::new(answer()))
    }
    #[weave::llm]
    fn opaque() -> impl Future<Output = Answer> {
        std::future::ready(answer())
    }
    #[weave::llm]
    fn boxed<'a>() -> futures::future::BoxFuture<'a, Option<Answer>> {
        Box::pin(async { Some(answer()) })
    }
    #[weave::llm]
    fn generic<A: LlmRecord>(answer: A) -> A {
        answer
    }

    let recorder = Recorder::new();
    recorder.run(|| {
        plain();
        in_a_result().unwrap();
        in_an_option();
        shared().unwrap();
        borrowed(&answer());
        futures::executor::block_on(async {
            later().await.unwrap();
            opaque().await;
            boxed().await;
        });
        generic(answer());
    });
    let calls = recorder.calls();
    assert_eq!(calls.len(), 9);
    for call in &calls {
        assert_told(&call.llm().unwrap());
        assert_eq!(call.usage().unwrap().input_tokens, Some(3), "{}", call.op_name());
    }
    assert_eq!(calls[0].output_json(), Some(r#"{"text":"yes","tokens":[3,1]}"#));
}

#[test]
fn what_an_accumulation_of_chunks_knows_is_understood() {
    #[weave::llm(accumulate = add)]
    fn ask() -> impl Stream<Item = &'static str> {
        stream::iter(["y", "es"])
    }
    #[weave::llm(accumulate = add)]
    async fn ask_later() -> Result<impl Stream<Item = Result<&'static str, String>>, String> {
        Ok(stream::iter([Ok("y"), Ok("es")]))
    }
    #[weave::llm(accumulate = add)]
    fn ask_boxed() -> std::pin::Pin<Box<dyn Stream<Item = &'static str>>> {
        Box::pin(stream::iter(["y", "es"]))
    }
    #[weave::llm(accumulate = add)]
    fn iterate() -> impl Iterator<Item = &'static str> {
        ["y", "es"].into_iter()
    }
    fn add(answer: &mut Answer, chunk: &&str) {
        answer.text.push_str(chunk);
        answer.tokens = (3, 1);
    }

    let recorder = Recorder::new();
    recorder.run(|| {
        futures::executor::block_on(async {
            ask().collect::<Vec<_>>().await;
            ask_later().await.unwrap().collect::<Vec<_>>().await;
            ask_boxed().collect::<Vec<_>>().await;
        });
        iterate().for_each(drop);
    });
    let calls = recorder.calls();
    assert_eq!(calls.len(), 4);
    for call in &calls {
        assert_told(&call.llm().unwrap());
        assert_eq!(call.output_json(), Some(r#"{"text":"yes","tokens":[3,1]}"#), "{}", call.op_name());
    }
}

#[test]
fn an_accumulation_that_knows_nothing_is_a_plain_output() {
    #[weave::llm(accumulate = count)]
    fn ask() -> impl Iterator<Item = u8> {
        0..3
    }
    fn count(total: &mut u32, _: &u8) {
        *total += 1;
    }
    let call = call(|| ask().for_each(drop));
    assert_eq!((call.output_json(), call.llm().unwrap().usage), (Some("3"), None));
}

#[test]
fn options_are_weaker_than_what_the_output_tells() {
    #[weave::llm(model = "small", provider = "openai")]
    fn ask() -> Llm {
        Llm::new("large").output("yes")
    }
    let llm = call(ask).llm().unwrap();
    assert_eq!((llm.model.as_deref(), llm.provider.as_deref()), (Some("large"), Some("openai")));
}

#[test]
fn an_error_tells_nothing_of_the_answer() {
    #[weave::llm(model = "small")]
    fn ask() -> Result<Answer, String> {
        Err("overloaded".to_owned())
    }
    let llm = call(ask).llm().unwrap();
    assert_eq!((llm.model.as_deref(), llm.usage), (Some("small"), None));
    assert_eq!(llm.error.unwrap().message, "overloaded");
}

#[test]
fn what_is_not_recorded_of_the_output_is_not_told_either() {
    #[weave::llm(skip_output)]
    fn skipped() -> Answer {
        answer()
    }
    #[weave::llm(output = length)]
    fn reshaped() -> Answer {
        answer()
    }
    fn length(answer: &Answer) -> usize {
        answer.text.len()
    }
    let llm = call(skipped).llm().unwrap();
    assert_eq!((llm.output_messages, llm.usage), (vec![], None));
    let reshaped = call(reshaped);
    let llm = reshaped.llm().unwrap();
    assert_eq!(reshaped.output_json(), Some("3"));
    assert_eq!((llm.usage, llm.response_model.as_deref()), (Some(Usage::new(3, 1)), Some("small-2")));
    assert!(!llm.output_messages.iter().any(|message| message.text().contains("yes")), "{llm:?}");
}

#[test]
fn a_record_that_panics_costs_itself_only() {
    #[derive(Serialize)]
    struct Bad(u8);
    impl LlmRecord for Bad {
        fn llm_record(&self) -> Llm {
            panic!("a bad record")
        }
    }
    #[weave::llm(model = "small")]
    fn ask() -> Bad {
        Bad(1)
    }
    let call = call(ask);
    assert_eq!((call.output_json(), call.model()), (Some("1"), Some("small")));
}

#[test]
fn values_that_are_no_records_need_nothing() {
    struct Opaque;
    #[weave::llm]
    fn ask<T>(answer: T) -> T {
        answer
    }
    let call = call(|| ask(Opaque));
    assert!(call.output_json().is_some());
    assert_eq!(call.llm().unwrap().usage, None);
}

#[test]
fn the_name_of_a_type_is_nothing_that_was_asked() {
    struct Opaque;
    #[weave::llm]
    fn ask(prompt: Opaque, model: Opaque) {}
    let llm = call(|| ask(Opaque, Opaque)).llm().unwrap();
    assert_eq!((llm.model, llm.input_messages), (None, Vec::new()));
}
