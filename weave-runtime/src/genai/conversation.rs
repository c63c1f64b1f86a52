//! What the turns of a conversation have in common.

use serde::Serialize;
use serde_json::{Map, Value};

use super::json::json;
use super::{Agent, Turn};

/// A conversation to be [started](crate::start_conversation) or [logged](crate::log_conversation): what its turns have in common.
///
/// ```
/// use weave::Conversation;
///
/// let conversation = Conversation::new().id("chat-7").name("Weather").agent("helper").model("gpt-4o");
/// assert_eq!(conversation.id.as_deref(), Some("chat-7"));
/// ```
#[doc(alias = "Session")]
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Conversation {
    /// `gen_ai.conversation.id`; where none is given one is made.
    pub id: Option<String>,
    /// `gen_ai.conversation.name`.
    pub name: Option<String>,
    /// Who answers, where a turn does not say otherwise.
    pub agent: Agent,
    /// The model of turns that name none.
    pub model: Option<String>,
    /// Whether what is said is recorded; turns can only leave out more.
    pub include_content: bool,
    /// Whether its turns are part of the trace that they are started in, in place of traces of their own.
    pub continue_parent_trace: bool,
    /// Attributes of every span in it.
    pub attributes: Map<String, Value>,
    /// Its turns, of one that is logged.
    pub turns: Vec<Turn>,
}

impl Default for Conversation {
    fn default() -> Self {
        Self {
            id: None,
            name: None,
            agent: Agent::default(),
            model: None,
            include_content: true,
            continue_parent_trace: false,
            attributes: Map::new(),
            turns: Vec::new(),
        }
    }
}

impl Conversation {
    /// A conversation of which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Its id. The turns of all conversations with one id are shown together.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Its name, for people.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Who answers, by name or in full.
    #[must_use]
    pub fn agent(mut self, agent: impl Into<Agent>) -> Self {
        self.agent = agent.into();
        self
    }

    /// The model of turns that name none.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Records what is said, or only that something is: ids, names, models, tokens, times.
    #[must_use]
    pub fn include_content(mut self, include: bool) -> Self {
        self.include_content = include;
        self
    }

    /// Has its turns be part of the trace that they are started in, in place of traces of their own.
    #[must_use]
    pub fn continue_parent_trace(mut self, continues: bool) -> Self {
        self.continue_parent_trace = continues;
        self
    }

    /// Adds an attribute of every span in it.
    #[must_use]
    pub fn attribute(mut self, key: impl Into<String>, value: impl Serialize) -> Self {
        self.attributes.insert(key.into(), json(&value));
        self
    }

    /// Adds a turn, of a conversation that is logged.
    #[must_use]
    pub fn turn(mut self, turn: impl Into<Turn>) -> Self {
        self.turns.push(turn.into());
        self
    }
}

impl From<&str> for Conversation {
    /// The conversation of this id.
    fn from(id: &str) -> Self {
        Self::new().id(id)
    }
}

impl From<String> for Conversation {
    /// The conversation of this id.
    fn from(id: String) -> Self {
        Self::new().id(id)
    }
}
