//! Events of OpenAI's Responses API.

use serde_json::Value;

use super::room::Room;
use crate::genai::decode;
use crate::genai::decode::json::{Object, list, text};

pub(super) fn is_chunk(members: &Object) -> bool {
    text(members, &["type"]).is_some_and(|kind| kind.starts_with("response.")) || decode::responses::is_answer(members)
}

pub(super) fn add(whole: &mut Object, mut event: Object, room: &mut Room) -> bool {
    if decode::responses::is_answer(&event) {
        return replace(whole, event, room);
    }
    let Some(Value::String(kind)) = event.remove("type") else { return false };
    if let Some(Value::Object(response)) = event.remove("response") {
        return replace(whole, response, room);
    }
    if kind == "error" {
        let error = event.remove("error").unwrap_or(Value::Object(event));
        room.set(whole, "error", error);
        room.set(whole, "status", "failed".into());
        return true;
    }
    let Some(index) = at(&event, "output_index") else { return false };
    let output = whole.entry("output").or_insert_with(|| Value::Array(Vec::new()));
    let Some(item) = room.item(output, index) else { return false };
    match kind.as_str() {
        "response.output_item.added" | "response.output_item.done" => {
            if let Some(Value::Object(new)) = event.remove("item") {
                new.into_iter().for_each(|(key, value)| room.set(item, &key, value));
            }
        }
        _ => add_to_item(item, &kind, &mut event, room),
    }
    false
}

/// Takes over the state of the whole answer, which an event may have. Says whether it is over.
fn replace(whole: &mut Object, mut response: Object, room: &mut Room) -> bool {
    // What has come is more than what some servers say at the beginning or the end.
    if list(&response, &["output"]).is_none_or(<[Value]>::is_empty) {
        response.remove("output");
    }
    response.into_iter().for_each(|(key, value)| room.set(whole, &key, value));
    matches!(text(whole, &["status"]), Some("completed" | "incomplete" | "failed" | "cancelled"))
}

fn add_to_item(item: &mut Object, kind: &str, event: &mut Object, room: &mut Room) {
    let (list, index, key, item_kind) = match kind.trim_start_matches("response.") {
        kind if kind.starts_with("output_text.") || kind.starts_with("content_part.") => {
            ("content", at(event, "content_index"), "text", "message")
        }
        kind if kind.starts_with("refusal.") => ("content", at(event, "content_index"), "refusal", "message"),
        kind if kind.starts_with("reasoning_text.") => ("content", at(event, "content_index"), "text", "reasoning"),
        kind if kind.starts_with("reasoning_summary") => ("summary", at(event, "summary_index"), "text", "reasoning"),
        kind if kind.contains("_arguments.") => return add_text(item, "arguments", event, room),
        kind if kind.contains("_input.") => return add_text(item, "input", event, room),
        kind if kind.starts_with("code_interpreter_call_code.") => return add_text(item, "code", event, room),
        _ => return,
    };
    if !item.contains_key("type") {
        item.insert("type".to_owned(), item_kind.into());
    }
    if item_kind == "message" && !item.contains_key("role") {
        item.insert("role".to_owned(), "assistant".into());
    }
    let items = item.entry(list).or_insert_with(|| Value::Array(Vec::new()));
    let Some(part) = room.item(items, index.unwrap_or(0)) else { return };
    match event.remove("part") {
        Some(Value::Object(new)) => new.into_iter().for_each(|(key, value)| room.set(part, &key, value)),
        _ => {
            add_text(part, key, event, room);
            let kind = if key == "refusal" { "refusal" } else { "output_text" };
            part.entry("type").or_insert_with(|| kind.into());
        }
    }
}

/// Appends what an event adds, or sets what it says at the end.
fn add_text(object: &mut Object, key: &str, event: &mut Object, room: &mut Room) {
    if let Some(Value::String(delta)) = event.remove("delta") {
        room.append(object, key, &delta);
    } else if let Some(Value::String(whole)) = event.remove(key) {
        room.set(object, key, whole.into());
    }
}

fn at(event: &Object, key: &str) -> Option<usize> {
    event.get(key)?.as_u64()?.try_into().ok()
}
