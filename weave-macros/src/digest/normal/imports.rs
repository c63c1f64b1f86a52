//! Imports inside a function, which formatting sorts, splits and joins.

use proc_macro2::Delimiter;

use crate::digest::tokens::{Token, prepare};

/// The `use` declarations that these tokens begin with, one line for each name that they bring in, sorted; and how many
/// tokens they are.
///
/// ```text
/// Input:  use b; pub use a::{d, c::{self, e}}; rest
/// Output: pub use a :: c :: e | pub use a :: c :: self | pub use a :: d | use b
/// ```
pub(super) fn take(tokens: &[Token]) -> Option<(usize, Vec<String>)> {
    let mut lines = Vec::new();
    let mut taken = 0;
    while let Some(end) = end(&tokens[taken..]) {
        let declaration = &tokens[taken..taken + end];
        let path = declaration.iter().position(|token| token.is_word("use"))? + 1;
        let before = super::text(&declaration[..path]);
        leaves(&before, &declaration[path..], &mut lines);
        taken += end + 1;
    }
    lines.sort();
    (taken > 0).then_some((taken, lines))
}

/// Where the semicolon is of the declaration that these tokens begin with.
fn end(tokens: &[Token]) -> Option<usize> {
    let mut at = 0;
    // Attributes and visibility.
    while tokens.get(at).is_some_and(|token| token.is_sign('#')) {
        at += 2;
    }
    if tokens.get(at).is_some_and(|token| token.is_word("pub")) {
        at += 1;
        at += usize::from(matches!(tokens.get(at), Some(Token::Group(_))));
    }
    tokens.get(at)?.is_word("use").then(|| tokens.iter().position(|token| token.is_sign(';'))).flatten()
}

/// One line for each name in a tree of imports.
fn leaves(before: &str, tree: &[Token], lines: &mut Vec<String>) {
    for branch in tree.split(|token| token.is_sign(',')).filter(|branch| !branch.is_empty()) {
        match branch {
            [path @ .., Token::Group(group)] if group.delimiter() == Delimiter::Brace => {
                let inner = prepare(group.stream());
                leaves(&format!("{before}{}", super::text(path)), &inner, lines);
            }
            path => lines.push(format!("{before}{}; ", super::text(path))),
        }
    }
}
