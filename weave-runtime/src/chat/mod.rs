//! A conversation as people read it: who said what, which tools were called, what came of it.

mod agents;
mod build;
mod pairs;
#[cfg(test)]
mod tests;
mod text;

use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::genai::{Agent, Message};
use crate::id::{CallId, TraceId};
use crate::record::{CallError, CallRecord, Status, Usage};

/// What was said in the turns of a conversation, by whom, and which tools were called in between.
///
/// From [`Client::chat`](crate::Client::chat), [`Client::conversation_chat`](crate::Client::conversation_chat), or made of any
/// calls. `Display` gives it as text for people: nothing in it can act on a terminal, and it is the same in each run.
///
/// ```
/// use serde_json::json;
/// use weave::{Llm, Message, SubAgent, Tool, Turn};
///
/// let check = Message::assistant("Let me check.").tool_call("call-1", "get_weather", json!({ "city": "Paris" }));
/// let turn = Turn::new()
///     .agent("helper")
///     .user("Weather in Paris?")
///     .step(Llm::new("gpt-4o").user("Weather in Paris?").output_message(check))
///     .step(Tool::new("get_weather").call_id("call-1").arguments(json!({ "city": "Paris" })).result("21 °C"))
///     .step(SubAgent::new("critic").user("Is 21 °C likely?").output("It is."))
///     .step(Llm::new("gpt-4o").output("It is 21 °C."));
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| weave::log_turn(turn).wait())?;
/// let chat = weave::Chat::new(recorder.calls());
/// assert_eq!(
///     chat.to_string(),
///     "\
/// user: Weather in Paris?
/// helper: Let me check.
///   get_weather(city: \"Paris\") -> \"21 °C\"
///   critic
///     user: Is 21 °C likely?
///     critic: It is.
/// helper: It is 21 °C."
/// );
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, PartialEq, Default, Debug)]
#[non_exhaustive]
pub struct Chat {
    /// The turns in order.
    pub turns: Vec<ChatTurn>,
}

/// A turn of a [`Chat`].
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ChatTurn {
    /// The trace that it is in.
    pub trace_id: TraceId,
    /// The call that is the turn. Where only calls of models or tools were recorded of one, the first of these.
    pub id: CallId,
    /// The conversation that it is part of.
    pub conversation_id: Option<String>,
    /// Who answered.
    pub agent: Agent,
    /// How it ended, or that it has not.
    pub status: Status,
    /// When it began.
    pub started_at: SystemTime,
    /// How long it took; `None` while it runs.
    pub duration: Option<Duration>,
    /// The tokens that it and all in it used, added up.
    pub usage: Usage,
    /// What was said and done, in order.
    pub items: Vec<ChatItem>,
}

/// Something that was said or done in a turn.
///
/// ```
/// use weave::{Chat, ChatItem, Tool, Turn};
///
/// let recorder = weave::testing::Recorder::new();
/// let turn = Turn::from("Weather?").agent("helper").step(Tool::new("get_weather").result("21 °C")).output("Warm.");
/// recorder.run(|| weave::log_turn(turn).wait())?;
///
/// for item in &Chat::new(recorder.calls()).turns[0].items {
///     match item {
///         ChatItem::Message(said) => assert!(["Weather?", "Warm."].contains(&said.message.text().as_str())),
///         ChatItem::Tool(tool) => assert_eq!((tool.name.as_str(), &tool.result), ("get_weather", &Some("21 °C".into()))),
///         other => panic!("{other:?}"),
///     }
/// }
/// # Ok::<(), weave::Error>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum ChatItem {
    /// Something was said.
    Message(ChatMessage),
    /// A tool was called, or a model asked for it.
    Tool(ToolUse),
    /// Another agent worked.
    SubAgent(ChatAgent),
    /// A call of a model, or an agent, failed.
    Error(ChatError),
}

/// Something that was said in a [`Chat`].
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ChatMessage {
    /// The call that tells of it.
    pub id: CallId,
    /// The name of the agent that said it; `None` for what it was told.
    pub agent: Option<String>,
    /// What was said, without the calls of tools that it asks for.
    pub message: Message,
}

/// The use of a tool in a [`Chat`]: what a model asked for, together with what came of it.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ToolUse {
    /// The call that executed the tool; `None` where only the question for it was recorded.
    pub id: Option<CallId>,
    /// The id by which the model asked for it.
    pub call_id: Option<String>,
    /// The name of the tool.
    pub name: String,
    /// What it was called with.
    pub arguments: Option<Value>,
    /// What it answered.
    pub result: Option<Value>,
    /// What it failed with.
    pub error: Option<CallError>,
    /// How long it took, where it was recorded.
    pub duration: Option<Duration>,
    /// What was said and done inside of it, in order.
    pub items: Vec<ChatItem>,
}

/// The work of another agent in a [`Chat`].
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ChatAgent {
    /// The call that is its work.
    pub id: CallId,
    /// Who worked.
    pub agent: Agent,
    /// How the work ended, or that it has not.
    pub status: Status,
    /// How long it took; `None` while it runs.
    pub duration: Option<Duration>,
    /// What was said and done in it, in order.
    pub items: Vec<ChatItem>,
}

/// What failed in a [`Chat`], apart from tools.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct ChatError {
    /// The call that failed.
    pub id: CallId,
    /// Its name.
    pub name: String,
    /// What it failed with.
    pub error: CallError,
}

impl Chat {
    /// The chat that these calls tell of, which may come in any order and be of any traces. Those of agents make it; the ops
    /// in between do not show.
    ///
    /// * The first message of a turn is the last that the user said in it.
    /// * The answers of models follow. What the agent itself answered is shown where no model of it said the same.
    /// * A tool that a model asked for is shown where it was executed, with what was asked. They are found by the id of the call,
    ///   else by the name of the tool. Where its execution was not recorded, the answer is looked for in what models were told
    ///   afterwards.
    /// * Agents that work for others are indented, with all that is in them.
    ///
    /// A trace with calls of agents, but without a turn, counts as one turn.
    #[must_use]
    pub fn new(calls: impl IntoIterator<Item = CallRecord>) -> Self {
        build::build(calls)
    }
}
