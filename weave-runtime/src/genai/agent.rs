//! Who does the work.

use serde::{Deserialize, Serialize};

use super::json::text_weight;

/// An agent: its name, and what else is known of it.
///
/// Wherever one is asked for, its name alone will do.
///
/// ```
/// use weave::{Agent, Turn};
///
/// let agent = Agent::new("helper").id("agent-7").version("1.2");
/// assert_eq!(Turn::new().agent(agent).agent.version.as_deref(), Some("1.2"));
/// assert_eq!(Turn::new().agent("helper").agent.name.as_deref(), Some("helper"));
/// ```
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Agent {
    /// `gen_ai.agent.name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `gen_ai.agent.id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `gen_ai.agent.description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `gen_ai.agent.version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

impl Agent {
    /// An agent of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    /// By which the agent is known where it runs.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// What the agent is for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The version of the agent.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The same, where a name that is blank is none.
    pub(crate) fn named(self) -> Self {
        Self { name: self.name.filter(|name| !is_blank(name)), ..self }
    }

    /// What this one says, and where it says nothing, what `other` says.
    pub(crate) fn or(self, other: &Self) -> Self {
        Self {
            name: self.name.filter(|name| !is_blank(name)).or_else(|| other.name.clone()),
            id: self.id.or_else(|| other.id.clone()),
            description: self.description.or_else(|| other.description.clone()),
            version: self.version.or_else(|| other.version.clone()),
        }
    }

    pub(super) fn weight(&self) -> usize {
        text_weight([&self.name, &self.id, &self.description, &self.version])
    }
}

/// Whether a name says nothing.
pub(crate) fn is_blank(name: &str) -> bool {
    name.trim().is_empty()
}

impl From<&str> for Agent {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Agent {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl From<&Agent> for Agent {
    fn from(agent: &Agent) -> Self {
        agent.clone()
    }
}
