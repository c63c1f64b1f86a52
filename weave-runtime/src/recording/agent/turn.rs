//! A handle on a turn that goes on.

use std::sync::Arc;

use super::begin::{Beginning, Start, conversation_of, place_in};
use super::live_conversation::LiveConversation;
use super::methods::span_handle;
use super::open_span::{OpenSpan, name_or};
use super::worker::worker_handle;
use crate::genai::{Saying, Turn};
use crate::record::{Kind, OpRef};
use crate::recording::{global, start};

/// A turn of a conversation that goes on: what an agent does until it has answered. Made by
/// [`start_turn`](crate::start_turn) and [`OpenConversation::start_turn`](crate::OpenConversation::start_turn).
///
/// It may be cloned and sent anywhere. It ends when it is told to, or else when the last clone is dropped: as a success, or
/// as failed when the thread began to panic meanwhile. What it is told after that changes nothing, and where nothing is
/// recorded nothing does anything.
///
/// ```
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| {
///     let turn = weave::start_conversation("chat-7").start_turn("Weather in Paris?");
///     let tool = turn.start_tool("get_weather");
///     tool.arguments(serde_json::json!({ "city": "Paris" })).result("21 °C").end();
///     turn.output("It is 21 °C.").end();
/// });
/// let calls = recorder.calls();
/// assert_eq!(calls[0].conversation_id(), Some("chat-7"));
/// assert_eq!(calls[0].turn().unwrap().output_messages[0].text(), "It is 21 °C.");
/// assert_eq!(calls[1].parent_id(), Some(calls[0].id()));
/// ```
#[derive(Clone, Debug)]
#[must_use = "the turn ends when its last handle is dropped: keep it until the work is done"]
pub struct OpenTurn(pub(super) OpenSpan);

span_handle!(OpenTurn, Turn);
worker_handle!(OpenTurn, Turn);

/// Starts a turn of this conversation, or of the current one, unless it names another.
pub(super) fn start_turn(mut turn: Turn, conversation: Option<Arc<LiveConversation>>) -> OpenTurn {
    OpenTurn(started(&mut turn, conversation).map_or_else(OpenSpan::default, OpenSpan::holding))
}

fn started(
    turn: &mut Turn,
    conversation: Option<Arc<LiveConversation>>,
) -> Option<Arc<crate::recording::call::LiveCall>> {
    if !global::is_listening() {
        return None;
    }
    let _followed = conversation.as_ref().and_then(|conversation| conversation.follow());
    let ambient = start::ambient()?;
    let lane = start::lane_in(&ambient)?;
    let at_hand = conversation.or_else(|| place_in(&ambient)?.conversation.clone());
    let (id, name) = (turn.conversation_id.take(), turn.conversation_name.as_deref());
    let conversation = conversation_of(id.as_deref(), name, at_hand, ambient.surroundings.as_deref(), &lane);
    let is_next = conversation.clone().filter(|_| !turn.concurrent);
    if let Some(conversation) = &is_next {
        conversation.end_turn();
    }
    let beginning = Beginning::turn(ambient, lane, None, conversation.as_deref());
    let agent = turn.agent.name.as_deref();
    let at_hand = conversation.as_ref().and_then(|conversation| conversation.about.agent.name.as_deref());
    let op = OpRef::named(Kind::Turn, name_or(agent, name_or(at_hand, Kind::Turn.as_str())));
    if !beginning.is_recorded() {
        return Some(beginning.leave_out(op, conversation));
    }
    let without_content = turn.withholds() || beginning.is_without_content(conversation.as_ref());
    // They are of turns that are logged, and nobody would look at them.
    turn.steps = Vec::new();
    let start = Start { conversation, without_content, ..Start::of(std::mem::take(turn)) };
    let call = beginning.record(op, start);
    if let Some(conversation) = is_next {
        conversation.set_turn(&call);
    }
    Some(call)
}
