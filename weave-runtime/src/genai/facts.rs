//! What is known of a span of an agent, as a record has it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Agent, Invoker, Request};

/// Facts, of which each kind of span has its own. What is said is kept as JSON, as inputs and outputs are.
///
/// Messages are here only where they were given as such. What can be read from the inputs and the output of the call is not
/// kept a second time.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) conversation_name: Option<String>,
    /// Of a turn or a sub-agent who it is; of what is below, who asked for it.
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) agent: Agent,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoker: Option<Invoker>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoking_op: Option<Invoker>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) without_content: bool,

    /// That was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) request: Request,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) finish_reasons: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response_model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time_to_first_chunk_ns: Option<u64>,

    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool_call_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool_description: Option<String>,

    /// The input that has what the user said, of a turn or a sub-agent, or what a model was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_argument: Option<String>,

    // What is said: gone where content is not recorded.
    /// A list of texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) system_instructions: Option<Box<RawValue>>,
    /// Lists of messages, reasoning in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input_messages: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output_messages: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool_definitions: Option<Box<RawValue>>,
    /// Where they are no object: else they are the inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tool_arguments: Option<Box<RawValue>>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Facts {
    /// The names of [`said_mut`](Self::said_mut).
    pub(crate) const SAID: [&str; 5] =
        ["system_instructions", "input_messages", "output_messages", "tool_definitions", "tool_arguments"];

    /// The texts of what is said.
    pub(crate) fn said(&self) -> impl Iterator<Item = &str> {
        let said = [
            &self.system_instructions,
            &self.input_messages,
            &self.output_messages,
            &self.tool_definitions,
            &self.tool_arguments,
        ];
        said.into_iter().flatten().map(|json| json.get())
    }

    /// All other texts, as names and ids, each with its path.
    pub(crate) fn texts_mut(&mut self) -> impl Iterator<Item = (Cow<'static, str>, &mut String)> {
        let Self { agent, request, .. } = self;
        let texts = [
            ("conversation_id", &mut self.conversation_id),
            ("conversation_name", &mut self.conversation_name),
            ("agent.name", &mut agent.name),
            ("agent.id", &mut agent.id),
            ("agent.description", &mut agent.description),
            ("agent.version", &mut agent.version),
            ("model", &mut self.model),
            ("provider", &mut self.provider),
            ("response_id", &mut self.response_id),
            ("response_model", &mut self.response_model),
            ("output_type", &mut self.output_type),
            ("tool_name", &mut self.tool_name),
            ("tool_type", &mut self.tool_type),
            ("tool_call_id", &mut self.tool_call_id),
            ("tool_description", &mut self.tool_description),
        ];
        let lists =
            [("request.stop_sequences", &mut request.stop_sequences), ("finish_reasons", &mut self.finish_reasons)];
        let texts = texts.into_iter().filter_map(|(path, text)| Some((Cow::Borrowed(path), text.as_mut()?)));
        let lists = lists.into_iter().flat_map(|(path, items)| {
            items.iter_mut().enumerate().map(move |(at, text)| (Cow::Owned(format!("{path}.{at}")), text))
        });
        texts.chain(lists)
    }

    /// The same as [`said`](Self::said), to be looked through for secrets.
    pub(crate) fn said_mut(&mut self) -> [&mut Option<Box<RawValue>>; 5] {
        [
            &mut self.system_instructions,
            &mut self.input_messages,
            &mut self.output_messages,
            &mut self.tool_definitions,
            &mut self.tool_arguments,
        ]
    }
}
