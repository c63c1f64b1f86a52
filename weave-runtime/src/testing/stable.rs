//! Calls with ids and times that are the same in each run.

use std::collections::HashMap;
use std::hash::Hash;

use crate::id::{CallId, TraceId};
use crate::record::{CallRecord, Timestamp};

/// Nanoseconds from one moment to the next.
const STEP: i64 = 1_000_000;

/// Numbers what is random, and counts moments in place of the clock. Expects calls in the order in which they started.
pub(super) fn stabilise(calls: &mut [CallRecord]) {
    let (mut ids, mut traces) = (Numbers::default(), Numbers::default());
    for call in calls.iter() {
        ids.number(call.id);
        traces.number(call.trace_id);
    }
    let moments = moments(calls);
    for (at, call) in calls.iter_mut().enumerate() {
        call.id = CallId::from_int(ids.number(call.id));
        call.trace_id = TraceId::from_int(traces.number(call.trace_id).into());
        for above in [&mut call.parent_id, &mut call.op_parent_id, &mut call.agent_parent_id] {
            // A foreign span is numbered after the calls.
            *above = above.map(|id| CallId::from_int(ids.number(id)));
        }
        if let Some(thread) = call.details.as_mut().and_then(|details| details.thread.as_mut()) {
            thread.turn = thread.turn.map(|id| CallId::from_int(ids.number(id)));
        }
        let facts = call.details.as_mut().and_then(|details| details.agent.as_mut());
        let invokers = facts.into_iter().flat_map(|facts| [facts.invoker.as_mut(), facts.invoking_op.as_mut()]);
        for invoker in invokers.flatten() {
            invoker.trace_id = TraceId::from_int(traces.number(invoker.trace_id).into());
            invoker.id = CallId::from_int(ids.number(invoker.id));
        }
        let moment = |is_end| Timestamp(moments.get(&(at, is_end)).copied().unwrap_or_default());
        call.started_at = moment(false);
        call.ended_at = call.ended_at.map(|_| moment(true));
        let started_at = call.started_at();
        for event in call.details.iter_mut().flat_map(|details| &mut details.events) {
            event.at = started_at;
        }
    }
}

/// When each call started and ended, counted in steps.
fn moments(calls: &[CallRecord]) -> HashMap<(usize, bool), i64> {
    let mut moments: Vec<(Timestamp, bool, usize)> = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        moments.push((call.started_at, false, at));
        moments.extend(call.ended_at.map(|ended_at| (ended_at, true, at)));
    }
    moments.sort_unstable();
    let steps = moments.into_iter().zip(1..);
    steps.map(|((_, is_end, at), step)| ((at, is_end), step * STEP)).collect()
}

/// Numbers in the order of asking, from one.
struct Numbers<T>(HashMap<T, u64>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash> Numbers<T> {
    fn number(&mut self, of: T) -> u64 {
        let next = self.0.len() as u64 + 1;
        *self.0.entry(of).or_insert(next)
    }
}
