//! Writes the return that is never taken, which tells the body what its `impl Trait` would have told it.
//!
//! A closure cannot declare an `impl Trait`. What the trait says would reach it only after it was compiled: too late for
//! `Vec::new()` to learn of what, and for its capture to be chosen.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use crate::follow::Follow;
use crate::model::Instrumented;

/// ```text
/// Input:  -> impl Trait<Item = T>
/// Output: hinted(match None { Some(ret) => return ret, absent => absent }, running)
/// ```
/// `running` as what returns that which the declared type says. The hint has no name of its own: clippy would take it for
/// a guard that is held for too long, where it may hold one.
///
/// Nothing where there is no `impl`, nor where something else is returned in its place, which names its `T` itself.
pub(super) fn closure(model: &Instrumented, running: TokenStream) -> TokenStream {
    told(model, running, "hinted")
}

/// As [`closure`], of what gives that in the end.
pub(super) fn future(model: &Instrumented, running: TokenStream) -> TokenStream {
    told(model, running, "hinted_future")
}

fn told(model: &Instrumented, running: TokenStream, by: &str) -> TokenStream {
    if !is_needed(model) {
        return running;
    }
    let (site, private) = (Span::mixed_site(), &model.private);
    let by = Ident::new(by, site);
    quote_spanned! {site=>
        #private::#by(
            match ::core::option::Option::None {
                ::core::option::Option::Some(__weave_ret) => return __weave_ret,
                __weave_absent => __weave_absent,
            },
            #running
        )
    }
}

fn is_needed(model: &Instrumented) -> bool {
    model.returns_opaque && !matches!(model.follow, Follow::Opaque(_))
}
