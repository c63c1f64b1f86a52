//! The calls of agents out of a tree, past the ops and foreign spans in between.

use crate::record::{CallRecord, Kind};
use crate::tree::CallTree;

/// The calls of agents that are nearest below a call, from top to bottom.
pub(super) fn below<'a>(tree: &'a CallTree, call: &CallRecord) -> Vec<&'a CallRecord> {
    nearest(tree, tree.children(call.id()).collect())
}

/// The calls of agents that are below no other.
pub(super) fn roots(tree: &CallTree) -> Vec<&CallRecord> {
    nearest(tree, tree.roots().collect())
}

/// Without recursion: ops may be deeper than the stack is.
fn nearest<'a>(tree: &'a CallTree, mut ahead: Vec<&'a CallRecord>) -> Vec<&'a CallRecord> {
    ahead.reverse();
    let mut found = Vec::new();
    while let Some(call) = ahead.pop() {
        if call.kind().is_agent() {
            found.push(call);
        } else {
            let children: Vec<_> = tree.children(call.id()).collect();
            ahead.extend(children.into_iter().rev());
        }
    }
    found
}

/// All calls of one agent, from top to bottom: those of agents that work for it are theirs, but for where they begin.
pub(super) fn own<'a>(tree: &'a CallTree, tops: &[&'a CallRecord]) -> Vec<&'a CallRecord> {
    let mut ahead: Vec<&CallRecord> = tops.iter().rev().copied().collect();
    let mut found = Vec::new();
    while let Some(call) = ahead.pop() {
        found.push(call);
        if !is_agent(call) {
            ahead.extend(below(tree, call).into_iter().rev());
        }
    }
    found
}

/// Whether the call is the work of an agent as a whole.
pub(super) fn is_agent(call: &CallRecord) -> bool {
    matches!(call.kind(), Kind::Turn | Kind::SubAgent)
}
