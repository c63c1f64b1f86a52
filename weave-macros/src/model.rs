//! The checked annotation: options and function brought together, every contradiction between them found.

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt;

use crate::args::{Accumulate, Args, Facts};
use crate::body::Body;
use crate::errors::Errors;
use crate::escapes;
use crate::follow::Follow;
use crate::func::{self, Func};
use crate::kind::Kind;
use crate::params::{Params, texts};
use crate::returned::{self, Returned, Shape};

mod agents;
mod following;
mod inputs;
mod output;

pub(crate) use agents::{AgentFacts, OptionValue, Said};
pub(crate) use inputs::{Input, Recorded};

/// All that `expand` needs to know, none of it in doubt.
pub(crate) struct Instrumented {
    pub(crate) op: OpFacts,
    /// The runtime's door for expansions: `::weave::__private`, or under the path given as `crate = ..`.
    pub(crate) private: TokenStream,
    pub(crate) shape: Shape,
    pub(crate) returned: Returned,
    pub(crate) follow: Follow,
    pub(crate) accumulate: Option<Accumulate>,
    /// Whether there is an `impl Trait` in the declared type.
    pub(crate) returns_opaque: bool,
    /// Whether the declared type looks like a future.
    pub(crate) returns_future: bool,
    pub(crate) inputs: Vec<Input>,
    pub(crate) attributes: Vec<Attribute>,
    /// What only turns, calls of models and tools have.
    pub(crate) agents: AgentFacts,
    pub(crate) skip_output: bool,
    /// The function that makes what is recorded of the output.
    pub(crate) output: Option<Expr>,
    pub(crate) params: Params,
    /// The whole function as it came.
    pub(crate) item: TokenStream,
    /// Its tokens before and after its parameters.
    pub(crate) head: TokenStream,
    pub(crate) tail: TokenStream,
    pub(crate) body: Body,
}

/// What is known of the op before any call.
pub(crate) struct OpFacts {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// Whether the name was given in place of the function's own.
    pub(crate) is_named: bool,
    /// Where the function's name stands: the op's line.
    pub(crate) at: Span,
    /// What the options say of it.
    pub(crate) facts: Facts,
}

/// An attribute of the call, computed before the body runs.
pub(crate) struct Attribute {
    pub(crate) key: String,
    pub(crate) value: Expr,
}

impl Instrumented {
    pub(crate) fn new(kind: Kind, args: Args, func: Func) -> syn::Result<Self> {
        let mut errors = Errors::default();
        let shape = Shape::of(&func);
        let (returned, returns_future) = (Returned::of(&func.output), returned::names_future(&func));
        let follow = following::resolve(&args, &func, shape, &returned, &mut errors);
        output::check(&args, &func.ident, shape, &returned, &mut errors);
        let text = texts::first(&func.params, &func.generics, &args.agents.who_and_where());
        let params = Params::new(func.params, &func.params_group, &args.expressions(), &func.body.block);
        let choice =
            inputs::Choice { skip: args.skip, only: args.only, skip_all: args.skip_all, capture: args.capture };
        let inputs = inputs::resolve(choice, &params, &func.ident, &mut errors);
        let attributes = attributes(args.attributes.map(|given| given.value).unwrap_or_default(), &mut errors);
        let choice = agents::Choice {
            kind,
            function: func.ident.unraw().to_string(),
            attributes: &func.attributes,
            text,
            inputs: &inputs,
            params: &params,
        };
        let agents = agents::resolve(args.agents, &choice, &mut errors);
        let is_named = args.name.is_some();
        let name = args.name.map_or_else(|| func.ident.unraw().to_string(), |given| given.value.value());
        let checked = Self {
            op: OpFacts { kind, name, is_named, at: func.ident.span(), facts: args.facts },
            private: private(args.krate.map(|given| given.value).as_ref()),
            shape,
            returned,
            follow,
            accumulate: args.accumulate.map(|given| given.value),
            returns_opaque: func::mentions(func.output.to_token_stream(), "impl"),
            returns_future,
            inputs,
            attributes,
            agents,
            skip_output: args.skip_output.is_some(),
            output: args.output.map(|given| given.value),
            params,
            item: func.item,
            head: func.head,
            tail: func.tail,
            body: func.body,
        };
        errors.finish(Some(checked))
    }

    /// The body as it came.
    pub(crate) fn block(&self) -> &Group {
        &self.body.block
    }

    /// Whether an argument's own value is among the inputs.
    pub(crate) fn records(&self, ident: &Ident) -> bool {
        self.inputs.iter().any(|input| matches!(&input.value, Recorded::Argument(argument, _) if argument == ident))
    }
}

fn private(krate: Option<&syn::Path>) -> TokenStream {
    let site = Span::mixed_site();
    let krate = krate.map_or_else(|| quote_spanned!(site=> ::weave), ToTokens::to_token_stream);
    quote_spanned!(site=> #krate::__private)
}

/// The key under which the library itself writes.
const RESERVED: &str = "weave";

/// Each key once.
fn attributes(given: Vec<crate::args::AttributeValue>, errors: &mut Errors) -> Vec<Attribute> {
    let mut attributes: Vec<Attribute> = Vec::new();
    for entry in given {
        if attributes.iter().any(|known| known.key == entry.key) {
            let message = format!("the attribute `{}` is given twice: keep one of the two", entry.key);
            errors.push(syn::Error::new(entry.at, message));
        }
        if entry.key == RESERVED {
            let message = format!("the attribute `{RESERVED}` is the library's own: give yours another key");
            errors.push(syn::Error::new(entry.at, message));
        }
        escapes::of("attributes", &entry.value).into_iter().for_each(|error| errors.push(error));
        attributes.push(Attribute { key: entry.key, value: entry.value });
    }
    attributes
}
