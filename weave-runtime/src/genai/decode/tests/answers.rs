use serde_json::json;

use super::{outline, read, usage};
use crate::genai::decode::{answer, any_answer};

#[test]
fn a_chat_completion() {
    let llm = read(json!({
        "id": "chatcmpl-B9MBs8", "object": "chat.completion", "created": 1_741_569_952, "model": "gpt-4.1-2025-04-14",
        "choices": [{
            "index": 0, "logprobs": null, "finish_reason": "stop",
            "message": { "role": "assistant", "content": "Hello!", "refusal": null, "annotations": [] }
        }],
        "usage": {
            "prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
            "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
            "completion_tokens_details": { "reasoning_tokens": 4, "audio_tokens": 0 }
        },
        "service_tier": "default"
    }));
    assert_eq!(outline(&llm.output_messages), "assistant (stop)\n  {\"type\":\"text\",\"content\":\"Hello!\"}");
    assert_eq!(llm.provider.as_deref(), Some("openai"));
    assert_eq!(llm.response_id.as_deref(), Some("chatcmpl-B9MBs8"));
    assert_eq!((llm.model, llm.response_model.as_deref()), (None, Some("gpt-4.1-2025-04-14")));
    assert_eq!(llm.finish_reasons, ["stop"]);
    // Zero is a count.
    assert_eq!(llm.usage, Some(usage(19, 10).cache_read(0).reasoning(4)));
}

#[test]
fn a_chat_completion_that_calls_tools() {
    let llm = read(json!({
        "model": "gpt-4.1",
        "choices": [
            { "index": 0, "finish_reason": "tool_calls", "message": { "role": "assistant", "content": null, "tool_calls": [
                { "id": "call_1", "type": "function", "function": { "name": "get_weather", "arguments": "{\"city\":\"Paris\"}" } },
                { "id": "call_2", "type": "function", "function": { "name": "now", "arguments": "" } }
            ] } },
            { "index": 1, "finish_reason": "content_filter", "message": { "role": "assistant", "refusal": "I cannot." } }
        ]
    }));
    assert_eq!(
        outline(&llm.output_messages),
        r#"assistant (tool_call)
  {"type":"tool_call","id":"call_1","name":"get_weather","arguments":{"city":"Paris"}}
  {"type":"tool_call","id":"call_2","name":"now"}
assistant (content_filter)
  {"type":"text","content":"I cannot."}"#
    );
    assert_eq!(llm.finish_reasons, ["tool_calls", "content_filter"]);
    assert_eq!(llm.usage, None);
}

#[test]
fn reasoning_beside_the_content_of_a_chat_completion() {
    let llm = read(json!({
        "model": "deepseek-reasoner",
        "choices": [{ "message": { "role": "assistant", "reasoning_content": "9.11 < 9.8", "content": "9.8" } }],
        "usage": { "prompt_tokens": 8, "completion_tokens": 5, "total_tokens": 13, "prompt_cache_hit_tokens": 3 }
    }));
    assert_eq!(
        outline(&llm.output_messages),
        "assistant\n  {\"type\":\"reasoning\",\"content\":\"9.11 < 9.8\"}\n  {\"type\":\"text\",\"content\":\"9.8\"}"
    );
    assert_eq!(llm.usage, Some(usage(8, 5).cache_read(3)));
}

#[test]
fn an_object_of_the_responses_api() {
    let llm = read(json!({
        "id": "resp_67ccd", "object": "response", "status": "completed", "error": null, "incomplete_details": null,
        "model": "gpt-4.1-2025-04-14",
        "output": [
            { "type": "reasoning", "id": "rs_1", "summary": [{ "type": "summary_text", "text": "Ask the tool." }] },
            { "type": "web_search_call", "id": "ws_1", "status": "completed", "action": { "type": "search", "query": "Paris" } },
            { "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
              "content": [{ "type": "output_text", "text": "Let me check.", "annotations": [] }] },
            { "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "get_weather", "arguments": "{\"city\":\"Paris\"}" }
        ],
        "usage": {
            "input_tokens": 36, "input_tokens_details": { "cached_tokens": 12 },
            "output_tokens": 87, "output_tokens_details": { "reasoning_tokens": 64 }, "total_tokens": 123
        }
    }));
    assert_eq!(
        outline(&llm.output_messages),
        r#"assistant (tool_call)
  {"type":"reasoning","content":"Ask the tool."}
  {"id":"ws_1","name":"web_search","server_tool_call":{"action":{"query":"Paris","type":"search"},"status":"completed","type":"web_search"},"type":"server_tool_call"}
  {"type":"text","content":"Let me check."}
  {"type":"tool_call","id":"call_1","name":"get_weather","arguments":{"city":"Paris"}}"#
    );
    assert_eq!(llm.usage, Some(usage(36, 87).cache_read(12).reasoning(64)));
    assert_eq!(llm.response_id.as_deref(), Some("resp_67ccd"));
}

#[test]
fn a_response_that_is_not_whole_says_why() {
    let llm = read(json!({
        "object": "response", "status": "incomplete", "incomplete_details": { "reason": "max_output_tokens" },
        "output": [{ "type": "message", "role": "assistant", "content": [{ "type": "output_text", "text": "On" }] }]
    }));
    assert_eq!(outline(&llm.output_messages), "assistant (length)\n  {\"type\":\"text\",\"content\":\"On\"}");
    assert_eq!(llm.finish_reasons, ["max_output_tokens"]);
}

#[test]
fn a_message_of_anthropic() {
    let llm = read(json!({
        "id": "msg_01XF", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
        "content": [
            { "type": "thinking", "thinking": "I need the weather.", "signature": "EqQB" },
            { "type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": { "query": "Paris" } },
            { "type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [] },
            { "type": "text", "text": "Let me check." },
            { "type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": { "city": "Paris" } }
        ],
        "stop_reason": "tool_use", "stop_sequence": null,
        "usage": { "input_tokens": 10, "cache_creation_input_tokens": 200, "cache_read_input_tokens": 3_000, "output_tokens": 50 }
    }));
    assert_eq!(
        outline(&llm.output_messages),
        r#"assistant (tool_call)
  {"type":"reasoning","content":"I need the weather."}
  {"id":"srvtoolu_1","name":"web_search","server_tool_call":{"input":{"query":"Paris"},"name":"web_search","type":"web_search"},"type":"server_tool_call"}
  {"id":"srvtoolu_1","server_tool_call_response":{"content":[],"type":"web_search"},"type":"server_tool_call_response"}
  {"type":"text","content":"Let me check."}
  {"type":"tool_call","id":"toolu_1","name":"get_weather","arguments":{"city":"Paris"}}"#
    );
    assert_eq!(llm.provider.as_deref(), Some("anthropic"));
    assert_eq!(llm.finish_reasons, ["tool_use"]);
    // What the cache was asked for is part of the input.
    assert_eq!(llm.usage, Some(usage(3_210, 50).cache_read(3_000).cache_creation(200)));
}

#[test]
fn an_answer_of_gemini() {
    let llm = read(json!({
        "candidates": [{
            "content": { "role": "model", "parts": [
                { "text": "The user asks for weather.", "thought": true },
                { "text": "Let me check." },
                { "functionCall": { "name": "get_weather", "args": { "city": "Paris" } } }
            ] },
            "finishReason": "STOP", "index": 0
        }],
        "usageMetadata": {
            "promptTokenCount": 20, "cachedContentTokenCount": 5, "candidatesTokenCount": 8, "thoughtsTokenCount": 30,
            "totalTokenCount": 58
        },
        "modelVersion": "gemini-2.5-flash", "responseId": "r-1"
    }));
    assert_eq!(
        outline(&llm.output_messages),
        r#"assistant (tool_call)
  {"type":"reasoning","content":"The user asks for weather."}
  {"type":"text","content":"Let me check."}
  {"type":"tool_call","name":"get_weather","arguments":{"city":"Paris"}}"#
    );
    assert_eq!(
        (llm.provider.as_deref(), llm.finish_reasons.as_slice()),
        (Some("gcp.gemini"), &["STOP".to_owned()][..])
    );
    assert_eq!(llm.usage, Some(usage(20, 38).cache_read(5).reasoning(30)));

    let blocked =
        read(json!({ "promptFeedback": { "blockReason": "SAFETY" }, "usage_metadata": { "prompt_token_count": 4 } }));
    assert_eq!((blocked.finish_reasons, blocked.usage.unwrap().input_tokens), (vec!["SAFETY".to_owned()], Some(4)));
}

#[test]
fn answers_of_ollama() {
    let chat = read(json!({
        "model": "llama3.2", "created_at": "2025-07-07T20:22:19Z", "done": true, "done_reason": "stop",
        "message": { "role": "assistant", "content": "", "thinking": "Hm.", "tool_calls": [
            { "function": { "name": "get_weather", "arguments": { "city": "Paris" } } }
        ] },
        "total_duration": 885_095_291, "prompt_eval_count": 169, "eval_count": 15
    }));
    assert_eq!(
        outline(&chat.output_messages),
        r#"assistant (tool_call)
  {"type":"reasoning","content":"Hm."}
  {"type":"tool_call","name":"get_weather","arguments":{"city":"Paris"}}"#
    );
    assert_eq!((chat.provider.as_deref(), chat.usage), (Some("ollama"), Some(usage(169, 15))));

    let generated = read(json!({ "model": "llama3.2", "response": "Blue.", "done": true, "eval_count": 3 }));
    assert_eq!(generated.output_messages[0].text(), "Blue.");
    assert_eq!(generated.usage.map(|usage| (usage.input_tokens, usage.output_tokens)), Some((None, Some(3))));
}

#[test]
fn texts_and_messages_are_answers_too() {
    let of = |value| outline(&read(value).output_messages);
    assert_eq!(of(json!("Hello")), "assistant\n  {\"type\":\"text\",\"content\":\"Hello\"}");
    assert_eq!(
        of(json!({ "role": "assistant", "content": "Hi" })),
        "assistant\n  {\"type\":\"text\",\"content\":\"Hi\"}"
    );
    let body = json!({ "model": "m", "choices": [{ "message": { "content": "Hi" }, "finish_reason": "length" }] });
    assert_eq!(of(body.to_string().into()), "assistant (length)\n  {\"type\":\"text\",\"content\":\"Hi\"}");
    assert_eq!(
        of(json!("{\"city\": \"Paris\"}")),
        "assistant\n  {\"type\":\"text\",\"content\":\"{\\\"city\\\": \\\"Paris\\\"}\"}"
    );
}

#[test]
fn what_is_no_answer_is_left_alone() {
    for value in [
        json!(null),
        json!(1),
        json!({}),
        json!([]),
        json!({ "choices": ["a", "b"] }),
        json!({ "content": "x", "type": "text" }),
        json!({ "message": "x", "done": true }),
        json!({ "output": ["a"], "status": "ok" }),
        json!([1, 2]),
    ] {
        assert_eq!(answer(&value), None, "{value}");
    }
}

#[test]
fn an_answer_of_an_unknown_form_is_said_as_it_is() {
    let said = |value| any_answer(&value).map(|llm| llm.output_messages[0].text());
    assert_eq!(said(json!({ "model": "m", "text": "yes" })).as_deref(), Some("yes"));
    assert_eq!(said(json!({ "city": "Paris" })).as_deref(), Some("{\"city\":\"Paris\"}"));
    assert_eq!(said(json!([0.1, 0.2])), None);
}
