//! Starting the span of an agent: where it belongs, whether it is recorded, what those below it find.

use std::sync::Arc;

use super::live_conversation::LiveConversation;
use super::place::{Place, led_by};
use crate::genai::{Agent, Around, Conversation, Given, Invoker, Said};
use crate::id::MaybeCallId;
use crate::record::{Extra, Kind, OpRef, Rate, Timestamp};
use crate::recording::call::{LiveCall, Role, put_span_attribute};
use crate::recording::context::Ambient;
use crate::recording::lane::Lane;
use crate::recording::scope::Surroundings;
use crate::recording::start::{self, Captured};
use crate::value::has_taken;

/// Where a span starts.
pub(super) struct Beginning {
    ambient: Ambient,
    pub(super) lane: Arc<Lane>,
    pub(super) role: Role,
    /// What is current, to those who look for the calls directly inside of them.
    shown_below: MaybeCallId,
    /// The place that it starts in.
    pub(super) outer: Option<Arc<Place>>,
    /// Of a turn that begins a trace: in what that was started, and the nearest op there.
    invoker: Option<Invoker>,
    invoking_op: Option<Invoker>,
}

/// What a span starts with.
#[derive(Default)]
pub(super) struct Start {
    pub(super) captured: Captured,
    pub(super) said: Said,
    pub(super) extra: Option<Box<Extra>>,
    /// Who works below, and with which model.
    pub(super) agent: Agent,
    pub(super) model: Option<String>,
    /// Of a turn.
    pub(super) conversation: Option<Arc<LiveConversation>>,
    pub(super) without_content: bool,
}

impl Beginning {
    /// Below what is current.
    pub(super) fn below(mut ambient: Ambient, mut lane: Arc<Lane>, rate: Option<Rate>) -> Self {
        let outer = place_in(&ambient);
        let shown_below = ambient.parent();
        let role = Role::find(&mut ambient, &mut lane, rate);
        Self { ambient, lane, role, shown_below, outer, invoker: None, invoking_op: None }
    }

    /// As the first of a trace of its own, of which it is decided anew whether it is recorded.
    pub(super) fn apart(mut ambient: Ambient, mut lane: Arc<Lane>, rate: Option<Rate>) -> Self {
        let outer = place_in(&ambient);
        let shown_below = ambient.parent();
        let around = outer.as_ref().map(|outer| outer.around());
        let op = ambient.nearest_op().map(|(trace_id, id)| Invoker { trace_id, id });
        let tool = outer.as_ref().and_then(|outer| outer.tool_around(&ambient));
        let invoker = tool.or(op).or_else(|| around.as_ref()?.invoker);
        let invoking_op = op.or_else(|| around.as_ref()?.invoking_op);
        ambient.uproot();
        let role = Role::of_first(&mut ambient, &mut lane, rate);
        Self { ambient, lane, role, shown_below, outer, invoker, invoking_op }
    }

    /// As what a turn of a conversation is.
    pub(super) fn turn(
        ambient: Ambient,
        lane: Arc<Lane>,
        rate: Option<Rate>,
        conversation: Option<&LiveConversation>,
    ) -> Self {
        if conversation.is_some_and(|conversation| conversation.about.continue_parent_trace) {
            Self::below(ambient, lane, rate)
        } else {
            Self::apart(ambient, lane, rate)
        }
    }

    pub(super) fn surroundings(&self) -> Option<&Surroundings> {
        self.ambient.surroundings.as_deref()
    }

    pub(super) fn is_recorded(&self) -> bool {
        matches!(self.role, Role::Recorded | Role::Steering)
    }

    /// Whether what is said in a turn stays out, even if the turn itself does not ask for that: where it does in the
    /// conversation, or in a turn of the same around.
    pub(super) fn is_without_content(&self, conversation: Option<&Arc<LiveConversation>>) -> bool {
        let about = conversation.map(|conversation| &conversation.about);
        let of = |about: Option<&Arc<Conversation>>| about.map(Arc::as_ptr);
        let around = self.outer.as_ref().map(|outer| outer.around());
        let is_same = |around: &Arc<Around>| of(around.conversation.as_ref()) == of(about);
        about.is_some_and(|about| !about.include_content)
            || around.filter(is_same).is_some_and(|around| around.without_content)
    }

    /// Starts a span that is recorded.
    pub(super) fn record(mut self, op: OpRef, start: Start) -> Arc<LiveCall> {
        let kind = op.kind;
        let around = self.around(kind, &start);
        let Start { captured, said, extra, agent, model, conversation, .. } = start;
        let Captured { mut inputs, attributes: op_attributes, options } = captured;
        if inputs.is_empty() {
            inputs = "{}".to_owned();
        }
        let given = Given { around: Arc::clone(&around), options, said, ..Given::default() };
        let mut extra = extra.unwrap_or_default();
        (extra.op_attributes, extra.agent) = (op_attributes, Some(Box::new(given)));
        let mut extra = Some(extra);
        if has_taken() {
            extra = self.lane.recorder.with_taken(extra);
        }
        let (spot, surroundings) = (self.ambient.spot(), self.ambient.surroundings.take());
        if let Some(surroundings) = &surroundings {
            extra = start::surround(surroundings, extra);
        }
        let boundary = surroundings.as_deref().and_then(|surroundings| surroundings.boundary.as_ref());
        // It says to those below where they are.
        let call = LiveCall::begin(op, &mut self.ambient, self.lane, Role::Steering, boundary, inputs, extra);
        let below = below(kind, around, &agent, model.as_deref());
        let mut place = Place::inside(&call, self.outer.as_deref(), spot, below);
        if kind == Kind::Turn {
            place = place.of_conversation(conversation);
        }
        call.put_in(&Arc::new(place));
        if let Some(surroundings) = &surroundings {
            surroundings.show(&call, self.shown_below);
        }
        call
    }

    /// Starts one that is not: to the regions around it is a call nonetheless.
    pub(super) fn leave_out(mut self, op: OpRef, conversation: Option<Arc<LiveConversation>>) -> Arc<LiveCall> {
        let place = match conversation {
            // The turns that it is inside of go on elsewhere.
            Some(conversation) if op.kind == Kind::Turn => Some(Arc::new(Place::in_conversation(conversation))),
            _ => self.outer.filter(|_| op.kind != Kind::Turn),
        };
        let surroundings = self.ambient.surroundings.take();
        let boundary = surroundings.as_deref().and_then(|surroundings| surroundings.boundary.as_ref());
        let call = LiveCall::unsampled(op, &mut self.ambient, self.lane, self.role, boundary);
        if let Some(place) = &place {
            call.put_in(place);
        }
        if let Some(surroundings) = &surroundings {
            drop(surroundings.take_next());
            surroundings.show(&call, self.shown_below);
        }
        call
    }

    fn around(&self, kind: Kind, start: &Start) -> Arc<Around> {
        if kind != Kind::Turn {
            return self.outer.as_ref().map(|outer| outer.around_in(&self.ambient)).unwrap_or_default();
        }
        let around = start.conversation.as_ref().map(|conversation| conversation.around()).unwrap_or_default();
        let Self { invoker, invoking_op, .. } = *self;
        Arc::new(Around { invoker, invoking_op, without_content: start.without_content, ..around })
    }
}

/// What is in what spans below one start.
pub(in crate::recording) fn below(kind: Kind, around: Arc<Around>, agent: &Agent, model: Option<&str>) -> Arc<Around> {
    match kind {
        Kind::Turn => Arc::new(led_by(&around, agent, model)),
        // It is another, who has nothing of whoever asks.
        Kind::SubAgent => Arc::new(led_by(&Around { agent: None, ..Around::clone(&around) }, agent, model)),
        _ => around,
    }
}

pub(super) fn place_in(ambient: &Ambient) -> Option<Arc<Place>> {
    ambient.surroundings.as_ref()?.agents.clone()
}

/// The conversation of a turn that names one by its id, else the one at hand.
pub(super) fn conversation_of(
    id: Option<&str>,
    name: Option<&str>,
    at_hand: Option<Arc<LiveConversation>>,
    surroundings: Option<&Surroundings>,
    lane: &Arc<Lane>,
) -> Option<Arc<LiveConversation>> {
    let Some(id) = id.filter(|id| !id.is_empty()) else { return at_hand };
    if let Some(at_hand) = at_hand.filter(|at_hand| at_hand.id() == id) {
        return Some(at_hand);
    }
    lane.recorder.conversations.find(id).or_else(|| {
        let about = Conversation { name: name.map(str::to_owned), ..Conversation::from(id) };
        Some(LiveConversation::new(about, lane, surroundings))
    })
}

/// What every call may be given, of what was said of this one.
pub(in crate::recording) fn put_common(extra: &mut Extra, common: crate::genai::Common) {
    for (key, value) in common.attributes {
        put_span_attribute(extra, key, value);
    }
    extra.error = common.error.or(extra.error.take());
    extra.started_at = common.started_at.map(Timestamp::from_system_time).or(extra.started_at);
    extra.ended_at = common.ended_at.map(Timestamp::from_system_time).or(extra.ended_at);
}
