//! The beginning of what was said, for lists that read no bodies.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::genai::{Message, Role};
use crate::record::{CallRecord, Kind};

/// Characters: more than a list has columns.
const LONGEST: usize = 240;

/// The last that a turn or a sub-agent was asked, in one line.
pub(super) fn asked(call: &CallRecord) -> Option<String> {
    let facts = facts(call)?;
    match &facts.input_messages {
        Some(messages) => last_text(messages, &Role::User),
        None => {
            let inputs: serde_json::Map<String, Value> = serde_json::from_str(call.text.inputs()).ok()?;
            one_line(inputs.values().find_map(Value::as_str)?)
        }
    }
}

/// The last that a turn or a sub-agent answered, in one line.
pub(super) fn answered(call: &CallRecord) -> Option<String> {
    match &facts(call)?.output_messages {
        Some(messages) => last_text(messages, &Role::Assistant),
        None => one_line(&serde_json::from_str::<String>(call.text.output()?).ok()?),
    }
}

fn facts(call: &CallRecord) -> Option<&crate::genai::Facts> {
    let has_any = matches!(call.kind(), Kind::Turn | Kind::SubAgent);
    call.details.as_deref()?.agent.as_deref().filter(|_| has_any)
}

/// A message that was cut is none, and those beside it are.
fn last_text(messages: &RawValue, role: &Role) -> Option<String> {
    let messages: Vec<&RawValue> = serde_json::from_str(messages.get()).ok()?;
    let messages = messages.into_iter().rev().filter_map(|message| serde_json::from_str::<Message>(message.get()).ok());
    messages.filter(|message| message.role == *role).find_map(|message| one_line(&message.text()))
}

fn one_line(text: &str) -> Option<String> {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if let Some((end, _)) = line.char_indices().nth(LONGEST) {
            line.truncate(end);
            line.push('…');
            break;
        }
    }
    (!line.is_empty()).then_some(line)
}
