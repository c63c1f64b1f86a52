//! Finds the boxes that cannot be replaced, because nothing says how long what they give lives.
//!
//! ```text
//! fn boxed<'a, T, F: Future<Output = T> + 'a>(future: F) -> Pin<Box<dyn Future<Output = T> + 'a>>
//! ```
//! is sound without `T: 'a`, as long as what is in the box does not mention `T`. Ours would. Types show nothing of
//! lifetimes to a macro, so this is judged by spelling; where it is wrong, the call ends at the return.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericParam, TypeParam, TypeParamBound, WherePredicate};

use crate::func::{Func, mentions};

/// Whether the return type has a box of something that gives a `T` without a lifetime known for that.
pub(super) fn may_fail(func: &Func) -> bool {
    let output = func.output.to_token_stream();
    // An `impl Trait` names what it captures by itself.
    if mentions(output.clone(), "impl") || !may_be_boxed(output.clone()) {
        return false;
    }
    func.generics.params.iter().any(|param| match param {
        GenericParam::Type(param) => {
            mentions(output.clone(), &param.ident.to_string())
                && !has_lifetime(func, param)
                && !is_borrowed(func, param)
        }
        _ => false,
    })
}

/// `dyn` something, or a name with a lifetime, which may be an alias of that.
fn may_be_boxed(output: TokenStream) -> bool {
    output.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => word == "dyn" || word.to_string().starts_with("Box"),
        TokenTree::Punct(punct) => punct.as_char() == '\'',
        TokenTree::Group(group) => may_be_boxed(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

/// `T: 'a`, here or in the where clause.
fn has_lifetime(func: &Func, param: &TypeParam) -> bool {
    let mut further = func.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    param.bounds.iter().any(is_lifetime)
        || further.any(|predicate| match predicate {
            WherePredicate::Type(predicate) => {
                param.ident == predicate.bounded_ty.to_token_stream().to_string()
                    && predicate.bounds.iter().any(is_lifetime)
            }
            _ => false,
        })
}

fn is_lifetime(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Lifetime(_))
}

/// A reference to a `T` among the arguments says that `T` lives as long.
fn is_borrowed(func: &Func, param: &TypeParam) -> bool {
    func.params.iter().any(|argument| match argument {
        FnArg::Typed(argument) => {
            let ty = argument.ty.to_token_stream();
            mentions(ty.clone(), &param.ident.to_string()) && ty.to_string().contains('&')
        }
        FnArg::Receiver(_) => false,
    })
}
