//! Decides, from the declared return type, how the body is wrapped and what type it is held to.
//!
//! The arms of [`Shape`] are what `expand` can write. Whether the call goes on after the return is `follow`'s business.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{ReturnType, Type};

use crate::func::Func;

/// How the body is wrapped, and so when a call ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// The body runs in a closure: the call ends when it returns.
    Sync,
    /// The body runs in an async block: the call ends with the future.
    Async,
    /// The body stays in the function itself, so what it returns is not seen.
    ///
    /// A closure cannot be `#[track_caller]`, and hides from a returned closure literal the signature that its
    /// `impl Fn(..)` declares.
    Guard,
}

/// What the body is held to.
pub(crate) enum Returned {
    /// Nothing declared, or `()`.
    Unit,
    /// `!`, which has no place in a `let` or a type argument, and where it stands.
    Never(Span),
    /// A bare `impl Trait`, which leaves everything to inference.
    Opaque,
    /// Any other type, with `_` for each `impl Trait` in it.
    Type(TokenStream),
}

impl Shape {
    pub(crate) fn of(func: &Func) -> Self {
        if func.is_async {
            Self::Async
        } else if func.tracks_caller() || returns_closure(&func.output) {
            Self::Guard
        } else {
            Self::Sync
        }
    }
}

impl Returned {
    pub(crate) fn of(output: &ReturnType) -> Self {
        let ReturnType::Type(_, ty) = output else { return Self::Unit };
        match bare(ty) {
            Type::Never(never) => Self::Never(never.bang_token.span),
            Type::Tuple(tuple) if tuple.elems.is_empty() => Self::Unit,
            Type::ImplTrait(_) => Self::Opaque,
            _ => Self::Type(erase(ty.to_token_stream()).tokens),
        }
    }
}

/// A type without the invisible groups and parentheses around it.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        Type::Paren(paren) => bare(&paren.elem),
        other => other,
    }
}

fn returns_closure(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => false,
        ReturnType::Type(_, ty) => erase(ty.to_token_stream()).closure,
    }
}

/// Whether the name of a known future, or a name that says so, is at the head of a type, or it is a type parameter that
/// must be one. Only a hint: names can lie.
pub(crate) fn names_future(func: &Func) -> bool {
    let ReturnType::Type(_, ty) = &func.output else { return false };
    let by_bounds = |ty: &dyn ToTokens| idents(ty.to_token_stream()).any(|word| word.ends_with("Future"));
    match bare(ty) {
        Type::ImplTrait(ty) => by_bounds(ty),
        Type::Path(path) => path.path.segments.last().is_some_and(|last| match last.ident.to_string().as_str() {
            "Pin" | "Box" => by_bounds(&last.arguments),
            "JoinHandle" | "Ready" | "Receiver" | "Sleep" | "Task" => true,
            name => name.ends_with("Future") || name.ends_with("Fut") || must_be_future(func, name),
        }),
        _ => false,
    }
}

/// `name: Future`, here or in the where clause.
fn must_be_future(func: &Func, name: &str) -> bool {
    let parameters = func.generics.params.iter().map(ToTokens::to_token_stream);
    let clauses = func.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    parameters.chain(clauses.map(ToTokens::to_token_stream)).any(|bounded| {
        let first = bounded.clone().into_iter().next();
        matches!(first, Some(TokenTree::Ident(first)) if first == name)
            && idents(bounded).any(|word| word.ends_with("Future"))
    })
}

fn idents(tokens: TokenStream) -> impl Iterator<Item = String> {
    let mut pending: Vec<TokenTree> = tokens.into_iter().collect();
    std::iter::from_fn(move || {
        loop {
            match pending.pop()? {
                TokenTree::Ident(word) => return Some(word.to_string()),
                TokenTree::Group(group) => pending.extend(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    })
}

/// A type with its `impl Trait`s taken out.
#[derive(Default)]
pub(crate) struct Erased {
    pub(crate) tokens: TokenStream,
    /// Whether one of them was `impl Fn(..)` or its like.
    closure: bool,
}

/// ```text
/// Input:  Result<(impl Stream<Item = u8> + use<'a>, &'a str), Error>
/// Output: Result<(_, &'a str), Error>
/// ```
/// By tokens, because everything else in the type (macros, invisible groups) has to stay as it is.
pub(crate) fn erase(ty: TokenStream) -> Erased {
    let mut erased = Erased::default();
    let mut trees = ty.into_iter().peekable();
    let mut in_macro = false;
    while let Some(tree) = trees.next() {
        let of_macro =
            std::mem::replace(&mut in_macro, matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == '!'));
        match tree {
            TokenTree::Ident(word) if word == "impl" => {
                erased.tokens.extend(quote_spanned!(Span::mixed_site()=> _));
                erased.closure |= skip_bounds(&mut trees);
            }
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace => {
                let inner = erase(group.stream());
                erased.closure |= inner.closure;
                if is_lone_placeholder(&group, &inner) && !of_macro {
                    // `&(impl A + B)`, whose parentheses would now be one pair too many.
                    erased.tokens.extend(inner.tokens);
                    continue;
                }
                let mut kept = Group::new(group.delimiter(), inner.tokens);
                kept.set_span(group.span());
                erased.tokens.extend([TokenTree::Group(kept)]);
            }
            other => erased.tokens.extend([other]),
        }
    }
    erased
}

/// `(_)`, of which the user wrote an `impl`.
fn is_lone_placeholder(group: &Group, inner: &Erased) -> bool {
    group.delimiter() == Delimiter::Parenthesis
        && inner.tokens.to_string() == "_"
        && group.stream().to_string().starts_with("impl")
}

/// Passes over the bounds of an `impl`, up to the `,` or `>` that ends the type. Returns whether one is a closure's.
fn skip_bounds(trees: &mut std::iter::Peekable<proc_macro2::token_stream::IntoIter>) -> bool {
    let (mut depth, mut closure) = (0_u32, false);
    let (mut after_dash, mut after_callable) = (false, false);
    while let Some(tree) = trees.peek() {
        let punct = if let TokenTree::Punct(punct) = tree { punct.as_char() } else { ' ' };
        match punct {
            ',' | ';' | '>' if depth == 0 && !after_dash => break,
            '<' => depth += 1,
            '>' if !after_dash => depth -= 1,
            _ => {}
        }
        closure |= after_callable && depth == 0 && matches!(tree, TokenTree::Group(_));
        after_dash = punct == '-';
        after_callable = matches!(tree, TokenTree::Ident(word) if is_callable(&word.to_string()));
        trees.next();
    }
    closure
}

fn is_callable(name: &str) -> bool {
    matches!(name, "Fn" | "FnMut" | "FnOnce" | "AsyncFn" | "AsyncFnMut" | "AsyncFnOnce")
}

#[cfg(test)]
mod tests {
    use super::erase;

    #[test]
    fn every_impl_becomes_a_placeholder_and_closures_are_noticed() {
        let cases = [
            ("Vec < u8 >", "Vec < u8 >", false),
            ("impl Iterator < Item = Vec < u8 >> + use < 'a >", "_", false),
            ("Result < (impl Send , & 'a str) , E >", "Result < (_ , & 'a str) , E >", false),
            ("Box < dyn Fn (u8) -> u8 >", "Box < dyn Fn (u8) -> u8 >", false),
            ("Option < impl Fn (u8) -> Vec < u8 >>", "Option < _ >", true),
            ("impl for < 'a > FnMut (& 'a str) -> & 'a str", "_", true),
            ("impl Iterator < Item = Box < dyn Fn () >>", "_", false),
            ("& 'a (impl Send + ? Sized)", "& 'a _", false),
            ("ty ! (impl Send)", "ty ! (_)", false),
        ];
        for (ty, tokens, closure) in cases {
            let erased = erase(ty.parse().unwrap());
            let tokens: proc_macro2::TokenStream = tokens.parse::<proc_macro2::TokenStream>().unwrap();
            assert_eq!((erased.tokens.to_string(), erased.closure), (tokens.to_string(), closure), "{ty}");
        }
    }
}
