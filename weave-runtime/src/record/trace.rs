//! What a trace was given as a whole, beside its calls.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::CallRecord;
use crate::id::TraceId;
use crate::value::merge;

/// What one call said of its trace by [`current_trace`](crate::current_trace): see [`CallRecord::trace_update`].
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TraceUpdate {
    /// A name for the trace.
    pub name: Option<String>,
    /// Tags, each once, in the order in which they were given.
    pub tags: Vec<String>,
    /// Values by key.
    pub metadata: Map<String, Value>,
}

impl TraceUpdate {
    /// Takes in a later one: its tags are added, its metadata merged at every depth, and its name replaces the name.
    pub(crate) fn merge(&mut self, later: Self) {
        self.name = later.name.or(self.name.take());
        for tag in later.tags {
            self.add_tag(tag);
        }
        merge(&mut self.metadata, later.metadata);
    }

    pub(crate) fn add_tag(&mut self, tag: String) {
        if !self.tags.contains(&tag) {
            self.tags.push(tag);
        }
    }
}

/// A trace: all calls below one root, with the name, the tags and the metadata that they gave it.
///
/// The turn of a conversation begins a trace of its own. One that was started in an op of this trace is here with all its
/// calls, which keep their [`trace_id`](CallRecord::trace_id): a [`CallTree`](crate::CallTree) shows them below that op. What
/// they say of their trace is of theirs alone.
///
/// From [`Client::trace`](crate::Client::trace) or [`Recorder::trace`](crate::testing::Recorder::trace). Where several calls
/// say something of one key, the one that ended last is right. A [`CallTree`](crate::CallTree) can be made of it.
///
/// ```
/// #[weave::op]
/// fn answer(user: &str) {
///     weave::current_trace().name("support").tag("beta").metadata("user", user);
/// }
///
/// let recorder = weave::testing::Recorder::new();
/// recorder.run(|| answer("ada"));
/// let trace = &recorder.traces()[0];
/// assert_eq!((trace.name(), trace.tags(), &trace.metadata()["user"]), (Some("support"), &["beta".to_owned()][..], &"ada".into()));
/// assert_eq!(weave::CallTree::new(trace.calls().to_vec()).outline(), "answer(user: \"ada\")");
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct TraceRecord {
    id: TraceId,
    #[serde(flatten)]
    given: TraceUpdate,
    calls: Vec<CallRecord>,
}

impl TraceRecord {
    /// The trace out of calls of any, which are in the order in which they started.
    pub(crate) fn of(id: TraceId, mut calls: Vec<CallRecord>) -> Self {
        let mut ids = HashSet::from([id]);
        // Turns began after the calls that they were started in, but for the ticks of the clock.
        loop {
            let started_in = |call: &CallRecord| Some(call.facts()?.invoker?.trace_id);
            let before = ids.len();
            let linked = calls.iter().filter(|call| started_in(call).is_some_and(|id| ids.contains(&id)));
            let linked: Vec<TraceId> = linked.map(|call| call.trace_id).collect();
            ids.extend(linked);
            if ids.len() == before {
                break;
            }
        }
        calls.retain(|call| ids.contains(&call.trace_id));
        Self::new(id, calls)
    }

    /// The trace of these calls, which are in the order in which they started.
    pub(crate) fn new(id: TraceId, calls: Vec<CallRecord>) -> Self {
        let of_this = |call: &&CallRecord| call.trace_id == id && call.trace_update().is_some();
        let mut said: Vec<&CallRecord> = calls.iter().filter(of_this).collect();
        // What runs will end last.
        said.sort_by_key(|call| (call.ended_at.is_none(), call.ended_at, call.started_at, call.id));
        let mut given = TraceUpdate::default();
        for update in said.into_iter().filter_map(CallRecord::trace_update) {
            given.merge(update.clone());
        }
        Self { id, given, calls }
    }

    /// The id that the calls share.
    #[must_use]
    pub fn id(&self) -> TraceId {
        self.id
    }

    /// The name that the trace was given.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.given.name.as_deref()
    }

    /// The tags that the trace was given, each once.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.given.tags
    }

    /// The metadata that the trace was given.
    #[must_use]
    pub fn metadata(&self) -> &Map<String, Value> {
        &self.given.metadata
    }

    /// The calls in the order in which they started.
    #[must_use]
    pub fn calls(&self) -> &[CallRecord] {
        &self.calls
    }

    /// The number of calls.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether nothing was recorded of such a trace.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The calls in the order in which they started.
    pub fn iter(&self) -> std::slice::Iter<'_, CallRecord> {
        self.calls.iter()
    }
}

impl IntoIterator for TraceRecord {
    type Item = CallRecord;
    type IntoIter = std::vec::IntoIter<CallRecord>;

    fn into_iter(self) -> Self::IntoIter {
        self.calls.into_iter()
    }
}

impl<'a> IntoIterator for &'a TraceRecord {
    type Item = &'a CallRecord;
    type IntoIter = std::slice::Iter<'a, CallRecord>;

    fn into_iter(self) -> Self::IntoIter {
        self.calls.iter()
    }
}
