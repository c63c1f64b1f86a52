//! Tells which names must stay the user's own, because an expression of the user's may refer to them.
//!
//! Every other is kept apart from the user's: clippy would see it shadowed by itself, or an `_` name used.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

/// The names that stay.
pub(super) struct Named<'a> {
    /// `capture(key = ..)` and `attributes(key = ..)`.
    pub(super) expressions: &'a TokenStream,
    /// Whether two parameters are spelled alike, so that none may change.
    pub(super) homonyms: bool,
}

impl Named<'_> {
    /// Whether a name has to be spelled and resolved as the user wrote it.
    pub(super) fn keeps(&self, ident: &Ident) -> bool {
        // `__weave_call` apart from the user's would be ours.
        self.homonyms || ident.to_string().starts_with("__") || self.mentions(ident)
    }

    /// Whether an expression may refer to it.
    pub(super) fn mentions(&self, ident: &Ident) -> bool {
        mentions(self.expressions.clone(), &ident.unraw().to_string())
    }
}

/// As a word, or in a text such as that of `format!("{name}")`.
pub(crate) fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => word.unraw() == name,
        TokenTree::Literal(literal) => literal.to_string().contains(name),
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Punct(_) => false,
    })
}
