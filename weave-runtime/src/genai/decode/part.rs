//! A part of a message, as any provider writes it.

use serde::Deserialize;
use serde_json::Value;

use super::json::{Object, list, object, owned, parsed, text, value};
use super::media;
use crate::genai::{Part, ToolCall, ToolResponse};
use crate::value::{CONTENT_KEY, Content};

/// The part that a value stands for. One of an unknown kind, or one that lacks what it must have, is kept as it is.
pub(crate) fn part(value: &Value) -> Part {
    match value {
        Value::String(text) => Part::Text(text.clone()),
        Value::Object(members) => of_object(members).unwrap_or_else(|| Part::Other(members.clone())),
        other => Part::Other(Object::from_iter([("value".to_owned(), other.clone())])),
    }
}

fn of_object(members: &Object) -> Option<Part> {
    if members.contains_key(CONTENT_KEY) {
        return Content::deserialize(Value::Object(members.clone())).ok().map(Part::from);
    }
    match text(members, &["type"]) {
        Some(kind) => Part::of_conventions(kind, members)
            .or_else(|| of_type(kind, members))
            .or_else(|| media::part(kind, members)),
        None => untyped(members),
    }
}

/// A part that says what it is, in the words of OpenAI or Anthropic.
fn of_type(kind: &str, members: &Object) -> Option<Part> {
    match kind {
        "input_text" | "output_text" => Some(Part::Text(text(members, &["text"])?.to_owned())),
        // What a model says in place of an answer is said all the same.
        "refusal" => Some(Part::Text(text(members, &["refusal"])?.to_owned())),
        "thinking" => Some(Part::Reasoning(text(members, &["thinking", "text"])?.to_owned())),
        "reasoning" => Some(Part::Reasoning(reasoning(members)?)),
        "function" => function(object(members, &["function"])?, owned(members, &["id"])),
        "tool_use" | "function_call" | "custom_tool_call" | "custom" => {
            let members = object(members, &["custom"]).map_or(members, |custom| custom);
            function(members, owned(members, &["call_id", "id"]))
        }
        "tool_result" | "function_call_output" | "custom_tool_call_output" => response(members),
        _ => server_tool(kind, members),
    }
}

/// A part of a Gemini or an Ollama message.
fn untyped(members: &Object) -> Option<Part> {
    if let Some(words) = text(members, &["text"]) {
        let is_thought = members.get("thought").and_then(Value::as_bool).unwrap_or(false);
        return Some(if is_thought { Part::Reasoning(words.to_owned()) } else { Part::Text(words.to_owned()) });
    }
    if let Some(call) = object(members, &["functionCall", "function_call", "function"]) {
        return function(call, owned(call, &["id"]).or_else(|| owned(members, &["id"])));
    }
    if let Some(answer) = object(members, &["functionResponse", "function_response"]) {
        let id = owned(answer, &["id"]).or_else(|| owned(answer, &["name"]));
        return Some(Part::ToolResponse(ToolResponse { id, response: answer.get("response")?.clone() }));
    }
    media::inline(members)
}

/// The call of a function, whose arguments may be a text of JSON.
pub(super) fn function(call: &Object, id: Option<String>) -> Option<Part> {
    let arguments = value(call, &["arguments", "args", "input"]).map_or(Value::Null, parsed);
    let arguments = if arguments == Value::String(String::new()) { Value::Null } else { arguments };
    Some(Part::ToolCall(ToolCall { id, name: text(call, &["name"])?.to_owned(), arguments }))
}

fn response(members: &Object) -> Option<Part> {
    let id = owned(members, &["tool_use_id", "call_id", "id"]);
    let response = value(members, &["content", "output"]).map_or(Value::Null, said);
    Some(Part::ToolResponse(ToolResponse { id, response }))
}

/// What a tool answered: a list of texts is one text.
pub(super) fn said(content: &Value) -> Value {
    let Value::Array(items) = content else { return parsed(content) };
    let texts: Option<String> = items.iter().map(|item| part(item).as_text().map(str::to_owned)).collect();
    match texts {
        Some(text) if !items.is_empty() => parsed(&Value::String(text)),
        _ => content.clone(),
    }
}

/// The thoughts of a Responses item: whole, else summed up.
fn reasoning(members: &Object) -> Option<String> {
    let texts = |items: &[Value]| {
        let texts: Vec<&str> = items.iter().filter_map(|item| text(item.as_object()?, &["text"])).collect();
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    };
    let whole = list(members, &["content"]).and_then(texts);
    whole.or_else(|| list(members, &["summary"]).and_then(texts))
}

/// What the provider's own tools did: the conventions have a part for the call and one for its result.
fn server_tool(kind: &str, members: &Object) -> Option<Part> {
    let (part, name) = if matches!(kind, "server_tool_use" | "mcp_tool_use") {
        ("server_tool_call", text(members, &["name"])?)
    } else if let Some(name) = kind.strip_suffix("_tool_result") {
        ("server_tool_call_response", name)
    } else {
        let has_form = members.contains_key("status") || members.contains_key("server_label");
        ("server_tool_call", kind.strip_suffix("_call").filter(|_| has_form)?)
    };
    if kind == "image_generation_call"
        && let Some(image) = text(members, &["result"]).and_then(media::image_of_base64)
    {
        return Some(image);
    }
    let mut details: Object = members.clone();
    let id = owned(members, &["id"]).or_else(|| owned(members, &["tool_use_id"]));
    details.retain(|key, _| !matches!(key.as_str(), "id" | "tool_use_id"));
    details.insert("type".to_owned(), name.into());
    let mut members = Object::new();
    members.insert("type".to_owned(), part.into());
    members.extend(id.map(|id| ("id".to_owned(), id.into())));
    if part == "server_tool_call" {
        members.insert("name".to_owned(), name.into());
    }
    members.insert(part.to_owned(), details.into());
    Some(Part::Other(members))
}
