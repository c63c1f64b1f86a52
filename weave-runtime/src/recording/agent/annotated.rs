//! The spans of annotated functions.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::begin::{Beginning, Start, conversation_of, place_in};
use crate::genai::options;
use crate::record::{Kind, Op, OpRef};
use crate::recording::active::Active;
use crate::recording::call::{LiveCall, Role};
use crate::recording::context::Ambient;
use crate::recording::lane::Lane;
use crate::recording::start::{self, Inputs};

/// Starts the call of a function that is a turn, the call of a model, a tool or a sub-agent.
#[cold]
#[inline(never)]
pub(in crate::recording) fn start(
    op: &'static Op,
    ambient: Ambient,
    lane: Arc<Lane>,
    capture: &mut dyn FnMut(&mut Inputs),
) -> Active {
    let call = match op.kind {
        Kind::Turn => start_turn(op, ambient, lane, capture),
        _ => start_below(op, ambient, lane, capture),
    };
    call.map_or_else(Active::off, Active::on)
}

fn start_turn(
    op: &'static Op,
    ambient: Ambient,
    lane: Arc<Lane>,
    capture: &mut dyn FnMut(&mut Inputs),
) -> Option<Arc<LiveCall>> {
    let at_hand = place_in(&ambient).and_then(|place| place.conversation.clone());
    let mut beginning = Beginning::turn(ambient, lane, op.sample_rate, at_hand.as_deref());
    if !beginning.is_recorded() {
        // Which conversation it names is not asked: nothing of it is captured.
        return is_first(&beginning).then(|| beginning.leave_out(OpRef::Static(op), at_hand));
    }
    let captured;
    (beginning.lane, captured) = start::captured(beginning.lane, capture);
    let Named { conversation, agent, model } = Named::read(&captured.options);
    let conversation = conversation.and_then(options::text);
    let conversation =
        conversation_of(conversation.as_deref(), None, at_hand, beginning.surroundings(), &beginning.lane);
    let without_content = beginning.is_without_content(conversation.as_ref());
    let outer = beginning.outer.clone();
    // It must not end a turn that it runs inside of, whose conversation then goes on with that.
    let is_nested = |turn: Arc<LiveCall>| outer.as_ref().is_some_and(|outer| outer.is_inside(&turn));
    let is_next = conversation.clone().filter(|conversation| !conversation.turn().is_some_and(is_nested));
    if let Some(conversation) = &is_next {
        conversation.end_turn();
    }
    let (agent, model) = (agent.map(options::agent).unwrap_or_default(), model.and_then(options::text));
    let start = Start { captured, agent, model, conversation, without_content, ..Start::default() };
    let call = beginning.record(OpRef::Static(op), start);
    if let Some(conversation) = is_next {
        conversation.set_turn(&call);
    }
    Some(call)
}

fn start_below(
    op: &'static Op,
    ambient: Ambient,
    lane: Arc<Lane>,
    capture: &mut dyn FnMut(&mut Inputs),
) -> Option<Arc<LiveCall>> {
    let mut beginning = Beginning::below(ambient, lane, op.sample_rate);
    if !beginning.is_recorded() {
        return is_first(&beginning).then(|| beginning.leave_out(OpRef::Static(op), None));
    }
    let captured;
    (beginning.lane, captured) = start::captured(beginning.lane, capture);
    let Named { agent, model, .. } = Named::read(&captured.options);
    let (agent, model) = (agent.map(options::agent).unwrap_or_default(), model.and_then(options::text));
    Some(beginning.record(OpRef::Static(op), Start { captured, agent, model, ..Start::default() }))
}

/// Whether a call that is not recorded is the first of its trace, which those below have to know of.
fn is_first(beginning: &Beginning) -> bool {
    beginning.role == Role::Unsampled
}

/// The options that those below a call depend on. All others are read in the background.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    conversation: Option<Value>,
    agent: Option<Value>,
    model: Option<Value>,
}

impl Named {
    fn read(options: &str) -> Self {
        if options.is_empty() {
            Self::default()
        } else {
            serde_json::from_str(&format!("{{{options}}}")).unwrap_or_default()
        }
    }
}
