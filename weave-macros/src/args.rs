//! The options of an annotation as written: each at most once, each with the place it stands at.
//!
//! Whether they fit the function is `model`'s business.

mod agents;
mod facts;
mod values;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, ExprPath, LitStr, Path, Token};

pub(crate) use agents::{AgentOption, AgentOptions};
pub(crate) use facts::Facts;
use values::{accumulate, argument, attribute, capture, flag, function, list, path, set, text};

use crate::errors::Errors;
use crate::kind::Kind;
use crate::suggest::did_you_mean;

/// Every option of all the attributes that is no fact of the op, and how it is written, in the order in which errors list
/// them.
const OPTIONS: [(&str, &str); 12] = [
    ("name", r#"`name = "..."`"#),
    ("skip", "`skip(a, b)`"),
    ("only", "`only(a, b)`"),
    ("skip_all", "`skip_all`"),
    ("skip_output", "`skip_output`"),
    ("capture", "`capture(self, total = a + b)`"),
    ("attributes", r#"`attributes(user = id, "dotted.key" = value)`"#),
    ("output", "`output = path::to::function` (of the form `fn(&Output) -> impl Serialize`) or `output = |output| ..`"),
    (
        "accumulate",
        "`accumulate = path::to::function` (of the form `fn(&mut Accumulated, &Item)`) or `accumulate = off`",
    ),
    ("stream", "`stream`"),
    ("value", "`value`"),
    ("crate", "`crate = path::to::weave`"),
];

/// An option that was given: what it says, and its key to point at.
pub(crate) struct Given<T> {
    pub(crate) at: Span,
    pub(crate) value: T,
}

/// The two ways to say how calls are shown.
pub(crate) enum DisplayName {
    Text(LitStr),
    Function(Box<Expr>),
}

/// What is recorded of the items of a stream or an iterator.
pub(crate) enum Accumulate {
    /// Nothing.
    Off,
    /// What a function makes of them.
    Function(Box<ExprPath>),
}

/// One entry of `capture(..)`.
pub(crate) enum Capture {
    /// `capture(self)`, or an argument by its name.
    Name(Ident),
    /// `capture(key = value)`
    Value(Ident, Box<Expr>),
}

/// One entry of `attributes(..)`.
pub(crate) struct AttributeValue {
    pub(crate) key: String,
    pub(crate) at: Span,
    pub(crate) value: Expr,
}

/// The options, none of them checked against the function yet.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) name: Option<Given<LitStr>>,
    pub(crate) facts: Facts,
    pub(crate) skip: Option<Given<Vec<Ident>>>,
    pub(crate) only: Option<Given<Vec<Ident>>>,
    pub(crate) skip_all: Option<Given<()>>,
    pub(crate) skip_output: Option<Given<()>>,
    pub(crate) capture: Option<Given<Vec<Capture>>>,
    pub(crate) attributes: Option<Given<Vec<AttributeValue>>>,
    pub(crate) output: Option<Given<Expr>>,
    pub(crate) accumulate: Option<Given<Accumulate>>,
    pub(crate) stream: Option<Given<()>>,
    pub(crate) value: Option<Given<()>>,
    pub(crate) krate: Option<Given<Path>>,
    /// Those that not all the attributes have.
    pub(crate) agents: AgentOptions,
}

impl Args {
    /// Reads all options, going on behind each that is wrong.
    pub(crate) fn read(kind: Kind, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        let parse = |input: ParseStream| {
            while !input.is_empty() {
                if let Err(error) = args.parse_option(kind, input) {
                    errors.push(error);
                    skip_to_comma(input)?;
                } else if !input.is_empty() && !input.peek(Token![,]) {
                    errors.push(input.error("expected `,` before the next option"));
                    skip_to_comma(input)?;
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        let parsed = parse.parse2(tokens);
        errors.keep(parsed);
        args
    }

    /// The expressions of the user's by which values are computed from the arguments.
    pub(crate) fn expressions(&self) -> TokenStream {
        let captured = self.capture.iter().flat_map(|given| &given.value).filter_map(|entry| match entry {
            Capture::Value(_, value) => Some(&**value),
            Capture::Name(_) => None,
        });
        let attributes = self.attributes.iter().flat_map(|given| &given.value).map(|entry| &entry.value);
        captured.chain(attributes).map(ToTokens::to_token_stream).chain(self.agents.expressions()).collect()
    }

    fn parse_option(&mut self, kind: Kind, input: ParseStream) -> syn::Result<()> {
        let key = input.call(Ident::parse_any).map_err(|error| {
            let hint = if input.peek(LitStr) { "; a name is given as `name = \"...\"`" } else { "" };
            let message = format!("expected an option of {}{hint} {}", kind.attribute(), valid_options(kind));
            Error::new(error.span(), message)
        })?;
        if let Some(parsed) = self.facts.parse_option(&key, input) {
            return parsed;
        }
        if let Some(parsed) = self.agents.parse_option(kind, &key, input) {
            return parsed;
        }
        match key.to_string().as_str() {
            "name" => set(&mut self.name, &key, text(&key, input)),
            "skip" => set(&mut self.skip, &key, list(&key, input, argument)),
            "only" => set(&mut self.only, &key, list(&key, input, argument)),
            "skip_all" => set(&mut self.skip_all, &key, flag(&key, input)),
            "skip_output" => set(&mut self.skip_output, &key, flag(&key, input)),
            "capture" => set(&mut self.capture, &key, list(&key, input, capture)),
            "attributes" => set(&mut self.attributes, &key, list(&key, input, attribute)),
            "output" => set(&mut self.output, &key, function(&key, input)),
            "accumulate" => set(&mut self.accumulate, &key, accumulate(&key, input)),
            "stream" => set(&mut self.stream, &key, flag(&key, input)),
            "value" => set(&mut self.value, &key, flag(&key, input)),
            "crate" => set(&mut self.krate, &key, path(&key, input)),
            word => {
                let known: Vec<_> = options(kind).map(|(name, _)| *name).collect();
                let hint = match agents::known_otherwise(kind, word) {
                    Some(name) => format!("; here it is called `{name}`"),
                    None => format!("{} {}", did_you_mean(word, &known), valid_options(kind)),
                };
                let message = format!("{} has no option `{word}`{hint}", kind.attribute());
                skip_value(input)?;
                Err(Error::new(key.span(), message))
            }
        }
    }
}

/// Every option of an attribute and how it is written, those that it has for itself first.
fn options(kind: Kind) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    agents::of(kind).iter().chain(&OPTIONS).chain(&facts::OPTIONS)
}

/// What is wrong with a known option, and how it is written.
fn misuse(key: &Ident, at: Span, wrong: &str) -> Error {
    let general = options(Kind::Op).find(|(name, _)| key == name).map(|(_, usage)| *usage);
    let usage = general.or_else(|| agents::usage(key)).unwrap_or_default();
    Error::new(at, format!("`{key}` {wrong}: write {usage}"))
}

fn valid_options(kind: Kind) -> String {
    let names: Vec<_> = options(kind).map(|(name, _)| format!("`{name}`")).collect();
    format!("(its options are {})", names.join(", "))
}

/// Passes over the value of an unknown option, so that a closure's commas do not read as further options.
fn skip_value(input: ParseStream) -> syn::Result<()> {
    let ahead = input.fork();
    if ahead.parse::<Token![=]>().is_ok() && ahead.parse::<Expr>().is_ok() {
        input.parse::<Token![=]>()?;
        input.parse::<Expr>()?;
    }
    Ok(())
}

fn skip_to_comma(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
