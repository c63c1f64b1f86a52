//! Has arguments that options are about count as used, also where the options are not evaluated.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::model::Instrumented;

/// ```text
/// Input:  #[tool(call_id = id)]
/// Output: let _ = &id;
/// ```
pub(super) fn before(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let used = model.agents.used.iter().map(|(conditions, ident)| quote_spanned!(site=> #conditions let _ = &#ident;));
    used.collect()
}

/// The body. The arguments of an async-trait method are bound a second time there: `Box::pin(async move { let id = id; .. })`.
pub(super) fn block(model: &Instrumented) -> Group {
    let block = model.block();
    let is_boxed =
        block.stream().into_iter().next().is_some_and(|tree| matches!(tree, TokenTree::Ident(word) if word == "Box"));
    let used: Vec<&Ident> = model.agents.used.iter().map(|(_, ident)| ident).collect();
    if used.is_empty() || !is_boxed { block.clone() } else { with_uses(block, &used) }
}

/// ```text
/// Input:  let id = id;
/// Output: let id = id; let _ = &id;
/// ```
fn with_uses(group: &Group, used: &[&Ident]) -> Group {
    let mut trees: Vec<TokenTree> = Vec::new();
    for tree in group.stream() {
        let is_end = matches!(&tree, TokenTree::Punct(end) if end.as_char() == ';');
        let bound = if is_end { rebound(&trees).filter(|bound| used.contains(bound)).cloned() } else { None };
        trees.push(match tree {
            TokenTree::Group(inner) => TokenTree::Group(with_uses(&inner, used)),
            tree => tree,
        });
        trees.extend(bound.into_iter().flat_map(|bound| quote_spanned!(Span::mixed_site()=> let _ = &#bound;)));
    }
    let mut with = Group::new(group.delimiter(), trees.into_iter().collect());
    with.set_span(group.span());
    with
}

/// The name that the last of these tokens bind to itself.
fn rebound(trees: &[TokenTree]) -> Option<&Ident> {
    let (TokenTree::Ident(bound), TokenTree::Punct(equals), TokenTree::Ident(value)) =
        (trees.get(trees.len().checked_sub(3)?)?, trees.get(trees.len() - 2)?, trees.last()?)
    else {
        return None;
    };
    (equals.as_char() == '=' && bound == value).then_some(bound)
}
