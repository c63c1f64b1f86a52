//! Chunks of Gemini's answers, each of which has the form of a whole one.

use serde_json::Value;

use super::room::Room;
use crate::genai::decode::gemini::FINISH_REASON;
use crate::genai::decode::json::{Object, list, value};

pub(super) fn add(whole: &mut Object, chunk: Object, room: &mut Room) -> bool {
    for (key, value) in chunk {
        match value {
            Value::Array(candidates) if key == "candidates" => {
                let all = whole.entry(key).or_insert_with(|| Value::Array(Vec::new()));
                candidates.into_iter().for_each(|candidate| add_candidate(all, candidate, room));
            }
            Value::Null => {}
            value => room.set(whole, &key, value),
        }
    }
    let candidates = list(whole, &["candidates"]).unwrap_or_default();
    let has_ended =
        |candidate: &Value| candidate.as_object().is_some_and(|candidate| value(candidate, &FINISH_REASON).is_some());
    !candidates.is_empty() && candidates.iter().all(has_ended)
}

fn add_candidate(all: &mut Value, candidate: Value, room: &mut Room) {
    let Value::Object(candidate) = candidate else { return };
    let index = candidate.get("index").and_then(Value::as_u64).unwrap_or(0);
    let Some(whole) = usize::try_from(index).ok().and_then(|at| room.item(all, at)) else { return };
    for (key, value) in candidate {
        match value {
            Value::Object(content) if key == "content" => {
                let said = whole.entry(key).or_insert_with(|| Value::Object(Object::new()));
                if let Some(said) = said.as_object_mut() {
                    add_content(said, content, room);
                }
            }
            Value::Null => {}
            value => room.set(whole, &key, value),
        }
    }
}

fn add_content(said: &mut Object, content: Object, room: &mut Room) {
    for (key, value) in content {
        match value {
            Value::Array(parts) if key == "parts" => {
                let all = said.entry(key).or_insert_with(|| Value::Array(Vec::new()));
                parts.into_iter().for_each(|part| add_part(all, part, room));
            }
            value => room.set(said, &key, value),
        }
    }
}

/// A text goes on with the one before it, if both or none are thoughts.
fn add_part(all: &mut Value, part: Value, room: &mut Room) {
    let last = all.as_array_mut().and_then(|parts| parts.last_mut()).and_then(Value::as_object_mut);
    if let (Some(last), Some(text)) = (last, part.get("text").and_then(Value::as_str))
        && last.get("text").is_some_and(Value::is_string)
        && is_thought(last.get("thought")) == is_thought(part.get("thought"))
    {
        return room.append(last, "text", text);
    }
    let is_empty_text = part.get("text").and_then(Value::as_str) == Some("");
    if !is_empty_text {
        room.extend(all, vec![part]);
    }
}

fn is_thought(says: Option<&Value>) -> bool {
    says.and_then(Value::as_bool).unwrap_or(false)
}
