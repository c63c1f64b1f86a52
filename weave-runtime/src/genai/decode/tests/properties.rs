use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{read, streamed};
use crate::genai::decode::{Chunks, answer, any_answer, message, request};

/// Keys and texts that mean something to some reader.
const WORDS: [&str; 44] = [
    "choices",
    "message",
    "delta",
    "content",
    "role",
    "tool_calls",
    "function",
    "name",
    "arguments",
    "index",
    "id",
    "type",
    "usage",
    "prompt_tokens",
    "model",
    "messages",
    "output",
    "object",
    "response",
    "status",
    "candidates",
    "parts",
    "text",
    "usageMetadata",
    "done",
    "finish_reason",
    "stop_reason",
    "message_start",
    "content_block_delta",
    "content_block_start",
    "response.output_text.delta",
    "output_index",
    "image_url",
    "data",
    "event",
    "source",
    "tool_use",
    "tool_result",
    "system",
    "tools",
    "data: {\"choices\":[]}\n",
    "thinking",
    "items",
    "text_delta",
];

fn json_value() -> impl Strategy<Value = Value> {
    let word = || prop::sample::select(WORDS.as_slice()).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            vec((word(), inner), 0..6).prop_map(|members| Value::from(Map::from_iter(members))),
        ]
    })
}

/// The pieces of a text that is cut where `cuts` say.
fn pieces(text: &str, cuts: &[usize]) -> Vec<String> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut % (text.chars().count() + 1)).collect();
    at.sort_unstable();
    let letters: Vec<char> = text.chars().collect();
    let (mut pieces, mut from) = (Vec::new(), 0);
    for to in at.into_iter().chain([letters.len()]) {
        pieces.push(letters[from..to].iter().collect());
        from = to;
    }
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_makes_reading_panic(values in vec(json_value(), 0..8)) {
        for value in &values {
            let _ = (answer(value), any_answer(value), message(value));
            value.as_object().map(request);
        }
        let mut chunks = Chunks::within(100);
        values.iter().for_each(|value| chunks.add(value.clone()));
        let _ = chunks.finish().as_ref().and_then(answer);
        let _ = answer(&Value::from(values));
    }

    #[test]
    fn a_chat_completion_in_chunks_is_the_whole_one(
        text in ".{0,40}", name in "[a-z]{1,8}", city in ".{0,10}", cuts in vec(any::<usize>(), 0..6)
    ) {
        let arguments = json!({ "city": city }).to_string();
        let whole = json!({
            "id": "c", "model": "m", "usage": { "prompt_tokens": 1, "completion_tokens": 2 },
            "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": text,
                "tool_calls": [{ "id": "a", "type": "function", "function": { "name": name, "arguments": arguments } }] } }]
        });
        let chunk = |delta: Value| json!({ "id": "c", "model": "m", "choices": [{ "index": 0, "delta": delta }] });
        let call = |call: Value| chunk(json!({ "tool_calls": [call] }));
        let mut chunks = vec![chunk(json!({ "role": "assistant" }))];
        chunks.extend(pieces(&text, &cuts).into_iter().map(|text| chunk(json!({ "content": text }))));
        chunks.push(call(json!({ "index": 0, "id": "a", "type": "function", "function": { "name": name, "arguments": "" } })));
        let fragments = pieces(&arguments, &cuts).into_iter();
        chunks.extend(fragments.map(|text| call(json!({ "index": 0, "function": { "arguments": text } }))));
        chunks.push(json!({ "id": "c", "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }));
        chunks.push(json!({ "id": "c", "choices": [], "usage": { "prompt_tokens": 1, "completion_tokens": 2 }, "model": "m" }));
        prop_assert_eq!(streamed(chunks.clone()), (read(whole.clone()), true));

        let body: String = chunks.iter().map(|chunk| format!("data: {chunk}\r\n\r\n")).collect();
        let events = pieces(&body, &cuts).into_iter().filter(|piece| !piece.is_empty()).map(Value::from);
        prop_assert_eq!(streamed(events).0, read(whole));
    }

    #[test]
    fn a_message_of_anthropic_in_events_is_the_whole_one(text in ".{1,40}", city in ".{0,10}", cuts in vec(any::<usize>(), 0..6)) {
        let input = json!({ "city": city });
        let whole = json!({
            "id": "m", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "tool_use",
            "content": [{ "type": "text", "text": text }, { "type": "tool_use", "id": "t", "name": "f", "input": input }],
            "usage": { "input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 5 }
        });
        let delta = |index: u64, delta: Value| json!({ "type": "content_block_delta", "index": index, "delta": delta });
        let mut events = vec![
            json!({ "type": "message_start", "message": { "id": "m", "type": "message", "role": "assistant", "model": "claude",
                "content": [], "usage": { "input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 1 } } }),
            json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } }),
        ];
        let texts = pieces(&text, &cuts).into_iter();
        events.extend(texts.map(|text| delta(0, json!({ "type": "text_delta", "text": text }))));
        events.push(json!({ "type": "content_block_start", "index": 1, "content_block": { "type": "tool_use", "id": "t", "name": "f", "input": {} } }));
        let inputs = pieces(&input.to_string(), &cuts).into_iter();
        events.extend(inputs.map(|text| delta(1, json!({ "type": "input_json_delta", "partial_json": text }))));
        events.push(json!({ "type": "content_block_stop", "index": 1 }));
        events.push(json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use" }, "usage": { "output_tokens": 5 } }));
        prop_assert_eq!(streamed(events), (read(whole), true));
    }

    #[test]
    fn answers_of_the_others_in_chunks_are_the_whole_ones(text in ".{1,40}", cuts in vec(any::<usize>(), 0..6)) {
        let item = |text: &str| json!({ "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": text }] });
        let whole = json!({ "object": "response", "id": "r", "status": "completed", "output": [item(&text)] });
        let mut events = vec![
            json!({ "type": "response.created", "response": { "object": "response", "id": "r", "status": "in_progress", "output": [] } }),
            json!({ "type": "response.output_item.added", "output_index": 0, "item": item("") }),
        ];
        events.extend(pieces(&text, &cuts).iter().map(|text| {
            json!({ "type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": text })
        }));
        // Some servers do not say it all again.
        events.push(json!({ "type": "response.completed", "response": { "status": "completed", "output": [] } }));
        prop_assert_eq!(streamed(events), (read(whole), true));

        let gemini = |text: &str| json!({ "candidates": [{ "content": { "role": "model", "parts": [{ "text": text }] } }] });
        let mut whole = gemini(&text);
        whole["candidates"][0]["finishReason"] = "STOP".into();
        let mut chunks: Vec<Value> = pieces(&text, &cuts).iter().map(|text| gemini(text)).collect();
        chunks.last_mut().unwrap()["candidates"][0]["finishReason"] = "STOP".into();
        prop_assert_eq!(streamed(chunks), (read(whole), true));

        let ollama = |text: &str, done: bool| json!({ "model": "l", "response": text, "done": done });
        let mut chunks: Vec<Value> = pieces(&text, &cuts).iter().map(|text| ollama(text, false)).collect();
        chunks.push(ollama("", true));
        prop_assert_eq!(streamed(chunks), (read(ollama(&text, true)), true));

        let texts = pieces(&text, &cuts).into_iter().map(Value::from);
        prop_assert_eq!(streamed(texts).0, read(Value::from(text)));
    }
}
