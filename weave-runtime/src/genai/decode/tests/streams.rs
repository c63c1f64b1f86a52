use serde_json::{Value, json};

use super::{outline, read, streamed, usage};
use crate::genai::Usage;
use crate::genai::decode::Chunks;

fn delta(delta: Value) -> Value {
    json!({ "id": "c-1", "object": "chat.completion.chunk", "model": "gpt-4.1", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }], "usage": null })
}

fn chat() -> Vec<Value> {
    vec![
        delta(json!({ "role": "assistant", "content": "" })),
        delta(json!({ "content": "Let me" })),
        delta(json!({ "content": " check." })),
        delta(
            json!({ "tool_calls": [{ "index": 0, "id": "call_1", "type": "function", "function": { "name": "get_weather", "arguments": "" } }] }),
        ),
        delta(json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "{\"ci" } }] })),
        delta(json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "ty\":\"Paris\"}" } }] })),
        json!({ "id": "c-1", "object": "chat.completion.chunk", "model": "gpt-4.1", "choices": [{ "index": 0, "delta": {}, "finish_reason": "tool_calls" }] }),
        json!({ "id": "c-1", "object": "chat.completion.chunk", "model": "gpt-4.1", "choices": [], "usage": { "prompt_tokens": 9, "completion_tokens": 0 } }),
    ]
}

const CHAT: &str = r#"assistant (tool_call)
  {"type":"text","content":"Let me check."}
  {"type":"tool_call","id":"call_1","name":"get_weather","arguments":{"city":"Paris"}}"#;

#[test]
fn chunks_of_a_chat_completion() {
    let (llm, is_complete) = streamed(chat());
    assert_eq!(outline(&llm.output_messages), CHAT);
    assert_eq!((llm.response_id.as_deref(), llm.response_model.as_deref()), (Some("c-1"), Some("gpt-4.1")));
    assert_eq!((llm.usage, is_complete), (Some(usage(9, 0)), true));
}

#[test]
fn a_chat_completion_that_stops_half_way() {
    let (llm, is_complete) = streamed(chat().into_iter().take(5));
    assert_eq!(
        outline(&llm.output_messages),
        r#"assistant
  {"type":"text","content":"Let me check."}
  {"type":"tool_call","id":"call_1","name":"get_weather","arguments":"{\"ci"}"#
    );
    assert_eq!((llm.usage, llm.finish_reasons, is_complete), (None, Vec::new(), false));
}

#[test]
fn the_same_chunks_as_events_however_they_are_cut() {
    let body: String = chat().iter().map(|chunk| format!("data: {chunk}\n\n")).collect();
    let body = format!(": hello\n{body}data: [DONE]\n\n");
    for size in [body.len(), 1_000, 64, 7] {
        let pieces = body.as_bytes().chunks(size).map(|piece| Value::from(String::from_utf8_lossy(piece)));
        let (llm, is_complete) = streamed(pieces);
        assert_eq!((outline(&llm.output_messages).as_str(), is_complete), (CHAT, true), "in pieces of {size}");
    }
    let lines = chat().into_iter().map(|chunk| json!(format!("data: {chunk}")));
    assert_eq!(outline(&streamed(lines).0.output_messages), CHAT);
    let events = chat().into_iter().map(|chunk| json!({ "event": "message", "data": chunk.to_string(), "id": "" }));
    assert_eq!(outline(&streamed(events).0.output_messages), CHAT);
    let texts = chat().into_iter().map(|chunk| Value::from(chunk.to_string()));
    assert_eq!(outline(&streamed(texts).0.output_messages), CHAT);
    assert_eq!(outline(&read(Value::from(body)).output_messages), CHAT);
    assert_eq!(outline(&read(Value::from(chat())).output_messages), CHAT);
}

#[test]
fn fragments_of_calls_belong_where_they_say() {
    let (llm, _) = streamed([
        delta(json!({ "tool_calls": [{ "index": 1, "id": "b", "function": { "name": "g", "arguments": "{}" } }] })),
        delta(json!({ "tool_calls": [{ "index": 0, "id": "a", "function": { "name": "f", "arguments": "[1" } }] })),
        delta(json!({ "tool_calls": [{ "index": 0, "id": "a", "function": { "name": "f", "arguments": ",2]" } }] })),
    ]);
    assert_eq!(
        outline(&llm.output_messages),
        r#"assistant
  {"type":"tool_call","id":"a","name":"f","arguments":[1,2]}
  {"type":"tool_call","id":"b","name":"g","arguments":{}}"#
    );
    // Those without an index are told apart by their ids.
    let (llm, _) = streamed([
        delta(json!({ "tool_calls": [{ "id": "a", "function": { "name": "f", "arguments": "" } }] })),
        delta(json!({ "tool_calls": [{ "function": { "arguments": "{}" } }] })),
        delta(json!({ "tool_calls": [{ "id": "b", "function": { "name": "g" } }] })),
    ]);
    assert_eq!(llm.output_messages[0].tool_calls().map(|call| call.name.as_str()).collect::<Vec<_>>(), ["f", "g"]);
}

fn responses() -> Vec<Value> {
    let item = json!({ "id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": [] });
    let call = json!({ "id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "now", "arguments": "" });
    vec![
        json!({ "type": "response.created", "response": { "id": "resp_1", "object": "response", "status": "in_progress", "model": "gpt-4.1", "output": [], "usage": null } }),
        json!({ "type": "response.output_item.added", "output_index": 0, "item": { "type": "reasoning", "id": "rs_1", "summary": [] } }),
        json!({ "type": "response.reasoning_summary_part.added", "output_index": 0, "summary_index": 0, "part": { "type": "summary_text", "text": "" } }),
        json!({ "type": "response.reasoning_summary_text.delta", "output_index": 0, "summary_index": 0, "delta": "Hm." }),
        json!({ "type": "response.output_item.added", "output_index": 1, "item": item }),
        json!({ "type": "response.content_part.added", "output_index": 1, "content_index": 0, "part": { "type": "output_text", "text": "" } }),
        json!({ "type": "response.output_text.delta", "output_index": 1, "content_index": 0, "delta": "It is " }),
        json!({ "type": "response.output_text.delta", "output_index": 1, "content_index": 0, "delta": "21 °C." }),
        json!({ "type": "response.output_item.added", "output_index": 2, "item": call }),
        json!({ "type": "response.function_call_arguments.delta", "output_index": 2, "delta": "{\"a\":" }),
        json!({ "type": "response.function_call_arguments.delta", "output_index": 2, "delta": "1}" }),
        json!({ "type": "response.completed", "response": { "id": "resp_1", "object": "response", "status": "completed", "model": "gpt-4.1", "output": [
            { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "Hm." }] },
            { "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "It is 21 °C." }] },
            { "type": "function_call", "call_id": "call_1", "name": "now", "arguments": "{\"a\":1}" }
        ], "usage": { "input_tokens": 3, "output_tokens": 2 } } }),
    ]
}

#[test]
fn events_of_the_responses_api() {
    let said = "\n  {\"type\":\"reasoning\",\"content\":\"Hm.\"}\n  {\"type\":\"text\",\"content\":\"It is 21 °C.\"}\n  \
         {\"type\":\"tool_call\",\"id\":\"call_1\",\"name\":\"now\",\"arguments\":{\"a\":1}}";
    let (llm, is_complete) = streamed(responses());
    assert_eq!(outline(&llm.output_messages), format!("assistant (tool_call){said}"));
    assert_eq!((llm.usage, is_complete), (Some(usage(3, 2)), true));

    let (partial, is_complete) = streamed(responses().into_iter().take(11));
    assert_eq!(outline(&partial.output_messages), format!("assistant{said}"));
    assert_eq!((partial.usage, is_complete), (None, false));
}

fn anthropic() -> Vec<Value> {
    vec![
        json!({ "type": "message_start", "message": { "id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": [], "stop_reason": null, "usage": { "input_tokens": 25, "output_tokens": 1 } } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "thinking", "thinking": "" } }),
        json!({ "type": "ping" }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "thinking_delta", "thinking": "Hm." } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "signature_delta", "signature": "Eq" } }),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "content_block_start", "index": 1, "content_block": { "type": "text", "text": "" } }),
        json!({ "type": "content_block_delta", "index": 1, "delta": { "type": "text_delta", "text": "Let me check." } }),
        json!({ "type": "content_block_stop", "index": 1 }),
        json!({ "type": "content_block_start", "index": 2, "content_block": { "type": "tool_use", "id": "toolu_1", "name": "f", "input": {} } }),
        json!({ "type": "content_block_delta", "index": 2, "delta": { "type": "input_json_delta", "partial_json": "" } }),
        json!({ "type": "content_block_delta", "index": 2, "delta": { "type": "input_json_delta", "partial_json": "{\"a\":" } }),
        json!({ "type": "content_block_delta", "index": 2, "delta": { "type": "input_json_delta", "partial_json": " 1}" } }),
        json!({ "type": "content_block_stop", "index": 2 }),
        json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use", "stop_sequence": null }, "usage": { "output_tokens": 15 } }),
        json!({ "type": "message_stop" }),
    ]
}

#[test]
fn events_of_anthropic() {
    let (llm, is_complete) = streamed(anthropic());
    assert_eq!(
        outline(&llm.output_messages),
        r#"assistant (tool_call)
  {"type":"reasoning","content":"Hm."}
  {"type":"text","content":"Let me check."}
  {"type":"tool_call","id":"toolu_1","name":"f","arguments":{"a":1}}"#
    );
    assert_eq!((llm.usage, is_complete), (Some(usage(25, 15)), true));
    assert!(streamed(anthropic().into_iter().take(15)).1, "the reason tells that it is over");

    let (partial, is_complete) = streamed(anthropic().into_iter().take(12));
    assert_eq!(
        outline(&partial.output_messages[..]).lines().last().unwrap(),
        r#"  {"type":"tool_call","id":"toolu_1","name":"f","arguments":"{\"a\":"}"#
    );
    // What the beginning says of the output is a guess.
    assert_eq!(partial.usage, Some(Usage { input_tokens: Some(25), ..Usage::default() }));
    assert!(!is_complete);
}

#[test]
fn chunks_of_gemini_and_ollama() {
    let part = |part: Value| json!({ "candidates": [{ "content": { "role": "model", "parts": [part] }, "index": 0 }], "modelVersion": "gemini-2.5" });
    let mut chunks = vec![
        part(json!({ "text": "Hm.", "thought": true })),
        part(json!({ "text": "It is " })),
        part(json!({ "text": "21 °C." })),
        part(json!({ "functionCall": { "name": "now", "args": {} } })),
    ];
    assert!(!streamed(chunks.clone()).1);
    chunks.push(json!({ "candidates": [{ "content": { "parts": [{ "text": "" }] }, "finishReason": "STOP" }], "usageMetadata": { "promptTokenCount": 4, "candidatesTokenCount": 6 } }));
    let (llm, is_complete) = streamed(chunks);
    assert_eq!(
        outline(&llm.output_messages),
        r#"assistant (tool_call)
  {"type":"reasoning","content":"Hm."}
  {"type":"text","content":"It is 21 °C."}
  {"type":"tool_call","name":"now","arguments":{}}"#
    );
    assert_eq!((llm.usage, is_complete), (Some(usage(4, 6)), true));

    let (llm, is_complete) = streamed([
        json!({ "model": "llama3.2", "message": { "role": "assistant", "content": "It is " }, "done": false }),
        json!({ "model": "llama3.2", "message": { "role": "assistant", "content": "21 °C." }, "done": false }),
        json!({ "model": "llama3.2", "message": { "role": "assistant", "content": "" }, "done": true, "done_reason": "length", "eval_count": 2, "prompt_eval_count": 1 }),
    ]);
    assert_eq!(outline(&llm.output_messages), "assistant (length)\n  {\"type\":\"text\",\"content\":\"It is 21 °C.\"}");
    assert_eq!((llm.usage, is_complete), (Some(usage(1, 2)), true));
}

#[test]
fn texts_are_one_text() {
    let (llm, is_complete) = streamed(["", "It is ", "{\"a\":1}", " data: x"].map(Value::from));
    assert_eq!(llm.output_messages[0].text(), "It is {\"a\":1} data: x");
    assert!(!is_complete, "only its end says that it is over");
}

#[test]
fn what_is_not_understood_stays_a_list() {
    for first in [json!({ "token": "a" }), json!(1), json!(true), json!({ "weave.cut": { "length": 3 } })] {
        let mut chunks = Chunks::default();
        [first.clone(), json!("a"), chat()[1].clone()].into_iter().for_each(|chunk| chunks.add(chunk));
        assert!(chunks.is_unknown(), "{first}");
        assert_eq!(chunks.finish(), None);
    }
}

#[test]
fn a_long_answer_keeps_its_beginning_and_its_end() {
    let mut chunks = Chunks::within(1_000);
    (0..10_000).for_each(|_| chunks.add(delta(json!({ "content": "0123456789" }))));
    chat().into_iter().skip(6).for_each(|chunk| chunks.add(chunk));
    assert!(chunks.weight() < 3_000, "{}", chunks.weight());
    let llm = read(chunks.finish().unwrap());
    let text = llm.output_messages[0].text();
    assert!(text.starts_with("0123456789012") && text.ends_with("… [cut]") && text.len() < 1_100, "{text}");
    assert_eq!((llm.finish_reasons, llm.usage), (vec!["tool_calls".to_owned()], Some(usage(9, 0))));
}
