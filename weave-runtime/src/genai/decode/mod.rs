//! Understanding what models are asked and what they answer, from the JSON of their APIs.
//!
//! Pure functions that never fail: what is missing stays unknown, what is not understood is left alone.

mod anthropic;
mod chat;
mod chunks;
mod finish;
mod gemini;
mod json;
mod media;
mod message;
mod ollama;
mod part;
mod request;
mod responses;
#[cfg(test)]
mod tests;
mod usage;

use serde::Deserialize;
use serde_json::Value;

use self::json::{Object, list, object, owned, text};
use super::{Llm, Message};
pub(crate) use chunks::Chunks;
pub(crate) use message::{message, messages};
pub(crate) use part::part;
pub(crate) use request::request;
pub(crate) use usage::usage;

/// What the answer of a provider says; `None` for what is none. A list is what was streamed, or the messages of an answer; a
/// text is one that the model answered, unless it is JSON or events.
pub(crate) fn answer(value: &Value) -> Option<Llm> {
    match value {
        Value::Object(members) => of_object(members),
        Value::Array(items) if !items.is_empty() => of_list(items),
        Value::String(text) => Some(of_text(text)),
        _ => None,
    }
}

/// The answer, or what is said by anything else that a model may be made to give: its text, else all of it as JSON.
pub(crate) fn any_answer(value: &Value) -> Option<Llm> {
    let own = |members: &Object| {
        let usage = object(members, &["usage"]).and_then(usage);
        let words = text(members, &["text", "output_text", "content", "answer", "response", "output", "message"]);
        // What tells tokens beside it is more than what is said.
        let is_said = usage.is_none() || !members.contains_key("model");
        let words = words.map(str::to_owned).or_else(|| is_said.then(|| value.to_string()));
        Llm {
            // Many things have a model: cars do.
            response_model: usage.and(owned(members, &["model"])),
            usage,
            output_messages: words.map(Message::assistant).into_iter().collect(),
            ..Llm::default()
        }
    };
    answer(value).or_else(|| value.as_object().map(own))
}

/// Whether an answer is one of a kind, and what it says then.
type Reader = (fn(&Object) -> bool, fn(&Object) -> Llm);

fn of_object(members: &Object) -> Option<Llm> {
    if list(members, &["output_messages"]).is_some() {
        return Llm::deserialize(Value::Object(members.clone())).ok();
    }
    let readers: [Reader; 5] = [
        (chat::is_answer, chat::answer),
        (responses::is_answer, responses::answer),
        (anthropic::is_answer, anthropic::answer),
        (gemini::is_answer, gemini::answer),
        (ollama::is_answer, ollama::answer),
    ];
    let known = readers.into_iter().find(|(is_answer, _)| is_answer(members)).map(|(_, answer)| answer(members));
    known.or_else(|| {
        let said = Value::Object(members.clone());
        message::is_message(&said).then(|| said_only(message(&said)))
    })
}

fn of_list(items: &[Value]) -> Option<Llm> {
    if items.iter().all(message::is_message) {
        return Some(said_only(items.iter().filter_map(message)));
    }
    let mut chunks = Chunks::default();
    if items.first().is_some_and(Value::is_number) {
        chunks.add(Value::Array(items.to_vec())); // The bytes of a body.
    } else {
        items.iter().for_each(|item| chunks.add(item.clone()));
    }
    answer(&chunks.finish()?)
}

fn of_text(words: &str) -> Llm {
    let mut chunks = Chunks::default();
    chunks.add(Value::from(words));
    match chunks.finish() {
        Some(whole @ Value::Object(_)) => answer(&whole).unwrap_or_default(),
        _ => said_only(Some(Message::assistant(words))),
    }
}

fn said_only(messages: impl IntoIterator<Item = Message>) -> Llm {
    Llm { output_messages: messages.into_iter().collect(), ..Llm::default() }
}
