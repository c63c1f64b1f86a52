//! The execution of a tool.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::json::{json, text_weight, weight};
use super::turn::span_methods;
use crate::record::CallError;

/// What is known of the execution of a tool: to start one with, to add to it, or to log one that is over.
///
/// ```
/// use serde_json::json;
/// use weave::Tool;
///
/// let tool = Tool::new("get_weather").call_id("call-1").arguments(json!({ "city": "Paris" })).result("21 °C");
/// assert_eq!(tool.arguments, Some(json!({ "city": "Paris" })));
/// ```
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Tool {
    /// `gen_ai.tool.name`.
    pub name: String,
    /// `gen_ai.tool.call.id`: of the model's request for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// `gen_ai.tool.type`, such as `function`, `extension` or `datastore`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_type: Option<String>,
    /// `gen_ai.tool.description`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `gen_ai.tool.call.arguments`. A text is kept as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Value>,
    /// `gen_ai.tool.call.result`. A text is kept as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// `gen_ai.tool.definitions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definitions: Option<Value>,
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

impl Tool {
    /// A tool of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The id by which the model asked for it.
    #[must_use]
    pub fn call_id(mut self, id: impl Into<String>) -> Self {
        self.call_id = Some(id.into());
        self
    }

    /// The type of the tool, such as `function`.
    #[must_use]
    pub fn tool_type(mut self, tool_type: impl Into<String>) -> Self {
        self.tool_type = Some(tool_type.into());
        self
    }

    /// What the tool is for.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// What the tool is called with. A text is kept as it is.
    #[must_use]
    pub fn arguments(mut self, arguments: impl Serialize) -> Self {
        self.arguments = Some(json(&arguments));
        self
    }

    /// What the tool answered. A text is kept as it is.
    #[must_use]
    pub fn result(mut self, result: impl Serialize) -> Self {
        self.result = Some(json(&result));
        self
    }

    /// How the tool is described to models.
    #[must_use]
    pub fn definitions(mut self, definitions: impl Serialize) -> Self {
        self.definitions = Some(json(&definitions));
        self
    }

    /// Takes over what `other` says.
    pub(crate) fn merge(&mut self, other: Self) {
        let Self { name, call_id, tool_type, description, arguments, result, definitions, .. } = other;
        if !name.is_empty() {
            self.name = name;
        }
        self.call_id = call_id.or(self.call_id.take());
        self.tool_type = tool_type.or(self.tool_type.take());
        self.description = description.or(self.description.take());
        self.arguments = arguments.or(self.arguments.take());
        self.result = result.or(self.result.take());
        self.definitions = definitions.or(self.definitions.take());
        self.attributes.extend(other.attributes);
        self.error = other.error.or(self.error.take());
        self.started_at = other.started_at.or(self.started_at);
        self.ended_at = other.ended_at.or(self.ended_at);
    }

    pub(crate) fn weight(&self) -> usize {
        let values = [&self.arguments, &self.result, &self.definitions];
        let texts = self.name.len() + text_weight([&self.call_id, &self.tool_type, &self.description]);
        size_of::<Self>() + texts + values.into_iter().flatten().map(weight).sum::<usize>()
    }
}

span_methods!(Tool);

impl From<&str> for Tool {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Tool {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}
