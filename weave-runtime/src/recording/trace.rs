//! The current trace: what a call may say of all that it is part of.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Map;

use super::call::LiveCall;
use super::global;
use super::handle::to_value;
use super::innermost::innermost;
use crate::id::TraceId;

/// A handle on the trace of the current call, from [`current_trace`]. Outside of any call, and where nothing is recorded,
/// it does nothing.
///
/// What it is given is kept with the call that was current, and merged when that has ended: the call that ends last is
/// right about a key.
#[derive(Clone, Debug, Default)]
pub struct Trace(Option<Arc<LiveCall>>);

impl Trace {
    /// The trace's id.
    #[must_use]
    pub fn id(&self) -> Option<TraceId> {
        self.0.as_ref().map(|call| call.trace_id())
    }

    /// Names the trace, in place of a name that it has.
    pub fn name(&self, name: impl Into<String>) -> &Self {
        if let Some(call) = &self.0 {
            let name = name.into();
            call.update_trace(|trace| trace.name = Some(name));
        }
        self
    }

    /// Adds a tag, if the trace does not have it yet. At most 1,024 per call.
    pub fn tag(&self, tag: impl Into<String>) -> &Self {
        if let Some(call) = &self.0 {
            let tag = tag.into();
            call.update_trace(|trace| trace.add_tag(tag));
        }
        self
    }

    /// Adds several tags, as [`tag`](Self::tag) does one.
    pub fn tags(&self, tags: impl IntoIterator<Item = impl Into<String>>) -> &Self {
        if self.0.is_some() {
            for tag in tags {
                self.tag(tag);
            }
        }
        self
    }

    /// Adds a value to the trace's metadata. Objects are merged at every depth, anything else replaces what was there. At
    /// most 1,024 keys per call.
    ///
    /// ```
    /// #[weave::op]
    /// fn answer() {
    ///     let trace = weave::current_trace();
    ///     trace.metadata("user", serde_json::json!({ "id": "u1" })).metadata("user", serde_json::json!({ "plan": "free" }));
    /// }
    ///
    /// let recorder = weave::testing::Recorder::new();
    /// recorder.run(answer);
    /// assert_eq!(recorder.traces()[0].metadata()["user"], serde_json::json!({ "id": "u1", "plan": "free" }));
    /// ```
    pub fn metadata(&self, key: impl Into<String>, value: impl Serialize) -> &Self {
        if let Some(call) = &self.0 {
            let addition = Map::from_iter([(key.into(), to_value(call, &value))]);
            call.update_trace(|trace| crate::value::merge(&mut trace.metadata, addition));
        }
        self
    }
}

/// The trace that this code runs in, to be given a name, tags and metadata. Empty outside of any call, and where nothing is
/// recorded.
///
/// ```
/// #[weave::op]
/// fn answer(user: &str) -> Option<weave::TraceId> {
///     weave::current_trace().tag("beta").metadata("user", user).id()
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// let id = recorder.run(|| answer("ada")).unwrap();
/// assert_eq!(recorder.trace(id).tags(), ["beta"]);
///
/// assert_eq!(weave::current_trace().tag("nothing happens").id(), None);
/// ```
#[must_use]
pub fn current_trace() -> Trace {
    if global::has_listeners() { Trace(innermost()) } else { Trace(None) }
}
