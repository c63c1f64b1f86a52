//! A handle on a call: its ids, and what may still be changed about it.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::trace::SpanContext;
use serde::Serialize;
use serde_json::{Map, Value};

use super::call::LiveCall;
use super::context::{self, Ambient, Attached};
use super::global;
use super::in_context::InContext;
use super::innermost::innermost;
use super::json;
use super::lane::Lane;
use super::manual::OpenCall;
use super::scope::{Surroundings, Watch};
use super::start;
use crate::id::{CallId, TraceId};
use crate::record::Event;

/// A handle on a call, from [`current_call`] or [`call`]. Cheap to clone, and may be sent anywhere.
///
/// Where nothing is recorded it is empty: its ids are `None`, and setting something does nothing. A call that has ended
/// cannot be changed any more either.
///
/// ```
/// #[weave::op]
/// fn answer(question: &str) -> String {
///     let call = weave::current_call();
///     call.set_display_name(format!("answer: {question}"));
///     call.merge_summary("confidence", 0.9);
///     "42".to_owned()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| answer("meaning"));
/// let calls = recorder.calls();
/// assert_eq!(calls[0].display_name(), Some("answer: meaning"));
/// assert_eq!(calls[0].summary()["confidence"], 0.9);
///
/// assert_eq!(weave::current_call().id(), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Call(Option<Arc<LiveCall>>);

impl Call {
    pub(super) fn new(call: Option<Arc<LiveCall>>) -> Self {
        Self(call)
    }

    /// The call, where it is more than a mark that nothing is recorded.
    fn recorded(&self) -> Option<&Arc<LiveCall>> {
        self.0.as_ref().filter(|call| call.is_recorded())
    }

    /// The call's id; `None` where nothing is recorded.
    #[must_use]
    pub fn id(&self) -> Option<CallId> {
        self.recorded().map(|call| call.id())
    }

    /// The id that all calls below one root share.
    #[must_use]
    pub fn trace_id(&self) -> Option<TraceId> {
        self.recorded().map(|call| call.trace_id())
    }

    /// The name of the op.
    #[must_use]
    pub fn op_name(&self) -> Option<&str> {
        self.recorded().map(|call| &*call.op.name)
    }

    /// The thread of conversation that the call is part of. See [`Scope::thread`](crate::Scope::thread).
    ///
    /// ```
    /// #[weave::op]
    /// fn answer() -> Option<String> {
    ///     weave::current_call().thread_id().map(str::to_owned)
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// let id = recorder.run(|| weave::scope().thread("chat-7").run(answer));
    /// assert_eq!(id.as_deref(), Some("chat-7"));
    /// ```
    #[must_use]
    pub fn thread_id(&self) -> Option<&str> {
        self.recorded()?.boundary.as_ref()?.thread.as_deref()
    }

    /// The call that began the turn of its thread that this one is part of.
    #[must_use]
    pub fn turn_id(&self) -> Option<CallId> {
        self.recorded()?.boundary.as_ref()?.in_thread()?.turn
    }

    /// What OpenTelemetry knows the call by.
    pub(crate) fn span(&self) -> Option<&SpanContext> {
        self.recorded().map(|call| &call.span)
    }

    /// Whether the call is open, so that what is set on it is recorded.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.0.as_ref().is_some_and(|call| call.is_open())
    }

    /// Names this one call, in place of the name that its op or scope gave. Cut to 1,024 characters.
    ///
    /// ```
    /// #[weave::op]
    /// fn answer(user: &str) -> usize {
    ///     weave::current_call().set_display_name(format!("answer to {user}"));
    ///     user.len()
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| answer("Ada"));
    /// assert_eq!(recorder.tree().outline(), r#"[answer to Ada] answer(user: "Ada") -> 3"#);
    /// ```
    pub fn set_display_name(&self, name: impl Into<String>) {
        if let Some(call) = self.recorded() {
            call.set_display_name(name.into());
        }
    }

    /// Sets an attribute of the span, replacing one with this key.
    ///
    /// [`CallRecord::attributes`](crate::CallRecord::attributes) are frozen when a call starts (give them by
    /// `attributes(..)` on the annotation or by [`scope`](crate::scope)); these are kept beside them, in
    /// [`CallRecord::span_attributes`](crate::CallRecord::span_attributes). At most 1,024 per call.
    ///
    /// ```
    /// #[weave::op]
    /// fn look_up(key: &str) -> usize {
    ///     weave::current_call().set_attribute("cache", "hit");
    ///     key.len()
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(|| look_up("a"));
    /// assert_eq!(recorder.calls()[0].span_attributes()["cache"], "hit");
    /// ```
    pub fn set_attribute(&self, key: impl Into<String>, value: impl Serialize) {
        if let Some(call) = self.recorded() {
            call.set_span_attribute(key.into(), to_value(call, &value));
        }
    }

    /// Adds a value to the call's summary. Objects are merged at every depth, anything else replaces what was there.
    pub fn merge_summary(&self, key: impl Into<String>, value: impl Serialize) {
        if let Some(call) = self.recorded() {
            call.merge_summary(key.into(), to_value(call, &value));
        }
    }

    /// Notes that something happened now. `attributes` becomes an object; anything else is kept under `value`. At most
    /// 1,024 per call.
    ///
    /// ```
    /// #[weave::op]
    /// fn fetch() {
    ///     weave::current_call().add_event("retry", serde_json::json!({ "attempt": 2 }));
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(fetch);
    /// let calls = recorder.calls();
    /// let event = &calls[0].events()[0];
    /// assert_eq!((event.name.as_str(), &event.attributes["attempt"]), ("retry", &2.into()));
    /// ```
    pub fn add_event(&self, name: impl Into<String>, attributes: impl Serialize) {
        if let Some(call) = self.recorded() {
            let attributes = match to_value(call, &attributes) {
                Value::Object(attributes) => attributes,
                Value::Null => Map::new(),
                other => Map::from_iter([("value".to_owned(), other)]),
            };
            call.add_event(Event { name: name.into(), at: SystemTime::now(), attributes });
        }
    }

    /// Starts a manual call below this one, wherever the code that starts it runs. See
    /// [`start_call`](crate::start_call).
    pub fn start_call(&self, op: impl Into<String>) -> OpenCall {
        match &self.0 {
            Some(parent) => OpenCall::below(parent, op.into()),
            None => OpenCall::off(),
        }
    }

    /// Runs `body` with this call as the current one, so that calls inside are its children. The call stays open.
    pub fn in_scope<R>(&self, body: impl FnOnce() -> R) -> R {
        let _attached = self.0.as_ref().map(|call| Attached::new(context_of(call), Some(call)));
        body()
    }
}

/// The thread's context with `call` in it, wherever that was started.
pub(super) fn context_of(call: &Arc<LiveCall>) -> opentelemetry::Context {
    let _followed = follow(call);
    context::with_call(call)
}

/// Makes calls go where `call` went, until dropped, when here they would go elsewhere or nowhere: a handle may be used on
/// a thread that knows nothing of the test that records the call, nor of the conversation that it is part of.
pub(super) fn follow(call: &LiveCall) -> Option<Attached> {
    let ambient = start::ambient()?;
    let lane = start::lane_in(&ambient);
    let goes_there = |lane: Arc<Lane>| {
        // Two threads' lanes are as good as one; the lane of a trace that is held is for that trace alone.
        let is_shared = lane.behind().is_none() && call.lane.behind().is_none();
        Arc::ptr_eq(&lane, &call.lane) || is_shared && Arc::ptr_eq(&lane.recorder, &call.lane.recorder)
    };
    let leads_astray = !lane.is_some_and(goes_there);
    let outer = ambient.surroundings.clone();
    let here = outer.as_ref().and_then(|outer| outer.boundary.as_deref());
    let boundary = call.boundary.as_ref().filter(|theirs| theirs.leads_from(here)).cloned();
    let agents = call.agents.get();
    let is_elsewhere =
        agents.map(Arc::as_ptr) != outer.as_ref().and_then(|outer| outer.agents.as_ref()).map(Arc::as_ptr);
    if !leads_astray && boundary.is_none() && !is_elsewhere {
        return None;
    }
    let mut surroundings = Surroundings::inside(outer, ambient.parent());
    if leads_astray {
        surroundings.lane = Some(Arc::clone(&call.lane));
    }
    if boundary.is_some() {
        surroundings.boundary = boundary;
    }
    surroundings.agents = agents.cloned();
    Some(Attached::new(context::with_surroundings(surroundings), None))
}

/// Any value as JSON, bounded and harmless as captured ones are.
pub(super) fn to_value(call: &LiveCall, value: &impl Serialize) -> Value {
    json::bounded(value, &call.lane.recorder.bounds.attribute)
}

/// The call that this code runs in, also inside of foreign spans in it. Empty outside of any, and where nothing is recorded.
///
/// ```
/// #[weave::op]
/// fn outer() -> Option<weave::CallId> {
///     weave::current_call().id()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// let id = recorder.run(outer);
/// assert_eq!(id, Some(recorder.calls()[0].id()));
/// ```
#[must_use]
pub fn current_call() -> Call {
    if global::has_listeners() { Call(innermost()) } else { Call(None) }
}

/// Runs `body` and returns, with its result, the last call that was opened directly inside.
///
/// The call comes also when it failed, and is empty when none was recorded. Of `outer(inner(x))` it is that of `outer`;
/// calls that `outer` made are not directly inside.
///
/// ```
/// #[weave::op]
/// fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// let (result, call) = recorder.run(|| weave::call(|| double(21)));
/// assert_eq!(result, 42);
/// assert_eq!(call.op_name(), Some("double"));
/// ```
pub fn call<R>(body: impl FnOnce() -> R) -> (R, Call) {
    let Some((context, watch)) = watch() else { return (body(), Call(None)) };
    let attached = Attached::new(context, None);
    let result = body();
    drop(attached);
    (result, Call(watch.seen()))
}

/// As [`call`], around a future.
///
/// ```
/// #[weave::op]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # futures::executor::block_on(async {
/// let recorder = weave::testing::Recorder::new();
/// let (result, call) = recorder.wrap(weave::call_async(double(21))).await;
/// assert_eq!((result, call.op_name()), (42, Some("double")));
/// # });
/// ```
pub async fn call_async<F: Future>(future: F) -> (F::Output, Call) {
    let Some((context, watch)) = watch() else { return (future.await, Call(None)) };
    let result = InContext::new(Some(context), future).await;
    (result, Call(watch.seen()))
}

fn watch() -> Option<(opentelemetry::Context, Arc<Watch>)> {
    if !global::has_listeners() {
        return None;
    }
    let ambient = Ambient::read();
    let parent = ambient.parent();
    let watch = Arc::new(Watch::default());
    let watched = Some(Arc::downgrade(&watch));
    let surroundings = Surroundings { watched, ..Surroundings::inside(ambient.surroundings, parent) };
    Some((context::with_surroundings(surroundings), watch))
}
