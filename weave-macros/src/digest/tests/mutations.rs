//! Changes of one token: each gives another digest.

use proc_macro2::{Delimiter, Group, Ident, Punct, Span, TokenStream, TokenTree};

use super::repository::all;
use crate::digest::normal::normal;
use crate::digest::without_docs;

#[test]
fn every_other_token_is_another_digest() {
    each_mutation(&|tree| match tree {
        TokenTree::Ident(ident) => Some(vec![Ident::new("an_other", ident.span()).into()]),
        TokenTree::Literal(_) => Some(vec![Ident::new("an_other", Span::call_site()).into()]),
        TokenTree::Punct(punct) => Some(vec![Punct::new('~', punct.spacing()).into()]),
        TokenTree::Group(group) => Some(vec![
            Group::new(
                match group.delimiter() {
                    Delimiter::Parenthesis => Delimiter::Bracket,
                    _ => Delimiter::Parenthesis,
                },
                group.stream(),
            )
            .into(),
        ]),
    });
}

#[test]
fn every_token_that_is_missing_is_another_digest() {
    each_mutation(&|tree| (!is_formatting(tree)).then(Vec::new));
}

#[test]
fn every_token_that_is_added_is_another_digest() {
    each_mutation(&|tree| Some(vec![tree.clone(), Ident::new("one_more", Span::call_site()).into()]));
    each_mutation(&|tree| (!is_formatting(tree)).then(|| vec![tree.clone(), tree.clone()]));
}

/// What formatting adds and takes away, in some places: the cases tell which.
fn is_formatting(tree: &TokenTree) -> bool {
    [',', ';', '|'].iter().any(|sign| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == *sign))
        || matches!(tree, TokenTree::Group(_))
}

/// Compares each function of the repository with what it is after one of its tokens was changed.
fn each_mutation(change: &dyn Fn(&TokenTree) -> Option<Vec<TokenTree>>) {
    for (index, function) in all().into_iter().enumerate() {
        let tokens = deep(&function.tokens);
        let before = normal(tokens.clone());
        // Each change costs as much as the function is long: of long ones some tokens, of each function others.
        let stride = 1 + before.len() / 12;
        for at in (index % stride..).step_by(stride) {
            let mut countdown = at;
            let Some(changed) = with_change(tokens.clone(), &mut countdown, change) else { break };
            let Some((token, changed)) = changed else { continue };
            assert_ne!(normal(changed), before, "{token} of {}", function.name);
        }
    }
}

/// Without docs, at any depth.
fn deep(tokens: &TokenStream) -> TokenStream {
    let deepen = |tree| match tree {
        TokenTree::Group(group) => Group::new(group.delimiter(), deep(&group.stream())).into(),
        tree => tree,
    };
    without_docs(tokens).into_iter().map(deepen).collect()
}

/// The tokens with the one changed that the countdown leads to; `None` past the last of them, and `Some(None)` where there
/// is no change to make.
fn with_change(
    tokens: TokenStream,
    countdown: &mut usize,
    change: &dyn Fn(&TokenTree) -> Option<Vec<TokenTree>>,
) -> Option<Option<(String, TokenStream)>> {
    let mut before: Vec<TokenTree> = Vec::new();
    let mut rest = tokens.into_iter();
    while let Some(tree) = rest.next() {
        if *countdown == 0 {
            // The `C` of an `extern "C"` may be left out, and `vec!` has any delimiters.
            if before.last().is_some_and(|before| before.to_string() == "extern") {
                return Some(None);
            }
            if before.len() > 1 && before[before.len() - 2].to_string() == "vec" {
                return Some(None);
            }
            let Some(changed) = change(&tree) else { return Some(None) };
            let token = tree.to_string();
            return Some(Some((token, before.into_iter().chain(changed).chain(rest).collect())));
        }
        *countdown -= 1;
        if let TokenTree::Group(group) = &tree
            && let Some(changed) = with_change(group.stream(), countdown, change)
        {
            let inside = |(token, inner)| {
                let group = TokenTree::from(Group::new(group.delimiter(), inner));
                (token, before.into_iter().chain([group]).chain(rest).collect())
            };
            return Some(changed.map(inside));
        }
        before.push(tree);
    }
    None
}
