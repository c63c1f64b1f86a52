//! What the options of an annotation say, from their text to our types.
//!
//! Whatever an option says is made the best of: nobody is there to be told what is wrong with it.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::{Agent, Llm, Message, Modality, Part, Request, Role, Said, SubAgent, Tool, Turn};
use crate::record::Kind;
use crate::value::CONTENT_KEY;

/// Options by their names.
#[derive(Debug)]
pub(crate) struct Options(Map<String, Value>);

impl Options {
    /// Reads the members of a JSON object.
    pub(crate) fn read(members: &str) -> Self {
        let read = || serde_json::from_str(&format!("{{{members}}}")).unwrap_or_default();
        Self(if members.is_empty() { Map::new() } else { read() })
    }

    /// Adds one that has the value of an input; `false` where it was given otherwise, which stays.
    pub(crate) fn add(&mut self, name: &str, value: Value) -> bool {
        let is_new = !self.0.contains_key(name);
        self.0.entry(name).or_insert(value);
        is_new
    }

    /// What they say of a call of this kind, below what was said by our types.
    pub(crate) fn below(self, kind: Kind, said: Said) -> Said {
        if self.0.is_empty() {
            return said;
        }
        match (kind, said) {
            (Kind::Turn, Said::Nothing) => Said::Turn(Box::new(self.turn())),
            (Kind::Turn, Said::Turn(given)) => Said::Turn(over(self.turn(), *given, Turn::merge)),
            (Kind::Llm, Said::Nothing) => Said::Llm(Box::new(self.llm())),
            (Kind::Llm, Said::Llm(given)) => Said::Llm(over(self.llm(), *given, Llm::merge)),
            (Kind::Tool, Said::Nothing) => Said::Tool(Box::new(self.tool())),
            (Kind::Tool, Said::Tool(given)) => Said::Tool(over(self.tool(), *given, Tool::merge)),
            (Kind::SubAgent, Said::Nothing) => Said::SubAgent(Box::new(self.sub_agent())),
            (Kind::SubAgent, Said::SubAgent(given)) => Said::SubAgent(over(self.sub_agent(), *given, SubAgent::merge)),
            (_, said) => said,
        }
    }

    /// Of a turn.
    pub(crate) fn turn(mut self) -> Turn {
        Turn {
            conversation_id: self.text("conversation"),
            agent: self.agent(),
            model: self.text("model"),
            system_instructions: self.texts("system"),
            messages: self.messages("user_message"),
            ..Turn::default()
        }
    }

    /// Of the work of a sub-agent.
    pub(crate) fn sub_agent(mut self) -> SubAgent {
        SubAgent {
            agent: self.agent(),
            model: self.text("model"),
            system_instructions: self.texts("system"),
            messages: self.messages("user_message"),
            ..SubAgent::default()
        }
    }

    fn llm(mut self) -> Llm {
        Llm {
            model: self.text("model"),
            provider: self.text("provider"),
            input_messages: self.messages("messages"),
            system_instructions: self.texts("system"),
            tool_definitions: self.value("tools"),
            output_type: self.text("output_type"),
            request: self.request(),
            ..Llm::default()
        }
    }

    fn request(&mut self) -> Request {
        Request {
            temperature: self.number("temperature"),
            top_p: self.number("top_p"),
            top_k: self.number("top_k"),
            max_tokens: self.whole("max_tokens"),
            frequency_penalty: self.number("frequency_penalty"),
            presence_penalty: self.number("presence_penalty"),
            seed: self.seed(),
            choice_count: self.whole("choice_count"),
            stop_sequences: self.texts("stop_sequences"),
            stream: None,
        }
    }

    fn tool(mut self) -> Tool {
        Tool {
            call_id: self.text("call_id"),
            description: self.text("description"),
            tool_type: self.text("tool_type"),
            definitions: self.value("definitions"),
            ..Tool::default()
        }
    }

    /// What an option says. `None`, too, where it says that there is nothing.
    fn value(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.value(name).and_then(text)
    }

    /// A text, or several.
    fn texts(&mut self, name: &str) -> Vec<String> {
        self.value(name).map(texts).unwrap_or_default()
    }

    fn number(&mut self, name: &str) -> Option<f64> {
        let value = self.value(name)?;
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    fn whole(&mut self, name: &str) -> Option<u64> {
        let value = self.value(name)?;
        value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    fn seed(&mut self) -> Option<i64> {
        let value = self.value("seed")?;
        value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    fn agent(&mut self) -> Agent {
        self.value("agent").map(agent).unwrap_or_default()
    }

    fn messages(&mut self, name: &str) -> Vec<Message> {
        self.value(name).map(|value| messages(value, name == "messages")).unwrap_or_default()
    }
}

/// A text, also of what is none: ids are numbers, too.
pub(crate) fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}

/// An agent by its name, or in full.
pub(crate) fn agent(value: Value) -> Agent {
    match value {
        Value::String(name) => Agent::new(name),
        other => serde_json::from_value(other).unwrap_or_default(),
    }
}

/// What was said by one of our types, over what the options say.
fn over<T>(mut options: T, given: T, merge: fn(&mut T, T)) -> Box<T> {
    merge(&mut options, given);
    Box::new(options)
}

/// What a user said, read from an input.
#[derive(Default, Debug)]
pub(crate) struct Spoken(pub(crate) Vec<Message>);

impl<'de> Deserialize<'de> for Spoken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(messages(value, false)))
    }
}

/// What a model was told, read from an input.
#[derive(Debug)]
pub(crate) struct Told(pub(crate) Vec<Message>);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(messages(value, true)))
    }
}

/// Messages; of what is no list of such, one of the user.
fn messages(value: Value, several: bool) -> Vec<Message> {
    match value {
        Value::Array(items) if items.iter().any(has_role) || several && items.iter().all(Value::is_string) => {
            items.into_iter().filter_map(message).collect()
        }
        other => message(other).into_iter().collect(),
    }
}

fn has_role(value: &Value) -> bool {
    value.get("role").is_some()
}

/// A message, or what a message of the user is made of.
fn message(value: Value) -> Option<Message> {
    if has_role(&value) {
        let role = value.get("role").and_then(Value::as_str).map_or(Role::User, Role::from);
        let read = serde_json::from_value(value.clone()).ok();
        return Some(read.unwrap_or_else(|| Message::new(role).part(other(value))));
    }
    let message = match value {
        Value::Null => return None,
        Value::String(text) => Message::user(text),
        Value::Array(parts) => parts.into_iter().map(part).fold(Message::new(Role::User), Message::part),
        one => Message::new(Role::User).part(part(one)),
    };
    Some(message).filter(|message| !message.parts.is_empty())
}

/// A part in any of its forms: as such, as a text, or as content.
fn part(value: Value) -> Part {
    let Some(card) = value.get(CONTENT_KEY) else { return other(value) };
    let mime_type = card.get("mime_type").and_then(Value::as_str).unwrap_or_default();
    let modality = Modality::of_mime_type(mime_type);
    // Where its bytes are found it is media at once, else when the record is read.
    other(json!({ "type": "blob", "mime_type": mime_type, "modality": modality, "content": value }))
}

fn other(value: Value) -> Part {
    match value {
        Value::String(text) => Part::Text(text),
        other => serde_json::from_value(other.clone()).unwrap_or_else(|_| Part::Text(other.to_string())),
    }
}

/// A text, several, or parts that have a text, as system instructions are given to some models.
fn texts(value: Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => Some(text).filter(|text| !text.is_empty()).into_iter().collect(),
        Value::Array(items) => items.into_iter().flat_map(texts).collect(),
        Value::Object(mut part) => {
            let text = ["text", "content", "parts"].iter().find_map(|key| part.remove(*key));
            texts(text.unwrap_or_else(|| Value::String(Value::Object(part).to_string())))
        }
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests;
