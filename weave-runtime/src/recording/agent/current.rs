//! What is started where it belongs by what is current, and what that is.

use std::sync::Arc;

use super::begin::place_in;
use super::open_span::{OpenSpan, name_or, sub_agent_name};
use super::place::Place;
use super::{OpenConversation, OpenLlm, OpenSubAgent, OpenTool, OpenTurn, llm, turn};
use crate::genai::{Llm, SubAgent, Tool, Turn};
use crate::record::Kind;
use crate::recording::{global, start};

/// Starts a turn of the current conversation, or of the one that it names; see
/// [`OpenConversation::start_turn`](crate::OpenConversation::start_turn). With neither it is a turn without a conversation.
///
/// ```
/// use weave::Turn;
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     weave::start_turn(Turn::new().conversation("chat-7").user("Hello")).output("Hi!");
///     weave::start_conversation("chat-8").in_scope(|| weave::start_turn("Hello").end());
/// });
/// let calls = recorder.calls();
/// assert_eq!(calls[0].conversation_id(), Some("chat-7"));
/// assert_eq!(calls[1].conversation_id(), Some("chat-8"));
/// ```
pub fn start_turn(turn: impl Into<Turn>) -> OpenTurn {
    turn::start_turn(turn.into(), None)
}

/// Starts a call of a model below the nearest turn, sub-agent or op around. Inside of a tool or another call of a model it
/// stands beside that. With nothing around it is the first of a trace.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let turn = weave::start_turn("Weather in Paris?");
///     turn.start_tool("search").in_scope(|| weave::start_llm("gpt-4o").end());
/// });
/// let calls = recorder.calls();
/// assert_eq!(calls[2].parent_id(), Some(calls[0].id()));
/// ```
pub fn start_llm(llm: impl Into<Llm>) -> OpenLlm {
    OpenLlm(OpenSpan::start(Kind::Llm, llm::NAME, llm.into(), |ambient| {
        let spot = ambient.spot();
        if let Some(aside) = place_in(ambient).and_then(|place| place.aside_of(&spot).cloned()) {
            ambient.move_to(aside);
        }
    }))
}

/// Starts the execution of a tool below the current call.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| weave::start_tool("add").arguments(serde_json::json!({ "a": 1, "b": 2 })).result(3).end());
/// assert_eq!(recorder.tree().outline(), "tool add(a: 1, b: 2) -> 3");
/// ```
pub fn start_tool(tool: impl Into<Tool>) -> OpenTool {
    let tool = tool.into();
    let name = name_or(Some(&tool.name), Kind::Tool.as_str()).to_owned();
    OpenTool(OpenSpan::start(Kind::Tool, &name, tool, |_| {}))
}

/// Starts the work of an agent for another below the current call.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let turn = weave::start_turn("Is that so?");
///     turn.in_scope(|| weave::start_subagent("critic").output("It is.").end());
/// });
/// assert_eq!(recorder.calls()[1].op_name(), "critic");
/// ```
pub fn start_subagent(agent: impl Into<SubAgent>) -> OpenSubAgent {
    let mut agent = agent.into();
    agent.steps = Vec::new();
    let name = sub_agent_name(&agent).to_owned();
    OpenSubAgent(OpenSpan::start(Kind::SubAgent, &name, agent, |_| {}))
}

/// The conversation that this code runs in; `None` outside of any, and where nothing is recorded.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     weave::start_conversation("chat-7").in_scope(|| {
///         assert_eq!(weave::current_conversation().unwrap().id(), Some("chat-7"));
///     });
/// });
/// assert!(weave::current_conversation().is_none());
/// ```
#[must_use]
pub fn current_conversation() -> Option<OpenConversation> {
    place()?.conversation.clone().map(|conversation| OpenConversation(Some(conversation)))
}

/// The turn that this code runs in, while it is open, also that of a function under `#[weave::turn]`. The handle does not
/// end it by being dropped.
///
/// ```
/// #[weave::turn]
/// fn answer(question: &str) -> String {
///     // `None` where nothing is recorded, so no `unwrap`.
///     if let Some(turn) = weave::current_turn() {
///         turn.set_attribute("tenant", "acme");
///     }
///     "42".to_owned()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| answer("meaning"));
/// assert_eq!(recorder.calls()[0].span_attributes()["tenant"], "acme");
/// ```
#[must_use]
pub fn current_turn() -> Option<OpenTurn> {
    place()?.turn().map(|call| OpenTurn(OpenSpan::looking_at(call)))
}

/// The call of a model that this code runs in, while it is open, also that of a function under `#[weave::llm]`. The handle
/// does not end it by being dropped.
///
/// ```
/// use weave::Usage;
///
/// #[weave::llm]
/// fn complete(prompt: &str) -> String {
///     // `None` where nothing is recorded, so no `unwrap`.
///     if let Some(llm) = weave::current_llm() {
///         llm.usage(Usage::new(3, 1));
///     }
///     "yes".to_owned()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| complete("is it so?"));
/// assert_eq!(recorder.calls()[0].usage().unwrap().output_tokens, Some(1));
/// ```
#[must_use]
pub fn current_llm() -> Option<OpenLlm> {
    place()?.llm().map(|call| OpenLlm(OpenSpan::looking_at(call)))
}

/// Ends the current turn, or else the open one of the current conversation.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let turn = weave::start_turn("Weather in Paris?");
///     turn.in_scope(weave::end_turn);
///     assert!(!turn.is_recording());
/// });
/// ```
pub fn end_turn() {
    match current_turn() {
        Some(turn) => turn.end(),
        None => end_conversation(),
    }
}

/// Ends the call of a model that this code runs in.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let llm = weave::start_llm("gpt-4o");
///     llm.in_scope(weave::end_llm);
///     assert!(!llm.is_recording());
/// });
/// ```
pub fn end_llm() {
    if let Some(llm) = current_llm() {
        llm.end();
    }
}

/// Ends the open turn of the current conversation.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let chat = weave::start_conversation("chat-7");
///     let turn = chat.start_turn("Weather in Paris?");
///     chat.in_scope(weave::end_conversation);
///     assert!(!turn.is_recording());
/// });
/// ```
pub fn end_conversation() {
    if let Some(conversation) = current_conversation() {
        conversation.end();
    }
}

fn place() -> Option<Arc<Place>> {
    if !global::has_listeners() {
        return None;
    }
    place_in(&start::ambient()?)
}
