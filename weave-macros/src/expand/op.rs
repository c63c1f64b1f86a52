//! Writes the static that holds what is known of the op before any call.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Expr;
use syn::spanned::Spanned;

use super::follow::located_at;

use crate::args::{DisplayName, Facts, Given};
use crate::digest;
use crate::model::{AgentFacts, Instrumented};
use crate::source;

/// ```text
/// Input:  #[op(kind = "search", display_name = |call| ..)] fn find ..
/// Output: {
///             static OP: Op = Op::new(Kind::Op, "find", module_path!(), file!(), line!())
///                 .version("0mb..", source)
///                 .path(&|| ())
///                 .namer(..)
///                 .label("search");
///             OP.__weave_op()
///         }
/// ```
/// In a block of its own, for the names of items are seen by all that is around them.
///
/// The attribute of a method is not shown the `impl` around it. The closure is there for the name of its type, which has the
/// path to it and is asked for in the background: of all that has such a name it costs the compiler least.
pub(super) fn expand(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let private = &model.private;
    let op = &model.op;
    let (kind, name) = (op.kind.variant(model.agents.is_sub_agent), &op.name);
    let facts = facts(&op.facts, private);
    let agents = agents(&model.agents);
    let output = model.output.as_ref().map(|_| quote_spanned!(site=> .reshapes_output()));
    // The function's line rather than the attribute's, which may be far above it.
    let line = quote_spanned!(op.at=> ::core::line!());
    let version = version(model);
    let path = (!op.is_named).then(|| quote_spanned!(site=> .path(&|| ())));
    quote_spanned! {site=>
        {
            static __WEAVE_OP: #private::Op =
                #private::Op::new(#private::Kind::#kind, #name, ::core::module_path!(), ::core::file!(), #line)
                    #version
                    #path
                    #facts
                    #agents
                    #output;
            __WEAVE_OP.__weave_op()
        }
    }
}

/// ```text
/// Output: .namer(..).label("search")
/// ```
fn facts(facts: &Facts, private: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let mut tokens = TokenStream::new();
    tokens.extend(facts.display_name.as_ref().map(|given| match &given.value {
        DisplayName::Text(text) => quote_spanned!(site=> .display_name(#text)),
        DisplayName::Function(function) => namer(function, private),
    }));
    tokens.extend(given(&facts.label, |label| quote_spanned!(site=> .label(#label))));
    tokens.extend(given(&facts.color, |color| quote_spanned!(site=> .color(#color))));
    // Of a constant the compiler finds out that it is none: it says so where that was given.
    tokens.extend(given(&facts.sample_rate, |rate| {
        let at = site.located_at(rate.span());
        let private = located_at(private.clone(), at);
        let share = quote_spanned!(at=> #private::share(#rate));
        quote_spanned!(site=> .sample_rate(#share))
    }));
    tokens.extend(given(&facts.inputs, |function| reshaper(function, private)));
    tokens
}

/// ```text
/// Output: .description("Adds.").arguments(&[("user_message", "question")])
/// ```
fn agents(agents: &AgentFacts) -> TokenStream {
    let site = Span::mixed_site();
    let description = agents.description.as_ref().map(|text| quote_spanned!(site=> .description(#text)));
    let arguments = agents.arguments.iter().map(|(option, input)| quote_spanned!(site=> (#option, #input)));
    let arguments = (!agents.arguments.is_empty()).then(|| quote_spanned!(site=> .arguments(&[#(#arguments),*])));
    quote_spanned!(site=> #description #arguments)
}

fn given<T>(option: &Option<Given<T>>, tokens: impl FnOnce(&T) -> TokenStream) -> Option<TokenStream> {
    option.as_ref().map(|given| tokens(&given.value))
}

/// What the function returns is told where it was named.
fn namer(function: &Expr, private: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let (at, private) = (site.located_at(function.span()), located_at(private.clone(), function.span()));
    let name = match function {
        Expr::Path(_) => quote_spanned!(at=> #private::name_by(__weave_record, #function)),
        _ => quote_spanned!(at=> #private::name(__weave_record, #function)),
    };
    quote_spanned!(site=> .namer(|__weave_record| #name))
}

/// What is no function of the inputs is told of in our words; a closure is given the type that it needs by `inputs`.
fn reshaper(function: &Expr, private: &TokenStream) -> TokenStream {
    let site = Span::mixed_site();
    let Expr::Path(_) = function else { return quote_spanned!(site=> .inputs(#function)) };
    let at = site.located_at(function.span());
    let private = located_at(private.clone(), at);
    let reshaped = quote_spanned!(at=> #private::reshape_by(__weave_inputs, #function));
    quote_spanned!(site=> .inputs(|__weave_inputs| #reshaped))
}

/// ```text
/// Output: .version("0mb..", {
///             #[cfg(debug_assertions)]
///             { Some("fn find() { .. }") }
///             #[cfg(not(debug_assertions))]
///             { None }
///         })
/// ```
/// Whether the user's crate is built for debugging is asked there, as nothing else can be: this crate is always built in
/// one way. A text that is not asked for is gone before anything is compiled.
fn version(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let (digest, source) = (digest::digest(model.item.clone()), source::source(model));
    let source = quote_spanned!(site=> ::core::option::Option::Some(#source));
    if cfg!(feature = "capture-code") {
        return quote_spanned!(site=> .version(#digest, #source));
    }
    quote_spanned! {site=>
        .version(#digest, {
            #[cfg(debug_assertions)]
            { #source }
            #[cfg(not(debug_assertions))]
            { ::core::option::Option::None }
        })
    }
}
