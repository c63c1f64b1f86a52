//! A message, as any provider writes it.

use serde_json::Value;

use super::json::{Object, list, object, owned, text, value};
use super::media;
use super::part::{function, part, said};
use crate::genai::{Message, Part, Role, ToolResponse};

/// The message that a value stands for: a text of the user, or an object that says who speaks.
pub(crate) fn message(value: &Value) -> Option<Message> {
    match value {
        Value::String(text) => Some(Message::user(text.as_str())),
        Value::Object(members) => of_object(members),
        _ => None,
    }
}

/// All messages of a list, or the one that stands in its place. What is none is left out.
pub(crate) fn messages(value: &Value) -> Vec<Message> {
    match value {
        Value::Array(items) => items.iter().filter_map(message).collect(),
        other => message(other).into_iter().collect(),
    }
}

/// Whether a value says who speaks.
pub(super) fn is_message(value: &Value) -> bool {
    value.as_object().is_some_and(|members| {
        text(members, &["role"]).is_some()
            && ["content", "parts", "tool_calls"].iter().any(|key| members.contains_key(*key))
    })
}

fn of_object(members: &Object) -> Option<Message> {
    let Some(role) = text(members, &["role"]) else { return item(members) };
    let mut message = Message::new(self::role(role));
    let parts = &mut message.parts;
    if let Some(thoughts) = owned(members, &["reasoning_content", "reasoning", "thinking"]) {
        parts.push(Part::Reasoning(thoughts));
    }
    match list(members, &["parts"]) {
        Some(items) => parts.extend(items.iter().map(part)),
        None if message.role == Role::Tool => parts.extend(answered(members)),
        None => parts.extend(members.get("content").map(content).unwrap_or_default()),
    }
    put_beside(parts, members);
    if message.role == Role::User && !parts.is_empty() && parts.iter().all(is_response) {
        message.role = Role::Tool;
    }
    // The name in the answer of a function is that of the function.
    let is_of_function = message.role == Role::Tool && !members.contains_key("parts");
    message.name = owned(members, &["name"]).filter(|_| !is_of_function);
    message.finish_reason = owned(members, &["finish_reason"]);
    Some(message)
}

fn is_response(part: &Part) -> bool {
    matches!(part, Part::ToolResponse(_))
}

/// An item of the Responses API that is no message, as the message of one part that it is.
fn item(members: &Object) -> Option<Message> {
    text(members, &["type"]).filter(|kind| *kind != "item_reference")?;
    let part = part(&Value::Object(members.clone()));
    let role = match &part {
        Part::ToolResponse(_) => Role::Tool,
        Part::Other(other) if !other.contains_key("server_tool_call") => return None,
        Part::Text(_) => Role::User,
        _ => Role::Assistant,
    };
    Some(Message::new(role).part(part))
}

fn role(name: &str) -> Role {
    match name {
        "model" | "ai" => Role::Assistant,
        "human" => Role::User,
        "function" => Role::Tool,
        other => Role::from(other),
    }
}

/// The parts of what stands under `content`.
pub(super) fn content(content: &Value) -> Vec<Part> {
    match content {
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::Array(items) => items.iter().map(part).collect(),
        Value::Object(members) => match list(members, &["parts"]) {
            Some(items) => items.iter().map(part).collect(),
            None => vec![part(content)],
        },
        other => vec![part(other)],
    }
}

/// What the message of a tool says: an answer, whose call stands beside it.
fn answered(members: &Object) -> Vec<Part> {
    let Some(content) = value(members, &["content"]) else { return Vec::new() };
    let parts = self::content(content);
    if parts.iter().any(is_response) {
        return parts;
    }
    let id = owned(members, &["tool_call_id", "tool_name", "name"]);
    vec![Part::ToolResponse(ToolResponse { id, response: said(content) })]
}

/// What stands beside the content: refusals, images, calls of tools.
fn put_beside(parts: &mut Vec<Part>, members: &Object) {
    parts.extend(owned(members, &["refusal"]).map(Part::Text));
    parts.extend(object(members, &["audio"]).and_then(|audio| owned(audio, &["transcript"])).map(Part::Text));
    let images = list(members, &["images"]).unwrap_or_default();
    parts.extend(images.iter().filter_map(|image| match image {
        Value::String(base64) => media::image_of_base64(base64),
        other => Some(part(other)),
    }));
    parts.extend(list(members, &["tool_calls"]).unwrap_or_default().iter().map(part));
    parts.extend(object(members, &["function_call"]).and_then(|call| function(call, None)));
}
