//! Answers of Gemini's `generateContent`.

use serde_json::Value;

use super::finish;
use super::json::{Object, list, object, owned};
use super::message::content;
use super::usage::usage;
use crate::genai::{Llm, Message, Role};

/// Both spellings are in use: that of the REST API, and that of its libraries.
pub(super) const USAGE: [&str; 2] = ["usageMetadata", "usage_metadata"];
pub(super) const FINISH_REASON: [&str; 2] = ["finishReason", "finish_reason"];

/// Whether it is one.
pub(super) fn is_answer(members: &Object) -> bool {
    list(members, &["candidates"]).is_some()
        || object(members, &USAGE).is_some()
        || object(members, &["promptFeedback", "prompt_feedback"]).is_some()
}

/// What it says.
pub(super) fn answer(members: &Object) -> Llm {
    let mut llm = Llm {
        provider: Some("gcp.gemini".to_owned()),
        response_id: owned(members, &["responseId", "response_id"]),
        response_model: owned(members, &["modelVersion", "model_version"]),
        usage: object(members, &USAGE).and_then(camel).as_ref().and_then(usage),
        ..Llm::default()
    };
    for candidate in list(members, &["candidates"]).unwrap_or_default().iter().filter_map(Value::as_object) {
        let reason = owned(candidate, &FINISH_REASON);
        let mut said = Message::new(Role::Assistant);
        said.parts = candidate.get("content").map(content).unwrap_or_default();
        said.finish_reason = reason.as_deref().map(|reason| finish::mapped(reason, &said));
        llm.output_messages.push(said);
        llm.finish_reasons.extend(reason);
    }
    let blocked = object(members, &["promptFeedback", "prompt_feedback"]);
    if llm.finish_reasons.is_empty()
        && let Some(reason) = blocked.and_then(|feedback| owned(feedback, &["blockReason", "block_reason"]))
    {
        llm.finish_reasons.push(reason);
    }
    llm
}

/// Counts under the names of the REST API.
fn camel(counts: &Object) -> Option<Object> {
    let renamed = |key: &str| {
        let mut words = key.split('_');
        let first = words.next().unwrap_or_default().to_owned();
        words.fold(first, |name, word| {
            let mut letters = word.chars();
            let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
            name + &capital.into_iter().chain(letters).collect::<String>()
        })
    };
    Some(counts.iter().map(|(key, value)| (renamed(key), value.clone())).collect())
}
