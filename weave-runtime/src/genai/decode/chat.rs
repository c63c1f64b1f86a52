//! Answers in the form of OpenAI's chat completions, which many others have too.

use serde_json::Value;

use super::json::{Object, list, object, owned};
use super::message::message;
use super::usage::usage;
use super::{finish, json};
use crate::genai::{Llm, Message, Role};

/// Whether it is one: these have choices, as have questions and games in forms of their own.
pub(super) fn is_answer(members: &Object) -> bool {
    let has_any = |members: &Object, keys: &[&str]| keys.iter().any(|key| members.contains_key(*key));
    list(members, &["choices"]).is_some_and(|choices| {
        let has_form = |choice: &Value| {
            choice.as_object().is_some_and(|choice| {
                choice.contains_key("finish_reason")
                    || object(choice, &["message", "delta"]).is_some()
                    || (choice.contains_key("text") && has_any(choice, &["index", "logprobs"]))
            })
        };
        let is_of_model = || members.contains_key("model") && has_any(members, &["id", "object", "created", "usage"]);
        choices.iter().all(has_form) && (!choices.is_empty() || is_of_model())
    })
}

/// What it says.
pub(super) fn answer(members: &Object) -> Llm {
    // The streams of Groq have it elsewhere.
    let usage_of_groq = || object(object(members, &["x_groq"])?, &["usage"]);
    let mut llm = Llm {
        provider: Some("openai".to_owned()),
        response_id: owned(members, &["id"]),
        response_model: owned(members, &["model"]),
        usage: object(members, &["usage"]).or_else(usage_of_groq).and_then(usage),
        ..Llm::default()
    };
    for choice in list(members, &["choices"]).unwrap_or_default().iter().filter_map(Value::as_object) {
        let reason = owned(choice, &["finish_reason"]);
        if let Some(mut said) = self::choice(choice) {
            said.finish_reason = reason.as_deref().map(|reason| finish::mapped(reason, &said));
            llm.output_messages.push(said);
        }
        llm.finish_reasons.extend(reason);
    }
    llm
}

fn choice(choice: &Object) -> Option<Message> {
    let Some(said) = object(choice, &["message", "delta"]) else {
        return Some(Message::assistant(json::text(choice, &["text"])?));
    };
    let mut said = said.clone();
    said.entry("role").or_insert_with(|| Role::Assistant.as_str().into());
    message(&Value::Object(said))
}
