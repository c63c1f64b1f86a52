//! What the handles on spans that are open have in common.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;
use serde_json::{Map, Value};

use super::begin::{Beginning, Start, put_common};
use super::entered::Entered;
use crate::diagnostics;
use crate::genai::keys::{EXCEPTION, EXCEPTION_MESSAGE, EXCEPTION_TYPE};
use crate::genai::{Saying, SubAgent};
use crate::record::{CallError, Event, Extra, Kind, OpRef, Timestamp};
use crate::recording::active::{Active, Outcome};
use crate::recording::call::{Ending, LiveCall};
use crate::recording::context::{Ambient, Attached, Spot};
use crate::recording::future::enter;
use crate::recording::handle::{Call, context_of, follow, to_value};
use crate::recording::in_context::InContext;
use crate::recording::local::Quiet;
use crate::recording::{global, start};
use crate::value;

/// Bytes that may be said of one span while it is open, whatever the queue may take.
const MOST_SAID: usize = 64 << 20;

/// A span that is open, or nothing where none is recorded.
#[derive(Clone, Default)]
pub(super) struct OpenSpan {
    call: Option<Arc<LiveCall>>,
    /// Ends the span with the last of its clones; none for who only looks at it.
    held: Option<Arc<Held>>,
}

struct Held {
    call: Arc<LiveCall>,
    /// Whether the thread was unwinding already when the span began.
    panicking: bool,
}

impl Drop for Held {
    fn drop(&mut self) {
        let panicked = std::thread::panicking() && !self.panicking;
        self.call.close(|_| if panicked { Ending::failed(CallError::panicked()) } else { Ending::SUCCESS });
    }
}

impl OpenSpan {
    pub(super) fn holding(call: Arc<LiveCall>) -> Self {
        let held = Held { call: Arc::clone(&call), panicking: std::thread::panicking() };
        Self { call: Some(call), held: Some(Arc::new(held)) }
    }

    /// A handle that never ends the span by being dropped.
    pub(super) fn looking_at(call: Arc<LiveCall>) -> Self {
        Self { call: Some(call), held: None }
    }

    /// The same span, not held.
    pub(super) fn unheld(&self) -> Self {
        Self { call: self.call.clone(), held: None }
    }

    /// Starts a span below what is current; `adjust` may say that it is below something else.
    pub(super) fn start<S: Saying>(kind: Kind, name: &str, said: S, adjust: impl FnOnce(&mut Ambient)) -> Self {
        if !global::is_listening() {
            return Self::default();
        }
        let Some(mut ambient) = start::ambient() else { return Self::default() };
        adjust(&mut ambient);
        let Some(lane) = start::lane_in(&ambient) else { return Self::default() };
        let beginning = Beginning::below(ambient, lane, None);
        let op = OpRef::named(kind, name);
        if !beginning.is_recorded() {
            return Self::holding(beginning.leave_out(op, None));
        }
        Self::holding(beginning.record(op, Start::of(said)))
    }

    /// Starts a span below this one, wherever the code runs that does.
    pub(super) fn start_below<S: Saying>(&self, kind: Kind, name: &str, said: S) -> Self {
        let Some(parent) = self.call.as_ref().filter(|parent| !parent.lane.recorder.is_closed()) else {
            return Self::default();
        };
        let _followed = follow(parent);
        Self::start(kind, name, said, |ambient| ambient.move_to(Spot::below(parent)))
    }

    /// The call, where it is more than a mark that nothing is recorded.
    pub(super) fn recorded(&self) -> Option<&Arc<LiveCall>> {
        self.call.as_ref().filter(|call| call.is_recorded())
    }

    pub(super) fn handle(&self) -> Call {
        Call::new(self.call.clone())
    }

    /// Changes what is said of the span, which comes to so many bytes more. What is too much for the queue is not taken: of
    /// a list that long the rest would be cut anyway.
    pub(super) fn say<S: Saying>(&self, more: usize, change: impl FnOnce(&mut S)) {
        let Some(call) = self.recorded() else { return };
        let most = call.lane.recorder.bounds.queue_bytes.min(MOST_SAID);
        call.tell(|extra, given| {
            if given.has_room(more, most) {
                given.said.change(change);
            } else {
                extra.ignored += 1;
            }
        });
        warn_of_overlap(call);
    }

    /// Adds what `more` says.
    pub(super) fn record<S: Saying>(&self, mut more: S) {
        let Some(call) = self.recorded() else { return };
        let common = more.take_common();
        let withholds = more.withholds();
        if let Some(place) = call.agents.get() {
            let (agent, model) = more.leads();
            place.tell(&agent, model, withholds);
        }
        call.tell(|extra, given| {
            put_common(extra, common);
            if withholds {
                Arc::make_mut(&mut given.around).without_content = true;
            }
            given.said.change(|said: &mut S| said.add(more));
        });
        warn_of_overlap(call);
    }

    pub(super) fn set_attribute(&self, key: String, value: &impl Serialize) {
        if let Some(call) = self.recorded() {
            call.set_span_attribute(key, to_value(call, value));
        }
    }

    pub(super) fn add_event(&self, name: String, attributes: &impl Serialize, at: SystemTime) {
        if let Some(call) = self.recorded() {
            let attributes = match to_value(call, attributes) {
                Value::Object(attributes) => attributes,
                Value::Null => Map::new(),
                other => Map::from_iter([("value".to_owned(), other)]),
            };
            call.add_event(Event { name, at, attributes });
        }
    }

    /// Notes a failure that the span outlives.
    pub(super) fn error<E: std::fmt::Display + ?Sized>(&self, error: &E) {
        let Some(call) = self.recorded() else { return };
        let error = described(call, error);
        let members = [(EXCEPTION_TYPE, &error.kind), (EXCEPTION_MESSAGE, &error.message)];
        let attributes = members.map(|(key, text)| (key.to_owned(), Value::String(text.clone()))).into_iter().collect();
        call.add_event(Event { name: EXCEPTION.to_owned(), at: SystemTime::now(), attributes });
        call.set_error(error);
    }

    pub(super) fn fail<E: std::fmt::Display + ?Sized>(&self, error: &E) {
        if let Some(call) = self.recorded() {
            call.close(|_| Ending::failed(described(call, error)));
        }
    }

    pub(super) fn end(&self, at: Option<SystemTime>) {
        if let Some(call) = self.recorded() {
            if let Some(at) = at {
                call.set_ended_at(Timestamp::from_system_time(at));
            }
            call.close(|_| Ending::SUCCESS);
        }
    }

    pub(super) fn enter(&self) -> Entered {
        Entered::new(self.call.as_ref().map(|call| Attached::new(context_of(call), Some(call))))
    }

    pub(super) fn wrap<T>(&self, inner: T) -> InContext<T> {
        InContext::of_call(self.call.clone(), self.call.as_ref().map(context_of), inner)
    }

    /// Polls `body` in the span, and ends that with what `failure` makes of what came back.
    pub(super) fn run<F: Future>(
        self,
        body: F,
        failure: impl Fn(&F::Output, &value::Limits) -> Option<CallError>,
    ) -> impl Future<Output = F::Output> {
        let _followed = self.call.as_deref().and_then(follow);
        let active = self.call.clone().map_or_else(Active::off, Active::on);
        enter(active, body, move |output: &F::Output, outcome: &mut Outcome<'_>| {
            // The span is held for as long as it runs.
            let _held = &self.held;
            outcome.skip_output();
            outcome.write(|_, limits| failure(output, limits));
        })
    }
}

impl Start {
    /// What a handle starts with.
    pub(super) fn of<S: Saying>(mut said: S) -> Self {
        let mut extra = Extra::default();
        put_common(&mut extra, said.take_common());
        let (agent, model) = said.leads();
        let model = model.map(str::to_owned);
        Self { agent, model, said: Box::new(said).into_said(), extra: Some(Box::new(extra)), ..Self::default() }
    }
}

fn described<E: std::fmt::Display + ?Sized>(call: &LiveCall, error: &E) -> CallError {
    let _quiet = Quiet::enter();
    value::describe_error(error, &call.lane.recorder.bounds.value)
}

/// A name, or what stands for it where it is blank.
pub(in crate::recording) fn name_or<'a>(name: Option<&'a str>, otherwise: &'a str) -> &'a str {
    name.map(str::trim).filter(|name| !name.is_empty()).unwrap_or(otherwise)
}

pub(super) fn sub_agent_name(agent: &SubAgent) -> &str {
    name_or(agent.agent.name.as_deref(), Kind::SubAgent.as_str())
}

impl std::fmt::Debug for OpenSpan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.call.fmt(f)
    }
}

/// Warns when a turn was told something that is lost because the next one of its conversation ended it.
fn warn_of_overlap(call: &Arc<LiveCall>) {
    if call.op.kind != Kind::Turn || call.is_open() {
        return;
    }
    let Some(conversation) = call.agents.get().and_then(|place| place.conversation.as_ref()) else { return };
    if conversation.turn().is_some_and(|next| !Arc::ptr_eq(&next, call)) {
        diagnostics::warn(
            "turns that overlap",
            "a turn that has ended was told something, which is lost: the start of a turn ends the one of its conversation \
             that is open; start those that overlap with `Turn::concurrent`",
        );
    }
}
