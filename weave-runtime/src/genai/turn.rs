//! One turn of a conversation.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::json::{list_weight, text_weight};
use super::{Agent, Llm, Message, SubAgent, Tool};
use crate::record::CallError;

/// What is known of one turn of a conversation, from what the user said to what the agent answered: to start one with, to add
/// to it, or to log one that is over.
///
/// ```
/// use weave::{Llm, Turn};
///
/// let turn = Turn::new()
///     .conversation("chat-7")
///     .agent("helper")
///     .user("Weather in Paris?")
///     .step(Llm::new("gpt-4o").user("Weather in Paris?").output("It is 21 °C."))
///     .output("It is 21 °C in Paris.");
/// assert_eq!(turn.output_messages[0].text(), "It is 21 °C in Paris.");
/// ```
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Turn {
    /// Whose turn it is; of a conversation that is at hand, its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// `gen_ai.conversation.name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_name: Option<String>,
    /// Who answers; what is not said is that of the conversation.
    pub agent: Agent,
    /// The model that calls of models in the turn are made to, where they name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `gen_ai.system_instructions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_instructions: Vec<String>,
    /// `gen_ai.input.messages`: what the user said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// `gen_ai.output.messages`: what the agent answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output_messages: Vec<Message>,
    /// What was done in it, of a turn that is logged.
    #[serde(skip)]
    pub steps: Vec<Step>,
    /// Whether what is said is recorded; only where the conversation does so, too.
    #[serde(skip)]
    pub include_content: Option<bool>,
    /// Whether it leaves the turn of the conversation open that is.
    #[serde(skip)]
    pub concurrent: bool,
    /// Further attributes of the span.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
    /// What it failed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<CallError>,
    /// When it began, where that is not when it is started or logged.
    #[serde(skip)]
    pub started_at: Option<SystemTime>,
    /// When it ended, where that is not when it is ended or logged.
    #[serde(skip)]
    pub ended_at: Option<SystemTime>,
}

/// Something done in a turn, or by a sub-agent, that is logged.
///
/// ```
/// use weave::{Llm, Step, Tool, Turn};
///
/// // Most often it is made of what was done.
/// let turn = Turn::from("Weather in Paris?").step(Tool::new("get_weather").result("21 °C")).step(Llm::new("gpt-4o"));
/// assert!(matches!(&turn.steps[..], [Step::Tool(tool), Step::Llm(_)] if tool.name == "get_weather"));
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Step {
    /// A call of a model.
    Llm(Box<Llm>),
    /// The execution of a tool.
    Tool(Box<Tool>),
    /// The work of another agent.
    SubAgent(Box<SubAgent>),
}

impl From<Llm> for Step {
    fn from(llm: Llm) -> Self {
        Self::Llm(Box::new(llm))
    }
}

impl From<Tool> for Step {
    fn from(tool: Tool) -> Self {
        Self::Tool(Box::new(tool))
    }
}

impl From<SubAgent> for Step {
    fn from(agent: SubAgent) -> Self {
        Self::SubAgent(Box::new(agent))
    }
}

impl Turn {
    /// A turn of which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The id of the conversation. A turn that goes on stays in the one that it was started in.
    #[must_use]
    pub fn conversation(mut self, id: impl Into<String>) -> Self {
        self.conversation_id = Some(id.into());
        self
    }

    /// The name of the conversation.
    #[must_use]
    pub fn conversation_name(mut self, name: impl Into<String>) -> Self {
        self.conversation_name = Some(name.into());
        self
    }

    /// Who answers.
    #[must_use]
    pub fn agent(mut self, agent: impl Into<Agent>) -> Self {
        self.agent = agent.into();
        self
    }

    /// The model that calls of models in the turn are made to, where they name none.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Adds a system instruction.
    #[must_use]
    pub fn system(mut self, instruction: impl Into<String>) -> Self {
        self.system_instructions.push(instruction.into());
        self
    }

    /// Adds a message of the user.
    #[must_use]
    pub fn user(self, text: impl Into<String>) -> Self {
        self.message(Message::user(text))
    }

    /// Adds a message to those that the turn answers.
    #[must_use]
    pub fn message(mut self, message: impl Into<Message>) -> Self {
        self.messages.push(message.into());
        self
    }

    /// Adds a message of the agent.
    #[must_use]
    pub fn output(self, text: impl Into<String>) -> Self {
        self.output_message(Message::assistant(text))
    }

    /// Adds a message to the answer.
    #[must_use]
    pub fn output_message(mut self, message: Message) -> Self {
        self.output_messages.push(message);
        self
    }

    /// Adds what was done next, of a turn that is logged.
    #[must_use]
    pub fn step(mut self, step: impl Into<Step>) -> Self {
        self.steps.push(step.into());
        self
    }

    /// Records what is said, or only that something is: ids, names, models, tokens, times. Of a conversation whose content is
    /// [left out](crate::Conversation::include_content) a turn cannot have its own recorded.
    #[must_use]
    pub fn include_content(mut self, include: bool) -> Self {
        self.include_content = Some(include);
        self
    }

    /// Leaves the turn of the conversation open that is, for turns that go on at the same time.
    #[must_use]
    pub fn concurrent(mut self) -> Self {
        self.concurrent = true;
        self
    }

    /// Takes over what `other` says.
    pub(crate) fn merge(&mut self, other: Self) {
        self.conversation_id = other.conversation_id.or(self.conversation_id.take());
        self.conversation_name = other.conversation_name.or(self.conversation_name.take());
        self.agent = other.agent.or(&self.agent);
        self.model = other.model.or(self.model.take());
        replace(&mut self.system_instructions, other.system_instructions);
        replace(&mut self.messages, other.messages);
        replace(&mut self.output_messages, other.output_messages);
        self.include_content = other.include_content.or(self.include_content);
        self.attributes.extend(other.attributes);
        self.error = other.error.or(self.error.take());
        self.started_at = other.started_at.or(self.started_at);
        self.ended_at = other.ended_at.or(self.ended_at);
    }

    pub(crate) fn weight(&self) -> usize {
        let messages = self.messages.iter().chain(&self.output_messages).map(Message::weight);
        let texts = text_weight([&self.conversation_id, &self.conversation_name, &self.model]) + self.agent.weight();
        size_of::<Self>() + messages.sum::<usize>() + texts + list_weight([&self.system_instructions])
    }
}

/// Puts a list in the place of another, if it has anything.
pub(super) fn replace<T>(list: &mut Vec<T>, other: Vec<T>) {
    if !other.is_empty() {
        *list = other;
    }
}

/// What every span can be given.
macro_rules! span_methods {
    ($type:ident) => {
        impl $type {
            /// Adds an attribute of the span.
            #[must_use]
            pub fn attribute(mut self, key: impl Into<String>, value: impl serde::Serialize) -> Self {
                self.attributes.insert(key.into(), super::json::json(&value));
                self
            }

            /// Says when it began.
            #[must_use]
            pub fn started_at(mut self, time: std::time::SystemTime) -> Self {
                self.started_at = Some(time);
                self
            }

            /// Says when it ended.
            #[must_use]
            pub fn ended_at(mut self, time: std::time::SystemTime) -> Self {
                self.ended_at = Some(time);
                self
            }

            /// Says what it failed with.
            #[must_use]
            pub fn failed<E: std::fmt::Display + ?Sized>(mut self, error: &E) -> Self {
                self.error = Some(crate::value::describe_error(error, &crate::value::Limits::default()));
                self
            }
        }
    };
}

pub(super) use span_methods;

span_methods!(Turn);

impl From<&str> for Turn {
    /// A turn that answers this message of the user.
    fn from(text: &str) -> Self {
        Self::new().user(text)
    }
}

impl From<String> for Turn {
    /// A turn that answers this message of the user.
    fn from(text: String) -> Self {
        Self::new().user(text)
    }
}

impl From<Message> for Turn {
    /// A turn that answers this message.
    fn from(message: Message) -> Self {
        Self::new().message(message)
    }
}
