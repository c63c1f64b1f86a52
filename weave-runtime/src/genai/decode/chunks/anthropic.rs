//! Events of Anthropic's messages.

use serde_json::Value;

use super::room::Room;
use crate::genai::decode;
use crate::genai::decode::json::{Object, object, text};

pub(super) fn is_chunk(members: &Object) -> bool {
    let is_event = |kind: &str| {
        matches!(
            kind,
            "message_start" | "content_block_start" | "content_block_delta" | "content_block_stop" | "message_delta"
        )
    };
    text(members, &["type"]).is_some_and(is_event) || decode::anthropic::is_answer(members)
}

pub(super) fn add(whole: &mut Object, mut event: Object, room: &mut Room) -> bool {
    if decode::anthropic::is_answer(&event) {
        event.into_iter().for_each(|(key, value)| room.set(whole, &key, value));
        return true;
    }
    match text(&event, &["type"]).unwrap_or_default() {
        "message_start" => {
            if let Some(Value::Object(message)) = event.remove("message") {
                message.into_iter().for_each(|(key, value)| room.set(whole, &key, value));
            }
            // At this point it is a guess.
            if let Some(Value::Object(usage)) = whole.get_mut("usage") {
                usage.remove("output_tokens");
            }
        }
        "content_block_start" => {
            if let (Some(block), Some(Value::Object(new))) = (block(whole, &event, room), event.remove("content_block"))
            {
                new.into_iter().for_each(|(key, value)| room.set(block, &key, value));
            }
        }
        "content_block_delta" => {
            if let (Some(block), Some(Value::Object(delta))) = (block(whole, &event, room), event.remove("delta")) {
                add_delta(block, &delta, room);
            }
        }
        "content_block_stop" => drop(block(whole, &event, room).map(settle_input)),
        "message_delta" => {
            if let Some(Value::Object(delta)) = event.remove("delta") {
                delta.into_iter().for_each(|(key, value)| room.set(whole, &key, value));
            }
            if let Some(Value::Object(new)) = event.remove("usage") {
                add_usage(whole, new);
            }
        }
        "error" => {
            let error = event.remove("error").unwrap_or(Value::Null);
            room.set(whole, "error", error);
        }
        "message_stop" => return true,
        _ => {}
    }
    whole.get("stop_reason").is_some_and(Value::is_string)
}

/// Settles what a stream that stopped half way has left open.
pub(super) fn finish(whole: &mut Object) {
    whole.insert("type".to_owned(), "message".into());
    whole.entry("role").or_insert_with(|| "assistant".into());
    if whole.contains_key("error") && whole.get("stop_reason").is_none_or(Value::is_null) {
        whole.insert("stop_reason".to_owned(), "error".into());
    }
    whole.entry("stop_reason").or_insert(Value::Null);
    whole.entry("content").or_insert_with(|| Value::Array(Vec::new()));
}

fn block<'a>(whole: &'a mut Object, event: &Object, room: &mut Room) -> Option<&'a mut Object> {
    let index = event.get("index")?.as_u64()?.try_into().ok()?;
    room.item(whole.entry("content").or_insert_with(|| Value::Array(Vec::new())), index)
}

fn add_delta(block: &mut Object, delta: &Object, room: &mut Room) {
    if let Some(citation) = delta.get("citation") {
        return room.extend(block.entry("citations").or_insert(Value::Null), vec![citation.clone()]);
    }
    let (kind, key) = match text(delta, &["type"]) {
        Some("text_delta") => ("text", "text"),
        Some("thinking_delta") => ("thinking", "thinking"),
        Some("signature_delta") => ("thinking", "signature"),
        Some("input_json_delta") => {
            // Until it is whole it is a text.
            return room.append(block, "input", text(delta, &["partial_json"]).unwrap_or_default());
        }
        _ => return,
    };
    block.entry("type").or_insert_with(|| kind.into());
    room.append(block, key, text(delta, &[key]).unwrap_or_default());
}

/// The input of a tool came as text.
fn settle_input(block: &mut Object) {
    let Some(input) = text(block, &["input"]) else { return };
    let input = if input.is_empty() { Ok(Value::Object(Object::new())) } else { serde_json::from_str(input) };
    if let Ok(input) = input {
        block.insert("input".to_owned(), input);
    }
}

/// The counts are those of the whole message so far; what is null was not counted.
fn add_usage(whole: &mut Object, new: Object) {
    let mut usage = object(whole, &["usage"]).cloned().unwrap_or_default();
    usage.extend(new.into_iter().filter(|(_, count)| !count.is_null()));
    whole.insert("usage".to_owned(), usage.into());
}
