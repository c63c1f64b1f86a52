//! The beginning of what was said, for lists that read no bodies.

use crate::genai::{Message, Role};
use crate::record::{CallRecord, Kind};

/// Characters: more than a list has columns.
const LONGEST: usize = 240;

/// The last that a turn or a sub-agent was asked, and the last that it answered, each in one line.
pub(super) fn of(call: &CallRecord) -> [Option<String>; 2] {
    let said = match call.kind() {
        Kind::Turn => call.turn().map(|turn| (turn.messages, turn.output_messages)),
        Kind::SubAgent => call.sub_agent().map(|agent| (agent.messages, agent.output_messages)),
        _ => None,
    };
    let (asked, answered) = said.unwrap_or_default();
    [last_of(&asked, &Role::User), last_of(&answered, &Role::Assistant)]
}

fn last_of(messages: &[Message], role: &Role) -> Option<String> {
    messages.iter().rev().filter(|message| message.role == *role).find_map(|message| one_line(&message.text()))
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
