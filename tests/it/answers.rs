//! What models are asked and what they answer, read from the JSON of their APIs.

use futures::executor::block_on;
use futures::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use weave::testing::Recorder;
use weave::{CallRecord, Llm, Message};

fn completion(text: &str) -> Value {
    json!({
        "id": "c-1", "object": "chat.completion", "model": "gpt-4.1-2025-04-14",
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19 }
    })
}

fn delta(text: &str) -> Value {
    json!({ "id": "c-1", "model": "gpt-4.1", "choices": [{ "index": 0, "delta": { "content": text } }] })
}

/// A text in deltas, the reason why it ended, the tokens.
fn deltas(words: impl IntoIterator<Item = String>) -> Vec<Value> {
    let mut chunks: Vec<Value> = words.into_iter().map(|word| delta(&word)).collect();
    chunks.push(
        json!({ "id": "c-1", "model": "gpt-4.1", "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }),
    );
    chunks.push(json!({ "id": "c-1", "model": "gpt-4.1", "choices": [], "usage": { "prompt_tokens": 12, "completion_tokens": 7 } }));
    chunks
}

fn weather() -> Vec<Value> {
    deltas(["It is ", "21 °C."].map(str::to_owned))
}

#[weave::llm]
fn complete(model: &str, messages: Vec<Message>, temperature: f64) -> Value {
    let _ = (model, messages, temperature);
    completion("It is 21 °C.")
}

#[weave::llm]
fn streamed(prompt: &str, chunks: Vec<Value>) -> impl Stream<Item = Value> {
    let _ = prompt;
    stream::iter(chunks)
}

fn only(recorder: &Recorder) -> CallRecord {
    recorder.calls().remove(0)
}

fn llm(recorder: &Recorder) -> Llm {
    only(recorder).llm().unwrap()
}

fn answer(llm: &Llm) -> (String, Option<&str>) {
    let message = &llm.output_messages[0];
    (message.text(), message.finish_reason.as_deref())
}

#[test]
fn a_completion_says_all_of_its_call() {
    let recorder = Recorder::new();
    recorder.run(|| complete("gpt-4.1", vec![Message::system("Be brief."), Message::user("Weather?")], 0.0));
    let call = only(&recorder);
    assert_eq!((call.model(), call.provider()), (Some("gpt-4.1"), Some("openai")));
    assert_eq!(call.usage().unwrap().input_tokens, Some(12));
    assert_eq!(call.summary()["usage"]["gpt-4.1-2025-04-14"]["total_tokens"], 19);
    let llm = call.llm().unwrap();
    assert_eq!(llm.input_messages, [Message::system("Be brief."), Message::user("Weather?")]);
    assert_eq!(answer(&llm), ("It is 21 °C.".to_owned(), Some("stop")));
    assert_eq!(llm.request.temperature, Some(0.0));
    assert_eq!((llm.response_id.as_deref(), llm.finish_reasons), (Some("c-1"), vec!["stop".to_owned()]));
}

#[test]
fn what_is_known_outlives_an_output_that_is_reshaped() {
    #[weave::llm(output = |answer| answer["choices"][0]["message"]["content"].clone())]
    fn ask(prompt: &str) -> Value {
        let _ = prompt;
        completion("It is 21 °C.")
    }
    let recorder = Recorder::new();
    recorder.run(|| ask("Weather?"));
    let call = only(&recorder);
    assert_eq!(call.output_json(), Some(r#""It is 21 °C.""#));
    let llm = call.llm().unwrap();
    assert_eq!((llm.response_id.as_deref(), llm.usage.unwrap().output_tokens), (Some("c-1"), Some(7)));
    assert_eq!(answer(&llm).0, "It is 21 °C.");
}

#[test]
fn the_chunks_of_a_stream_become_one_answer() {
    let recorder = Recorder::new();
    recorder.run(|| assert_eq!(block_on(streamed("Weather?", weather()).count()), 4));
    let call = only(&recorder);
    let output: Value = call.output().unwrap();
    assert_eq!(output["choices"][0]["message"]["content"], "It is 21 °C.");
    assert_eq!((call.is_partial(), call.summary()["item_count"].as_u64()), (false, Some(4)));
    let llm = call.llm().unwrap();
    assert_eq!(answer(&llm), ("It is 21 °C.".to_owned(), Some("stop")));
    assert_eq!((llm.request.stream, llm.usage.unwrap().total_tokens), (Some(true), Some(19)));
    assert!(llm.time_to_first_chunk.is_some());
}

#[test]
fn a_stream_that_is_dropped_half_way_keeps_what_it_said() {
    let recorder = Recorder::new();
    recorder.run(|| block_on(streamed("Weather?", weather()).next()));
    let call = only(&recorder);
    assert!(call.is_partial());
    let llm = call.llm().unwrap();
    assert_eq!(answer(&llm), ("It is ".to_owned(), Some("error")));
    assert_eq!((llm.usage, llm.finish_reasons), (None, vec!["error".to_owned()]));
}

#[test]
fn a_stream_that_has_said_its_end_is_whole_though_dropped() {
    let recorder = Recorder::new();
    recorder.run(|| block_on(streamed("Weather?", weather()).take(3).count()));
    let call = only(&recorder);
    assert!(!call.is_partial());
    assert_eq!(answer(&call.llm().unwrap()), ("It is 21 °C.".to_owned(), Some("stop")));
}

#[test]
fn a_stream_that_fails_ends_in_an_error() {
    #[weave::llm]
    fn fails() -> impl Stream<Item = Result<Value, String>> {
        stream::iter([Ok(delta("It is ")), Err("connection lost".to_owned())])
    }
    let recorder = Recorder::new();
    recorder.run(|| block_on(fails().count()));
    let llm = llm(&recorder);
    assert_eq!(answer(&llm), ("It is ".to_owned(), Some("error")));
    assert_eq!(llm.error.unwrap().message, "connection lost");
}

#[test]
fn a_long_stream_is_understood_to_its_end() {
    let words = |count: usize| deltas((0..count).map(|at| format!("{at} ")));
    let recorder = Recorder::new();
    recorder.run(|| block_on(streamed("Count!", words(30_000)).count()));
    let call = only(&recorder);
    let llm = call.llm().unwrap();
    let said: String = (0..30_000).map(|at| format!("{at} ")).collect();
    assert_eq!(answer(&llm), (said, Some("stop")));
    assert_eq!(llm.usage.unwrap().total_tokens, Some(19));
    assert_eq!(call.summary()["item_count"], 30_002);
}

#[test]
fn texts_that_are_streamed_are_one_text() {
    #[weave::llm]
    fn tokens(count: usize) -> impl Iterator<Item = String> {
        (0..count).map(|at| format!("{at} "))
    }
    let recorder = Recorder::new();
    recorder.run(|| tokens(3).count());
    assert_eq!(only(&recorder).output_json(), Some(r#""0 1 2 ""#));

    let long = Recorder::new();
    long.run(|| tokens(20_000).count());
    assert!(llm(&long).output_messages[0].text().ends_with("19998 19999 "));
}

#[test]
fn items_that_nobody_understands_stay_a_list() {
    #[weave::llm]
    fn tokens(count: u32) -> impl Iterator<Item = u32> {
        0..count
    }
    let recorder = Recorder::new();
    recorder.run(|| tokens(3).count());
    assert_eq!(only(&recorder).output_json(), Some("[0,1,2]"));
    let long = Recorder::new();
    long.run(|| tokens(12_000).count());
    assert_eq!(only(&long).output::<Vec<Value>>().unwrap().len(), 10_001);
}

#[test]
fn a_turn_that_streams_its_answer_has_its_text() {
    #[weave::turn]
    fn answer(question: &str) -> impl Stream<Item = Value> {
        let _ = question;
        stream::iter(weather())
    }
    let recorder = Recorder::new();
    recorder.run(|| block_on(answer("Weather?").count()));
    let call = only(&recorder);
    assert_eq!(call.output_json(), Some(r#""It is 21 °C.""#));
    assert_eq!(call.turn().unwrap().output_messages, [Message::assistant("It is 21 °C.")]);
}

#[test]
fn what_an_op_streams_is_a_list_as_ever() {
    #[weave::op]
    fn tokens() -> impl Iterator<Item = &'static str> {
        ["a", "b"].into_iter()
    }
    let recorder = Recorder::new();
    recorder.run(|| tokens().count());
    assert_eq!(only(&recorder).output_json(), Some(r#"["a","b"]"#));
}

#[test]
fn images_in_messages_come_back_whole() {
    #[weave::llm]
    fn look(messages: Value, image: weave::Content) -> Value {
        let _ = (messages, image);
        completion("A cat.")
    }
    let long = "A".repeat(100_000);
    let part = json!({ "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{long}") } });
    let recorder = Recorder::new();
    let image = weave::Content::from_bytes([1, 2, 3], "image/gif");
    recorder.run(|| look(json!([{ "role": "user", "content": [part] }]), image));
    let llm = llm(&recorder);
    let [weave::Part::Blob(modality, content)] = llm.input_messages[0].parts.as_slice() else { panic!("{llm:?}") };
    assert_eq!((modality.as_str(), content.mime_type(), content.size()), ("image", "image/png", 75_000));
}

#[test]
fn content_in_messages_comes_back_as_such() {
    #[weave::llm]
    fn look(messages: Vec<Message>) -> Value {
        completion("A cat.")
    }
    let image = weave::Content::from_bytes([1, 2, 3], "image/gif");
    let asked = vec![Message::user("What is this?").part(image)];
    let recorder = Recorder::new();
    recorder.run(|| look(asked.clone()));
    assert_eq!(llm(&recorder).input_messages, asked);
}

#[test]
fn of_an_answer_of_which_only_the_type_is_known_nobody_said_anything() {
    struct Handle;

    #[weave::llm]
    fn opaque(prompt: &str) -> Handle {
        Handle
    }

    #[weave::turn]
    fn answer(question: &str) -> Handle {
        opaque(question)
    }

    #[weave::llm]
    fn marked_up(prompt: &str) -> &'static str {
        "<YES>"
    }

    let recorder = Recorder::new();
    recorder.run(|| _ = (answer("Is it so?"), marked_up("Is it so?")));
    let calls = recorder.calls();
    assert_eq!(calls[0].turn().unwrap().output_messages, []);
    assert_eq!(calls[1].llm().unwrap().output_messages, []);
    assert_eq!(calls[2].llm().unwrap().output_messages, [Message::assistant("<YES>")]);
}
