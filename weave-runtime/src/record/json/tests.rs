use serde_json::{Value, json};

use super::rfc3339;
use crate::genai::Message;
use crate::id::CallId;
use crate::record::{CallRecord, Details, Event, InThread, Kind, Status, Text, Timestamp};
use crate::tree::sample::Sample;

fn form(call: &CallRecord) -> Value {
    serde_json::from_str(&serde_json::to_string(call).unwrap()).unwrap()
}

#[test]
fn a_call_is_written_with_all_that_was_recorded() {
    let call = Sample::new(2, "chat").below(1).kind(Kind::Llm).display_name("Ask").tokens(3, 4).at(1_500);
    let mut call = call.inputs(r#"{"b":1,"a":[2.50]}"#).output(r#""yes""#).partial().takes(250_000_999).call();
    let details = call.details.get_or_insert_default();
    details.attributes.insert("env".to_owned(), "test".into());
    details.span_attributes.insert("rows".to_owned(), 7.into());
    details.summary.insert("score".to_owned(), 1.into());
    let at = Timestamp(1_600_000_000).to_system_time();
    details.thread = Some(InThread { id: "chat-7".into(), turn: Some(CallId::from_int(1)) });
    details.trace.get_or_insert_default().add_tag("beta".to_owned());
    let facts = details.agent.get_or_insert_default();
    (facts.conversation_id, facts.model) = (Some("chat-7".to_owned()), Some("gpt-4o".to_owned()));
    facts.input_messages = super::written(&[Message::user("why?")]);
    details.events.push(Event { name: "retry".to_owned(), at, attributes: serde_json::Map::new() });
    assert_eq!(
        form(&call),
        json!({
            "id": "0000000000000002",
            "trace_id": "00000000000000000000000000000001",
            "parent_id": "0000000000000001",
            "op_name": "chat",
            "display_name": "Ask",
            "kind": "llm",
            "status": "success",
            "partial": true,
            "started_at": "1970-01-01T00:00:01.500000Z",
            "ended_at": "1970-01-01T00:00:01.750000Z",
            "inputs": { "b": 1, "a": [2.5] },
            "output": "yes",
            "exception": null,
            "attributes": { "env": "test" },
            "span_attributes": { "rows": 7 },
            "summary": { "score": 1, "status_counts": { "success": 1, "error": 0 } },
            "usage": {
                "input_tokens": 3,
                "output_tokens": 4,
                "total_tokens": null,
                "cache_read_input_tokens": null,
                "cache_creation_input_tokens": null,
                "reasoning_tokens": null,
            },
            "events": [{ "name": "retry", "at": "1970-01-01T00:00:01.600000Z", "attributes": {} }],
            "op": { "identity": "chat", "digest": null, "module": null, "file": null, "line": null },
            "thread_id": "chat-7",
            "turn_id": "0000000000000001",
            "trace_update": { "name": null, "tags": ["beta"], "metadata": {} },
            "agent": {
                "conversation_id": "chat-7",
                "model": "gpt-4o",
                "input_messages": [{ "role": "user", "parts": [{ "type": "text", "content": "why?" }] }],
                "output_messages": [{ "role": "assistant", "parts": [{ "type": "text", "content": "yes" }] }],
            },
        })
    );
}

#[test]
fn what_a_call_does_not_have_is_null_or_empty() {
    let form = form(&Sample::new(1, "f").status(Status::Running).call());
    for key in
        ["parent_id", "display_name", "ended_at", "output", "exception", "usage", "thread_id", "turn_id", "agent"]
    {
        assert_eq!(form.get(key), Some(&Value::Null), "{key}");
    }
    for key in ["inputs", "attributes", "span_attributes", "summary"] {
        assert_eq!(form[key], json!({}), "{key}");
    }
    assert_eq!(form["events"], json!([]));
}

#[test]
fn an_error_has_its_type_and_message() {
    let form = form(&Sample::new(1, "f").fails("my::Error", "bad page").call());
    assert_eq!(form["status"], "error");
    assert_eq!(form["exception"], json!({ "type": "my::Error", "message": "bad page" }));
}

#[test]
fn recorded_json_stays_as_it_is_written() {
    let call = Sample::new(1, "f").inputs(r#"{"b":1,"a":12345678901234567890123}"#).output("2.50").call();
    let text = serde_json::to_string(&call).unwrap();
    assert!(text.contains(r#""inputs":{"b":1,"a":12345678901234567890123},"output":2.50,"#), "{text}");
}

#[test]
fn a_text_that_is_not_json_becomes_a_string() {
    let call = CallRecord { text: Text::join("{", Some("]")), ..Sample::new(1, "f").call() };
    assert_eq!(form(&call)["inputs"], "{");
    assert_eq!(form(&call)["output"], "]");
}

#[test]
fn times_have_microseconds_in_utc() {
    let texts = [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_785_576_600_123_456_789, "2026-08-01T09:30:00.123456Z"),
        (-1_000, "1969-12-31T23:59:59.999999Z"),
        (i64::MAX, "2262-04-11T23:47:16.854775Z"),
        (i64::MIN, "1677-09-21T00:12:43.145224Z"),
    ];
    for (nanos, text) in texts {
        assert_eq!(rfc3339(Timestamp(nanos)), text);
    }
}

#[test]
fn a_record_without_details_is_written_like_one_with_empty_ones() {
    let plain = Sample::new(1, "f").call();
    let detailed = CallRecord { details: Some(Box::new(Details::default())), ..plain.clone() };
    assert_eq!(form(&plain), form(&detailed));
}
