//! What leads from calls to spans: Weave keeps ops and the spans of agents in two stores, and parents each within its own.

#[cfg(test)]
mod tests;

use crate::id::{CallId, TraceId};
use crate::record::{CallRecord, Kind};

/// The parent of a span among the spans: the foreign span that it is directly in, else the nearest of an agent.
pub(super) fn span_parent(call: &CallRecord) -> Option<CallId> {
    foreign_parent(call).or(call.agent_parent_id())
}

/// The span that an op was called in, which its call says in `attributes.weave.invoking_span`.
pub(super) fn invoking_span(call: &CallRecord) -> Option<(TraceId, CallId)> {
    let is_op = call.kind() == Kind::Op;
    span_parent(call).filter(|_| is_op).map(|span| (call.trace_id(), span))
}

/// What the call is directly in, where that is no call of ours in this process.
fn foreign_parent(call: &CallRecord) -> Option<CallId> {
    let ours = [call.op_parent_id(), call.agent_parent_id()];
    call.parent_id().filter(|parent| !ours.contains(&Some(*parent)))
}
