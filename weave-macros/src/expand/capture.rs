//! Writes the closures that record inputs and outcome, which the runtime calls only when something is listening.
//!
//! A value is dispatched on its type by autoref: `(&&&Probe(&value)).__weave_capture(slot)` picks the first of the
//! imported traits that the type allows. The imports live in the closure's own block, out of the body's sight.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Expr;
use syn::spanned::Spanned;

use super::follow::located_at;
use super::op;
use crate::kind::Kind;
use crate::model::{Input, Instrumented, OptionValue, Recorded, Said};
use crate::params::Binding;
use crate::params::texts::Text;
use crate::returned::Returned;

/// ```text
/// Input:  fn f(&self, a: A, (b, c): (B, C))
/// Output: OP.start(|inputs| {
///             use ..;
///             let (b, c) = &__arg2;
///             inputs.type_name::<Self>("\"self\":");
///             (&&&Probe(&a)).__weave_capture(inputs.input("\"a\":"));
///             ..
///         })
/// ```
pub(super) fn start(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let op = op::expand(model);
    let inputs = model.inputs.iter().map(|input| record_input(model, input));
    let attributes = model.attributes.iter().map(|attribute| {
        let (key, value) = (json_key(&attribute.key), &attribute.value);
        probe_expression(model, value, &quote_spanned!(site=> __weave_inputs.attribute(#key)))
    });
    let options = model.agents.options.iter().map(|option| record_option(model, option));
    let recording: TokenStream = inputs.chain(attributes).chain(options).collect();
    if recording.is_empty() {
        return quote_spanned!(site=> #op.__weave_start(|_| {}));
    }
    let probes = model.inputs.iter().any(|input| !matches!(input.value, Recorded::SelfType(_)));
    let probes = probes || !model.attributes.is_empty() || !model.agents.options.is_empty();
    let imports = probes.then(|| capture_traits(model));
    let views = views(model);
    quote_spanned!(site=> #op.__weave_start(|__weave_inputs| { #imports #views #recording }))
}

/// ```text
/// Input:  -> Result<T, E>, -> Option<Result<T, E>>, -> T
/// Output: |ret, outcome| {
///             use ..;
///             let split = (&Probe(ret)).__weave_split();
///             if let Some(value) = split.value { (&&&Probe(value)).__weave_capture(outcome.output()); }
///             if let Some(error) = split.error { (&&Probe(error)).__weave_error(outcome.error()); }
///         }
/// ```
/// Nothing for a function that never returns.
pub(super) fn outcome(model: &Instrumented) -> Option<TokenStream> {
    let site = Span::mixed_site();
    let outcome = quote_spanned!(site=> __weave_outcome);
    match model.returned {
        Returned::Never(_) => None,
        Returned::Unit if model.skip_output => Some(quote_spanned!(site=> |_, #outcome| #outcome.skip_output())),
        Returned::Unit => {
            let (imports, unit) = record_value(model, &quote_spanned!(site=> &()), &outcome);
            Some(quote_spanned!(site=> |(), #outcome| { #imports #unit }))
        }
        Returned::Opaque | Returned::Type(_) => {
            let recording = record_outcome(model, &outcome, !model.skip_output);
            Some(quote_spanned!(site=> |__weave_ret, #outcome| { #recording }))
        }
    }
}

/// As [`outcome`], also for what a returned future gives in the end, or a stream or an iterator item by item.
pub(super) fn given(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let outcome = quote_spanned!(site=> __weave_outcome);
    let recording = record_outcome(model, &outcome, !model.skip_output && model.accumulate.is_none());
    quote_spanned!(site=> |__weave_ret, #outcome| { #recording })
}

/// The closure that records what stands in the place of a future, a stream or an iterator.
pub(super) fn error(model: &Instrumented) -> TokenStream {
    let site = Span::mixed_site();
    let private = &model.private;
    quote_spanned! {site=>
        |__weave_error, __weave_outcome| {
            use #private::{ErrorDebug as _, ErrorDisplay as _, ErrorType as _};
            (&&#private::Probe(__weave_error)).__weave_error(__weave_outcome.error());
        }
    }
}

/// The outcome is split before it is captured, so that aliases of `Result` are seen through, and an error is recorded
/// although the value beside it cannot be.
fn record_outcome(model: &Instrumented, outcome: &TokenStream, with_value: bool) -> TokenStream {
    let site = Span::mixed_site();
    let private = &model.private;
    let (imports, value) = if with_value {
        let (imports, recorded) = record_value(model, &quote_spanned!(site=> __weave_value), outcome);
        let understood = understood(model, outcome);
        let value = quote_spanned! {site=>
            if let ::core::option::Option::Some(__weave_value) = __weave_split.value { #recorded #understood }
        };
        (imports, value)
    } else {
        (TokenStream::new(), quote_spanned!(site=> #outcome.skip_output();))
    };
    quote_spanned! {site=>
        #imports
        use #private::{ErrorDebug as _, ErrorDisplay as _, ErrorType as _, SplitResult as _, SplitValue as _};
        let __weave_split = (&#private::Probe(__weave_ret)).__weave_split();
        #value
        if let ::core::option::Option::Some(__weave_error) = __weave_split.error {
            (&&#private::Probe(__weave_error)).__weave_error(#outcome.error());
        }
    }
}

/// ```text
/// Input:  #[llm]
/// Output: { use ..; (&Probe(value)).__weave_llm(outcome); }
/// ```
/// Asks the value what it tells of a call of a model.
fn understood(model: &Instrumented, outcome: &TokenStream) -> Option<TokenStream> {
    let (site, private) = (Span::mixed_site(), &model.private);
    (model.op.kind == Kind::Llm).then(|| {
        quote_spanned! {site=>
            {
                use #private::{TellsLlm as _, TellsNothing as _};
                (&#private::Probe(__weave_value)).__weave_llm(#outcome);
            }
        }
    })
}

/// ```text
/// Input:  #[op(output = path)]
/// Output: outcome.reshaped(|slot| (&&&Probe(value)).__weave_capture(slot), || path(value));
/// ```
/// What records one output, with the imports that it needs; reshaped, if that was asked for. A path is called, so that
/// what it takes may be what the value derefs to; a closure is given the type of the value by the one that calls it.
fn record_value(model: &Instrumented, value: &TokenStream, outcome: &TokenStream) -> (TokenStream, TokenStream) {
    let site = Span::mixed_site();
    let private = &model.private;
    let Some(function) = &model.output else {
        return (capture_traits(model), probe(model, value, &quote_spanned!(site=> #outcome.output())));
    };
    let at = site.located_at(function.span());
    let there = located_at(private.clone(), at);
    let reshaped = match function {
        Expr::Path(_) => {
            let value = located_at(value.clone(), at);
            quote_spanned!(at=> #function(#value))
        }
        _ => quote_spanned!(at=> #there::reshape(#value, #function)),
    };
    let original = probe(model, value, &quote_spanned!(site=> __weave_slot));
    let reshape = quote_spanned!(at=> reshaped);
    let recorded = quote_spanned! {site=>
        #outcome.#reshape(|__weave_slot| { #original }, || #reshaped);
    };
    // Only a `Serialize` tells tokens: its debug text is not worth the time.
    (quote_spanned!(site=> use #private::{ViaLock as _, ViaSerialize as _, ViaType as _};), recorded)
}

fn record_input(model: &Instrumented, input: &Input) -> TokenStream {
    let site = Span::mixed_site();
    let Input { key, conditions, value } = input;
    let key = json_key(key);
    let slot = quote_spanned!(site=> __weave_inputs.input(#key));
    let recording = match value {
        Recorded::SelfType(ident) => {
            // `Self` in the words of whoever wrote `self`.
            let own_type = proc_macro2::Ident::new("Self", ident.span());
            quote_spanned!(site=> __weave_inputs.type_name::<#own_type>(#key);)
        }
        Recorded::SelfValue(ident, true) => probe(model, &quote_spanned!(site=> &*#ident), &slot),
        Recorded::SelfValue(ident, false) => probe(model, &quote_spanned!(site=> &#ident), &slot),
        Recorded::Argument(_, reference) => probe(model, reference, &slot),
        Recorded::Expression(value) => probe_expression(model, value, &slot),
    };
    quote_spanned!(site=> #conditions #recording)
}

fn record_option(model: &Instrumented, option: &OptionValue) -> TokenStream {
    let site = Span::mixed_site();
    let (private, conditions, key) = (&model.private, &option.conditions, json_key(&option.name));
    let slot = quote_spanned!(site=> __weave_inputs.option(#key));
    let recording = match &option.value {
        Said::Expression(value) => probe_expression(model, value, &slot),
        Said::Known(text) => probe(model, &quote_spanned!(site=> #text), &slot),
        Said::Text(Text::AsRef, reference) => probe(model, &quote_spanned!(site=> #private::text(#reference)), &slot),
        Said::Text(_, reference) => probe(model, &quote_spanned!(site=> &#private::shown(#reference)), &slot),
    };
    quote_spanned!(site=> #conditions #recording)
}

/// A key as it stands in JSON, with its colon, so that nothing is left to do for it at run time.
fn json_key(key: &str) -> String {
    let mut json = String::with_capacity(key.len() + 3);
    json.push('"');
    for character in key.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            plain => json.push(plain),
        }
    }
    json.push_str("\":");
    json
}

/// One value into one slot.
fn probe(model: &Instrumented, reference: &TokenStream, slot: &TokenStream) -> TokenStream {
    let private = &model.private;
    quote_spanned!(Span::mixed_site()=> (&&&#private::Probe(#reference)).__weave_capture(#slot);)
}

/// As [`probe`], of a value that the user wrote: what is wrong with it is told where it stands.
fn probe_expression(model: &Instrumented, value: &Expr, slot: &TokenStream) -> TokenStream {
    let at = Span::mixed_site().located_at(value.span());
    let (private, reference) = (located_at(model.private.clone(), at), refer_to(value));
    quote_spanned!(at=> (&&&#private::Probe(#reference)).__weave_capture(#slot);)
}

/// A reference to what an expression stands for, in parentheses where `&` would otherwise take only its beginning.
fn refer_to(value: &Expr) -> TokenStream {
    match value {
        Expr::Lit(_) | Expr::Path(_) | Expr::Field(_) | Expr::Call(_) | Expr::MethodCall(_) | Expr::Macro(_) => {
            quote_spanned!(Span::mixed_site()=> &#value)
        }
        _ => quote_spanned!(Span::mixed_site()=> &(#value)),
    }
}

fn capture_traits(model: &Instrumented) -> TokenStream {
    let private = &model.private;
    quote_spanned!(Span::mixed_site()=> use #private::{ViaDebug as _, ViaLock as _, ViaSerialize as _, ViaType as _};)
}

/// The parts of destructured arguments, by reference. A user's expression may name any of them; those that are then
/// not recorded are mentioned once, lest they count as unused.
fn views(model: &Instrumented) -> TokenStream {
    let mut tokens = TokenStream::new();
    for param in &model.params.params {
        let Some(view) = &param.view else { continue };
        let is_wanted = |binding: &&Binding| binding.mentioned || model.records(&binding.ident);
        let wanted: Vec<&Binding> = param.bindings.iter().filter(is_wanted).collect();
        if wanted.is_empty() {
            continue;
        }
        let conditions = &param.conditions;
        let binding = view.to_let(&wanted);
        tokens.extend(quote_spanned!(Span::mixed_site()=> #conditions #binding));
        for Binding { conditions: further, reference, .. } in
            wanted.iter().filter(|binding| !model.records(&binding.ident))
        {
            tokens.extend(quote_spanned!(Span::mixed_site()=> #conditions #further let _ = #reference;));
        }
    }
    tokens
}
