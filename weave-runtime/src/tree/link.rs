//! Finds the parent of each call among the others.

use std::collections::HashMap;

use crate::id::CallId;
use crate::record::CallRecord;

/// Positions of calls, in the order in which they are shown.
pub(super) struct Links {
    pub(super) roots: Vec<usize>,
    pub(super) children: Vec<Vec<usize>>,
}

/// Links calls that are already in their order and whose ids are unique.
pub(super) fn link(calls: &[CallRecord], index: &HashMap<CallId, usize>) -> Links {
    let mut parents: Vec<Option<usize>> = calls.iter().map(|call| parent(call, calls, index)).collect();
    break_circles(&mut parents);
    let mut links = Links { roots: Vec::new(), children: vec![Vec::new(); calls.len()] };
    for (at, parent) in parents.into_iter().enumerate() {
        match parent {
            Some(parent) => links.children[parent].push(at),
            None => links.roots.push(at),
        }
    }
    links
}

/// The calls of which one has to be shown before `call` can be placed below it; none for a root of this process.
///
/// The parent may be a span that is not ours: of another process, or of an instrumentation whose spans we never see.
/// So it counts only when it is known to be ours; else the nearest of ours above it do.
#[cfg(feature = "console")]
pub(crate) fn awaited(call: &CallRecord) -> impl Iterator<Item = CallId> {
    let ours = [call.op_parent_id, call.agent_parent_id];
    let known = call.parent_id.is_some() && ours.contains(&call.parent_id);
    let (first, second) = if known { (call.parent_id, None) } else { (ours[0], ours[1]) };
    let first = first.or_else(|| invoker(call));
    first.into_iter().chain(second.filter(|id| first != Some(*id)))
}

fn parent(call: &CallRecord, calls: &[CallRecord], index: &HashMap<CallId, usize>) -> Option<usize> {
    let find = |id: Option<CallId>| index.get(&id?).copied();
    if let Some(parent) = find(call.parent_id) {
        return Some(parent);
    }
    match (find(call.op_parent_id), find(call.agent_parent_id)) {
        // Of the two the lower is nearer: an agent span below the nearest op has that as its own nearest op.
        (Some(_), Some(agent)) if calls[agent].op_parent_id == call.op_parent_id => Some(agent),
        (Some(op), _) => Some(op),
        (None, agent) => agent.or_else(|| find(invoker(call))),
    }
}

/// The call of another trace that a turn was started in.
fn invoker(call: &CallRecord) -> Option<CallId> {
    Some(call.facts()?.invoker?.id).filter(|_| call.parent_id.is_none())
}

/// Makes the first call of each circle of parents a root.
fn break_circles(parents: &mut [Option<usize>]) {
    const UNSEEN: usize = usize::MAX;
    let mut seen_from = vec![UNSEEN; parents.len()];
    for start in 0..parents.len() {
        let mut at = start;
        while seen_from[at] == UNSEEN {
            seen_from[at] = start;
            match parents[at] {
                Some(parent) => at = parent,
                None => break,
            }
        }
        if seen_from[at] == start && parents[at].is_some() {
            let first = first_of_circle(parents, at);
            parents[first] = None;
        }
    }
}

fn first_of_circle(parents: &[Option<usize>], member: usize) -> usize {
    let next = |at: &usize| parents[*at].filter(|parent| *parent != member);
    std::iter::successors(Some(member), next).min().unwrap_or(member)
}
