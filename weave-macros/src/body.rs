//! A function's body, which is carried and never parsed.
//!
//! Parsing it would lose the invisible groups that `macro_rules!` leaves behind, give its braces another edition, and
//! fail while it is still being typed.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::expectations;

/// The body's block, and the inner attributes (`#![..]`, `//!`) that must come first in whatever block replaces it.
pub(crate) struct Body {
    pub(crate) inner_attributes: TokenStream,
    pub(crate) block: Group,
}

impl Body {
    /// The body in `tree`, looking through the invisible group of a `$body:block`. `None` if it is no block.
    pub(crate) fn new(tree: &TokenTree) -> Option<Self> {
        let TokenTree::Group(group) = tree else { return None };
        match group.delimiter() {
            Delimiter::Brace => Some(Self::split(group)),
            Delimiter::None => {
                let mut inner = group.stream().into_iter();
                let only = inner.next()?;
                inner.next().is_none().then(|| Self::new(&only)).flatten()
            }
            Delimiter::Parenthesis | Delimiter::Bracket => None,
        }
    }

    /// The group is made anew only when attributes must leave it; it keeps its span, and so its edition.
    fn split(group: &Group) -> Self {
        let trees: Vec<TokenTree> = group.stream().into_iter().collect();
        let mut end = 0;
        while let [TokenTree::Punct(pound), TokenTree::Punct(bang), TokenTree::Group(attribute), ..] = &trees[end..]
            && pound.as_char() == '#'
            && bang.as_char() == '!'
            && attribute.delimiter() == Delimiter::Bracket
        {
            end += 3;
        }
        if end == 0 {
            return Self { inner_attributes: TokenStream::new(), block: group.clone() };
        }
        let mut trees = trees.into_iter();
        let inner_attributes = expectations::relax(trees.by_ref().take(end).collect());
        let mut block = Group::new(Delimiter::Brace, trees.collect());
        block.set_span(group.span());
        Self { inner_attributes, block }
    }
}
