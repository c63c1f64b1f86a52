//! Writes the closure that decides, when the body has returned, how the call goes on.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::capture;
use crate::args::Accumulate;
use crate::follow::{Around, Follow, Gives, Opaque};
use crate::kind::Kind;
use crate::model::Instrumented;

/// How a body is run, by the end of its name, and what is done with that which it returns.
pub(super) struct Conclusion {
    pub(super) suffix: &'static str,
    pub(super) closure: TokenStream,
}

/// Nothing for a function that never returns.
pub(super) fn conclusion(model: &Instrumented) -> Option<Conclusion> {
    Some(match &model.follow {
        Follow::Nothing => Conclusion { suffix: "", closure: capture::outcome(model)? },
        Follow::ByType if model.returns_future => Conclusion { suffix: "_then", closure: by_type_of_future(model) },
        Follow::ByType | Follow::Unboxed => Conclusion { suffix: "_then", closure: by_type(model) },
        Follow::Opaque(opaque) => Conclusion { suffix: "_into", closure: opaquely(model, opaque) },
    })
}

/// ```text
/// Input:  -> Alias
/// Output: |seat, ret| {
///             use ..;
///             let way = (&&&&Probe(&ret)).__weave_way();
///             return way.conclude(seat, ret, Listed, |ret, outcome| .., |error, outcome| ..);
///         }
/// ```
/// The first closure gets the value, or what it gives in the end or item by item; the second the `Err` in its place.
fn by_type(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let private = &model.private;
    let mode = mode(model, |at| quote_spanned!(at=> __weave_way.fold));
    let (given, error) = (capture::given(model), capture::error(model));
    let known = (!matches!(model.follow, Follow::Unboxed)).then(|| quote_spanned!(site=> WayKnown as _,));
    // What a function makes of the items may be what cannot be sent: that is told where the function was given.
    let conclude = match &model.accumulate {
        Some(Accumulate::Function(function)) => quote_spanned!(site.located_at(function.span())=> conclude),
        Some(Accumulate::Off) | None => quote_spanned!(site=> conclude),
    };
    quote_spanned! {site=>
        |__weave_seat, __weave_ret| {
            use #private::{WayFuture as _, WayIterator as _, #known WayStream as _, WayValue as _};
            let __weave_way = (&&&&#private::Probe(&__weave_ret)).__weave_way();
            return __weave_way.#conclude(__weave_seat, __weave_ret, #mode, #given, #error);
        }
    }
}

/// ```text
/// Input:  -> BoxFuture<'a, Alias>
/// Output: |seat, ret| { ..; return way.conclude_deep(seat, ret, |seat, ret| .., |error, outcome| ..); }
/// ```
/// What the future gives may be a stream in turn, as that of an async-trait method often is.
fn by_type_of_future(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let private = &model.private;
    let (then, error) = (by_type(model), capture::error(model));
    quote_spanned! {site=>
        |__weave_seat, __weave_ret| {
            use #private::{WayFuture as _, WayIterator as _, WayKnown as _, WayStream as _, WayValue as _};
            let __weave_way = (&&&&#private::Probe(&__weave_ret)).__weave_way();
            return __weave_way.conclude_deep(__weave_seat, __weave_ret, #then, #error);
        }
    }
}

/// ```text
/// Input:  -> impl Stream<Item = T> + 'a
/// Output: |seat, ret| { return follow_stream::<T, _, _, _>(seat, ret, Listed, |ret, outcome| ..); }
///
/// Input:  -> Result<impl Stream<Item = T>, E>
/// Output: |seat, ret| {
///             use ..;
///             return (&Probe(&ret)).__weave_carrier().carry(seat, ret, |seat, ret| .., |error, outcome| ..);
///         }
/// ```
/// The type is given so that the body finds out what the declared type would have told it. What is around the innermost
/// `impl` is asked whether it is a `Result` or an `Option`: it may be an alias of one, or a type that only looks like it.
fn opaquely(model: &Instrumented, opaque: &Opaque) -> TokenStream {
    let site = Span::mixed_site();
    let private = &model.private;
    let (given, ty) = (capture::given(model), &opaque.given);
    let mode = mode(model, |at| {
        let private = located_at(private.clone(), at);
        match opaque.gives {
            // What has no name is found out from that which came back.
            Gives::Stream if opaque.is_unnamed() => {
                quote_spanned!(at=> #private::of_stream::<#ty, _>(&__weave_ret).fold)
            }
            Gives::Iterator if opaque.is_unnamed() => {
                quote_spanned!(at=> #private::of_iterator::<#ty, _>(&__weave_ret).fold)
            }
            _ => quote_spanned!(at=> #private::fold::<#ty, _>),
        }
    });
    // A body that gives something else is told so where it stands; a function that does not fit it, where that was given.
    let there = site.located_at(match &model.accumulate {
        Some(Accumulate::Function(function)) => function.span(),
        Some(Accumulate::Off) | None => model.block().span(),
    });
    let follow = match opaque.gives {
        Gives::Future if opaque.deep => quote_spanned!(there=> follow_future_deep::<#ty, _, _>),
        Gives::Future => quote_spanned!(there=> follow_future::<#ty, _, _, _>),
        Gives::Stream => quote_spanned!(there=> follow_stream::<#ty, _, _, _>),
        Gives::Iterator => quote_spanned!(there=> follow_iterator::<#ty, _, _, _>),
    };
    let how = if opaque.deep { by_type(model) } else { quote_spanned!(site=> __weave_mode, #given) };
    // Before what came back is given away, which may have to be asked for its items.
    let mode = (!opaque.deep).then(|| quote_spanned!(site=> let __weave_mode = #mode;));
    let (door, returned) = (located_at(private.clone(), there), quote_spanned!(there=> __weave_ret));
    let followed = quote_spanned!(site=> #door::#follow(__weave_seat, #returned, #how));
    let follow = quote_spanned!(site=> |__weave_seat, __weave_ret| { #mode return #followed; });
    let error = capture::error(model);
    opaque.around.iter().rev().fold(follow, |inner, around| {
        let carry = match around {
            // Where it is not one there is nothing to accumulate, which an error is to say.
            Around::Perhaps if model.accumulate.is_none() => quote_spanned! {site=>
                use #private::{CarrierKnown as _, CarrierUnknown as _};
                return (&#private::Probe(&__weave_ret)).__weave_carrier().carry(__weave_seat, __weave_ret, #inner, #error);
            },
            _ => quote_spanned!(site=> return #private::carry(__weave_seat, __weave_ret, #inner, #error);),
        };
        quote_spanned!(site=> |__weave_seat, __weave_ret| { #carry })
    })
}

/// ```text
/// Input:  accumulate = path
/// Output: { use ..; let folder = fold(path); folder.check(); folder.__weave_mode() }
/// ```
/// What is recorded of the items. `fold` makes of a function what knows the items, at the place where it was asked for:
/// what does not fit is told there, and then left out, so that it is told once.
fn mode(model: &Instrumented, fold: impl FnOnce(Span) -> TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let private = &model.private;
    match &model.accumulate {
        Some(Accumulate::Function(function)) => {
            let at = site.located_at(function.span());
            let fold = fold(at);
            let folder = quote_spanned!(at=> #fold(#function));
            let check = quote_spanned!(at=> __weave_folder.check());
            let folding = quote_spanned! {site=>
                {
                    use #private::{FoldFits as _, FoldMisfits as _};
                    let __weave_folder = #folder;
                    #check;
                    __weave_folder.__weave_mode()
                }
            };
            if model.op.kind != Kind::Llm {
                return folding;
            }
            quote_spanned! {site=>
                {
                    use #private::{FoldTellsLlm as _, FoldTellsNothing as _};
                    let __weave_mode = #folding;
                    (&#private::Probe(&__weave_mode)).__weave_teller().of(__weave_mode)
                }
            }
        }
        Some(Accumulate::Off) => quote_spanned!(site=> #private::Uncollected),
        None if model.skip_output => quote_spanned!(site=> #private::Skipped),
        None => quote_spanned!(site=> #private::Listed),
    }
}

/// The same tokens with the same hygiene, at another place of the source.
pub(super) fn located_at(tokens: TokenStream, at: Span) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut tree| {
        tree.set_span(tree.span().located_at(at));
        tree
    });
    tokens.collect()
}
