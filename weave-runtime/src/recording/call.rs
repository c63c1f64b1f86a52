//! An open call: started, current for a while, closed exactly once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::trace::SpanContext;
use serde_json::{Map, Value};

use super::batch::LONGEST_COPIED;
use super::context::{self, Above, Ambient};
use super::lane::Lane;
use super::local;
use crate::id::{CallId, MaybeCallId, TraceId};
use crate::record::OpRef;
use crate::record::{CallError, Draft, Extra, Kind, Status, Timestamp};
use crate::value::{forget_taken, has_taken};

/// Attributes, summary values or events that one call may be given while it runs; more are counted only.
const MOST_EXTRAS: usize = 1_024;

/// The nearest calls above, by family.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Ancestry {
    pub(crate) op: MaybeCallId,
    pub(crate) agent: MaybeCallId,
    nearest: Nearest,
}

/// Which of the two is nearer, in the lowest bit, and the address of its lane in the others.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Nearest(usize);

impl Nearest {
    fn new(kind: Kind, lane: &Lane) -> Self {
        Self(std::ptr::from_ref(lane).addr() | usize::from(kind.is_agent()))
    }

    fn is_agent(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether its lane is another than this. As long as it is open, its lane is there and no other has this address.
    fn is_apart(self, lane: &Lane) -> bool {
        self.0 & !1 != std::ptr::from_ref(lane).addr() && self.0 != 0
    }
}

impl Ancestry {
    pub(super) const NONE: Self = Self { op: MaybeCallId::NONE, agent: MaybeCallId::NONE, nearest: Nearest(0) };

    /// What a call of this kind on this lane leaves to those below it.
    fn with(self, kind: Kind, id: MaybeCallId, lane: &Lane) -> Self {
        let (op, agent) = if kind.is_agent() { (self.op, id) } else { (id, self.agent) };
        Self { op, agent, nearest: Nearest::new(kind, lane) }
    }
}

/// A call between its start and its end, shared by whoever can close or change it.
pub(crate) struct LiveCall {
    pub(crate) span: SpanContext,
    pub(crate) parent: MaybeCallId,
    pub(crate) ancestry: Ancestry,
    /// What the calls below have above them.
    pub(super) above: Above,
    pub(crate) op: OpRef,
    pub(crate) lane: Arc<Lane>,
    started: Instant,
    /// Where its lane follows it, one above the index; zero for nowhere.
    place: AtomicUsize,
    state: Mutex<State>,
}

struct State {
    text: String,
    inputs: usize,
    extra: Option<Box<Extra>>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Open,
    Announced,
    Closed,
}

/// How a call ends.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) status: Status,
    pub(crate) partial: bool,
    pub(crate) error: Option<CallError>,
}

impl Ending {
    pub(crate) const SUCCESS: Self = Self { status: Status::Success, partial: false, error: None };
    pub(crate) const CANCELLED: Self = Self { status: Status::Cancelled, partial: false, error: None };

    pub(crate) fn failed(error: CallError) -> Self {
        Self { status: Status::Error, partial: false, error: Some(error) }
    }
}

impl LiveCall {
    /// Starts a call now. `inputs` is a JSON object.
    #[inline(always)]
    pub(super) fn begin(
        op: OpRef,
        ambient: Ambient,
        lane: Arc<Lane>,
        inputs: String,
        extra: Option<Box<Extra>>,
    ) -> Arc<Self> {
        let (parent, ancestry) = (ambient.parent(), ambient.ancestry);
        let span = context::span_below(ambient.span);
        let below = ancestry.with(op.kind, MaybeCallId::of(span.span_id().to_bytes()), &lane);
        let call = Arc::new(Self {
            parent,
            ancestry,
            above: Above::below(span.trace_id(), below),
            span,
            op,
            lane,
            started: Instant::now(),
            place: AtomicUsize::new(0),
            state: Mutex::new(State { inputs: inputs.len(), text: inputs, extra, phase: Phase::Open }),
        });
        if let Some(place) = call.lane.open(&call) {
            call.place.store(place + 1, Ordering::Relaxed);
        }
        call
    }

    #[inline]
    pub(crate) fn id(&self) -> CallId {
        CallId::from_int(u64::from_be_bytes(self.span.span_id().to_bytes()))
    }

    #[inline]
    pub(crate) fn trace_id(&self) -> TraceId {
        TraceId::from_int(u128::from_be_bytes(self.span.trace_id().to_bytes()))
    }

    /// How long ago the call started.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.lock().phase != Phase::Closed
    }

    /// Closes the call with what `write` appends to its inputs as output. User code may run in `write`: no lock is held.
    /// A call that is closed already stays as it is.
    #[inline]
    pub(crate) fn close(&self, write: impl FnOnce(&mut String) -> Ending) {
        let ended = Instant::now();
        let (mut text, inputs, mut extra) = {
            let mut state = self.lock();
            if state.phase == Phase::Closed {
                return;
            }
            state.phase = Phase::Closed;
            (std::mem::take(&mut state.text), state.inputs, state.extra.take())
        };
        let Ending { status, partial, error } = write(&mut text);
        if has_taken() {
            extra = self.lane.recorder.with_taken(extra);
        }
        if error.is_some() {
            extra.get_or_insert_default().error = error;
        }
        let weight = size_of::<Draft>() + text.len() + extra.as_ref().map_or(0, |extra| extra.weight());
        let draft = |text, copied| {
            let mut draft = self.draft(text, inputs, extra);
            (draft.status, draft.partial, draft.ended, draft.copied) = (status, partial, Some(ended), copied);
            draft
        };
        if text.len() <= LONGEST_COPIED {
            self.lane.close(self.place(), &text, weight, || draft(String::new(), text.len()));
            local::give_buffer(text);
        } else {
            self.lane.close(self.place(), "", weight, || draft(text, 0));
        }
        if self.ancestry.nearest.is_apart(&self.lane) {
            // What is above ends later, on another lane: it must find this call before it in the queue.
            self.lane.pass_on();
        }
    }

    /// The same call as the root of a trace of its own. This one is dropped as if it had never been started.
    pub(super) fn uproot(&self) -> Arc<Self> {
        let mut state = self.lock();
        state.phase = Phase::Closed;
        let (inputs, extra) = (std::mem::take(&mut state.text), state.extra.take());
        drop(state);
        self.lane.forget(self.place());
        Self::begin(self.op.clone(), Ambient::default(), Arc::clone(&self.lane), inputs, extra)
    }

    /// A running record, once, when the call has been open for as long as `due`.
    pub(crate) fn announce(&self, now: Instant, due: Duration) -> Option<Draft> {
        if now.saturating_duration_since(self.started) < due {
            return None;
        }
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return None;
        }
        state.phase = Phase::Announced;
        Some(self.draft(state.text.clone(), state.inputs, state.extra.clone()))
    }

    /// Adds an input to a call that is open. `value` writes it as JSON; no lock is held.
    pub(crate) fn add_input(&self, key: &str, value: impl FnOnce(&mut String)) {
        let member = member(key, value);
        if has_taken() {
            self.settle_taken(true);
        }
        let mut state = self.lock();
        if state.phase != Phase::Closed {
            state.text.pop();
            add_member(&mut state.text, &member);
            state.text.push('}');
            state.inputs = state.text.len();
        }
    }

    /// Gives the call what was taken beside the JSON of a value on this thread, if that is to be kept.
    #[cold]
    pub(super) fn settle_taken(&self, is_kept: bool) {
        let mut state = self.lock();
        if is_kept && state.phase != Phase::Closed {
            state.extra = self.lane.recorder.with_taken(state.extra.take());
            return;
        }
        drop(state);
        forget_taken();
    }

    /// Adds an attribute of the strength of the call; `value` as for inputs.
    pub(crate) fn add_attribute(&self, key: &str, value: impl FnOnce(&mut String)) {
        let member = member(key, value);
        self.change(|extra| add_member(&mut extra.call_attributes, &member));
    }

    pub(crate) fn set_display_name(&self, name: String) {
        self.change(|extra| extra.display_name = Some(name));
    }

    pub(crate) fn set_started_at(&self, time: Timestamp) {
        self.change(|extra| extra.started_at = Some(time));
    }

    pub(crate) fn set_ended_at(&self, time: Timestamp) {
        self.change(|extra| extra.ended_at = Some(time));
    }

    pub(crate) fn set_span_attribute(&self, key: String, value: Value) {
        self.change(|extra| {
            if extra.span_attributes.len() < MOST_EXTRAS || extra.span_attributes.contains_key(&key) {
                extra.span_attributes.insert(key, value);
            } else {
                extra.ignored += 1;
            }
        });
    }

    pub(crate) fn merge_summary(&self, key: String, value: Value) {
        self.change(|extra| {
            let mut addition = Map::new();
            addition.insert(key, value);
            if extra.summary.len() < MOST_EXTRAS {
                crate::value::merge(&mut extra.summary, addition);
            } else {
                extra.ignored += 1;
            }
        });
    }

    pub(crate) fn add_event(&self, event: crate::record::Event) {
        self.change(|extra| {
            if extra.events.len() < MOST_EXTRAS {
                extra.events.push(event);
            } else {
                extra.ignored += 1;
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Extra)) {
        let mut state = self.lock();
        if state.phase != Phase::Closed {
            change(state.extra.get_or_insert_default());
        }
    }

    /// The call as it is while it runs.
    #[inline]
    fn draft(&self, text: String, inputs: usize, extra: Option<Box<Extra>>) -> Draft {
        Draft {
            id: self.id(),
            trace_id: self.trace_id(),
            parent_id: self.parent,
            op_parent_id: self.ancestry.op,
            agent_parent_id: self.ancestry.agent,
            op: self.op.clone(),
            status: Status::Running,
            partial: false,
            agent_is_nearer: self.ancestry.nearest.is_agent(),
            started: self.started,
            ended: None,
            text,
            copied: 0,
            inputs,
            extra,
        }
    }

    #[inline]
    fn place(&self) -> Option<usize> {
        self.place.load(Ordering::Relaxed).checked_sub(1)
    }

    #[inline]
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the call was given stays out: its secrets are taken out later, and handles are printed into logs.
impl std::fmt::Debug for LiveCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("LiveCall");
        shown.field("id", &self.id()).field("trace_id", &self.trace_id()).field("op", &self.op.name);
        shown.finish_non_exhaustive()
    }
}

/// Writes a JSON object's key with its colon.
pub(crate) fn write_key(out: &mut String, key: &str) {
    crate::value::write_str(out, key);
    out.push(':');
}

/// Adds a member to others, which are separated by commas.
fn add_member(members: &mut String, member: &str) {
    if members.len() > 1 {
        members.push(',');
    }
    members.push_str(member);
}

fn member(key: &str, value: impl FnOnce(&mut String)) -> String {
    let mut member = String::new();
    write_key(&mut member, key);
    value(&mut member);
    member
}
