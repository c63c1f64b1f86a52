//! An open call: started, current for a while, closed exactly once.

mod additions;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::trace::SpanContext;

pub(in crate::recording) use self::additions::put_span_attribute;

use super::agent::Place;
use super::ancestry::Ancestry;
use super::batch::LONGEST_COPIED;
use super::context::{self, Above, Ambient};
use super::lane::Lane;
use super::local;
use super::turn::Boundary;
use super::understood;
use crate::genai::Llm;
use crate::id::{CallId, MaybeCallId, TraceId};
use crate::record::{CallError, Draft, Extra, OpRef, Status};
use crate::value::has_taken;

/// What a call is to its trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// It is recorded, and that is all.
    Recorded,
    /// It is recorded, and has something to say to those below it: the lane of its trace, the turn that it begins, or what
    /// it is in the work of agents.
    Steering,
    /// It is the first of a trace that is not recorded: it only keeps the context in step.
    Unsampled,
    /// It is below such a one.
    Below,
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
    pub(super) role: Role,
    /// The thread of conversation that it is part of.
    pub(super) boundary: Option<Arc<Boundary>>,
    /// Where those below it are in the work of agents.
    pub(super) agents: OnceLock<Arc<Place>>,
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
    /// What the output told of the call of a model.
    pub(crate) llm: Option<Box<Llm>>,
}

impl Ending {
    pub(crate) const SUCCESS: Self = Self { status: Status::Success, partial: false, error: None, llm: None };
    pub(crate) const CANCELLED: Self = Self { status: Status::Cancelled, ..Self::SUCCESS };

    pub(crate) fn failed(error: CallError) -> Self {
        Self { status: Status::Error, partial: false, error: Some(error), llm: None }
    }
}

impl LiveCall {
    /// Starts a call now. `inputs` is a JSON object.
    #[inline(always)]
    pub(super) fn begin(
        op: OpRef,
        ambient: &mut Ambient,
        lane: Arc<Lane>,
        role: Role,
        boundary: Option<&Arc<Boundary>>,
        inputs: String,
        extra: Option<Box<Extra>>,
    ) -> Arc<Self> {
        let state = State { inputs: inputs.len(), text: inputs, extra, phase: Phase::Open };
        // A trace that is held back counts as sampled out for everybody else.
        let is_sampled = lane.behind().is_none();
        let call = Self::new(op, ambient, lane, role, boundary, is_sampled, state);
        if let Some(place) = call.lane.open(&call) {
            call.place.store(place + 1, Ordering::Relaxed);
        }
        call
    }

    /// A call that is not recorded, and neither is what is below it.
    pub(super) fn unsampled(
        op: OpRef,
        ambient: &mut Ambient,
        lane: Arc<Lane>,
        role: Role,
        boundary: Option<&Arc<Boundary>>,
    ) -> Arc<Self> {
        let state = State { inputs: 0, text: String::new(), extra: None, phase: Phase::Closed };
        Self::new(op, ambient, lane, role, boundary, false, state)
    }

    #[inline(always)]
    fn new(
        op: OpRef,
        ambient: &mut Ambient,
        lane: Arc<Lane>,
        mut role: Role,
        boundary: Option<&Arc<Boundary>>,
        is_sampled: bool,
        state: State,
    ) -> Arc<Self> {
        let (parent, ancestry) = (ambient.parent(), ambient.ancestry);
        let span = context::span_below(ambient.span.take(), is_sampled);
        let id = MaybeCallId::of(span.span_id().to_bytes());
        let boundary = boundary.map(|boundary| boundary.entered(id, &mut role));
        let below = match role {
            Role::Recorded | Role::Steering => ancestry.with(op.kind, id, &lane),
            Role::Unsampled | Role::Below => Ancestry::UNSAMPLED,
        };
        Arc::new(Self {
            parent,
            ancestry,
            above: Above::below(span.trace_id(), below),
            span,
            op,
            lane,
            role,
            boundary,
            agents: OnceLock::new(),
            started: Instant::now(),
            place: AtomicUsize::new(0),
            state: Mutex::new(state),
        })
    }

    /// Says where those below the call are in the work of agents. Only few calls are anywhere in it.
    #[cold]
    pub(super) fn put_in(&self, place: &Arc<Place>) {
        let _ = self.agents.set(Arc::clone(place));
    }

    /// Whether this is more than a mark for others.
    #[inline]
    pub(crate) fn is_recorded(&self) -> bool {
        !matches!(self.role, Role::Unsampled | Role::Below)
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
    #[inline(always)]
    pub(crate) fn close(&self, write: impl FnOnce(&mut String) -> Ending) {
        if !self.is_recorded() {
            return;
        }
        let ended = Instant::now();
        let (mut text, inputs, mut extra) = {
            let mut state = self.lock();
            if state.phase == Phase::Closed {
                return;
            }
            state.phase = Phase::Closed;
            (std::mem::take(&mut state.text), state.inputs, state.extra.take())
        };
        let Ending { mut status, partial, error, llm } = write(&mut text);
        if has_taken() {
            extra = self.lane.recorder.with_taken(extra);
        }
        if error.is_some() {
            extra.get_or_insert_default().error = error;
        } else if extra.as_ref().is_some_and(|extra| extra.error.is_some()) {
            // It went on after what it was told of.
            status = Status::Error;
        }
        if let Some(llm) = llm {
            understood::put(&mut extra, llm);
        }
        if let Some(boundary) = &self.boundary {
            extra.get_or_insert_default().thread = boundary.in_thread();
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
        if self.lane.behind().is_some() {
            self.lane.conclude(weight, status == Status::Error);
        }
        if self.role == Role::Steering && !self.ancestry.has_call() {
            // What is held back has been waiting for this, the first of its trace.
            self.lane.give_up();
        }
        if self.ancestry.nearest.is_apart(&self.lane) {
            // What is above ends later, on another lane: it must find this call before it in the queue.
            self.lane.pass_on();
        }
    }

    /// What the call was given, to be given to another. This one is dropped as if it had never been started.
    pub(super) fn withdraw(&self) -> (String, Option<Box<Extra>>) {
        let mut state = self.lock();
        state.phase = Phase::Closed;
        let given = (std::mem::take(&mut state.text), state.extra.take());
        drop(state);
        self.lane.forget(self.place());
        if self.role == Role::Steering && !self.ancestry.has_call() {
            self.lane.throw_away();
        }
        given
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
        let mut extra = state.extra.clone();
        if let Some(boundary) = &self.boundary {
            extra.get_or_insert_default().thread = boundary.in_thread();
        }
        Some(self.draft(state.text.clone(), state.inputs, extra))
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
