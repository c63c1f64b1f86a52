//! The attributes of [`weave-rs`](https://docs.rs/weave-rs): use them through that crate.
//!
//! One pipeline serves all four, a file per stage: `args` (options as written) and `func` (the signature; the body
//! stays tokens) are read independently, `params` names what can be recorded, `model` checks one against the other,
//! `expand` writes the new function. Whatever goes wrong, the function itself is always emitted, so that its callers
//! and the editor keep working.

mod args;
mod body;
mod digest;
mod errors;
mod escapes;
mod expand;
mod expectations;
mod follow;
mod func;
mod kind;
mod model;
mod params;
mod returned;
mod source;
mod suggest;

use proc_macro2::TokenStream;

use crate::args::Args;
use crate::errors::Errors;
use crate::func::Func;
use crate::kind::Kind;
use crate::model::Instrumented;

/// Records every call of a function.
#[proc_macro_attribute]
pub fn op(args: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    instrument(Kind::Op, args.into(), item.into()).into()
}

/// Records every call of a function as a turn of a conversation.
#[proc_macro_attribute]
pub fn turn(args: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    instrument(Kind::Turn, args.into(), item.into()).into()
}

/// Records every call of a function as a call of a language model.
#[proc_macro_attribute]
pub fn llm(args: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    instrument(Kind::Llm, args.into(), item.into()).into()
}

/// Records every call of a function as the execution of a tool.
#[proc_macro_attribute]
pub fn tool(args: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    instrument(Kind::Tool, args.into(), item.into()).into()
}

/// The whole pipeline. Under `--cfg weave_off` the options are still checked, but the function is left alone.
fn instrument(kind: Kind, args: TokenStream, item: TokenStream) -> TokenStream {
    match check(kind, args, item.clone()) {
        Ok(instrumented) if cfg!(weave_off) => expand::leave(&instrumented, item),
        Ok(instrumented) => expand::expand(&instrumented),
        Err(error) => beside(&error.into_compile_error(), &item),
    }
}

/// The errors and what they are about. What surely stands where a value is wanted stays one value.
fn beside(errors: &TokenStream, item: &TokenStream) -> TokenStream {
    use syn::Expr::{Async, Block, Closure, Lit};
    match syn::parse2(item.clone()) {
        Ok(Async(_) | Block(_) | Closure(_) | Lit(_)) => quote::quote!({ #errors #item }),
        _ => quote::quote!(#errors #item),
    }
}

/// Reads options and function, each to its end, so that one compilation shows what is wrong with both.
fn check(kind: Kind, args: TokenStream, item: TokenStream) -> syn::Result<Instrumented> {
    let mut errors = Errors::default();
    let args = Args::read(kind, args, &mut errors);
    let func = errors.keep(Func::read(kind, item));
    let instrumented = func.and_then(|func| errors.keep(Instrumented::new(kind, args, func)));
    errors.finish(instrumented)
}

#[cfg(test)]
mod tests;
