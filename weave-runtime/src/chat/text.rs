//! A chat as text for people.

use std::fmt;

use serde_json::Value;

use super::{Chat, ChatItem, ChatMessage, ChatTurn, ToolUse};
use crate::amount;
use crate::genai::Part;
use crate::record::CallError;
use crate::tree::clip;

/// Columns of what a tool is called with, and of what it answers.
const MOST_VALUE: usize = 100;
/// What a tab is shown as, which code is indented by.
const TAB: &str = "    ";
/// Levels that are indented.
const MOST_INDENTED: usize = 20;

impl fmt::Display for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let turns = self.turns.iter().map(ChatTurn::to_string).filter(|turn| !turn.is_empty());
        f.write_str(&turns.collect::<Vec<_>>().join("\n\n"))
    }
}

impl fmt::Display for ChatTurn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines::default();
        lines.push_items(&self.items, 0);
        f.write_str(lines.0.trim_end_matches('\n'))
    }
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn push(&mut self, level: usize, line: &str) {
        for _ in 0..level.min(MOST_INDENTED) {
            self.0.push_str("  ");
        }
        self.0.push_str(&clip(line, usize::MAX));
        self.0.push('\n');
    }

    /// All levels are known to be few.
    fn push_items(&mut self, items: &[ChatItem], level: usize) {
        for item in items {
            match item {
                ChatItem::Message(message) => self.push_message(message, level),
                ChatItem::Tool(tool) => {
                    self.push(level + 1, &tool_line(tool));
                    self.push_items(&tool.items, level + 2);
                }
                ChatItem::SubAgent(agent) => {
                    self.push(level + 1, agent.agent.name.as_deref().unwrap_or("sub_agent"));
                    self.push_items(&agent.items, level + 2);
                }
                ChatItem::Error(failed) => {
                    self.push(level, &format!("✗ {} failed: {}", failed.name, reason(&failed.error)));
                }
            }
        }
    }

    fn push_message(&mut self, said: &ChatMessage, level: usize) {
        let who = said.agent.as_deref().or(said.message.name.as_deref()).unwrap_or(said.message.role.as_str());
        let mut text = String::new();
        for part in &said.message.parts {
            match part {
                Part::Reasoning(thought) => self.push_text(&format!("{who} (thinking)"), thought, level),
                other => text.push_str(&part_text(other)),
            }
        }
        if !text.is_empty() {
            self.push_text(who, &text, level);
        }
    }

    /// What does not fit on the first line is indented below it.
    fn push_text(&mut self, who: &str, text: &str, level: usize) {
        for (nth, line) in text.trim_end().replace('\t', TAB).lines().enumerate() {
            match nth {
                0 => self.push(level, &format!("{who}: {line}")),
                _ if line.trim().is_empty() => self.0.push('\n'),
                _ => self.push(level + 1, line),
            }
        }
    }
}

fn part_text(part: &Part) -> String {
    match part {
        Part::Text(text) | Part::Compaction(text) => text.clone(),
        Part::Blob(_, content) => format!(" <{}, {}>", content.mime_type(), amount::bytes(content.size() as u64)),
        Part::Uri { uri, .. } => format!(" <{uri}>"),
        Part::File { file_id, .. } => format!(" <{file_id}>"),
        Part::ToolResponse(answer) => value_text(&answer.response),
        Part::Reasoning(_) | Part::ToolCall(_) => String::new(),
        Part::Other(_) => format!(" <{}>", part.kind()),
    }
}

fn tool_line(tool: &ToolUse) -> String {
    let arguments = tool.arguments.as_ref().map(arguments_text).unwrap_or_default();
    let mut line = format!("{}({})", tool.name, clip(&arguments, MOST_VALUE));
    if let Some(result) = &tool.result {
        line.push_str(&format!(" -> {}", clip(&result.to_string(), MOST_VALUE)));
    }
    if let Some(error) = &tool.error {
        line.push_str(&format!(" failed: {}", reason(error)));
    }
    line
}

/// Those of an object as they stand in a tree, also where they are the text of one.
fn arguments_text(arguments: &Value) -> String {
    let object = match arguments {
        Value::String(text) => serde_json::from_str(text).ok().filter(Value::is_object),
        _ => None,
    };
    match object.as_ref().unwrap_or(arguments) {
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// An error without words has at least a type.
fn reason(error: &CallError) -> String {
    if error.message.is_empty() { error.to_string() } else { error.message.clone() }
}

fn value_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
