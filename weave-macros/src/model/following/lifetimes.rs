//! Finds the boxes that cannot be replaced, because nothing says how long what they give lives.
//!
//! ```text
//! fn boxed<'a, T, F: Future<Output = T> + 'a>(future: F) -> Pin<Box<dyn Future<Output = T> + 'a>>
//! ```
//! is sound without `T: 'a`, as long as what is in the box does not mention `T`. Ours would. Types show nothing of
//! lifetimes to a macro, and an alias not even the box, so this is judged by the bounds alone; where it is wrong, a call that
//! returns a box ends at the return.

use quote::ToTokens;
use syn::{FnArg, GenericParam, TypeParam, TypeParamBound, WherePredicate};

use crate::func::{Func, mentions};

/// Whether the return type, if it is a box, may be one of something that gives a `T` without a lifetime known for that.
pub(super) fn may_fail(func: &Func) -> bool {
    let output = func.output.to_token_stream();
    // An `impl Trait` names what it captures by itself.
    if mentions(output.clone(), "impl") {
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
