//! The bridge to OpenTelemetry's context, which is where the current call lives.

use std::cell::Cell;
use std::sync::Arc;

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, ContextGuard};

use super::ancestry::Ancestry;
use super::call::{LiveCall, Role};
use super::foreign;
use super::local::{self, Standing};
use super::scope::Surroundings;
use super::span::OtelSpan;
use crate::id::{CallId, MaybeCallId};

/// What a call that starts now starts in.
#[derive(Default)]
pub(crate) struct Ambient {
    /// The current span, ours or foreign.
    pub(crate) span: Option<SpanContext>,
    pub(crate) ancestry: Ancestry,
    pub(crate) surroundings: Option<Arc<Surroundings>>,
    /// Telemetry is suppressed here: an exporter is at work.
    pub(crate) suppressed: bool,
}

impl Ambient {
    /// Reads the thread's context.
    #[inline]
    pub(crate) fn read() -> Self {
        let mut ambient = Self::default();
        ambient.fill();
        ambient
    }

    /// Reads the thread's context into one that is empty: in its place, because it is large to be passed on.
    #[inline(always)]
    pub(super) fn fill(&mut self) {
        match local::standing() {
            Standing::Nothing => {}
            Standing::Beyond(call) => {
                self.span = Some(call.span.clone());
                self.ancestry = call.above.ancestry;
                self.surroundings = Context::map_current(surroundings_of);
            }
            Standing::Context => Context::map_current(|context| self.fill_from(context)),
        }
    }

    /// Reads a context.
    pub(super) fn of(context: &Context) -> Self {
        let mut ambient = Self::default();
        ambient.fill_from(context);
        ambient
    }

    #[inline]
    fn fill_from(&mut self, context: &Context) {
        self.surroundings = surroundings_of(context);
        self.suppressed = context.is_telemetry_suppressed();
        if context.has_active_span() {
            let span = context.span();
            if span.span_context().is_valid() {
                self.span = Some(span.span_context().clone());
                let hidden = || Above::behind(span.span_context(), self.surroundings.as_deref());
                self.ancestry = ancestry_at(&span).or_else(hidden).unwrap_or_default();
            }
        }
    }

    /// Whether what starts here is not to be recorded.
    #[inline]
    pub(super) fn is_held_back(&self) -> bool {
        self.suppressed || self.surroundings.as_deref().is_some_and(|surroundings| surroundings.disabled)
    }

    /// Where a call that starts now starts.
    pub(super) fn spot(&self) -> Spot {
        Spot { span: self.span.clone(), ancestry: self.ancestry }
    }

    /// Has the call that starts now start there.
    pub(super) fn move_to(&mut self, spot: Spot) {
        (self.span, self.ancestry) = (spot.span, spot.ancestry);
    }

    /// Has the call that starts now be the first of a trace of its own.
    pub(super) fn uproot(&mut self) {
        self.move_to(Spot { span: None, ancestry: Ancestry::NONE });
    }

    /// The nearest op in this trace, with the trace.
    pub(super) fn nearest_op(&self) -> Option<(crate::id::TraceId, CallId)> {
        Some((self.recorded_trace()?, self.ancestry.op.get()?))
    }

    /// The nearest call in this trace, with the trace.
    pub(super) fn nearest_call(&self) -> Option<(crate::id::TraceId, CallId)> {
        Some((self.recorded_trace()?, self.ancestry.nearest_call()?.0))
    }

    fn recorded_trace(&self) -> Option<crate::id::TraceId> {
        let trace = self.span.as_ref().filter(|_| !self.ancestry.is_unsampled())?.trace_id();
        Some(crate::id::TraceId::from_int(u128::from_be_bytes(trace.to_bytes())))
    }

    /// The id of the current span.
    pub(crate) fn parent(&self) -> MaybeCallId {
        self.span.as_ref().map_or(MaybeCallId::NONE, |span| MaybeCallId::of(span.span_id().to_bytes()))
    }
}

/// Below what a call starts.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    span: Option<SpanContext>,
    pub(super) ancestry: Ancestry,
}

impl Spot {
    /// Below this call.
    pub(super) fn below(call: &LiveCall) -> Self {
        Self { span: Some(call.span.clone()), ancestry: call.above.ancestry }
    }
}

fn surroundings_of(context: &Context) -> Option<Arc<Surroundings>> {
    context.get::<Arc<Surroundings>>().cloned()
}

/// What the calls below one call have above them, kept apart from the context: once a foreign span is in the place of
/// ours there, nothing leads back to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Above {
    trace: u64,
    pub(super) ancestry: Ancestry,
}

/// By which traces are told apart: the half of an id that is random.
fn half(trace: TraceId) -> u64 {
    let [.., a, b, c, d, e, f, g, h] = trace.to_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

thread_local! {
    /// Of the innermost call that this thread is in.
    static ABOVE: Cell<Above> = const { Cell::new(Above::NOTHING) };
}

impl Above {
    /// No trace has this id, so it is above nothing.
    const NOTHING: Self = Self { trace: 0, ancestry: Ancestry::NONE };

    /// What the calls below a call have above them.
    pub(super) fn below(trace: TraceId, ancestry: Ancestry) -> Self {
        Self { trace: half(trace), ancestry }
    }

    /// What calls in a context have above them whose span is ours: foreign spans that start in it will hide that.
    #[inline(never)]
    fn within(context: &Context) -> Self {
        if !context.has_active_span() {
            return Self::NOTHING;
        }
        let span = context.span();
        let ancestry = ancestry_at(&span);
        ancestry.map_or(Self::NOTHING, |ancestry| Self::below(span.span_context().trace_id(), ancestry))
    }

    /// What is above calls below a foreign span: known from its start if that was seen, from the call that this thread is
    /// in, or from where the context was carried off. Another trace has nothing to do with it.
    fn behind(foreign: &SpanContext, surroundings: Option<&Surroundings>) -> Option<Ancestry> {
        if let Some(ancestry) = foreign::ancestry_below(foreign) {
            return Some(ancestry);
        }
        let carried = surroundings.and_then(|surroundings| surroundings.above);
        let mut known = [Some(ABOVE.get()), carried].into_iter().flatten();
        known.find(|above| above.trace == half(foreign.trace_id())).map(|above| above.ancestry)
    }

    /// What a context that is carried off from here must take along, because its span is foreign.
    fn hidden(ambient: &Ambient) -> Option<Self> {
        let foreign = ambient.span.as_ref()?;
        let ancestry = Self::behind(foreign, ambient.surroundings.as_deref())?;
        // Asked last: most often nothing was hidden.
        current().is_none().then(|| Self { trace: half(foreign.trace_id()), ancestry })
    }
}

/// What a question to a span is about; see [`answer`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    None,
    Ancestry,
    Call,
}

thread_local! {
    static QUESTION: Cell<Question> = const { Cell::new(Question::None) };
    static ANCESTRY: Cell<Option<Ancestry>> = const { Cell::new(None) };
    static CALL: Cell<Option<Arc<LiveCall>>> = const { Cell::new(None) };
}

/// OpenTelemetry gives no way from a context's span back to our type. So the span is asked whether it records, with a
/// note left for ours to see: a foreign span does not look, ours answers through the thread-locals here.
pub(super) fn answer(call: &Arc<LiveCall>) {
    match QUESTION.get() {
        Question::None => {}
        Question::Ancestry => ANCESTRY.set(Some(call.above.ancestry)),
        Question::Call => {
            let _ = CALL.try_with(|slot| slot.set(Some(Arc::clone(call))));
        }
    }
}

fn ask(question: Question, span: &opentelemetry::trace::SpanRef<'_>) {
    QUESTION.set(question);
    span.is_recording();
    QUESTION.set(Question::None);
}

fn ancestry_at(span: &opentelemetry::trace::SpanRef<'_>) -> Option<Ancestry> {
    ask(Question::Ancestry, span);
    ANCESTRY.take()
}

/// The current call, when the current span is one.
pub(crate) fn current() -> Option<Arc<LiveCall>> {
    match local::standing() {
        Standing::Nothing => return None,
        Standing::Beyond(call) => return Some(call).filter(|call| call.is_recorded()),
        Standing::Context => {}
    }
    Context::map_current(|context| {
        if context.has_active_span() {
            ask(Question::Call, &context.span());
        }
    });
    CALL.try_with(Cell::take).ok().flatten()
}

/// What a root is below whose trace has an id before it has begun: a span that has none.
pub(super) fn fresh_trace() -> SpanContext {
    let trace = TraceId::from_bytes(local::fresh_trace_id().to_be_bytes());
    SpanContext::new(trace, SpanId::INVALID, TraceFlags::default(), false, TraceState::NONE)
}

/// The span context of a call below `ambient`, or of a root.
#[inline(always)]
pub(super) fn span_below(ambient: Option<SpanContext>, is_sampled: bool) -> SpanContext {
    match ambient {
        Some(parent) => SpanContext::new(
            parent.trace_id(),
            SpanId::from_bytes(local::fresh_id().to_be_bytes()),
            parent.trace_flags().with_sampled(is_sampled),
            false,
            parent.trace_state().clone(),
        ),
        None => SpanContext::new(
            TraceId::from_bytes(local::fresh_trace_id().to_be_bytes()),
            SpanId::from_bytes(local::fresh_id().to_be_bytes()),
            TraceFlags::default().with_sampled(is_sampled),
            false,
            TraceState::NONE,
        ),
    }
}

/// The thread's context with `call` as its span.
#[inline]
pub(crate) fn with_call(call: &Arc<LiveCall>) -> Context {
    if call.role != Role::Recorded {
        return with_special(call);
    }
    let span = OtelSpan::new(Arc::clone(call));
    if local::has_context() {
        Context::map_current(|context| context.with_span(span))
    } else {
        Context::new().with_span(span)
    }
}

/// As [`with_call`], for those that have something to say to the calls below.
#[cold]
fn with_special(call: &Arc<LiveCall>) -> Context {
    if !call.is_recorded() && !foreign::is_watched() && call.agents.get().is_none() {
        // Nobody is to find a call in this one.
        let span = call.span.clone();
        return if local::has_context() {
            Context::map_current(|context| context.with_remote_span_context(span))
        } else {
            Context::new().with_remote_span_context(span)
        };
    }
    let context = local::has_context().then(Context::current).unwrap_or_default();
    let outer = surroundings_of(&context);
    let id = MaybeCallId::of(call.span.span_id().to_bytes());
    let mut surroundings = Surroundings { agents: call.agents.get().cloned(), ..Surroundings::inside(outer, id) };
    if !call.is_recorded() {
        // The same, but a foreign span can be made in this context anywhere, and be sampled by rules of its own: it is told.
        surroundings.above = Some(call.above);
        return context.with_value(Arc::new(surroundings)).with_remote_span_context(call.span.clone());
    }
    if [Some(&call.lane), surroundings.lane.as_ref()].into_iter().flatten().any(|lane| lane.behind().is_some()) {
        surroundings.lane = Some(Arc::clone(&call.lane));
    }
    if let Some(theirs) = call.boundary.as_ref().filter(|theirs| theirs.leads_from(surroundings.boundary.as_deref())) {
        surroundings.boundary = Some(Arc::clone(theirs));
    }
    context.with_value(Arc::new(surroundings)).with_span(OtelSpan::new(Arc::clone(call)))
}

/// The thread's context with other surroundings.
pub(crate) fn with_surroundings(surroundings: Surroundings) -> Context {
    let above = Above::hidden(&Ambient::read());
    let context = local::has_context().then(Context::current).unwrap_or_default();
    context.with_value(Arc::new(Surroundings { above, ..surroundings }))
}

/// A context without a span, with these surroundings. Baggage and other values of the thread's stay.
pub(crate) fn detached(surroundings: Surroundings) -> Context {
    let mut context = snapshot().unwrap_or_default();
    if context.has_active_span() {
        // There is no other way to hide a span. Without one there must be none: samplers take this for a parent that is
        // not sampled, and drop the foreign spans below.
        context = context.with_remote_span_context(SpanContext::empty_context());
    }
    context.with_value(Arc::new(surroundings))
}

/// The thread's context, to be attached elsewhere.
pub(crate) fn snapshot() -> Option<Context> {
    let context = local::has_context().then(Context::current)?;
    let ambient = Ambient::read();
    let Some(above) = Above::hidden(&ambient) else { return Some(context) };
    let parent = ambient.parent();
    let surroundings = Surroundings { above: Some(above), ..Surroundings::inside(ambient.surroundings, parent) };
    Some(context.with_value(Arc::new(surroundings)))
}

/// Whether the thread's context has what is asked for.
pub(super) fn is_carrying(what: impl FnOnce(&Context) -> bool) -> bool {
    local::has_context() && Context::map_current(what)
}

/// A context that is the thread's until dropped.
pub(crate) struct Attached {
    guard: Option<ContextGuard>,
    beyond: Option<Arc<LiveCall>>,
    above_before: Above,
}

impl Attached {
    /// Attaches `context` where there is room. Without, `call` is remembered by us, so that what runs inside still finds
    /// its parent; only foreign spans do not see it.
    #[inline(always)]
    pub(crate) fn new(context: Context, call: Option<&Arc<LiveCall>>) -> Self {
        let above_before = ABOVE.replace(call.map_or_else(|| Above::within(&context), |call| call.above));
        if local::count_attached() {
            return Self { guard: Some(context.attach()), beyond: None, above_before };
        }
        let beyond = call.cloned();
        if let Some(call) = &beyond {
            local::push_beyond(Arc::clone(call));
        }
        Self { guard: None, beyond, above_before }
    }
}

impl Drop for Attached {
    #[inline]
    fn drop(&mut self) {
        ABOVE.set(self.above_before);
        if let Some(guard) = self.guard.take() {
            drop(guard);
            local::count_detached();
        } else if let Some(call) = &self.beyond {
            local::pop_beyond(call);
        }
    }
}
