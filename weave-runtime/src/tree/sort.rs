//! Orders siblings by what is recorded of them, whenever they started.

use super::CallTree;
use super::outline::push_call;

/// Orders roots and siblings by their lines in the outline; those with the same line by their children, in their order.
pub(super) fn sort(tree: &mut CallTree) {
    let levels = levels(tree);
    let mut ranks = vec![0; tree.calls.len()];
    // From the lowest level up, and by ranks among those of one level: the texts of whole subtrees would take memory by
    // the square of the depth.
    for level in levels.iter().rev() {
        let mut ranked: Vec<_> = level.iter().map(|&at| (key(tree, at, &ranks), at)).collect();
        ranked.sort();
        let mut rank = 0;
        for nth in 0..ranked.len() {
            if nth > 0 && ranked[nth].0 != ranked[nth - 1].0 {
                rank += 1;
            }
            ranks[ranked[nth].1] = rank;
        }
    }
    tree.roots.sort_by_key(|&at| ranks[at]);
}

/// The positions of all calls, those of one depth together, the roots first.
fn levels(tree: &CallTree) -> Vec<Vec<usize>> {
    let mut levels = Vec::new();
    let mut level = tree.roots.clone();
    while !level.is_empty() {
        let below = level.iter().flat_map(|&at| &tree.children[at]).copied().collect();
        levels.push(std::mem::replace(&mut level, below));
    }
    levels
}

/// Sorts the children of a call, whose ranks are known, and tells what it is compared by.
fn key(tree: &mut CallTree, at: usize, ranks: &[usize]) -> (String, Vec<usize>) {
    let children = &mut tree.children[at];
    children.sort_by_key(|&child| ranks[child]);
    let children = children.iter().map(|&child| ranks[child]).collect();
    let mut line = String::new();
    push_call(&tree.calls[at], &mut line);
    (line, children)
}
