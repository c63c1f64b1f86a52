//! Chunks of Ollama's answers.

use serde_json::Value;

use super::room::Room;
use crate::genai::decode::json::Object;

pub(super) fn add(whole: &mut Object, chunk: Object, room: &mut Room) -> bool {
    for (key, value) in chunk {
        match (key.as_str(), value) {
            (_, Value::Null) => {}
            ("message", Value::Object(delta)) => {
                let message = whole.entry(key).or_insert_with(|| Value::Object(Object::new()));
                if let Some(message) = message.as_object_mut() {
                    add_delta(message, delta, room);
                }
            }
            ("response" | "thinking", Value::String(text)) => room.append(whole, &key, &text),
            (_, value) => room.set(whole, &key, value),
        }
    }
    whole.get("done") == Some(&Value::Bool(true))
}

/// Settles what a stream need not say, and what one that has failed has left open.
pub(super) fn finish(whole: &mut Object) {
    if let Some(message) = whole.get_mut("message").and_then(Value::as_object_mut) {
        message.entry("role").or_insert_with(|| "assistant".into());
    }
    if whole.contains_key("error") {
        whole.entry("done_reason").or_insert_with(|| "error".into());
    }
}

fn add_delta(message: &mut Object, delta: Object, room: &mut Room) {
    for (key, value) in delta {
        match (key.as_str(), value) {
            (_, Value::Null) => {}
            ("content" | "thinking", Value::String(text)) => room.append(message, &key, &text),
            ("tool_calls" | "images", Value::Array(items)) => {
                room.extend(message.entry(key).or_insert_with(|| Value::Array(Vec::new())), items);
            }
            (_, value) => room.set(message, &key, value),
        }
    }
}
