//! Imports inside a function, which formatting sorts, splits and joins.

use proc_macro2::{Delimiter, TokenTree};

use crate::digest::tokens::{is_ident, is_punct, prepare};

/// The `use` declarations that these tokens begin with, one line for each name that they bring in, sorted; and how many
/// tokens they are.
///
/// ```text
/// Input:  use b; pub use a::{d, c::{self, e}}; rest
/// Output: pub use a :: c :: e | pub use a :: c :: self | pub use a :: d | use b
/// ```
pub(super) fn take(trees: &[TokenTree]) -> Option<(usize, Vec<String>)> {
    let mut lines = Vec::new();
    let mut taken = 0;
    while let Some(end) = end(&trees[taken..]) {
        let declaration = &trees[taken..taken + end];
        let path = declaration.iter().position(|tree| is_ident(tree, "use"))? + 1;
        let before = super::text(&declaration[..path]);
        leaves(&before, &declaration[path..], &mut lines);
        taken += end + 1;
    }
    lines.sort();
    (taken > 0).then_some((taken, lines))
}

/// Where the semicolon is of the declaration that these tokens begin with.
fn end(trees: &[TokenTree]) -> Option<usize> {
    let mut at = 0;
    // Attributes and visibility.
    while let Some(TokenTree::Punct(pound)) = trees.get(at)
        && pound.as_char() == '#'
    {
        at += 2;
    }
    if trees.get(at).is_some_and(|tree| is_ident(tree, "pub")) {
        at += 1;
        at += usize::from(matches!(trees.get(at), Some(TokenTree::Group(_))));
    }
    is_ident(trees.get(at)?, "use").then(|| trees.iter().position(|tree| is_punct(tree, ';'))).flatten()
}

/// One line for each name in a tree of imports.
fn leaves(before: &str, tree: &[TokenTree], lines: &mut Vec<String>) {
    for branch in tree.split(|tree| is_punct(tree, ',')).filter(|branch| !branch.is_empty()) {
        match branch {
            [path @ .., TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => {
                let inner = prepare(group.stream());
                leaves(&format!("{before}{}", super::text(path)), &inner, lines);
            }
            path => lines.push(format!("{before}{}; ", super::text(path))),
        }
    }
}
