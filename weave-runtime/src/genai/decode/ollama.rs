//! Answers of Ollama's `chat` and `generate`.

use serde_json::Value;

use super::finish;
use super::json::{Object, object, owned, text};
use super::message::message;
use super::usage::usage;
use crate::genai::{Llm, Message, Part};

/// Whether it is one.
pub(super) fn is_answer(members: &Object) -> bool {
    let says = object(members, &["message"]).is_some() || text(members, &["response"]).is_some();
    says && text(members, &["model"]).is_some() && members.get("done").is_some_and(Value::is_boolean)
}

/// What it says.
pub(super) fn answer(members: &Object) -> Llm {
    let reason = owned(members, &["done_reason"]);
    let mut said = match members.get("message") {
        Some(said) => message(said).unwrap_or_else(|| Message::assistant("")),
        None => generated(members),
    };
    said.finish_reason = reason.as_deref().map(|reason| finish::mapped(reason, &said));
    Llm {
        provider: Some("ollama".to_owned()),
        response_model: owned(members, &["model"]),
        usage: usage(members),
        output_messages: vec![said],
        finish_reasons: reason.into_iter().collect(),
        ..Llm::default()
    }
}

fn generated(members: &Object) -> Message {
    let mut said = Message::assistant("");
    said.parts.extend(owned(members, &["thinking"]).map(Part::Reasoning));
    said.said(text(members, &["response"]).unwrap_or_default())
}
