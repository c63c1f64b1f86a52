//! The options of an annotation as written: each at most once, each with the place it stands at.
//!
//! Whether they fit the function is `model`'s business.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, ExprPath, Lit, LitStr, Path, Token};

use crate::errors::Errors;
use crate::kind::Kind;
use crate::suggest::did_you_mean;

/// Every option and how it is written, in the order in which errors list them.
const OPTIONS: [(&str, &str); 16] = [
    ("name", r#"`name = "..."`"#),
    ("display_name", r#"`display_name = "..."` or `display_name = function_of_the_call`"#),
    ("skip", "`skip(a, b)`"),
    ("only", "`only(a, b)`"),
    ("skip_all", "`skip_all`"),
    ("skip_output", "`skip_output`"),
    ("capture", "`capture(self, total = a + b)`"),
    ("attributes", r#"`attributes(user = id, "dotted.key" = value)`"#),
    ("inputs", "`inputs = path::to::function` (of the form `fn(&mut Map<String, Value>)`) or `inputs = |inputs| ..`"),
    ("output", "`output = path::to::function` (of the form `fn(&Output) -> impl Serialize`) or `output = |output| ..`"),
    (
        "accumulate",
        "`accumulate = path::to::function` (of the form `fn(&mut Accumulated, &Item)`) or `accumulate = off`",
    ),
    ("stream", "`stream`"),
    ("value", "`value`"),
    ("kind", r#"`kind = "..."`"#),
    ("color", r#"`color = "..."`"#),
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
    pub(crate) display_name: Option<Given<DisplayName>>,
    pub(crate) skip: Option<Given<Vec<Ident>>>,
    pub(crate) only: Option<Given<Vec<Ident>>>,
    pub(crate) skip_all: Option<Given<()>>,
    pub(crate) skip_output: Option<Given<()>>,
    pub(crate) capture: Option<Given<Vec<Capture>>>,
    pub(crate) attributes: Option<Given<Vec<AttributeValue>>>,
    pub(crate) inputs: Option<Given<Expr>>,
    pub(crate) output: Option<Given<Expr>>,
    pub(crate) accumulate: Option<Given<Accumulate>>,
    pub(crate) stream: Option<Given<()>>,
    pub(crate) value: Option<Given<()>>,
    pub(crate) label: Option<Given<LitStr>>,
    pub(crate) color: Option<Given<LitStr>>,
    pub(crate) krate: Option<Given<Path>>,
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
        captured.chain(attributes).map(ToTokens::to_token_stream).collect()
    }

    fn parse_option(&mut self, kind: Kind, input: ParseStream) -> syn::Result<()> {
        let key = input.call(Ident::parse_any).map_err(|error| {
            let hint = if input.peek(LitStr) { "; a name is given as `name = \"...\"`" } else { "" };
            let message = format!("expected an option of {}{hint} {}", kind.attribute(), valid_options());
            Error::new(error.span(), message)
        })?;
        match key.to_string().as_str() {
            "name" => set(&mut self.name, &key, text(&key, input)),
            "display_name" => set(&mut self.display_name, &key, display_name(&key, input)),
            "skip" => set(&mut self.skip, &key, list(&key, input, argument)),
            "only" => set(&mut self.only, &key, list(&key, input, argument)),
            "skip_all" => set(&mut self.skip_all, &key, flag(&key, input)),
            "skip_output" => set(&mut self.skip_output, &key, flag(&key, input)),
            "capture" => set(&mut self.capture, &key, list(&key, input, capture)),
            "attributes" => set(&mut self.attributes, &key, list(&key, input, attribute)),
            "inputs" => set(&mut self.inputs, &key, function(&key, input)),
            "output" => set(&mut self.output, &key, function(&key, input)),
            "accumulate" => set(&mut self.accumulate, &key, accumulate(&key, input)),
            "stream" => set(&mut self.stream, &key, flag(&key, input)),
            "value" => set(&mut self.value, &key, flag(&key, input)),
            "kind" => set(&mut self.label, &key, text(&key, input)),
            "color" => set(&mut self.color, &key, text(&key, input)),
            "crate" => set(&mut self.krate, &key, path(&key, input)),
            word => {
                let known = OPTIONS.map(|(name, _)| name);
                let hint = did_you_mean(word, &known);
                let message = format!("{} has no option `{word}`{hint} {}", kind.attribute(), valid_options());
                skip_value(input)?;
                Err(Error::new(key.span(), message))
            }
        }
    }
}

/// Puts a value in its slot, which must be empty: the one place that knows "at most once".
fn set<T>(slot: &mut Option<Given<T>>, key: &Ident, value: syn::Result<T>) -> syn::Result<()> {
    let value = value?;
    if slot.is_some() {
        return Err(Error::new(key.span(), format!("`{key}` is given twice: keep one of the two")));
    }
    *slot = Some(Given { at: key.span(), value });
    Ok(())
}

/// `key` alone.
fn flag(key: &Ident, input: ParseStream) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(misuse(key, input.span(), "takes no value")) }
}

/// `key = "text"`
fn text(key: &Ident, input: ParseStream) -> syn::Result<LitStr> {
    let value = expression(key, input, "a string")?;
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value().trim().is_empty() => {
            Err(misuse(key, text.span(), "must not be empty"))
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text),
        other => Err(misuse(key, other.span(), "takes a string")),
    }
}

/// `key = "text"` or `key = function`; any other literal is a slip.
fn display_name(key: &Ident, input: ParseStream) -> syn::Result<DisplayName> {
    let value = expression(key, input, "a string or a function of the call")?;
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if text.value().trim().is_empty() => {
            Err(misuse(key, text.span(), "must not be empty"))
        }
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(DisplayName::Text(text)),
        Expr::Lit(other) => Err(misuse(key, other.span(), "takes a string or a function of the call")),
        function => Ok(DisplayName::Function(Box::new(function))),
    }
}

/// `key = function`, by its path or as a closure
fn function(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    match expression(key, input, "a function")? {
        Expr::Lit(other) => Err(misuse(key, other.span(), "takes a function")),
        function => Ok(function),
    }
}

/// `key = off` or `key = function`
fn accumulate(key: &Ident, input: ParseStream) -> syn::Result<Accumulate> {
    match expression(key, input, "a function or `off`")? {
        Expr::Path(path) if path.path.is_ident("off") => Ok(Accumulate::Off),
        Expr::Path(path) => Ok(Accumulate::Function(Box::new(path))),
        other => Err(misuse(key, other.span(), "takes the path of a function, or `off`")),
    }
}

/// `key = some::path`
fn path(key: &Ident, input: ParseStream) -> syn::Result<Path> {
    let at = after_equals(key, input, "a path")?;
    let path = input.call(Path::parse_mod_style).map_err(|_| misuse(key, at, "takes a path"))?;
    if input.is_empty() || input.peek(Token![,]) { Ok(path) } else { Err(misuse(key, input.span(), "takes a path")) }
}

/// `key(entry, entry)`
fn list<T>(key: &Ident, input: ParseStream, entry: fn(ParseStream) -> syn::Result<T>) -> syn::Result<Vec<T>> {
    if !input.peek(syn::token::Paren) {
        let at = if input.is_empty() || input.peek(Token![,]) { key.span() } else { input.span() };
        return Err(misuse(key, at, "takes a list in parentheses"));
    }
    let content;
    syn::parenthesized!(content in input);
    let entries = Punctuated::<T, Token![,]>::parse_terminated_with(&content, entry).map_err(|error| {
        // Left unread, the rest would be an error of its own.
        drop(content.parse::<TokenStream>());
        misuse(key, error.span(), &format!("cannot be read here ({error})"))
    })?;
    if entries.is_empty() {
        return Err(misuse(key, key.span(), "is empty"));
    }
    Ok(entries.into_iter().collect())
}

/// The name of an argument.
fn argument(input: ParseStream) -> syn::Result<Ident> {
    if input.peek(LitStr) {
        return Err(input.error("the name of an argument has no quotes"));
    }
    if input.peek(Token![_]) {
        return Err(input.error("an argument called `_` is never recorded"));
    }
    input.call(Ident::parse_any).map_err(|error| Error::new(error.span(), "expected the name of an argument"))
}

/// `name` or `key = value`
fn capture(input: ParseStream) -> syn::Result<Capture> {
    let key = input.call(Ident::parse_any)?;
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(Capture::Name(key));
    }
    input.parse::<Token![=]>()?;
    Ok(Capture::Value(key, Box::new(input.parse()?)))
}

/// `key = value`, `"dotted.key" = value` or `dotted.key = value`
fn attribute(input: ParseStream) -> syn::Result<AttributeValue> {
    let at = input.span();
    let key = if input.peek(LitStr) {
        input.parse::<LitStr>()?.value()
    } else {
        let mut key = input.call(Ident::parse_any)?.unraw().to_string();
        while input.parse::<Option<Token![.]>>()?.is_some() {
            key.push('.');
            key.push_str(&input.call(Ident::parse_any)?.unraw().to_string());
        }
        key
    };
    if key.trim().is_empty() {
        return Err(Error::new(at, "the key is empty"));
    }
    input.parse::<Token![=]>()?;
    Ok(AttributeValue { key, at, value: input.parse()? })
}

/// `= value`
fn expression(key: &Ident, input: ParseStream, what: &str) -> syn::Result<Expr> {
    after_equals(key, input, what)?;
    input.parse().map(ungrouped)
}

/// A value without the invisible group that a `macro_rules!` passes it on in.
fn ungrouped(value: Expr) -> Expr {
    match value {
        Expr::Group(group) => ungrouped(*group.expr),
        other => other,
    }
}

/// Where the value behind `=` begins.
fn after_equals(key: &Ident, input: ParseStream, what: &str) -> syn::Result<Span> {
    let at = if input.is_empty() || input.peek(Token![,]) { key.span() } else { input.span() };
    input.parse::<Token![=]>().map_err(|_| misuse(key, at, &format!("takes {what} after `=`")))?;
    if input.is_empty() { Err(misuse(key, at, &format!("takes {what} after `=`"))) } else { Ok(input.span()) }
}

/// What is wrong with a known option, and how it is written.
fn misuse(key: &Ident, at: Span, wrong: &str) -> Error {
    let usage = OPTIONS.iter().find(|(name, _)| key == name).map_or("", |(_, usage)| usage);
    Error::new(at, format!("`{key}` {wrong}: write {usage}"))
}

fn valid_options() -> String {
    format!("(its options are {})", OPTIONS.map(|(name, _)| format!("`{name}`")).join(", "))
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
