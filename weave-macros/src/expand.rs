//! Writes the new function: the user's tokens, with a body that opens a call, runs the old body and closes the call.
//!
//! Every token made here carries `Span::mixed_site()`: locals cannot meet the user's, and blocks have the edition of
//! this crate, whose tail temporaries end before its locals. The user's own tokens keep their spans, the outermost
//! braces among them.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote_spanned};

use crate::expectations;
use crate::follow::Follow;
use crate::model::Instrumented;
use crate::returned::{Returned, Shape};

mod capture;
mod follow;
mod hint;
mod op;
mod used;

use follow::{Conclusion, located_at};

/// ```text
/// Input:  attributes vis qualifiers fn name<..>(params) -> Output where .. { body }
/// Output: attributes vis qualifiers fn name<..>(params) -> Output where .. { wrapped body }
/// ```
pub(crate) fn expand(model: &Instrumented) -> TokenStream {
    let wrapped = match model.shape {
        Shape::Sync => expand_sync(model),
        Shape::Async => expand_async(model),
        Shape::Guard => expand_guard(model),
    };
    let mut inside = model.body.inner_attributes.clone();
    inside.extend(wrapped);
    let mut body = Group::new(Delimiter::Brace, inside);
    // The user's own braces: without them the function would count as ours, and nobody would hear that it is not used.
    body.set_span(model.block().span());

    let mut function = expectations::relax(model.head.clone());
    function.extend([TokenTree::Group(model.params.group.clone())]);
    function.extend(model.tail.clone());
    function.extend([TokenTree::Group(body)]);
    function
}

/// ```text
/// Input:  { body }
/// Output: let call = OP.start(|inputs| ..);
///         return run(call, move || -> Output { let a = a; { body } }, |ret, outcome| ..);
/// ```
/// `run` is called on the closure expression itself: that alone makes the compiler take it for `FnOnce`, so that the
/// body may move out of its arguments and return what it borrowed from them.
fn expand_sync(model: &Instrumented) -> TokenStream {
    let private = &model.private;
    let body = with_arguments(model);
    let output = match &model.returned {
        Returned::Unit => quote_spanned!(Span::mixed_site()=> ()),
        Returned::Never(at) => quote_spanned!(Span::mixed_site().located_at(*at)=> !),
        Returned::Opaque => quote_spanned!(Span::mixed_site()=> _),
        Returned::Type(ty) => ty.clone(),
    };
    let site = Span::mixed_site();
    let closure = hint::closure(model, quote_spanned!(site=> move || -> #output #body));
    let start = capture::start(model);
    let running = match follow::conclusion(model) {
        Some(Conclusion { suffix, closure: conclude }) => {
            // What is returned in place of an `impl Trait` is held to it here: that it lives too short is told at the body.
            let at = if let Follow::Opaque(_) = model.follow { site.located_at(model.block().span()) } else { site };
            let (private, run) = (located_at(private.clone(), at), format_ident!("run{suffix}", span = at));
            quote_spanned!(at=> #private::#run(__weave_call, #closure, #conclude))
        }
        None => quote_spanned!(site=> #private::diverge(__weave_call, #closure)),
    };
    let running = returning(model, &running);
    quote_spanned!(site=> let __weave_call = #start; #running)
}

/// ```text
/// Input:  { body }
/// Output: return {
///             let a = a;
///             let call = OP.start(|inputs| ..);
///             enter(call, async move {
///                 if let Some(ret) = None::<Output> { return ret; }
///                 let a = a;
///                 { body }
///             }, |ret, outcome| ..)
///         }.await;
/// ```
/// The return that is never taken tells the block its type, which an async block cannot declare. The arguments are
/// looked at in a scope of their own: what was borrowed would keep its place in the future for as long as its scope.
fn expand_async(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let private = &model.private;
    let output = match &model.returned {
        Returned::Unit => Some(quote_spanned!(site=> ())),
        Returned::Type(ty) => Some(ty.clone()),
        Returned::Never(_) | Returned::Opaque => None,
    };
    let typed = output.map(|output| {
        quote_spanned! {site=>
            if let ::core::option::Option::Some(__weave_ret) = ::core::option::Option::None::<#output> {
                return __weave_ret;
            }
        }
    });
    let (prologue, body) = (prologue(model), yielded(model));
    let future = hint::future(model, quote_spanned!(site=> async move { #typed #prologue #body }));
    let Conclusion { suffix, closure: conclude } = follow::conclusion(model)
        .unwrap_or_else(|| Conclusion { suffix: "", closure: quote_spanned!(site=> |_, _| {}) });
    let enter = format_ident!("enter{suffix}", span = site);
    let start = capture::start(model);
    let held: TokenStream = model.params.params.iter().map(|param| &param.hold).cloned().collect();
    let scope = quote_spanned! {site=>
        #held
        let __weave_call = #start;
        #private::#enter(__weave_call, #future, #conclude)
    };
    // A body that returns although it must not is told so where it stands.
    let there = if let Returned::Never(_) = model.returned { site.located_at(model.block().span()) } else { site };
    returning(model, &quote_spanned!(there=> { #scope }.await))
}

/// ```text
/// Input:  { body }
/// Output: {
///             let guard = guard(OP.start(|inputs| ..));
///             let a = a;
///             { body }
///         }
/// ```
/// The block is of this crate's edition, in which the temporaries of its tail end before its locals.
fn expand_guard(model: &Instrumented) -> TokenStream {
    let private = &model.private;
    let start = capture::start(model);
    let rebind = rebind(model);
    let body = enclosed(model);
    quote_spanned! {Span::mixed_site()=>
        {
            let __weave_guard = #private::guard(#start);
            #rebind
            #body
        }
    }
}

/// The expression that runs the body, as the end of the function. Nothing follows one that never returns.
fn returning(model: &Instrumented, running: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    match model.returned {
        Returned::Never(_) => running.clone(),
        Returned::Unit => quote_spanned!(site=> #running;),
        Returned::Opaque | Returned::Type(_) => {
            // To clippy the block lacks an `.await`, see `yielded`.
            let allow = may_yield_future(model);
            quote_spanned!(site=> #allow return #running;)
        }
    }
}

/// An `impl Future` shows what it is. Elsewhere nothing is allowed, which would be an error under a `forbid`.
fn may_yield_future(model: &Instrumented) -> Option<TokenStream> {
    let needed = model.shape == Shape::Async && model.returns_future && matches!(model.returned, Returned::Opaque);
    needed.then(|| quote_spanned!(Span::mixed_site()=> #[allow(clippy::async_yields_async)]))
}

/// ```text
/// Input:  { body }, -> Alias
/// Output: return 'yielded: {
///             if let Some(ret) = None::<Alias> { break 'yielded ret; }
///             { body }
///         };
/// ```
/// To clippy an async block that ends in a future lacks an `.await`, although to it an async function does not. One that
/// ends in a `return` it leaves alone. The break that is never taken keeps that `return` reachable to the compiler, also
/// behind a body that never ends.
fn yielded(model: &Instrumented) -> TokenStream {
    let (site, body) = (Span::mixed_site(), enclosed(model));
    match &model.returned {
        Returned::Type(output) if matches!(model.follow, Follow::ByType | Follow::Unboxed) => quote_spanned! {site=>
            return '__weave_yielded: {
                if let ::core::option::Option::Some(__weave_ret) = ::core::option::Option::None::<#output> {
                    break '__weave_yielded __weave_ret;
                }
                #body
            };
        },
        _ => body.into(),
    }
}

/// The body as a block of its own, behind the arguments if there are any.
fn with_arguments(model: &Instrumented) -> TokenStream {
    let prologue = prologue(model);
    if prologue.is_empty() {
        return used::block(model).to_token_stream();
    }
    let body = enclosed(model);
    quote_spanned!(Span::mixed_site()=> { #prologue #body })
}

/// What makes a closure or an async block own every argument, in the order in which the function owned them.
fn prologue(model: &Instrumented) -> TokenStream {
    // `self` cannot be bound anew: being mentioned makes all of it captured, to be dropped after the others.
    let receiver = model.params.receiver.as_ref().map(|receiver| {
        let ident = &receiver.ident;
        quote_spanned!(Span::mixed_site()=> let _ = &#ident;)
    });
    let rebind = rebind(model);
    quote_spanned!(Span::mixed_site()=> #receiver #rebind)
}

/// The body as the value of another block, in parentheses of ours.
///
/// Bare, a body of one expression would count as unused braces.
fn enclosed(model: &Instrumented) -> TokenTree {
    let block = used::block(model);
    let mut parentheses = Group::new(Delimiter::Parenthesis, block.to_token_stream());
    parentheses.set_span(Span::mixed_site().located_at(block.span()));
    TokenTree::Group(parentheses)
}

fn rebind(model: &Instrumented) -> TokenStream {
    model.params.params.iter().map(|param| &param.rebind).cloned().chain([used::before(model)]).collect()
}

/// The function as it came, for where nothing is to be recorded.
pub(crate) fn leave(model: &Instrumented, item: TokenStream) -> TokenStream {
    if model.agents.used.is_empty() {
        return item;
    }
    let mut inside = model.body.inner_attributes.clone();
    inside.extend(used::before(model));
    inside.extend(used::block(model).stream());
    let mut body = Group::new(Delimiter::Brace, inside);
    body.set_span(model.block().span());
    let mut trees: Vec<TokenTree> = model.item.clone().into_iter().collect();
    trees.pop();
    trees.into_iter().chain([TokenTree::Group(body)]).collect()
}

#[cfg(test)]
mod tests;
