//! What was said in the JSON that goes to a model and comes back.
//!
//! Read in one pass per level and at most [`MOST_LEVELS`] deep, without a tree of values: the texts may be megabytes.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::json;
use crate::value::MARKDOWN_KEY;

/// Longer texts are not looked into.
const MOST_BYTES: usize = 4 << 20;
/// A response, its output, an item, its content, a part, its text.
const MOST_LEVELS: usize = 6;
/// What is kept of a text: more than any terminal has columns.
const MOST_TEXT: usize = 2_000;
const MOST_TOOLS: usize = 50;

/// The end of a conversation, where the model is to go on.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Asked {
    /// Who said it; empty when the text says only how many messages there are.
    pub(super) role: String,
    pub(super) text: String,
}

/// The last of the messages in a value: an array of them, or a request that has one. `None` when it is no conversation.
pub(super) fn asked(value: &str) -> Option<Asked> {
    let messages = if value.starts_with('[') { value } else { conversation(value)? };
    let messages = bounded(messages).and_then(json::items)?;
    let last = Object::read(messages.last()?)?;
    let role = match last.text("role") {
        Some(role) => role.into_owned(),
        None if last.text("type")?.ends_with("_call_output") => "tool".to_owned(),
        None => return None,
    };
    Some(match said_by(&last) {
        Some(text) => Asked { role, text },
        None if messages.len() == 1 => Asked { role: String::new(), text: "1 message".to_owned() },
        None => Asked { role: String::new(), text: format!("{} messages", messages.len()) },
    })
}

/// The tools that an answer asks for, then its text in quotes. `None` when neither is found.
pub(super) fn said(value: &str) -> Option<String> {
    said_by(&Object::read(bounded(value)?)?)
}

/// The same of the messages of an answer.
pub(super) fn said_in(messages: &str) -> Option<String> {
    let mut said = Said::default();
    for message in json::items(bounded(messages)?)? {
        said.add(message, MOST_LEVELS);
    }
    said.finish()
}

fn conversation(request: &str) -> Option<&str> {
    let request = Object::read(bounded(request)?)?;
    ["messages", "input"].into_iter().find_map(|key| request.get(key).filter(|value| value.starts_with('[')))
}

fn bounded(json: &str) -> Option<&str> {
    (json.len() <= MOST_BYTES).then_some(json)
}

fn said_by(object: &Object<'_>) -> Option<String> {
    let mut said = Said::default();
    said.add_object(object, MOST_LEVELS);
    said.finish()
}

#[derive(Default)]
struct Said {
    tools: Vec<String>,
    /// On one line, since it has but one.
    text: String,
}

impl Said {
    fn finish(self) -> Option<String> {
        let text = if self.text.is_empty() { None } else { Some(format!("\"{}\"", self.text)) };
        let mut parts: Vec<String> = Vec::new();
        for alike in self.tools.chunk_by(|one, next| one == next) {
            let times = if alike.len() > 1 { format!(" ×{}", alike.len()) } else { String::new() };
            parts.push(format!("{}{times}", alike[0]));
        }
        parts.extend(text);
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    fn add(&mut self, json: &str, levels: usize) {
        let Some(levels) = levels.checked_sub(1) else { return };
        match json.as_bytes().first() {
            Some(b'"') => self.add_text(&json::string(json).unwrap_or_default()),
            Some(b'[') => json::items(json).unwrap_or_default().iter().for_each(|item| self.add(item, levels)),
            Some(b'{') => Object::read(json).iter().for_each(|object| self.add_object(object, levels)),
            _ => {}
        }
    }

    /// A response, a message, or a part of one.
    fn add_object(&mut self, object: &Object<'_>, levels: usize) {
        match object.text("type").as_deref() {
            Some("reasoning" | "thinking" | "redacted_thinking") => return,
            Some("tool_use" | "server_tool_use" | "function_call" | "tool_call") => return self.add_tool(object),
            Some("tool_call_response") => return self.add_response(object.get("response").unwrap_or_default()),
            Some("blob" | "uri" | "file") => return self.add_media(object),
            _ => {}
        }
        if let Some(function) = object.get("function").and_then(Object::read) {
            return self.add_tool(&function);
        }
        if let Some(choices) = object.get("choices").and_then(json::items) {
            // The others are answers to the same question.
            return choices.first().into_iter().for_each(|choice| self.add(choice, levels));
        }
        if let Some(text) = object.get("text").filter(|text| text.starts_with('"')) {
            self.add(text, levels);
        }
        for key in ["message", "output", "output_messages", "content", "parts", "refusal", "tool_calls", MARKDOWN_KEY] {
            object.get(key).into_iter().for_each(|inner| self.add(inner, levels));
        }
    }

    fn add_tool(&mut self, tool: &Object<'_>) {
        let Some(name) = tool.text("name").filter(|_| self.tools.len() < MOST_TOOLS) else { return };
        let arguments = tool.get("arguments").or_else(|| tool.get("input")).unwrap_or("{}");
        let arguments = if arguments.starts_with('"') { json::string(arguments) } else { Some(arguments.into()) };
        let is_empty = arguments.is_none_or(|text| matches!(text.trim(), "" | "{}" | "null"));
        self.tools.push(format!("{name}({})", if is_empty { "" } else { ".." }));
    }

    /// What a tool answered: a text, or any other JSON as it is.
    fn add_response(&mut self, json: &str) {
        match json::string(json) {
            Some(text) => self.add_text(&text),
            None => self.add_text(json),
        }
    }

    fn add_media(&mut self, part: &Object<'_>) {
        let kind = part.text("mime_type").or_else(|| part.text("modality"));
        self.add_text(&format!("<{}>", kind.as_deref().unwrap_or("media")));
    }

    fn add_text(&mut self, text: &str) {
        for word in text.split_whitespace() {
            if self.text.len() > MOST_TEXT {
                return;
            }
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.extend(word.chars().take(MOST_TEXT));
        }
    }
}

/// The members of an object in the order in which they stand.
struct Object<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Object<'a> {
    fn read(json: &'a str) -> Option<Self> {
        json::members(json).map(Self)
    }

    fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key).and_then(json::string)
    }
}
