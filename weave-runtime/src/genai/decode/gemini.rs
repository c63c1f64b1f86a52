//! Answers of Gemini's `generateContent`.

use serde_json::Value;

use super::finish;
use super::json::{Object, list, object, owned};
use super::message::content;
use super::usage::usage;
use crate::genai::{Llm, Message, Role};

/// Both spellings are in use: that of the REST API, and that of its libraries.
pub(super) const USAGE: [&str; 2] = ["usageMetadata", "usage_metadata"];
/// Others write their counts under the same key.
const COUNTS: [&str; 4] = ["promptTokenCount", "prompt_token_count", "totalTokenCount", "total_token_count"];
pub(super) const FINISH_REASON: [&str; 2] = ["finishReason", "finish_reason"];

/// Whether it is one.
pub(super) fn is_answer(members: &Object) -> bool {
    let has_form = |candidate: &Value| {
        let has_content = |candidate: &Object| object(candidate, &["content"]).is_some();
        candidate.as_object().is_some_and(|candidate| has_content(candidate) || has_any(candidate, &FINISH_REASON))
    };
    match list(members, &["candidates"]) {
        Some(candidates) if !candidates.is_empty() => candidates.iter().all(has_form),
        _ => {
            object(members, &USAGE).is_some_and(|counts| has_any(counts, &COUNTS))
                || object(members, &["promptFeedback", "prompt_feedback"]).is_some()
        }
    }
}

fn has_any(members: &Object, keys: &[&str]) -> bool {
    keys.iter().any(|key| members.contains_key(*key))
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
