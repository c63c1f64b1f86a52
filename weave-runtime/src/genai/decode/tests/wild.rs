//! Answers as they come in practice, and what only looks like one.

use serde_json::{Value, json};

use super::{outline, read, streamed, usage};
use crate::genai::decode::{Chunks, answer, any_answer};

fn text(said: &str) -> String {
    format!("assistant\n  {{\"type\":\"text\",\"content\":\"{said}\"}}")
}

fn delta(delta: Value) -> Value {
    json!({ "id": "c", "model": "m", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
}

fn calls(fragments: impl IntoIterator<Item = Value>) -> Vec<(String, Value)> {
    let (llm, _) = streamed(fragments.into_iter().map(|call| delta(json!({ "tool_calls": [call] }))));
    llm.output_messages[0].tool_calls().map(|call| (call.name.clone(), call.arguments.clone())).collect()
}

fn is_list(items: Vec<Value>) -> bool {
    let mut chunks = Chunks::default();
    items.into_iter().for_each(|item| chunks.add(item));
    chunks.finish().is_none()
}

#[test]
fn what_has_the_words_of_an_answer_is_none() {
    for value in [
        json!({ "question": "2 + 2?", "choices": [{ "text": "4", "correct": true }, { "text": "5" }] }),
        json!({ "choices": [{ "message": "Go left." }, { "message": "Go right." }] }),
        json!({ "model": "T", "choices": [] }),
        json!({ "candidates": ["Ann", "Bob"] }),
        json!({ "candidates": [{ "name": "Ann", "content": "a CV" }] }),
        json!({ "content": "Hi", "usage_metadata": { "input_tokens": 3, "output_tokens": 1 } }),
        json!({ "status": "ok", "output": [] }),
        json!({ "status": "ok", "output": [{ "type": "file", "path": "a" }] }),
        json!({ "message": { "id": 1 }, "done": true }),
        json!({ "response": "accepted", "done": false }),
    ] {
        assert_eq!(answer(&value), None, "{value}");
    }
    let car = any_answer(&json!({ "make": "Honda", "model": "Civic", "usage": { "km": 3 } })).unwrap();
    assert_eq!((car.response_model, car.usage), (None, None));
    assert_eq!(car.output_messages[0].text(), r#"{"make":"Honda","model":"Civic","usage":{"km":3}}"#);
}

#[test]
fn a_prompt_as_proxies_count_it_has_its_cache() {
    let counts = json!({ "prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105,
        "cache_read_input_tokens": 90, "cache_creation_input_tokens": 0 });
    let llm = read(json!({ "model": "claude", "choices": [{ "message": { "content": "Hi" } }], "usage": counts }));
    assert_eq!(llm.usage, Some(usage(100, 5).cache_read(90).cache_creation(0)));
}

#[test]
fn the_last_chunk_of_groq_tells_its_tokens() {
    let last = json!({ "id": "c", "model": "m", "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }],
        "x_groq": { "id": "req", "usage": { "prompt_tokens": 3, "completion_tokens": 2 } } });
    assert_eq!(streamed([delta(json!({ "content": "Hi" })), last]).0.usage, Some(usage(3, 2)));
}

#[test]
fn deltas_without_a_role_are_of_the_assistant() {
    let roles = |chunks: Vec<Value>, message: &str| {
        let mut all = Chunks::default();
        chunks.into_iter().for_each(|chunk| all.add(chunk));
        all.finish().unwrap().pointer(message).unwrap()["role"].clone()
    };
    assert_eq!(roles(vec![delta(json!({ "content": "Hi" }))], "/choices/0/message"), "assistant");
    let ollama = json!({ "model": "l", "message": { "content": "Hi" }, "done": true });
    assert_eq!(roles(vec![ollama], "/message"), "assistant");
}

#[test]
fn calls_that_all_have_the_same_index_are_told_apart_by_their_ids() {
    let call = |id: &str, name: &str| json!({ "index": 0, "id": id, "function": { "name": name, "arguments": "{}" } });
    let fragments = [call("a", "f"), call("b", "g")];
    assert_eq!(calls(fragments), [("f".to_owned(), json!({})), ("g".to_owned(), json!({}))]);
}

#[test]
fn speech_in_pieces_has_its_whole_transcript() {
    let (llm, _) = streamed([
        delta(json!({ "role": "assistant", "audio": { "id": "audio_1", "transcript": "It is " } })),
        delta(json!({ "audio": { "data": "UklGRg==" } })),
        delta(json!({ "audio": { "transcript": "21 °C." } })),
    ]);
    assert_eq!(outline(&llm.output_messages), text("It is 21 °C."));
}

#[test]
fn a_tool_of_another_server_is_told_without_its_status() {
    let call = json!({ "id": "mcp_1", "type": "mcp_call", "server_label": "dice", "name": "roll", "arguments": "{}", "output": "4" });
    let llm = read(json!({ "object": "response", "status": "completed", "output": [call] }));
    assert!(outline(&llm.output_messages).contains(r#""name":"mcp""#), "{llm:?}");
}

#[test]
fn an_error_among_the_events_is_why_it_ended() {
    let overloaded = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
    let (llm, _) = streamed([
        json!({ "type": "message_start", "message": { "id": "m", "content": [], "stop_reason": null } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": "It is" } }),
        overloaded,
    ]);
    assert_eq!(
        (llm.finish_reasons.as_slice(), llm.output_messages[0].text().as_str()),
        (&["error".to_owned()][..], "It is")
    );

    let (llm, _) =
        streamed([delta(json!({ "content": "It is" })), json!({ "error": { "code": 502, "message": "bad gateway" } })]);
    assert_eq!(llm.finish_reasons, ["error"]);

    let created = json!({ "type": "response.created", "response": { "object": "response", "status": "in_progress", "output": [] } });
    let (llm, _) = streamed([created, json!({ "type": "error", "code": "server_error", "message": "no" })]);
    assert_eq!(llm.finish_reasons, ["error"]);

    let (llm, _) = streamed([
        json!({ "model": "l", "message": { "content": "It is" }, "done": false }),
        json!({ "error": "out of memory" }),
    ]);
    assert_eq!(llm.finish_reasons, ["error"]);
}

const EVENTS: &str = "event: message_start\n\
    data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"role\":\"assistant\",\"content\":[]}}\n\n\
    event: content_block_delta\n\
    data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"21 °C\"}}\n\n\
    event: message_delta\n\
    data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n";

#[test]
fn events_line_by_line_are_understood() {
    let said = "assistant (stop)\n  {\"type\":\"text\",\"content\":\"21 °C\"}";
    let with_blanks = EVENTS.lines().map(Value::from);
    assert_eq!(outline(&streamed(with_blanks).0.output_messages), said);
    let without = EVENTS.lines().filter(|line| !line.is_empty()).map(Value::from);
    assert_eq!(outline(&streamed(without).0.output_messages), said);
}

#[test]
fn events_in_bytes_are_understood_wherever_they_are_cut() {
    let said = "assistant (stop)\n  {\"type\":\"text\",\"content\":\"21 °C\"}";
    for size in [EVENTS.len(), 100, 11] {
        let pieces = || EVENTS.as_bytes().chunks(size);
        assert_eq!(outline(&streamed(pieces().map(Value::from)).0.output_messages), said, "in pieces of {size}");
        // As the bytes of a response are where they are only `Debug`.
        let debug = pieces().map(|piece| Value::from(format!("b\"{}\"", piece.escape_ascii())));
        assert_eq!(outline(&streamed(debug).0.output_messages), said, "in pieces of {size}");
    }
    assert!(is_list(vec![json!([1, 2]), json!([3])]), "numbers are no text");
    assert!(is_list(vec![json!([100, 101])]), "numbers are no text");
}

#[test]
fn words_in_events_are_one_text() {
    let (llm, is_complete) = streamed(["data: It is", "data:  warm.", "data: [DONE]"].map(Value::from));
    assert_eq!((llm.output_messages[0].text().as_str(), is_complete), ("It is warm.", true));
    let (llm, _) = streamed(["data: It is\n\n", "data:  warm.\n\n"].map(Value::from));
    assert_eq!(llm.output_messages[0].text(), "It is warm.");
}

#[test]
fn a_text_that_looks_like_events_is_a_text() {
    let (llm, _) = streamed(["id: 7\n", "name: ", "Ann\n"].map(Value::from));
    assert_eq!(llm.output_messages[0].text(), "id: 7\nname: Ann\n");
}

#[test]
fn a_body_that_comes_in_pieces_is_understood_as_a_whole() {
    let chunk = |text: &str| json!({ "candidates": [{ "content": { "role": "model", "parts": [{ "text": text }] } }] });
    let list = serde_json::to_string_pretty(&[chunk("It is "), chunk("warm.")]).unwrap();
    let lines = format!("{}\n{}\n", chunk("It is "), chunk("warm."));
    for body in [&list, &lines] {
        for size in [7, 60, body.len()] {
            let pieces = body.as_bytes().chunks(size).map(|piece| Value::from(String::from_utf8_lossy(piece)));
            assert_eq!(outline(&streamed(pieces).0.output_messages), text("It is warm."), "{body} by {size}");
        }
    }
    // What was said before it broke off.
    let half = list.get(..list.len() - 20).unwrap();
    assert_eq!(outline(&read(Value::from(half)).output_messages), text("It is "));
}

#[test]
fn texts_among_other_things_stay_a_list() {
    assert!(is_list(vec![json!("Start"), json!({ "Chunk": { "content": "It is" } }), json!({ "End": {} })]));
    assert!(is_list(vec![json!(["a", 1]), json!(["b", 2])]));
    let mut chunks = Chunks::default();
    chunks.add(json!("It is"));
    chunks.settle();
    chunks.add(json!(1));
    assert_eq!(chunks.finish(), Some(json!("It is")), "the items are gone");
}

#[test]
fn what_every_chunk_says_again_takes_no_room() {
    let mut chunks = Chunks::within(10_000);
    for at in 0..20_000 {
        let mut chunk = delta(json!({ "content": "" }));
        chunk["obfuscation"] = format!("{at:x}").into();
        chunk["usage"] = json!({ "prompt_tokens": 3, "completion_tokens": at });
        chunks.add(chunk);
    }
    chunks.add(delta(json!({ "content": "the end" })));
    let llm = read(chunks.finish().unwrap());
    assert_eq!((llm.output_messages[0].text().as_str(), llm.usage), ("the end", Some(usage(3, 19_999))));
}

#[test]
fn a_text_is_cut_once() {
    let mut chunks = Chunks::within(300);
    for at in 0..200_u32 {
        let mut chunk = delta(json!({ "content": "0123456789" }));
        chunk["fingerprint"] = "x".repeat((200 - at) as usize).into();
        chunks.add(chunk);
    }
    let text = read(chunks.finish().unwrap()).output_messages[0].text();
    assert!(text.ends_with("[cut]") && text.matches("cut").count() == 1, "{text}");
}

#[test]
fn items_by_far_indices_are_bounded() {
    let mut chunks = Chunks::within(100_000);
    for index in 0..1_024 {
        let call = json!({ "index": 1_023, "function": { "name": "f" } });
        chunks.add(json!({ "model": "m", "choices": [{ "index": index, "delta": { "tool_calls": [call] } }] }));
    }
    assert!(chunks.finish().unwrap().to_string().len() < 100_000);
}
