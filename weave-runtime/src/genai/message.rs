//! What is said in a conversation.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::json::text_weight;
use super::{Part, Role};

/// A message: who says it, and the parts that it is made of.
///
/// Its JSON is that of the GenAI conventions. Read are also a text, as a message of the user, and the messages of OpenAI,
/// Anthropic, Gemini and Ollama.
///
/// ```
/// use weave::Message;
///
/// let message = Message::assistant("Let me check.").tool_call("call-1", "get_weather", serde_json::json!({"city": "Paris"}));
/// assert_eq!(message.text(), "Let me check.");
/// assert_eq!(message.tool_calls().next().unwrap().name, "get_weather");
/// assert_eq!(
///     serde_json::to_string(&Message::user("Hello")).unwrap(),
///     r#"{"role":"user","parts":[{"type":"text","content":"Hello"}]}"#
/// );
/// ```
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<Part>,
    /// The name of who says it, where several have one role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of a model's answer: why it ended there, such as `stop`, `length` or `tool_call`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
}

impl Message {
    /// An empty message.
    pub fn new(role: impl Into<Role>) -> Self {
        Self { role: role.into(), parts: Vec::new(), name: None, finish_reason: None }
    }

    /// A message of the user. An empty text makes no part.
    pub fn user(text: impl Into<String>) -> Self {
        Self::new(Role::User).said(text)
    }

    /// A message of the model. An empty text makes no part.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::new(Role::Assistant).said(text)
    }

    /// A message that sets rules. An empty text makes no part.
    pub fn system(text: impl Into<String>) -> Self {
        Self::new(Role::System).said(text)
    }

    /// What a tool answered to the call of this id.
    pub fn tool_result(call_id: impl Into<String>, response: impl Serialize) -> Self {
        Self::new(Role::Tool).part(Part::tool_response(call_id, response))
    }

    /// The same message, with a part more.
    #[must_use]
    pub fn part(mut self, part: impl Into<Part>) -> Self {
        self.parts.push(part.into());
        self
    }

    /// The same message, with a part of text more. An empty text makes no part.
    #[must_use]
    pub fn said(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.parts.push(Part::Text(text));
        }
        self
    }

    /// The same message, asking for the call of a tool as well.
    #[must_use]
    pub fn tool_call(self, id: impl Into<String>, name: impl Into<String>, arguments: impl Serialize) -> Self {
        self.part(Part::tool_call(id, name, arguments))
    }

    /// The same message, from someone of this name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The same message, having ended for this reason.
    #[must_use]
    pub fn finish_reason(mut self, reason: impl Into<String>) -> Self {
        self.finish_reason = Some(reason.into());
        self
    }

    /// The parts of text, one after the other.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.iter().filter_map(Part::as_text).collect()
    }

    /// The calls of tools that the message asks for.
    pub fn tool_calls(&self) -> impl Iterator<Item = &super::ToolCall> {
        self.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        })
    }

    pub(crate) fn weight(&self) -> usize {
        let texts = self.role.as_str().len() + text_weight([&self.name, &self.finish_reason]);
        size_of::<Self>() + texts + self.parts.iter().map(Part::weight).sum::<usize>()
    }
}

impl From<&str> for Message {
    /// A message of the user.
    fn from(text: &str) -> Self {
        Self::user(text)
    }
}

impl From<String> for Message {
    /// A message of the user.
    fn from(text: String) -> Self {
        Self::user(text)
    }
}

impl<'de> Deserialize<'de> for Message {
    /// Reads what [`Message`] tells of, and the messages of the usual providers.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        super::decode::message(&value).ok_or_else(|| serde::de::Error::custom("a message is a text or has a `role`"))
    }
}
