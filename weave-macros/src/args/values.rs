//! How the values of options are read.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Lit, LitFloat, LitStr, Path, Token};

use super::{Accumulate, AttributeValue, Capture, DisplayName, Given, misuse};

/// Puts a value in its slot, which must be empty: the one place that knows "at most once".
pub(super) fn set<T>(slot: &mut Option<Given<T>>, key: &Ident, value: syn::Result<T>) -> syn::Result<()> {
    let value = value?;
    if slot.is_some() {
        return Err(Error::new(key.span(), format!("`{key}` is given twice: keep one of the two")));
    }
    *slot = Some(Given { at: key.span(), value });
    Ok(())
}

/// `key` alone.
pub(super) fn flag(key: &Ident, input: ParseStream) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(misuse(key, input.span(), "takes no value")) }
}

/// `key = "text"`
pub(super) fn text(key: &Ident, input: ParseStream) -> syn::Result<LitStr> {
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
pub(super) fn display_name(key: &Ident, input: ParseStream) -> syn::Result<DisplayName> {
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
pub(super) fn function(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    match expression(key, input, "a function")? {
        Expr::Lit(other) => Err(misuse(key, other.span(), "takes a function")),
        function => Ok(function),
    }
}

/// `key = off` or `key = function`
pub(super) fn accumulate(key: &Ident, input: ParseStream) -> syn::Result<Accumulate> {
    match expression(key, input, "a function or `off`")? {
        Expr::Path(path) if path.path.is_ident("off") => Ok(Accumulate::Off),
        Expr::Path(path) => Ok(Accumulate::Function(Box::new(path))),
        other => Err(misuse(key, other.span(), "takes the path of a function, or `off`")),
    }
}

/// `key = 0.1` or `key = CONSTANT`, which the compiler computes and then checks.
pub(super) fn share(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    let value = expression(key, input, "a number")?;
    let number: syn::Result<f64> = match &value {
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => number.base10_parse(),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse(),
        Expr::Lit(_) | Expr::Unary(_) => Ok(f64::NAN),
        _ => return Ok(value),
    };
    match number {
        Ok(number) if (0.0..=1.0).contains(&number) => {
            // `1` is meant as well as `1.0`.
            let float = Lit::Float(LitFloat::new(&format!("{number:?}"), value.span()));
            Ok(Expr::Lit(ExprLit { attrs: Vec::new(), lit: float }))
        }
        _ => Err(misuse(key, value.span(), "takes a number from 0 to 1")),
    }
}

/// `key = some::path`
pub(super) fn path(key: &Ident, input: ParseStream) -> syn::Result<Path> {
    let at = after_equals(key, input, "a path")?;
    let path = input.call(Path::parse_mod_style).map_err(|_| misuse(key, at, "takes a path"))?;
    if input.is_empty() || input.peek(Token![,]) { Ok(path) } else { Err(misuse(key, input.span(), "takes a path")) }
}

/// `key(entry, entry)`
pub(super) fn list<T>(
    key: &Ident,
    input: ParseStream,
    entry: fn(ParseStream) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
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
pub(super) fn argument(input: ParseStream) -> syn::Result<Ident> {
    if input.peek(LitStr) {
        return Err(input.error("the name of an argument has no quotes"));
    }
    if input.peek(Token![_]) {
        return Err(input.error("an argument called `_` is never recorded"));
    }
    input.call(Ident::parse_any).map_err(|error| Error::new(error.span(), "expected the name of an argument"))
}

/// `name` or `key = value`
pub(super) fn capture(input: ParseStream) -> syn::Result<Capture> {
    let key = input.call(Ident::parse_any)?;
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(Capture::Name(key));
    }
    input.parse::<Token![=]>()?;
    Ok(Capture::Value(key, Box::new(input.parse()?)))
}

/// `key = value`, `"dotted.key" = value` or `dotted.key = value`
pub(super) fn attribute(input: ParseStream) -> syn::Result<AttributeValue> {
    let at = input.span();
    let key = if input.peek(LitStr) {
        input.parse::<LitStr>()?.value()
    } else {
        let word = input.call(Ident::parse_any);
        let mut key = word.map_err(|error| Error::new(error.span(), "a key is a name or a text"))?.unraw().to_string();
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
pub(super) fn expression(key: &Ident, input: ParseStream, what: &str) -> syn::Result<Expr> {
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
