//! The work of an agent for another.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::json::{list_weight, text_weight};
use super::turn::{Step, replace, span_methods};
use super::{Agent, Message};
use crate::record::CallError;

/// What is known of the work of an agent inside a turn of another: to start one with, to add to it, or to log one that is
/// over.
///
/// ```
/// use weave::{SubAgent, Tool};
///
/// let agent = SubAgent::new("critic").user("Is that so?").step(Tool::new("look_up")).output("It is.");
/// assert_eq!(agent.steps.len(), 1);
/// ```
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SubAgent {
    /// Who works.
    pub agent: Agent,
    /// The model that calls of models inside are made to, where they name none; else that of the turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// `gen_ai.system_instructions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_instructions: Vec<String>,
    /// `gen_ai.input.messages`: what it was told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
    /// `gen_ai.output.messages`: what it answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output_messages: Vec<Message>,
    /// What was done by it, of one that is logged.
    #[serde(skip)]
    pub steps: Vec<Step>,
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

impl SubAgent {
    /// An agent, by its name or in full.
    pub fn new(agent: impl Into<Agent>) -> Self {
        Self { agent: agent.into(), ..Self::default() }
    }

    /// The model that calls of models inside are made to, where they name none.
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

    /// Adds a message of whoever asks.
    #[must_use]
    pub fn user(self, text: impl Into<String>) -> Self {
        self.message(Message::user(text))
    }

    /// Adds a message to what the agent is told.
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

    /// Adds a message to what the agent answers.
    #[must_use]
    pub fn output_message(mut self, message: Message) -> Self {
        self.output_messages.push(message);
        self
    }

    /// Adds what was done next, of one that is logged.
    #[must_use]
    pub fn step(mut self, step: impl Into<Step>) -> Self {
        self.steps.push(step.into());
        self
    }

    /// Takes over what `other` says.
    pub(crate) fn merge(&mut self, other: Self) {
        self.agent = other.agent.or(&self.agent);
        self.model = other.model.or(self.model.take());
        replace(&mut self.system_instructions, other.system_instructions);
        replace(&mut self.messages, other.messages);
        replace(&mut self.output_messages, other.output_messages);
        self.attributes.extend(other.attributes);
        self.error = other.error.or(self.error.take());
        self.started_at = other.started_at.or(self.started_at);
        self.ended_at = other.ended_at.or(self.ended_at);
    }

    pub(crate) fn weight(&self) -> usize {
        let messages = self.messages.iter().chain(&self.output_messages).map(Message::weight);
        let texts = text_weight([&self.model]) + self.agent.weight();
        size_of::<Self>() + messages.sum::<usize>() + texts + list_weight([&self.system_instructions])
    }
}

span_methods!(SubAgent);

impl From<&str> for SubAgent {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for SubAgent {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<Agent> for SubAgent {
    fn from(agent: Agent) -> Self {
        Self::new(agent)
    }
}
