//! A call as it leaves the caller's thread: everything that can be worked out later is still to do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::{CallError, Event, InThread, OpRef, Status, Timestamp, TraceUpdate};
use crate::genai::Given;
use crate::genai::decode::Chunks;
use crate::id::{CallId, MaybeCallId, TraceId};
use crate::value::Holdings;

/// A record whose times, name, attributes and usage have not been worked out yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) id: CallId,
    pub(crate) trace_id: TraceId,
    pub(crate) parent_id: MaybeCallId,
    pub(crate) op_parent_id: MaybeCallId,
    pub(crate) agent_parent_id: MaybeCallId,
    pub(crate) op: OpRef,
    pub(crate) status: Status,
    pub(crate) partial: bool,
    /// Whether the agent above is nearer than the op.
    pub(crate) agent_is_nearer: bool,
    pub(crate) started: Instant,
    pub(crate) ended: Option<Instant>,
    /// Inputs and then output, as JSON, with the original behind it where there is one; empty while it lies in the batch.
    pub(crate) text: String,
    /// Bytes of the text that lie in the batch.
    pub(crate) copied: usize,
    /// How much of the text is inputs.
    pub(crate) inputs: usize,
    pub(crate) extra: Option<Box<Extra>>,
}

/// What a call was given beyond inputs and output.
#[derive(Clone, Default, Debug)]
pub(crate) struct Extra {
    pub(crate) display_name: Option<String>,
    /// Members of a JSON object as text, weakest first: the op's, then the call's own.
    pub(crate) op_attributes: String,
    pub(crate) call_attributes: String,
    /// What the scope gave to this call alone, weaker than the call's own.
    pub(crate) next_attributes: Map<String, Value>,
    pub(crate) scope_attributes: Option<Arc<Map<String, Value>>>,
    pub(crate) span_attributes: Map<String, Value>,
    pub(crate) summary: Map<String, Value>,
    pub(crate) events: Vec<Event>,
    pub(crate) error: Option<CallError>,
    /// Times that were given, in place of those that were measured.
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) thread: Option<InThread>,
    pub(crate) trace: Option<Box<TraceUpdate>>,
    /// What a span of an agent was given.
    pub(crate) agent: Option<Box<Given>>,
    /// Of the call of an agent that gave items.
    pub(crate) streamed: Option<Box<Streamed>>,
    /// How often something was not taken because the call had too much of it.
    pub(crate) ignored: u64,
    /// What goes beside inputs and output.
    pub(crate) contents: Holdings,
}

/// How the answer of an agent was streamed.
#[derive(Clone, Default, Debug)]
pub(crate) struct Streamed {
    /// From the start to the first item.
    pub(crate) first: Option<Duration>,
    /// Whether the output is the list of the items.
    pub(crate) is_list: bool,
    /// Of a long stream, what was put together of the items, in the place of an output.
    pub(crate) chunks: Option<Chunks>,
}

/// What stands between an output and its original. No JSON text has it.
pub(crate) const BEFORE_ORIGINAL: char = '\0';

impl Draft {
    /// Takes out the output as it was before the op reshaped it. Kept where that may tell tokens, or what
    /// a model answered, and never stored.
    pub(crate) fn take_original(&mut self) -> Option<String> {
        if !self.op.reshapes_output {
            return None;
        }
        let at = self.inputs + self.text.get(self.inputs..)?.find(BEFORE_ORIGINAL)?;
        let original = self.text.split_off(at + BEFORE_ORIGINAL.len_utf8());
        self.text.truncate(at);
        Some(original)
    }

    /// The nearest call above, of either family: in whose summary this one counts.
    pub(crate) fn nearest_id(&self) -> Option<CallId> {
        if self.agent_is_nearer { self.agent_parent_id.get() } else { self.op_parent_id.get() }
    }

    /// Bytes that the draft keeps in memory, near enough to bound a queue by.
    pub(crate) fn weight(&self) -> usize {
        let extra = self.extra.as_ref().map_or(0, |extra| extra.weight());
        size_of::<Self>() + self.text.capacity() + extra
    }
}

impl Extra {
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>()
            + self.op_attributes.capacity()
            + self.call_attributes.capacity()
            + self.display_name.as_ref().map_or(0, String::capacity)
            + self.error.as_ref().map_or(0, |error| error.kind.len() + error.message.len())
            + self
                .events
                .iter()
                .map(|event| size_of::<Event>() + event.name.len() + map_weight(&event.attributes))
                .sum::<usize>()
            + map_weight(&self.next_attributes)
            + map_weight(&self.span_attributes)
            + map_weight(&self.summary)
            + self.contents.weight()
            + self.trace.as_ref().map_or(0, |trace| trace_weight(trace))
            + self.agent.as_ref().map_or(0, |given| given.weight())
            + self.streamed.as_ref().map_or(0, |streamed| streamed.weight())
    }
}

impl Streamed {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.chunks.as_ref().map_or(0, Chunks::weight)
    }
}

fn trace_weight(trace: &TraceUpdate) -> usize {
    let tags = trace.tags.iter().map(|tag| size_of::<String>() + tag.len()).sum::<usize>();
    size_of::<TraceUpdate>() + trace.name.as_ref().map_or(0, String::len) + tags + map_weight(&trace.metadata)
}

fn map_weight(map: &Map<String, Value>) -> usize {
    map.iter().map(|(key, value)| key.len() + value_weight(value)).sum()
}

fn value_weight(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(value_weight).sum(),
            Value::Object(map) => map_weight(map),
            _ => 0,
        }
}
