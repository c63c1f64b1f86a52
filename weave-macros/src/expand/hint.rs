//! Writes the return that is never taken, which tells the body what its `impl Trait` would have told it.
//!
//! A closure cannot declare an `impl Trait`. What the trait says would reach it only after it was compiled: too late for
//! `Vec::new()` to learn of what, and for its capture to be chosen.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::follow::Follow;
use crate::model::Instrumented;

/// ```text
/// Input:  -> impl Trait<Item = T>
/// Output: let hint = None;
///         if let Some(ret) = hint { return ret; }
/// ```
/// Nothing where there is no `impl`, nor where something else is returned in its place, which names its `T` itself.
pub(super) fn statement(model: &Instrumented) -> Option<TokenStream> {
    is_needed(model).then(|| {
        quote_spanned! {Span::mixed_site()=>
            let __weave_hint = ::core::option::Option::None;
            if let ::core::option::Option::Some(__weave_ret) = __weave_hint { return __weave_ret; }
        }
    })
}

/// `running` as what returns that which the hint says.
pub(super) fn closure(model: &Instrumented, running: TokenStream) -> TokenStream {
    let private = &model.private;
    if is_needed(model) {
        quote_spanned!(Span::mixed_site()=> #private::hinted(__weave_hint, #running))
    } else {
        running
    }
}

/// `running` as what gives, in the end, that which the hint says.
pub(super) fn future(model: &Instrumented, running: TokenStream) -> TokenStream {
    let private = &model.private;
    if is_needed(model) {
        quote_spanned!(Span::mixed_site()=> #private::hinted_future(__weave_hint, #running))
    } else {
        running
    }
}

fn is_needed(model: &Instrumented) -> bool {
    model.returns_opaque && !matches!(model.follow, Follow::Opaque(_))
}
