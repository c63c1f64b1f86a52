//! Spans of other OpenTelemetry instrumentation, from their start to a draft.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceId as OtelTraceId};
use serde_json::{Map, Value};

use super::ancestry::Ancestry;
use super::context::Ambient;
use super::lane::Lane;
use super::local;
use super::start;
use super::turn::Boundary;
use crate::id::{CallId, MaybeCallId, TraceId};
use crate::record::{CallError, Draft, Event, Extra, Kind, OpRef, Status, Timestamp};
use crate::value::Limits;

/// Spans that are remembered at a time: of those that are started beyond, none becomes a record.
const MOST_OPEN: usize = 100_000;

/// The spans that have started and not ended. Nothing of theirs leads from their end back to their start.
static OPEN: Mutex<Option<HashMap<Id, Beginning>>> = Mutex::new(None);

/// How many there are, for those who need not wait to know that there is none.
static OPEN_COUNT: AtomicUsize = AtomicUsize::new(0);

/// Whether anybody ever was to see such spans.
static WATCHED: AtomicBool = AtomicBool::new(false);

type Id = (OtelTraceId, SpanId);

/// What is known of a foreign span from its start on.
pub(crate) struct Beginning {
    /// Where it is recorded.
    lane: Arc<Lane>,
    ancestry: Ancestry,
    scope_attributes: Option<Arc<Map<String, Value>>>,
    boundary: Option<Arc<Boundary>>,
    /// Who saw it start.
    source: usize,
}

/// A foreign span that has ended.
pub(crate) struct ForeignSpan {
    pub(crate) context: SpanContext,
    pub(crate) parent: SpanId,
    pub(crate) name: String,
    pub(crate) started: Timestamp,
    pub(crate) ended: Timestamp,
    pub(crate) error: Option<CallError>,
    pub(crate) attributes: Map<String, Value>,
    pub(crate) events: Vec<Event>,
}

/// Somebody is going to see foreign spans start.
pub(crate) fn watch() {
    WATCHED.store(true, Ordering::Relaxed);
}

/// Whether foreign spans may be seen: those who make things ready for them need not where nobody looks.
#[inline]
pub(super) fn is_watched() -> bool {
    WATCHED.load(Ordering::Relaxed)
}

/// Remembers a span that starts below `parent`, where recording is not held back there.
pub(crate) fn begin(span: &SpanContext, parent: &Context, source: usize) {
    if local::is_quiet() {
        return;
    }
    let ambient = Ambient::of(parent);
    let is_wanted =
        |lane: &Arc<Lane>| !ambient.is_held_back() && !ambient.ancestry.is_unsampled() && !lane.is_given_up();
    let Some(lane) = start::lane_in(&ambient).filter(is_wanted) else { return };
    let surroundings = ambient.surroundings.as_deref();
    let beginning = Beginning {
        lane,
        ancestry: ambient.ancestry,
        scope_attributes: surroundings.and_then(|surroundings| surroundings.attributes.clone()),
        boundary: surroundings.and_then(|surroundings| surroundings.boundary.clone()),
        source,
    };
    let mut open = open();
    let spans = open.get_or_insert_default();
    if spans.len() < MOST_OPEN {
        let displaced = spans.insert(id(span), beginning);
        OPEN_COUNT.store(spans.len(), Ordering::Relaxed);
        drop(open);
        drop(displaced);
    } else {
        drop(open);
        beginning.lane.drop_one();
    }
}

/// What is known of a span that ends. Once: the same span may be seen by several.
pub(crate) fn end(span: &SpanContext) -> Option<Beginning> {
    let mut open = open();
    let spans = open.as_mut()?;
    let beginning = spans.remove(&id(span))?;
    OPEN_COUNT.store(spans.len(), Ordering::Relaxed);
    Some(beginning)
}

/// Forgets the spans of a source that will see none end any more.
pub(crate) fn forget(source: usize) {
    let mut open = open();
    let Some(spans) = open.as_mut() else { return };
    let gone: Vec<_> = spans.extract_if(|_, beginning| beginning.source == source).collect();
    OPEN_COUNT.store(spans.len(), Ordering::Relaxed);
    drop(open);
    drop(gone);
}

/// What the calls directly below a foreign span have above them, if the span was seen to start.
pub(super) fn ancestry_below(span: &SpanContext) -> Option<Ancestry> {
    if OPEN_COUNT.load(Ordering::Relaxed) == 0 {
        return None;
    }
    open().as_ref()?.get(&id(span)).map(|beginning| beginning.ancestry)
}

impl Beginning {
    /// How much of a value is recorded.
    pub(crate) fn limits(&self) -> &Limits {
        &self.lane.recorder.bounds.attribute
    }

    /// Leaves the span for the collector, as a call that has ended.
    pub(crate) fn record(self, span: ForeignSpan) {
        let now = Instant::now();
        let extra = Extra {
            scope_attributes: self.scope_attributes,
            thread: self.boundary.and_then(|boundary| boundary.in_thread()),
            span_attributes: span.attributes,
            events: span.events,
            started_at: Some(span.started),
            ended_at: Some(span.ended),
            ..Extra::default()
        };
        let status = if span.error.is_some() { Status::Error } else { Status::Success };
        let extra = Box::new(Extra { error: span.error, ..extra });
        let weight = size_of::<Draft>() + extra.weight();
        self.lane.close(None, "", weight, || Draft {
            id: CallId::from_int(u64::from_be_bytes(span.context.span_id().to_bytes())),
            trace_id: TraceId::from_int(u128::from_be_bytes(span.context.trace_id().to_bytes())),
            parent_id: MaybeCallId::of(span.parent.to_bytes()),
            op_parent_id: self.ancestry.op,
            agent_parent_id: self.ancestry.agent,
            op: OpRef::named(Kind::Span, span.name),
            status,
            partial: false,
            agent_is_nearer: false,
            started: now,
            ended: Some(now),
            text: String::new(),
            copied: 0,
            inputs: 0,
            extra: Some(extra),
        });
        if self.lane.behind().is_some() {
            self.lane.conclude(weight, status == Status::Error);
        }
    }
}

fn id(span: &SpanContext) -> Id {
    (span.trace_id(), span.span_id())
}

fn open() -> MutexGuard<'static, Option<HashMap<Id, Beginning>>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}
