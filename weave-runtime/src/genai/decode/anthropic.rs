//! Messages of Anthropic.

use serde_json::Value;

use super::finish;
use super::json::{Object, list, object, owned, text};
use super::message::message;
use super::usage::usage;
use crate::genai::Llm;

/// Whether it is one.
pub(super) fn is_answer(members: &Object) -> bool {
    let has_content = list(members, &["content"]).is_some();
    let is_message = text(members, &["type"]) == Some("message") && text(members, &["role"]) == Some("assistant");
    has_content && (members.contains_key("stop_reason") || (is_message && members.contains_key("usage")))
}

/// What it says.
pub(super) fn answer(members: &Object) -> Llm {
    let reason = owned(members, &["stop_reason"]);
    let mut members = members.clone();
    members.entry("role").or_insert_with(|| "assistant".into());
    let said = message(&Value::Object(members.clone())).map(|mut said| {
        said.finish_reason = reason.as_deref().map(|reason| finish::mapped(reason, &said));
        said
    });
    Llm {
        provider: Some("anthropic".to_owned()),
        response_id: owned(&members, &["id"]),
        response_model: owned(&members, &["model"]),
        usage: object(&members, &["usage"]).and_then(usage),
        output_messages: said.into_iter().collect(),
        finish_reasons: reason.into_iter().collect(),
        ..Llm::default()
    }
}
