//! Answers of OpenAI's Responses API.

use serde_json::Value;

use super::finish;
use super::json::{Object, list, object, owned, text};
use super::message::message;
use super::usage::usage;
use crate::genai::{Llm, Message, Part, Role};

/// Whether it is one.
pub(super) fn is_answer(members: &Object) -> bool {
    let is_known = |item: &Value| {
        let kind = item.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| matches!(kind, "message" | "reasoning") || kind.ends_with("_call"))
    };
    let has_items = || list(members, &["output"]).is_some_and(|items| items.iter().any(is_known));
    text(members, &["object"]) == Some("response") || (members.contains_key("status") && has_items())
}

/// What it says: all items of the model are one message.
pub(super) fn answer(members: &Object) -> Llm {
    let mut said = Message::new(Role::Assistant);
    let mut others = Vec::new();
    for item in list(members, &["output"]).unwrap_or_default().iter().filter_map(message) {
        if item.role == Role::Assistant { said.parts.extend(item.parts) } else { others.push(item) }
    }
    let reason = reason(members, &said);
    said.finish_reason = reason.as_deref().map(|reason| finish::mapped(reason, &said));
    if !said.parts.is_empty() {
        others.push(said);
    }
    Llm {
        provider: Some("openai".to_owned()),
        response_id: owned(members, &["id"]),
        response_model: owned(members, &["model"]),
        usage: object(members, &["usage"]).and_then(usage),
        output_messages: others,
        finish_reasons: reason.into_iter().collect(),
        ..Llm::default()
    }
}

/// The API has no reasons, but says whether the answer is whole, and if not why.
fn reason(members: &Object, said: &Message) -> Option<String> {
    match text(members, &["status"])? {
        "completed" if said.parts.iter().any(|part| matches!(part, Part::ToolCall(_))) => Some("tool_call".to_owned()),
        "completed" => Some("stop".to_owned()),
        "incomplete" => {
            let why = object(members, &["incomplete_details"]).and_then(|details| owned(details, &["reason"]));
            Some(why.unwrap_or_else(|| "incomplete".to_owned()))
        }
        "failed" | "cancelled" => Some("error".to_owned()),
        _ => None,
    }
}
