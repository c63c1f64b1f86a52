//! What leads from calls to spans: Weave keeps ops and the spans of agents in two stores, and parents each within its own.

use crate::id::{CallId, TraceId};
use crate::record::{CallRecord, Kind};

/// The parent of a span among the spans: the foreign span that it is directly in, else the nearest of an agent.
pub(super) fn span_parent(call: &CallRecord) -> Option<CallId> {
    foreign_parent(call).or(call.agent_parent_id())
}

/// The span that an op was called in, which its call says in `attributes.weave.invoking_span`.
#[allow(dead_code, reason = "calls are under way")]
pub(super) fn invoking_span(call: &CallRecord) -> Option<(TraceId, CallId)> {
    let is_op = call.kind() == Kind::Op;
    span_parent(call).filter(|_| is_op).map(|span| (call.trace_id(), span))
}

/// What the call is directly in, where that is no call of ours in this process.
fn foreign_parent(call: &CallRecord) -> Option<CallId> {
    let ours = [call.op_parent_id(), call.agent_parent_id()];
    call.parent_id().filter(|parent| !ours.contains(&Some(*parent)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::Sample;

    fn id(id: u64) -> Option<CallId> {
        Some(CallId::from_int(id))
    }

    #[test]
    fn an_op_was_called_in_the_nearest_span_past_other_ops() {
        let spans = [
            (Sample::new(9, "f"), None),
            (Sample::new(9, "f").below(1), None),
            (Sample::new(9, "f").nearest(None, Some(2)), id(2)),
            (Sample::new(9, "f").below(1).nearest(Some(1), Some(2)), id(2)),
            (Sample::new(9, "f").below_foreign(3), id(3)),
            (Sample::new(9, "f").below_foreign(3).nearest(Some(1), Some(2)), id(3)),
        ];
        for (sample, expected) in spans {
            let call = sample.call();
            assert_eq!(invoking_span(&call), expected.map(|id| (call.trace_id(), id)), "{call:?}");
        }
    }

    #[test]
    fn a_span_is_below_the_nearest_span() {
        let span = Sample::new(9, "s").kind(Kind::Llm).below(1).nearest(Some(1), Some(2)).call();
        assert_eq!((span_parent(&span), invoking_span(&span)), (id(2), None));
    }
}
