//! Goes through a tree from top to bottom, knowing the guides that lead to each call.

use super::CallTree;
use crate::record::CallRecord;

/// Depth first and without recursion, since a tree may be deeper than the stack is.
pub(super) struct Walk<'a> {
    tree: &'a CallTree,
    ahead: Vec<Step>,
    path: Vec<bool>,
}

struct Step {
    at: usize,
    depth: usize,
    more: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(tree: &'a CallTree) -> Self {
        let mut walk = Self { tree, ahead: Vec::new(), path: Vec::new() };
        walk.push(&tree.roots, 0);
        walk
    }

    /// The next call.
    pub(super) fn advance(&mut self) -> Option<&'a CallRecord> {
        let Step { at, depth, more } = self.ahead.pop()?;
        self.path.truncate(depth);
        self.path.push(more);
        self.push(&self.tree.children[at], depth + 1);
        self.tree.calls.get(at)
    }

    /// For the call last returned and those above it, the root first: whether siblings follow.
    pub(super) fn path(&self) -> &[bool] {
        &self.path
    }

    fn push(&mut self, siblings: &[usize], depth: usize) {
        let steps = siblings.iter().enumerate().rev();
        self.ahead.extend(steps.map(|(nth, &at)| Step { at, depth, more: nth + 1 < siblings.len() }));
    }
}

/// The box lines before a call. At most `most` levels are drawn: the guides of 10,000 levels would be 30,000 columns on
/// every line. Those left out are the outer ones, and their number stands in their place.
pub(super) fn guides(path: &[bool], most: usize) -> String {
    let left_out = path.len().saturating_sub(most);
    let mut guides = if left_out > 0 { format!("…{left_out} ") } else { String::new() };
    if let Some((own, above)) = path[left_out..].split_last() {
        guides.extend(above.iter().map(|&more| if more { "│  " } else { "   " }));
        guides.push_str(if *own { "├─ " } else { "└─ " });
    }
    guides
}
