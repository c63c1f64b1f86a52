//! Chunks of OpenAI's chat completions.

use serde_json::Value;

use super::room::Room;
use crate::genai::decode::json::{Object, list, text};

pub(super) fn add(whole: &mut Object, chunk: Object, room: &mut Room) -> bool {
    for (key, value) in chunk {
        match value {
            Value::Array(choices) if key == "choices" => {
                let all = whole.entry(key).or_insert_with(|| Value::Array(Vec::new()));
                choices.into_iter().for_each(|choice| add_choice(all, choice, room));
            }
            Value::Null => {}
            value => room.set(whole, &key, value),
        }
    }
    let choices = list(whole, &["choices"]).unwrap_or_default();
    let has_ended = |choice: &Value| choice.get("finish_reason").is_some_and(Value::is_string);
    !choices.is_empty() && choices.iter().all(has_ended)
}

/// Settles what deltas need not say, and what a stream that has failed has left open.
pub(super) fn finish(whole: &mut Object) {
    whole.insert("object".to_owned(), "chat.completion".into());
    let has_failed = whole.contains_key("error");
    let choices = whole.get_mut("choices").and_then(Value::as_array_mut);
    for choice in choices.into_iter().flatten().filter_map(Value::as_object_mut) {
        if let Some(message) = choice.get_mut("message").and_then(Value::as_object_mut) {
            message.entry("role").or_insert_with(|| "assistant".into());
        }
        if has_failed {
            choice.entry("finish_reason").or_insert_with(|| "error".into());
        }
    }
}

fn add_choice(all: &mut Value, choice: Value, room: &mut Room) {
    let Value::Object(choice) = choice else { return };
    let index = choice.get("index").and_then(Value::as_u64).unwrap_or(0);
    let Some(whole) = usize::try_from(index).ok().and_then(|at| room.item(all, at)) else { return };
    whole.insert("index".to_owned(), index.into());
    for (key, value) in choice {
        match (key.as_str(), value) {
            ("delta" | "message", Value::Object(delta)) => {
                let message = whole.entry("message").or_insert_with(|| Value::Object(Object::new()));
                if let Some(message) = message.as_object_mut() {
                    add_delta(message, delta, room);
                }
            }
            ("text", Value::String(text)) => room.append(whole, "text", &text),
            ("finish_reason", Value::String(reason)) => drop(whole.insert(key, reason.into())),
            _ => {}
        }
    }
}

fn add_delta(message: &mut Object, delta: Object, room: &mut Room) {
    for (key, value) in delta {
        match (key.as_str(), value) {
            (_, Value::Null) => {}
            ("role", role) => drop(message.insert(key, role)),
            ("tool_calls", Value::Array(calls)) => {
                let all = message.entry(key).or_insert_with(|| Value::Array(Vec::new()));
                calls.into_iter().for_each(|call| add_call(all, call, room));
            }
            ("function_call", Value::Object(call)) => {
                let whole = message.entry(key).or_insert_with(|| Value::Object(Object::new()));
                if let Some(whole) = whole.as_object_mut() {
                    add_function(whole, call, room);
                }
            }
            (_, Value::String(text)) => room.append(message, &key, &text),
            ("audio", Value::Object(audio)) => {
                let whole = message.entry(key).or_insert_with(|| Value::Object(Object::new()));
                if let Some(whole) = whole.as_object_mut() {
                    add_audio(whole, audio, room);
                }
            }
            (_, Value::Array(items)) => {
                room.extend(message.entry(key).or_insert_with(|| Value::Array(Vec::new())), items);
            }
            (_, value) => room.set(message, &key, value),
        }
    }
}

fn add_audio(whole: &mut Object, audio: Object, room: &mut Room) {
    for (key, value) in audio {
        match (key.as_str(), value) {
            ("data" | "transcript", Value::String(text)) => room.append(whole, &key, &text),
            (_, value) => room.set(whole, &key, value),
        }
    }
}

/// Puts a fragment to the call that it belongs to: by its index, else by its id, else to the last.
fn add_call(all: &mut Value, call: Value, room: &mut Room) {
    let Value::Object(call) = call else { return };
    let calls = all.as_array().map(Vec::as_slice).unwrap_or_default();
    let id = text(&call, &["id"]).filter(|id| !id.is_empty());
    let index = call.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
    // Some give all calls the same index.
    let is_of_another = |at: &usize| match (id, calls.get(*at).and_then(id_of)) {
        (Some(id), Some(other)) => id != other,
        _ => false,
    };
    let at = index.filter(|at| !is_of_another(at)).unwrap_or_else(|| match id {
        Some(id) => calls.iter().position(|call| id_of(call) == Some(id)).unwrap_or(calls.len()),
        None => calls.len().saturating_sub(1),
    });
    let Some(whole) = room.item(all, at) else { return };
    for (key, value) in call {
        match (key.as_str(), value) {
            ("index", _) | (_, Value::Null) => {}
            ("function" | "custom", Value::Object(function)) => {
                let whole = whole.entry(key).or_insert_with(|| Value::Object(Object::new()));
                if let Some(whole) = whole.as_object_mut() {
                    add_function(whole, function, room);
                }
            }
            (_, Value::String(text)) if text.is_empty() => {}
            (_, value) => room.set(whole, &key, value),
        }
    }
    whole.entry("type").or_insert_with(|| "function".into());
}

fn id_of(call: &Value) -> Option<&str> {
    call.get("id")?.as_str()
}

fn add_function(whole: &mut Object, function: Object, room: &mut Room) {
    for (key, value) in function {
        match (key.as_str(), value) {
            // Some say the name with every fragment.
            ("name", Value::String(name)) if text(whole, &["name"]) == Some(&name) => {}
            (_, Value::String(text)) => room.append(whole, &key, &text),
            (_, Value::Null) => {}
            (_, value) => room.set(whole, &key, value),
        }
    }
}
